"""A language model, its adapter and a small classifier that share machines, each with a part of its own."""

from aws_cdk import Acknowledgment, RemovalPolicy, Validations

from constructs_lib import (
    CapacitySize,
    ComponentSpecification,
    ComponentVariant,
    ComputeRequirements,
    Container,
    ContainerImage,
    Device,
    HostedEndpoint,
    ImagePurpose,
    InferenceComponentEndpoint,
    InstanceType,
    ManagedInstanceScaling,
    Rolling,
)
from stacks._hosting import HostingStack
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class InferenceComponentsStack(HostingStack):
    """Components `Chat` on a GPU, with the adapter `Tone`, and `Moderate` on the processors beside it.

    Their archives lie below `inference_components.models`, as `chat/`, `tone/` and `moderate/model.tar.gz`. Copies come
    and go with the requests under way, from none on, and SageMaker has as many machines as they need, up to
    `inference_components.max_instance_count`.
    """

    summary = "Two models and an adapter on shared machines"

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        store, models = foundation.store, settings.inference_components__models
        variant = ComponentVariant(
            "main",
            InstanceType(settings.inference_components__instance_type),
            managed_instance_scaling=ManagedInstanceScaling(
                min_instance_count=0, max_instance_count=settings.inference_components__max_instance_count
            ),
        )
        endpoint = InferenceComponentEndpoint(
            self,
            "Endpoint",
            variant=variant,
            network=foundation.network,
            network_isolation=True,
        )
        chat = endpoint.add_component(
            "Chat",
            specification=ComponentSpecification(
                model=Container(
                    image=ContainerImage.from_framework("djl-lmi", version="0.38.0"),
                    artifact=store.artifact(f"{models}/chat/model.tar.gz"),
                    # A path: the weights are in the archive, and nothing is downloaded from a hub.
                    environment={"HF_MODEL_ID": "/opt/ml/model", "OPTION_ENABLE_LORA": "true"},
                ),
                compute=ComputeRequirements(min_memory_mb=16384, accelerators=1),
            ),
            deployment=Rolling(CapacitySize.percent(50)),
        )
        most = settings.inference_components__max_instance_count
        chat.auto_scale(min_capacity=0, max_capacity=most).scale_on_concurrency(per_copy=4)
        chat.add_adapter("Tone", artifact=store.artifact(f"{models}/tone/model.tar.gz"))
        moderate = endpoint.add_component(
            "Moderate",
            specification=ComponentSpecification(
                model=Container(
                    image=ContainerImage.from_framework(
                        "huggingface", version="4.51.3", purpose=ImagePurpose.INFERENCE, device=Device.CPU
                    ),
                    artifact=store.artifact(f"{models}/moderate/model.tar.gz"),
                    environment={"HF_TASK": "text-classification"},
                ),
                compute=ComputeRequirements(min_memory_mb=4096, cpu_cores=2),
            ),
        )
        moderate.auto_scale(min_capacity=0, max_capacity=most).scale_on_invocations(per_minute=300)
        for component in (chat, moderate):
            component.add_log_group(key=foundation.key, removal_policy=RemovalPolicy.DESTROY)
            Validations.of(component).acknowledge(
                Acknowledgment(
                    id="sagemaker-constructs:update-resets-scaling/copies",
                    reason="An update begins with one copy, and scaling brings up the others within minutes.",
                )
            )
        return endpoint
