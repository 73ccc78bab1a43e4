"""The page for a security reviewer is what the proofs make."""

import pytest

from tests.permissions.template_policies import Statement
from tests.permissions.wildcards import reasons
from tools.permissions_page import PAGE, page


def test_the_page_is_what_the_proofs_make() -> None:
    assert PAGE.read_text() == page(), "run python tools/permissions_page.py"


def test_fails_for_a_wildcard_without_a_reason() -> None:
    statement = Statement(
        effect="Allow", actions=("s3:GetObject",), resources=("arn:aws:s3:::*",), conditions={}, by=None
    )

    with pytest.raises(AssertionError, match="nobody has said why s3:GetObject is allowed on arn:aws:s3:::"):
        reasons([statement])
