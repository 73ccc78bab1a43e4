"""Who alarms may tell, and with which key."""

from typing import Any

from constructs_lib import AlarmTopic, DataKey
from tests.permissions.cases import Case
from tests.permissions.cases.foundation import ALARMS, KEY_POLICY, ROOT
from tests.permissions.cases.places import HERE, key_of_disks
from tests.permissions.cases.workflow import told
from tests.permissions.specification import OF_THIS_ACCOUNT, Row, Specification, allow, deny

OF_ALARMS = {**OF_THIS_ACCOUNT, "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{HERE}:alarm:*"}}
OWN_KEY = (*KEY_POLICY, ALARMS)


def told_by_alarms(topic: str) -> Row:
    """Alarms of this account may publish to the topic, and no other service."""
    return allow("sns:Publish", on=f"<{topic}>", when=OF_ALARMS, by="Service cloudwatch.amazonaws.com")


def told_over_tls_only(topic: str) -> Row:
    return deny("sns:Publish", on=f"<{topic}>", when={"Bool": {"aws:SecureTransport": "false"}}, by="AWS *")


TOPIC = (told_over_tls_only("Topic"), told_by_alarms("Topic"))


def plain_key(stack: Any) -> Any:
    from aws_cdk import aws_kms as kms

    return kms.Key(stack, "Key")


def told_of_events(stack: Any) -> object:
    """A topic of alarms that a rule tells, too."""
    from aws_cdk import aws_events as events
    from aws_cdk import aws_events_targets as targets

    topic = AlarmTopic(stack, "Topic", key=key_of_disks(stack))
    pattern = events.EventPattern(source=["aws.states"])
    return events.Rule(stack, "Rule", event_pattern=pattern, targets=[targets.SnsTopic(topic)])


CASES = [
    Case(
        construct="AlarmTopic",
        about="with a key of its own",
        build=lambda stack: AlarmTopic(stack, "Topic"),
        specification=Specification(resources={"Topic": TOPIC, "TopicKey": OWN_KEY}),
    ),
    Case(
        construct="AlarmTopic",
        about="with a key of the data, and mails",
        build=lambda stack: AlarmTopic(stack, "Topic", key=DataKey(stack, "Key"), emails=["on-call@example.com"]),
        specification=Specification(resources={"Topic": TOPIC, "Key": OWN_KEY}),
    ),
    Case(
        construct="AlarmTopic",
        about="with a key of the CDK",
        build=lambda stack: AlarmTopic(stack, "Topic", key=plain_key(stack)),
        specification=Specification(resources={"Topic": TOPIC, "Key": (allow("kms:*", on="*", by=ROOT), ALARMS)}),
    ),
    Case(
        construct="AlarmTopic",
        about="with a key that is imported, whose owner lets alarms in, and told by a rule",
        build=told_of_events,
        specification=Specification(resources={"Topic": (*TOPIC, told("Topic"))}),
    ),
]
