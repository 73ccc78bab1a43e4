"""The runtime: records are put, got and deleted.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Feature_Store_Runtime.html
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ..api import Answer, Api, ApiError, Handler, refused
from ..records import Record
from ..sagemaker import SageMaker
from . import _values, offline, online
from ._call import Call, read

_ONLINE, _OFFLINE = "OnlineStore", "OfflineStore"


def is_record_call(path: str) -> bool:
    """Whether a request signed for SageMaker is for this runtime."""
    return path == "/BatchGetRecord" or path.startswith("/FeatureGroup/")


def record_handler(sagemaker: SageMaker, model_data: str | None = None) -> Handler:
    """The runtime as a MiniStack service handler."""
    api = Api("sagemaker-featurestore-runtime", model_data)

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        try:
            operation, request = read(api, method, path, body, query)
            if operation not in _OPERATIONS:
                raise ApiError("UnknownOperationException", f"{operation} is not part of the embedded AWS yet", 501)
            answer = _OPERATIONS[operation](Call(sagemaker, operation, request, headers))
        except ApiError as error:
            return _failure(error)
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()

    return handle


def _put(call: Call) -> dict[str, Any]:
    group = call.group(call.request["FeatureGroupName"])
    record = call.request["Record"]
    identifier, event = _values.check(group, record)
    stores = _stores(group, call.request)
    if _ONLINE in stores:
        known = online.look(group, identifier)
        # An older record is history, which the offline store alone keeps.
        if known is None or event >= known.event:
            ttl = _values.time_to_live(group, call.request)
            expires = event + ttl if ttl is not None else None
            online.keep(group, identifier, online.Stored(features=tuple(record), event=event, expires=expires))
    if _OFFLINE in stores:
        offline.append(group, {**_plain(record), "is_deleted": False}, event)
    return {}


def _get(call: Call) -> dict[str, Any]:
    group = call.group(call.request["FeatureGroupName"])
    if _ONLINE not in _all_stores(group):
        raise refused(f"Validation Error: feature group {group.name} has no online store.")
    return _answer(group, call.request["RecordIdentifierValueAsString"], call.request.get("FeatureNames"), call.request)


def _get_batch(call: Call) -> dict[str, Any]:
    found, errors = [], []
    for wanted in call.request["Identifiers"]:
        name = wanted["FeatureGroupName"]
        for identifier in wanted["RecordIdentifiersValueAsString"]:
            about = {"FeatureGroupName": name, "RecordIdentifierValueAsString": identifier}
            try:
                answer = _answer(call.group(name), identifier, wanted.get("FeatureNames"), call.request)
            except ApiError as error:
                if error.status != 404:
                    raise
                errors.append({**about, "ErrorCode": error.code, "ErrorMessage": error.message})
            else:
                found += [{**about, **answer}] if answer else []
    return {"Records": found, "Errors": errors, "UnprocessedIdentifiers": []}


def _delete(call: Call) -> dict[str, Any]:
    group = call.group(call.request["FeatureGroupName"])
    identifier = call.request["RecordIdentifierValueAsString"]
    event = _values.event_time(group, call.request["EventTime"])
    stores = _stores(group, call.request)
    hard = call.request.get("DeletionMode") == "HardDelete"
    known = online.look(group, identifier)
    if _ONLINE in stores and known is not None:
        if event > known.event:
            gone = online.Stored(features=(), event=event, deleted=True)
            online.keep(group, identifier, None if hard else gone)
        elif hard:
            raise refused("Validation Error: EventTime must be later than that of the existing record.")
    if _OFFLINE in stores:
        marked = dict.fromkeys(_names(group)) | {
            group.values["RecordIdentifierFeatureName"]: identifier,
            group.values["EventTimeFeatureName"]: call.request["EventTime"],
        }
        offline.append(group, {**marked, "is_deleted": True}, event)
    return {}


_OPERATIONS: dict[str, Callable[[Call], dict[str, Any]]] = {
    "PutRecord": _put,
    "GetRecord": _get,
    "BatchGetRecord": _get_batch,
    "DeleteRecord": _delete,
}


def _answer(group: Record, identifier: str, names: list[str] | None, request: Mapping[str, Any]) -> dict[str, Any]:
    """A record as `GetRecord` answers it; nothing where there is none."""
    stored = online.look(group, identifier)
    if stored is None or not stored.answered:
        return {}
    record = [value for value in stored.features if names is None or value["FeatureName"] in names]
    told = stored.expires is not None and request.get("ExpirationTimeResponse") == "Enabled"
    return {"Record": record} | ({"ExpiresAt": _iso(stored.expires or 0)} if told else {})


def _stores(group: Record, request: Mapping[str, Any]) -> list[str]:
    """The stores that a request is for: those that it names, or else all of the group."""
    there = _all_stores(group)
    named = request.get("TargetStores", there)
    for store in named:
        if store not in there:
            raise refused(f"Validation Error: feature group {group.name} has no {store}.")
    return list(named)


def _all_stores(group: Record) -> list[str]:
    online_too = group.values.get("OnlineStoreConfig", {}).get("EnableOnlineStore")
    return [*([_ONLINE] if online_too else []), *([_OFFLINE] if "OfflineStoreConfig" in group.values else [])]


def _names(group: Record) -> list[str]:
    return [each["FeatureName"] for each in group.values["FeatureDefinitions"]]


def _plain(record: list[dict[str, Any]]) -> dict[str, Any]:
    return {each["FeatureName"]: each.get("ValueAsString", each.get("ValueAsStringList")) for each in record}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _failure(error: ApiError) -> Answer:
    # This runtime, too, says ValidationError where the control plane says ValidationException.
    code = "ValidationError" if error.code == "ValidationException" else error.code
    headers = {"Content-Type": "application/json", "x-amzn-errortype": code}
    return error.status, headers, json.dumps({"Message": error.message}).encode()
