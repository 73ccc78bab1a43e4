"""Templates that break one rule, and templates that keep it: a module a subject, found without a list.

Each module has `EXAMPLES`, rule id to examples. docs/rules/ shows the two that differ least.
"""

import pkgutil
import re
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
    """The whole template of an example; one that brings conditions, mappings or outputs is a template already.

    What an example refers to and does not show is there too: a parameter for `Ref`, something of no matter for
    `Fn::GetAtt` and `DependsOn`.
    """
    if "Resources" in resources:
        return resources
    asked = _asked({**resources})
    parameters = {name: {"Type": "String"} for name in asked.get("Ref", ()) if name not in resources}
    beside = {name: {"Type": "Custom::Beside"} for name in asked.get("Fn::GetAtt", ()) if name not in resources}
    return {**({"Parameters": parameters} if parameters else {}), "Resources": {**resources, **beside}}


def _asked(value: Any) -> dict[str, set[str]]:
    """The names that references in *value* ask for, by kind."""
    found: dict[str, set[str]] = {}
    inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    for kind, names in (one for item in inner for one in _asked(item).items()):
        found.setdefault(kind, set()).update(names)
    for kind, item in value.items() if isinstance(value, dict) else ():
        if kind == "Ref" and isinstance(item, str) and not item.startswith("AWS::"):
            found.setdefault("Ref", set()).add(item)
        elif kind == "Fn::GetAtt" and item:
            found.setdefault("Fn::GetAtt", set()).add(str(item[0] if isinstance(item, list) else item.split(".")[0]))
        elif kind == "Fn::Sub":
            text = item[0] if isinstance(item, list) else item
            own = item[1] if isinstance(item, list) else {}
            for name in re.findall(r"\$\{([\w.]+)\}", text) if isinstance(text, str) else ():
                if name not in own:
                    found.setdefault("Fn::GetAtt" if "." in name else "Ref", set()).add(name.partition(".")[0])
        elif kind == "DependsOn":
            found.setdefault("Fn::GetAtt", set()).update([item] if isinstance(item, str) else item)
    return found


def all_examples() -> dict[str, Examples]:
    """Rule id to its examples, over all modules of this folder."""
    found: dict[str, Examples] = {}
    for module in pkgutil.iter_modules(__path__):
        found.update(import_module(f"{__name__}.{module.name}").EXAMPLES)
    return found
