"""The containers of the rules of Debugger and its profiler, which run beside a job and under its role."""

from dataclasses import dataclass
from typing import Any

from constructs import Construct

from constructs_lib._internal.statements import Statement
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.training.debugging import Debugger, Profiler


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A debugger or profiler as one job uses it.

    Attributes:
        watcher: As the caller gave it.
        images: Those of its rules, in their order.
    """

    watcher: Debugger | Profiler
    images: tuple[BoundImage, ...]

    def render(self) -> dict[str, Any]:
        """The members of the request."""
        return self.watcher.render(self.images)

    def statements(self) -> tuple[Statement, ...]:
        """What the watcher needs, and pulling the containers of its rules."""
        return (*self.watcher.statements(), *(each for image in self.images for each in image.statements))


def watched(scope: Construct, id: str, watcher: Debugger | Profiler | None) -> Watched | None:
    """*watcher* with its images in *scope*, each in a place of its own: one that is built makes a construct there."""
    if watcher is None:
        return None
    if not watcher.rules:
        return Watched(watcher=watcher, images=())
    place = Construct(scope, id)
    rules = enumerate(watcher.rules)
    images = [rule.evaluator_image.bind(Construct(place, f"Rule{number}")) for number, rule in rules]
    return Watched(watcher=watcher, images=tuple(images))
