"""Which account serves AWS's own images in which region, read from catalogue.json (its `source` says where from)."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _catalogue() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((Path(__file__).parent / "catalogue.json").read_text())
    return content


def deep_learning_accounts() -> Mapping[str, str]:
    """Region to account of the deep-learning containers."""
    accounts: dict[str, str] = _catalogue()["deep_learning_containers"]
    return accounts


def algorithms() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Algorithm to version to `{"repository": …, "registries": {region: account}}`."""
    found: dict[str, dict[str, dict[str, Any]]] = _catalogue()["algorithms"]
    return found
