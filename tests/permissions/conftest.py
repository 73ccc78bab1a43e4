"""Every case in a stack of its own, all of one app, synthesized once."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.permissions.cases import Case, all_cases
from tests.permissions.template_policies import Policies, Reader

Proof = tuple[Case, Policies]


@pytest.fixture(scope="session")
def proofs(tmp_path_factory: pytest.TempPathFactory) -> list[Proof]:
    """Each case with the policies of its template."""
    from aws_cdk import App, Environment, Stack

    folder = tmp_path_factory.mktemp("cases")
    app = App(outdir=str(folder), analytics_reporting=False)
    env = Environment(account="111122223333", region="us-east-1")
    cases = all_cases()
    for number, case in enumerate(cases):
        case.build(Stack(app, f"Case{number}", env=env))
    app.synth()
    return [(case, read(folder / f"Case{number}.template.json")) for number, case in enumerate(cases)]


def read(path: Path) -> Policies:
    # A hash of what an asset holds is not part of what its reader may do.
    text = re.sub(r"[0-9a-f]{64}", "<hash>", path.read_text())
    template: dict[str, Any] = json.loads(text)
    return Reader(template).read()
