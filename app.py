"""Builds the stacks that the context in cdk.json asks for; it defines no resource itself."""

import sys

from aws_cdk import App, Environment, Validations
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from constructs_lib import ConfigurationError
from stacks.foundation import FoundationStack
from stacks.real_time import RealTimeStack
from stacks.settings import Settings
from stacks.training import TrainingStack


def build(app: App) -> None:
    """Add the chosen stacks, and the security rules that every synth runs, to *app*."""
    settings = Settings.from_context(app.node.get_all_context())
    env = Environment(account=settings.account, region=settings.region) if settings.account else None
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    foundation = FoundationStack(app, f"{settings.project}-Foundation", settings=settings, env=env)
    if "training" in settings.stacks:
        TrainingStack(app, f"{settings.project}-Training", foundation=foundation, settings=settings, env=env)
    if "real-time" in settings.stacks:
        RealTimeStack(app, f"{settings.project}-RealTime", foundation=foundation, settings=settings, env=env)


if __name__ == "__main__":
    app = App()
    try:
        build(app)
    except ConfigurationError as error:
        # The message says all there is to say; a traceback would bury it.
        sys.exit(str(error))
    app.synth()
