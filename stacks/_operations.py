"""What the stacks do so that somebody hears when something is wrong."""

from collections.abc import Sequence

from aws_cdk import Stack

from constructs_lib import Dashboard, HostedEndpoint, TrainingWorkflow
from stacks.foundation import FoundationStack
from stacks.settings import Settings


def watch(
    stack: Stack,
    *,
    foundation: FoundationStack,
    settings: Settings,
    endpoints: Sequence[HostedEndpoint] = (),
    workflows: Sequence[TrainingWorkflow] = (),
) -> None:
    """Let alarms tell the topic of the foundation, and show all of it on one page, if pages are wanted."""
    watched: list[HostedEndpoint | TrainingWorkflow] = [*endpoints, *workflows]
    for each in watched:
        each.add_alarms(foundation.alarms)
    if settings.dashboards:
        Dashboard(stack, "Dashboard", endpoints=endpoints, workflows=workflows)
