"""Each of docs/traps.md has a test that bears its number."""

import re

from tests.conftest import REPOSITORY


def test_each_trap_has_a_test_and_each_number_is_a_trap() -> None:
    known = re.findall(r"^(\d+)\. ", (REPOSITORY / "docs" / "traps.md").read_text(), re.MULTILINE)
    named = set()
    for file in (REPOSITORY / "tests").rglob("test_*.py"):
        named |= set(re.findall(r"def test_trap_(\d+)_", file.read_text()))
    assert sorted(named, key=int) == known
