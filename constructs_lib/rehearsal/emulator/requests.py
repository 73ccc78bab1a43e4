"""What each role asked for while it did its work, and the answers: what the rehearsal's `access` rows are made of."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What the policies say of one request.

    Attributes:
        allowed: Whether it may be done.
        reason: Why it may not; empty where it may.
        missing: The statement that would have let it; None where a statement denies it, or where it is allowed.
        unknown: The managed policies whose text is not known here, where only they could have allowed it.
        through: The ways that it takes through a VPC, each endpoint by its name; empty where it takes none.
        stopped: Whether it is one of these that it does not get through.
    """

    allowed: bool
    reason: str = ""
    missing: dict[str, Any] | None = None
    unknown: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    stopped: bool = False


_lock = Lock()
_made: dict[str, tuple[str, str]] = {}
_asked: dict[str, dict[tuple[object, ...], dict[str, Any]]] = {}


def made(role_arn: str, stack: str, logical_id: str) -> None:
    """Note the resource of a template that a role is."""
    with _lock:
        _made[role_arn] = (stack, logical_id)


def note(
    role_arn: str, action: str, resource: str, keys: Mapping[str, str], decision: Decision, place: str | None
) -> None:
    """Keep one request of a role; the same one is kept once.

    Args:
        place: The part of a bucket that the request is for, as its object key begins: `data/train/`; None where
            the resource is no object.
    """
    entry = {"action": action, "resource": resource, "keys": dict(keys), "place": place, **asdict(decision)}
    with _lock:
        same = (action, resource, *sorted(keys.items()), decision.allowed, decision.through)
        _asked.setdefault(role_arn, {}).setdefault(same, entry)


def so_far() -> list[dict[str, Any]]:
    """Each role of a template, with what it asked for in the order in which it did."""
    with _lock:
        return [
            {"role": arn, "stack": stack, "logical_id": name, "requests": list(_asked.get(arn, {}).values())}
            for arn, (stack, name) in _made.items()
        ]
