"""The command line of the checker: `python -m constructs_lib.contract FILE…`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ._check import check
from ._finding import Severity
from ._read import Json, UnreadableError, read
from ._report import as_json, as_text
from .rules import all_rules

CLEAN, FOUND, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what *arguments* name, print what is found, and return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    # A template may hold text that the terminal cannot show.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # because it is a text stream here
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
    _print(as_json(report) if options.json else as_text(report, len(templates)))
    errors = [finding for finding in report.findings if options.strict or finding.severity is Severity.ERROR]
    return FOUND if errors else CLEAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m constructs_lib.contract",
        description="Find what SageMaker would refuse in CloudFormation templates (JSON), without an account.",
        epilog="Exit code: 0 clean, 1 findings, 2 something could not be read.",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="a template, or a folder such as cdk.out")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    parser.add_argument("--strict", action="store_true", help="let warnings count as findings for the exit code")
    parser.add_argument("--rules", action="store_true", help="list the rules and check nothing")
    return parser


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


if __name__ == "__main__":
    sys.exit(main())
