"""Whether policies say what a specification says: nothing more, nothing less."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

from constructs_lib.contract.iam import Witness, allowed_beyond, beyond, expanded

from .specification import Opening, Row, Specification
from .template_policies import Policies, Statement

Rights = Mapping[tuple[str, str | None], list[dict[str, Any]]]


def problems(policies: Policies, specification: Specification) -> list[str]:
    """What the policies allow and the specification does not, and the other way round; each with a witness."""
    found = [
        *_names("roles", policies.roles, specification.roles),
        *_names("resources with a policy", policies.resources, specification.resources),
        *_names("policies of no role", policies.loose, specification.loose),
        *_names("security groups", policies.groups, specification.groups),
    ]
    for name, role in specification.roles.items():
        found += different(f"role {name}", policies.roles.get(name, ()), role.rows)
        found += different(f"trust of {name}", policies.trusts.get(name, ()), role.trusted)
    for name, rows in specification.resources.items():
        found += different(f"policy of {name}", policies.resources.get(name, ()), rows)
    for name, rows in specification.loose.items():
        found += different(f"policy {name}", policies.loose.get(name, ()), rows)
    for name, openings in specification.groups.items():
        found += opened(f"group {name}", policies.groups.get(name, ()), openings)
    return found


def opened(of: str, rules: Sequence[Opening], asked: Sequence[Opening]) -> list[str]:
    """Where the rules of a security group differ: they are compared as they are, as EC2 has no other way to say one."""
    return [
        *(f"{of} opens more than specified: {rule}" for rule in sorted(set(rules) - set(asked), key=str)),
        *(f"{of} lacks what is specified: {rule}" for rule in sorted(set(asked) - set(rules), key=str)),
    ]


def _names(what: str, have: Iterable[str], asked: Iterable[str]) -> Iterator[str]:
    if set(have) != set(asked):
        yield f"{what} are {sorted(have)}, specified are {sorted(asked)}"


def different(of: str, statements: Sequence[Statement], rows: Sequence[Row]) -> list[str]:
    """Where the two differ."""
    unknown = {action for each in (*statements, *rows) for action in each.actions if not _known(action)}
    given = _rights((each.effect, each.by, each.actions, each.resources, each.conditions) for each in statements)
    asked = _rights((row.effect, row.by and (row.by,), row.actions, row.on, row.when) for row in rows)
    found = [f"{of}: {action} is no action that IAM knows" for action in sorted(unknown)]
    for key in sorted({*given, *asked}, key=str):
        have, want = given.get(key, []), asked.get(key, [])
        who = f"{of}, {key[0]}{f' by {key[1]}' if key[1] else ''}"
        for word, one, other in (("does more than specified", have, want), ("lacks what is specified", want, have)):
            witness = _beyond(one, other)
            if witness is not None:
                when = one[witness.statement].get("Condition")
                # A shortest text of `*` is none at all.
                place = witness.resource or "anything"
                found.append(f"{who} {word}: {witness.action} on {place}{f' when {when}' if when else ''}")
    return found


def _beyond(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> Witness | None:
    """What *one* allows and *other* does not.

    `allowed_beyond` decides it for any statements. Where no action is a pattern, it is the same to look at one action
    after the other, and much quicker.
    """
    if any("*" in action or "?" in action for each in (*one, *other) for action in each["Action"]):
        return allowed_beyond(one, other)
    for index, given in enumerate(one):
        conditions = _conditions(given)
        for action in given["Action"]:
            covering = tuple(
                resource
                for each in other
                if action.lower() in map(str.lower, each["Action"]) and _conditions(each) <= conditions
                for resource in each["Resource"]
            )
            for resource in given["Resource"]:
                text = None if resource in covering else beyond(resource, covering)
                if text is not None:
                    return Witness(action, text, index)
    return None


def _conditions(statement: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    conditions = statement["Condition"]
    return {(operator, key.lower(), value) for operator, keys in conditions.items() for key, value in keys.items()}


@cache
def _known(action: str) -> bool:
    return bool(expanded(action))


def _rights(parts: Iterable[tuple[str, tuple[str, ...] | None, Any, Any, Any]]) -> Rights:
    """Plain Allow statements by effect and principal, the values of a condition apart.

    IAM takes the values of one key as alternatives, so that a statement with two is the same as two with one each.
    Refusals are compared among themselves: what is refused must be as specified, too.
    """
    found: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for effect, principals, actions, resources, conditions in parts:
        for by, one in product(principals or (None,), _one_value_each(conditions)):
            plain = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources), "Condition": one}
            found.setdefault((effect, by), []).append(plain)
    return found


def _one_value_each(conditions: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, dict[str, str]]]:
    keys = [(operator, key) for operator, keys in conditions.items() for key in keys]
    # All values of a negated operator hold at once, and a set operator looks at several of the request.
    several = [operator for operator in conditions if "Not" in operator or ":" in operator]
    assert not several, f"{several} is not compared here"
    values = [conditions[operator][key] for operator, key in keys]
    for chosen in product(*([value] if isinstance(value, str) else value for value in values)):
        one: dict[str, dict[str, str]] = {}
        for (operator, key), value in zip(keys, chosen, strict=True):
            one.setdefault(operator, {})[key] = value
        yield one
