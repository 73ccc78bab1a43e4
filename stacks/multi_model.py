"""Any number of models on the same GPUs, each loaded when it is asked for."""

from constructs_lib import (
    Container,
    ContainerImage,
    Device,
    HostedEndpoint,
    ImagePurpose,
    InstanceType,
    MultiModel,
    MultiModelEndpoint,
    ProductionVariant,
)
from stacks._hosting import HostingStack
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class MultiModelStack(HostingStack):
    """Serves each archive below `multi_model.models`, also those that are put there later.

    The image is Triton's: on GPUs no other serves many models (TRAPS 27).
    """

    summary = "Many models behind one endpoint with GPUs"

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        model = MultiModel(
            self,
            "Model",
            container=Container(
                image=ContainerImage.from_framework(
                    "sagemaker-tritonserver", version="26.05", purpose=ImagePurpose.INFERENCE, device=Device.GPU
                )
            ),
            models=foundation.store.location(settings.multi_model__models),
            network=foundation.network,
        )
        variant = ProductionVariant(
            "main", model=model, instance_type=InstanceType(settings.multi_model__instance_type), count=2
        )
        return MultiModelEndpoint(self, "Endpoint", variants=[variant])
