"""Recordings that are transcribed from a queue: requests too large and too slow for a caller to wait for."""

from aws_cdk import aws_sns as sns

from constructs_lib import (
    AsyncEndpoint,
    CapacitySize,
    Container,
    ContainerImage,
    Device,
    HostedEndpoint,
    ImagePurpose,
    InstanceType,
    Model,
    ProductionVariant,
    Rolling,
)
from stacks._hosting import HostingStack
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class AsyncInferenceStack(HostingStack):
    """Reads recordings below `async/in` in the bucket, writes texts to `async/out` and what failed to `async/failed`.

    Two topics tell of each; both are encrypted, so their subscribers need the key of the foundation. An update
    exchanges half of the machines at a time, because a queue can wait and a second fleet would cost as much again. With
    nothing to do there is no machine, and the first recording that waits brings one up.
    """

    summary = "Asynchronous endpoint that transcribes recordings"

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        store = foundation.store
        model = Model(
            self,
            "Model",
            container=Container(
                image=ContainerImage.from_framework(
                    "huggingface", version="4.51.3", purpose=ImagePurpose.INFERENCE, device=Device.GPU
                ),
                artifact=store.artifact(settings.async_inference__model_artifact),
                environment={"HF_TASK": "automatic-speech-recognition"},
            ),
            network=foundation.network,
        )
        variant = ProductionVariant(
            "main", model=model, instance_type=InstanceType(settings.async_inference__instance_type)
        )
        endpoint = AsyncEndpoint(
            self,
            "Endpoint",
            variant=variant,
            inputs=store.location("async/in"),
            output=store.location("async/out"),
            failures=store.location("async/failed"),
            success_topic=sns.Topic(self, "Transcribed", master_key=foundation.key, enforce_ssl=True),
            error_topic=sns.Topic(self, "Failed", master_key=foundation.key, enforce_ssl=True),
            deployment=Rolling(CapacitySize.percent(50)),
        )
        endpoint.auto_scale(min_capacity=0, max_capacity=settings.async_inference__max_instance_count).scale_on_backlog(
            per_instance=settings.async_inference__backlog_per_instance
        )
        return endpoint
