"""What a check of templates finds, and the parts of it that a rule says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding fails a synth."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What a rule yields; `Resource.fault` and `Template.fault` make it.

    Attributes:
        logical_id: The resource it is about; empty for the template as a whole.
        construct: Its construct path; None in a template without such metadata.
        path: The property, as in `ProductionVariants[0].InstanceType`; empty for the resource as a whole.
        message: The whole sentence: what is wrong, what is allowed, the value given.
        fix: What to write instead; empty where the message says it.
        value: The value given; None where it is missing.
    """

    logical_id: str
    construct: str | None
    path: str
    message: str
    fix: str = ""
    value: object = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One place in a template that breaks one rule.

    Attributes:
        rule: The stable id of the rule, as in `SM104`.
        severity: An error is refused by AWS; a warning works but is unwise.
        template: The template as the caller named it, or its file in the folder that the caller named.
        resource: The logical id; empty for the template as a whole.
        construct: The construct path, where the template tells it.
        path, value, message, fix: As in `Fault`.
        source: The page that says so.
    """

    rule: str
    severity: Severity
    template: str
    resource: str
    construct: str | None
    path: str
    value: object
    message: str
    fix: str
    source: str

    def to_json(self) -> Mapping[str, object]:
        """The finding as the command line prints it; text alone names the construct."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "construct"}
