"""Finds and runs the CDK command line, so that none of its processes outlives the rehearsal."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from constructs_lib.errors import ConfigurationError

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_QUIET = ("--ci", "--no-color", "--no-notices")


def find_cdk(chosen: Path | None) -> list[str]:
    """The command that starts the CDK command line: *chosen*, else the one installed here, else the one on PATH.

    Raises:
        ConfigurationError: There is none; says how to get it.
    """
    if chosen is not None:
        found = shutil.which(chosen)
        if found is None:
            raise ConfigurationError("--cdk", [f"{chosen} is not a program that can be run"])
    else:
        found = shutil.which("node_modules/.bin/cdk") or shutil.which("cdk")
    if found is None:
        raise ConfigurationError(
            "the set-up",
            [
                "no CDK command line: looked for node_modules/.bin/cdk in this folder and for cdk on PATH; "
                "install it with `npm install aws-cdk@2.1148.1`, or name it with --cdk"
            ],
        )
    script = Path(found).resolve()
    node = os.environ.get("JSII_NODE")
    # The node on PATH may be a wrapper that leaves its child behind when it is killed; this one is the real thing.
    return [node, str(script)] if node and _is_node_script(script) else [str(script)]


def cdk_version(script: str) -> str:
    """The version out of the package that *script* belongs to; starting it to ask would take longer than the answer."""
    for folder in Path(script).parents:
        package = folder / "package.json"
        if package.is_file():
            return str(json.loads(package.read_text(encoding="utf-8")).get("version", "unknown"))
    return "unknown"


def _is_node_script(path: Path) -> bool:
    with path.open("rb") as file:
        first_line = file.readline(200)
    return first_line.startswith(b"#!") and b"node" in first_line


class CdkProcess:
    """One call of the command line, read line by line; it leads a process group of its own."""

    def __init__(self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> None:
        self.lines: list[str] = []
        self._command, self._environment, self._folder = command, environment, folder
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._process: subprocess.Popen[str] | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start it, in a thread: a signal handler that raises in the middle of `Popen` would lose the child."""
        self._thread.start()

    def wait_for(self, wanted: Callable[[str], bool]) -> bool:
        """Read until a line is *wanted*; False if the process ends without one. Lines already read count."""
        return any(wanted(line) for line in self.lines) or any(wanted(line) for line in self._new_lines())

    def wait(self) -> int:
        """Read to the end and return the exit code."""
        for _ in self._new_lines():
            pass
        return self._process.wait() if self._process else 127

    def text(self) -> str:
        return "\n".join(self.lines)

    def tail(self, count: int = 12) -> str:
        return "\n".join([line for line in self.lines if line.strip()][-count:])

    def kill(self) -> None:
        """End the whole process group; harmless when it has ended or was never started."""
        if self._thread.ident is None:
            return
        self._started.wait()
        if self._process is not None:
            # The group may hold children of a leader that has ended.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            self._queue.put(f"{self._command[0]} cannot be run: {error}")
        finally:
            self._started.set()
        if self._process is not None and self._process.stdout is not None:
            with suppress(ValueError, OSError), self._process.stdout as output:
                for line in output:
                    self._queue.put(_ESCAPES.sub("", line).rstrip())
        self._queue.put(None)

    def _new_lines(self) -> Iterator[str]:
        # A timeout keeps the wait interruptible by signals everywhere.
        while True:
            try:
                line = self._queue.get(timeout=0.5)
            except queue.Empty:
                continue
            if line is None:
                self._queue.put(None)  # whoever reads next sees the end too
                return
            self.lines.append(line)
            yield line


class Cdk:
    """The command line against the embedded AWS, with nothing of the user's account or caches in reach."""

    def __init__(self, command: Sequence[str], *, folder: Path, aws: Mapping[str, str]) -> None:
        self.command = tuple(command)
        self._folder = folder
        self._aws = aws
        self._processes: list[CdkProcess] = []
        for name in ("home", "tmp"):
            (folder / name).mkdir(exist_ok=True)

    def synth(self, *arguments: str) -> CdkProcess:
        """In the user's folder, with the user's home folder: caches of package managers and of jsii are there."""
        return self._start(["synth", *arguments], home=None, folder=Path.cwd())

    def run(self, *arguments: str) -> CdkProcess:
        """Away from the user's `cdk.json` and home folder: what is synthesized needs neither."""
        return self._start(list(arguments), home=self._folder / "home", folder=self._folder)

    def close(self) -> None:
        for process in self._processes:
            process.kill()

    def _start(self, arguments: list[str], *, home: Path | None, folder: Path) -> CdkProcess:
        process = CdkProcess(
            [*self.command, *arguments, *_QUIET], environment=self._environment(home=home), folder=folder
        )
        self._processes.append(process)
        process.start()
        return process

    def _environment(self, *, home: Path | None) -> dict[str, str]:
        environment = {
            **self._aws,
            # The command line keeps accounts by access key here, and another run has other accounts for the same key.
            "CDK_HOME": str(self._folder / "home" / ".cdk"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            # jsii unpacks its kernel into a temporary folder and leaves it there when it is killed.
            "TMPDIR": str(self._folder / "tmp"),
            "NO_COLOR": "1",
        }
        environment.pop("FORCE_COLOR", None)
        if home is not None:
            environment["HOME"] = str(home)
        return environment
