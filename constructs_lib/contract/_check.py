"""Every rule on every template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._finding import Fault, Finding, Severity
from ._template import Template, views
from .rules import Rule, all_rules

# The id of a finding that says that a rule broke down, and what it says nothing about is not known.
BROKEN = "SM000"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a check of templates found.

    Attributes:
        findings: By template, in the order given; within one by rule.
        skipped: How many values could not be judged, since only a deployment knows them.
    """

    findings: tuple[Finding, ...]
    skipped: int

    @property
    def complete(self) -> bool:
        """Whether every rule ran to its end."""
        return all(finding.rule != BROKEN for finding in self.findings)


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
            try:
                for fault in rule.check(template):
                    key = (rule.id, fault.logical_id, fault.path, fault.message)
                    found.setdefault(key, _finding(rule.id, rule.severity, template, fault, rule))
            except Exception as error:
                # A fault of one rule must not take away what the others find.
                found.setdefault(
                    (rule.id, "", "", BROKEN), _finding(BROKEN, Severity.WARNING, template, _broken(rule, error), rule)
                )
    yield from found.values()


def _broken(rule: Rule, error: Exception) -> Fault:
    return Fault(
        logical_id="",
        construct=None,
        path="",
        message=f"the rule {rule.id} broke down on this template with {type(error).__name__}: {str(error)[:200]}",
        fix=f"check by hand that {rule.title}, and report the template to the maintainers of the rule",
    )


def _finding(id: str, severity: Severity, template: Template, fault: Fault, rule: Rule) -> Finding:
    return Finding(
        rule=id,
        severity=severity,
        template=template.name,
        resource=fault.logical_id,
        construct=fault.construct,
        path=fault.path,
        value=fault.value,
        message=fault.message,
        fix=fault.fix,
        source=rule.source,
    )


def _exported(template: Template) -> Iterator[tuple[str, tuple[Template, Any]]]:
    outputs = template.raw.get("Outputs")
    for output in outputs.values() if isinstance(outputs, dict) else ():
        export = output.get("Export") if isinstance(output, dict) else None
        name = export.get("Name") if isinstance(export, dict) else None
        if isinstance(name, str):
            yield name, (template, output.get("Value"))
