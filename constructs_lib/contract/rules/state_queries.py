"""Paths, intrinsic functions and JSONata in state machines."""

from collections.abc import Iterator
from typing import Any

from .._asl import FIELDS, JSONATA, JSONPATH, scopes
from .._nearest import nearest
from .._paths import INTRINSICS, expression_problem, path_problem, value_problem
from .._states import requests
from .._unresolved import is_unresolved
from . import Fault, State, Template, rule, states

_PATHS = "https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html"
_INTRINSICS = "https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html"
_JSONATA = "https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html"

_LANGUAGES = ("JSONPath", "JSONata")
# Any path will do; the others name one place.
_ANY_PATH = ("InputPath", "OutputPath")
# These take a function too.
_PATH_OR_FUNCTION = ("ErrorPath", "CausePath")
_PAYLOADS = ("Parameters", "ResultSelector", "ItemSelector", "Credentials", "Assign")


@rule("SF151", "a path of a state is a path", source=_PATHS)
def malformed_path(template: Template) -> Iterator[Fault]:
    for state, path, key, value in _path_fields(template):
        # InputPath, OutputPath and ResultPath may be null: nothing, or what came in.
        if value is None and key in (*_ANY_PATH, "ResultPath"):
            continue
        problem = f"got {value!r}" if not isinstance(value, str) else None
        if isinstance(value, str) and key in _PATH_OR_FUNCTION:
            problem = value_problem(value)
        elif isinstance(value, str):
            problem = path_problem(value)
        if problem:
            yield state.machine.fault(
                path, f"{key} of {state.name} must be a path such as $.name, got {value!r}: {problem}",
                fix="write a path that begins with $", value=value,
            )  # fmt: skip


@rule("SF152", "a path that says where something is names one place", source=_PATHS)
def several_places(template: Template) -> Iterator[Fault]:
    for state, path, key, value in _path_fields(template):
        if key in (*_ANY_PATH, *_PATH_OR_FUNCTION, "ItemsPath") or not isinstance(value, str) or path_problem(value):
            continue
        problem = path_problem(value, reference=True)
        if problem:
            yield state.machine.fault(
                path,
                f"{key} of {state.name} must name one place, got {value!r}: {problem}",
                fix="write names and indices only, such as $.results[0]",
                value=value,
            )


@rule("SF153", "a member that ends in .$ holds a path or an intrinsic function", source=_PATHS)
def malformed_value(template: Template) -> Iterator[Fault]:
    for state, path, value in _filled(template):
        problem = value_problem(value) if isinstance(value, str) else "it is no text"
        if problem and "is not an intrinsic function" not in problem:
            yield state.machine.fault(
                path,
                f"{path.rpartition('.$')[0].rpartition('.')[2]}.$ of {state.name} must be a path or an intrinsic "
                f"function, got {value!r}: {problem}",
                fix="write a path such as $.name or a call such as States.Format('{}', $.name), or take .$ off the key",
                value=value,
            )


@rule("SF154", "an intrinsic function is one that Step Functions has", source=_INTRINSICS)
def unknown_function(template: Template) -> Iterator[Fault]:
    for state, path, value in _filled(template):
        problem = value_problem(value) if isinstance(value, str) else None
        if problem and "is not an intrinsic function" in problem:
            close = nearest(problem.split()[0], INTRINSICS)
            hint = f"; did you mean {close}?" if close else ""
            yield state.machine.fault(
                path, f"{state.name}: {problem}{hint}", fix="write one of the functions of Step Functions", value=value
            )


