"""What starts a workflow by itself, and who is told how it ended."""

import jsii
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.interfaces.aws_events import IRuleRef
from constructs import Construct

from constructs_lib._internal.place import place_of
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.statements import Statement


@jsii.implements(events.IRuleTarget)
class _Start:
    """Starts a state machine under a role that is there; the target of the CDK gives it an inline policy."""

    def __init__(self, machine_arn: str, role: iam.IRole) -> None:
        self._machine_arn = machine_arn
        self._role = role

    def bind(self, rule: IRuleRef, id: str | None = None) -> events.RuleTargetConfig:
        return events.RuleTargetConfig(arn=self._machine_arn, role=self._role)


def start_by_itself(
    scope: Construct,
    machine_arn: str,
    *,
    schedule: events.Schedule | None,
    start_on: events.EventPattern | None,
) -> None:
    """Make the rules that start the machine, and their role, which may do nothing else."""
    if schedule is None and start_on is None:
        return
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
    rules = []
    if schedule is not None:
        rules.append(events.Rule(scope, "Schedule", schedule=schedule))
    if start_on is not None:
        rules.append(events.Rule(scope, "StartOn", event_pattern=start_on))
    for rule in rules:
        rule.add_target(_Start(machine_arn, role))
        rule.node.add_dependency(policy)


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
