"""Which integration of Step Functions a request goes through, by what `optimized_integration.json` knows."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _data() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((Path(__file__).parent / "optimized_integration.json").read_text())
    return content


def refused_members(operation: str, request: Mapping[str, Any]) -> list[str]:
    """The members of *request* that the optimized integration is not known to take, as paths.

    Step Functions refuses a whole state machine for one member that it does not know ("The field … is not supported by
    Step Functions"), so what no source confirms counts as refused. The data says where each member is confirmed.

    Args:
        operation: Such as `CreateTrainingJob`.
        request: In the API's own words.
    """
    known: Mapping[str, str] = _data()["members"].get(operation, {})
    refused = [name for name in request if name not in known]
    nested = (path for name, value in request.items() if name in known for path in _newer(name, value, name))
    return [*refused, *nested]


def without_defaults(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """*request* without members that are False and that the optimized integration is not known to take.

    Every such member of the API is False where it is left out.
    """
    refused = set(refused_members(operation, request))
    return {name: value for name, value in request.items() if not (name in refused and value is False)}


def _newer(name: str, value: Any, path: str) -> Iterator[str]:
    newer: Mapping[str, str] = _data()["newer_nested"]
    # The keys of these are the user's own.
    if name in ("Environment", "HyperParameters", "StaticHyperParameters"):
        return
    if isinstance(value, Mapping):
        for member, inner in value.items():
            here = f"{path}.{member}"
            if member in newer or f"{member}@{name}" in newer:
                yield here
            else:
                yield from _newer(member, inner, here)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _newer(name, inner, f"{path}[{number}]")
