"""Every rule on the templates written for it, and on those of this repository."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from constructs_lib.contract._check import check
from constructs_lib.contract.rules import all_rules
from tests.unit.contract.catalogue import all_examples, template
from tools.rules_page import FOLDER, PAGE, pages

CONTROLS = PAGE.with_name("security-hub.md")
EXAMPLES = all_examples()
FAILING = [(rule, about) for rule, examples in EXAMPLES.items() for about in examples.fails]
PASSING = [(rule, about) for rule, examples in EXAMPLES.items() for about in examples.passes]


def found(content: dict[str, Any], also: frozenset[str] = frozenset()) -> list[str]:
    """What is found besides what cannot but be: an example is right in everything that it is not about."""
    return [
        f"{finding.rule} {finding.resource} {finding.message}"
        for finding in check({"t": content}).findings
        if finding.rule not in also
    ]


def test_each_rule_has_an_example_that_fails_and_one_that_passes() -> None:
    assert {rule for rule, _ in FAILING} == {rule for rule, _ in PASSING} == {rule.id for rule in all_rules()}


@pytest.mark.parametrize(("rule", "about"), FAILING)
def test_finds_by_its_rule_and_by_no_other(rule: str, about: str) -> None:
    examples = EXAMPLES[rule]

    assert {text.split()[0] for text in found(template(examples.fails[about]), examples.also)} == {rule}


@pytest.mark.parametrize(("rule", "about"), PASSING)
def test_is_clean(rule: str, about: str) -> None:
    assert found(template(EXAMPLES[rule].passes[about]), EXAMPLES[rule].also) == []


@pytest.mark.parametrize("rule", [rule for rule, examples in EXAMPLES.items() if examples.also])
def test_what_is_passed_over_is_found(rule: str) -> None:
    reports = [check({"t": template(content)}) for content in EXAMPLES[rule].fails.values()]

    assert EXAMPLES[rule].also <= {finding.rule for report in reports for finding in report.findings}


def test_each_rule_names_a_page_and_a_fix() -> None:
    for rule in all_rules():
        assert rule.source.startswith("https://"), rule.id
        assert rule.title[0].islower() and not rule.title.endswith("."), rule.id


def test_the_pages_of_the_rules_are_those_that_they_make() -> None:
    there = {path: path.read_text() for path in (PAGE, *FOLDER.glob("*.md"))}
    wanted = pages()

    assert sorted(there) == sorted(wanted), "run python tools/rules_page.py"
    assert [path.name for path in wanted if there[path] != wanted[path]] == [], "run python tools/rules_page.py"


def test_the_table_of_security_hub_tells_the_rule_of_each_control() -> None:
    messages = {
        (finding.rule, finding.message)
        for examples in EXAMPLES.values()
        for content in examples.fails.values()
        for finding in check({"t": template(content)}).findings
    }
    found = {(int(number), rule) for rule, text in messages for number in re.findall(r"\(SageMaker\.(\d+)\)", text)}
    rows = re.findall(r"^\| SageMaker\.(\d+) \| [^|]+ \| (.+?) \| (.*?) ?\|$", CONTROLS.read_text(), re.MULTILINE)
    told = {(int(number), link[1:6]) for number, link, _ in rows if link != "none"}
    links = {link for _, link, _ in rows} - {"none"}

    assert [int(number) for number, _, _ in rows] == list(range(1, 26))
    assert told == found
    assert links <= {f"[{one.id}](rules/{one.subject}.md#{one.id.lower()})" for one in all_rules()}
    assert [number for number, link, remark in rows if link == "none" and not remark] == []


class TestThisRepository:
    def test_finds_nothing(self, templates: Mapping[str, dict[str, Any]]) -> None:
        assert [finding.message for finding in check(templates).findings] == []
