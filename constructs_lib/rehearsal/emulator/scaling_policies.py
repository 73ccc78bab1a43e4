"""What a policy does when its alarm goes off: the new capacity, within the bounds of the target."""

import math
import time
import uuid
from collections.abc import Mapping
from typing import Any

from . import scaling_capacity, scaling_targets
from .api import ApiError
from .sagemaker import SageMaker
from .scaling_targets import Key, Target


def act(sagemaker: SageMaker, arn: str, alarm: Mapping[str, Any], value: float | None) -> None:
    """Carry the policy with this ARN out; nothing happens where it is gone.

    Cooldowns pass at once here.
    """
    found = _find(arn)
    if found is None:
        return
    key, target, policy = found
    capacity = scaling_capacity.current(sagemaker, key)
    if capacity is None:
        return
    wanted = _wanted(policy, alarm, value, capacity)
    move(sagemaker, key, target, wanted, f"monitor alarm {alarm['AlarmName']} in state ALARM triggered policy {arn}")


def move(sagemaker: SageMaker, key: Key, target: Target, wanted: int, cause: str) -> None:
    """Bring the capacity to *wanted*, or as near as the bounds of the target let it, and note the activity."""
    before = scaling_capacity.current(sagemaker, key)
    bounded = min(max(wanted, target.values["MinCapacity"]), target.values["MaxCapacity"])
    if before is None or bounded == before:
        return
    activity = {
        "ActivityId": str(uuid.uuid4()),
        "ServiceNamespace": key[0],
        "ResourceId": key[1],
        "ScalableDimension": key[2],
        "Description": f"Setting desired capacity to {bounded}.",
        "Cause": cause,
        "StartTime": time.time(),
        "EndTime": time.time(),
        "StatusCode": "Successful",
        "StatusMessage": f"Successfully set desired capacity to {bounded}. Change successfully fulfilled by sagemaker.",
    }
    try:
        scaling_capacity.change(sagemaker, key, bounded)
    except ApiError as error:
        activity |= {"StatusCode": "Failed", "StatusMessage": error.message}
    target.activities.insert(0, activity)


def _find(arn: str) -> tuple[Key, Target, dict[str, Any]] | None:
    for target in scaling_targets.all_targets():
        for policy in target.policies.values():
            if policy["PolicyARN"] == arn:
                values = target.values
                key = (values["ServiceNamespace"], values["ResourceId"], values["ScalableDimension"])
                return key, target, policy
    return None


def _wanted(policy: Mapping[str, Any], alarm: Mapping[str, Any], value: float | None, capacity: int) -> int:
    if "StepScalingPolicyConfiguration" in policy:
        return _stepped(policy["StepScalingPolicyConfiguration"], float(alarm.get("Threshold") or 0), value, capacity)
    tracking = policy.get("TargetTrackingScalingPolicyConfiguration")
    # There is nothing to be proportional to at zero: waking is for a step policy.
    if tracking is None or value is None or capacity == 0:
        return capacity
    return math.ceil(capacity * value / float(tracking["TargetValue"]))


def _stepped(config: Mapping[str, Any], threshold: float, value: float | None, capacity: int) -> int:
    """The capacity after the step whose bounds hold what the metric is above the threshold.

    Source: https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
    """
    # An alarm that was set by hand has no value; it stands at its threshold.
    above = 0.0 if value is None else value - threshold
    step = next((step for step in config.get("StepAdjustments", []) if _holds(step, above)), None)
    if step is None:
        return capacity
    by = int(step["ScalingAdjustment"])
    kind = config.get("AdjustmentType", "ChangeInCapacity")
    if kind == "ExactCapacity":
        return by
    if kind == "PercentChangeInCapacity":
        change = capacity * by / 100
        # Away from zero up to one, towards zero beyond.
        whole = math.copysign(1, change) if 0 < abs(change) < 1 else math.trunc(change)
        least = int(config.get("MinAdjustmentMagnitude", 0))
        by = int(math.copysign(max(abs(whole), least), by)) if by else 0
    return capacity + by


def _holds(step: Mapping[str, Any], above: float) -> bool:
    low, high = step.get("MetricIntervalLowerBound"), step.get("MetricIntervalUpperBound")
    if above < 0:  # below the threshold the upper bound is the inclusive one
        return (low is None or float(low) < above) and (high is None or above <= float(high))
    return (low is None or float(low) <= above) and (high is None or above < float(high))
