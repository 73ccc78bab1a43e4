"""What CloudFormation made: each resource type, and whether it exists here or was only noted."""

from threading import Lock
from typing import Literal

How = Literal["created", "accepted"]

_lock = Lock()
_types: dict[str, How] = {}


def record(resource_type: str, how: How) -> None:
    """Note that a resource of this type was made; a type once `accepted` stays so."""
    with _lock:
        _types.setdefault(resource_type, how)


def types() -> dict[str, How]:
    """Every type seen so far, by name."""
    with _lock:
        return dict(sorted(_types.items()))
