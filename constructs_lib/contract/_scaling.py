"""What Application Auto Scaling scales in a template, as far as the template tells: endpoint, variant, component."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ._template import UNKNOWN, Reference, Resource, Template, known, member

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ENDPOINT = "AWS::SageMaker::Endpoint"
CONFIG = "AWS::SageMaker::EndpointConfig"
COMPONENT = "AWS::SageMaker::InferenceComponent"

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
COPIES = "sagemaker:inference-component:DesiredCopyCount"

Json = dict[str, Any]
Parts = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A thing that a scalable target, or a policy that spells its target out, names.

    Attributes:
        parts: The resource id taken apart.
        kind: `variant`, `component`, or empty where the resource id is neither or is not known.
        readable: Whether all of the resource id is literal or refers to a resource at hand.
        endpoint: The endpoint, where the templates at hand have it.
        by_name: Whether the endpoint or component is named by a text rather than by a reference.
        component: The inference component, where the templates at hand have it.
        variant_name: The name of the variant, where it is literal.
    """

    parts: Parts
    kind: str = ""
    readable: bool = False
    endpoint: Resource | None = None
    by_name: bool = False
    component: Resource | None = None
    variant_name: str | None = None

    @property
    def config(self) -> Resource | None:
        """The configuration of the endpoint."""
        return config_of(self.endpoint) if self.endpoint is not None else None

    @property
    def variant(self) -> Json | None:
        """The variant in the configuration; None where either is not known or has no such variant."""
        return variant_of(self.config, self.variant_name)

    @property
    def is_asynchronous(self) -> bool:
        """Whether the endpoint is known to be asynchronous."""
        return is_asynchronous(self.config)

    @property
    def is_plain(self) -> bool:
        """Whether the variant is known to hold a model on machines of its own whose caller waits."""
        variant, config = self.variant, self.config
        if variant is None or config is None or "AsyncInferenceConfig" in config.properties:
            return False
        return "ModelName" in variant and not {"ServerlessConfig", "ManagedInstanceScaling"} & set(variant)

    def written(self) -> str:
        """The resource id as one would write it in `Fn::Sub`."""
        return written(self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """One scalable target of SageMaker.

    Attributes:
        resource: The scalable target.
        scaled: What it scales.
        dimension: The scalable dimension, where it is literal.
    """

    resource: Resource
    scaled: Scaled
    dimension: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """One scaling policy of SageMaker.

    Attributes:
        resource: The policy.
        target: The scalable target, where the template has it.
        scaled: What is scaled; None where it is not known.
        dimension: The scalable dimension, where it is known.
    """

    resource: Resource = field(repr=False)
    target: Target | None
    scaled: Scaled | None
    dimension: str | None


def targets(template: Template) -> list[Target]:
    """Every scalable target of SageMaker; use it through `template.once`."""
    found = []
    for resource in template.of_type(TARGET):
        scaled = _scaled(template, resource)
        if _is_sagemaker(resource, scaled):
            dimension = resource.get("ScalableDimension")
            found.append(Target(resource, scaled, dimension if isinstance(dimension, str) else None))
    return found


def policies(template: Template) -> list[Policy]:
    """Every scaling policy of SageMaker; use it through `template.once`."""
    return [policy for resource in template.of_type(POLICY) if (policy := _policy(template, resource)) is not None]


def _policy(template: Template, resource: Resource) -> Policy | None:
    if "ScalingTargetId" in resource.properties:
        meant = template.target(resource.properties["ScalingTargetId"], TARGET)
        for target in template.once(targets):
            if target.resource is meant:
                return Policy(resource, target, target.scaled, target.dimension)
        return None
    scaled = _scaled(template, resource)
    if not _is_sagemaker(resource, scaled):
        return None
    dimension = resource.get("ScalableDimension")
    for target in template.once(targets):
        if target.scaled.parts == scaled.parts and target.dimension == dimension:
            return Policy(resource, target, scaled, target.dimension)
    return Policy(resource, None, scaled, dimension if isinstance(dimension, str) else None)


def config_of(endpoint: Resource) -> Resource | None:
    """The configuration of an endpoint, where the templates at hand have it."""
    value = endpoint.properties.get("EndpointConfigName")
    meant = endpoint.template.target(value, CONFIG)
    if meant is not None or not isinstance(value, str):
        return meant
    return _named(endpoint.template, CONFIG, "EndpointConfigName", value)


def variants_of(config: Resource | None) -> list[Json] | None:
    """The production variants; None where they, or the name of one, are not known."""
    listed = config.get("ProductionVariants") if config is not None else None
    if not isinstance(listed, list):
        return None
    variants = [variant for variant in listed if isinstance(variant, dict)]
    if len(variants) != len(listed) or not all(isinstance(member(item, "VariantName"), str) for item in variants):
        return None
    return variants


def variant_of(config: Resource | None, name: str | None) -> Json | None:
    """The variant of that name; None where there is none or it is not known."""
    return next((item for item in variants_of(config) or () if item["VariantName"] == name), None)


def is_asynchronous(config: Resource | None) -> bool:
    """Whether an endpoint configuration is known to be of an asynchronous endpoint."""
    return config is not None and isinstance(config.get("AsyncInferenceConfig"), dict)


def endpoint_of(template: Template, value: Any) -> Resource | None:
    """The endpoint whose name *value* is, where the templates at hand have it."""
    if isinstance(value, str):
        return _named(template, ENDPOINT, "EndpointName", value)
    return template.target(value, ENDPOINT)


def written(parts: Parts) -> str:
    """Parts of a text as one would write them in `Fn::Sub`."""
    return "".join(_written(part) for part in parts)


def _written(part: Any) -> str:
    if isinstance(part, Reference):
        return f"${{{part.logical_id}{'.' if part.attribute else ''}{part.attribute}}}"
    return part if isinstance(part, str) else "…"


def _is_sagemaker(resource: Resource, scaled: Scaled) -> bool:
    namespace, dimension = resource.get("ServiceNamespace"), resource.get("ScalableDimension")
    return namespace == "sagemaker" or str(dimension).startswith("sagemaker:") or scaled.kind != ""


def _scaled(template: Template, resource: Resource) -> Scaled:
    parts = tuple(template.parts(resource.properties.get("ResourceId")))
    readable = bool(parts) and all(
        isinstance(part, str) or (isinstance(part, Reference) and part.resource is not None) for part in parts
    )
    match _segments(parts):
        case [["endpoint"], [*name], ["variant"], [*variant]] if name and variant:
            endpoint = _meant(template, name, ENDPOINT, "EndpointName")
            literal = variant[0] if len(variant) == 1 and isinstance(variant[0], str) else None
            return Scaled(parts, "variant", readable, endpoint, _is_text(name), variant_name=literal)
        case [["inference-component"], [*name]] if name:
            component = _meant(template, name, COMPONENT, "InferenceComponentName")
            endpoint = endpoint_of(component.template, component.properties.get("EndpointName")) if component else None
            variant_name = component.get("VariantName") if component is not None else None
            literal = variant_name if isinstance(variant_name, str) else None
            return Scaled(parts, "component", readable, endpoint, _is_text(name), component, literal)
    return Scaled(parts, readable=readable)


def _segments(parts: Parts) -> list[list[Any]]:
    """The parts between the slashes."""
    segments: list[list[Any]] = [[]]
    for part in parts:
        texts = part.split("/") if isinstance(part, str) else [part]
        for index, text in enumerate(texts):
            if index:
                segments.append([])
            if text != "":
                segments[-1].append(text)
    return segments


def _is_text(name: list[Any]) -> bool:
    return len(name) == 1 and isinstance(name[0], str)


def _meant(template: Template, name: list[Any], type: str, attribute: str) -> Resource | None:
    if _is_text(name):
        return _named(template, type, attribute, name[0])
    (only, *more) = name
    resource = only.resource if isinstance(only, Reference) and not more else None
    return resource if resource is not None and resource.type == type else None


def _named(template: Template, type: str, attribute: str, name: str) -> Resource | None:
    return next((resource for resource in template.of_type(type) if resource.get(attribute) == name), None)


def references(template: Template, value: Any) -> Iterator[Reference]:
    """Every reference in *value*, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from references(template, item)
    elif isinstance(value, dict) and not known(value):
        found = [part for part in template.parts(value) if part is not UNKNOWN and isinstance(part, Reference)]
        yield from found
        if not found:
            yield from references(template, list(value.values()))
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(template, item)
