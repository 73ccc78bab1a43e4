"""A scheduled action of a scalable target: what it must be, and how it is written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import has, is_a, is_token, matches
from constructs_lib._internal.rendering import given

if TYPE_CHECKING:
    from aws_cdk import TimeZone
    from aws_cdk import aws_applicationautoscaling as autoscaling

# The pattern of the API model, with its lengths.
_NAME = r"(?! )[^\x00-\x1f\x7f-\x9f:/|]{1,256}(?<! )"
_NAME_SHAPE = "a name of 1 to 256 characters without : / | and control characters, and without a space at either end"


def action_problems(
    id: Any, schedule: Any, time_zone: Any, start_time: Any, end_time: Any, others: Sequence[Mapping[str, Any]]
) -> Iterator[str | None]:
    """What is wrong with an action beside its limits; *others* are those of the target.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
    """
    yield matches("id", id, _NAME, shape=_NAME_SHAPE)
    if any(action["ScheduledActionName"] == id for action in others):
        yield f"there is a scheduled action {id!r} already; take another id"
    yield has("schedule", schedule, "expression_string", "autoscaling.Schedule.cron(…)", optional=False)
    yield has("time_zone", time_zone, "timezone_name", "a TimeZone of the CDK, such as TimeZone.EUROPE_ZURICH")
    times = {"start_time": start_time, "end_time": end_time}
    wrong = [is_a(name, time, datetime, "a datetime") for name, time in times.items() if time is not None]
    yield from wrong
    start, end = (None, None) if any(wrong) else (_with_zone(start_time), _with_zone(end_time))
    if start is not None and end is not None and end <= start:
        yield f"end_time must be after start_time ({start.isoformat()}), got {end.isoformat()}"


def render_action(
    id: str,
    schedule: "autoscaling.Schedule",
    time_zone: "TimeZone | None",
    start_time: datetime | None,
    end_time: datetime | None,
    limits: Mapping[str, Any],
) -> dict[str, Any]:
    """The member of `ScheduledActions`."""
    return given(
        ScheduledActionName=id,
        Schedule=schedule.expression_string,
        Timezone=time_zone.timezone_name if time_zone is not None else None,
        StartTime=_with_zone(start_time),
        EndTime=_with_zone(end_time),
        ScalableTargetAction=limits,
    )


def beyond_problem(
    limits: Mapping[str, Any], of_target: tuple[Any, Any], others: Sequence[Mapping[str, Any]]
) -> str | None:
    """Why an action that sets one limit fails where the other one is the target's or that of any action in *others*.

    An action that would leave the minimum above the maximum is refused when it runs, and nobody is told.
    """
    set_by = [of_target, *((each.get("MinCapacity"), each.get("MaxCapacity")) for each in map(_limits, others))]
    floors, ceilings = ([limit for limit in each if limit is not None] for each in zip(*set_by, strict=True))
    low, high = limits.get("MinCapacity"), limits.get("MaxCapacity")
    if None not in (low, high) or any(is_token(value) for value in (low, high, *floors, *ceilings)):
        return None
    if high is not None and high < min(floors):
        return f"sets max_capacity {high} below the minimum of {min(floors)}; give min_capacity, too"
    if low is not None and low > max(ceilings):
        return f"sets min_capacity {low} above the maximum of {max(ceilings)}; give max_capacity, too"
    return None


def _limits(action: Mapping[str, Any]) -> Mapping[str, Any]:
    limits: Mapping[str, Any] = action["ScalableTargetAction"]
    return limits


def _with_zone(time: datetime | None) -> datetime | None:
    """The CDK would take a time without a zone as one of this machine's zone, and the template would depend on it."""
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time
