"""An endpoint that loads models from a prefix when they are asked for."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib._internal.checks import is_token, matches, require
from constructs_lib._internal.warnings import warn
from constructs_lib.contract.published_metrics import EndpointKind
from constructs_lib.endpoints.data_capture import DataCapture
from constructs_lib.endpoints.deployment import DeploymentPolicy
from constructs_lib.endpoints.endpoint_metrics import MultiModelMetrics
from constructs_lib.endpoints.hosted_endpoint import VariantProperty
from constructs_lib.endpoints.instance_endpoint import InstanceEndpoint
from constructs_lib.endpoints.metrics_config import MetricsConfig
from constructs_lib.endpoints.production_variant import ProductionVariant
from constructs_lib.endpoints.variant_options import types_of
from constructs_lib.models.composition import ModelKind

_TARGET_MODEL = r"(?!s3://|/)(?:.+\.tar\.gz|.*[*?].*)"


class MultiModelEndpoint(InstanceEndpoint, MultiModelMetrics):
    """Variants with a `MultiModel`; a caller names the archive below its prefix that is to answer (`TargetModel`).

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
    """

    _kind = EndpointKind.MULTI_MODEL
    _serves = ModelKind.MULTI_MODEL
    # InvokeEndpointWithResponseStream has no TargetModel.
    _asked_by = ("sagemaker:InvokeEndpoint",)

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        variants: Sequence[ProductionVariant],
        key: kms.IKey | None = None,
        capture: DataCapture | None = None,
        deployment: DeploymentPolicy | None = None,
        retained: Sequence[VariantProperty] | None = None,
        metrics: MetricsConfig | None = None,
        endpoint_name: str | None = None,
    ) -> None:
        """Make the endpoint; its arguments are those of `RealTimeEndpoint`, without shadow (TRAPS 24) and explanations.

        Raises:
            ConfigurationError: SageMaker would refuse the configuration; all problems are listed.
        """
        super().__init__(
            scope,
            id,
            variants=variants,
            key=key,
            capture=capture,
            deployment=deployment,
            retained=retained,
            metrics=metrics,
            endpoint_name=endpoint_name,
        )
        for variant in variants:
            self._warn_of_gpus(variant)

    def _warn_of_gpus(self, variant: ProductionVariant) -> None:
        """An image that is none of AWS's may hold Triton."""
        gpus = [kind.name for kind in types_of(variant.instance_type) if kind.has_gpus]
        containers = [container for model in variant.models for container in model.containers]
        repositories = [each.image.repository for each in containers if each.image and each.image.repository]
        others = [each for each in repositories if "triton" not in each and not is_token(each)]
        if gpus and others:
            warn(
                self,
                f"multi-model-without-triton/{variant.name}",
                f"{others[0]} serves many models on {', '.join(gpus)}, and SageMaker documents that on GPUs Triton's "
                "images do (TRAPS 27)",
            )

    def grant_invoke_model(self, grantee: iam.IGrantable, *target_models: str) -> iam.Grant:
        """Let *grantee* ask some models only (`sagemaker:InvokeEndpoint` under `sagemaker:TargetModel`, TRAPS 17).

        Args:
            grantee: Who asks.
            target_models: Archives as `TargetModel` names them, below the prefix and without a slash in front:
                `a.tar.gz`. A `*` stands for any text, so `team/*` is a folder.

        Raises:
            ConfigurationError: No model is named, or one is no name of an archive.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoint-security.html
        """
        shape = "an archive below the prefix of the models, or several by a wildcard, such as 'a.tar.gz' or 'team/*'"
        require(
            f"{self.node.path}.grant_invoke_model",
            None if target_models else "target_models must name at least one model, got none; grant_invoke allows all",
            *(matches("target_models", model, _TARGET_MODEL, shape=shape) for model in target_models),
        )
        models: Any = list(target_models)
        return self._grant(
            grantee, "sagemaker:InvokeEndpoint", conditions={"StringLike": {"sagemaker:TargetModel": models}}
        )
