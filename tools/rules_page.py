"""Write docs/rules.md and docs/rules/: every rule of the checker, and what makes an example that fails one that passes.

Run `python tools/rules_page.py`; with `--check` it only compares. The examples are those of
tests/unit/contract/catalogue, where each is proved.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
# The examples are the tests' own, and `python tools/rules_page.py` puts only tools/ on the path.
sys.path.insert(0, str(ROOT))

from constructs_lib.contract._check import BROKEN, check  # noqa: E402 -- because the path is set above
from constructs_lib.contract.rules import Rule, all_rules  # noqa: E402 -- because the path is set above
from tests.unit.contract.catalogue import Examples, Json, all_examples, template  # noqa: E402 -- because the path is set above

PAGE = ROOT / "docs" / "rules.md"
FOLDER = PAGE.with_suffix("")
_LONGEST = 200
_INTRODUCTION = (
    "# The rules of the contract",
    "",
    "`python tools/rules_page.py` writes this page and those beside it from the rules in",
    "`constructs_lib/contract/rules` and the examples in `tests/unit/contract/catalogue`; the tests compare them.",
    "An error is what AWS refuses; a warning works but is unwise, and fails a synth only in strict use. Acknowledge a",
    "finding at a construct, or above it:",
    "",
    "```python",
    'reason = Acknowledgment(id="SageMakerContract::SM101", reason="why it is right here")',
    "Validations.of(construct).acknowledge(reason)",
    "```",
    "",
    f"{BROKEN} (a warning) is no rule: it says that a rule broke down on a template, and which.",
    "",
    "Each example shows what makes the template right: lines with - are in the one that fails, lines with + in the",
    "one that passes, and behind # is what is found. Long texts are cut, and definitions of state machines are shown",
    "as objects. [security-hub.md](security-hub.md) tells which rule is which control of Security Hub.",
    "",
    "| rule | severity | what is right |",
    "|---|---|---|",
)


def pages() -> dict[Path, str]:
    """The index and a page a subject, by where each lies."""
    examples = all_examples()
    subjects = {
        subject: list(rules)
        for subject, rules in groupby(
            sorted(all_rules(), key=lambda rule: (rule.subject, rule.id)), key=lambda rule: rule.subject
        )
    }
    found = {PAGE: _text(_index())}
    for subject, rules in subjects.items():
        lines = [f"# {_title(rules[0])}", "", f"Of [the rules of the contract](../{PAGE.name})."]
        found[FOLDER / f"{subject}.md"] = _text(
            [*lines, *(line for rule in rules for line in _section(rule, examples))]
        )
    return found


def _index() -> Iterator[str]:
    yield from _INTRODUCTION
    for rule in all_rules():
        link = f"{FOLDER.name}/{rule.subject}.md#{rule.id.lower()}"
        yield f"| [{rule.id}]({link}) | {rule.severity} | {rule.title} |"


def _section(rule: Rule, examples: Mapping[str, Examples]) -> Iterator[str]:
    own = examples[rule.id]
    pairs = ((about, fails, passes) for about, fails in own.fails.items() for passes in own.passes.values())
    found = [(list(_difference(fails, passes)), about, fails) for about, fails, passes in pairs]
    lines, about, content = min(found, key=lambda one: len(one[0]))
    finding = next(one for one in check({"t": template(content)}).findings if one.rule == rule.id)
    yield from ("", f"## {rule.id}", "")
    yield f"{rule.title[0].upper()}{rule.title[1:]} ({rule.severity}). Source: <{rule.source}>"
    yield from ("", f"Fails: {about}", "", "```diff", f"# {_cut(finding.message)}")
    yield from [f"# fix: {_cut(finding.fix)}"] if finding.fix else []
    yield from (*lines, "```")


def _difference(fails: Json, passes: Json) -> Iterator[str]:
    """What makes the one that fails (-) the one that passes (+), with two lines around it."""
    before, after = (json.dumps(_shown(content), indent=2).splitlines() for content in (fails, passes))
    for line in list(unified_diff(before, after, n=2, lineterm=""))[2:]:
        yield " ..." if line.startswith("@@") else line


def _shown(value: Any) -> Any:
    """*value* as it is read best: a definition as the object that its text holds, long texts cut."""
    if isinstance(value, dict):
        return {
            _cut(name): _definition(item) if name == "DefinitionString" else _shown(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return _cut(value) if isinstance(value, str) else value


def _definition(value: Any) -> Any:
    try:
        return _shown(json.loads(value)) if isinstance(value, str) else _shown(value)
    except ValueError:
        return _shown(value)


def _title(rule: Rule) -> str:
    """The first sentence of the module that holds the rule."""
    return (sys.modules[rule.check.__module__].__doc__ or "").partition("\n")[0].rstrip(".")


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def main() -> int:
    """Write the pages, or compare them, and return the exit code."""
    wanted = pages()
    there = {PAGE, *FOLDER.glob("*.md")}
    stale = sorted(path for path in there | wanted.keys() if not path.exists() or path.read_text() != wanted.get(path))
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the rules make; run python tools/rules_page.py")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for path in stale:
        if path in wanted:
            path.write_text(wanted[path])
        else:
            path.unlink()
        print(f"wrote {path.relative_to(ROOT)}" if path in wanted else f"removed {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
