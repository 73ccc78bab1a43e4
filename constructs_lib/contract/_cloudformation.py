"""The shapes of the CloudFormation types of SageMaker, and of what scales and watches it.

Each is the registry's schema of a type joined with the API's request. The registry says which properties a type has;
the API says what they may hold, since CloudFormation hands them on. A limit of the registry counts where the API has
none of its kind. `cloudformation.json` holds the schemas; `tools/update_cloudformation_schema.py` writes it.
"""

import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ._model import raw_model, request_shape
from ._problem import Rule
from ._shape import Shape

PREFIX = "AWS::SageMaker::"

_KINDS = {
    "object": "structure",
    "array": "list",
    "string": "string",
    "integer": "integer",
    "number": "double",
    "boolean": "boolean",
}
# Which kinds of the API a kind of the registry may hand its value to.
_SAME = {
    "structure": ("structure", "map"),
    "list": ("list",),
    "string": ("string", "timestamp", "blob"),
    "integer": ("integer", "long", "float", "double"),
    "double": ("integer", "long", "float", "double"),
    "boolean": ("boolean",),
}
_LIMITS = (("minLength", "min"), ("minItems", "min"), ("minProperties", "min"), ("minimum", "min"))
_UPPER = (("maxLength", "max"), ("maxItems", "max"), ("maxProperties", "max"), ("maximum", "max"))

# Types that CloudFormation calls otherwise than the API, and those of other services.
_API_NAMES = {f"{PREFIX}ExperimentTrialComponent": "TrialComponent"}
_BESIDE = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ("application-autoscaling", "RegisterScalableTarget"),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ("application-autoscaling", "PutScalingPolicy"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "PutMetricAlarm"),
}

Json = Mapping[str, Any]


@cache
def resource_types() -> Mapping[str, Json]:
    """The schemas of the types, by name."""
    types: Mapping[str, Json] = json.loads(Path(__file__).with_name("cloudformation.json").read_bytes())["types"]
    return types


@cache
def resource_shape(type: str) -> "PropertyShape | None":
    """The shape of the properties of *type*; None for a type that the registry did not have."""
    schema = resource_types().get(type)
    if schema is None:
        return None
    service, made = _BESIDE.get(type, ("sagemaker", f"Create{_API_NAMES.get(type, type.removeprefix(PREFIX))}"))
    changed = f"Update{type.removeprefix(PREFIX)}"
    operations = raw_model(service)["operations"]
    twins = [request_shape(service, name) if name in operations else None for name in (made, changed)]
    return PropertyShape(schema, schema, twins[0], "/properties", updated=twins[1])


@cache
def attributes(type: str) -> tuple[str, ...]:
    """What `Fn::GetAtt` returns of *type*; nothing for a type that is not known, or that returns all that is set."""
    schema = resource_types().get(type, {})
    names = [pointer.removeprefix("/properties/").replace("/", ".") for pointer in schema.get("readOnlyProperties", [])]
    more: list[str] = schema.get("attributes", [])
    return () if "*" in more else tuple(name for name in [*more, *names] if "*" not in name)


