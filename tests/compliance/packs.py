"""Every rule pack of cdk-nag on the app and on every example, whether or not a finding is acknowledged."""

import json
import re
import runpy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.conftest import REPOSITORY, context_of_cdk_json

PACKS = ("AwsSolutions", "HIPAA.Security", "NIST.800.53.R4", "NIST.800.53.R5", "PCI.DSS.321", "SageMakerContract")


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """What a rule said of a construct.

    Attributes:
        app: `app.py`, or an example.
        construct: Its path.
        pack: The pack, as its reports name it.
        rule: The rule without the name of the pack: `IAM5[Resource::*]`, `S3BucketReplicationEnabled`.
        reason: Why it is right there; None where nobody has said so.
        acknowledged_at: The path of the construct that the reason stands at; None where there is none.
    """

    app: str
    construct: str
    pack: str
    rule: str
    reason: str | None
    acknowledged_at: str | None


@cache
def all_findings() -> list[Finding]:
    """The findings of the app and of the examples."""
    found = list(findings_of("app.py", _build_app))
    for example in sorted((REPOSITORY / "examples").glob("*/*.py")):
        found += findings_of(
            str(example.relative_to(REPOSITORY)), partial(runpy.run_path, str(example), run_name="__main__")
        )
    return sorted(found, key=lambda each: (each.app, each.construct, each.pack, each.rule))


def _build_app() -> None:
    from aws_cdk import App

    from app import build

    app = App(context=context_of_cdk_json())
    build(app)
    app.synth()


def findings_of(app: str, build: Callable[[], object]) -> Iterator[Finding]:
    """What the packs find in the app that *build* makes and synthesizes; `app.py` brings some of them along."""
    import aws_cdk
    import cdk_nag

    from constructs_lib import SageMakerContract

    checks = {
        "AwsSolutions": cdk_nag.AwsSolutionsChecks,
        "HIPAA.Security": cdk_nag.HIPAASecurityChecks,
        "NIST.800.53.R4": cdk_nag.NIST80053R4Checks,
        "NIST.800.53.R5": cdk_nag.NIST80053R5Checks,
        "PCI.DSS.321": cdk_nag.PCIDSS321Checks,
    }
    synth = aws_cdk.App.synth
    reports: list[Path] = []

    def with_packs(self: Any, **options: Any) -> Any:
        # The app runs three of them by itself.
        has = {"AwsSolutions", "NIST.800.53.R5"} if app == "app.py" else set()
        more = [] if app == "app.py" else [SageMakerContract(strict=True)]
        packs = (check(self) for name, check in checks.items() if name not in has)
        aws_cdk.Validations.of(self).add_plugins(*packs, *more)
        reports.append(Path(self.outdir) / "validation-report.json")
        try:
            return synth(self, **options)
        except Exception as error:
            # A finding that is not acknowledged ends the synthesis, after the report has been written.
            if "ValidationFailed" not in str(error):
                raise

    with patch.object(aws_cdk.App, "synth", with_packs):
        build()
    (report,) = reports
    for pack in json.loads(report.read_text())["pluginReports"]:
        assert pack["pluginName"] in PACKS, pack["pluginName"]
        for kind in ("violations", "suppressedViolations"):
            for one in pack.get(kind, []):
                for construct in one["violatingConstructs"]:
                    yield Finding(
                        app=app,
                        construct=construct["constructPath"],
                        pack=pack["pluginName"],
                        rule=re.sub(r"ExportsOutput\w+", "…", one["ruleName"].removeprefix(f"{pack['pluginName']}-")),
                        reason=one.get("reason"),
                        acknowledged_at=one.get("acknowledgedAt"),
                    )
