"""Scheduled actions that never run, or that set nothing."""

from typing import Any

from . import Examples, Json
from .scaling_targets import endpoint, target


def action(name: str = "morning", **changes: Any) -> Json:
    members = {
        "ScheduledActionName": name,
        "Schedule": "cron(0 8 ? * MON-FRI *)",
        "ScalableTargetAction": {"MinCapacity": 2},
        **changes,
    }
    return {key: value for key, value in members.items() if value is not None}


def actions(*listed: Json) -> Json:
    return {**endpoint(), **target(ScheduledActions=list(listed))}


def at(schedule: Any) -> Json:
    return actions(action(Schedule=schedule))


EXAMPLES = {
    "AS401": Examples(
        fails={
            "five fields": at("cron(0 8 * * ?)"),
            "both days": at("cron(0 8 * * MON *)"),
            "an hour that is none": at("cron(0 24 * * ? *)"),
            "a day that is none": at("cron(0 8 ? * MONDAY *)"),
            "a rate in the singular": at("rate(5 minute)"),
            "a day that no month has": at("at(2027-02-31T08:00:00)"),
            "a cron expression bare": at("0 8 * * ? *"),
        },
        passes={
            "weekdays": at("cron(0 8 ? * MON-FRI *)"),
            "each quarter of an hour": at("cron(0/15 * * * ? *)"),
            "the last day of a month": at("cron(0 8 L * ? *)"),
            "the first monday": at("cron(0 8 ? * 2#1 *)"),
            "a rate": at("rate(1 hour)"),
            "a moment": at("at(2027-01-31T08:00:00)"),
            "a parameter": at({"Ref": "When"}),
        },
    ),
    "AS402": Examples(
        fails={"a city that is none": actions(action(Timezone="Europe/Berlyn"))},
        passes={
            "a city": actions(action(Timezone="Europe/Berlin")),
            "an offset": actions(action(Timezone="Etc/GMT+9")),
        },
    ),
    "AS403": Examples(
        fails={
            "neither bound": actions(action(ScalableTargetAction={})),
            "crossed bounds": actions(action(ScalableTargetAction={"MinCapacity": 3, "MaxCapacity": 2})),
        },
        passes={
            "one bound": actions(action()),
            "equal bounds": actions(action(ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 2})),
        },
    ),
    "AS404": Examples(
        fails={"one name twice": actions(action(), action())},
        passes={"two names": actions(action(), action("evening"))},
    ),
    "AS405": Examples(
        fails={"the end first": actions(action(StartTime="2027-02-01T00:00:00Z", EndTime="2027-01-01T00:00:00Z"))},
        passes={"the start first": actions(action(StartTime="2027-01-01T00:00:00Z", EndTime="2027-02-01T00:00:00Z"))},
    ),
    "AS406": Examples(
        fails={
            "a slash": actions(action("week/end")),
            "a colon": actions(action("8:00")),
            "no name": actions(action("")),
            "a space at the end": actions(action("morning ")),
            "one that is too long": actions(action("m" * 257)),
        },
        passes={"words": actions(action("Weekend begins, 20.00")), "the longest": actions(action("m" * 256))},
    ),
}
