"""State machines as graphs: where states may go, and what each type of state may hold.

Source: https://states-language.net/spec.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ._states import STATE_MACHINE, definition
from ._template import Resource, Template
from ._unresolved import is_unresolved

Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Scope:
    """States that may go to one another: those of the machine, of a branch, or of a map.

    Attributes:
        machine: The state machine.
        path: Where it is defined, as in `DefinitionString.States.All.Branches[0]`.
        body: Its definition, with `StartAt` and `States`.
    """

    machine: Resource = field(repr=False)
    path: str
    body: Json

    @cached_property
    def states(self) -> dict[str, Json]:
        """Name to definition of the states that are known."""
        named = self.body.get("States")
        if not isinstance(named, dict) or is_unresolved(named):
            return {}
        return {name: state for name, state in named.items() if isinstance(state, dict) and not is_unresolved(state)}

    @cached_property
    def complete(self) -> bool:
        """Whether every state is known and says where it goes."""
        named = self.body.get("States")
        return (
            isinstance(named, dict)
            and len(self.states) == len(named)
            and not any(is_unresolved(target) for state in self.states.values() for _, target in targets(state))
        )


def scopes(template: Template) -> list[Scope]:
    """Every scope of every state machine; use it through `template.once`."""
    found: list[Scope] = []
    for machine in template.of_type(STATE_MACHINE):
        known = definition(machine)
        if known is not None:
            found += _scopes(machine, *known)
    return found


def _scopes(machine: Resource, path: str, body: Json) -> Iterator[Scope]:
    scope = Scope(machine, path, body)
    yield scope
    for name, state in scope.states.items():
        here = f"{path}.States.{name}"
        branches = state.get("Branches")
        for index, branch in enumerate(branches if isinstance(branches, list) else ()):
            if isinstance(branch, dict) and not is_unresolved(branch):
                yield from _scopes(machine, f"{here}.Branches[{index}]", branch)
        for key in ("ItemProcessor", "Iterator"):
            inner = state.get(key)
            if isinstance(inner, dict) and not is_unresolved(inner):
                yield from _scopes(machine, f"{here}.{key}", inner)


def targets(state: Json) -> Iterator[tuple[str, Any]]:
    """Where *state* may go: the member that says so, and the name that it gives."""
    for key in ("Next", "Default"):
        if key in state:
            yield key, state[key]
    for key in ("Catch", "Choices"):
        listed = state.get(key)
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(item, dict) and "Next" in item:
                yield f"{key}[{index}].Next", item["Next"]
            elif is_unresolved(item):
                yield f"{key}[{index}]", item
        if is_unresolved(listed):
            yield key, listed


def terminal(state: Json) -> bool:
    """Whether the execution may end here."""
    return state.get("Type") in ("Succeed", "Fail") or bool(state.get("End"))


_ANY = "Type Comment QueryLanguage"
_FLOW = f"{_ANY} Next End InputPath OutputPath Output Assign"
_WORK = f"{_FLOW} Parameters Arguments ResultSelector ResultPath Retry Catch"

# Type to its members; `JSONPATH` and `JSONATA` below say which of them belong to one query language.
FIELDS = {
    "Pass": f"{_FLOW} Parameters Result ResultPath",
    "Task": f"{_WORK} Resource TimeoutSeconds TimeoutSecondsPath HeartbeatSeconds HeartbeatSecondsPath Credentials",
    "Choice": f"{_ANY} InputPath OutputPath Output Assign Choices Default",
    "Wait": f"{_FLOW} Seconds Timestamp SecondsPath TimestampPath",
    "Succeed": f"{_ANY} InputPath OutputPath Output",
    "Fail": f"{_ANY} Error Cause ErrorPath CausePath",
    "Parallel": f"{_WORK} Branches",
    "Map": f"{_WORK} ItemProcessor Iterator Items ItemsPath ItemSelector ItemReader ItemBatcher ResultWriter Label "
    "MaxConcurrency MaxConcurrencyPath ToleratedFailurePercentage ToleratedFailurePercentagePath "
    "ToleratedFailureCount ToleratedFailureCountPath",
}
JSONPATH = frozenset(
    [
        "InputPath",
        "OutputPath",
        "Parameters",
        "ResultSelector",
        "ResultPath",
        "TimeoutSecondsPath",
        "HeartbeatSecondsPath",
        "SecondsPath",
        "TimestampPath",
        "ItemsPath",
        "MaxConcurrencyPath",
        "ToleratedFailurePercentagePath",
        "ToleratedFailureCountPath",
        "ErrorPath",
        "CausePath",
    ]
)
JSONATA = frozenset(("Arguments", "Output", "Items"))
