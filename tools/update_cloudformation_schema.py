"""Rewrite constructs_lib/contract/cloudformation.json from the resource schemas that cfn-lint carries.

Run `python tools/update_cloudformation_schema.py`; with `--check` it only compares. cfn-lint ships the schemas of the
CloudFormation registry with corrections of its own. Kept is what says which properties there are and what they may
hold; descriptions, handlers and permissions are left out.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cfnlint.schema import Schema
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

DATA = Path(__file__).parent.parent / "constructs_lib" / "contract" / "cloudformation.json"
REGION = "us-east-1"  # where new properties come first
PREFIX = "AWS::SageMaker::"
# What scales endpoints and watches them.
BESIDE = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::Alarm",
)

_KEPT = (
    *("type", "$ref", "required", "enum", "pattern", "additionalProperties"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum"),
)

Json = dict[str, Any]


def build() -> Json:
    """The content of the file."""
    own = [name for name in PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION) if name.startswith(PREFIX)]
    names = sorted([*own, *BESIDE])
    return {
        "source": {"package": "cfn-lint", "version": version("cfn-lint"), "license": "MIT-0", "region": REGION},
        "types": {name: _resource(PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, name)) for name in names},
    }


def _resource(held: Schema) -> Json:
    schema: Json = held.schema
    read_only = sorted(schema.get("readOnlyProperties", []))
    own = {pointer.removeprefix("/properties/").replace("/", ".") for pointer in read_only}
    more = sorted(set(held.get_atts) - own)
    return {
        **_node(schema),
        "definitions": {name: _node(node) for name, node in schema.get("definitions", {}).items()},
        "readOnlyProperties": read_only,
        # What Fn::GetAtt returns besides; of some types all that a template sets.
        **({"attributes": ["*"] if any("." in name for name in more) else more} if more else {}),
    }


def _node(node: Json) -> Json:
    kept: Json = {key: node[key] for key in _KEPT if key in node}
    # That nothing else is allowed goes without saying where properties are listed.
    if kept.get("additionalProperties") is False:
        del kept["additionalProperties"]
    for key in ("properties", "patternProperties"):
        if key in node:
            kept[key] = {name: _node(inner) for name, inner in node[key].items()}
    if "items" in node:
        kept["items"] = _node(node["items"])
    for key in ("oneOf", "anyOf"):
        # An alternative may be a mere name of a format, which says nothing here.
        alternatives = [inner for inner in map(_node, node.get(key, [])) if inner]
        if alternatives:
            kept[key] = alternatives
    return kept


def text(content: Json) -> str:
    """The file: a line a type, so that a change shows where it is."""
    types = [f"    {json.dumps(name)}: {json.dumps(schema)}" for name, schema in content["types"].items()]
    head = json.dumps(content["source"])
    return "\n".join(["{", f'  "source": {head},', '  "types": {', ",\n".join(types), "  }", "}", ""])


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(
            0 if DATA.read_text() == text(build()) else f"{DATA.name} is not what cfn-lint holds; run {sys.argv[0]}"
        )
    DATA.write_text(text(build()))
    print(f"wrote {DATA}")
