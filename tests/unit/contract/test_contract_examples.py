"""Every example of this repository under the contract: nothing at all is found, not even a warning."""

import runpy
from pathlib import Path
from typing import Any

import aws_cdk
import pytest

from constructs_lib.contract._check import check
from constructs_lib.contract._read import read
from tests.conftest import REPOSITORY

EXAMPLES = sorted((REPOSITORY / "examples").glob("*/*.py"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 8


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.relative_to(REPOSITORY / "examples")))
def test_finds_nothing(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synth, folders = aws_cdk.App.synth, []

    def told(app: Any, **options: Any) -> Any:
        folders.append(Path(app.outdir))
        return synth(app, **options)

    monkeypatch.setattr(aws_cdk.App, "synth", told)
    runpy.run_path(str(example), run_name="__main__")

    (folder,) = folders
    templates = read(folder)
    assert templates
    assert [f"{finding.rule} {finding.resource}: {finding.message}" for finding in check(templates).findings] == []
