"""The examples: a nightly job and a shop that scales through their whole lives, the seven kinds beside each other.

The first stack is run by the packaging tests.
"""

import difflib
import json
import runpy
import subprocess
import sys
from collections import Counter
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.templates import of_type

SEVEN_KINDS = (
    "real_time",
    "serverless",
    "asynchronous",
    "multi_model",
    "multi_container",
    "inference_pipeline",
    "inference_components",
)


def rehearsed(name: str, report: Path) -> list[dict[str, Any]]:
    """The steps of an example that passes."""
    example = REPOSITORY / "examples" / name
    command = [sys.executable, "-m", "constructs_lib.rehearsal.cli", "--app", f"{sys.executable} {example / 'app.py'}"]
    done = subprocess.run(
        [*command, "--data", str(example / "rehearsal.json"), "--report", str(report)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps: list[dict[str, Any]] = json.loads(report.read_text())["steps"]
    return steps


def test_the_nightly_job_trains_and_registers_what_is_good_enough(tmp_path: Path) -> None:
    steps = rehearsed("nightly", tmp_path / "report.json")
    (jobs,) = (step for step in steps if step["name"] == "jobs")
    assert jobs["subject"] == "Nightly/Workflow"
    (schedule,) = (step for step in steps if step["name"] == "schedule")
    assert schedule["summary"] == "started 1 execution, SUCCEEDED"


def test_capacity_follows_the_load_and_the_queue_to_zero_and_back(tmp_path: Path) -> None:
    steps = rehearsed("scaling", tmp_path / "report.json")
    moves = {step["subject"]: step["summary"] for step in steps if step["subject"].endswith(" moves")}
    assert moves == {
        "Shop/Search/Scaling/main moves": "Concurrency took it from 2 to 10; Invocations took it from 2 to 10",
        "Shop/Describe/Scaling/main moves": "Backlog took it from 1 to 5; goes to zero, and a request wakes it to 1",
        "Shop/Greet/Scaling/main moves": "Utilization took it from 1 to 10",
    }


def test_every_example_is_named_in_the_guide() -> None:
    pages = (REPOSITORY / "README.md").read_text() + (REPOSITORY / "docs" / "guide.md").read_text()
    for example in sorted((REPOSITORY / "examples").iterdir()):
        if (example / "app.py").exists():
            assert f"examples/{example.name}" in pages


def source(kind: str) -> list[str]:
    return (REPOSITORY / "examples" / "seven_kinds" / f"{kind}.py").read_text().splitlines()


def changed(before: str, after: str) -> list[str]:
    """The lines that go, with a minus in front, and those that come, with a plus."""
    lines = difflib.unified_diff(source(before), source(after), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


class TestSevenKinds:
    def test_these_are_all(self) -> None:
        files = (REPOSITORY / "examples" / "seven_kinds").glob("*.py")
        assert sorted(file.stem for file in files) == sorted(SEVEN_KINDS)

    @pytest.mark.parametrize(("before", "after"), list(permutations(SEVEN_KINDS, 2)))
    def test_from_one_kind_to_any_other_at_most_five_lines_change(self, before: str, after: str) -> None:
        signs = Counter(line[0] for line in changed(before, after))
        assert max(signs["-"], signs["+"]) <= 5

    def test_the_readme_shows_a_change_as_it_is(self) -> None:
        readme = (REPOSITORY / "examples" / "seven_kinds" / "README.md").read_text()
        assert "\n".join(["```diff", *changed("real_time", "serverless"), "```"]) in readme

    @pytest.mark.parametrize(
        ("kind", "mark"),
        [
            ("real_time", '"InitialInstanceCount": 2'),
            ("serverless", '"ServerlessConfig": {"MaxConcurrency": 10, "MemorySizeInMB": 4096}'),
            ("asynchronous", '"AsyncInferenceConfig": {"OutputConfig": {'),
            ("multi_model", '"Mode": "MultiModel"'),
            ("multi_container", '"InferenceExecutionConfig": {"Mode": "Direct"}'),
            ("inference_pipeline", '"InferenceExecutionConfig": {"Mode": "Serial"}'),
            ("inference_components", '"Type": "AWS::SageMaker::InferenceComponent"'),
        ],
    )
    def test_each_is_an_app_with_an_endpoint_of_its_kind(
        self, kind: str, mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import aws_cdk

        monkeypatch.setattr(aws_cdk, "App", partial(aws_cdk.App, outdir=str(tmp_path)))
        runpy.run_path(str(REPOSITORY / "examples" / "seven_kinds" / f"{kind}.py"))
        serving = json.loads((tmp_path / "Serving.template.json").read_text())
        assert len(of_type(serving, "AWS::SageMaker::Endpoint")) == 1
        assert mark in json.dumps(serving)
