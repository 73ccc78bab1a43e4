"""What the optimized SageMaker integration of Step Functions takes, by what `optimized_integration.json` knows."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ._unresolved import PATH_SUFFIX


@cache
def _data() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text())
    return content


def judged_operations() -> tuple[str, ...]:
    """The operations whose members are listed."""
    return tuple(_data()["members"])


def refused_members(operation: str, request: Mapping[str, Any]) -> list[str]:
    """The members of *request* that the optimized integration is not known to take, as paths.

    Step Functions refuses a whole state machine for one member that it does not know ("The field … is not supported by
    Step Functions"), so what no source confirms counts as refused. The data says where each member is confirmed.

    Args:
        operation: Such as `CreateTrainingJob`.
        request: In the API's own words, or as a state has it, where `.$` follows a name that a path fills in.
    """
    known: Mapping[str, str] = _data()["members"].get(operation, {})
    plain = {name.removesuffix(PATH_SUFFIX): value for name, value in request.items()}
    refused = [name for name in plain if name not in known]
    nested = (path for name, value in plain.items() if name in known for path in _newer(name, value, name))
    return [*refused, *nested]


def _newer(name: str, value: Any, path: str) -> Iterator[str]:
    newer: Mapping[str, str] = _data()["newer_nested"]
    # The keys of these are the user's own.
    if name in ("Environment", "HyperParameters", "StaticHyperParameters"):
        return
    if isinstance(value, Mapping):
        for given, inner in value.items():
            member = given.removesuffix(PATH_SUFFIX)
            here = f"{path}.{member}"
            if member in newer or f"{member}@{name}" in newer:
                yield here
            else:
                yield from _newer(member, inner, here)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _newer(name, inner, f"{path}[{number}]")
