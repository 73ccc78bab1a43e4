"""An endpoint without machines of its own."""

from constructs import Construct

from constructs_lib._internal.acknowledged import acknowledge
from constructs_lib._internal.checks import at_least, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.warnings import warn
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.containers.framework_images import Device
from constructs_lib.contract.published_metrics import EndpointKind
from constructs_lib.endpoints.endpoint_base import Synchronous
from constructs_lib.endpoints.endpoint_metrics import ServerlessMetrics
from constructs_lib.endpoints.hosted import Hosted
from constructs_lib.endpoints.hosted_endpoint import HostedEndpoint
from constructs_lib.endpoints.instance_endpoint import variant_arguments
from constructs_lib.endpoints.serverless_variant import ServerlessVariant
from constructs_lib.models.composition import ModelKind
from constructs_lib.models.model_base import ModelBase
from constructs_lib.scaling.concurrency_scaling import ConcurrencyScaling
from constructs_lib.scaling.options import SuspendedState

_ARGUMENTS = variant_arguments(
    "ProductionVariants",
    "variant",
    {
        "VariantName": "name",
        "ModelName": "model",
        "InitialVariantWeight": "weight",
        "ServerlessConfig.MemorySizeInMB": "memory_mb",
        "ServerlessConfig.MaxConcurrency": "max_concurrency",
        "ServerlessConfig.ProvisionedConcurrency": "provisioned_concurrency",
    },
)


class ServerlessEndpoint(HostedEndpoint, Synchronous, ServerlessMetrics):
    """One variant that runs when it is asked, and answers while the caller waits.

    There is no GPU, no network of yours, no network isolation, no data capture, no key for disks, no shadow, no second
    variant and no deployment policy: the service has none of them here (TRAPS 25).

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    """

    _kind = EndpointKind.SERVERLESS

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        variant: ServerlessVariant,
        endpoint_name: str | None = None,
    ) -> None:
        """Make the endpoint and its configuration.

        Args:
            scope: The parent construct.
            id: The id in it.
            variant: What it serves; its model has one container, no network, `network_isolation=False`.
            endpoint_name: Letters, digits and dashes, at most 63; None makes one of the stack's name and the path, the
                same at each synth. Another name is another endpoint.

        Raises:
            ConfigurationError: SageMaker would refuse the configuration; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
        """
        super().__init__(scope, id)
        require(self, argument_problems(ServerlessEndpoint.__init__, locals()))
        self._host(
            variants=[Hosted(name=variant.name, rendered=variant.render(), models=(variant.model,))],
            members={},
            arguments=_ARGUMENTS,
            problems=_model_problems(variant),
            key=None,
            deployment=None,
            retained=None,
            endpoint_name=endpoint_name,
        )
        acknowledge(
            self._config,
            "SageMakerEndpointConfigurationKMSKeyConfigured",
            "The key of a configuration encrypts volumes of machines, and a serverless variant has none.",
        )
        for image in _gpu_images(variant.model):
            # Some such images run on processors too, and a tag is a text that anybody may choose.
            warn(
                self,
                f"serverless-has-no-gpu/{variant.name}",
                f"the tag of {variant.model.node.path}'s image {image.repository} says gpu, and a serverless endpoint "
                "has none (TRAPS 25)",
            )
        self._variant = variant

    def auto_scale(
        self, *, min_capacity: int, max_capacity: int, suspended: SuspendedState | None = None
    ) -> ConcurrencyScaling:
        """Let the number of warm containers follow the load; add a policy with a `scale_on_…` method.

        The properties that an update may keep are counts of machines, weights and capture: one sets the warm containers
        back to `provisioned_concurrency` (untested against a live account), which is a warning.

        Args:
            min_capacity: Warm containers that are always there, at least 1.
            max_capacity: The most of them, at most the variant's `max_concurrency`.
            suspended: What is left alone for now; None scales.

        Raises:
            ConfigurationError: The capacities are not possible, nothing is kept warm, or the endpoint scales already.
        """
        variant = self._variant
        self._require_one_target(variant.name)
        require(
            self,
            "variant.provisioned_concurrency must be given to scale it, got None"
            if variant.provisioned_concurrency is None
            else None,
            at_least("variant.max_concurrency", variant.max_concurrency, "max_capacity", max_capacity)
            if isinstance(max_capacity, int)
            else None,
        )
        scaling = ConcurrencyScaling(
            self._targets,
            variant.name,
            endpoint_name=self.endpoint_name,
            variant=variant.name,
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            suspended=suspended,
        )
        # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VariantProperty.html
        warn(
            self,
            f"update-resets-scaling/{variant.name}",
            f"each update sets the warm containers of {variant.name} back to provisioned_concurrency "
            f"({variant.provisioned_concurrency}), whatever their load, and no property of the endpoint keeps them",
        )
        return scaling


def _gpu_images(model: ModelBase) -> list[ContainerImage]:
    """Images that compute on GPUs, which no serverless endpoint has."""
    images = [each.image for each in model.containers if each.image is not None]
    return [image for image in images if image.device == Device.GPU]


def _model_problems(variant: ServerlessVariant) -> list[str]:
    """What a serverless container cannot do.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works
    """
    model = variant.model
    refused = {
        "must be a Model of one container": model.kind is not ModelKind.SINGLE,
        "must have no network": model.network is not None,
        "must have network_isolation=False": model.network_isolation,
        "must not be a model package of the Marketplace": model.from_marketplace,
        "must have its artifact as one gzipped tar": any(each.uses_model_data_source for each in model.containers),
        "must have an image for CPUs": any(image.device_is_sure for image in _gpu_images(model)),
    }
    return [
        f"variant.model {rule}, or a serverless endpoint cannot serve it, got {model.node.path} (TRAPS 25)"
        for rule, applies in refused.items()
        if applies
    ]
