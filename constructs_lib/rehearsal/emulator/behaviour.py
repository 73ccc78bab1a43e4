"""Where what is special about one operation or noun joins the generic control plane.

A module of `rules` or `kinds` registers plain functions here; the control plane asks this table and knows no names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .records import Record

if TYPE_CHECKING:
    from .sagemaker import SageMaker

Request = dict[str, Any]
Rule = Callable[["SageMaker", Request], None]
Effect = Callable[["SageMaker", Record, Request], None]
Finish = Callable[["SageMaker", Record, str], None]
Naming = Callable[["SageMaker", Request], dict[str, Any]]
Operation = Callable[["SageMaker", Request], dict[str, Any]]

rules: defaultdict[str, list[Rule]] = defaultdict(list)
effects: defaultdict[str, list[Effect]] = defaultdict(list)
finishes: dict[str, Finish] = {}
operations: dict[str, Operation] = {}
names: dict[str, Naming] = {}


def before(*names: str) -> Callable[[Rule], Rule]:
    """Run the function before these operations; it raises `ApiError` to refuse."""

    def register(rule: Rule) -> Rule:
        for name in names:
            rules[name].append(rule)
        return rule

    return register


def after(*names: str) -> Callable[[Effect], Effect]:
    """Run the function after these operations have changed a record."""

    def register(effect: Effect) -> Effect:
        for name in names:
            effects[name].append(effect)
        return effect

    return register


def when_done(noun: str) -> Callable[[Finish], Finish]:
    """Run the function just before a record of this noun takes a final status; it raises to make that Failed."""

    def register(finish: Finish) -> Finish:
        finishes[noun] = finish
        return finish

    return register


def operation(name: str) -> Callable[[Operation], Operation]:
    """Let the function answer an operation that is not Create, Describe, List, Update, Delete or Stop of a noun."""

    def register(function: Operation) -> Operation:
        operations[name] = function
        return function

    return register


def named_by(noun: str) -> Callable[[Naming], Naming]:
    """Let the function give a new record of this noun members, such as its name, that the request leaves open."""

    def register(naming: Naming) -> Naming:
        names[noun] = naming
        return naming

    return register
