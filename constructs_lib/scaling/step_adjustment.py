"""How much is added or taken away, by how far a metric is beyond its threshold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from constructs_lib._internal.checks import is_a, is_token, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given


class AdjustmentType(StrEnum):
    """What the number of a step means; the values are the API's."""

    CHANGE_IN_CAPACITY = "ChangeInCapacity"
    PERCENT_CHANGE_IN_CAPACITY = "PercentChangeInCapacity"
    EXACT_CAPACITY = "ExactCapacity"


@dataclass(frozen=True, kw_only=True, slots=True)
class StepAdjustment:
    """One step: `StepAdjustment(change=2, from_breach=10)` adds two from ten beyond the threshold on.

    Attributes:
        change: Added when positive, taken away when negative; with `EXACT_CAPACITY` the capacity itself.
        from_breach: Where the step begins: the metric less the threshold. None is minus infinity.
        to_breach: Where it ends, above `from_breach`. None is infinity.

    Raises:
        ConfigurationError: A bound is no number, or the end is not above the beginning.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
    """

    change: int
    from_breach: float | None = 0
    to_breach: float | None = None

    def __post_init__(self) -> None:
        require("StepAdjustment", field_problems(self))
        require(
            "StepAdjustment",
            self._order_problem(),
            "from_breach or to_breach must be a number, got None for both"
            if self.from_breach is None and self.to_breach is None
            else None,
        )

    def render(self) -> dict[str, Any]:
        """The member of `StepAdjustments`."""
        return given(
            MetricIntervalLowerBound=self.from_breach,
            MetricIntervalUpperBound=self.to_breach,
            ScalingAdjustment=self.change,
        )

    def _order_problem(self) -> str | None:
        low, high = self.from_breach, self.to_breach
        if low is None or high is None or is_token(low) or is_token(high) or high > low:
            return None
        return f"to_breach must be above from_breach ({low}), got {high}"


def steps_problems(steps: Sequence[Any], adjustment_type: AdjustmentType) -> Iterator[str]:
    """What is wrong with *steps* together: gaps, overlaps, several open ends, or none where the last one must be open.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
    """
    wrong = [is_a("steps", step, StepAdjustment, "StepAdjustment(change=…)") for step in steps]
    if any(wrong):
        yield from filter(None, wrong)
        return
    if not steps:
        yield "steps must hold at least one StepAdjustment, got none"
    bounds = [(step.from_breach, step.to_breach) for step in steps]
    if any(is_token(bound) for pair in bounds for bound in pair):
        return
    infinity = float("inf")
    spans = sorted((-infinity if low is None else low, infinity if high is None else high) for low, high in bounds)
    for (_, end), (begin, _) in pairwise(spans):
        if begin < end:
            yield f"steps must not overlap, got one until {end:g} and one from {begin:g}"
        elif begin > end:
            yield f"steps must leave no gap, got none between {end:g} and {begin:g}"
    if spans and 0 < spans[-1][1] < infinity:
        yield (
            "steps must hold one without to_breach, because one ends above the threshold, got none from "
            f"{spans[-1][1]:g}"
        )
    if spans and -infinity < spans[0][0] < 0:
        yield (
            "steps must hold one with from_breach=None, because one begins below the threshold, got none until "
            f"{spans[0][0]:g}"
        )
    if adjustment_type is AdjustmentType.EXACT_CAPACITY:
        for step in steps:
            if not is_token(step.change) and step.change < 0:
                yield f"change must be at least 0 with AdjustmentType.EXACT_CAPACITY, got {step.change}"
