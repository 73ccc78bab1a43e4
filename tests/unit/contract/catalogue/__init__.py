"""Templates that break one rule, and templates that keep it: a module a subject, found without a list.

Each module has `EXAMPLES`, rule id to examples. docs/rules/ shows the two that differ least.
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of one rule.

    Attributes:
        fails: What it shows, in a few words, to the resources: found by this rule and by no other.
        passes: The same, for what is clean under every rule, those of security too.
        also: Rules that cannot but find them too, both those that fail and those that pass. Leave it empty if you can.
    """

    fails: Mapping[str, Json]
    passes: Mapping[str, Json]
    also: frozenset[str] = field(default_factory=frozenset)


def template(resources: Json) -> Json:
    """The whole template of an example; one that brings conditions, mappings or outputs is a template already."""
    return resources if "Resources" in resources else {"Resources": resources}


def all_examples() -> dict[str, Examples]:
    """Rule id to its examples, over all modules of this folder."""
    found: dict[str, Examples] = {}
    for module in pkgutil.iter_modules(__path__):
        found.update(import_module(f"{__name__}.{module.name}").EXAMPLES)
    return found
