"""What an inference component runs, what it needs of the machines, and where it goes."""

from collections.abc import Iterator

from .._nearest import nearest
from .._structure import ENDPOINT, ENDPOINT_CONFIG, Structure, components, meant, repeated
from . import Fault, Template, number, rule

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_SPECIFICATION = f"{_API}/API_InferenceComponentSpecification.html"
_COMPONENTS = "https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html"


def _specifications(component: Structure) -> list[Structure]:
    # Both together are a wrong choice, which the shape rules say.
    if component.has("Specification") and component.has("Specifications"):
        return []
    one = component.below("Specification")
    return [*([one] if one.values else ()), *component.items("Specifications")]


@rule("SM271", "an adapter takes no machines of its own", source=_SPECIFICATION)
def adapter_compute(template: Template) -> Iterator[Fault]:
    for component in components(template):
        for specification in _specifications(component):
            if specification.has("BaseInferenceComponentName") and specification.has("ComputeResourceRequirements"):
                yield specification.fault(
                    "ComputeResourceRequirements",
                    "ComputeResourceRequirements must not be beside BaseInferenceComponentName: an adapter uses what "
                    "its base has",
                    fix="take it out",
                )


@rule("SM272", "a component that is no adapter says what it takes of a machine", source=_SPECIFICATION)
def base_compute(template: Template) -> Iterator[Fault]:
    for component in components(template):
        # An update may leave out what stays.
        if component.operation == "UpdateInferenceComponent":
            continue
        for specification in _specifications(component):
            if specification.lacks("BaseInferenceComponentName", "ComputeResourceRequirements"):
                yield specification.fault(
                    "ComputeResourceRequirements",
                    "ComputeResourceRequirements must be given for a component that is no adapter, got none",
                    fix="write at least MinMemoryRequiredInMb",
                )


@rule("SM273", "an adapter says where it lies", source=_SPECIFICATION)
def adapter_artifact(template: Template) -> Iterator[Fault]:
    for component in components(template):
        for specification in _specifications(component):
            if specification.has("BaseInferenceComponentName") and specification.lacks("Container.ArtifactUrl"):
                yield specification.fault(
                    "Container.ArtifactUrl",
                    "Container.ArtifactUrl must say where the adapter lies, got none",
                    fix="write its location in S3",
                )


@rule("SM274", "a component that is no adapter runs a model or an image", source=_SPECIFICATION)
def model_or_image(template: Template) -> Iterator[Fault]:
    for component in components(template):
        if component.operation == "UpdateInferenceComponent":
            continue
        for specification in _specifications(component):
            if specification.lacks("BaseInferenceComponentName", "ModelName", "Container.Image"):
                yield specification.fault(
                    "ModelName",
                    "a component must have ModelName, Container.Image, or BaseInferenceComponentName, got none",
                    fix="name a model, or write the image that it runs",
                )


@rule("SM275", "a component goes to a variant without a model of its own", source=_COMPONENTS)
def variant_with_model(template: Template) -> Iterator[Fault]:
    for component, config in _placed(template):
        name = component.get("VariantName")
        for variant in config.items("ProductionVariants"):
            if isinstance(name, str) and variant.get("VariantName") == name and variant.has("ModelName"):
                yield component.fault(
                    "VariantName",
                    f"VariantName must be of a variant without ModelName, got {name!r}, which has a model",
                    fix="take ModelName out of the variant, and give the configuration ExecutionRoleArn",
                    value=name,
                )


@rule(
    "SM276", "a component goes to a variant that its endpoint has", source=f"{_API}/API_CreateInferenceComponent.html"
)
def unknown_variant(template: Template) -> Iterator[Fault]:
    for component, config in _placed(template):
        name, listed = component.get("VariantName"), config.get("ProductionVariants")
        names = [variant.get("VariantName") for variant in config.items("ProductionVariants")]
        literal = [one for one in names if isinstance(one, str)]
        if not isinstance(name, str) or not isinstance(listed, list) or len(literal) != len(listed) or name in literal:
            continue
        close = nearest(name, literal)
        hint = f"; did you mean {close!r}" if close else ""
        yield component.fault(
            "VariantName",
            f"VariantName must be one of {', '.join(literal)}, the variants of the endpoint, got {name!r}{hint}",
            fix="name a variant of the endpoint's configuration",
            value=name,
        )


def _placed(template: Template) -> Iterator[tuple[Structure, Structure]]:
    """Each component whose endpoint and its configuration are in the template, with the configuration."""
    for component in components(template):
        endpoint = meant(component, "EndpointName", ENDPOINT)
        config = meant(endpoint, "EndpointConfigName", ENDPOINT_CONFIG) if endpoint else None
        if config:
            yield component, config


@rule(
    "SM277",
    "a component's least memory is not above its most",
    source=f"{_API}/API_InferenceComponentComputeResourceRequirements.html",
)
def memory_range(template: Template) -> Iterator[Fault]:
    for component in components(template):
        for specification in _specifications(component):
            needs = specification.below("ComputeResourceRequirements")
            least, most = (number(needs.get(f"{bound}MemoryRequiredInMb")) for bound in ("Min", "Max"))
            if least is not None and most is not None and least > most:
                yield needs.fault(
                    "MinMemoryRequiredInMb",
                    f"MinMemoryRequiredInMb must not exceed MaxMemoryRequiredInMb ({most}), got {least}",
                    fix="lower it, or raise MaxMemoryRequiredInMb",
                    value=least,
                )


@rule("SM278", "each specification of a component is for another instance type", source=_COMPONENTS)
def unique_types(template: Template) -> Iterator[Fault]:
    for component in components(template):
        for specification, kind in repeated(component.items("Specifications"), "InstanceType"):
            yield specification.fault(
                "InstanceType",
                f"InstanceType must differ between Specifications, got {kind!r} twice",
                fix="write one specification for each type",
                value=kind,
            )
