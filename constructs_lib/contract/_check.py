"""Every rule on every template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._finding import Finding
from ._template import Template, views
from .rules import all_rules


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a check of templates found.

    Attributes:
        findings: By template, in the order given; within one by rule.
        skipped: How many values could not be judged, since only a deployment knows them.
    """

    findings: tuple[Finding, ...]
    skipped: int


def check(templates: Mapping[str, dict[str, Any]]) -> Report:
    """Hold *templates*, name to content, against every rule; imports are followed from one to another."""
    exports: dict[str, tuple[Template, Any]] = {}
    seen_as = {name: list(views(name, raw, exports)) for name, raw in templates.items()}
    for outcomes in seen_as.values():
        # One outcome of the conditions stands for all: which one an import meets is not known.
        exports.update(_exported(outcomes[0]) if outcomes else ())
    findings = [finding for outcomes in seen_as.values() for finding in _findings(outcomes)]
    # All outcomes of one template share the set.
    skipped = sum(len(outcomes[0].skipped) for outcomes in seen_as.values() if outcomes)
    return Report(findings=tuple(findings), skipped=skipped)


def _findings(outcomes: list[Template]) -> Iterator[Finding]:
    found: dict[tuple[str, str, str, str], Finding] = {}
    for rule in all_rules():
        for template in outcomes:
            for fault in rule.check(template):
                key = (rule.id, fault.logical_id, fault.path, fault.message)
                found.setdefault(
                    key,
                    Finding(
                        rule=rule.id,
                        severity=rule.severity,
                        template=template.name,
                        resource=fault.logical_id,
                        construct=fault.construct,
                        path=fault.path,
                        value=fault.value,
                        message=fault.message,
                        fix=fault.fix,
                        source=rule.source,
                    ),
                )
    yield from found.values()


def _exported(template: Template) -> Iterator[tuple[str, tuple[Template, Any]]]:
    outputs = template.raw.get("Outputs")
    for output in outputs.values() if isinstance(outputs, dict) else ():
        export = output.get("Export") if isinstance(output, dict) else None
        name = export.get("Name") if isinstance(export, dict) else None
        if isinstance(name, str):
            yield name, (template, output.get("Value"))
