"""What a resource waits for when a stack is made: what it refers to, what it depends on, and what those wait for."""

from collections.abc import Iterator
from typing import Any

from ._functions import pieces
from ._template import Resource, Template


def waits_for(resource: Resource, other: Resource) -> bool:
    """Whether *other* is there before *resource* is made."""
    direct = resource.template.once(_direct)
    seen, next_ones = {resource.logical_id}, [resource.logical_id]
    while next_ones:
        found = direct.get(next_ones.pop(), set()) - seen
        if other.logical_id in found:
            return True
        seen |= found
        next_ones += found
    return False


def _direct(template: Template) -> dict[str, set[str]]:
    """Logical id to the ids that the resource itself names."""
    return {name: set(_named(resource)) for name, resource in template.resources.items()}


def _named(resource: Resource) -> Iterator[str]:
    depends = resource.attributes.get("DependsOn")
    yield from (one for one in (depends if isinstance(depends, list) else [depends]) if isinstance(one, str))
    yield from _referred(resource.properties)


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _referred(item)
        return
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if name == "Ref" and isinstance(item, str):
            yield item
        elif name == "Fn::GetAtt" and item:
            first = item[0] if isinstance(item, list) else item
            yield str(first).partition(".")[0]
        elif name == "Fn::Sub":
            for piece in pieces(value):
                if piece != value:
                    yield from _referred(piece)
        else:
            yield from _referred(item)
