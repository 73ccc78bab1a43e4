"""The security rules that every synth of the app runs; test_packs.py looks at what is acknowledged."""

import json
from pathlib import Path
from typing import Any

import pytest

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
