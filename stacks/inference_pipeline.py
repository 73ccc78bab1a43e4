"""A container that prepares the features and a network that judges them, one request through both."""

from constructs_lib import (
    Container,
    ContainerImage,
    Device,
    HostedEndpoint,
    ImagePurpose,
    InferencePipelineEndpoint,
    InstanceType,
    PipelineModel,
    ProductionVariant,
)
from stacks._hosting import HostingStack
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class InferencePipelineStack(HostingStack):
    """Steps `prepare` and `judge`, each with `model.tar.gz` of its own folder below `inference_pipeline.models`."""

    summary = "Preparation and model as one endpoint"

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        store, models = foundation.store, settings.inference_pipeline__models
        containers = [
            Container(
                hostname="prepare",
                image=ContainerImage.from_framework("sklearn", version="1.2-1", purpose=ImagePurpose.INFERENCE),
                artifact=store.artifact(f"{models}/prepare/model.tar.gz"),
                # The script lies in the archive, where the SageMaker SDK packs it too.
                environment={
                    "SAGEMAKER_PROGRAM": "inference.py",
                    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
                },
            ),
            Container(
                hostname="judge",
                image=ContainerImage.from_framework(
                    "tensorflow", version="2.19.0", purpose=ImagePurpose.INFERENCE, device=Device.CPU
                ),
                artifact=store.artifact(f"{models}/judge/model.tar.gz"),
            ),
        ]
        model = PipelineModel(self, "Model", containers=containers, network=foundation.network)
        variant = ProductionVariant(
            "main", model=model, instance_type=InstanceType(settings.inference_pipeline__instance_type), count=2
        )
        return InferencePipelineEndpoint(self, "Endpoint", variants=[variant])
