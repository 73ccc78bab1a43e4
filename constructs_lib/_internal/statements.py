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
    """The same rights in fewer statements: a managed policy holds 6144 characters.

    Resources of equal rights are joined. So are the values of a condition, where all else is equal, because IAM takes
    the values of one key as alternatives: listing one prefix or another of the same bucket.
    """
    by_rights: dict[tuple[object, ...], Statement] = {}
    for statement in statements:
        key = (statement.actions, repr(statement.conditions), statement.wildcard_reason)
        known = by_rights.get(key)
        resources = dict.fromkeys((*(known.resources if known else ()), *statement.resources))
        by_rights[key] = replace(known or statement, resources=tuple(resources))
    by_place: dict[tuple[object, ...], Statement] = {}
    for statement in by_rights.values():
        name = _only_key(statement.conditions)
        place = (statement.actions, statement.resources, statement.wildcard_reason, name or repr(statement.conditions))
        known = by_place.get(place)
        if known and name:
            operator, key_name = name
            values = (*_values(known, operator, key_name), *_values(statement, operator, key_name))
            statement = replace(known, conditions={operator: {key_name: list(dict.fromkeys(values))}})
        by_place[place] = statement
    return list(by_place.values())


def _only_key(conditions: Mapping[str, Mapping[str, Any]] | None) -> tuple[str, str] | None:
    """Operator and key of a condition that has one key with a list of values."""
    if conditions and len(conditions) == 1:
        ((operator, keys),) = conditions.items()
        if len(keys) == 1 and isinstance(next(iter(keys.values())), list):
            return operator, next(iter(keys))
    return None


def _values(statement: Statement, operator: str, key: str) -> list[Any]:
    values: list[Any] = (statement.conditions or {})[operator][key]
    return values
