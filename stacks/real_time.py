"""The trained image classifier behind a real-time endpoint that scales with its load."""

from constructs_lib import (
    Container,
    ContainerImage,
    DataCapture,
    HostedEndpoint,
    InstanceType,
    Model,
    ProductionVariant,
    RealTimeEndpoint,
)
from stacks._hosting import HostingStack
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class RealTimeStack(HostingStack):
    """Serves the archive that `real_time.model_artifact` names; it must be in the bucket before this is deployed."""

    summary = "Real-time endpoint of an image classifier"

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        store = foundation.store
        model = Model(
            self,
            "Model",
            container=Container(
                image=ContainerImage.built_in("image-classification"),
                artifact=store.artifact(settings.real_time__model_artifact),
            ),
            network=foundation.network,
        )
        variant = ProductionVariant(
            "main",
            model=model,
            instance_type=InstanceType(settings.real_time__instance_type),
            count=settings.real_time__instance_count,
        )
        endpoint = RealTimeEndpoint(
            self,
            "Endpoint",
            variants=[variant],
            capture=DataCapture(location=store.location("capture"), percent=20),
        )
        endpoint.auto_scale(
            variant.name,
            min_capacity=settings.real_time__instance_count,
            max_capacity=settings.real_time__max_instance_count,
        ).scale_on_invocations(per_minute=settings.real_time__invocations_per_minute)
        return endpoint
