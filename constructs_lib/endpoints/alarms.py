"""The alarms that tell somebody of an endpoint or a component."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib._internal.statements import Statement
from constructs_lib.endpoints.rollback import AutoRollback
from constructs_lib.endpoints.rollback_alarms import rollback_alarms
from constructs_lib.operations.alarm_thresholds import AlarmThresholds
from constructs_lib.operations.alarm_topic import let_alarms_tell
from constructs_lib.operations.alarms import ALARMS, alarms_below, make_alarms, sees
from constructs_lib.operations.watch import Watch


def tell_topic(
    owner: Construct,
    topic: sns.ITopic,
    watches: Sequence[Watch],
    by_variant: Mapping[str, tuple[str, Sequence[Watch]]] | None = None,
) -> list[cloudwatch.CfnAlarm]:
    """Make the alarms of *watches* and have them, and those that take an update back, tell *topic*.

    Args:
        owner: Whose alarms they are.
        topic: Who is told.
        watches: What is watched of it as a whole.
        by_variant: What is watched of each variant, by its id, with its name.
    """
    let_alarms_tell(topic)
    arn, path = topic.topic_arn, owner.node.path
    for alarm in rollback_alarms(owner):
        alarm.add_alarm_action(actions.SnsAction(topic))
    namespace = Construct(owner, ALARMS)
    made = make_alarms(namespace, watches, arn, path)
    if by_variant:
        variants = Construct(namespace, "Variants")
        for id, (name, its) in by_variant.items():
            made += make_alarms(Construct(variants, id), its, arn, f"variant {name} of {path}")
    return made


def without_rollback(
    watches: Iterable[Watch], rollback: AutoRollback | None, thresholds: AlarmThresholds
) -> list[Watch]:
    """*watches* without what an alarm of *rollback* watches already, from the same threshold on."""
    watched = rollback is not None and rollback.watches_by_itself
    same = watched and rollback is not None and rollback.error_percent == thresholds.error_percent
    return [watch for watch in watches if not (same and watch.id == "Errors")]


def sees_alarms(scope: Construct) -> Iterator[Statement]:
    """What seeing the alarms of *scope* takes; nothing where there are none."""
    return sees(alarm_arns(scope))


def alarm_arns(owner: Construct) -> list[str]:
    """The ARNs of its alarms, those that take an update back first."""
    own = (alarm.attr_arn for alarm in alarms_below(owner))
    return [*(alarm.alarm_arn for alarm in rollback_alarms(owner)), *own]
