"""Findings as text and as JSON."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from ._check import Report
from ._finding import Finding, Severity


def as_json(report: Report) -> str:
    """One object on one line."""
    findings = [finding.to_json() for finding in report.findings]
    return json.dumps({"findings": findings, "skipped": report.skipped}, allow_nan=False)


def as_text(report: Report, templates: int) -> str:
    """The findings by template, a paragraph each, and a line that counts."""
    groups = groupby(report.findings, key=lambda finding: finding.template)
    blocks = [block for template, findings in groups for block in _group(template, list(findings))]
    return "\n\n".join([*blocks, _count(report, templates)])


def _group(template: str, findings: Sequence[Finding]) -> Iterator[str]:
    yield template
    for finding in findings:
        where = finding.construct or finding.resource or "the template"
        lines = [f"  {finding.rule} {finding.severity}: {where}", f"    {finding.message}"]
        if finding.fix:
            lines.append(f"    fix: {finding.fix}")
        lines.append(f"    source: {finding.source}")
        yield "\n".join(lines)


def _count(report: Report, templates: int) -> str:
    errors = sum(finding.severity is Severity.ERROR for finding in report.findings)
    warnings = len(report.findings) - errors
    return (
        f"{_many(errors, 'error')}, {_many(warnings, 'warning')} in {_many(templates, 'template')}; "
        f"{_many(report.skipped, 'value')} known only at deployment"
    )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
