"""What a role is allowed, as plain values that references make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One Allow statement.

    Attributes:
        actions: IAM actions, such as `s3:GetObject`; never with a wildcard.
        resources: ARNs; they may hold tokens.
        conditions: Operator to key to value, as in a policy document.
        wildcard_reason: Why a resource holds a `*`; required when one does, and shown to the security reviewer.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]] | None = None
    wildcard_reason: str | None = None

    def __post_init__(self) -> None:
        # These are mistakes in this library, not in a user's input: no ConfigurationError.
        if any("*" in action for action in self.actions):
            raise AssertionError(f"a wildcard in {self.actions}")
        if any("*" in resource for resource in self.resources) and not self.wildcard_reason:
            raise AssertionError(f"no reason for the wildcard in {self.resources}")

    def render(self) -> dict[str, Any]:
        """The statement as it stands in a policy document."""
        document: dict[str, Any] = {
            "Effect": "Allow",
            "Action": list(self.actions) if len(self.actions) > 1 else self.actions[0],
            "Resource": list(self.resources) if len(self.resources) > 1 else self.resources[0],
        }
        if self.conditions:
            document["Condition"] = {operator: dict(keys) for operator, keys in self.conditions.items()}
        return document


def merge(statements: Iterable[Statement]) -> list[Statement]:
    """The statements with the same rights once, in the order they came; resources of equal rights are joined."""
    joined: dict[tuple[object, ...], dict[str, None]] = {}
    firsts: dict[tuple[object, ...], Statement] = {}
    for statement in statements:
        key = (statement.actions, repr(statement.conditions), statement.wildcard_reason)
        firsts.setdefault(key, statement)
        joined.setdefault(key, {}).update(dict.fromkeys(statement.resources))
    return [replace(first, resources=tuple(joined[key])) for key, first in firsts.items()]
