"""The types that a change replaces, against the schemas that CloudFormation publishes."""

import json
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from constructs_lib.contract.rules.change_safety import FIXED_NAMES, REPLACED_BY_TAGS

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "providers" / "us_east_1"


def schema(type: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / f"{type.replace('::', '-').lower()}.json").read_text())
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


def test_all_types_that_a_tag_replaces() -> None:
    replaced = {
        content["typeName"]
        for content in map(json.loads, (file.read_text() for file in SCHEMAS.glob("aws-sagemaker-*.json")))
        if "/properties/Tags" in content.get("createOnlyProperties", ())
    }

    assert set(REPLACED_BY_TAGS) <= replaced
    assert replaced == set(REPLACED_BY_TAGS)
