"""What a template leaves to CloudFormation, with the names that it gave: as far as one can tell from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def resolved(value: Any, physical_ids: Mapping[str, str], names: Mapping[str, str]) -> Any:
    """*value* with references to resources filled in, and the texts that are made of them.

    Args:
        value: A value of a template.
        physical_ids: Logical id to physical id: what a `Ref` stands for.
        names: ARN to name, for resources whose ARN does not tell it: an endpoint's has no capitals.

    Returns:
        The value; what is still not known, such as the ARN of a key, stays the function that it is.
    """
    if isinstance(value, list):
        return [resolved(item, physical_ids, names) for item in value]
    if not isinstance(value, Mapping):
        return value
    match value:
        case {"Ref": str() as logical_id} if len(value) == 1:
            return physical_ids.get(logical_id, value)
        case {"Fn::GetAtt": [str() as logical_id, str() as attribute]} if len(value) == 1:
            return _attribute(physical_ids.get(logical_id, ""), attribute, names) or value
        case {"Fn::Join": [str() as between, list() as parts]} if len(value) == 1:
            texts = [resolved(part, physical_ids, names) for part in parts]
            return between.join(texts) if all(isinstance(text, str) for text in texts) else value
    return {name: resolved(item, physical_ids, names) for name, item in value.items()}


def _attribute(physical_id: str, attribute: str, names: Mapping[str, str]) -> str | None:
    if attribute.endswith("Name"):
        return names.get(physical_id)
    return physical_id if attribute.endswith("Arn") and physical_id.startswith("arn:") else None
