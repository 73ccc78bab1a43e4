"""Endpoints whose variants are models on machines: what the kinds of them share."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib._internal.checks import fits_json, nearest, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.rendering import given
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.warnings import warn
from constructs_lib.endpoints.data_capture import DataCapture
from constructs_lib.endpoints.deployment import DeploymentPolicy
from constructs_lib.endpoints.endpoint_base import Synchronous
from constructs_lib.endpoints.hosted import Hosted
from constructs_lib.endpoints.hosted_endpoint import HostedEndpoint, VariantProperty
from constructs_lib.endpoints.metrics_config import MetricsConfig
from constructs_lib.endpoints.production_variant import ProductionVariant
from constructs_lib.endpoints.variant_options import types_of
from constructs_lib.models.composition import ModelKind
from constructs_lib.scaling.instance_scaling import VariantScaling
from constructs_lib.scaling.options import SuspendedState

# Which endpoint serves which kind of model.
_ENDPOINT_OF = {
    ModelKind.SINGLE: "RealTimeEndpoint",
    ModelKind.MULTI_MODEL: "MultiModelEndpoint",
    ModelKind.PIPELINE: "InferencePipelineEndpoint",
    ModelKind.DIRECT: "MultiContainerEndpoint",
}

_OPTIONS = {
    "VariantName": "name",
    "ModelName": "model",
    "InstanceType": "instance_type",
    "InstancePools": "instance_type",
    "InitialInstanceCount": "count",
    "InitialVariantWeight": "weight",
    "VolumeSizeInGB": "volume_size_gib",
    "RoutingConfig.PrefixAwareRoutingConfig.PrefixLength": "routing.prefix_length",
    "RoutingConfig.PrefixAwareRoutingConfig.ConcurrencyThreshold": "routing.concurrency_threshold",
    "ModelDataDownloadTimeoutInSeconds": "model_data_download_timeout_seconds",
    "ContainerStartupHealthCheckTimeoutInSeconds": "container_startup_health_check_timeout_seconds",
    "VariantInstanceProvisionTimeoutInSeconds": "variant_instance_provision_timeout_seconds",
    "InferenceAmiVersion": "inference_ami_version",
    "CapacityReservationConfig.MlReservationArn": "capacity_reservation_arn",
    "CoreDumpConfig.DestinationS3Uri": "core_dumps",
}


def variant_arguments(list_member: str, argument: str, options: Mapping[str, str]) -> dict[str, str]:
    """Path in the request to the attribute of a variant that filled it."""
    paths = {f"{list_member}[].{path}": f"{argument}.{attribute}" for path, attribute in options.items()}
    return {list_member: argument.removesuffix("[]"), **paths}


CAPTURE_ARGUMENTS = {
    "DataCaptureConfig.InitialSamplingPercentage": "capture.percent",
    "DataCaptureConfig.CaptureContentTypeHeader.CsvContentTypes": "capture.csv_content_types",
    "DataCaptureConfig.CaptureContentTypeHeader.JsonContentTypes": "capture.json_content_types",
    "DataCaptureConfig": "capture",
}
INSTANCE_ARGUMENTS = {
    **variant_arguments("ProductionVariants", "variants[]", _OPTIONS),
    **CAPTURE_ARGUMENTS,
    "MetricsConfig": "metrics",
    "MetricsConfig.EnableEnhancedMetrics": "metrics.enhanced_metrics",
    "MetricsConfig.EnableDetailedObservability": "metrics.detailed_observability",
    "ExplainerConfig": "explainer_config",
}
SHADOW_ARGUMENTS = variant_arguments("ShadowProductionVariants", "shadow_variant", _OPTIONS)
SINGLE_VARIANT_ARGUMENTS = variant_arguments("ProductionVariants", "variant", _OPTIONS)


def hosted(variant: ProductionVariant, *, shadow: bool = False) -> Hosted:
    """The variant as `HostedEndpoint` takes it."""
    return Hosted(
        name=variant.name,
        rendered=variant.render(),
        models=variant.models,
        instance_types=types_of(variant.instance_type),
        count=variant.count,
        writes=variant.core_dumps.write_statements() if variant.core_dumps else (),
        shadow=shadow,
    )


def kind_problem(argument: str, variant: ProductionVariant, wanted: ModelKind) -> list[str]:
    """A model that another kind of endpoint serves."""
    return [
        f"{argument} {variant.name!r} must serve a model for {_ENDPOINT_OF[wanted]}, and {model.node.path} is one for "
        f"{_ENDPOINT_OF[model.kind]}; take that endpoint, or another model"
        for model in variant.models
        if model.kind is not wanted
    ]


class InstanceEndpoint(HostedEndpoint, Synchronous):
    """One to ten variants on machines behind one name, answering while the caller waits; the base of four kinds."""

    _serves: ClassVar[ModelKind]
    _takes_shadow: ClassVar[bool] = True

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        variants: Sequence[ProductionVariant],
        shadow_variant: ProductionVariant | None = None,
        key: kms.IKey | None = None,
        capture: DataCapture | None = None,
        deployment: DeploymentPolicy | None = None,
        retained: Sequence[VariantProperty] | None = None,
        metrics: MetricsConfig | None = None,
        explainer_config: Mapping[str, Any] | None = None,
        endpoint_name: str | None = None,
    ) -> None:
        """Make the endpoint and its configuration; the kinds say what the arguments mean."""
        super().__init__(scope, id)
        require(self, argument_problems(InstanceEndpoint.__init__, locals()), _explainer_problem(explainer_config))
        problems = [problem for variant in variants for problem in kind_problem("variant", variant, self._serves)]
        if shadow_variant is not None:
            problems += kind_problem("shadow_variant", shadow_variant, self._serves)
            problems += _shadow_problems(variants, shadow_variant)
            if not self._takes_shadow:
                problems.append(
                    "shadow_variant cannot be used with models of several containers; leave it out (TRAPS 24)"
                )
        self._host(
            variants=[
                *(hosted(variant) for variant in variants),
                *([hosted(shadow_variant, shadow=True)] if shadow_variant is not None else []),
            ],
            members=given(
                DataCaptureConfig=capture.render() if capture is not None else None,
                MetricsConfig=metrics.render() if metrics is not None else None,
                ExplainerConfig=explainer_config,
            ),
            arguments=INSTANCE_ARGUMENTS | SHADOW_ARGUMENTS,
            problems=problems,
            writes=capture_statements(capture),
            written=[capture.location if capture is not None else None],
            key=key,
            deployment=deployment,
            retained=retained,
            endpoint_name=endpoint_name,
        )
        if explainer_config is not None:
            warn(
                self,
                "clarify-closed",
                "explainer_config needs SageMaker Clarify, which is closed to new customers (TRAPS 40)",
            )

    def auto_scale(
        self, variant: str, *, min_capacity: int, max_capacity: int, suspended: SuspendedState | None = None
    ) -> VariantScaling:
        """Let the number of *variant*'s machines follow its load; add a policy with a `scale_on_…` method.

        From now on an update of the endpoint keeps the number of machines that runs, and does not fall back to the
        `count` of the template; weights and capture go on following the template (TRAPS 3). While a variant scales,
        SageMaker refuses an update that changes its type of machine (TRAPS 4).

        Args:
            variant: The name of one of the variants.
            min_capacity: Machines that are always there, at least 1.
            max_capacity: The most machines, not below `min_capacity`.
            suspended: What is left alone for now; None scales.

        Raises:
            ConfigurationError: There is no such variant, or the capacities are not possible.
        """
        named = ", ".join(map(repr, self._variant_names))
        require(
            self,
            f"there is no variant {variant!r} to scale{nearest(str(variant), self._variant_names)}; there are {named}"
            if variant not in self._variant_names
            else None,
        )
        self._require_one_target(variant)
        scaling = VariantScaling(
            self._targets,
            variant,
            endpoint_name=self.endpoint_name,
            variant=variant,
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            suspended=suspended,
        )
        self._keep_counts(variant)
        return scaling


def _explainer_problem(config: Any) -> str | None:
    # Without a member it explains nothing, and the API's model does not say that one is needed.
    if config is None or config:
        return fits_json("explainer_config", config)
    return f"explainer_config must be the members of ExplainerConfig, such as ClarifyExplainerConfig, got {config!r}"


def capture_statements(capture: DataCapture | None) -> Sequence[Statement]:
    """What the role of a model needs to keep requests and answers."""
    return capture.location.write_statements() if capture is not None else ()


def _shadow_problems(variants: Sequence[ProductionVariant], shadow: ProductionVariant) -> list[str]:
    """What a shadow cannot be together with (TRAPS 24).

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html
    """
    problems = []
    if len(variants) != 1:
        problems.append(f"shadow_variant needs exactly one variant beside it, got {len(variants)}")
    for variant in (*variants, shadow):
        if any(model.from_marketplace for model in variant.models):
            problems.append(f"shadow_variant cannot be used with containers of the Marketplace, as in {variant.name!r}")
        if any(kind.family == "inf1" for kind in types_of(variant.instance_type)):
            problems.append(f"shadow_variant cannot be used with ml.inf1 machines, as in {variant.name!r}")
    return problems
