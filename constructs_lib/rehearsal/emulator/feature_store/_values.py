"""A record against the definitions of its group: names, types, and the time of its event."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..api import refused
from ..records import Record

Value = dict[str, Any]

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?Z")
_SECONDS = {"Seconds": 1, "Minutes": 60, "Hours": 3600, "Days": 86400, "Weeks": 604800}


def check(group: Record, record: list[Value]) -> tuple[str, float]:
    """The identifier and the time of a record.

    Raises:
        ApiError: It holds what the group does not define, or lacks one of the two.
    """
    types = {each["FeatureName"]: each["FeatureType"] for each in group.values["FeatureDefinitions"]}
    texts = {each["FeatureName"]: each.get("ValueAsString") for each in record}
    for name, text in texts.items():
        if name not in types:
            raise refused(f"Validation Error: the feature {name} is not defined in feature group {group.name}.")
        if text is not None and not _fits(text, types[name]):
            raise refused(f"Validation Error: the value {text!r} of the feature {name} is not {types[name]}.")
    identifier = texts.get(group.values["RecordIdentifierFeatureName"])
    event = texts.get(group.values["EventTimeFeatureName"])
    if identifier is None or event is None:
        raise refused(
            f"Validation Error: a record of feature group {group.name} needs a value for "
            f"{group.values['RecordIdentifierFeatureName']} and {group.values['EventTimeFeatureName']}."
        )
    return identifier, event_time(group, event)


def event_time(group: Record, text: str) -> float:
    """Seconds since 1970, of the time of an event as its feature spells it.

    Raises:
        ApiError: It is not spelt so.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html#feature-store-data-types
    """
    if _is_number(text):
        return float(text)
    found = _ISO.fullmatch(text)
    if found is None:
        raise refused(
            f"Validation Error: the event time {text!r} of feature group {group.name} must be seconds since 1970 or "
            "shaped yyyy-MM-dd'T'HH:mm:ssZ."
        )
    return datetime.fromisoformat(found[1]).replace(tzinfo=UTC).timestamp() + float(found[2] or 0)


def time_to_live(group: Record, request: Mapping[str, Any]) -> float | None:
    """Seconds that a record is kept, by what it says itself or else by its group; None where it stays."""
    online = group.values.get("OnlineStoreConfig", {})
    ttl = request.get("TtlDuration") or online.get("TtlDuration")
    return float(_SECONDS[ttl["Unit"]] * ttl["Value"]) if ttl else None


def _fits(text: str, kind: str) -> bool:
    if kind == "Integral":
        return re.fullmatch(r"[+-]?\d+", text) is not None and -(2**63) <= int(text) < 2**63
    return kind == "String" or _is_number(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
