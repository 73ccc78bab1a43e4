"""Makes alarms out of what they watch."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib._internal.rendering import camel_case
from constructs_lib.operations.watch import Watch


def make_alarms(scope: Construct, watches: Sequence[Watch], topic_arn: str, whose: str) -> list[cloudwatch.CfnAlarm]:
    """The alarms of *watches* in *scope*, of what *whose* says."""
    return [cloudwatch.CfnAlarm(scope, watch.id, **camel_case(watch.render(topic_arn, whose))) for watch in watches]
