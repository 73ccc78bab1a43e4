"""CloudWatch alarms: datapoints, missing ones among them, to a state.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ._metrics import History, Reading


class State(StrEnum):
    """The state of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# The documented examples look at 5 datapoints where 3 are asked for; how far it looks otherwise is not documented.
_LOOKS_FURTHER = 2


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm that calls a policy.

    Attributes:
        name: Its logical id.
        metric: What it watches, in words.
        read: Its metric.
        period: Seconds.
        periods: The last periods that are judged (N).
        datapoints: How many of them must breach (M).
        threshold: The bound.
        comparison: Its ComparisonOperator.
        missing: Its TreatMissingData.
    """

    name: str
    metric: str
    read: Reading
    period: int
    periods: int
    datapoints: int
    threshold: float
    comparison: str
    missing: str

    @property
    def looks_above(self) -> bool:
        """Whether it breaches above its threshold."""
        return self.comparison.startswith("Greater")

    def values(self, history: History, newest: int) -> list[float | None]:
        """The datapoints up to minute *newest*, the newest first, as many as an evaluation looks at.

        The window slides with each evaluation; a period below a minute has the value of its minute.
        """
        minutes = max(self.period, 60) // 60
        share = max(1, 60 // self.period)
        found: list[float | None] = []
        slot = 0
        while len(found) < self.periods + _LOOKS_FURTHER:
            minute = newest - slot * minutes
            value = self.read(history, minute, self.period) if minute >= 0 else None
            found += [value] * share
            slot += 1
        return found[: self.periods + _LOOKS_FURTHER]

    def state(self, values: list[float | None], before: State) -> State:
        """Judge the datapoints, the newest first."""
        breaches = COMPARISONS[self.comparison]
        # Real datapoints count before missing ones are filled in, older ones in their place.
        real = [
            (age, breaches(value, self.threshold)) for age, value in enumerate(values, start=1) if value is not None
        ]
        judged = real[: self.periods]
        breaching = sum(breach for _, breach in judged)
        lacking = self.periods - len(judged)
        if self.missing == "breaching":
            breaching += lacking
        elif lacking and self.missing != "notBreaching":
            if not judged:
                return before if self.missing == "ignore" else State.INSUFFICIENT_DATA
            # "Premature transition": what was breaching when the data ended still is.
            early = all(breach for _, breach in judged) and judged[-1][0] >= self.datapoints
            if early and breaching < self.datapoints:
                return before if self.missing == "ignore" else State.ALARM
        return State.ALARM if breaching >= self.datapoints else State.OK
