"""Two models of different frameworks on the same machines, each asked by its name."""

from constructs_lib import (
    Container,
    ContainerImage,
    Device,
    HostedEndpoint,
    ImagePurpose,
    InstanceType,
    MultiContainerEndpoint,
    MultiContainerModel,
    ProductionVariant,
)
from stacks._hosting import HostingStack
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class MultiContainerStack(HostingStack):
    """Containers `images` and `texts`, each with `model.tar.gz` of its own folder below `multi_container.models`."""

    summary = "Two containers behind one endpoint, each invoked by its name"

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        store, models = foundation.store, settings.multi_container__models
        containers = {
            "images": Container(
                image=ContainerImage.from_framework(
                    "tensorflow", version="2.19.0", purpose=ImagePurpose.INFERENCE, device=Device.CPU
                ),
                artifact=store.artifact(f"{models}/images/model.tar.gz"),
            ),
            "texts": Container(
                image=ContainerImage.from_framework(
                    "huggingface", version="4.51.3", purpose=ImagePurpose.INFERENCE, device=Device.CPU
                ),
                artifact=store.artifact(f"{models}/texts/model.tar.gz"),
                environment={"HF_TASK": "text-classification"},
            ),
        }
        model = MultiContainerModel(self, "Model", containers=containers, network=foundation.network)
        variant = ProductionVariant(
            "main", model=model, instance_type=InstanceType(settings.multi_container__instance_type), count=2
        )
        return MultiContainerEndpoint(self, "Endpoint", variants=[variant])
