"""The walk through a request and the shape that it should have, side by side."""

import math
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ._nearest import nearest
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
    # A text, a number or a datetime; what it may not be is in _NO_TIMES.
    "timestamp": ("a time", (object,)),
    # A CloudFormation property that may be of any kind.
    "any": ("a value", (object,)),
}
_NUMBERS = ("integer", "long", "float", "double")
_NO_TIMES = (type(None), bool, list, tuple, Mapping)


def check_shape(shape: Any, value: object, path: str = "") -> Iterator[Problem]:
    """Every difference between *value* and *shape*; values known only later are passed over.

    *shape* is one of botocore's, of a service model (`_shape.py`) or of a CloudFormation type (`_cloudformation.py`).
    """
    return Walk().problems(shape, value, path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """How a value is held against a shape.

    Attributes:
        loose: Whether text stands for numbers and booleans, and they for text, as CloudFormation converts them.
        by_path: Whether `Name.$` stands for `Name`, as in a state of Step Functions.
        sdk_names: Whether members may be spelt as the SDK integrations of Step Functions spell them.
        skip: Told the path of each value that is known only later.
    """

    loose: bool = False
    by_path: bool = True
    sdk_names: bool = False
    skip: Callable[[str], None] | None = None

    def problems(self, shape: Any, value: object, path: str = "") -> Iterator[Problem]:
        """Every difference between *value* and *shape*, in the order of *value*."""
        if is_unresolved(value):
            self._skipped(path)
            return
        if self.loose:
            value = _converted(shape.type_name, value)
        kind, types = _KINDS[shape.type_name]
        if not _is_of(shape.type_name, value, types):
            if not (self.loose and isinstance(value, str) and getattr(shape, "accepts_text", False)):
                yield _problem(path, "type", f"must be {kind}", value)
        elif shape.type_name == "structure":
            yield from self._structure(shape, value, path)  # type: ignore[arg-type]  # because the kind was compared
        elif shape.type_name == "map":
            yield from self._map(shape, value, path)  # type: ignore[arg-type]  # because the kind was compared
        elif shape.type_name == "list":
            yield from self._list(shape, value, path)  # type: ignore[arg-type]  # because the kind was compared
        elif isinstance(value, str) and shape.type_name in ("string", "character"):
            yield from _string(shape, value, path)
        elif isinstance(value, (int, float)) and shape.type_name in _NUMBERS:
            yield from _number(shape, value, path)

    def _structure(self, shape: Any, value: Mapping[str, object], path: str) -> Iterator[Problem]:
        # A document is free-form JSON; the model says nothing about its members.
        if getattr(shape, "is_document_type", False):
            return
        present = {self._member(shape, self._plain(name)): name for name in value}
        for name in shape.required_members:
            if name not in present and not shape.members[name].metadata.get("idempotencyToken"):
                where = _join(path, name)
                yield Problem(where, "required", f"{where} is required")
        yield from _union(shape, present, value, path)
        for name, given in present.items():
            where = _join(path, given.removesuffix(PATH_SUFFIX) if name in shape.members else self._plain(given))
            if name not in shape.members:
                yield _not_a_member(shape, name, where, value[given])
            elif self._is_path(given):
                self._skipped(where)
            else:
                yield from self.problems(shape.members[name], value[given], where)

    def _map(self, shape: Any, value: Mapping[str, object], path: str) -> Iterator[Problem]:
        yield from _length(shape, len(value), "entries", path, value)
        for key, entry in value.items():
            plain = self._plain(key)
            where = _join(path, plain)
            # The key is named by the path of its entry: a map has no better place for it.
            yield from self.problems(shape.key, plain, where)
            if self._is_path(key):
                self._skipped(where)
            else:
                yield from self.problems(shape.value, entry, where)

    def _list(self, shape: Any, value: Sequence[object], path: str) -> Iterator[Problem]:
        yield from _length(shape, len(value), "items", path, value)
        for index, entry in enumerate(value):
            yield from self.problems(shape.member, entry, f"{path}[{index}]")

    def _is_path(self, name: str) -> bool:
        return self.by_path and name.endswith(PATH_SUFFIX)

    def _plain(self, name: str) -> str:
        return name.removesuffix(PATH_SUFFIX) if self.by_path else name

    def _member(self, shape: Any, name: str) -> str:
        """The member that *name* stands for; itself where there is none."""
        if not self.sdk_names or name in shape.members:
            return name
        return next((member for member in shape.members if _sdk_name(member) == name), name)

    def _skipped(self, path: str) -> None:
        if self.skip:
            self.skip(path)


def _is_of(kind: str, value: object, types: tuple[type, ...]) -> bool:
    if kind == "timestamp":
        return not isinstance(value, _NO_TIMES)
    if isinstance(value, bool):
        return kind in ("boolean", "any")
    if isinstance(value, float) and kind in ("integer", "long"):
        return value.is_integer()
    return isinstance(value, types)


def _converted(kind: str, value: object) -> object:
    """*value* as CloudFormation hands it on, where it converts between text and the other scalars."""
    if isinstance(value, str) and kind == "boolean":
        return {"true": True, "false": False}.get(value.lower(), value)
    if isinstance(value, str) and kind in _NUMBERS:
        try:
            number = int(value) if re.fullmatch(r"[+-]?\d{1,30}", value) else float(value)
        except ValueError:
            return value
        # Python reads "NaN" and "1e999" as numbers, and JSON has none such.
        return number if math.isfinite(number) else value
    if isinstance(value, bool) and kind == "string":
        return str(value).lower()
    if isinstance(value, (int, float)) and kind == "string":
        return str(value)
    return value


def _sdk_name(member: str) -> str:
    """`EFSFileSystem` as the SDK integrations spell it: `EfsFileSystem`.

    They take the names of the SDK for Java, in which a leading abbreviation is one word. Source:
    https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
    """
    abbreviation = re.match(r"[A-Z]{2,}(?=[A-Z][a-z]|$)", member)
    capitalized = member[:1].upper() + member[1:]
    return member[: abbreviation.end()].capitalize() + member[abbreviation.end() :] if abbreviation else capitalized


def _union(shape: Any, present: Iterable[str], value: object, path: str) -> Iterator[Problem]:
    """What a union breaks: exactly one of its members, or of the alternatives among them, must be there."""
    choices = getattr(shape, "alternatives", None) or (getattr(shape, "is_tagged_union", False) and shape.members)
    if not choices:
        return
    chosen = [name for name in present if name in choices]
    if len(chosen) != 1:
        got = ", ".join(chosen) or "none"
        listed = ", ".join(choices)
        yield Problem(path, "union", f"{path or 'the request'} must have exactly one of {listed}, got {got}", value)


def _string(shape: Any, value: str, path: str) -> Iterator[Problem]:
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _problem(path, "enum", _one_of(value, allowed), value)
    yield from _length(shape, len(value), "characters", path, value)
    pattern = _compiled(shape.metadata.get("pattern"))
    # What is too long is wrong already; its length is often part of the pattern, and a pattern may take long on it.
    too_long = len(value) > shape.metadata.get("max", len(value))
    # The services match the whole value, though few of the patterns carry anchors.
    if pattern and not too_long and not pattern.fullmatch(value):
        yield _problem(path, "pattern", f"must match the pattern {pattern.pattern}", value)


def _number(shape: Any, value: float, path: str) -> Iterator[Problem]:
    if isinstance(value, float) and not math.isfinite(value):
        # JSON has no such number, and few shapes have both of the bounds that would refuse it.
        yield _problem(path, "range", "must be a finite number", value)
        return
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield _problem(path, "range", f"must be at least {low}", value)
    if high is not None and value > high:
        yield _problem(path, "range", f"must be at most {high}", value)


def _length(shape: Any, length: int, unit: str, path: str, value: object) -> Iterator[Problem]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and length < low:
        yield Problem(path, "length", f"{path} must be at least {low} {unit}, got {length}", value)
    if high is not None and length > high:
        yield Problem(path, "length", f"{path} must be at most {high} {unit}, got {length}", value)


def _not_a_member(shape: Any, name: str, path: str, value: object) -> Problem:
    foreign: tuple[Rule, str] | None = getattr(shape, "foreign", {}).get(name)
    if foreign:
        return Problem(path, foreign[0], f"{path} {foreign[1]}", value)
    close = nearest(name, shape.members, 0.5)
    hint = f"; did you mean {close}?" if close else ""
    known = "CloudFormation" if hasattr(shape, "foreign") else "the API"
    return Problem(path, "unknown", f"{path} is not a member that {known} knows{hint}", value)


def _one_of(value: str, allowed: Sequence[str]) -> str:
    if len(allowed) <= _LONGEST_LIST:
        return f"must be one of {', '.join(allowed)}"
    return f"must be one of the {len(allowed)} values of the API, the nearest of which is {nearest(value, allowed, 0)}"


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


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
