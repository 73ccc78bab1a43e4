"""Image classification, trained with SageMaker's built-in algorithm on two GPU machines."""

from aws_cdk import CfnOutput

from constructs_lib import Channel, Cluster, ContainerImage, InstanceType, TrainingJob, TrainingWorkflow
from stacks._app_stack import AppStack
from stacks._operations import watch
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class TrainingStack(AppStack):
    """A training job and the workflow that runs it; the model archives go to `models/` in the foundation's bucket."""

    summary = "Training of an image classifier"

    def _build(self, foundation: FoundationStack, settings: Settings) -> None:
        store = foundation.store
        job = TrainingJob(
            self,
            "Train",
            image=ContainerImage.built_in("image-classification"),
            cluster=Cluster(
                instance_type=InstanceType(settings.training__instance_type),
                count=settings.training__instance_count,
                volume_gib=50,
            ),
            channels=[
                Channel.from_s3(name, store.location(f"data/{name}"), content_type="application/x-image")
                for name in ("train", "validation", "train_lst", "validation_lst")
            ],
            hyperparameters={
                "use_pretrained_model": 1,
                "image_shape": "3,224,224",
                "num_classes": 10,
                "num_training_samples": 40000,
                "learning_rate": 0.001,
                "mini_batch_size": 8,
            },
            metrics={"validation:accuracy": r"Validation-accuracy=([0-9.]+)"},
            output=store.location("models"),
            key=foundation.key,
            network=foundation.network,
        )
        workflow = TrainingWorkflow(
            self, "Workflow", steps=[job], key=foundation.key, removal_policy=foundation.removal_policy
        )
        watch(self, foundation=foundation, settings=settings, workflows=[workflow])
        CfnOutput(
            self,
            "WorkflowArn",
            value=workflow.state_machine.state_machine_arn,
            description="Start it with: aws stepfunctions start-execution --state-machine-arn <this>",
        )
