"""The steps that read autoscaling back: each scalable target, each policy, and the alarms that drive it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._compare import differences
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"


def scaling_steps(stage: Stage) -> Iterator[Step]:
    """A row for each scalable target and each scaling policy."""
    for resource in stage.assembly.resources(TARGET):
        yield Step("scaling", resource.label, _step(stage, resource, _read_target))
    for resource in stage.assembly.resources(POLICY):
        yield Step("scaling", resource.label, _step(stage, resource, _read_policy))


def _step(
    stage: Stage, resource: Resource, read: Callable[[Stage, Resource, str], tuple[dict[str, Any], str]]
) -> Callable[[], Outcome]:
    def run() -> Outcome:
        physical = stage.physical_id(resource)
        if physical is None:
            return NOT_CREATED
        got, summary = read(stage, resource, physical)
        expected = {name: value for name, value in resource.properties.items() if name in got}
        if wrong := list(differences(expected, got)):
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
    return found[0], f"{found[0]['MinCapacity']} to {found[0]['MaxCapacity']}, {resource_id}"


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
        _must_have_alarms(stage, alarms)
    return policy, _summary(policy, alarms)


def _must_have_alarms(stage: Stage, names: list[str]) -> None:
    if not names:
        raise StepFailed("the target tracking policy has no alarms, so nothing would ever scale")
    found = stage.aws.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    missing = set(names) - {alarm["AlarmName"] for alarm in found}
    if missing:
        raise StepFailed(f"the alarms {', '.join(sorted(missing))} of the policy are not there")


def _summary(policy: Mapping[str, Any], alarms: list[str]) -> str:
    target = policy.get("TargetTrackingScalingPolicyConfiguration", {}).get("TargetValue")
    at = f" at {target:g}" if target is not None else ""
    return f"{policy['PolicyType']}{at}, {len(alarms)} alarms"
