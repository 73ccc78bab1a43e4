"""The trained image classifier behind a real-time endpoint that scales with its load."""

from aws_cdk import Acknowledgment, CfnOutput, Environment, Stack, Validations
from constructs import Construct

from constructs_lib import (
    Container,
    ContainerImage,
    DataCapture,
    InstanceType,
    Model,
    ProductionVariant,
    RealTimeEndpoint,
)
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class RealTimeStack(Stack):
    """Serves the archive that `real_time.model_artifact` names; it must be in the bucket before this is deployed."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        foundation: FoundationStack,
        settings: Settings,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, id, env=env, description="Real-time endpoint of an image classifier")
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
        instance_type = InstanceType(settings.real_time__instance_type)
        variant = ProductionVariant(
            "main", model=model, instance_type=instance_type, count=settings.real_time__instance_count
        )
        endpoint = RealTimeEndpoint(
            self,
            "Endpoint",
            variants=[variant],
            key=foundation.key,
            capture=DataCapture(location=store.location("capture"), percent=20),
        )
        if instance_type.has_local_storage:
            Validations.of(endpoint).acknowledge(
                Acknowledgment(
                    id=f"sagemaker-constructs:key-covers-no-local-storage/{variant.name}",
                    reason="The NVMe disks are encrypted by the machine; rules that ask for a key see one.",
                )
            )
        endpoint.auto_scale(
            variant.name,
            min_capacity=settings.real_time__instance_count,
            max_capacity=settings.real_time__max_instance_count,
        ).scale_on_invocations(per_minute=settings.real_time__invocations_per_minute)
        CfnOutput(self, "EndpointName", value=endpoint.endpoint_name)
