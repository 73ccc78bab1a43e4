"""The checker in an app that uses none of our constructs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aws_cdk import Acknowledgment, App, CfnParameter, NestedStack, Stack, Stage, Validations
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from constructs_lib import SageMakerContract

ROLE = "arn:aws:iam::123456789012:role/model"


def model(scope: Construct, id: str = "Model", image: str = "a b") -> sagemaker.CfnModel:
    return sagemaker.CfnModel(
        scope,
        id,
        execution_role_arn=ROLE,
        enable_network_isolation=True,
        vpc_config={"securityGroupIds": ["sg-1"], "subnets": ["subnet-1", "subnet-2"]},
        primary_container={"image": image},
    )


def config(scope: Construct, instance_type: str) -> sagemaker.CfnEndpointConfig:
    variant = {
        "variantName": "blue",
        "modelName": "model",
        "initialVariantWeight": 1,
        "initialInstanceCount": 2,
        "instanceType": instance_type,
    }
    return sagemaker.CfnEndpointConfig(scope, "Config", production_variants=[variant], kms_key_id="alias/data")


class Synth:
    """What one synth of one app left."""

    def __init__(self, folder: Path, build: Callable[[Stack], object], *, strict: bool = False) -> None:
        app = App(outdir=str(folder))
        Validations.of(app).add_plugins(SageMakerContract(strict=strict))
        build(Stack(app, "Stack"))
        self.error: str | None = None
        try:
            app.synth()
        except RuntimeError as error:
            self.error = str(error)
        file = folder / "validation-report.json"
        reports = json.loads(file.read_text())["pluginReports"] if file.exists() else []
        self.report: dict[str, Any] = next((r for r in reports if r["pluginName"] == "SageMakerContract"), {})

    def found(self, kind: str = "violations") -> list[tuple[str, str]]:
        """Rule and construct of each finding."""
        return [
            (violation["ruleName"], construct["constructPath"])
            for violation in self.report.get(kind) or []
            for construct in violation["violatingConstructs"]
        ]


def test_lets_a_right_stack_pass(tmp_path: Path) -> None:
    synth = Synth(tmp_path, lambda stack: model(stack, image="image"))

    assert synth.error is None
    assert synth.found() == []


def test_fails_with_what_is_wrong_where_and_what_to_do(tmp_path: Path) -> None:
    synth = Synth(tmp_path, model)

    assert synth.error is not None
    for words in (
        "PrimaryContainer.Image must match the pattern [\\S]+, got 'a b'",
        "Stack/Model",
        "write it in that form; see https://docs.aws.amazon.com/",
        "SageMakerContract::SM107",
    ):
        assert words in synth.error
    assert synth.found() == [("SM107", "Stack/Model")]


def test_keeps_an_acknowledged_finding_with_its_reason(tmp_path: Path) -> None:
    def build(stack: Stack) -> None:
        acknowledgment = Acknowledgment(id="SageMakerContract::SM107", reason="a registry of our own")
        Validations.of(model(stack)).acknowledge(acknowledgment)

    synth = Synth(tmp_path, build)

    assert synth.error is None
    assert synth.found() == []
    assert synth.found("suppressedViolations") == [("SM107", "Stack/Model")]
    assert synth.report["suppressedViolations"][0]["reason"] == "a registry of our own"


def test_fails_for_the_other_one_of_two_when_one_is_acknowledged(tmp_path: Path) -> None:
    def build(stack: Stack) -> None:
        Validations.of(model(stack)).acknowledge(Acknowledgment(id="SageMakerContract::SM107", reason="right"))
        model(stack, "Other")

    synth = Synth(tmp_path, build)

    assert synth.error is not None
    assert synth.found() == [("SM107", "Stack/Other")]


def test_does_not_fail_for_a_warning(tmp_path: Path) -> None:
    synth = Synth(tmp_path, lambda stack: config(stack, "ml.zz9.large"))

    assert synth.error is None
    assert synth.found() == [("SM112", "Stack/Config")]
    assert synth.report["violations"][0]["severity"] == "warning"


class TestStrict:
    def test_fails_for_a_warning(self, tmp_path: Path) -> None:
        synth = Synth(tmp_path, lambda stack: config(stack, "ml.zz9.large"), strict=True)

        assert synth.error is not None
        assert synth.report["violations"][0]["ruleMetadata"]["kind"] == "warning"

    def test_fails_for_a_warning_beside_an_acknowledged_finding(self, tmp_path: Path) -> None:
        def build(stack: Stack) -> None:
            Validations.of(model(stack)).acknowledge(Acknowledgment(id="SageMakerContract::SM107", reason="right"))
            config(stack, "ml.zz9.large")

        assert Synth(tmp_path, build, strict=True).error is not None


def test_fails_in_a_nested_stack_of_a_stage(tmp_path: Path) -> None:
    def build(stack: Stack) -> None:
        inner = Stack(Stage(stack.node.root, "Prod"), "Inner")
        model(NestedStack(inner, "Nested"))

    assert Synth(tmp_path, build).found() == [("SM107", "Prod/Inner/Nested/Model")]


def test_passes_over_a_parameter(tmp_path: Path) -> None:
    synth = Synth(tmp_path, lambda stack: model(stack, image=CfnParameter(stack, "Image").value_as_string))

    assert synth.error is None


def test_tells_the_cdk_its_rules() -> None:
    plugin = SageMakerContract()

    assert plugin.name == "SageMakerContract"
    assert "SM101" in plugin.rule_ids
