"""One page of CloudWatch for endpoints and workflows."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import jsii
from aws_cdk import IStableStringProducer, Lazy, Resource, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib._internal.checks import has, matches, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import place_of
from constructs_lib.operations.panels import Section, render_body

if TYPE_CHECKING:
    from constructs_lib.endpoints.watched_endpoint import WatchedEndpoint
    from constructs_lib.training.training_workflow import TrainingWorkflow

_NAME = r"[A-Za-z0-9_-]{1,255}"


class Dashboard(Resource):
    """One CloudWatch dashboard of endpoints, their components, and workflows.

    Of each it shows alarms, traffic, errors, latency in milliseconds, machines with the limits of their scaling, the
    queue of an asynchronous endpoint, utilization, and executions: what its kind publishes, and nothing else. What is
    added to an endpoint later is shown too, such as components, alarms and scaling.

    CloudWatch charges by the dashboard, beyond the first three of an account.

    Attributes:
        dashboard_name: Its name.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoints: "Sequence[WatchedEndpoint]" = (),
        workflows: "Sequence[TrainingWorkflow]" = (),
        dashboard_name: str | None = None,
    ) -> None:
        """Make the dashboard.

        Args:
            scope: The parent construct.
            id: The id in it.
            endpoints: Endpoints of any kind, in this order; those with inference components show each of them. An
                imported one does not know what it has: show its `metric(…)` in a dashboard of the CDK. Alarms are
                shown of endpoints and workflows of the same stack, because each of another would be an export of it.
            workflows: Workflows, below the endpoints.
            dashboard_name: Letters, digits, dashes and underscores, at most 255; None lets CloudFormation make one.

        Raises:
            ConfigurationError: There is nothing to show, or what cannot be shown; all of it is listed.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
        """
        super().__init__(scope, id)
        require(self, argument_problems(Dashboard.__init__, locals()))
        shown = (*endpoints, *workflows)
        require(
            self,
            None if shown else "endpoints or workflows must hold something to show, got none",
            *(_problem(f"endpoints[{number}]", each, "an endpoint") for number, each in enumerate(endpoints)),
            *(_problem(f"workflows[{number}]", each, "a workflow") for number, each in enumerate(workflows)),
            None
            if dashboard_name is None
            else matches("dashboard_name", dashboard_name, _NAME, shape="letters, digits, dashes and underscores"),
        )
        resource = cloudwatch.CfnDashboard(
            self,
            "Resource",
            dashboard_name=dashboard_name,
            dashboard_body=Lazy.string(cast(IStableStringProducer, _Body(Stack.of(self), shown))),
        )
        self.dashboard_name = resource.ref


@jsii.implements(IStableStringProducer)
class _Body:
    """The body, made once the app is complete."""

    def __init__(self, stack: Stack, shown: Sequence[Any]) -> None:
        self._stack = stack
        self._shown = shown

    def produce(self) -> str:
        """Called by the CDK."""
        sections = [(section, place_of(each).region) for each in self._shown for section in self._sections_of(each)]
        return self._stack.to_json_string(render_body(sections))

    def _sections_of(self, shown: Any) -> Iterator[Section]:
        beside = Stack.of(shown).node.path == self._stack.node.path
        found: Iterator[Section] = shown._sections(alarms=beside)
        return found


def _problem(field: str, shown: Any, what: str) -> str | None:
    return has(field, shown, "_sections", f"{what} that was made here, and none that is imported", optional=False)
