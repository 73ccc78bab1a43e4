"""The cases, built once."""

from collections.abc import Sequence

import pytest

from tests.permissions.proofs import Proof, all_proofs


@pytest.fixture(scope="session")
def proofs() -> Sequence[Proof]:
    """Each case with the policies of its template."""
    return all_proofs()
