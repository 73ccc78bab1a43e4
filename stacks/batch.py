"""Classifies a folder of images each night: a script picks them, a transform job runs the model over them."""

from pathlib import Path

from aws_cdk import aws_events as events

from constructs_lib import (
    Container,
    ContainerImage,
    ImagePurpose,
    InstanceType,
    Model,
    ProcessingCluster,
    ProcessingInput,
    ProcessingJob,
    ProcessingOutput,
    ProcessingScript,
    TrainingWorkflow,
    TransformInput,
    TransformJob,
    TransformOutput,
)
from stacks._app_stack import AppStack
from stacks._operations import watch
from stacks.foundation import FoundationStack
from stacks.settings import Settings

_SCRIPTS = Path(__file__).parent / "scripts"


class BatchStack(AppStack):
    """A nightly workflow of a processing job and a transform job over the model that `real_time` serves too."""

    summary = "Nightly classification of a folder of images"

    def _build(self, foundation: FoundationStack, settings: Settings) -> None:
        store, network = foundation.store, foundation.network
        prepare = ProcessingJob(
            self,
            "Prepare",
            image=ContainerImage.from_framework("sklearn", version="1.2-1", purpose=ImagePurpose.TRAINING),
            cluster=ProcessingCluster.of(InstanceType("ml.m5.xlarge")),
            script=ProcessingScript(path=str(_SCRIPTS / "prepare"), entry_point="prepare.py"),
            inputs=[ProcessingInput.from_s3("raw", store.location("batch/raw"))],
            outputs=[ProcessingOutput.to_s3("ready", store.location("batch/ready"))],
            key=foundation.key,
            network=network,
        )
        model = Model(
            self,
            "Model",
            container=Container(
                image=ContainerImage.built_in("image-classification"),
                artifact=store.artifact(settings.real_time__model_artifact),
            ),
            network=network,
        )
        score = TransformJob(
            self,
            "Score",
            model=model,
            input=TransformInput.from_s3(store.location("batch/ready"), content_type="application/x-image"),
            output=TransformOutput(location=store.location("batch/scored"), accept="application/json"),
            instance_type=InstanceType(settings.real_time__instance_type),
            key=foundation.key,
        )
        workflow = TrainingWorkflow(
            self,
            "Workflow",
            steps=[prepare, score],
            schedule=events.Schedule.cron(minute="0", hour="2"),
            key=foundation.key,
            removal_policy=foundation.removal_policy,
        )
        watch(self, foundation=foundation, settings=settings, workflows=[workflow])
