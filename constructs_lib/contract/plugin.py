"""The checker inside a CDK app: the only module of this folder that knows the AWS CDK."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from ._check import BROKEN, check
from ._finding import Finding, Severity
from ._read import Json, read
from .rules import all_rules


@jsii.implements(IPolicyValidationPlugin)
class SageMakerContract:
    """Refuses at synth what SageMaker would refuse at deployment, in any CDK app.

        Validations.of(app).add_plugins(SageMakerContract())

    An error fails the synth; a warning is reported. What is right nevertheless is acknowledged at its construct or
    above, and stays in `validation-report.json` with the reason:

        Validations.of(construct).acknowledge(Acknowledgment(id="SageMakerContract::SM104", reason="…"))

    docs/rules.md lists the rules; one that breaks down is the warning SM000. What only a deployment knows is never a
    finding.

    Args:
        strict: Whether a warning fails the synth too.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict

    @property
    def name(self) -> str:
        """The namespace of the ids in `acknowledge`."""
        return "SageMakerContract"

    @property
    def version(self) -> str | None:
        """The version of this package."""
        try:
            return version("sagemaker-constructs")
        except PackageNotFoundError:  # run from a checkout that is not installed
            return None

    @property
    def rule_ids(self) -> list[str]:
        """The ids of all rules."""
        return [BROKEN, *(rule.id for rule in all_rules())]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Called by the CDK once all templates are written."""
        templates: dict[str, Json] = {}
        for path in context.template_paths:
            templates.update(read(Path(path)))
        report = check(templates)
        violations = list(self._violations(report.findings))
        failed = any(violation.severity == Severity.ERROR for violation in violations)
        return PolicyValidationPluginReport(
            success=not failed, violations=violations, metadata={"known only at deployment": str(report.skipped)}
        )

    def _violations(self, findings: tuple[Finding, ...]) -> Iterator[PolicyViolation]:
        for finding in findings:
            # The CDK counts again what is left once acknowledged findings are out, and counts errors only: in strict
            # use a warning has to be one.
            severity = Severity.ERROR if self._strict else finding.severity
            yield PolicyViolation(
                rule_name=finding.rule,
                description=finding.message,
                fix=f"{finding.fix}; see {finding.source}" if finding.fix else f"see {finding.source}",
                severity=severity.value,
                rule_metadata={"source": finding.source, "kind": finding.severity.value},
                violating_resources=[
                    PolicyViolatingResource(
                        # The CDK finds the construct by the logical id, with or without path metadata.
                        resource_logical_id=finding.resource or None,
                        template_path=finding.template,
                        locations=[_location(finding.path)] if finding.path else [],
                    )
                ],
            )


def _location(path: str) -> str:
    """`Variants[0].Name` as the CDK writes it, so that it finds the line that set the property."""
    return f"Properties.{path}".replace("[", ".").replace("]", "")
