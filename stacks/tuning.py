"""Finds hyperparameters of the image classifier, and registers the best model for approval."""

from constructs_lib import (
    Channel,
    Cluster,
    Container,
    ContainerImage,
    ContinuousParameterRange,
    HyperParameterScalingType,
    InstanceType,
    IntegerParameterRange,
    ModelPackageGroup,
    RegisterModelStep,
    TrainingJob,
    TrainingWorkflow,
    TuningDefinition,
    TuningJob,
    TuningObjective,
)
from stacks._app_stack import AppStack
from stacks._operations import watch
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class TuningStack(AppStack):
    """A tuning job over the built-in algorithm, and the model package group that its best model goes to."""

    summary = "Tuning of an image classifier"

    def _build(self, foundation: FoundationStack, settings: Settings) -> None:
        store = foundation.store
        image = ContainerImage.built_in("image-classification")
        instance_type = InstanceType(settings.training__instance_type)
        job = TrainingJob(
            self,
            "Candidate",
            image=image,
            cluster=Cluster(instance_type=instance_type, volume_gib=50),
            channels=[
                Channel.from_s3(name, store.location(f"data/{name}"), content_type="application/x-image")
                for name in ("train", "validation", "train_lst", "validation_lst")
            ],
            hyperparameters={
                "use_pretrained_model": 1,
                "image_shape": "3,224,224",
                "num_classes": 10,
                "num_training_samples": 40000,
            },
            output=store.location("models"),
            key=foundation.key,
            network=foundation.network,
        )
        tuning = TuningJob(
            self,
            "Tune",
            definitions=[
                TuningDefinition(
                    job=job,
                    objective=TuningObjective.maximize("validation:accuracy"),
                    ranges={
                        "learning_rate": ContinuousParameterRange(
                            min_value=1e-5, max_value=1e-1, scaling_type=HyperParameterScalingType.LOGARITHMIC
                        ),
                        "mini_batch_size": IntegerParameterRange(min_value=8, max_value=64),
                    },
                )
            ],
            max_jobs=6,
            max_parallel_jobs=2,
            early_stopping=True,
        )
        group = ModelPackageGroup(self, "Classifiers", description="Image classifiers that wait for approval")
        register = RegisterModelStep(
            self,
            "Register",
            group=group,
            container=Container(image=image, artifact=tuning.model_artifact),
            content_types=["application/x-image"],
            response_types=["application/json"],
            real_time_types=[InstanceType(settings.real_time__instance_type)],
        )
        workflow = TrainingWorkflow(
            self,
            "Workflow",
            steps=[tuning, register],
            key=foundation.key,
            removal_policy=foundation.removal_policy,
        )
        watch(self, foundation=foundation, settings=settings, workflows=[workflow])
