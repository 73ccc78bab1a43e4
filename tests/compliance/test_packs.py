"""Every rule pack of cdk-nag on the app and on every example: what is found has a reason."""

import pytest

from tests.compliance.packs import PACKS, Finding, all_findings


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return all_findings()


class TestEveryPack:
    def test_runs_on_the_app_and_on_every_example(self, findings: list[Finding]) -> None:
        # Each has buckets, and each pack but one has a rule for them; roles make findings of the other.
        apps = {each.app for each in findings}

        assert {(each.app, each.pack) for each in findings} == {(app, pack) for app in apps for pack in PACKS}
        assert "app.py" in apps and len(apps) > 3

    def test_finds_nothing_without_a_reason(self, findings: list[Finding]) -> None:
        assert [each for each in findings if each.reason is None] == []

    def test_acknowledges_one_finding_at_what_it_concerns(self, findings: list[Finding]) -> None:
        for each in findings:
            assert each.reason is not None and len(each.reason) > 40, each
            assert "/" in each.construct, f"{each.rule} is acknowledged for a whole stack"
