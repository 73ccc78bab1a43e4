"""Scheduled actions of scalable targets of SageMaker: when they run, and what they set."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from .._nearest import nearest
from .._scaling import Target, targets
from . import Fault, Template, known, member, number, rule

_ACTION = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html"
_BOUNDS = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalableTargetAction.html"
_CRON = "https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html"

_CALL = re.compile(r"(at|rate|cron)\((.*)\)", re.DOTALL)
_RATE = re.compile(r"([1-9]\d*) (minute|hour|day)(s?)")
# The pattern of the API model, with its lengths.
_NAME = re.compile(r"(?! )[^\x00-\x1f\x7f-\x9f:/|]{1,256}(?<! )")
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


@rule("AS401", "a schedule is one of at, rate and cron", source=_ACTION)
def schedule(template: Template) -> Iterator[Fault]:
    for target, path, action in _actions(template):
        text = member(action, "Schedule")
        problem = _problem(text) if isinstance(text, str) else None
        if problem is not None:
            yield target.resource.fault(
                f"{path}.Schedule",
                f"Schedule must be at(yyyy-mm-ddThh:mm:ss), rate(5 minutes) or cron(0 8 * * ? *); {problem}",
                fix="write it in one of those forms",
                value=text,
            )


@rule("AS402", "a time zone is one that is", source=_CRON)
def time_zone(template: Template) -> Iterator[Fault]:
    for target, path, action in _actions(template):
        zone = member(action, "Timezone")
        zones = _zones() if isinstance(zone, str) else ()
        if zones and zone not in zones:
            close = nearest(str(zone), zones)
            yield target.resource.fault(
                f"{path}.Timezone",
                f"Timezone must be the name of a time zone such as Europe/Berlin, got {zone}",
                fix=f"write {close or 'its name in the IANA database'}",
                value=zone,
            )


@rule("AS403", "a scheduled action sets a bound, and the lower one is not above the upper one", source=_BOUNDS)
def bounds(template: Template) -> Iterator[Fault]:
    for target, path, action in _actions(template):
        given = member(action, "ScalableTargetAction", {})
        if not isinstance(given, dict) or not known(given):
            continue
        low, high = number(given.get("MinCapacity")), number(given.get("MaxCapacity"))
        if not {"MinCapacity", "MaxCapacity"} & set(given):
            message, fix = "MinCapacity or MaxCapacity must be there, got neither", "say what the action sets"
        elif low is not None and high is not None and low > high:
            message, fix = f"MinCapacity must not exceed MaxCapacity ({high}), got {low}", "lower it"
        else:
            continue
        yield target.resource.fault(f"{path}.ScalableTargetAction", message, fix=fix, value=low)


@rule("AS404", "the scheduled actions of a target have names of their own", source=_ACTION)
def names(template: Template) -> Iterator[Fault]:
    seen = set()
    for target, path, action in _actions(template):
        name = member(action, "ScheduledActionName")
        if not isinstance(name, str):
            continue
        key = (target.resource.logical_id, name)
        if key in seen:
            yield target.resource.fault(
                f"{path}.ScheduledActionName",
                f"ScheduledActionName must be unique in a target, got {name} twice",
                fix="name it otherwise",
                value=name,
            )
        seen.add(key)


@rule("AS405", "a scheduled action starts before it ends", source=_ACTION)
def order(template: Template) -> Iterator[Fault]:
    for target, path, action in _actions(template):
        start, end = _moment(member(action, "StartTime")), _moment(member(action, "EndTime"))
        if start is not None and end is not None and start >= end:
            yield target.resource.fault(
                f"{path}.EndTime",
                f"EndTime must be after StartTime ({start.isoformat()}), got {end.isoformat()}",
                fix="swap them, or write a later end",
                value=member(action, "EndTime"),
            )


@rule("AS406", "the name of a scheduled action is one that the service takes", source=_ACTION)
def name_pattern(template: Template) -> Iterator[Fault]:
    for target, path, action in _actions(template):
        name = member(action, "ScheduledActionName")
        if isinstance(name, str) and not _NAME.fullmatch(name):
            yield target.resource.fault(
                f"{path}.ScheduledActionName",
                "ScheduledActionName must have 1 to 256 characters, none of them : / | or a control character, and no "
                f"space at either end, got {name!r}",
                fix="name it otherwise",
                value=name,
            )


def _actions(template: Template) -> Iterator[tuple[Target, str, Any]]:
    for target in template.once(targets):
        for path, action in target.resource.items("ScheduledActions"):
            if isinstance(action, dict) and known(action):
                yield target, path, action


def _problem(text: str) -> str | None:
    match = _CALL.fullmatch(text)
    if match is None:
        return f"got {text}"
    kind, inner = match[1], match[2]
    if kind == "at":
        # To the second, without a zone: the zone is a property of its own.
        shaped = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", inner)
        return None if shaped and _moment(inner) is not None else f"{inner} is not a time like 2027-01-31T08:00:00"
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


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=None) if found is not None else None


@cache
def _zones() -> frozenset[str]:
    """The time zones of this machine; none where it has no database of them."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones())
