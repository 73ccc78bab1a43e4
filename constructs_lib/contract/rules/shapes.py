"""Each SageMaker resource against its CloudFormation type and the request that CloudFormation makes of it."""

from collections.abc import Iterator

from .._cloudformation import PREFIX, resource_shape, resource_types
from .._families import is_new_instance_type
from .._nearest import nearest
from .._problem import Problem
from .._problem import Rule as Kind
from .._walker import Walk
from . import Fault, Resource, Severity, Template, rule

_TYPES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SageMaker.html"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Service.html"

Found = list[tuple[Resource, Problem]]


@rule("SM101", "a property is one that the type has", source=_TYPES)
def unknown_property(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "unknown", "take it out, or write the name as the type has it")


@rule("SM102", "what the type or the API asks for is there", source=_TYPES)
def missing_property(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "required", "add it")


@rule("SM103", "a value is of the kind that the property takes", source=_TYPES)
def wrong_type(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "type", "write a value of that kind")


@rule("SM104", "a value is one of those that the API lists", source=_API)
def unknown_value(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "enum", "write one of those values, in the API's spelling")


@rule("SM105", "a number is in the range that the API gives", source=_API)
def out_of_range(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "range", "write a number in that range")


@rule("SM106", "a text, list or map is as long as the API allows", source=_API)
def wrong_length(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "length", "make it as long as that")


@rule("SM107", "a text has the form that the API gives", source=_API)
def wrong_form(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "pattern", "write it in that form")


@rule("SM108", "a choice between properties is made once", source=_TYPES)
def wrong_choice(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "union", "keep exactly one of them")


@rule("SM109", "an attribute that CloudFormation returns is not set", source=_TYPES)
def read_only(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "read-only", "take it out; read it with Fn::GetAtt")


@rule("SM110", "a member that only the API has is not set in a template", source=_TYPES)
def not_in_cloudformation(template: Template) -> Iterator[Fault]:
    for fault in _faults(template, "api-only", "take it out; only a call of the API can set it"):
        # What has ended has a rule of its own, which says what replaces it.
        if not fault.path.endswith(".AcceleratorType"):
            yield fault


@rule("SM111", "a resource type of SageMaker is one that CloudFormation has", source=_TYPES)
def unknown_resource_type(template: Template) -> Iterator[Fault]:
    for resource in template.resources.values():
        if not resource.type.startswith(PREFIX) or resource.type in resource_types():
            continue
        names = [name.removeprefix(PREFIX) for name in resource_types() if name.startswith(PREFIX)]
        close = nearest(resource.type.removeprefix(PREFIX), names)
        hint = f"; did you mean {PREFIX}{close}?" if close else ""
        yield resource.fault(
            "",
            f"{resource.type} is not a type that CloudFormation knows{hint}",
            fix="write the type's name",
            value=resource.type,
        )


@rule(
    "SM112",
    "an instance type is one that the API model knows",
    source=_API,
    severity=Severity.WARNING,
)
def unknown_family(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "family", "look whether it is misspelt; a new one may need a newer botocore")


def _faults(template: Template, kind: Kind, fix: str) -> Iterator[Fault]:
    for resource, problem in template.once(_problems):
        if ("family" if is_new_instance_type(problem) else problem.rule) == kind:
            yield resource.fault(problem.path, problem.message, fix=fix, value=problem.value)


def _problems(template: Template) -> Found:
    """Every difference of every SageMaker resource, found once for all rules."""
    found: Found = []
    for resource in template.resources.values():
        shape = resource_shape(resource.type) if resource.type.startswith(PREFIX) else None
        if shape is not None:
            walk = Walk(loose=True, by_path=False, skip=resource.skip)
            found += [(resource, problem) for problem in walk.problems(shape, resource.properties)]
    return found
