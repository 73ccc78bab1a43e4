"""The page on how much of the API is covered is what the tool writes today."""

import subprocess
import sys

from tests.conftest import REPOSITORY


def test_the_page_says_what_is_covered_today() -> None:
    command = [sys.executable, "tools/api_coverage.py", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nearly_every_member_of_a_training_job_can_be_set() -> None:
    page = (REPOSITORY / "docs" / "api-coverage.md").read_text()
    (row,) = (line for line in page.splitlines() if line.startswith("| CreateTrainingJob | 1"))
    assert float(row.split("|")[4].strip(" %")) >= 95
