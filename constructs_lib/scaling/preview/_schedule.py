"""When a scheduled action runs: `at(…)`, `rate(…)` and `cron(…)`, minute by minute.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)
# A monthly action, too, has run once in this time.
_LOOKS_BACK_DAYS = 31
_UNITS = {"minute": 1, "hour": 60, "day": 1440}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
# The service counts days of the week from Sunday, which is 1.
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (1, 7, _DAYS),
    (1970, 2199, {}),
)
Matcher = Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Whether an action runs in a minute of UTC.

    Attributes:
        runs: The expression itself.
        start: The action runs then, too, and never before; None for no such time.
        end: The action never runs after it.
    """

    runs: Matcher
    start: datetime | None
    end: datetime | None

    def fires(self, moment: datetime) -> bool:
        """Whether it runs in the minute that begins at *moment*."""
        if self.end is not None and moment > self.end:
            return False
        if self.start is not None:
            if moment + _MINUTE <= self.start:
                return False
            if moment <= self.start:
                return True
        return self.runs(moment)

    def last_before(self, moment: datetime) -> datetime | None:
        """When it ran last in the 31 days before *moment*; None if it did not."""
        minutes = (moment - _MINUTE * back for back in range(1, _LOOKS_BACK_DAYS * 1440 + 1))
        return next((minute for minute in minutes if self.fires(minute)), None)


def read_schedule(expression: str, *, zone: str, start: str | None, end: str | None, origin: datetime) -> Schedule:
    """Read one action's times; *origin* is when the trace begins, which a rate without a start counts from.

    Raises:
        ValueError: A part cannot be read; the message says which.
    """
    first, last = (_moment(each) if each else None for each in (start, end))
    try:
        local = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"the time zone {zone!r} is not known on this machine") from None
    matched = re.fullmatch(r"\s*(at|rate|cron)\((.*)\)\s*", expression)
    if matched is None:
        raise ValueError(f"the schedule {expression!r} is neither at(…), rate(…) nor cron(…)")
    kind, inner = matched[1], matched[2].strip()
    if kind == "at":
        return Schedule(_at(inner, local), None, last)
    if kind == "rate":
        return Schedule(_rate(inner, first or origin), first, last)
    return Schedule(_cron(inner, local), first, last)


def _at(text: str, zone: ZoneInfo) -> Matcher:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC).replace(second=0, microsecond=0)
    except (OverflowError, ValueError):
        raise ValueError(f"at({text}) is not shaped at(yyyy-mm-ddThh:mm:ss)") from None
    return lambda minute: minute == moment


def _rate(text: str, origin: datetime) -> Matcher:
    matched = re.fullmatch(r"(\d+)\s+(minute|hour|day)s?", text)
    if matched is None or int(matched[1]) == 0:
        raise ValueError(f"rate({text}) is not shaped rate(5 minutes)")
    every = int(matched[1]) * _UNITS[matched[2]]
    return lambda minute: minute > origin and ((minute - origin) // _MINUTE) % every == 0


def _cron(text: str, zone: ZoneInfo) -> Matcher:
    fields = text.split()
    if len(fields) != 6:
        raise ValueError(f"cron({text}) must have six fields: minutes, hours, day of month, month, day of week, year")
    minutes, hours, _, months, _, years = (
        _numbers(field, *bounds) if position not in (2, 4) else frozenset[int]()
        for position, (field, bounds) in enumerate(zip(fields, _FIELDS, strict=True))
    )
    day_of_month, day_of_week = _day_of_month(fields[2]), _day_of_week(fields[4])

    def matches(moment: datetime) -> bool:
        local = moment.astimezone(zone)
        return (
            local.minute in minutes
            and local.hour in hours
            and local.month in months
            and local.year in years
            # The hour that a clock lives through twice in autumn counts once, the first time.
            and local.fold == 0
            and day_of_month(local)
            and day_of_week(local)
        )

    return matches


def _day_of_month(field: str) -> Matcher:
    if field == "L":
        return lambda local: local.day == calendar.monthrange(local.year, local.month)[1]
    days = _numbers(field, *_FIELDS[2])
    return lambda local: local.day in days


def _day_of_week(field: str) -> Matcher:
    if matched := re.fullmatch(r"(\w+)#([1-5])", field):
        (wanted,), nth = _numbers(matched[1], *_FIELDS[4]), int(matched[2])
        return lambda local: _weekday(local) == wanted and (local.day - 1) // 7 + 1 == nth
    if matched := re.fullmatch(r"(\w+)L", field):
        (wanted,) = _numbers(matched[1], *_FIELDS[4])
        return lambda local: (
            _weekday(local) == wanted and local.day + 7 > calendar.monthrange(local.year, local.month)[1]
        )
    days = _numbers(field, *_FIELDS[4])
    return lambda local: _weekday(local) in days


def _weekday(local: datetime) -> int:
    return local.isoweekday() % 7 + 1


def _numbers(field: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        body, _, step = part.partition("/")
        ends = ["*"] if body in ("*", "?") else body.split("-")
        numbers = [low, high] if ends == ["*"] else [_number(end, names) for end in ends]
        # `5/10` means from 5 on; `5` alone means 5.
        first, last = (numbers[0], high if step else numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[-1])
        every = int(step) if step.isdigit() else 0 if step else 1
        if len(ends) > 2 or every < 1 or not low <= first <= high or not low <= last <= high:
            raise ValueError(f"the cron field {field!r} cannot be read")
        found |= _span(first, last, every, low, high)
    return frozenset(found)


def _span(first: int, last: int, every: int, low: int, high: int) -> set[int]:
    if first <= last:
        return set(range(first, last + 1, every))
    # FRI-MON goes over the end of the week.
    around: Sequence[int] = [*range(first, high + 1), *range(low, last + 1)]
    return set(around[::every])


def _number(text: str, names: dict[str, int]) -> int:
    if text.upper() in names:
        return names[text.upper()]
    if not text.isdigit():
        raise ValueError(f"the cron value {text!r} cannot be read")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (OverflowError, TypeError, ValueError):
        raise ValueError(f"the time {text!r} is not a date and time") from None
