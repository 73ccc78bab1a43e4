"""Schedules, as the services read them: `at(…)`, `rate(…)` and `cron(…)`.

Sources: https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
and https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import re
from datetime import datetime
from typing import Any

_CALL = re.compile(r"(at|rate|cron)\((.*)\)", re.DOTALL)
_RATE = re.compile(r"([1-9]\d*) (minute|hour|day)(s?)")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
# Of each field its name, least and greatest number, and the names that stand for numbers.
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("minutes", 0, 59, []),
    ("hours", 0, 23, []),
    ("day of month", 1, 31, []),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, []),
)


def schedule_problem(text: str) -> str | None:
    """Why *text* is neither at(…), rate(…) nor cron(…), as Application Auto Scaling and EventBridge read them."""
    match = _CALL.fullmatch(text)
    if match is None:
        return f"got {text}"
    kind, inner = match[1], match[2]
    if kind == "at":
        # To the second, without a zone: the zone is a property of its own.
        shaped = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", inner)
        return None if shaped and moment(inner) is not None else f"{inner} is not a time like 2027-01-31T08:00:00"
    if kind == "rate":
        rate = _RATE.fullmatch(inner)
        right = rate is not None and (rate[1] == "1") == (rate[3] == "")
        return None if right else f"{inner} is not a number with minute(s), hour(s) or day(s)"
    return _cron(inner.split())


def _cron(fields: list[str]) -> str | None:
    if len(fields) != len(_FIELDS):
        return f"cron has six fields (minutes, hours, day of month, month, day of week, year), got {len(fields)}"
    if (fields[2] == "?") == (fields[4] == "?"):
        return "exactly one of day of month and day of week is ?, got " + " and ".join((fields[2], fields[4]))
    for text, (name, low, high, named) in zip(fields, _FIELDS, strict=True):
        for item in text.split(","):
            numbers = [int(part) for part in re.findall(r"(?<![/#\d])\d{1,9}", item)]
            words = [word for word in re.findall(r"[A-Za-z]+", item) if word.upper() not in (*named, "L", "W", "LW")]
            if not re.fullmatch(r"[\w*?/#-]+", item) or words or not all(low <= one <= high for one in numbers):
                return f"{item} is no {name}, which goes from {low} to {high}"
    return None


def moment(value: Any) -> datetime | None:
    """A time as a schedule writes it, without its zone; None where it is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=None) if found is not None else None
