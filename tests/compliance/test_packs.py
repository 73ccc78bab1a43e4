"""Every rule pack of cdk-nag on the app and on every example: what is found has a reason or a proposal."""

import pytest

from tests.compliance.packs import PACKS, PROPOSALS, Finding, all_findings, unanswered


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return all_findings()


class TestEveryPack:
    def test_runs_on_the_app_and_on_every_example(self, findings: list[Finding]) -> None:
        # Each has buckets, and each pack but one has a rule for them; roles make findings of the other.
        apps = {each.app for each in findings}

        assert {(each.app, each.pack) for each in findings} == {(app, pack) for app in apps for pack in PACKS}
        assert "app.py" in apps and len(apps) > 3

    def test_finds_nothing_without_a_reason_or_a_proposal(self, findings: list[Finding]) -> None:
        found = unanswered(findings)

        assert {each.rule for each in found} == set(PROPOSALS), [each for each in found if each.rule not in PROPOSALS]

    def test_leaves_one_rule_to_answer_in_the_app(self, findings: list[Finding]) -> None:
        found = [(each.construct, each.rule) for each in unanswered(findings) if each.app == "app.py"]

        assert found == [
            ("DeepLearning-Foundation/Store/AccessLogs/Resource", "S3BucketDefaultLockEnabled"),
            ("DeepLearning-Foundation/Store/Bucket/Resource", "S3BucketDefaultLockEnabled"),
        ]

    def test_acknowledges_one_finding_at_what_it_concerns(self, findings: list[Finding]) -> None:
        for each in findings:
            assert each.reason is None or len(each.reason) > 40, each
            assert "/" in each.construct, f"{each.rule} is acknowledged for a whole stack"
