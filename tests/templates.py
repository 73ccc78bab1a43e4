"""Reads templates in tests."""

import json
import re
from collections.abc import Mapping
from typing import Any


def template_of(stack: Any) -> dict[str, Any]:
    """The template of *stack*, references resolved."""
    from aws_cdk.assertions import Template

    return dict(Template.from_stack(stack).to_json())


def of_type(template: Mapping[str, Any], resource_type: str) -> dict[str, dict[str, Any]]:
    """Logical id to properties of the resources of one type."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == resource_type
    }


def only(template: Mapping[str, Any], resource_type: str) -> dict[str, Any]:
    """The properties of the one resource of a type."""
    (properties,) = of_type(template, resource_type).values()
    return properties


def granted(template: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements of the one policy that grants have made."""
    policies = of_type(template, "AWS::IAM::ManagedPolicy")
    (policy,) = (properties for logical_id, properties in policies.items() if "SageMakerGrants" in logical_id)
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


def definition_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    """A state machine's definition, with each reference as a short text in its place."""
    written: dict[str, Any] = json.loads(_text(properties["DefinitionString"]))
    return written


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        return "".join(map(_text, value["Fn::Join"][1]))
    ((function, argument),) = value.items()
    words = argument if isinstance(argument, str) else ".".join(_text(part) for part in argument)
    return f"<{words}>" if function in ("Ref", "Fn::GetAtt") else f"<{function} {words}>"


def masked(template: Mapping[str, Any]) -> dict[str, Any]:
    """What a snapshot keeps: no rule, bootstrap version or metadata, no asset hash, definitions and bodies as JSON."""
    kept = {name: value for name, value in template.items() if name not in ("Rules", "Metadata")}
    kept["Parameters"] = {
        name: value for name, value in kept.get("Parameters", {}).items() if name != "BootstrapVersion"
    }
    resources = {}
    for logical_id, resource in kept["Resources"].items():
        resource = {name: value for name, value in resource.items() if name != "Metadata"}
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            properties = dict(resource["Properties"])
            properties["DefinitionString"] = definition_of(properties)
            resource["Properties"] = properties
        if resource["Type"] == "AWS::CloudWatch::Dashboard":
            body = json.loads(_text(resource["Properties"]["DashboardBody"]))
            resource["Properties"] = resource["Properties"] | {"DashboardBody": body}
        resources[logical_id] = resource
    kept["Resources"] = resources
    without_hashes: dict[str, Any] = json.loads(re.sub(r"[0-9a-f]{64}", "<asset hash>", json.dumps(kept)))
    return without_hashes
