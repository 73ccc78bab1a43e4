"""What the endpoint of a target is, and with how many machines the template makes it."""

from collections.abc import Iterator
from typing import Any

from ._metrics import Kind
from ._plan import tracks_a_queue
from ._template import Properties, Target, Template, items, members, refuse

_DIMENSIONS = {
    "sagemaker:variant:DesiredInstanceCount": Kind.REAL_TIME,
    "sagemaker:inference-component:DesiredCopyCount": Kind.COMPONENT,
    "sagemaker:variant:DesiredProvisionedConcurrency": Kind.SERVERLESS,
}


def kind_of(template: Template, target: Target) -> Kind:
    """What scales; an endpoint is asynchronous by its configuration, or by the metrics that its policies look at."""
    kind = _DIMENSIONS.get(target.dimension)
    if kind is None:
        refuse(f"{target.logical_id} scales {target.dimension}, which is none of {', '.join(_DIMENSIONS)}")
    if kind is Kind.REAL_TIME and (
        any("AsyncInferenceConfig" in each for each in _configurations(template, target))
        or tracks_a_queue(template, target)
    ):
        return Kind.ASYNCHRONOUS
    return kind


def initial_capacity_of(template: Template, target: Target) -> int | None:
    """What the template gives the variant or the component at first; None where it does not say."""
    for holder, field in _holders(template, target):
        value = holder.get(field)
        if value is not None:
            return template.whole(value, f"{field} of {target.resource_id}")
    return None


def _holders(template: Template, target: Target) -> Iterator[tuple[Properties, str]]:
    kind = _DIMENSIONS.get(target.dimension)
    if kind is Kind.COMPONENT:
        name = target.resource_id.partition("/")[2]
        for logical_id, component in template.of_type("AWS::SageMaker::InferenceComponent"):
            if _is(template, logical_id, component.get("InferenceComponentName"), name):
                yield members(component.get("RuntimeConfig"), f"RuntimeConfig of {logical_id}"), "CopyCount"
        return
    variant_name = target.resource_id.rpartition("/")[2]
    for configuration in _configurations(template, target):
        for each in items(configuration.get("ProductionVariants"), f"ProductionVariants of {target.resource_id}"):
            variant = members(each, f"a variant of {target.resource_id}")
            if template.text(variant.get("VariantName")) != variant_name:
                continue
            if kind is Kind.SERVERLESS:
                yield members(variant.get("ServerlessConfig"), "ServerlessConfig"), "ProvisionedConcurrency"
            else:
                yield variant, "InitialInstanceCount"


def _configurations(template: Template, target: Target) -> Iterator[Properties]:
    parts = target.resource_id.split("/")
    if len(parts) < 2:
        return
    for logical_id, endpoint in template.of_type("AWS::SageMaker::Endpoint"):
        if not _is(template, logical_id, endpoint.get("EndpointName"), parts[1]):
            continue
        named = endpoint.get("EndpointConfigName")
        for config_id, configuration in template.of_type("AWS::SageMaker::EndpointConfig"):
            own = configuration.get("EndpointConfigName")
            if template.refers_to(named, config_id) or (own and template.text(own) == template.text(named)):
                yield configuration


def _is(template: Template, logical_id: str, own_name: Any, name: str) -> bool:
    return template.refers_to(name, logical_id) or (own_name is not None and template.text(own_name) == name)