class PropertyShape:
    """One property, or all properties, of a type; it has the attributes that the walker asks of a shape.

    Attributes:
        type_name: As of a shape of the API, or `any`.
        metadata: Its limits: the API's, else the registry's.
        accepts_text: Whether JSON as text may stand for the value.
    """

    def __init__(
        self, node: Json, schema: Json, twin: Shape | None, pointer: str, updated: Shape | None = None
    ) -> None:
        self._schema = schema
        # An update takes members that its creation does not.
        self._updated = updated
        self._pointer = pointer
        self._node = _followed(node, schema)
        kinds = self._node.get("type", "object" if "properties" in self._node else None)
        self.accepts_text = isinstance(kinds, list) and "object" in kinds and "string" in kinds
        kind = "object" if self.accepts_text else kinds
        self.type_name = _KINDS.get(kind, "any") if isinstance(kind, str) else "any"
        self._twin = twin if twin is not None and twin.type_name in _SAME.get(self.type_name, ()) else None
        if self.type_name == "structure" and not self._properties:
            self.type_name = "map" if self._twin is not None and self._twin.type_name == "map" else self._free()
        elif self._twin is not None and self.type_name == "structure" and self._twin.type_name == "map":
            self._twin = None
        if self._twin is not None and self.type_name == "integer" and self._twin.type_name in ("float", "double"):
            self.type_name = "double"
        self.metadata = self._limits()

    @cached_property
    def members(self) -> Mapping[str, "PropertyShape"]:
        """The properties that a template may set."""
        return {
            name: PropertyShape(node, self._schema, self._twin_member(name), f"{self._pointer}/{name}")
            for name, node in self._properties.items()
            if not self._is_read_only(name)
        }

    @cached_property
    def required_members(self) -> list[str]:
        """What the registry asks for, then what the API asks for beside it.

        At the top, CloudFormation makes up the names that the API asks for.
        """
        own = [name for name in self._node.get("required", []) if name in self.members]
        asked = self._twin.required_members if self._twin is not None and self._twin.type_name == "structure" else []
        top = self._pointer == "/properties"
        return own + [
            name for name in asked if name in self.members and name not in own and not (top and name.endswith("Name"))
        ]

    @cached_property
    def foreign(self) -> Mapping[str, tuple[Rule, str]]:
        """Names that are no property to set, and why: read-only attributes, and members that only the API has."""
        reasons: dict[str, tuple[Rule, str]] = {}
        if self._twin is not None and self._twin.type_name == "structure":
            type = "a member of the API that the CloudFormation type does not have"
            reasons.update((name, ("api-only", f"is {type}")) for name in self._twin.members)
        for name in self._properties:
            if self._is_read_only(name):
                reasons[name] = ("read-only", "is an attribute that CloudFormation returns, not one to set")
            else:
                reasons.pop(name, None)
        return reasons

    @property
    def alternatives(self) -> list[str]:
        """The members of which exactly one must be there; none where there is no such choice."""
        choices = self._node.get("oneOf", [])
        if choices and all(choice.get("properties") for choice in choices):
            return [name for choice in choices for name in choice["properties"]]
        if len(choices) > 1 and all(list(choice) == ["required"] for choice in choices):
            return [name for choice in choices for name in choice["required"]]
        return list(self.members) if self._twin is not None and self._twin.is_tagged_union else []

    @cached_property
    def member(self) -> "PropertyShape":
        twin = self._twin.member if self._twin is not None else None
        return PropertyShape(self._node.get("items", {}), self._schema, twin, f"{self._pointer}/*")

    @property
    def key(self) -> Any:
        return self._twin.key if self._twin is not None else PropertyShape({}, {}, None, "")

    @property
    def value(self) -> Any:
        return self._twin.value if self._twin is not None else PropertyShape({}, {}, None, "")

    @cached_property
    def _properties(self) -> Mapping[str, Json]:
        choices = self._node.get("oneOf", [])
        inner = {name: node for choice in choices for name, node in choice.get("properties", {}).items()}
        return {**self._node.get("properties", {}), **inner}

    def _twin_member(self, name: str) -> Shape | None:
        shapes = [shape for shape in (self._twin, self._updated) if shape is not None]
        return next((shape.members[name] for shape in shapes if name in shape.members), None)

    def _is_read_only(self, name: str) -> bool:
        return f"{self._pointer}/{name}" in self._schema.get("readOnlyProperties", ())

    def _free(self) -> str:
        """An object whose properties nobody lists: of any kind where text may stand for it, else any map."""
        return "any" if self.accepts_text else "map"

    def _limits(self) -> dict[str, Any]:
        own = {limit: self._node[key] for key, limit in (*_LIMITS, *_UPPER) if key in self._node}
        own.update((key, self._node[key]) for key in ("enum", "pattern") if key in self._node)
        if self._twin is None:
            return own
        asked = {
            key: self._twin.metadata[key] for key in ("enum", "pattern", "min", "max") if key in self._twin.metadata
        }
        if "enum" in own and "enum" in asked:
            # Either list may be the newer one.
            asked["enum"] = [*asked["enum"], *(value for value in own["enum"] if value not in asked["enum"])]
        return {**own, **asked}


def _followed(node: Json, schema: Json) -> Json:
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rpartition("/")[2]]
    return node
