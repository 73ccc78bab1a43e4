"""What is proved: constructs with their references, each with its permissions written by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.permissions.specification import Specification


@dataclass(frozen=True, kw_only=True)
class Case:
    """One construct with some references.

    Attributes:
        construct: The construct, or the method, that makes the policies.
        about: Its references.
        build: Makes it in an empty stack.
        specification: What its policies say.
        mixed: Whether it is there for what its references do to each other, and not for one of them.
    """

    construct: str
    about: str
    build: Callable[[Any], object]
    specification: Specification
    mixed: bool = False


def all_cases() -> list[Case]:
    """Every case, by construct."""
    from tests.permissions.cases import (
        combinations,
        endpoints,
        features,
        foundation,
        grants,
        jobs,
        models,
        notebooks,
        operations,
        personas,
        training,
        workflow,
    )

    kinds = (
        foundation,
        training,
        jobs,
        workflow,
        models,
        endpoints,
        operations,
        features,
        notebooks,
        grants,
        personas,
        combinations,
    )
    return [case for kind in kinds for case in kind.CASES]
