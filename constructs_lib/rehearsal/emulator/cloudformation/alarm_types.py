"""`AWS::CloudWatch::CompositeAlarm`, which MiniStack has the API of, but no CloudFormation type."""

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
