"""The states of the state machines in a template, and the calls of SageMaker that they make.

A definition is text with references in it, or an object. Here it is an object in which each reference is a function of
CloudFormation again, so that what is known only at deployment is told as in any property.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ._functions import pieces
from ._json import parsed
from ._model import service_of_sdk
from ._template import Resource, Template
from ._unresolved import is_unresolved

STATE_MACHINE = "AWS::StepFunctions::StateMachine"

_RESOURCE = re.compile(
    r"arn:.*:states:::(?P<sdk>aws-sdk:)?(?P<service>sagemaker\w*):(?P<action>\w+)(\.(?P<pattern>[\w:]+))?"
)
_PLACEHOLDER = re.compile(r"(\$\{Token\[definition\.\d+\]\})")
_QUOTE = re.compile(r'\\.|"', re.DOTALL)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One state, wherever it is nested.

    Attributes:
        machine: The state machine.
        name: Its name.
        path: Where its definition is, as in `DefinitionString.States.Train`.
        body: Its definition.
        jsonata: Whether it is written in JSONata rather than JSONPath.
    """

    machine: Resource = field(repr=False)
    name: str
    path: str
    body: Json
    jsonata: bool


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One call of SageMaker.

    Attributes:
        state: The state that makes it.
        service: As botocore names it: `sagemaker`, `sagemaker-runtime`.
        operation: As the API names it if it has it: `CreateTrainingJob`.
        optimized: Whether it goes through the optimized integration rather than the SDK integration.
        pattern: As in the ARN: `sync`, `waitForTaskToken`, or empty.
        path: Where its members are, as in `DefinitionString.States.Train.Arguments`.
        members: The members, with `.$` where a path fills one in; None where they are known only when it runs.
    """

    state: State
    service: str
    operation: str
    optimized: bool
    pattern: str
    path: str
    members: Json | None

    @property
    def machine(self) -> Resource:
        """The state machine."""
        return self.state.machine


def states(template: Template) -> list[State]:
    """Every state of every state machine; use it through `template.once`."""
    return [state for machine in template.of_type(STATE_MACHINE) for state in _states(machine)]


def requests(template: Template) -> list[Request]:
    """Every call of SageMaker in every state machine; use it through `template.once`."""
    calls = (_request(state) for state in template.once(states))
    return [call for call in calls if call is not None]


def definition(machine: Resource) -> tuple[str, Json] | None:
    """The property that holds the definition, and the definition; None where it is not JSON or not in the template."""
    values = machine.properties.get("DefinitionSubstitutions")
    substitutions = values if isinstance(values, dict) else {}
    if "DefinitionString" in machine.properties:
        path, found = "DefinitionString", _read(machine.properties["DefinitionString"], substitutions)
    else:
        path, found = "Definition", _filled_in(machine.properties.get("Definition"), substitutions)
    return (path, found) if isinstance(found, dict) and not is_unresolved(found) else None


def _states(machine: Resource) -> Iterator[State]:
    found = definition(machine)
    if found is None:
        machine.skip("DefinitionString" if "DefinitionString" in machine.properties else "Definition")
        return
    path, content = found
    yield from _below(machine, content, path, content.get("QueryLanguage") == "JSONata")


def _below(machine: Resource, content: Any, path: str, jsonata: bool) -> Iterator[State]:
    named = content.get("States") if isinstance(content, dict) else None
    for name, body in named.items() if isinstance(named, dict) else ():
        if not isinstance(body, dict) or is_unresolved(body):
            continue
        here = f"{path}.States.{name}"
        own = body["QueryLanguage"] == "JSONata" if "QueryLanguage" in body else jsonata
        yield State(machine, name, here, body, own)
        branches = body.get("Branches")
        for index, branch in enumerate(branches if isinstance(branches, list) else ()):
            yield from _below(machine, branch, f"{here}.Branches[{index}]", jsonata)
        for key in ("ItemProcessor", "Iterator"):
            yield from _below(machine, body.get(key), f"{here}.{key}", jsonata)


def _request(state: State) -> Request | None:
    resource = state.body.get("Resource")
    # The partition is a reference as a rule; what matters follows it.
    text = "".join(piece if isinstance(piece, str) else "*" for piece in pieces(resource))
    match = _RESOURCE.fullmatch(text)
    if state.body.get("Type") != "Task" or match is None:
        return None
    key = "Arguments" if state.jsonata else "Parameters"
    path = f"{state.path}.{key}"
    members = state.body.get(key)
    if not isinstance(members, dict) or is_unresolved(members):
        # Without it the input of the state is the request.
        state.machine.skip(path)
        members = None
    operation = match["action"][:1].upper() + match["action"][1:]
    return Request(
        state, service_of_sdk(match["service"]), operation, not match["sdk"], match["pattern"] or "", path, members
    )


def _read(value: Any, substitutions: Json) -> Any:
    """The definition that a text, whole or with functions in it, holds; None where it is not JSON."""
    text, functions, _ = _marked(value, substitutions)
    try:
        return _restored(parsed(text), functions)
    except ValueError:
        return None


def definition_text(machine: Resource) -> str | None:
    """The text of DefinitionString, a mark in the place of each reference.

    None where there is none, and where a reference stands outside the quotes, since it may then be any part of it.
    """
    values = machine.properties.get("DefinitionSubstitutions")
    given = machine.properties.get("DefinitionString")
    if given is None:
        return None
    text, _, bare = _marked(given, values if isinstance(values, dict) else {})
    return None if bare else text


def _marked(value: Any, substitutions: Json) -> tuple[str, list[Any], bool]:
    """The text with a mark in the place of each function, the functions, and whether one stands outside of quotes."""
    functions: list[Any] = []
    text = ""
    quoted = bare = False
    for piece in (inner for outer in pieces(value) for inner in _filled(outer, substitutions)):
        if isinstance(piece, str):
            text += piece
            quoted ^= len([quote for quote in _QUOTE.findall(piece) if quote == '"']) % 2 == 1
        else:
            mark = f"${{Token[definition.{len(functions)}]}}"
            text += mark if quoted else f'"{mark}"'
            bare |= not quoted
            functions.append(piece)
    return text, functions, bare


def _filled(piece: Any, substitutions: Json) -> Iterator[Any]:
    """*piece* with the `${name}` in it that DefinitionSubstitutions fills in."""
    if not isinstance(piece, str) or not substitutions:
        yield piece
        return
    names = "|".join(map(re.escape, substitutions))
    for index, part in enumerate(re.split(rf"\$\{{({names})\}}", piece)):
        if index % 2 == 0:
            yield part
            continue
        value = substitutions[part]
        if isinstance(value, (bool, int, float)):
            yield str(value).lower()
        else:
            yield from pieces(value)


def _filled_in(value: Any, substitutions: Json) -> Any:
    """A definition that is an object, with DefinitionSubstitutions filled into its texts."""
    if isinstance(value, list):
        return [_filled_in(item, substitutions) for item in value]
    if isinstance(value, dict):
        return {name: _filled_in(item, substitutions) for name, item in value.items()}
    parts = list(_filled(value, substitutions))
    return value if parts == [value] else _joined(parts)


def _restored(value: Any, functions: list[Any]) -> Any:
    """*value* with the functions back in the places that hold their marks."""
    if isinstance(value, list):
        return [_restored(item, functions) for item in value]
    if isinstance(value, dict):
        return {name: _restored(item, functions) for name, item in value.items()}
    if not isinstance(value, str) or "${Token[definition." not in value:
        return value
    parts = _PLACEHOLDER.split(value)
    return _joined([functions[int(re.sub(r"\D", "", part))] if index % 2 else part for index, part in enumerate(parts)])


def _joined(parts: list[Any]) -> Any:
    kept = [part for part in parts if part != ""]
    if all(isinstance(part, str) for part in kept):
        return "".join(kept)
    return kept[0] if len(kept) == 1 else {"Fn::Join": ["", kept]}
