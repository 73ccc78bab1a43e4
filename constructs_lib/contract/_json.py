"""Reads JSON that may be anything."""

import json
from math import isfinite
from typing import Any

# The services nest far less deep; every walk here goes one call deeper a level.
_DEEPEST = 150


def parsed(text: str | bytes) -> Any:
    """The value that *text* holds.

    Raises:
        ValueError: It is not JSON, not UTF-8, nested deeper than any template, or holds a number beyond all others.
    """
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    except RecursionError as error:
        raise ValueError(f"it is nested deeper than {_DEEPEST} levels") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level if isinstance(outer, (dict, list)) for inner in _inside(outer)]
    if level:
        raise ValueError(f"it is nested deeper than {_DEEPEST} levels")
    return value


def _no_constant(name: str) -> float:
    # Python's reader takes NaN and Infinity, which JSON does not have and CloudFormation refuses.
    raise ValueError(f"it is not JSON: {name} is no number")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"it holds a number that is too large: {text[:40]}")
    return value


def _inside(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value
