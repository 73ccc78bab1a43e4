"""The rules, one a function, found without a list.

How to add a rule: write the function in a module of this folder and its examples in the module of the same name under
tests/unit/contract/catalogue; run `python tools/rules_page.py`. Nothing else is touched. A new subject is a new
module in both folders.

    @rule("SM201", "memory of serverless variants goes in steps of 1024 MB", source="https://docs.aws.amazon.com/…")
    def serverless_memory_step(template: Template) -> Iterator[Fault]:
        for config in template.of_type("AWS::SageMaker::EndpointConfig"):
            for path, variant in config.items("ProductionVariants"):
                memory = member(variant, "ServerlessConfig.MemorySizeInMB")
                if isinstance(memory, int) and memory % 1024:
                    message = f"MemorySizeInMB must be a multiple of 1024, got {memory}"
                    yield config.fault(f"{path}.ServerlessConfig.MemorySizeInMB", message, fix="…", value=memory)

- The id is a subject in two or three capitals and three digits. It never changes and is never used again: people
  acknowledge it. The title is a short sentence that says what is right. `severity=Severity.WARNING` is for what AWS
  takes but is unwise. One id is one reason to acknowledge: two reasons are two rules.
- `Template` is one outcome of the conditions: no `Fn::If`, no `AWS::NoValue`, no resource that is not created. Rules
  read it and change nothing.
- What only a deployment knows is never a finding. `resource.get(path)` and `member(value, path)` return UNKNOWN then,
  which is false and of no ordinary type, so `isinstance` alone is a safe test; test a value that may be of any type
  with `known(value)`. Where the whole point of the rule rests on such a value, count it with `resource.skip(path)`.
- CloudFormation takes "1" for a number and "true" for a boolean: `number(value)` and `boolean(value)` read both and
  return None for anything else, UNKNOWN included.
- `template.target(value, *types)` is the resource that a Ref, GetAtt, Join, Sub or import means;
  `template.parts(value)` takes a text with references apart. `template.once(work)` shares work between rules.
- `template.once(states)` are all states of all state machines, `template.once(requests)` their calls of SageMaker
  (`_states.py`); references in a definition are functions again, as in any property.
- A message says the property, what is allowed and the value given; the fix says what to write instead.
- Wrong kinds of values are found by the shape rules (`shapes.py`): another rule passes over them in silence, and
  never raises, whatever JSON it is given.

The tests ask each example that fails to be found by its rule and by no other, and each that passes to be clean.
"""

import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from .._finding import Fault, Severity
from .._states import Request, State, requests, states
from .._template import UNKNOWN, Reference, Resource, Template, known, member

__all__ = [
    "UNKNOWN",
    "Fault",
    "Reference",
    "Request",
    "Resource",
    "Rule",
    "Severity",
    "State",
    "Template",
    "all_rules",
    "boolean",
    "known",
    "member",
    "number",
    "requests",
    "rule",
    "states",
]

_ID = re.compile(r"[A-Z]{2,3}\d{3}")

Check = Callable[[Template], Iterator[Fault]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule; `rule` makes it from a function.

    Attributes:
        id: As in `SM201`.
        title: What is right, in a short sentence.
        severity: Whether a finding fails a synth.
        source: The page that says so.
        check: What finds it.
    """

    id: str
    title: str
    severity: Severity
    source: str
    check: Check

    @property
    def subject(self) -> str:
        """The module of this folder that holds the rule."""
        return self.check.__module__.rpartition(".")[2]


_RULES: dict[str, Rule] = {}


def rule(id: str, title: str, *, source: str, severity: Severity = Severity.ERROR) -> Callable[[Check], Check]:
    """Make the decorated function a rule; `Rule` describes the arguments.

    Raises:
        ValueError: The id is of another form, or taken.
    """
    if not _ID.fullmatch(id):
        raise ValueError(f"the id of a rule is two or three capitals and three digits, got {id!r}")
    if id in _RULES:
        raise ValueError(f"the id {id} is taken by the rule {_RULES[id].title!r}")

    def register(check: Check) -> Check:
        _RULES[id] = Rule(id=id, title=title, severity=severity, source=source, check=check)
        return check

    return register


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of the modules in this folder, by id."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return tuple(_RULES[id] for id in sorted(_RULES))


def number(value: Any) -> int | float | None:
    """*value* as a number, where CloudFormation takes it for one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", value):
        return float(value) if "." in value else int(value)
    return None


def boolean(value: Any) -> bool | None:
    """*value* as a boolean, where CloudFormation takes it for one."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None
