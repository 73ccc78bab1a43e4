"""Template properties as the API takes them."""

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape


def as_request(shape: Shape, value: Any) -> Any:
    """*value* with its scalars in the types of *shape*: a template may write 2 as "2" and true as "true"."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return {
            name: as_request(shape.members[name], entry) if name in shape.members else entry
            for name, entry in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [as_request(shape.member, entry) for entry in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: as_request(shape.value, entry) for key, entry in value.items()}
    return _scalar(shape.type_name, value)


def _scalar(kind: str, value: Any) -> Any:
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if kind == "string" and isinstance(value, (int, float)):
        return str(value)
    if kind == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if kind in ("integer", "long", "float", "double") and isinstance(value, str):
        try:
            return int(value) if kind in ("integer", "long") else float(value)
        except ValueError:
            return value
    return value
