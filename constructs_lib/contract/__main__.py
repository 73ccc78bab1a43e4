"""The command line of the checker: `python -m constructs_lib.contract FILE…`."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ._check import BROKEN, check
from ._finding import Severity
from ._read import Json, UnreadableError, read
from ._report import as_json, as_text
from .rules import all_rules

CLEAN, FOUND, UNREADABLE, BROKEN_RULE = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what *arguments* name, print what is found, and return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.rules:
        _print("\n".join(f"{rule.id}  {rule.severity:<7}  {rule.title}" for rule in all_rules()))
        return CLEAN
    if not options.files:
        parser.error("name a template or a folder that the CDK has written, or --rules")
    templates: dict[str, Json] = {}
    try:
        for file in options.files:
            templates.update(read(Path(file)))
    except UnreadableError as error:
        sys.stderr.write(f"{_printable(str(error))}\n")
        return UNREADABLE
    report = check(templates)
    code = BROKEN_RULE if not report.complete else CLEAN
    if options.errors:
        kept = (one for one in report.findings if one.severity is Severity.ERROR or one.rule == BROKEN)
        report = replace(report, findings=tuple(kept))
    _print(as_json(report) if options.json else as_text(report, len(templates)))
    return code or (FOUND if report.findings else CLEAN)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m constructs_lib.contract",
        description="Find what SageMaker would refuse in CloudFormation templates (JSON), without an account.",
        epilog="Exit code: 0 clean, 1 findings (errors or warnings), 2 something could not be read, 3 a rule broke "
        "down (a finding SM000 names it, and those of the other rules are printed).",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="a template, or a folder such as cdk.out")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    parser.add_argument("--errors", action="store_true", help="look for errors only, and let warnings pass")
    parser.add_argument("--rules", action="store_true", help="list the rules and check nothing")
    return parser


def _print(text: str) -> None:
    # A template may hold text that the terminal cannot show.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # -- because it is a text stream here
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Who reads has seen enough, as in `| head`; Python would say so again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


if __name__ == "__main__":
    # The process ends before there is anything to collect; to look for it takes a tenth of the time.
    gc.disable()
    sys.exit(main())
