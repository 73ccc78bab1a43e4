"""The embedded AWS as a process: where it listens, what it leaves, and what it says when it cannot start."""

import os
import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from constructs_lib.errors import ConfigurationError
from constructs_lib.rehearsal import embedded
from constructs_lib.rehearsal.embedded import MINISTACK_VERSION, EmbeddedAws

ROOT = Path(__file__).resolve().parents[2]


def listeners(pid: int) -> set[str]:
    """The addresses that a process listens on, as the kernel writes them: `0100007F` is 127.0.0.1."""
    own = {link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    sockets = {found[1] for name in own if (found := re.fullmatch(r"socket:\[(\d+)\]", name))}
    found_addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in sockets:
                found_addresses.add(fields[1].partition(":")[0])
    return found_addresses


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="reads the kernel's tables")
def test_listens_on_loopback_only_and_leaves_no_process(tmp_path: Path) -> None:
    with EmbeddedAws(folder=tmp_path) as aws:
        aws.client("iot").list_things()
        aws.client("transfer").list_servers()
        assert aws._process is not None
        pid = aws._process.pid
        assert listeners(pid) == {"0100007F"}

    assert not alive(pid)


def test_two_run_side_by_side(tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        folder.mkdir()
    with EmbeddedAws(folder=folders[0]) as one, EmbeddedAws(folder=folders[1], account="210987654321") as two:
        one.client("s3").create_bucket(Bucket="only-in-one")

        assert one.endpoint_url != two.endpoint_url
        assert two.client("s3").list_buckets()["Buckets"] == []
        assert two.client("sts").get_caller_identity()["Account"] == "210987654321"


def test_goes_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = f"""
        import os, signal
        from pathlib import Path
        from constructs_lib.rehearsal.embedded import EmbeddedAws
        aws = EmbeddedAws(folder=Path({str(tmp_path)!r})).__enter__()
        print(aws._process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, text=True)
    pid = int(ended.stdout)
    end = time.monotonic() + 5
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)

    assert not alive(pid)


def test_environment_names_this_aws_and_no_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    with EmbeddedAws(folder=tmp_path, region="eu-west-1") as aws:
        environment = aws.environment()
        identity = aws.client("sts").get_caller_identity()

    assert identity["Account"] == "123456789012"
    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint_url
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(environment)
    assert environment["PATH"] == os.environ["PATH"]


def test_fails_without_the_emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"its extra `rehearsal`"), EmbeddedAws(folder=tmp_path):
        pass


def test_fails_with_the_log_when_it_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_BOOTSTRAP", "raise SystemExit('no such thing')")
    with pytest.raises(RuntimeError, match="no such thing"), EmbeddedAws(folder=tmp_path):
        pass


def test_pins_the_release_that_the_extra_installs() -> None:
    assert f'rehearsal = ["ministack=={MINISTACK_VERSION}"]' in (ROOT / "pyproject.toml").read_text()
    assert f"ministack=={MINISTACK_VERSION}\n" in (ROOT / "requirements-emulator.txt").read_text()


def test_fails_with_one_sentence_when_a_release_moves_a_hook() -> None:
    script = """
        import sys
        sys.path.append(sys.argv[1])
        from ministack.services import stepfunctions
        from ministack.core import iam_evaluator
        from constructs_lib.rehearsal.emulator import hooks
        hooks.check()
        del stepfunctions._SERVICE_DISPATCH
        iam_evaluator.parse_policy_document = lambda document, strict: []
        try:
            hooks.check()
        except RuntimeError as error:
            print(error)
    """
    command = [str(embedded._interpreter()), "-I", "-c", textwrap.dedent(script), str(ROOT)]
    ended = subprocess.run(command, capture_output=True, text=True)

    assert ended.stdout.startswith("this release of MiniStack has moved "), ended.stderr
    assert "ministack.services.stepfunctions._SERVICE_DISPATCH" in ended.stdout
    assert "ministack.core.iam_evaluator.parse_policy_document" in ended.stdout
    assert ended.stdout.count("\n") == 1
