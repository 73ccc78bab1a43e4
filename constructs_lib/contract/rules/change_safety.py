"""What is right at first and hurts at the second deployment, or when the stack is taken down."""

from collections.abc import Iterator
from typing import Any

from .._structure import ENDPOINT, ENDPOINT_CONFIG, MODEL, PROCESSING_JOB
from . import Fault, Reference, Resource, Severity, Template, rule

_TYPES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
_UPDATES = f"{_GUIDE}/using-cfn-updating-stacks-update-behaviors.html"
_DEFINITION = "AWS::SageMaker::{}JobDefinition"
_DEFINITIONS = tuple(
    _DEFINITION.format(kind) for kind in ("DataQuality", "ModelBias", "ModelExplainability", "ModelQuality")
)

# Types that nearly any change replaces, with what names them; a test compares them with the types' schemas.
FIXED_NAMES = {
    MODEL: "ModelName",
    ENDPOINT_CONFIG: "EndpointConfigName",
    PROCESSING_JOB: "ProcessingJobName",
    **dict.fromkeys(_DEFINITIONS, "JobDefinitionName"),
}
# Types that a change of a tag replaces, with what that does; a test compares them with the types' schemas.
REPLACED_BY_TAGS = {
    **dict.fromkeys(_DEFINITIONS, "replaces the definition"),
    PROCESSING_JOB: "runs the job again",
    "AWS::SageMaker::FeatureGroup": "replaces the feature group, whose online data is lost",
    "AWS::SageMaker::StudioLifecycleConfig": "replaces the configuration",
}


@rule("SM281", "what a change replaces has no fixed name", source=_UPDATES, severity=Severity.WARNING)
def fixed_name(template: Template) -> Iterator[Fault]:
    for resource in template.of_type(*FIXED_NAMES):
        member = FIXED_NAMES[resource.type]
        name = resource.properties.get(member)
        if name is None:
            continue
        if _is_fixed(template, name):
            yield resource.fault(
                member,
                f"{member} should be left out: nearly every change replaces the resource, and the new one cannot have "
                "the name of the old one",
                fix="let CloudFormation name it, and refer to it",
                value=name,
            )
        else:
            resource.skip(member)


def _is_fixed(template: Template, name: Any) -> bool:
    """Whether a stack gives it the same value at each deployment."""
    parts = template.parts(name)
    return bool(parts) and all(
        isinstance(part, str) or (isinstance(part, Reference) and part.logical_id.startswith("AWS::")) for part in parts
    )


@rule(
    "SM282", "what a changed tag replaces has no tags", source=f"{_TYPES}/AWS_SageMaker.html", severity=Severity.WARNING
)
def replacing_tags(template: Template) -> Iterator[Fault]:
    for resource in template.of_type(*REPLACED_BY_TAGS):
        if resource.get("Tags"):
            yield resource.fault(
                "Tags",
                f"Tags should be left out of {resource.type}: a change of them {REPLACED_BY_TAGS[resource.type]}",
                fix="take them out; exclude the type where tags are set for a whole app",
            )


@rule(
    "SM283",
    "subnets are in another stack than endpoints",
    source="https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html",
    severity=Severity.WARNING,
)
def network_beside_endpoint(template: Template) -> Iterator[Fault]:
    if not template.of_type(ENDPOINT):
        return
    for resource in template.of_type(MODEL, ENDPOINT_CONFIG):
        subnets = resource.get("VpcConfig.Subnets")
        own = [name for name in map(_own_subnet(template), subnets if isinstance(subnets, list) else ()) if name]
        if own:
            yield resource.fault(
                "VpcConfig.Subnets",
                f"VpcConfig.Subnets should be of another stack, got {', '.join(own)} of this one: the network "
                "interfaces of a deleted endpoint stay for a while, and the subnets cannot go before them",
                fix="move the network into a stack of its own",
            )


def _own_subnet(template: Template) -> Any:
    def own(value: Any) -> str | None:
        found: Resource | None = template.target(value, "AWS::EC2::Subnet")
        return found.logical_id if found and template.resources.get(found.logical_id) is found else None

    return own
