"""What the conditions of a template may be, all at once: which resources are there and which branch of an `Fn::If`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

# Beyond 2**6 combinations only those are looked at in which one comparison differs from the rest.
_MOST_ATOMS = 6

Case = Mapping[str, bool]


def cases(conditions: Mapping[str, Any], used: Iterable[str]) -> Iterator[Case]:
    """Every way in which the *used* ones of *conditions* can come out together.

    A condition is a formula over comparisons (`Fn::Equals`). A comparison of two texts is known; of two comparisons of
    one parameter with different texts at most one holds.
    """
    formulas = {name: conditions[name] for name in sorted(used) if name in conditions}
    atoms = sorted({atom for formula in formulas.values() for atom in _atoms(formula, conditions, ())})
    seen = set()
    for values in _assignments(len(atoms)):
        truth = dict(zip(atoms, values, strict=True))
        if _possible(truth):
            case = {name: _holds(formula, conditions, truth, ()) for name, formula in formulas.items()}
            if tuple(case.values()) not in seen:
                seen.add(tuple(case.values()))
                yield case


def _assignments(count: int) -> Iterator[tuple[bool, ...]]:
    if count <= _MOST_ATOMS:
        yield from product((True, False), repeat=count)
        return
    for rest in (True, False):
        yield (rest,) * count
        for index in range(count):
            yield tuple(rest != (index == place) for place in range(count))


def _possible(truth: Mapping[str, bool]) -> bool:
    compared: dict[str, str] = {}
    for atom, holds in truth.items():
        sides = json.loads(atom)
        if not isinstance(sides, list) or len(sides) != 2:
            continue
        texts = [side for side in sides if not isinstance(side, (dict, list))]
        if len(texts) == 2:
            if holds != (texts[0] == texts[1]):
                return False
        elif holds and len(texts) == 1:
            other = json.dumps(next(side for side in sides if isinstance(side, (dict, list))), sort_keys=True)
            if compared.setdefault(other, str(texts[0])) != str(texts[0]):
                return False
    return True


def _atoms(formula: Any, conditions: Mapping[str, Any], seen: tuple[str, ...]) -> Iterator[str]:
    function, argument = _function(formula)
    if function == "Condition":
        if argument in conditions and argument not in seen:
            yield from _atoms(conditions[argument], conditions, (*seen, argument))
    elif function in ("Fn::Not", "Fn::And", "Fn::Or") and isinstance(argument, list):
        for part in argument:
            yield from _atoms(part, conditions, seen)
    else:
        yield _atom(argument if function == "Fn::Equals" else formula)


def _holds(formula: Any, conditions: Mapping[str, Any], truth: Mapping[str, bool], seen: tuple[str, ...]) -> bool:
    function, argument = _function(formula)
    if function == "Condition":
        # A condition that is not there, or that refers to itself, is an error of CloudFormation's own.
        if argument not in conditions or argument in seen:
            return True
        return _holds(conditions[argument], conditions, truth, (*seen, argument))
    if function in ("Fn::Not", "Fn::And", "Fn::Or") and isinstance(argument, list):
        parts = [_holds(part, conditions, truth, seen) for part in argument]
        return {"Fn::Not": not any(parts), "Fn::And": all(parts), "Fn::Or": any(parts)}[function]
    return truth[_atom(argument if function == "Fn::Equals" else formula)]


def _function(formula: Any) -> tuple[str, Any]:
    if isinstance(formula, dict) and len(formula) == 1:
        ((function, argument),) = formula.items()
        if function != "Condition" or isinstance(argument, str):
            return function, argument
    return "", formula


def _atom(comparison: Any) -> str:
    return json.dumps(comparison, sort_keys=True)
