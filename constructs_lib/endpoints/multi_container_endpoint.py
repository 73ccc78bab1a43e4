"""An endpoint with several containers, each asked by its own name."""

from collections.abc import Iterable, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib._internal.checks import matches, one_of, require
from constructs_lib.contract.published_metrics import EndpointKind
from constructs_lib.endpoints.data_capture import DataCapture
from constructs_lib.endpoints.deployment import DeploymentPolicy
from constructs_lib.endpoints.endpoint_metrics import ContainerMetrics
from constructs_lib.endpoints.hosted_endpoint import VariantProperty
from constructs_lib.endpoints.instance_endpoint import InstanceEndpoint
from constructs_lib.endpoints.metrics_config import MetricsConfig
from constructs_lib.endpoints.production_variant import ProductionVariant
from constructs_lib.models.composition import ModelKind
from constructs_lib.operations.hosting_panels import container_panels
from constructs_lib.operations.panels import Panel

# Of `ContainerHostname`: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
_HOSTNAME = r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"


class MultiContainerEndpoint(InstanceEndpoint, ContainerMetrics):
    """Variants with a `MultiContainerModel`; a caller names the container (`TargetContainerHostname`).

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-container-direct.html
    """

    _kind = EndpointKind.DIRECT
    _serves = ModelKind.DIRECT

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
        models = [model for variant in variants for model in variant.models]
        self._hostnames = list(dict.fromkeys(hostname for model in models for hostname in model.hostnames))
        # A model that was made elsewhere may have any container.
        self._knows_all = all(model.containers for model in models)

    def container(self, hostname: str) -> "EndpointContainer":
        """One container, to grant; its metrics are the endpoint's `metric_container_…`.

        Raises:
            ConfigurationError: No variant has a container of this name.
        """
        require(
            self,
            one_of("hostname", hostname, self._hostnames)
            if self._knows_all
            else matches("hostname", hostname, _HOSTNAME, shape="letters, digits and dashes, such as 'tensorflow'"),
        )
        return EndpointContainer(self, hostname)

    def _more_panels(self) -> Iterable[Panel]:
        variants = [variant.name for variant in self._variants]
        return container_panels(
            {
                f"{variant}, {hostname}" if len(variants) > 1 else hostname: {
                    "EndpointName": self.endpoint_name,
                    "VariantName": variant,
                    "ContainerName": hostname,
                }
                for variant in variants
                for hostname in self._hostnames
            }
        )


class EndpointContainer:
    """One container of a `MultiContainerEndpoint`; `endpoint.container("tensorflow")` gives it.

    Attributes:
        hostname: Its name, as `TargetContainerHostname` has it.
    """

    def __init__(self, endpoint: MultiContainerEndpoint, hostname: str) -> None:
        """Name it."""
        self._endpoint = endpoint
        self.hostname = hostname

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* ask this container only.

        The condition key is `sagemaker:TargetContainerHostname`. The text of the developer guide names it, its example
        shows the key of multi-model endpoints instead (untested against a live account).

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-container-security.html
        """
        return self._endpoint._grant(
            grantee,
            "sagemaker:InvokeEndpoint",
            conditions={"StringEquals": {"sagemaker:TargetContainerHostname": self.hostname}},
        )
