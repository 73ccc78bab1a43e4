"""Reads JSON that may be anything."""

import json
from typing import Any

# The services nest far less deep; every walk here goes one call deeper a level.
_DEEPEST = 150


def parsed(text: str | bytes) -> Any:
    """The value that *text* holds.

    Raises:
        ValueError: It is not JSON, not UTF-8, or nested deeper than any template.
    """
    try:
        value = json.loads(text)
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


def _inside(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value
