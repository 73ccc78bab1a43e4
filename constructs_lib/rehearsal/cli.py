"""The console script `cdk-rehearse`: deploys, exercises, updates and destroys a CDK app on an embedded AWS."""

from __future__ import annotations

import argparse
import json
import math
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from constructs_lib.errors import ConfigurationError
from constructs_lib.rehearsal import _data
from constructs_lib.rehearsal._cdk import find_cdk
from constructs_lib.rehearsal._table import Table
from constructs_lib.rehearsal.run import Options, Rehearsal

FAILED, WRONG_SETUP, INTERRUPTED = 1, 2, 130


class Interrupted(BaseException):
    """Ctrl-C or a signal that asks to end; not an Exception, so that no step takes it for its own failure."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `cdk-rehearse`.

    Returns:
        0 if every step passed, 1 if one failed, 2 for a wrong command line or set-up, 130 if it was interrupted.
    """
    parsed = _parser().parse_args(arguments)
    for number in _SIGNALS:
        # nohup asks for hang-ups to be ignored. A script's `&` does the same to Ctrl-C, and there nobody asked.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        return _rehearse(_options(parsed), parsed.report)
    except ConfigurationError as error:
        print(f"cdk-rehearse: {error}", file=sys.stderr)
        return WRONG_SETUP
    except Interrupted:
        print("cdk-rehearse: interrupted", file=sys.stderr)
        return INTERRUPTED


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _ignore_signals()
    raise Interrupted


def _ignore_signals() -> None:
    # Cleaning up takes a few seconds, and a second Ctrl-C in them would leave processes behind.
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cdk-rehearse",
        description="Deploy, exercise, update and destroy a CDK app on an embedded AWS; no account needed.",
    )
    parser.add_argument("--app", metavar="CMD", help="the command that runs the app (default: that of ./cdk.json)")
    parser.add_argument(
        "-c", "--context", metavar="KEY=VALUE", action="append", default=[], help="a context value for the app"
    )
    parser.add_argument("--cdk", metavar="PATH", type=Path, help="the CDK command line to use")
    parser.add_argument(
        "--report", metavar="FILE", type=Path, default=Path("rehearsal-report.json"), help="default: %(default)s"
    )
    parser.add_argument(
        "--data",
        metavar="FILE",
        type=Path,
        help=f"what the account already holds (default: {_data.DEFAULT}, if it is there)",
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=float,
        default=120,
        help="how long a job or an endpoint may take (default: %(default)s)",
    )
    parser.add_argument("--skip-update", action="store_true", help="do not deploy a change after the first deployment")
    return parser


def _options(parsed: argparse.Namespace) -> Options:
    """Check all that can be known before anything starts."""
    problems = []
    if parsed.app is None:
        problems += _cdk_json_problems(Path("cdk.json"))
    elif not parsed.app.strip():
        problems.append("--app is empty: give the command that runs the app, or leave it out for that of cdk.json")
    problems += [f"--context {pair} is not KEY=VALUE" for pair in parsed.context if "=" not in pair[1:]]
    if not parsed.report.absolute().parent.is_dir() or parsed.report.is_dir():
        problems.append(f"--report {parsed.report} is not a file in a folder that is there")
    if not 0 < parsed.timeout < math.inf:
        problems.append(f"--timeout must be a number of seconds above 0, got {parsed.timeout}")
    if problems:
        raise ConfigurationError("the command line", problems)
    data = parsed.data or (_data.DEFAULT if _data.DEFAULT.exists() else None)
    return Options(
        app=parsed.app,
        context=tuple(parsed.context),
        cdk=tuple(find_cdk(parsed.cdk)),
        data=data,
        timeout=parsed.timeout,
        skip_update=parsed.skip_update,
    )


def _cdk_json_problems(path: Path) -> list[str]:
    if not path.is_file():
        return ["no app: give its command with --app, or run in a folder that has a cdk.json"]
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        return [f"cdk.json is not JSON: {error}"]
    if not isinstance(content, dict) or not content.get("app"):
        return ['no app: cdk.json has no "app"; add it there, or give the command with --app']
    return []


def _rehearse(options: Options, report: Path) -> int:
    since = time.monotonic()
    table = Table(sys.stdout)
    folder = Path(tempfile.mkdtemp(prefix="cdk-rehearse-")).resolve()
    rehearsal = Rehearsal(options, folder=folder, table=table, shield=_ignore_signals)
    try:
        rehearsal.run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        table.close()
        if rehearsal.report.rows:
            rehearsal.report.write(report)
            table.say(rehearsal.report.last_lines(time.monotonic() - since, str(report)))
    return 0 if rehearsal.report.passed else FAILED


if __name__ == "__main__":
    sys.exit(main())