@rule("SF155", "a state has no fields of the other query language", source=_JSONATA)
def other_language(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        fields = FIELDS.get(str(state.body.get("Type")), "").split()
        own, other = ("JSONata", JSONPATH) if state.jsonata else ("JSONPath", JSONATA)
        for key in state.body:
            # A Map state of JSONPath takes its items from ItemsPath; Items is of JSONata.
            if key in other and key in fields:
                yield state.machine.fault(
                    f"{state.path}.{key}",
                    f"{key} is of {'JSONPath' if state.jsonata else 'JSONata'}, and {state.name} is written in {own}",
                    fix="write it in one language, or set QueryLanguage of the state",
                    value=state.body[key],
                )


@rule("SF156", "a state of JSONata has no keys that end in .$", source=_JSONATA)
def path_in_jsonata(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        for field in ("Arguments", "Output", "Assign", "ItemSelector", "Credentials") if state.jsonata else ():
            for path, key, value in _members(state.body.get(field), f"{state.path}.{field}"):
                # A text without a dollar sign is a member of that name: odd, and no path.
                if key.endswith(".$") and isinstance(value, str) and value.startswith(("$", "States.")):
                    yield state.machine.fault(
                        path,
                        f"{key} of {state.name} must not end in .$, since the state is written in JSONata",
                        fix=f"write {key.removesuffix('.$')} and an expression between {{% and %}}",
                        value=value,
                    )


@rule("SF157", "an expression of JSONata is between {% and %}, and its brackets are closed", source=_JSONATA)
def malformed_expression(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        if not state.jsonata:
            continue
        for field, content in state.body.items():
            if field in ("Comment", "Branches", "ItemProcessor", "Iterator", "Type", "Next", "Resource"):
                continue
            for path, text in _texts(content, f"{state.path}.{field}"):
                problem = expression_problem(text) if "${Token[" not in text else None
                if problem:
                    yield state.machine.fault(
                        path, f"{state.name}: an expression is not complete, got {text[:120]!r}: {problem}",
                        fix="write {% expression %}", value=text,
                    )  # fmt: skip


@rule("SF158", "the query language is JSONPath or JSONata", source=_JSONATA)
def unknown_language(template: Template) -> Iterator[Fault]:
    given = [(scope.machine, scope.path, scope.body) for scope in template.once(scopes)]
    for machine, path, body in (*given, *((state.machine, state.path, state.body) for state in template.once(states))):
        value = body.get("QueryLanguage", "JSONPath")
        if value not in _LANGUAGES and not is_unresolved(value):
            yield machine.fault(
                f"{path}.QueryLanguage",
                f"QueryLanguage must be one of {', '.join(_LANGUAGES)}, got {value!r}",
                fix="write one of those",
                value=value,
            )


@rule("SF159", "a state machine of JSONata has no states of JSONPath", source=_JSONATA)
def back_to_paths(template: Template) -> Iterator[Fault]:
    of_jsonata = {
        scope.machine.logical_id
        for scope in template.once(scopes)
        if "." not in scope.path and scope.body.get("QueryLanguage") == "JSONata"
    }
    for state in template.once(states):
        if state.machine.logical_id in of_jsonata and state.body.get("QueryLanguage") == "JSONPath":
            yield state.machine.fault(
                f"{state.path}.QueryLanguage",
                f"{state.name} must not be of JSONPath, since the state machine is of JSONata",
                fix="write the state in JSONata, or let the machine be of JSONPath and single states of JSONata",
                value="JSONPath",
            )


@rule("SF160", "what begins like a path in a request is filled in", source=_PATHS)
def path_as_text(template: Template) -> Iterator[Fault]:
    for request in template.once(requests):
        if request.state.jsonata or request.members is None:
            continue
        for path, text in _texts(request.members, request.path):
            # `$.name` is never what the API asks for; `$` alone may be.
            if text.startswith(("$.", "$$.")) and path_problem(text) is None:
                key = path.rpartition(".")[2]
                yield request.machine.fault(
                    path,
                    f"{key} of {request.state.name} holds the text {text!r} itself: only a key that ends in .$ is "
                    "filled in",
                    fix=f"write {key}.$",
                    value=text,
                )


def _path_fields(template: Template) -> Iterator[tuple[State, str, str, Any]]:
    """Each field of a state that holds a path: state, where, name, value."""
    for state in template.once(states):
        fields = FIELDS.get(str(state.body.get("Type")), "").split()
        if state.jsonata:
            continue
        for key, value in state.body.items():
            if key.endswith("Path") and key in fields and not is_unresolved(value):
                yield state, f"{state.path}.{key}", key, value
        catches = state.body.get("Catch")
        for index, item in enumerate(catches if isinstance(catches, list) else ()):
            if isinstance(item, dict) and "ResultPath" in item and not is_unresolved(item["ResultPath"]):
                yield state, f"{state.path}.Catch[{index}].ResultPath", "ResultPath", item["ResultPath"]


def _filled(template: Template) -> Iterator[tuple[State, str, Any]]:
    """Each member that ends in `.$` of a state: state, where, value."""
    for state in template.once(states):
        for field in _PAYLOADS if not state.jsonata else ():
            for path, key, value in _members(state.body.get(field), f"{state.path}.{field}"):
                if key.endswith(".$") and not is_unresolved(value):
                    yield state, path, value


def _members(value: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    """Each member of *value* at any depth: where, key, value."""
    if isinstance(value, dict) and not is_unresolved(value):
        for key, inner in value.items():
            yield f"{path}.{key}", key, inner
            yield from _members(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _members(inner, f"{path}[{index}]")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Each text in *value* that is not under a key that ends in `.$`, and where it is."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict) and not is_unresolved(value):
        for key, inner in value.items():
            if not key.endswith(".$"):
                yield from _texts(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{index}]")
