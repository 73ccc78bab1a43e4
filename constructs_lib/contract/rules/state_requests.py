"""Each SageMaker request in a state machine against the API model, as SageMaker will read it when it runs."""

from collections.abc import Iterator

from .._families import is_new_instance_type
from .._model import raw_model, request_shape
from .._nearest import nearest
from .._problem import Problem
from .._problem import Rule as Kind
from .._walker import Walk
from ..optimized_integration import judged_operations, refused_members
from . import Fault, Request, Severity, Template, requests, rule

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Service.html"
_OPTIMIZED = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html"

# What the optimized integration offers, and which of it waits for the end with `.sync`.
_JOBS = (
    "CreateHyperParameterTuningJob",
    "CreateLabelingJob",
    "CreateProcessingJob",
    "CreateTrainingJob",
    "CreateTransformJob",
)
_ACTIONS = (*_JOBS, "CreateEndpoint", "CreateEndpointConfig", "CreateModel", "UpdateEndpoint")

Found = list[tuple[Request, Problem]]


@rule("ST101", "a member of a request in a state machine is one that the operation has", source=_API)
def unknown_member(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "unknown", "take it out, or write the name as the API has it")


@rule("ST102", "what the operation asks for is in the request of a state machine", source=_API)
def missing_member(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "required", "add it, or fill it in from the input of the state")


@rule("ST103", "a member of a request in a state machine is of the kind that the API takes", source=_API)
def wrong_type(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "type", "write a value of that kind; Step Functions converts nothing")


@rule("ST104", "a member of a request in a state machine is one of the values that the API lists", source=_API)
def unknown_value(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "enum", "write one of those values, in the API's spelling")


@rule("ST105", "a number in a request of a state machine is in the range that the API gives", source=_API)
def out_of_range(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "range", "write a number in that range")


@rule("ST106", "a text, list or map in a request of a state machine is as long as the API allows", source=_API)
def wrong_length(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "length", "make it as long as that")


@rule("ST107", "a text in a request of a state machine has the form that the API gives", source=_API)
def wrong_form(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "pattern", "write it in that form")


@rule("ST108", "a choice in a request of a state machine is made once", source=_API)
def wrong_choice(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "union", "keep exactly one of them")


@rule("ST109", "a task of a state machine names an operation that the integration has", source=_OPTIMIZED)
def unknown_operation(template: Template) -> Iterator[Fault]:
    for request in template.once(requests):
        offered = _offered(request)
        if offered is None:
            request.machine.skip(f"{request.state.path}.Resource")
        elif request.operation not in offered:
            close = nearest(request.operation, offered)
            hint = f"; did you mean {close[0].lower()}{close[1:]}?" if close else ""
            called = f"{'the optimized' if request.optimized else 'the SDK'} integration of {request.service}"
            yield request.machine.fault(
                f"{request.state.path}.Resource",
                f"{request.state.name} calls {request.operation}, which {called} does not have{hint}",
                fix="name an operation of the integration; aws-sdk:sagemaker has all of the API",
                value=request.operation,
            )


@rule("ST110", "a task of a state machine waits only for what the integration can wait for", source=_OPTIMIZED)
def cannot_wait(template: Template) -> Iterator[Fault]:
    for request in template.once(requests):
        by_sdk = not request.optimized and request.pattern in ("sync", "sync:2")
        if by_sdk or (request.pattern == "sync" and request.operation in set(_ACTIONS) - set(_JOBS)):
            yield request.machine.fault(
                f"{request.state.path}.Resource",
                f"{request.state.name} calls {request.operation} with .{request.pattern}, which waits only for "
                f"the optimized jobs {', '.join(_JOBS)}",
                fix="take .sync out, and wait with a Wait state and a Describe call where it matters",
                value=f".{request.pattern}",
            )


@rule(
    "ST111",
    "an instance type in a request of a state machine is one that the API model knows",
    source=_API,
    severity=Severity.WARNING,
)
def unknown_family(template: Template) -> Iterator[Fault]:
    yield from _faults(template, "family", "look whether it is misspelt; a new one may need a newer botocore")


@rule(
    "ST112",
    "a request of the optimized integration has only members that it is known to take",
    source="https://github.com/awsdocs/aws-step-functions-developer-guide/blob/master/doc_source/connect-sagemaker.md",
    severity=Severity.WARNING,
)
def not_of_the_optimized(template: Template) -> Iterator[Fault]:
    """AWS took the lists out of its page in 2024; `optimized_integration.json` says what confirms each member."""
    for request in template.once(requests):
        if not request.optimized or request.operation not in judged_operations():
            continue
        shape = request_shape(request.service, request.operation)
        for path in refused_members(request.operation, request.members or {}):
            # A member that the API does not know either is another rule's.
            if "." in path or shape is None or path in shape.members:
                yield request.machine.fault(
                    f"{request.path}.{path}",
                    f"{request.state.name}: {path} is a member that the optimized integration is not known to take; "
                    "Step Functions refuses the whole state machine for one that it does not know",
                    fix=f"call arn:aws:states:::aws-sdk:sagemaker:{request.operation[0].lower()}"
                    f"{request.operation[1:]}, and wait with a Wait state and a Describe call",
                    value=path,
                )


def _faults(template: Template, kind: Kind, fix: str) -> Iterator[Fault]:
    for request, problem in template.once(_problems):
        if ("family" if is_new_instance_type(problem) else problem.rule) == kind:
            where = problem.path.removeprefix(f"{request.path}.")
            message = f"{request.state.name}: {problem.message.replace(problem.path, where, 1)}"
            yield request.machine.fault(problem.path, message, fix=fix, value=problem.value)


def _problems(template: Template) -> Found:
    """Every difference of every request, found once for all rules."""
    found: Found = []
    for request in template.once(requests):
        if request.members is None or request.operation not in (_offered(request) or ()):
            continue
        shape = request_shape(request.service, request.operation)
        walk = Walk(sdk_names=not request.optimized, skip=request.machine.skip)
        if shape is not None:
            found += [(request, problem) for problem in walk.problems(shape, request.members, request.path)]
    return found


def _offered(request: Request) -> tuple[str, ...] | None:
    """The operations that the integration has; None for a service that botocore does not know."""
    if request.optimized:
        return _ACTIONS
    try:
        return tuple(raw_model(request.service)["operations"])
    except ValueError:
        return None
