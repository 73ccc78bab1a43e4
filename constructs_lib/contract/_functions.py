"""The intrinsic functions of CloudFormation that a template alone can work out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ._conditions import Case

_VARIABLE = re.compile(r"\$\{([^}]*)\}")

GONE: Final = object()  # what AWS::NoValue leaves behind


def decided(value: Any, case: Case, mappings: Mapping[str, Any]) -> Any:
    """*value* with its `Fn::If` decided, `AWS::NoValue` taken out and literal functions worked out.

    Every other function is left where it is, its arguments decided; GONE for `AWS::NoValue` itself.
    """
    if isinstance(value, list):
        return [item for item in (decided(item, case, mappings) for item in value) if item is not GONE]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Ref" and argument == "AWS::NoValue":
            return GONE
        if function == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
            holds = case.get(argument[0]) if isinstance(argument[0], str) else None
            return value if holds is None else decided(argument[1 if holds else 2], case, mappings)
        if isinstance(function, str) and function.startswith("Fn::"):
            return _worked_out(function, decided(argument, case, mappings), mappings)
    result = {}
    for name, item in value.items():
        kept = decided(item, case, mappings)
        if kept is not GONE:
            result[name] = kept
    return result


def _worked_out(function: str, argument: Any, mappings: Mapping[str, Any]) -> Any:
    """The result of *function* where all it needs is there, else the call itself."""
    call = {function: argument}
    if function == "Fn::Sub" and isinstance(argument, str) and "${" not in argument:
        return argument
    if not isinstance(argument, list):
        return call
    if function == "Fn::Join" and len(argument) == 2:
        separator, parts = argument
        literal = (
            isinstance(separator, str) and isinstance(parts, list) and all(isinstance(part, str) for part in parts)
        )
        return separator.join(parts) if literal else call
    if function == "Fn::Select" and len(argument) == 2 and isinstance(argument[1], list):
        index = int(argument[0]) if str(argument[0]).isdecimal() else -1
        return argument[1][index] if 0 <= index < len(argument[1]) else call
    if function == "Fn::FindInMap" and len(argument) >= 3:
        found: Any = mappings
        for key in argument[:3]:
            found = found.get(key) if isinstance(found, Mapping) and isinstance(key, str) else None
        return call if found is None else found
    return call


def pieces(value: Any) -> Iterator[Any]:
    """A text taken apart: `Fn::Join` and `Fn::Sub` opened, texts and any other functions in their order."""
    function: str
    argument: Any
    ((function, argument),) = value.items() if isinstance(value, dict) and len(value) == 1 else (("", None),)
    if function == "Fn::Join" and _is_join(argument):
        for index, part in enumerate(argument[1]):
            yield argument[0] if index else ""
            yield from pieces(part)
    elif function == "Fn::Sub":
        yield from _substituted(value, argument)
    else:
        yield value


def _is_join(argument: Any) -> bool:
    return (
        isinstance(argument, list)
        and len(argument) == 2
        and isinstance(argument[0], str)
        and isinstance(argument[1], list)
    )


def _substituted(call: Any, argument: Any) -> Iterator[Any]:
    text, values = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str) or not isinstance(values, dict):
        yield call
        return
    for index, part in enumerate(_VARIABLE.split(text)):
        # The split gives literal text and names in turn.
        name = part.strip()
        if index % 2 == 0:
            yield part
        elif name.startswith("!"):
            yield "${" + name[1:] + "}"
        elif name in values:
            yield from pieces(values[name])
        elif "." in name:
            yield {"Fn::GetAtt": name.split(".", 1)}
        else:
            yield {"Ref": name}


def conditions_in(value: Any) -> set[str]:
    """The names of the conditions that the `Fn::If` in *value* ask for."""
    if isinstance(value, list):
        return set().union(*map(conditions_in, value))
    if not isinstance(value, dict):
        return set()
    asked = value.get("Fn::If")
    own = {asked[0]} if isinstance(asked, list) and asked and isinstance(asked[0], str) else set()
    return own.union(*map(conditions_in, value.values()))
