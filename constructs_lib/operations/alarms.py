"""Makes alarms out of what they watch, and lets people see them."""

from collections.abc import Iterator, Sequence
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib._internal.checks import is_token
from constructs_lib._internal.place import place_of
from constructs_lib._internal.rendering import camel_case
from constructs_lib._internal.statements import Statement
from constructs_lib.operations.watch import Watch

# The namespace of alarms below what they watch; nothing else may have this id.
ALARMS = "Alarms"
# A managed policy holds 6144 characters, and the ARN of an alarm takes up to a hundred.
_AT_ONCE = 20


def second_problem(owner: Construct) -> str | None:
    """Alarms that are there already."""
    if owner.node.try_find_child(ALARMS) is None:
        return None
    return "it has alarms already, of its own or by its endpoint; add_alarms is called once, first on what differs"


def region_problem(owner: Construct, topic: Any) -> str | None:
    """A topic that alarms beside *owner* cannot tell; what is no topic at all is told elsewhere.

    CloudWatch asks SNS of its own region (untested against a live account; no page of AWS's says it in words).
    """
    if not hasattr(topic, "topic_arn"):
        return None
    here, there = place_of(owner).region, topic.env.region
    if is_token(here) or is_token(there) or here == there:
        return None
    return f"topic must be of {here}, because an alarm tells topics of its own region only, got one of {there}"


def make_alarms(scope: Construct, watches: Sequence[Watch], topic_arn: str, whose: str) -> list[cloudwatch.CfnAlarm]:
    """The alarms of *watches* in *scope*, of what *whose* says."""
    return [cloudwatch.CfnAlarm(scope, watch.id, **camel_case(watch.render(topic_arn, whose))) for watch in watches]


def alarms_below(owner: Construct) -> list[cloudwatch.CfnAlarm]:
    """The alarms that were made for *owner* to tell a topic."""
    namespace = owner.node.try_find_child(ALARMS)
    return [each for each in namespace.node.find_all() if isinstance(each, cloudwatch.CfnAlarm)] if namespace else []


def sees(arns: Sequence[str]) -> Iterator[Statement]:
    """What seeing alarms takes, in parts that each fit into a policy."""
    for start in range(0, len(arns), _AT_ONCE):
        yield Statement(
            actions=("cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"),
            resources=tuple(arns[start : start + _AT_ONCE]),
        )
