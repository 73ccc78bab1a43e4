"""The step that lets alarms ring that tell a topic: each goes off when its metric is bad, and the topic is told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed, counted

_ALARM, _POLICY = "AWS::CloudWatch::Alarm", "AWS::ApplicationAutoScaling::ScalingPolicy"
# How long a bad value stays inside of the window that its alarm looks at.
_BAD_SECONDS = 3.0
# As many as CloudWatch describes, and takes, at once.
_NAMES, _DATA = 100, 500


def ringing_steps(stage: Stage) -> Iterator[Step]:
    """One row for all alarms that call something else than a scaling policy; none where there are none."""
    if any(_tells(stage, resource) for resource in stage.assembly.resources(_ALARM)):
        yield Step("alarm", "what they tell", lambda: _ring(stage))


def _tells(stage: Stage, resource: Resource) -> bool:
    policies = {each.logical_id for each in stage.assembly.resources(_POLICY) if each.stack == resource.stack}
    actions = resource.properties.get("AlarmActions") or []
    return any(not (isinstance(each, dict) and each.get("Ref") in policies) for each in actions)


def _ring(stage: Stage) -> Outcome:
    alarms = [alarm for alarm in _of_templates(stage) if _topics(alarm)]
    heard_by_scaling = _watched_by_scaling(stage)
    rung = [alarm for alarm in alarms if _can_ring(alarm) and not _watched(alarm) & heard_by_scaling]
    _calm(stage, rung)
    earlier = _told(stage)
    _publish(stage, rung)
    silent = _not_in_alarm(stage, rung)
    if silent:
        raise StepFailed(
            f"{silent[0]['AlarmName']} did not ring, though its metric was far beyond {silent[0]['Threshold']:g}",
            details={"silent": [alarm["AlarmName"] for alarm in silent]},
        )
    _require_told(stage, rung, earlier)
    time.sleep(_BAD_SECONDS)
    _calm(stage, rung)
    return _said(stage, alarms, rung)


def _said(stage: Stage, alarms: Sequence[dict[str, Any]], rung: Sequence[dict[str, Any]]) -> Outcome:
    names = {
        arn: resource.label for resource in stage.assembly.resources("AWS::SNS::Topic") if (arn := _id(stage, resource))
    }
    topics = sorted({names.get(topic, topic) for alarm in rung for topic in _topics(alarm)})
    told = {arn for arn, _ in _told(stage)}
    left = [alarm for alarm in alarms if alarm not in rung]
    by_itself = [alarm for alarm in left if alarm["AlarmArn"] in told]
    words = f"{counted(len(rung), 'alarm')} rang and told {', '.join(topics)}" if rung else "none rang"
    if by_itself:
        words += f"; {counted(len(by_itself), 'other')} did so by what was asked"
    if len(left) > len(by_itself):
        words += f"; {len(left) - len(by_itself)} not tried: scaling listens too, or the metric cannot be computed here"
    return Outcome(words, {"rang": [alarm["AlarmName"] for alarm in rung], "topics": topics})


def _id(stage: Stage, resource: Resource) -> str | None:
    return stage.physical_ids(resource.stack).get(resource.logical_id)


def _of_templates(stage: Stage) -> Iterator[dict[str, Any]]:
    names = [name for resource in stage.assembly.resources(_ALARM) if (name := stage.physical_id(resource))]
    yield from _described(stage, names)


def _described(stage: Stage, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    client = stage.aws.client("cloudwatch")
    for start in range(0, len(names), _NAMES):
        asked = list(names[start : start + _NAMES])
        # Fifty are shown unless more are asked for.
        yield from client.describe_alarms(AlarmNames=asked, MaxRecords=_NAMES)["MetricAlarms"]


def _topics(alarm: dict[str, Any]) -> list[str]:
    return [action for action in alarm.get("AlarmActions", ()) if ":sns:" in action]


def _metrics(alarm: dict[str, Any]) -> list[tuple[dict[str, Any], int]]:
    """What an alarm looks at, each with the length of a period."""
    if "MetricName" in alarm:
        return [(alarm, int(alarm.get("Period", 60)))]
    found = (query["MetricStat"] for query in alarm.get("Metrics", ()) if "MetricStat" in query)
    return [(each["Metric"], int(each.get("Period", 60))) for each in found]


def _watched(alarm: dict[str, Any]) -> set[tuple[str, str, frozenset[tuple[str, str]]]]:
    return {
        (
            metric["Namespace"],
            metric["MetricName"],
            frozenset((each["Name"], each["Value"]) for each in metric.get("Dimensions", ())),
        )
        for metric, _ in _metrics(alarm)
    }


def _watched_by_scaling(stage: Stage) -> set[tuple[str, str, frozenset[tuple[str, str]]]]:
    pages = stage.aws.client("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms = (alarm for page in pages for alarm in page["MetricAlarms"])
    scaling = (alarm for alarm in alarms if any(":autoscaling:" in action for action in alarm.get("AlarmActions", ())))
    return {watched for alarm in scaling for watched in _watched(alarm)}


def _can_ring(alarm: dict[str, Any]) -> bool:
    """Whether a value tells: those that compare with a band, or compute with other functions, cannot be judged here."""
    expressions = [query["Expression"] for query in alarm.get("Metrics", ()) if "Expression" in query]
    computable = all("(" not in text.replace("(METRICS())", "") for text in expressions)
    compared = alarm["ComparisonOperator"].startswith(("GreaterThan", "LessThan"))
    return computable and compared and "Threshold" in alarm and alarm.get("ActionsEnabled", True)


def _bad(alarm: dict[str, Any]) -> float:
    """A value far on the wrong side of the threshold; a metric that is multiplied must be so, too."""
    threshold = float(alarm["Threshold"])
    far = 1000 * abs(threshold) + 1000
    return far if alarm["ComparisonOperator"].startswith("GreaterThan") else -far


def _publish(stage: Stage, alarms: Sequence[dict[str, Any]]) -> None:
    """Bad values where the alarms look, so old that they are soon beyond the window."""
    by_namespace: dict[str, list[dict[str, Any]]] = {}
    for alarm in alarms:
        for metric, period in _metrics(alarm):
            window = period * int(alarm.get("EvaluationPeriods", 1))
            at = time.time() - max(window - _BAD_SECONDS, 0)
            datum = {
                "MetricName": metric["MetricName"],
                "Dimensions": metric.get("Dimensions", []),
                "Value": _bad(alarm),
                "Timestamp": datetime.fromtimestamp(at, UTC),
            }
            by_namespace.setdefault(metric["Namespace"], []).append(datum)
    for namespace, data in by_namespace.items():
        for start in range(0, len(data), _DATA):
            stage.aws.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data[start : start + _DATA])


def _not_in_alarm(stage: Stage, alarms: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found = _described(stage, [alarm["AlarmName"] for alarm in alarms])
    return [alarm for alarm in found if alarm["StateValue"] != "ALARM"]


def _calm(stage: Stage, alarms: Sequence[dict[str, Any]]) -> None:
    for alarm in alarms:
        stage.aws.client("cloudwatch").set_alarm_state(
            AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="the rehearsal lets it ring"
        )


def _told(stage: Stage) -> list[tuple[str, str]]:
    return [(entry["rule"], entry["target"]) for entry in stage.aws.deliveries()["delivered"]]


def _require_told(stage: Stage, rung: Sequence[dict[str, Any]], earlier: Sequence[tuple[str, str]]) -> None:
    own = {alarm["AlarmArn"] for alarm in rung}
    refused = [entry for entry in stage.aws.deliveries()["undelivered"] if entry["rule"] in own]
    if refused:
        raise StepFailed(refused[0]["reason"], details={"undelivered": refused})
    now = _told(stage)[len(earlier) :]
    for alarm in rung:
        for topic in _topics(alarm):
            if (alarm["AlarmArn"], topic) not in now:
                raise StepFailed(f"{alarm['AlarmName']} rang, and {topic} was not told")
