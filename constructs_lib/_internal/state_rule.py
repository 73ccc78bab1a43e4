"""Rules for what SageMaker tells EventBridge of a change of state."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_events as events
from constructs import Construct


def state_rule(
    scope: Construct,
    id: str,
    target: events.IRuleTarget | None,
    *,
    detail_type: str,
    account: str,
    detail: Mapping[str, Any],
) -> events.Rule:
    """A rule for such events, as they name what they are of; with None as target it is left to `add_target`.

    The account stands beside the name, and no ARN, which a template cannot write: ARNs have names in small letters, and
    the detail has them exactly.
    """
    pattern = events.EventPattern(
        source=["aws.sagemaker"], detail_type=[detail_type], account=[account], detail=dict(detail)
    )
    rule = events.Rule(scope, id, event_pattern=pattern)
    if target is not None:
        rule.add_target(target)
    return rule
