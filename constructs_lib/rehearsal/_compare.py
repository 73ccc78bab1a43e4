"""Compares what was asked for with what the service says it has, member by member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Difference:
    """A member that the service reports otherwise; `got` is None where it reports nothing."""

    member: str
    expected: object
    got: object

    def __str__(self) -> str:
        return f"{self.member}: expected {self.expected!r}, got {self.got!r}"


def differences(expected: Any, got: Any, member: str = "") -> Iterator[Difference]:
    """Each member of *expected* that *got* does not hold with the same value.

    What *got* holds besides is no difference: services add defaults. What is decided only at run time is left out:
    `Name.$` members and `{% … %}` texts of a state machine, intrinsic functions of a template.
    """
    if _decided_at_run_time(expected):
        return
    if isinstance(expected, Mapping):
        other = got if isinstance(got, Mapping) else {}
        for name, value in expected.items():
            if not name.endswith(".$"):
                yield from differences(value, other.get(name), f"{member}.{name}" if member else name)
    elif isinstance(expected, list):
        items = got if isinstance(got, Sequence) and not isinstance(got, str) else []
        for index, value in enumerate(expected):
            yield from differences(value, items[index] if index < len(items) else None, f"{member}[{index}]")
        if len(items) > len(expected):
            yield Difference(member, f"{len(expected)} items", f"{len(items)} items")
    elif not _same(expected, got):
        yield Difference(member, expected, got)


def members(value: Any) -> int:
    """How many values `differences` compares."""
    if _decided_at_run_time(value):
        return 0
    if isinstance(value, Mapping):
        return sum(members(item) for name, item in value.items() if not name.endswith(".$"))
    if isinstance(value, list):
        return sum(members(item) for item in value)
    return 1


def _same(expected: object, got: object) -> bool:
    # CloudFormation takes a number or a boolean as text as well, and templates out of other tools have them so.
    if isinstance(expected, str) and isinstance(got, bool):
        return expected.lower() == str(got).lower()
    if isinstance(expected, str) and isinstance(got, int | float):
        return expected in (str(got), f"{got:g}")
    if isinstance(expected, str) and isinstance(got, datetime):
        return _moment(expected) == got
    return expected == got


def _moment(text: str) -> datetime | None:
    """A time as templates write it; one without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _decided_at_run_time(value: object) -> bool:
    if isinstance(value, str):
        return value.startswith("{%") and value.endswith("%}")
    if isinstance(value, Mapping) and len(value) == 1:
        name = next(iter(value))
        return name == "Ref" or (isinstance(name, str) and name.startswith("Fn::"))
    return False
