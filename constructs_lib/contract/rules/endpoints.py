"""How endpoints, configurations, models and components name each other, and what an endpoint keeps over an update."""

from collections.abc import Iterator
from typing import Any

from .._dependencies import waits_for
from .._structure import COMPONENT, ENDPOINT, ENDPOINT_CONFIG, MODEL, Structure, found_in, variants
from . import Fault, Reference, Severity, Template, boolean, known, rule

_TYPES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"

_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def _names(template: Template) -> Iterator[tuple[Structure, str, str]]:
    """Each name of another resource of SageMaker in a resource: the structure, the member, the type that is meant."""
    for endpoint in found_in(template, ENDPOINT):
        yield endpoint, "EndpointConfigName", ENDPOINT_CONFIG
    for config in found_in(template, ENDPOINT_CONFIG):
        for variant in variants(config):
            yield variant, "ModelName", MODEL
    for component in found_in(template, COMPONENT):
        yield component, "EndpointName", ENDPOINT
        yield component.below("Specification"), "ModelName", MODEL
        for specification in component.items("Specifications"):
            yield specification, "ModelName", MODEL


def _only_reference(structure: Structure, member: str) -> Reference | None:
    parts = structure.template.parts(structure.raw(member))
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Reference) else None


@rule(
    "SM251",
    "a name is asked for with Fn::GetAtt, since Ref gives the ARN",
    source=f"{_TYPES}/aws-resource-sagemaker-model.html",
)
def arn_for_name(template: Template) -> Iterator[Fault]:
    for structure, member, type in _names(template):
        found = _only_reference(structure, member)
        if found and found.resource and found.resource.type == type and not found.attribute.endswith("Name"):
            name = type.rpartition(":")[2]
            given = f"Fn::GetAtt {found.attribute}" if found.attribute else f"Ref {found.logical_id}"
            yield structure.fault(
                member,
                f"{member} must be a name, got {given}, which is the ARN",
                fix=f'write {{"Fn::GetAtt": ["{found.logical_id}", "{name}Name"]}}',
                value=structure.raw(member),
            )


@rule("SM252", "a name is that of a resource of the right type", source=f"{_TYPES}/AWS_SageMaker.html")
def wrong_resource(template: Template) -> Iterator[Fault]:
    for structure, member, type in _names(template):
        found = _only_reference(structure, member)
        if found and found.resource and found.resource.type in {MODEL, ENDPOINT, ENDPOINT_CONFIG, COMPONENT} - {type}:
            yield structure.fault(
                member,
                f"{member} must name a resource of type {type}, got {found.logical_id} of {found.resource.type}",
                fix=f"refer to a resource of type {type}",
                value=structure.raw(member),
            )


@rule("SM253", "what names a resource of its template waits for it", source=f"{_TYPES}/AWS_SageMaker.html")
def name_without_reference(template: Template) -> Iterator[Fault]:
    for structure, member, type in _names(template):
        value = structure.get(member)
        if not isinstance(value, str):
            continue
        for resource in template.of_type(type):
            named = f"{type.rpartition(':')[2]}Name"
            if resource.get(named) == value and not waits_for(structure.resource, resource):
                yield structure.fault(
                    member,
                    f"{member} names {resource.logical_id} of this template by its text, so nothing makes it wait for "
                    f"it, got {value!r}",
                    fix=f'write {{"Fn::GetAtt": ["{resource.logical_id}", "{named}"]}}',
                    value=value,
                )


@rule("SM254", "names of endpoints differ by more than case", source=f"{_API}/API_CreateEndpoint.html")
def same_name(template: Template) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for endpoint in template.of_type(ENDPOINT):
        name = endpoint.get("EndpointName")
        if not isinstance(name, str):
            continue
        if name.lower() in seen:
            yield endpoint.fault(
                "EndpointName",
                f"EndpointName must differ from {seen[name.lower()]!r} by more than case, got {name!r}",
                fix="give it another name",
                value=name,
            )
        seen.setdefault(name.lower(), name)


@rule(
    "SM255",
    "an endpoint that is scaled keeps its capacity over an update",
    source=f"{_API}/API_UpdateEndpoint.html",
    severity=Severity.WARNING,
)
def retained_capacity(template: Template) -> Iterator[Fault]:
    for endpoint in found_in(template, ENDPOINT):
        if not known(endpoint.raw("RetainAllVariantProperties")) or boolean(
            endpoint.get("RetainAllVariantProperties", False)
        ):
            continue
        if any(_scales(target.properties, endpoint) for target in template.of_type(_TARGET)):
            yield endpoint.fault(
                "RetainAllVariantProperties",
                "RetainAllVariantProperties should be true where a scalable target changes the variants: an update "
                "takes instance counts back to those of the template",
                fix="write true, and name in ExcludeRetainedVariantProperties what should follow the template",
            )


def _scales(target: dict[str, Any], endpoint: Structure) -> bool:
    # Warm containers of a serverless variant are no property that an update can keep.
    if target.get("ScalableDimension") != "sagemaker:variant:DesiredInstanceCount":
        return False
    parts = endpoint.template.parts(target.get("ResourceId"))
    if any(isinstance(part, Reference) and part.logical_id == endpoint.resource.logical_id for part in parts):
        return True
    name = endpoint.get("EndpointName")
    return isinstance(name, str) and bool(parts) and str(parts[0]).startswith(f"endpoint/{name}/")


@rule(
    "SM256",
    "what is excluded from what is kept goes with keeping the rest",
    source=f"{_API}/API_UpdateEndpoint.html",
    severity=Severity.WARNING,
)
def excluded_without_retained(template: Template) -> Iterator[Fault]:
    for endpoint in found_in(template, ENDPOINT, "UpdateEndpoint"):
        if not endpoint.get("ExcludeRetainedVariantProperties"):
            continue
        if boolean(endpoint.get("RetainAllVariantProperties", False)) is False:
            yield endpoint.fault(
                "ExcludeRetainedVariantProperties",
                "ExcludeRetainedVariantProperties has no meaning while RetainAllVariantProperties is not true",
                fix="set RetainAllVariantProperties to true, or take it out",
            )
