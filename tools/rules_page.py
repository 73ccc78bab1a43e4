"""Write docs/rules.md: every rule of the checker, with an example that fails and one that passes.

Run `python tools/rules_page.py`; with `--check` it only compares. The examples are those of
tests/unit/contract/catalogue, where each is proved.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
# The examples are the tests' own, and `python tools/rules_page.py` puts only tools/ on the path.
sys.path.insert(0, str(ROOT))

from constructs_lib.contract.rules import Rule, all_rules  # noqa: E402 -- after the path is set
from tests.unit.contract.catalogue import Examples, all_examples  # noqa: E402 -- after the path is set

PAGE = ROOT / "docs" / "rules.md"


def page() -> str:
    """The page."""
    examples = all_examples()
    lines = [
        "# The rules of the contract",
        "",
        "`python tools/rules_page.py` writes this page from the rules in `constructs_lib/contract/rules` and the",
        "examples in `tests/unit/contract/catalogue`; the test suite compares it. An error is what AWS refuses; a",
        "warning works but is unwise, and fails only in strict use. Acknowledge a finding at a construct, or above it:",
        "",
        "```python",
        'reason = Acknowledgment(id="SageMakerContract::SM101", reason="why it is right here")',
        "Validations.of(construct).acknowledge(reason)",
        "```",
        "",
        "| rule | severity | what is right |",
        "|---|---|---|",
        *(f"| [{rule.id}](#{rule.id.lower()}) | {rule.severity} | {rule.title} |" for rule in all_rules()),
    ]
    for rule in all_rules():
        lines += _section(rule, examples[rule.id])
    return "\n".join(lines) + "\n"


def _section(rule: Rule, examples: Examples) -> Iterator[str]:
    yield from ("", f"## {rule.id}", "", f"{rule.title[0].upper()}{rule.title[1:]} ({rule.severity}).")
    yield from ("", f"Source: <{rule.source}>")
    for word, kind in (("Fails", examples.fails), ("Passes", examples.passes)):
        yield from _example(word, kind)


def _example(word: str, examples: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    about, content = next(iter(examples.items()))
    yield from ("", f"{word}: {about}", "", "```json", json.dumps(content, indent=2), "```")


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text() == page() else f"{PAGE.name} is not what the rules make; run {sys.argv[0]}")
    PAGE.write_text(page())
    print(f"wrote {PAGE}")
