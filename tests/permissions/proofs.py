"""Every case in a stack of its own, all of one app, synthesized once a process."""

import json
import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.permissions.cases import Case, all_cases
from tests.permissions.template_policies import Policies, Reader

Proof = tuple[Case, Policies]


@cache
def all_proofs() -> Sequence[Proof]:
    """Each case with the policies of its template."""
    from aws_cdk import App, Environment, Stack

    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder, analytics_reporting=False)
        env = Environment(account="111122223333", region="us-east-1")
        cases = all_cases()
        for number, case in enumerate(cases):
            case.build(Stack(app, f"Case{number}", env=env))
        app.synth()
        return [(case, read(Path(folder) / f"Case{number}.template.json")) for number, case in enumerate(cases)]


def read(path: Path) -> Policies:
    """The policies of a template. A hash of what an asset holds is not part of what its reader may do."""
    template: dict[str, Any] = json.loads(re.sub(r"[0-9a-f]{64}", "<hash>", path.read_text()))
    return Reader(template).read()
