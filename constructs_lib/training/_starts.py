"""What starts a workflow by itself, and who is told how it ended."""

from typing import Any

import jsii
from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.interfaces.aws_events import IRuleRef
from constructs import Construct

from constructs_lib._internal.checks import is_token
from constructs_lib._internal.place import place_of
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.statements import Statement
from constructs_lib.contract.schedules import schedule_problem
from constructs_lib.foundation.data_key import let_events_use

# Two weeks, the most that SQS keeps a message.
_LONGEST_RETENTION_SECONDS = 14 * 24 * 3600
_PATTERN = ("account", "detail", "detail_type", "id", "region", "resources", "source", "time", "version")


@jsii.implements(events.IRuleTarget)
class _Start:
    """Starts a state machine under a role that is there; the target of the CDK gives it an inline policy."""

    def __init__(self, machine_arn: str, role: iam.IRole, queue_arn: str) -> None:
        self._machine_arn = machine_arn
        self._role = role
        self._queue_arn = queue_arn

    def bind(self, rule: IRuleRef, id: str | None = None) -> events.RuleTargetConfig:
        return events.RuleTargetConfig(
            arn=self._machine_arn,
            role=self._role,
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self._queue_arn),
        )


def start_problems(schedule: Any, start_on: Any) -> list[str]:
    """What is wrong with what starts a workflow; what is of another kind is told elsewhere."""
    problems = []
    expression = schedule.expression_string if isinstance(schedule, events.Schedule) else None
    problem = None if expression is None or is_token(expression) else schedule_problem(expression)
    # `at(…)` is of Application Auto Scaling and of EventBridge's scheduler, and no rule knows it.
    if expression is not None and (problem is not None or expression.startswith("at(")):
        shapes = "a rule's, such as events.Schedule.rate(…) or events.Schedule.cron(…)"
        problems.append(f"schedule must be {shapes}, got {expression!r}{f' ({problem})' if problem else ''}")
    if isinstance(start_on, events.EventPattern) and not any(getattr(start_on, name) for name in _PATTERN):
        problems.append(f"start_on must say which events start it, such as a source of them, got {start_on!r}")
    return problems


def start_by_itself(
    scope: Construct,
    machine_arn: str,
    *,
    schedule: events.Schedule | None,
    start_on: events.EventPattern | None,
    key: kms.IKey | None,
) -> sqs.CfnQueue | None:
    """Make the rules that start the machine, and their role, which may do nothing else.

    Returns:
        The queue of what did not start, encrypted with *key* or else with one of SQS's; None where nothing starts it.
    """
    if schedule is None and start_on is None:
        return None
    role = iam.Role(
        scope,
        "StartRole",
        description=f"Starts {scope.node.path}",
        assumed_by=iam.ServicePrincipal(
            "events.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": place_of(scope).account}}
        ),
    )
    policy = attach_policy(
        scope, "StartPolicy", role, [Statement(actions=("states:StartExecution",), resources=(machine_arn,))]
    )
    queue = sqs.CfnQueue(
        scope,
        "NotStarted",
        message_retention_period=_LONGEST_RETENTION_SECONDS,
        kms_master_key_id=key.key_arn if key is not None else None,
        sqs_managed_sse_enabled=True if key is None else None,
    )
    if key is not None:
        let_events_use(key, scope=queue)
    Validations.of(queue).acknowledge(
        Acknowledgment(
            id="AwsSolutions::AwsSolutions-SQS3",
            reason="It is a dead-letter queue itself, of rules of EventBridge, which the rule does not look at.",
        )
    )
    rules = []
    if schedule is not None:
        rules.append(events.Rule(scope, "Schedule", schedule=schedule))
    if start_on is not None:
        rules.append(events.Rule(scope, "StartOn", event_pattern=start_on))
    for rule in rules:
        rule.add_target(_Start(machine_arn, role, queue.attr_arn))
        rule.node.add_dependency(policy)
    sqs.CfnQueuePolicy(
        scope,
        "NotStartedPolicy",
        queues=[queue.ref],
        policy_document=_queue_policy(queue.attr_arn, [rule.rule_arn for rule in rules]),
    )
    return queue


def _queue_policy(queue_arn: str, rule_arns: list[str]) -> dict[str, Any]:
    """These rules may send, and nobody in the clear.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": queue_arn,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": rule_arns}},
            },
        ],
    }


def tell_topic(scope: Construct, id: str, machine: sfn.IStateMachine, statuses: list[str], topic: sns.ITopic) -> None:
    """Tell *topic* of each execution that ended in one of *statuses*; time-outs and aborts make events too.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    """
    rule = events.Rule(
        scope,
        id,
        event_pattern=events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={"stateMachineArn": [machine.state_machine_arn], "status": statuses},
        ),
    )
    name, status = events.EventField.from_path("$.detail.name"), events.EventField.from_path("$.detail.status")
    cause = events.EventField.from_path("$.detail.cause")
    text = f"{scope.node.path}: execution {name} {status}" + ("" if statuses == ["SUCCEEDED"] else f": {cause}")
    rule.add_target(targets.SnsTopic(topic, message=events.RuleTargetInput.from_text(text)))
    # A message to an encrypted topic is encrypted in the name of EventBridge (TRAPS 14); a key that was imported needs
    # this in its policy by its owner.
    key = getattr(topic, "master_key", None)
    if key is not None:
        key.grant(iam.ServicePrincipal("events.amazonaws.com"), "kms:Decrypt", "kms:GenerateDataKey")
