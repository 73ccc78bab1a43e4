"""An endpoint without machines of its own."""

from aws_cdk import Acknowledgment, Validations
from constructs import Construct

from constructs_lib._internal.checks import is_a, require
from constructs_lib.endpoints.endpoint_base import Synchronous
from constructs_lib.endpoints.hosted_endpoint import Hosted, HostedEndpoint
from constructs_lib.endpoints.instance_endpoint import variant_arguments
from constructs_lib.endpoints.serverless_variant import ServerlessVariant
from constructs_lib.models.composition import ModelKind

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


class ServerlessEndpoint(HostedEndpoint, Synchronous):
    """One variant that runs when it is asked, and answers while the caller waits.

    There is no GPU, no network of yours, no network isolation, no data capture, no key for disks, no shadow, no second
    variant and no deployment policy: the service has none of them here (TRAPS 25).

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    """

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
        require(self.node.path, is_a("variant", variant, ServerlessVariant, "ServerlessVariant(…)"))
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
        Validations.of(self._config).acknowledge(
            Acknowledgment(
                id="NIST.800.53.R5::NIST.800.53.R5-SageMakerEndpointConfigurationKMSKeyConfigured",
                reason="The key of a configuration encrypts volumes of machines, and a serverless variant has none.",
            )
        )


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
    }
    return [
        f"variant.model {rule}, or a serverless endpoint cannot serve it, got {model.node.path} (TRAPS 25)"
        for rule, applies in refused.items()
        if applies
    ]
