"""Builds the stacks that the context in cdk.json asks for; it defines no resource itself."""

import sys

from aws_cdk import App, Environment, Validations
from aws_cdk import aws_iam as iam
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from constructs_lib import ConfigurationError, SageMakerContract
from stacks.ab_testing import AbTestingStack
from stacks.async_inference import AsyncInferenceStack
from stacks.batch import BatchStack
from stacks.distributed_training import DistributedTrainingStack
from stacks.feature_store import FeatureStoreStack
from stacks.foundation import FoundationStack
from stacks.inference_components import InferenceComponentsStack
from stacks.inference_pipeline import InferencePipelineStack
from stacks.multi_container import MultiContainerStack
from stacks.multi_model import MultiModelStack
from stacks.notebook import NotebookStack
from stacks.real_time import RealTimeStack
from stacks.serverless import ServerlessStack
from stacks.settings import Settings
from stacks.training import TrainingStack
from stacks.tuning import TuningStack

_STACKS = {
    "training": TrainingStack,
    "distributed-training": DistributedTrainingStack,
    "tuning": TuningStack,
    "batch": BatchStack,
    "feature-store": FeatureStoreStack,
    "real-time": RealTimeStack,
    "ab-testing": AbTestingStack,
    "async-inference": AsyncInferenceStack,
    "serverless": ServerlessStack,
    "multi-model": MultiModelStack,
    "multi-container": MultiContainerStack,
    "inference-pipeline": InferencePipelineStack,
    "inference-components": InferenceComponentsStack,
    "notebook": NotebookStack,
}


def build(app: App) -> None:
    """Add the chosen stacks, and the rules that every synth runs, to *app*."""
    settings = Settings.from_context(app.node.get_all_context())
    env = Environment(account=settings.account, region=settings.region) if settings.account else None
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app), SageMakerContract(strict=True))
    foundation = FoundationStack(app, f"{settings.project}-Foundation", settings=settings, env=env)
    if settings.permissions_boundary:
        iam.PermissionsBoundary.of(app).apply(_policy(foundation, settings.permissions_boundary))
    for name, stack in _STACKS.items():
        if name in settings.stacks:
            suffix = "".join(word.capitalize() for word in name.split("-"))
            stack(app, f"{settings.project}-{suffix}", foundation=foundation, settings=settings, env=env)


def _policy(scope: FoundationStack, name_or_arn: str) -> iam.IManagedPolicy:
    if name_or_arn.startswith("arn:"):
        return iam.ManagedPolicy.from_managed_policy_arn(scope, "PermissionsBoundary", name_or_arn)
    return iam.ManagedPolicy.from_managed_policy_name(scope, "PermissionsBoundary", name_or_arn)


if __name__ == "__main__":
    app = App()
    try:
        build(app)
    except ConfigurationError as error:
        # The message says all there is to say; a traceback would bury it.
        sys.exit(str(error))
    app.synth()
