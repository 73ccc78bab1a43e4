"""Steps that do not fit together."""

from typing import Any

from . import Examples, Json
from .scaling_policies import alarm, queued, stepping


def steps(*bounds: tuple[float | None, float | None], change: int = 1, **changes: Any) -> Json:
    """A step policy, called by an alarm, of steps from one bound to another."""
    found = []
    for low, high in bounds:
        ends = {"MetricIntervalLowerBound": low, "MetricIntervalUpperBound": high}
        found.append(
            {**{name: value for name, value in ends.items() if value is not None}, "ScalingAdjustment": change}
        )
    return queued(stepping(StepAdjustments=found, **changes), alarm())


RIGHT = steps((0, 10), (10, None))

EXAMPLES = {
    "AS301": Examples(
        fails={
            "none": steps((0, None), AdjustmentType=None),
            "a misspelt one": steps((0, None), AdjustmentType="ChangeCapacity"),
        },
        passes={"a change": RIGHT},
    ),
    "AS302": Examples(fails={"no step": steps()}, passes={"two steps": RIGHT}),
    "AS303": Examples(
        fails={
            "no bound": steps((None, None)),
            "bounds that are swapped": steps((10, 0)),
        },
        passes={"open above": steps((0, None)), "open below": steps((None, 0))},
    ),
    "AS304": Examples(
        fails={"a gap": steps((0, 10), (20, None)), "an overlap": steps((0, 10), (5, None))},
        passes={"one after the other": RIGHT, "in another order": steps((10, None), (0, 10))},
    ),
    "AS305": Examples(
        fails={"closed above": steps((0, 10), (10, 20)), "closed below": steps((-10, 0))},
        passes={"open on both sides": steps((None, -10), (-10, 10), (10, None))},
    ),
    "AS306": Examples(
        fails={"less than none": steps((0, None), change=-1, AdjustmentType="ExactCapacity")},
        passes={
            "none": steps((0, None), change=0, AdjustmentType="ExactCapacity"),
            "one less": steps((None, 0), change=-1),
        },
    ),
    "AS307": Examples(
        fails={"of a change by number": steps((0, None), MinAdjustmentMagnitude=2)},
        passes={
            "of a change in percent": steps(
                (0, None), MinAdjustmentMagnitude=2, AdjustmentType="PercentChangeInCapacity"
            )
        },
    ),
}
