"""The alarms that take an endpoint back to the configuration that it had."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import above_zero, between, has, is_a, level, require, whole
from constructs_lib._internal.kinds import field_problems

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch

# An alarm with a period below an hour looks back a day at most:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_MINUTES_OF_A_DAY = 1440


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoRollback:
    """When an update is taken back by itself.

    As it stands, two alarms of the endpoint's own watch it: too many answers with a 5xx status, and answers that take
    too long. `AutoRollback.on_alarms(…)` takes alarms of yours instead, `AutoRollback.never()` none.

    Attributes:
        error_percent: Answers of a hundred with a 5xx status that are too many, above 0 to 100.
        model_latency_ms: Mean time of the container's answer that is too long, in milliseconds. None is half of what
            the kind of endpoint allows: 30 seconds, and half an hour for an asynchronous one.
        minutes: Minutes in a row that must be bad, 1 to 1440: an alarm looks back a day at most.
        watches_by_itself: Whether the endpoint has these alarms at all.
        alarm_names: Alarms of yours.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoRollbackConfig.html
    """

    error_percent: float = 5
    model_latency_ms: float | None = None
    minutes: int = 1
    watches_by_itself: bool = True
    alarm_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require("AutoRollback", self._names_problem() or field_problems(self))
        require(
            "AutoRollback",
            above_zero("error_percent", self.error_percent)
            or between("error_percent", self.error_percent, 0, 100, unit="percent"),
            level("model_latency_ms", self.model_latency_ms, factor=1000)
            if self.model_latency_ms is not None
            else None,
            is_a("watches_by_itself", self.watches_by_itself, bool, "a bool"),
            whole("minutes", self.minutes, 1) or between("minutes", self.minutes, 1, _MINUTES_OF_A_DAY),
        )

    def _names_problem(self) -> str | None:
        """Names that are no list: a single text would be taken for a list of its letters."""
        names = self.alarm_names
        if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
            return None
        return f"alarm_names must be a list of names; AutoRollback.on_alarms(…) takes alarms, got {names!r}"

    @staticmethod
    def never() -> "AutoRollback":
        """No alarm: an update is taken back only when the new machines do not come up."""
        return AutoRollback(watches_by_itself=False)

    @staticmethod
    def on_alarms(*alarms: "cloudwatch.IAlarm") -> "AutoRollback":
        """One to ten alarms of yours, and none of the endpoint's own.

        An alarm that names the endpoint by `endpoint.endpoint_name` waits for it, and it waits for the alarm: name the
        endpoint with `endpoint_name=…` and the alarm's dimension with the same text.
        """
        fix = "alarm constructs such as Alarm.from_alarm_name(…) gives"
        require(
            "AutoRollback.on_alarms",
            *(has("alarms", alarm, "alarm_name", fix, optional=False) for alarm in alarms),
            None if alarms else "alarms must hold at least one alarm, got none; AutoRollback.never() watches nothing",
        )
        return AutoRollback(watches_by_itself=False, alarm_names=tuple(alarm.alarm_name for alarm in alarms))

    def render(self, own_alarms: Sequence[str]) -> dict[str, Any]:
        """The member of `DeploymentConfig`; nothing when no alarm watches."""
        names = [*(own_alarms if self.watches_by_itself else ()), *self.alarm_names]
        return {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in names]}} if names else {}
