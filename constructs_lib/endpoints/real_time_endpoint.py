"""An endpoint that answers while the caller waits."""

from collections.abc import Sequence
from typing import Any

import jsii
from aws_cdk import Aws, Resource, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk.interfaces.aws_sagemaker import EndpointReference
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.arns import name_in_arn
from constructs_lib._internal.checks import has, is_a, is_token, nearest, require, unique
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.rendering import camel_case
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.outdated import warn_if_outdated
from constructs_lib.endpoints.data_capture import DataCapture
from constructs_lib.endpoints.production_variant import ProductionVariant
from constructs_lib.scaling.variant_scaling import VariantScaling

_ARGUMENTS = {
    "ProductionVariants": "variants",
    "ProductionVariants[].VariantName": "variants[].name",
    "ProductionVariants[].ModelName": "variants[].model",
    "ProductionVariants[].InstanceType": "variants[].instance_type",
    "ProductionVariants[].InitialInstanceCount": "variants[].count",
    "ProductionVariants[].InitialVariantWeight": "variants[].weight",
    "DataCaptureConfig.InitialSamplingPercentage": "capture.percent",
    "DataCaptureConfig.CaptureContentTypeHeader.CsvContentTypes": "capture.csv_content_types",
    "DataCaptureConfig.CaptureContentTypeHeader.JsonContentTypes": "capture.json_content_types",
    "DataCaptureConfig": "capture",
}


@jsii.implements(sagemaker.IEndpoint)
class EndpointBase(Resource):
    """What can be done with an endpoint of which only the name is known."""

    endpoint_name: str
    endpoint_arn: str

    @property
    def endpoint_ref(self) -> EndpointReference:
        """The endpoint as other modules of the CDK name it."""
        return EndpointReference(endpoint_arn=self.endpoint_arn)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* ask for answers (`sagemaker:InvokeEndpoint`); streams and queues are other actions."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["sagemaker:InvokeEndpoint"], resource_arns=[self.endpoint_arn]
        )


class _ImportedEndpoint(EndpointBase):
    def __init__(self, scope: Construct, id: str, endpoint_name: str) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.endpoint_name = endpoint_name
        here = f"arn:{Aws.PARTITION}:sagemaker:{stack.region}:{stack.account}"
        self.endpoint_arn = f"{here}:endpoint/{name_in_arn(endpoint_name)}"


class RealTimeEndpoint(EndpointBase):
    """One to ten variants behind one name.

    A change of the variants makes a new configuration, moves the endpoint over without a pause, and only then removes
    the old configuration: the endpoint itself is never replaced (TRAPS 1).

    Attributes:
        endpoint_name: The name to invoke it by.
        endpoint_arn: Its ARN.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        variants: Sequence[ProductionVariant],
        key: kms.IKey | None = None,
        capture: DataCapture | None = None,
    ) -> None:
        """Make the endpoint and its configuration.

        Args:
            scope: The parent construct.
            id: The id in it.
            variants: One to ten, with names of their own.
            key: Encrypts the machines' volumes. Types with NVMe storage have no volume of that kind: the key is
                accepted and covers nothing there, which is a warning (TRAPS 13).
            capture: Keeps requests and answers; None keeps none.

        Raises:
            ConfigurationError: SageMaker would refuse the configuration; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
        """
        super().__init__(scope, id)
        require(
            self.node.path,
            is_a("variants", variants, Sequence, "a list of ProductionVariant"),
            has("key", key, "key_arn", "a KMS key such as kms.Key.from_key_arn(…) gives"),
            is_a("capture", capture, DataCapture, "DataCapture(location=…)") if capture is not None else None,
        )
        request: dict[str, Any] = {"ProductionVariants": [variant.render() for variant in variants]}
        if key is not None:
            request["KmsKeyId"] = key.key_arn
        if capture is not None:
            request["DataCaptureConfig"] = capture.render()
        require(
            self.node.path,
            unique("names of the variants", [variant.name for variant in variants]),
            request_problems("CreateEndpointConfig", {"EndpointConfigName": "unnamed", **request}, _ARGUMENTS),
        )
        self._warn(variants, key)

        config = sagemaker.CfnEndpointConfig(self, "Config", **camel_case(request))
        if capture is not None:
            self._let_models_capture(config, variants, capture)
        self._resource = sagemaker.CfnEndpoint(self, "Resource", endpoint_config_name=config.attr_endpoint_config_name)
        self._scaling = Construct(self, "Scaling")
        self._variant_names = [variant.name for variant in variants]
        self.endpoint_name = self._resource.attr_endpoint_name
        self.endpoint_arn = self._resource.ref

    @staticmethod
    def from_endpoint_name(scope: Construct, id: str, endpoint_name: str) -> sagemaker.IEndpoint:
        """An endpoint of this account and region that is there already."""
        return _ImportedEndpoint(scope, id, endpoint_name)

    def auto_scale(self, variant: str, *, min_capacity: int, max_capacity: int) -> VariantScaling:
        """Let the number of *variant*'s machines follow its load; add a policy with a `scale_on_…` method.

        From now on an update of the endpoint keeps the number of machines that runs, and does not fall back to the
        `count` of the template; weights and capture go on following the template (TRAPS 3).

        Raises:
            ConfigurationError: There is no such variant, or the capacities are not possible.
        """
        named = ", ".join(map(repr, self._variant_names))
        if variant not in self._variant_names:
            problem = (
                f"there is no variant {variant!r} to scale{nearest(variant, self._variant_names)}; there are {named}"
            )
        elif self._scaling.node.try_find_child(variant):
            problem = f"variant {variant!r} scales already; add policies to what the first auto_scale gave"
        elif is_token(variant):
            problem = "the name of a variant that scales must be known at synth, because ids are made of it"
        else:
            problem = None
        require(self.node.path, problem)
        scaling = VariantScaling(
            self._scaling,
            variant,
            endpoint_name=self.endpoint_name,
            variant=variant,
            min_capacity=min_capacity,
            max_capacity=max_capacity,
        )
        # Set at creation too: the documentation speaks of updates only, and the API takes it for both (untested
        # against a live account).
        self._resource.retain_all_variant_properties = True
        self._resource.exclude_retained_variant_properties = [
            sagemaker.CfnEndpoint.VariantPropertyProperty(variant_property_type=kept)
            for kept in ("DesiredWeight", "DataCaptureConfig")
        ]
        return scaling

    def _warn(self, variants: Sequence[ProductionVariant], key: kms.IKey | None) -> None:
        for variant in variants:
            warn_if_outdated(self, variant.instance_type)
            if key is not None and variant.instance_type.has_local_storage:
                warn(
                    self,
                    f"key-covers-no-local-storage/{variant.name}",
                    f"{variant.instance_type.name} keeps data on NVMe disks, encrypted by the machine and not by the "
                    "key of the endpoint",
                )

    def _let_models_capture(
        self, config: sagemaker.CfnEndpointConfig, variants: Sequence[ProductionVariant], capture: DataCapture
    ) -> None:
        policies = Construct(self, "Capture")
        # One policy a role: an account lets a role have ten, and variants often share theirs.
        first_with_role = {variant.model.role.node.path: variant for variant in reversed(variants)}
        for variant in first_with_role.values():
            policy = attach_policy(policies, variant.name, variant.model.role, capture.location.write_statements())
            config.add_resource_dependency(policy)
