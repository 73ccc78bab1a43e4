"""The examples, through their whole life on the embedded AWS; the first stack is run by the packaging tests."""

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY


def test_the_nightly_job_trains_and_registers_what_is_good_enough(tmp_path: Path) -> None:
    example, report = REPOSITORY / "examples" / "nightly", tmp_path / "report.json"
    command = [sys.executable, "-m", "constructs_lib.rehearsal.cli", "--app", f"{sys.executable} {example / 'app.py'}"]
    done = subprocess.run(
        [*command, "--data", str(example / "rehearsal.json"), "--report", str(report)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps = json.loads(report.read_text())["steps"]
    (jobs,) = (step for step in steps if step["name"] == "jobs")
    assert jobs["subject"] == "Nightly/Workflow"
    (schedule,) = (step for step in steps if step["name"] == "schedule")
    assert schedule["summary"] == "started 1 execution, SUCCEEDED"


def test_every_example_is_named_in_the_guide() -> None:
    pages = (REPOSITORY / "README.md").read_text() + (REPOSITORY / "docs" / "guide.md").read_text()
    for example in sorted((REPOSITORY / "examples").iterdir()):
        if (example / "app.py").exists():
            assert f"examples/{example.name}" in pages
