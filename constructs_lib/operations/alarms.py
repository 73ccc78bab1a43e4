"""Makes alarms out of what they watch, and lets people see them."""

from collections.abc import Iterator, Sequence
from typing import Any

from aws_cdk import Resource
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
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


def topic_problem(owner: Construct, topic: Any) -> str | None:
    """A topic that alarms of *owner* cannot tell: of another region, or one whose policy is for another account.

    CloudWatch takes only topics of its own region. A topic that is imported from another account may let them in. What
    is no topic at all is told elsewhere.

    CloudWatch asks SNS of its own region (untested against a live account; no page of AWS's says it in words).
    """
    if not hasattr(topic, "topic_arn"):
        return None
    here, there = place_of(owner), topic.env
    if _differ(here.region, there.region):
        return f"topic must be one of {here.region}, where the alarms are, got one of {there.region}"
    if isinstance(topic, sns.Topic) and _differ(here.account, there.account):
        return (
            f"topic must be one of {here.account}, got one of {there.account}, whose policy and key let alarms of that "
            "account in; let these in by yourself, and import the topic here"
        )
    return None


def elsewhere_problem(owner: Resource) -> str | None:
    """Metrics that alarms in the stack of *owner* cannot see, because it was imported from elsewhere."""
    here, there = place_of(owner), owner.env
    if not _differ(here.region, there.region) and not _differ(here.account, there.account):
        return None
    return (
        f"it is of {there.account} in {there.region}, and alarms of {here.account} in {here.region} see no metric of "
        "it; make them in a stack of there"
    )


def _differ(one: str, other: str) -> bool:
    return not is_token(one) and not is_token(other) and one != other


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
