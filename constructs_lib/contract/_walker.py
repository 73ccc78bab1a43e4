"""The walk through a request and the shape that it should have, side by side."""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from functools import cache

from botocore.model import ListShape, MapShape, Shape, StructureShape

from ._problem import Problem, Rule
from ._unresolved import PATH_SUFFIX, is_unresolved

# Longer lists of allowed values hide the one that was meant; the nearest is named instead.
_LONGEST_LIST = 12
_LONGEST_VALUE = 120

_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "structure": ("a structure", (Mapping,)),
    "map": ("a map", (Mapping,)),
    "list": ("a list", (list, tuple)),
    "string": ("a string", (str,)),
    "character": ("a string", (str,)),
    "boolean": ("a boolean", (bool,)),
    "integer": ("an integer", (int,)),
    "long": ("an integer", (int,)),
    "float": ("a number", (int, float)),
    "double": ("a number", (int, float)),
    "blob": ("bytes", (str, bytes, bytearray)),
    "timestamp": ("a time", (str, int, float, datetime)),
}
_NUMBERS = ("integer", "long", "float", "double")


def check_shape(shape: Shape, value: object, path: str = "") -> Iterator[Problem]:
    """Every difference between *value* and *shape*; values known only later are passed over."""
    if is_unresolved(value):
        return
    kind, types = _KINDS[shape.type_name]
    if not _is_of(shape, value, types):
        yield _problem(path, "type", f"must be {kind}", value)
    elif isinstance(shape, StructureShape):
        yield from _check_structure(shape, value, path)  # type: ignore[arg-type]  # because botocore has no types
    elif isinstance(shape, MapShape):
        yield from _check_map(shape, value, path)  # type: ignore[arg-type]  # because botocore has no types
    elif isinstance(shape, ListShape):
        yield from _check_list(shape, value, path)  # type: ignore[arg-type]  # because botocore has no types
    elif isinstance(value, str) and shape.type_name in ("string", "character"):
        yield from _check_string(shape, value, path)
    elif isinstance(value, (int, float)) and shape.type_name in _NUMBERS:
        yield from _check_number(shape, value, path)


def _is_of(shape: Shape, value: object, types: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return bool(shape.type_name == "boolean")
    if isinstance(value, float) and shape.type_name in ("integer", "long"):
        return value.is_integer()
    return isinstance(value, types)


def _check_structure(shape: StructureShape, value: Mapping[str, object], path: str) -> Iterator[Problem]:
    # A document is free-form JSON; the model says nothing about its members.
    if getattr(shape, "is_document_type", False):
        return
    present = {_plain(name): name for name in value}
    for name in shape.required_members:
        if name not in present and not shape.members[name].metadata.get("idempotencyToken"):
            where = _join(path, name)
            yield Problem(where, "required", f"{where} is required")
    if getattr(shape, "is_tagged_union", False):
        yield from _check_union(shape, present, value, path)
    for name, given in present.items():
        if name not in shape.members:
            yield _unknown(name, shape.members, _join(path, name), value[given])
        elif given == name:
            yield from check_shape(shape.members[name], value[given], _join(path, name))


def _check_union(
    shape: StructureShape, present: Mapping[str, str], value: Mapping[str, object], path: str
) -> Iterator[Problem]:
    chosen = [name for name in present if name in shape.members]
    if len(chosen) != 1:
        got = ", ".join(chosen) or "none"
        choices = ", ".join(shape.members)
        yield Problem(path, "union", f"{path or 'the request'} must have exactly one of {choices}, got {got}", value)


def _check_map(shape: MapShape, value: Mapping[str, object], path: str) -> Iterator[Problem]:
    yield from _check_length(shape, len(value), "entries", path, value)
    for key, entry in value.items():
        plain = _plain(key)
        where = _join(path, plain)
        # The key is named by the path of its entry: a map has no better place for it.
        yield from check_shape(shape.key, plain, where)
        if plain == key:
            yield from check_shape(shape.value, entry, where)


def _check_list(shape: ListShape, value: Sequence[object], path: str) -> Iterator[Problem]:
    yield from _check_length(shape, len(value), "items", path, value)
    for index, entry in enumerate(value):
        yield from check_shape(shape.member, entry, f"{path}[{index}]")


def _check_string(shape: Shape, value: str, path: str) -> Iterator[Problem]:
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _problem(path, "enum", _one_of(value, allowed), value)
    yield from _check_length(shape, len(value), "characters", path, value)
    pattern = _compiled(shape.metadata.get("pattern"))
    # The services match the whole value, though few of the patterns carry anchors.
    if pattern and not pattern.fullmatch(value):
        yield _problem(path, "pattern", f"must match the pattern {pattern.pattern}", value)


def _check_number(shape: Shape, value: float, path: str) -> Iterator[Problem]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield _problem(path, "range", f"must be at least {low}", value)
    if high is not None and value > high:
        yield _problem(path, "range", f"must be at most {high}", value)


def _check_length(shape: Shape, length: int, unit: str, path: str, value: object) -> Iterator[Problem]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and length < low:
        yield Problem(path, "length", f"{path} must be at least {low} {unit}, got {length}", value)
    if high is not None and length > high:
        yield Problem(path, "length", f"{path} must be at most {high} {unit}, got {length}", value)


def _unknown(name: str, members: Iterable[str], path: str, value: object) -> Problem:
    nearest = get_close_matches(name, list(members), 1, 0.5)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return Problem(path, "unknown", f"{path} is not a member that the API knows{hint}", value)


def _one_of(value: str, allowed: Sequence[str]) -> str:
    if len(allowed) <= _LONGEST_LIST:
        return f"must be one of {', '.join(allowed)}"
    nearest = get_close_matches(value, allowed, 1, 0.0)
    return f"must be one of the {len(allowed)} values of the API, the nearest of which is {nearest[0]}"


def _problem(path: str, rule: Rule, text: str, value: object) -> Problem:
    given = repr(value)
    if len(given) > _LONGEST_VALUE:
        given = given[:_LONGEST_VALUE] + "..."
    return Problem(path, rule, f"{path or 'the request'} {text}, got {given}", value)


@cache
def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    with warnings.catch_warnings():
        # Java's character classes make Python warn about nested sets.
        warnings.simplefilter("ignore")
        try:
            return re.compile(pattern)
        except re.error:  # \p{...}, and surrogate pairs written as ranges
            return None


def _plain(name: str) -> str:
    return name.removesuffix(PATH_SUFFIX)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
