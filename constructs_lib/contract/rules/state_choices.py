"""What a Choice state compares, and with what."""

import re
from collections.abc import Iterator
from typing import Any

from .._paths import path_problem
from .._unresolved import is_unresolved
from . import Fault, State, Template, rule, states

_CHOICE = "https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html"

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_COMPARISON = re.compile(
    r"(String|Numeric|Timestamp|Boolean)(Equals|(Less|Greater)Than(Equals)?|Matches)(?P<path>Path)?"
)
_TEST = re.compile(r"Is(Null|Present|Numeric|String|Boolean|Timestamp)")


@rule("SF135", "the Variable of a Choice rule is a path", source=_CHOICE)
def variable(template: Template) -> Iterator[Fault]:
    for state, path, comparison in _comparisons(template):
        value = comparison.get("Variable")
        if "Variable" not in comparison or is_unresolved(value):
            continue
        problem = path_problem(value) if isinstance(value, str) else "it is no text"
        if problem:
            yield state.machine.fault(
                f"{path}.Variable",
                f"Variable of {state.name} must be a path such as $.name, got {value!r}: {problem}",
                fix="write a path that begins with $",
                value=value,
            )


@rule("SF136", "a Choice rule compares with a value of the kind that it names", source=_CHOICE)
def operand(template: Template) -> Iterator[Fault]:
    for state, path, comparison in _comparisons(template):
        for name, value in comparison.items():
            wanted = None if is_unresolved(value) else _wanted(name, value)
            if wanted:
                yield state.machine.fault(
                    f"{path}.{name}",
                    f"{name} of {state.name} must hold {wanted}, got {value!r}",
                    fix="write a value of that kind, or take the comparison that fits the value",
                    value=value,
                )


def _wanted(operator: str, value: Any) -> str | None:
    """What *operator* must hold, where *value* is something else."""
    match = _COMPARISON.fullmatch(operator)
    kind = match[1] if match else "Boolean" if _TEST.fullmatch(operator) else ""
    if match and match["path"]:
        return None if isinstance(value, str) and path_problem(value) is None else "a path such as $.name"
    if kind == "String":
        return None if isinstance(value, str) else "text"
    if kind == "Numeric":
        return None if isinstance(value, int | float) and not isinstance(value, bool) else "a number"
    if kind == "Boolean":
        return None if isinstance(value, bool) else "true or false"
    if kind == "Timestamp":
        right = isinstance(value, str) and _TIMESTAMP.fullmatch(value)
        return None if right else "a time such as 2026-03-14T01:59:00Z"
    return None


def _comparisons(template: Template) -> Iterator[tuple[State, str, dict[str, Any]]]:
    """Each rule of each Choice state, those inside And, Or and Not too: state, where, members."""
    for state in template.once(states):
        if state.body.get("Type") == "Choice":
            for path, comparison in _inside(state.body.get("Choices"), f"{state.path}.Choices"):
                yield state, path, comparison


def _inside(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(item, f"{path}[{index}]")
    elif isinstance(value, dict) and not is_unresolved(value):
        yield path, value
        for name in ("And", "Or", "Not"):
            yield from _inside(value.get(name), f"{path}.{name}")
