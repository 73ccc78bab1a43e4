"""The channels of the built-in algorithms, by the image that runs them.

The data is that of `constructs_lib/containers`, read as files: this folder imports nothing of ours.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "containers"
_IMAGE = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.[\w-]+\.amazonaws\.com(\.cn)?/(?P<repository>[\w/-]+)[:@].+")


def channels_of(image: str) -> tuple[str, ...]:
    """The channels that the algorithm of *image* reads; nothing for an image that is not one of AWS's algorithms."""
    match = _IMAGE.fullmatch(image)
    accounts, channels = _of_repository(match["repository"]) if match else (frozenset(), ())
    return channels if match and match["account"] in accounts else ()


@cache
def _of_repository(repository: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The accounts that hold a repository of an algorithm, and the channels of that."""
    facts, catalogue = _read("algorithm_facts.json")["algorithms"], _read("catalogue.json")
    for name, written in facts.items():
        families = catalogue["images"].get(name, ())
        places = [family["shared"] for family in families]
        places += [{**family["shared"], **one} for family in families for v in family["versions"].values() for one in v]
        tables = [place["table"] for place in places if place["repository"] == repository]
        if tables:
            accounts = frozenset(account for table in tables for account in catalogue["tables"][table].values())
            return accounts, tuple(sorted({*written["required_channels"], *written["optional_channels"]}))
    return frozenset(), ()


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_FOLDER / name).read_bytes())
    return content
