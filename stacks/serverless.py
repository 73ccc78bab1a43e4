"""The mood of short texts, judged now and then: nothing runs and nothing is paid for in between."""

from constructs_lib import (
    Container,
    ContainerImage,
    Device,
    HostedEndpoint,
    ImagePurpose,
    Model,
    ServerlessEndpoint,
    ServerlessVariant,
)
from stacks._hosting import HostingStack
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class ServerlessStack(HostingStack):
    """Serves the archive of `serverless.model_artifact`, outside the network: serverless endpoints cannot be in one."""

    summary = "Serverless endpoint that classifies texts"

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        model = Model(
            self,
            "Model",
            container=Container(
                image=ContainerImage.from_framework(
                    "huggingface", version="4.51.3", purpose=ImagePurpose.INFERENCE, device=Device.CPU
                ),
                artifact=foundation.store.artifact(settings.serverless__model_artifact),
                environment={"HF_TASK": "text-classification"},
            ),
            network_isolation=False,
        )
        return ServerlessEndpoint(
            self,
            "Endpoint",
            variant=ServerlessVariant(
                "main",
                model=model,
                memory_mb=settings.serverless__memory_mb,
                max_concurrency=settings.serverless__max_concurrency,
            ),
        )
