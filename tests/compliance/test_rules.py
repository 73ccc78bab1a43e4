"""The security rules that every synth of the app runs: nothing unacknowledged, each acknowledgement for one finding."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.conftest import context_of_cdk_json


@pytest.fixture(scope="module")
def report(assembly: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((assembly / "validation-report.json").read_text())
    return content


def test_every_pack_ran_and_found_nothing(report: dict[str, Any]) -> None:
    conclusions = {pack["pluginName"]: pack["conclusion"] for pack in report["pluginReports"]}

    assert conclusions == {"AwsSolutions": "success", "NIST.800.53.R5": "success"}


def test_the_contract_runs_too(tmp_path: Path) -> None:
    # The CDK leaves a plugin that found nothing out of the report (core/lib/validation/private/report.js).
    from aws_cdk import App, Stack
    from aws_cdk import aws_sagemaker as sagemaker

    from app import build

    app = App(context={**context_of_cdk_json(), "stacks": ["foundation"]}, outdir=str(tmp_path))
    build(app)
    sagemaker.CfnModel(Stack(app, "Faulty"), "Model")

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()

    content = json.loads((tmp_path / "validation-report.json").read_text())
    (pack,) = [pack for pack in content["pluginReports"] if pack["conclusion"] == "failure"]
    assert pack["pluginName"] == "SageMakerContract"


def test_each_acknowledgement_has_a_reason_and_stands_at_what_it_concerns(report: dict[str, Any]) -> None:
    suppressed = [finding for pack in report["pluginReports"] for finding in pack.get("suppressedViolations", [])]

    assert suppressed, "the reasons are part of the report"
    for finding in suppressed:
        (construct,) = finding["violatingConstructs"]
        assert len(finding["reason"]) > 40, finding["ruleName"]
        assert construct["constructPath"].startswith(finding["acknowledgedAt"]), finding["ruleName"]
        assert "/" in finding["acknowledgedAt"], f"{finding['ruleName']} is acknowledged for a whole stack"


def test_the_acknowledged_findings_are_these_and_no_others(report: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    found = sorted(
        {
            re.sub(
                r"ExportsOutput\w+", "…", f"{construct['constructPath']}: {finding['ruleName']}: {finding['reason']}"
            )
            for pack in report["pluginReports"]
            for finding in pack.get("suppressedViolations", [])
            for construct in finding["violatingConstructs"]
        }
    )

    assert found == snapshot.use_extension(JSONSnapshotExtension)
