"""Scaling policies, alarms and scheduled actions, and what a step asks for."""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from ._alarms import Alarm
from ._metrics import Reading
from ._schedule import Schedule


@dataclass(frozen=True, slots=True)
class TargetTracking:
    """A policy that holds a metric at a value.

    Attributes:
        name: Its logical id.
        metric: What it tracks, in words.
        read: The metric.
        period: Seconds.
        target: The value to hold.
        out_cooldown: Minutes.
        in_cooldown: Minutes.
        scales_in: Whether it removes machines.
    """

    name: str
    metric: str
    read: Reading
    period: int
    target: float
    out_cooldown: float
    in_cooldown: float
    scales_in: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from `lower` to `upper` away from the threshold, change by `adjustment`."""

    lower: float
    upper: float
    adjustment: float


@dataclass(frozen=True, slots=True)
class StepScaling:
    """A policy that alarms call.

    Attributes:
        name: Its logical id.
        alarms: Those that call it.
        steps: Its steps.
        adjustment_type: Such as ChangeInCapacity.
        smallest: The least change in machines of a PercentChangeInCapacity.
        cooldown: Minutes.
        aggregation: Average, Minimum or Maximum of the alarm's datapoints.
    """

    name: str
    alarms: tuple[Alarm, ...]
    steps: tuple[Step, ...]
    adjustment_type: str
    smallest: int
    cooldown: float
    aggregation: str

    def wanted(self, base: int, alarm: Alarm, values: list[float | None]) -> int | None:
        """The capacity that the step of an alarm leads to from *base*; None where no step fits."""
        real = [value for value in values[: alarm.periods] if value is not None]
        if not real:
            return None
        together = {"Minimum": min(real), "Maximum": max(real)}.get(self.aggregation, sum(real) / len(real))
        away = together - alarm.threshold
        for step in self.steps:
            # Above the threshold a step begins with its lower bound, below it ends with its upper bound.
            # https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
            if step.lower <= away < step.upper if alarm.looks_above else step.lower < away <= step.upper:
                return max(0, self._adjusted(base, step.adjustment))
        return None

    def _adjusted(self, base: int, adjustment: float) -> int:
        if self.adjustment_type == "ExactCapacity":
            return int(adjustment)
        if self.adjustment_type == "ChangeInCapacity":
            return base + int(adjustment)
        if not adjustment:
            return base
        change = base * adjustment / 100
        # Toward zero, but by one at least; and by MinAdjustmentMagnitude at least.
        least = max(self.smallest, 1 if change else 0)
        return base + int(math.copysign(max(abs(math.trunc(change)), least), adjustment))


@dataclass(frozen=True, slots=True)
class ScheduledAction:
    """New limits at a time; None leaves a limit as it is."""

    name: str
    schedule: Schedule
    minimum: int | None
    maximum: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that scales one target.

    Attributes:
        minimum: MinCapacity.
        maximum: MaxCapacity.
        tracking: Its target tracking policies that can be simulated.
        stepping: Its step policies that can be.
        actions: Its scheduled actions.
        scales_in: Whether policies may scale in (SuspendedState).
        scales_out: Whether they may scale out.
        notes: What is not simulated, by name and with the reason.
    """

    minimum: int
    maximum: int
    tracking: tuple[TargetTracking, ...]
    stepping: tuple[StepScaling, ...]
    actions: tuple[ScheduledAction, ...]
    scales_in: bool
    scales_out: bool
    notes: tuple[str, ...]

    def in_force(self, origin: datetime) -> "Plan":
        """With the limits that scheduled actions have set before *origin*, when the trace begins."""
        ran = ((action.schedule.last_before(origin), action) for action in self.actions)
        before = sorted(((last, action) for last, action in ran if last is not None), key=lambda each: each[0])
        low, high, names = self.minimum, self.maximum, list[str]()
        for last, action in before:
            floor = low if action.minimum is None else action.minimum
            ceiling = high if action.maximum is None else action.maximum
            if floor <= ceiling and (floor, ceiling) != (low, high):
                low, high = floor, ceiling
                names.append(f"{action.name} of {last:%a %Y-%m-%d %H:%M}")
        if (low, high) == (self.minimum, self.maximum):
            return self
        note = f"the limits are {low} to {high} at first, by {', then '.join(names)}"
        return replace(self, minimum=low, maximum=high, notes=(*self.notes, note))
