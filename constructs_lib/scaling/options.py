"""What targets and policies take besides their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import field_problems


class TrackingOptions(TypedDict, total=False):
    """What every target-tracking policy takes besides its target.

    Attributes:
        scale_in_cooldown_seconds: Rest after capacity was taken away, 0 to 86400; 300 when left out.
        scale_out_cooldown_seconds: Rest after capacity was added, 0 to 86400; 60 when left out.
        disable_scale_in: Only ever add capacity; False when left out.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
    """

    scale_in_cooldown_seconds: int
    scale_out_cooldown_seconds: int
    disable_scale_in: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspendedState:
    """What a target leaves alone for the time being.

    Attributes:
        scale_in: No policy takes capacity away.
        scale_out: No policy adds capacity.
        schedule: No scheduled action changes the limits.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_SuspendedState.html
    """

    scale_in: bool = False
    scale_out: bool = False
    schedule: bool = False

    def __post_init__(self) -> None:
        require("SuspendedState", field_problems(self))

    def render(self) -> dict[str, Any]:
        """The `SuspendedState` member."""
        return {
            "DynamicScalingInSuspended": self.scale_in,
            "DynamicScalingOutSuspended": self.scale_out,
            "ScheduledScalingSuspended": self.schedule,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class WakeUp:
    """The metric that says that somebody waits while there is no capacity at all.

    The numbers are those of the developer guide's own examples.

    Attributes:
        metric_name: In the namespace `AWS/SageMaker`.
        dimensions: Of that metric.
        statistic: Of each period.
        period_seconds: Length of a period.
        periods: Periods in a row that must be bad.
        cooldown_seconds: Rest after the first machine or copy was asked for.
    """

    metric_name: str
    dimensions: Mapping[str, str]
    statistic: str
    period_seconds: int
    periods: int
    cooldown_seconds: int
