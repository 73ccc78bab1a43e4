"""Every rule pack of cdk-nag on the app and on every example: what is found has a reason."""

import pytest

from tests.compliance.packs import PACKS, Finding, all_findings, findings_of


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return all_findings()


class TestEveryPack:
    def test_runs_on_the_app_and_on_every_example(self, findings: list[Finding]) -> None:
        # Each has buckets, and each pack of cdk-nag but one has a rule for them; roles make findings of the other.
        apps = {each.app for each in findings}
        packs = set(PACKS) - {"SageMakerContract"}

        assert {(each.app, each.pack) for each in findings} >= {(app, pack) for app in apps for pack in packs}
        assert "app.py" in apps and len(apps) > 3

    def test_the_controls_of_sagemaker_run_too_and_find_nothing(self, findings: list[Finding]) -> None:
        # That they run in the app is shown in test_rules.py; here they are planted into an app like the examples.
        def plant() -> None:
            from aws_cdk import App, Stack
            from aws_cdk import aws_sagemaker as sagemaker

            app = App()
            config = sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                variant_name="main",
                model_name="model",
                initial_variant_weight=1,
                initial_instance_count=1,
                instance_type="ml.m5.xlarge",
            )
            sagemaker.CfnEndpointConfig(Stack(app, "Stack"), "Config", production_variants=[config])
            app.synth()

        planted = {(each.pack, each.rule) for each in findings_of("planted", plant)}

        assert planted >= {("SageMakerContract", "SE201"), ("SageMakerContract", "SE207")}
        assert [each for each in findings if each.pack == "SageMakerContract"] == []

    def test_finds_nothing_without_a_reason(self, findings: list[Finding]) -> None:
        assert [each for each in findings if each.reason is None] == []

    def test_acknowledges_one_finding_at_what_it_concerns(self, findings: list[Finding]) -> None:
        for each in findings:
            assert each.reason is not None and len(each.reason) > 40, each
            assert each.acknowledged_at is not None and each.construct.startswith(each.acknowledged_at), each
            assert "/" in each.acknowledged_at, f"{each.rule} is acknowledged for a whole stack"


class TestCeilings:
    """docs/decisions/0013-acknowledgements.md says why there are as many; one more is a decision, too."""

    def test_of_findings_that_are_no_wildcards(self, findings: list[Finding]) -> None:
        of_app = {(each.construct, each.rule) for each in findings if each.app == "app.py"}

        assert len({place for place in of_app if not place[1].startswith("IAM5[")}) <= 15

    def test_of_reasons(self, findings: list[Finding]) -> None:
        of_app = [each for each in findings if each.app == "app.py"]

        assert len({each.reason for each in of_app if not each.rule.startswith("IAM5[")}) <= 10
        assert len({each.reason for each in of_app if each.rule.startswith("IAM5[")}) <= 14
