"""The steps of step scaling policies of SageMaker: how each changes the capacity, and from where to where it holds."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf
from typing import Any

from .._nearest import nearest
from .._scaling import Policy, policies
from . import Fault, Template, known, member, number, rule

_STEP = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html"
_STEPS = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html"

_CONFIGURATION = "StepScalingPolicyConfiguration"
_TYPES = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")

Step = tuple[str, float, float]


@rule("AS301", "a step policy says how its steps change the capacity", source=_STEPS)
def adjustment_type(template: Template) -> Iterator[Fault]:
    for policy in _with_steps(template):
        type = policy.resource.get(f"{_CONFIGURATION}.AdjustmentType")
        if type is None or (isinstance(type, str) and type not in _TYPES):
            close = nearest(str(type), _TYPES) or _TYPES[0]
            yield policy.resource.fault(
                f"{_CONFIGURATION}.AdjustmentType",
                f"AdjustmentType must be {', '.join(_TYPES)}, got {type if type is not None else 'none'}",
                fix=f"write {close}",
                value=type,
            )


@rule("AS302", "a step policy has steps", source=_STEPS)
def no_steps(template: Template) -> Iterator[Fault]:
    for policy in _with_steps(template):
        steps = policy.resource.get(f"{_CONFIGURATION}.StepAdjustments", [])
        if steps == []:
            yield policy.resource.fault(
                f"{_CONFIGURATION}.StepAdjustments", "StepAdjustments must hold at least one step", fix="add a step"
            )


@rule("AS303", "a step holds from a lower bound to an upper one", source=_STEP)
def bounds(template: Template) -> Iterator[Fault]:
    for policy in _with_steps(template):
        for path, low, high in _steps(policy) or ():
            if low >= high:
                message = f"MetricIntervalLowerBound must be below MetricIntervalUpperBound ({high:g}), got {low:g}"
            elif (low, high) == (-inf, inf):
                message = "one of MetricIntervalLowerBound and MetricIntervalUpperBound must be there, got neither"
            else:
                continue
            yield policy.resource.fault(path, message, fix="write from where to where the step holds", value=None)


@rule("AS304", "the steps of a policy follow on one another", source=_STEP)
def gaps(template: Template) -> Iterator[Fault]:
    for policy in _with_steps(template):
        steps = _steps(policy) or []
        if any(low >= high or (low, high) == (-inf, inf) for _, low, high in steps):
            continue
        ordered = sorted(steps, key=lambda step: step[1])
        for (_, _, end), (path, start, _) in pairwise(ordered):
            if end != start:
                verb = "overlap" if end > start else "leave a gap"
                yield policy.resource.fault(
                    path,
                    f"the steps {verb}: one ends at {end:g} and the next starts at {start:g}",
                    fix="start each step where the one before it ends",
                    value=start,
                )


@rule("AS305", "the outer steps of a policy are open", source=_STEP)
def closed(template: Template) -> Iterator[Fault]:
    for policy in _with_steps(template):
        steps = _steps(policy) or []
        ends = (min((low for _, low, _ in steps), default=0), max((high for _, _, high in steps), default=0))
        path = f"{_CONFIGURATION}.StepAdjustments"
        if -inf < ends[0] < 0:
            yield policy.resource.fault(
                path,
                f"one step must have no MetricIntervalLowerBound, since the lowest is below 0, got {ends[0]:g}",
                fix="take the lower bound of the lowest step out",
                value=ends[0],
            )
        if 0 < ends[1] < inf:
            yield policy.resource.fault(
                path,
                f"one step must have no MetricIntervalUpperBound, since the highest is above 0, got {ends[1]:g}",
                fix="take the upper bound of the highest step out",
                value=ends[1],
            )


@rule("AS306", "an exact capacity is not negative", source=_STEP)
def negative_capacity(template: Template) -> Iterator[Fault]:
    for policy in _with_steps(template):
        if policy.resource.get(f"{_CONFIGURATION}.AdjustmentType") != "ExactCapacity":
            continue
        for path, step in policy.resource.items(f"{_CONFIGURATION}.StepAdjustments"):
            value = number(member(step, "ScalingAdjustment"))
            if value is not None and value < 0:
                yield policy.resource.fault(
                    f"{path}.ScalingAdjustment",
                    f"ScalingAdjustment must be at least 0 for ExactCapacity, got {value}",
                    fix="write the capacity wanted, or ChangeInCapacity",
                    value=value,
                )


@rule("AS307", "a least magnitude is for changes in percent", source=_STEPS)
def magnitude(template: Template) -> Iterator[Fault]:
    for policy in _with_steps(template):
        type = policy.resource.get(f"{_CONFIGURATION}.AdjustmentType")
        least = policy.resource.get(f"{_CONFIGURATION}.MinAdjustmentMagnitude")
        if least is not None and isinstance(type, str) and type in _TYPES and type != "PercentChangeInCapacity":
            yield policy.resource.fault(
                f"{_CONFIGURATION}.MinAdjustmentMagnitude",
                f"MinAdjustmentMagnitude must not be there for AdjustmentType {type}, only for PercentChangeInCapacity",
                fix="take it out",
                value=least,
            )


def _with_steps(template: Template) -> Iterator[Policy]:
    for policy in template.once(policies):
        configuration = policy.resource.get(_CONFIGURATION)
        if isinstance(configuration, dict) and known(configuration):
            yield policy


def _steps(policy: Policy) -> list[Step] | None:
    """Path and bounds of each step, an open bound being infinite; None where one is not known."""
    found = []
    for path, step in policy.resource.items(f"{_CONFIGURATION}.StepAdjustments"):
        low, high = _bound(step, "MetricIntervalLowerBound", -inf), _bound(step, "MetricIntervalUpperBound", inf)
        if low is None or high is None:
            return None
        found.append((path, low, high))
    return found


def _bound(step: Any, name: str, missing: float) -> float | None:
    if not isinstance(step, dict) or not known(step):
        return None
    return missing if step.get(name) is None else number(member(step, name))
