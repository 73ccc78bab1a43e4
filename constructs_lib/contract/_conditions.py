"""What the conditions of a template may be, all at once: which resources are there and which branch of an `Fn::If`."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import Any

# More outcomes than these are not looked at: a check of each takes as long as that of a template without conditions.
_MOST = 64
# Different comparisons often make the same outcome; this bounds the search for those that do not.
_MOST_TRIED = 512

Case = Mapping[str, bool]
# What one parameter may be: the comparisons that hold then, one set a possibility.
_Choice = Sequence[frozenset[str]]


def cases(conditions: Mapping[str, Any], used: Iterable[str]) -> Iterator[Case]:
    """The ways in which the *used* ones of *conditions* can come out together: all of them, up to 64.

    A condition is a formula over comparisons (`Fn::Equals`). A comparison of two texts is known; of two comparisons of
    one parameter with different texts at most one holds. Of more than 64 ways those are looked at that bring each two
    parameters together in each way first, then those in which one differs from the rest.
    """
    asked = [name for name in sorted(used) if name in conditions]
    order = _order(conditions, asked)
    choices = _choices({atom for name in order for atom in _atoms(conditions[name])})
    seen: set[tuple[bool, ...]] = set()
    for chosen in islice(_combined(choices), _MOST_TRIED):
        truth = frozenset[str]().union(*chosen)
        values: dict[str, bool] = {}
        for name in order:
            values[name] = _holds(conditions[name], values, truth)
        outcome = tuple(values[name] for name in asked)
        if outcome not in seen:
            seen.add(outcome)
            yield {name: values[name] for name in asked}
        if len(seen) == _MOST:
            return


def _order(conditions: Mapping[str, Any], asked: Iterable[str]) -> list[str]:
    """The conditions that *asked* rest on, each behind those that it refers to. In a ring some are before."""
    done: dict[str, None] = {}
    entered: set[str] = set()
    waiting = [(name, False) for name in reversed(list(asked))]
    while waiting:
        name, left = waiting.pop()
        if left:
            done[name] = None
        elif name not in entered:
            entered.add(name)
            waiting.append((name, True))
            waiting += [(inner, False) for inner in _named(conditions[name]) if inner in conditions]
    return list(done)


def _combined(choices: Sequence[_Choice]) -> Iterator[tuple[frozenset[str], ...]]:
    if prod(len(choice) for choice in choices) <= _MOST:
        yield from product(*choices)
        return
    for place in range(max(map(len, choices))):
        yield tuple(choice[min(place, len(choice) - 1)] for choice in choices)
    # Any two numbers differ in a bit: with both values of each bit, any two choices meet in all four ways.
    for bit in range((len(choices) - 1).bit_length()):
        for turned in (0, 1):
            yield tuple(choice[-(index >> bit & 1 ^ turned)] for index, choice in enumerate(choices))
    for rest in (-1, 0):
        for index, choice in enumerate(choices):
            for one in choice:
                yield tuple(one if index == place else other[rest] for place, other in enumerate(choices))


def _choices(atoms: Iterable[str]) -> list[_Choice]:
    fixed: list[_Choice] = []
    texts: dict[str, dict[str, set[str]]] = {}
    for atom in sorted(atoms):
        sides = json.loads(atom)
        both = sides if isinstance(sides, list) and len(sides) == 2 else [{}, {}]
        literal = [side for side in both if not isinstance(side, (dict, list))]
        if len(literal) == 2:
            fixed.append([frozenset([atom] if literal[0] == literal[1] else [])])
        elif len(literal) == 1:
            other = json.dumps(next(side for side in both if isinstance(side, (dict, list))), sort_keys=True)
            texts.setdefault(other, {}).setdefault(str(literal[0]), set()).add(atom)
        else:
            fixed.append([frozenset([atom]), frozenset()])
    return fixed + [[*map(frozenset, found.values()), frozenset()] for found in texts.values()]


def _atoms(formula: Any) -> Iterator[str]:
    function, argument = _function(formula)
    if function in ("Fn::Not", "Fn::And", "Fn::Or") and isinstance(argument, list):
        for part in argument:
            yield from _atoms(part)
    elif function != "Condition":
        yield _atom(argument if function == "Fn::Equals" else formula)


def _named(formula: Any) -> Iterator[str]:
    function, argument = _function(formula)
    if function == "Condition":
        yield argument
    elif function in ("Fn::Not", "Fn::And", "Fn::Or") and isinstance(argument, list):
        for part in argument:
            yield from _named(part)


def _holds(formula: Any, values: Mapping[str, bool], truth: frozenset[str]) -> bool:
    function, argument = _function(formula)
    if function == "Condition":
        # A condition that is not there, or that refers to itself, is an error of CloudFormation's own.
        return values.get(argument, True)
    if function in ("Fn::Not", "Fn::And", "Fn::Or") and isinstance(argument, list):
        parts = [_holds(part, values, truth) for part in argument]
        return {"Fn::Not": not any(parts), "Fn::And": all(parts), "Fn::Or": any(parts)}[function]
    return _atom(argument if function == "Fn::Equals" else formula) in truth


def _function(formula: Any) -> tuple[str, Any]:
    if isinstance(formula, dict) and len(formula) == 1:
        ((function, argument),) = formula.items()
        if function != "Condition" or isinstance(argument, str):
            return function, argument
    return "", formula


def _atom(comparison: Any) -> str:
    return json.dumps(comparison, sort_keys=True)
