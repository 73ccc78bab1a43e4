"""Composite alarms, which MiniStack has no CloudFormation type of, and alarms that compute their metric."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from ..api import Request
from ..neighbours import partition_arn

Made = tuple[str, dict[str, Any]]


def handlers() -> dict[str, dict[str, Any]]:
    """The handler of composite alarms."""
    handler = {"create": _create, "update": _update, "update_with_logical_id": True, "delete": _delete}
    return {"AWS::CloudWatch::CompositeAlarm": handler}


def install() -> None:
    """Let `AWS::CloudWatch::Alarm` have `Metrics`, which MiniStack refuses in a template."""
    record = provisioners._cw_metric_alarm_record

    def with_metrics(name: str, properties: Request) -> dict[str, Any]:
        if not properties.get("Metrics"):
            plain: dict[str, Any] = record(name, properties)
            return plain
        # Every other property is read as it is; the metric that stands in is taken out again.
        rest = {member: value for member, value in properties.items() if member != "Metrics"}
        alarm: dict[str, Any] = record(name, {**rest, "MetricName": "-", "Namespace": "-"})
        for member in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period"):
            alarm.pop(member, None)
        return {**alarm, "Metrics": properties["Metrics"]}

    provisioners._cw_metric_alarm_record = with_metrics


def _create(logical_id: str, properties: Request, stack: str) -> Made:
    name = properties.get("AlarmName") or provisioners._physical_name(stack, logical_id, max_len=255)
    _called(cloudwatch._put_composite_alarm, {**properties, "AlarmName": name}, logical_id)
    return name, {"Arn": partition_arn("cloudwatch", f"alarm:{name}")}


def _update(physical_id: str, old: Request, new: Request, stack: str, logical_id: str) -> Made:
    # PutCompositeAlarm replaces what is there under the name, which is the only create-only property.
    return _create(logical_id, new, stack)


def _delete(physical_id: str, properties: Request) -> None:
    _called(cloudwatch._delete_alarms, {"AlarmNames": [physical_id]}, physical_id)


def _called(call: Callable[..., Any], request: Request, logical_id: str) -> None:
    status, _, body = call({}, request, False, is_json=True)
    if status >= 400:
        raise ValueError(f"{logical_id} was refused: {json.loads(body).get('message', body)}")
