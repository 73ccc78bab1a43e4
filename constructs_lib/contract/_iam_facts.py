"""What IAM knows: the actions of every service, and for those near SageMaker what each acts on.

`tools/update_iam_actions.py` writes the data. A line is a service, so that reading one does not parse the rest.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "iam_actions.json"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Service:
    """One service as policies name it.

    Attributes:
        prefix: As in `sagemaker:CreateModel`, before the colon.
        actions: Name in small letters to name as it is spelled.
        detailed: Whether the attributes below are known.
        types: Action in small letters to the resource types that it acts on; empty where it takes `*` only.
        patterns: Resource type to its ARNs, where `*` is any text and `%` any text without a slash.
        conditions: The condition keys; one that ends in `/` or `:` goes on with a name of the user's.
    """

    prefix: str
    actions: dict[str, str]
    detailed: bool = False
    types: dict[str, list[str]] = field(default_factory=dict)
    patterns: dict[str, list[str]] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()


@cache
def _lines() -> dict[str, str]:
    """Prefix to the line of it."""
    lines = [line.strip().rstrip(",") for line in _DATA.read_text().splitlines() if line.startswith('    "')]
    return {name.strip('"'): content for name, _, content in (line.partition(": ") for line in lines)}


def prefixes() -> list[str]:
    """Every service that IAM knows."""
    return list(_lines())


@cache
def service(prefix: str) -> Service | None:
    """The service; None where IAM knows none of the name, in whatever case."""
    line = _lines().get(prefix.lower())
    if line is None:
        return None
    content: Any = json.loads(line)
    names = content if isinstance(content, list) else list(content["actions"])
    actions = {name.lower(): name for name in names}
    if isinstance(content, list):
        return Service(prefix=prefix.lower(), actions=actions)
    return Service(
        prefix=prefix.lower(),
        actions=actions,
        detailed=True,
        types={name.lower(): types for name, types in content["actions"].items()},
        patterns=content["resources"],
        conditions=tuple(content["conditions"]),
    )
