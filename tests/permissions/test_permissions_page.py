"""The page for a security reviewer is what the proofs make."""

import re

import pytest

from tests.permissions.template_policies import Statement
from tests.permissions.wildcards import reasons
from tools.permissions_page import PAGE, page


def test_the_page_is_what_the_proofs_make() -> None:
    assert PAGE.read_text() == page(), "run python tools/permissions_page.py"


def test_the_findings_of_wildcards_are_counted_once_each() -> None:
    text = PAGE.read_text()
    totals = re.findall(r"acknowledged in the (?:app|examples), for wildcards \| (\d+)", text)
    findings = re.findall(r"^\| \d+ \| .+ \| (\d+) \| \d+ \|$", text, re.MULTILINE)
    places = re.findall(r"^\| (?:app\.py|examples/\S+) \| `\S+` \| ([\d, ]+) \|$", text, re.MULTILINE)

    assert sum(map(int, totals)) == sum(map(int, findings)) == sum(len(place.split(", ")) for place in places)
    assert len(places) > 30


def test_fails_for_a_wildcard_without_a_reason() -> None:
    statement = Statement(
        effect="Allow", actions=("s3:GetObject",), resources=("arn:aws:s3:::*",), conditions={}, by=None
    )

    with pytest.raises(AssertionError, match="nobody has said why s3:GetObject is allowed on arn:aws:s3:::"):
        reasons([statement])
