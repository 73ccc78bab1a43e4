"""The steps that read autoscaling back: each scalable target, each policy, and the alarms that drive it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from constructs_lib.rehearsal._alarms import ALARM, check_tracking_alarms, in_order, read_alarm
from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._compare import differences
from constructs_lib.rehearsal._moving import exercise
from constructs_lib.rehearsal._references import resolved
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed, counted

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"

# What no call gives back: CloudFormation's own way to name the target, and tags, which are asked for elsewhere.
_NOT_SHOWN = {TARGET: {"Tags"}, POLICY: {"ScalingTargetId"}, ALARM: {"Tags"}}


def scaling_steps(stage: Stage) -> Iterator[Step]:
    """A row for each scalable target, each scaling policy and each alarm, and one for each target that moves."""
    for resource in stage.assembly.resources(TARGET):
        yield Step("scaling", resource.label, _step(stage, resource, _read_target))
    for resource in stage.assembly.resources(POLICY):
        yield Step("scaling", resource.label, _step(stage, resource, _read_policy))
    for resource in stage.assembly.resources(ALARM):
        yield Step("alarm", resource.label, _step(stage, resource, read_alarm))
    for resource in stage.assembly.resources(TARGET):
        if resource.properties.get("ServiceNamespace") == "sagemaker":
            yield Step("scaling", f"{resource.label} moves", exercise(stage, resource))


def _step(
    stage: Stage, resource: Resource, read: Callable[[Stage, Resource, str], tuple[dict[str, Any], str]]
) -> Callable[[], Outcome]:
    def run() -> Outcome:
        physical = stage.physical_id(resource)
        if physical is None:
            return NOT_CREATED
        got, summary = read(stage, resource, physical)
        names = {each["EndpointArn"]: each["EndpointName"] for each in stage.endpoints.values()}
        asked = resolved(resource.properties, stage.physical_ids(resource.stack), names)
        expected = {name: value for name, value in asked.items() if name not in _NOT_SHOWN[resource.type]}
        if wrong := list(differences(in_order(expected), in_order(got))):
            raise StepFailed(
                f"differs from the template in {wrong[0]}",
                text="\n".join(f"{resource.type} {resource.logical_id}: {difference}" for difference in wrong),
                details={"differences": [vars(difference) for difference in wrong]},
            )
        return Outcome(summary, {"read_back": got})

    return run


def _read_target(stage: Stage, resource: Resource, physical: str) -> tuple[dict[str, Any], str]:
    # The physical id is `endpoint/my-endpoint/variant/blue|sagemaker:variant:DesiredInstanceCount|sagemaker`.
    resource_id, dimension, namespace = physical.split("|")
    found = stage.aws.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace=namespace, ResourceIds=[resource_id], ScalableDimension=dimension
    )["ScalableTargets"]
    if not found:
        raise StepFailed(f"no scalable target {resource_id} with {dimension} is registered")
    actions = stage.aws.client("application-autoscaling").describe_scheduled_actions(
        ServiceNamespace=namespace, ResourceId=resource_id, ScalableDimension=dimension
    )["ScheduledActions"]
    scheduled = f", {counted(len(actions), 'schedule')}" if actions else ""
    target = {**found[0], "ScheduledActions": _in_order(actions, resource.properties.get("ScheduledActions"))}
    return target, f"{found[0]['MinCapacity']} to {found[0]['MaxCapacity']}, {resource_id}{scheduled}"


def _in_order(actions: list[dict[str, Any]], wanted: Any) -> list[dict[str, Any]]:
    """The scheduled actions in the order of the template; the service lists them in its own."""
    names = [each.get("ScheduledActionName") for each in wanted or () if isinstance(each, dict)]
    known = {action["ScheduledActionName"]: action for action in actions}
    ordered = [known.pop(name) for name in names if name in known]
    return [*ordered, *known.values()]


def _read_policy(stage: Stage, resource: Resource, physical: str) -> tuple[dict[str, Any], str]:
    # The physical id is an ARN; `…:resource/sagemaker/endpoint/…` names the service.
    namespace = re.search(r":resource/([^/]+)/", physical)
    if namespace is None:
        raise StepFailed(f"{physical} is not the ARN of a scaling policy")
    pages = stage.aws.client("application-autoscaling").get_paginator("describe_scaling_policies")
    policies = [
        policy
        for page in pages.paginate(ServiceNamespace=namespace[1])
        for policy in page["ScalingPolicies"]
        if policy["PolicyARN"] == physical
    ]
    if not policies:
        raise StepFailed(f"no scaling policy {physical} is there")
    policy = policies[0]
    alarms = [alarm["AlarmName"] for alarm in policy.get("Alarms", ())]
    if policy["PolicyType"] == "TargetTrackingScaling":
        check_tracking_alarms(stage, policy)
    if policy["PolicyType"] == "StepScaling" and not alarms:
        raise StepFailed("no alarm calls the step policy, so it would never act")
    return policy, _summary(policy, alarms)


def _summary(policy: Mapping[str, Any], alarms: list[str]) -> str:
    target = policy.get("TargetTrackingScalingPolicyConfiguration", {}).get("TargetValue")
    at = f" at {target:g}" if target is not None else ""
    return f"{policy['PolicyType']}{at}, {len(alarms)} alarm{'s' if len(alarms) != 1 else ''}"
