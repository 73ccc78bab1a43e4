"""One page of CloudWatch for endpoints and workflows."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import jsii
from aws_cdk import IStableStringProducer, Lazy, Resource, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib._internal.checks import is_token, matches, require, unique
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import path_of, place_of
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
                imported one does not know what it has: show its `metric(…)` in a dashboard of the CDK. What is of
                another region is shown from there, what is of another account is refused. Alarms are shown of endpoints
                and workflows of the same stack, because each of another would be an export of it.
            workflows: Workflows, below the endpoints.
            dashboard_name: Letters, digits, dashes and underscores, at most 255; None lets CloudFormation make one.

        Raises:
            ConfigurationError: There is nothing to show, or what cannot be shown; all of it is listed.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
        """
        super().__init__(scope, id)
        kinds = argument_problems(Dashboard.__init__, locals())
        listed = {"endpoints": _items(endpoints), "workflows": _items(workflows)}
        shown = (*listed["endpoints"], *listed["workflows"])
        require(
            self,
            kinds,
            None if kinds or shown else "endpoints or workflows must hold something to show, got none",
            *(problem for field, each in listed.items() for problem in _problems(self, field, each)),
            None
            if not isinstance(dashboard_name, str)
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


# What tells each of them, which cannot be imported here: a word for people, and what only it has.
_KINDS = {"endpoints": ("an endpoint", "endpoint_name"), "workflows": ("a workflow", "state_machine")}


def _items(value: Any) -> Sequence[Any]:
    """What is listed; what is no list is told elsewhere."""
    return value if isinstance(value, list | tuple) else ()


def _problems(dashboard: Construct, field: str, listed: Sequence[Any]) -> Iterator[str | None]:
    what, attribute = _KINDS[field]
    right: list[Any] = []
    for number, shown in enumerate(listed):
        is_one = isinstance(shown, Construct) and hasattr(shown, attribute) and hasattr(shown, "_sections")
        if not is_one:
            yield f"{field}[{number}] must be {what} that was made here, and none that is imported, got {shown!r}"
            continue
        right.append(shown)
        here, there = place_of(dashboard).account, place_of(shown).account
        if here != there and not is_token(here) and not is_token(there):
            whose = f"account {here}, whose metrics the dashboard shows"
            yield f"{field}[{number}] must be of {whose}, got one of {there}"
    yield unique(field, (path_of(each) for each in right))
