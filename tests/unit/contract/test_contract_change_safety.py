"""The types that a change replaces, against the schemas that CloudFormation publishes."""

from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from constructs_lib.contract._cloudformation import resource_types
from constructs_lib.contract.rules.change_safety import FIXED_NAMES, REPLACED_BY_TAGS


def schema(type: str) -> dict[str, Any]:
    content: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type).schema
    return content


@pytest.mark.parametrize("type", FIXED_NAMES)
def test_a_new_name_makes_a_new_resource(type: str) -> None:
    assert f"/properties/{FIXED_NAMES[type]}" in schema(type)["createOnlyProperties"]


@pytest.mark.parametrize("type", FIXED_NAMES)
def test_nearly_every_change_replaces(type: str) -> None:
    content = schema(type)
    read_only = content.get("readOnlyProperties", [])
    settable = {f"/properties/{name}" for name in content["properties"]} - set(read_only)

    assert len(settable & set(content["createOnlyProperties"])) >= len(settable) - 3


def test_a_tag_replaces_them() -> None:
    tags = "/properties/Tags"
    replaced = {type for type in resource_types() if tags in schema(type).get("createOnlyProperties", ())}

    assert set(REPLACED_BY_TAGS) <= replaced
