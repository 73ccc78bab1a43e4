"""Turns members as the API names them into the arguments of a typed L1 construct."""

import re
from collections.abc import Mapping
from typing import Any


def camel_case(members: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for an L1: the top level in Python's spelling, what is below it in CloudFormation's.

    jsii passes nested dictionaries on as they are, and an L1 takes them in camel case; environment variables are the
    user's own and stay.
    """
    return {snake_case(name): _nested(name, value) for name, value in members.items()}


def given(**members: Any) -> dict[str, Any]:
    """The members that were given a value; zero and False are values."""
    return {name: value for name, value in members.items() if value is not None}


def render_tags(tags: Mapping[str, str] | None) -> list[dict[str, str]] | None:
    """The `Tags` member; None when there is no tag."""
    return [{"Key": key, "Value": value} for key, value in tags.items()] if tags else None


# Members that stay as they are: what their keys are is data and no names of the API, or the L1 takes them as JSON.
_MAPS = frozenset({"Environment", "OfflineStoreConfig", "OnlineStoreConfig"})


def _nested(name: str, value: Any) -> Any:
    if name in _MAPS:
        return value
    if isinstance(value, Mapping):
        return {_camel(key): _nested(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_nested(name, item) for item in value]
    return value


def _words(name: str) -> str:
    """`EnableSSMAccess` becomes `EnableSsmAccess`: the CDK writes abbreviations as words."""
    return re.sub(r"[A-Z]{2,}(?=[A-Z][a-z]|\d|$)", lambda letters: letters.group().capitalize(), name)


def _camel(name: str) -> str:
    words = _words(name)
    return words[0].lower() + words[1:]


def snake_case(name: str) -> str:
    """A member of the API as an argument of an L1 is spelt."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", _words(name)).lower()
