"""Attributes for Fn::GetAtt that MiniStack's own resource types lack."""

from collections.abc import Callable
from typing import Any

from ministack.services import ec2

_Attributes = Callable[[str, dict[str, Any]], dict[str, Any]]


def missing(resource_type: str, physical_id: str, properties: dict[str, Any]) -> dict[str, Any]:
    """What MiniStack leaves out for a resource of this type."""
    found = _MISSING.get(resource_type)
    return found(physical_id, properties) if found else {}


def _vpc(physical_id: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"CidrBlock": ec2._vpcs[physical_id]["CidrBlock"]}


_MISSING: dict[str, _Attributes] = {"AWS::EC2::VPC": _vpc}
