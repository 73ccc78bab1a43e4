"""Scheduled actions of scalable targets of SageMaker: when they run, and what they set."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from .._nearest import nearest
from .._scaling import Target, targets
from ..schedules import moment, schedule_problem
from . import Fault, Template, known, member, number, rule

_ACTION = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html"
_BOUNDS = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalableTargetAction.html"
_CRON = "https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html"

# The pattern of the API model, with its lengths.
_NAME = re.compile(r"(?! )[^\x00-\x1f\x7f-\x9f:/|]{1,256}(?<! )")


@rule("AS401", "a schedule is one of at, rate and cron", source=_ACTION)
def schedule(template: Template) -> Iterator[Fault]:
    for target, path, action in _actions(template):
        text = member(action, "Schedule")
        problem = schedule_problem(text) if isinstance(text, str) else None
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
        start, end = moment(member(action, "StartTime")), moment(member(action, "EndTime"))
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


@cache
def _zones() -> frozenset[str]:
    """The time zones of this machine; none where it has no database of them."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones())
