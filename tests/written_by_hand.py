"""Requests compared, whole, with ones written out by hand from the API reference.

What `tools/api_coverage.py` counts as covered are the members of requests that went through here, and nothing else.
"""

from collections.abc import Mapping
from typing import Any

# By operation, as this process has compared them.
COMPARED: dict[str, list[Mapping[str, Any]]] = {}


def same_request(operation: str, rendered: Any, by_hand: Mapping[str, Any]) -> None:
    """What a construct has rendered is the request written by hand, member by member, no more and no less."""
    assert rendered == by_hand
    COMPARED.setdefault(operation, []).append(by_hand)
