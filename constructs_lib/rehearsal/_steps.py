"""What a step of the rehearsal is: a row of the table, something to do, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

Details = Mapping[str, object]


class Aws(Protocol):
    """The part of the embedded AWS that the steps use."""

    def client(self, service: str) -> Any: ...

    def environment(self) -> dict[str, str]: ...

    def seed(self, objects: Mapping[str, Mapping[str, Mapping[str, Path]]]) -> None: ...

    def resources(self) -> dict[str, str]: ...

    def fire(self, arn: str) -> bool: ...

    def deliveries(self) -> dict[str, list[dict[str, str]]]: ...

    def access(self) -> list[dict[str, Any]]: ...

    def probes(self, role: str, requests: list[dict[str, Any]]) -> list[dict[str, Any]]: ...

    def acting_as(self, role: str, *services: str) -> Aws: ...

    def log(self) -> str: ...


@dataclass(frozen=True)
class Outcome:
    """How a step passed: one line for the table, and what the report keeps of it."""

    summary: str
    details: Details = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One row: `run` returns an outcome or raises `StepFailed`.

    Attributes:
        after_failure: What the row can still say where an earlier one failed, so that this one is not run.
    """

    name: str
    subject: str
    run: Callable[[], Outcome]
    after_failure: Callable[[], StepFailed | None] | None = None


class StepFailed(Exception):  # noqa: N818 -- because it is an outcome of a step, not an error of the program)
    """What the user has to know about a step that failed.

    Attributes:
        summary: One line: what is wrong.
        text: Everything else worth reading on the terminal, of any length.
        details: What the report keeps.
    """

    def __init__(self, summary: str, *, text: str = "", details: Details | None = None) -> None:
        super().__init__(summary)
        self.summary = summary
        self.text = text
        self.details: Details = details or {}


def counted(number: int, noun: str) -> str:
    """`1 job`, `2 jobs`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
