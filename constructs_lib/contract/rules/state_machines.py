"""State machines as graphs: where they start, where each state goes, and how it ends."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .._asl import Scope, scopes, targets, terminal
from .._json import parsed
from .._nearest import nearest
from .._states import STATE_MACHINE, definition_text
from .._structure import Structure
from .._unresolved import is_unresolved
from . import Fault, Resource, Severity, Template, number, rule, states

_SPEC = "https://states-language.net/spec.html"
_STRUCTURE = "https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html"
_QUOTAS = "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"
_RESOURCE = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-stepfunctions-statemachine.html"
)

_DEFINITIONS = ("Definition", "DefinitionString", "DefinitionS3Location")
_LONGEST_NAME = 80
_LONGEST_DEFINITION = 1024 * 1024
_MACHINE = ("StartAt", "States", "Comment", "Version", "TimeoutSeconds", "QueryLanguage")
_INNER = ("StartAt", "States", "Comment", "QueryLanguage", "ProcessorConfig")


@rule("SF101", "the definition of a state machine is a JSON object", source=_STRUCTURE)
def not_json(template: Template) -> Iterator[Fault]:
    for machine in template.of_type(STATE_MACHINE):
        text = definition_text(machine)
        if text is None:
            continue
        problem = _json_problem(text)
        if problem:
            yield machine.fault(
                "DefinitionString",
                f"the definition must be a JSON object; {problem}",
                fix="write the definition as JSON, or as an object in Definition",
                value=text[:200],
            )


def _json_problem(text: str) -> str | None:
    try:
        value = parsed(text)
    except ValueError as error:
        return str(error)
    # A text of one reference is a definition from elsewhere.
    if isinstance(value, dict) or is_unresolved(value):
        return None
    return f"it is {text[:80]}"


@rule("SF102", "a state machine, a branch and a map say where they start and which states they have", source=_STRUCTURE)
def no_start(template: Template) -> Iterator[Fault]:
    for scope in template.once(scopes):
        for key, kind, word in (("StartAt", str, "the name of a state"), ("States", dict, "an object with a state")):
            value = scope.body.get(key)
            if is_unresolved(value) or (isinstance(value, kind) and value):
                continue
            yield scope.machine.fault(
                f"{scope.path}.{key}", f"{key} must be {word}, got {value!r}", fix=f"add {key}", value=value
            )


@rule("SF103", "a state machine starts at a state that it has", source=_STRUCTURE)
def unknown_start(template: Template) -> Iterator[Fault]:
    for scope in template.once(scopes):
        start, named = scope.body.get("StartAt"), scope.body.get("States")
        if not isinstance(start, str) or not isinstance(named, dict) or not named:
            continue
        if not is_unresolved(start) and not is_unresolved(named) and start not in named:
            yield _unknown_target(scope, "StartAt", start)


@rule("SF104", "a state goes to a state beside it", source=_STRUCTURE)
def unknown_target(template: Template) -> Iterator[Fault]:
    for scope in template.once(scopes):
        for name, state in scope.states.items():
            for key, target in targets(state):
                if isinstance(target, str) and not is_unresolved(target) and target not in scope.body["States"]:
                    yield _unknown_target(scope, f"States.{name}.{key}", target)


def _unknown_target(scope: Scope, where: str, target: str) -> Fault:
    close = nearest(target, scope.body["States"])
    hint = f"; did you mean {close!r}?" if close else ""
    return scope.machine.fault(
        f"{scope.path}.{where}",
        f"{where} must be a state of the same States, got {target!r}{hint}",
        fix="name a state beside it; a branch cannot leave its Parallel or Map",
        value=target,
    )


@rule("SF105", "each state can be reached", source=_SPEC)
def unreachable(template: Template) -> Iterator[Fault]:
    for scope in template.once(scopes):
        start = scope.body.get("StartAt")
        if not scope.complete or not isinstance(start, str) or start not in scope.states:
            continue
        reached, waiting = set(), [start]
        while waiting:
            name = waiting.pop()
            if name not in reached and name in scope.states:
                reached.add(name)
                waiting += [target for _, target in targets(scope.states[name]) if isinstance(target, str)]
        for name in scope.states:
            if name not in reached:
                yield scope.machine.fault(
                    f"{scope.path}.States.{name}",
                    f"no way leads from {start!r} to the state {name!r}",
                    fix="let a state go to it, or take it out",
                    value=name,
                )


@rule("SF106", "a state machine can end", source=_SPEC, severity=Severity.WARNING)
def endless(template: Template) -> Iterator[Fault]:
    for scope in template.once(scopes):
        # A state without Next is another rule's: what was meant is not known.
        goes = all("Next" in state or state.get("Type") == "Choice" for state in scope.states.values())
        if scope.complete and scope.states and goes and not any(map(terminal, scope.states.values())):
            yield scope.machine.fault(
                f"{scope.path}.States",
                "no state ends the execution: none is a Succeed or Fail state or has End true",
                fix="let a state end",
            )


@rule("SF107", "a state either goes on or ends", source=_SPEC)
def next_and_end(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        if state.body.get("Type") not in ("Pass", "Task", "Wait", "Parallel", "Map"):
            continue
        end = state.body.get("End")
        if ("Next" in state.body) != (end is True) or is_unresolved(end):
            continue
        got = "both" if end is True else "neither"
        yield state.machine.fault(
            state.path,
            f"{state.name} must have exactly one of Next and End: true, got {got}",
            fix="keep one of them" if end is True else "name the state that follows, or set End to true",
        )


@rule("SF112", "each state has a name of its own in the whole state machine", source=_SPEC)
def duplicate_name(template: Template) -> Iterator[Fault]:
    for machine in template.of_type(STATE_MACHINE):
        mine = [state for state in template.once(states) if state.machine is machine]
        counts = Counter(state.name for state in mine)
        repeated = {name for name, count in counts.items() if count > 1} | set(_written_twice(machine))
        for name in sorted(repeated):
            path = next((state.path for state in reversed(mine) if state.name == name), "DefinitionString")
            yield machine.fault(
                path,
                f"the state name {name!r} is used more than once in the state machine",
                fix="give each state a name of its own, also in other branches",
                value=name,
            )


def _written_twice(machine: Resource) -> Iterator[str]:
    """The names of states that one object of the text has twice: JSON keeps the last, and says nothing."""
    text = definition_text(machine)
    twice: list[str] = []

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for name, count in Counter(name for name, _ in pairs).items():
            if count > 1 and all(isinstance(value, dict) and "Type" in value for key, value in pairs if key == name):
                twice.append(name)
        return dict(pairs)

    if text is not None and _json_problem(text) is None:
        json.loads(text, object_pairs_hook=read)
    yield from twice


@rule("SF113", "the name of a state has at most 80 characters", source=_QUOTAS)
def long_name(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        if not 1 <= len(state.name) <= _LONGEST_NAME and not is_unresolved(state.name):
            yield state.machine.fault(
                state.path,
                f"the name of a state must have 1 to {_LONGEST_NAME} characters, got {len(state.name)}",
                fix="shorten it",
                value=state.name,
            )


@rule("SF114", "a member of a state machine or of a branch is one that the language has", source=_STRUCTURE)
def unknown_member(template: Template) -> Iterator[Fault]:
    for scope in template.once(scopes):
        known = _MACHINE if "." not in scope.path else _INNER
        for key in scope.body:
            if key not in known:
                close = nearest(key, known)
                hint = f"; did you mean {close}?" if close else ""
                yield scope.machine.fault(
                    f"{scope.path}.{key}",
                    f"{key} must be one of {', '.join(known)}{hint}",
                    fix="take it out, or write the name as the language has it",
                    value=key,
                )


@rule("SF115", "the time limit of a state machine is 1 to 99999999 seconds", source=_SPEC)
def machine_timeout(template: Template) -> Iterator[Fault]:
    for scope in template.once(scopes):
        limit = scope.body.get("TimeoutSeconds")
        if limit is None or is_unresolved(limit) or "." in scope.path:
            continue
        seconds = number(limit) if not isinstance(limit, str) else None
        if seconds is None or not 1 <= seconds <= 99_999_999 or seconds != int(seconds):
            yield scope.machine.fault(
                f"{scope.path}.TimeoutSeconds",
                f"TimeoutSeconds must be a whole number from 1 to 99999999, got {limit!r}",
                fix="write seconds in that range",
                value=limit,
            )


@rule("SF116", "a definition has at most 1 MB", source=_QUOTAS)
def long_definition(template: Template) -> Iterator[Fault]:
    for machine in template.of_type(STATE_MACHINE):
        # Half a character is no text for AWS either, and of no matter here.
        length = len((definition_text(machine) or "").encode("utf-8", "surrogatepass"))
        if length > _LONGEST_DEFINITION:
            yield machine.fault(
                "DefinitionString",
                f"the definition must have at most {_LONGEST_DEFINITION} bytes, got {length}",
                fix="move a part of it to a state machine of its own, and start that with states:startExecution",
                value=length,
            )


@rule("SF117", "a state machine has one definition", source=_RESOURCE)
def one_definition(template: Template) -> Iterator[Fault]:
    for resource in template.of_type(STATE_MACHINE):
        machine = Structure(resource, "", resource.properties)
        given = [name for name in _DEFINITIONS if machine.has(name)]
        if len(given) > 1 or machine.lacks(*_DEFINITIONS):
            yield machine.fault(
                "",
                f"a state machine must have exactly one of {', '.join(_DEFINITIONS)}, got "
                f"{' and '.join(given) or 'none'}",
                fix="keep one of them",
            )
