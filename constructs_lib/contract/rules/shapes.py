"""Each SageMaker resource against its CloudFormation type and the request that CloudFormation makes of it."""

from collections.abc import Iterator

from .._cloudformation import PREFIX, resource_shape
from .._problem import Problem
from .._problem import Rule as Kind
from .._walker import Walk
from . import Fault, Resource, Template, rule

_REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SageMaker.html"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Service.html"

Found = list[tuple[Resource, Problem]]


@rule("SM101", "a property is one that the type has", source=_REFERENCE)
def unknown_property(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "unknown", "take it out, or write the name as the type has it")


@rule("SM102", "what the type or the API asks for is there", source=_REFERENCE)
def missing_property(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "required", "add it")


def _faults(template: Template, kind: Kind, fix: str) -> Iterator[Fault]:
    for resource, problem in template.once(_problems):
        if problem.rule == kind:
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
