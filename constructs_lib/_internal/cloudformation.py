"""What CloudFormation does not know of a request that the API takes."""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib._internal.rendering import snake_case


def beyond_cloudformation(resource: type, members: Mapping[str, Any]) -> list[str]:
    """The paths of all members for which the L1 class *resource* has no property.

    The classes of the L1 are generated from CloudFormation's resource schemas, so their signatures say what it takes;
    jsii would drop the rest without a word.
    """
    return list(_beyond(resource, resource, members, ""))


def _beyond(resource: type, struct: type, members: Mapping[str, Any], path: str) -> Iterator[str]:
    known = inspect.signature(vars(struct)["__init__"]).parameters
    for name, value in members.items():
        where = f"{path}.{name}" if path else name
        if snake_case(name) not in known:
            yield where
            continue
        # Such as "typing.Union[IResolvable, typing.Union['CfnModel.VpcConfigProperty', …]]"; a map names no class.
        nested = re.search(rf"{resource.__name__}\.(\w+Property)", str(known[snake_case(name)].annotation))
        if nested is None:
            continue
        below = getattr(resource, nested[1])
        if isinstance(value, Mapping):
            yield from _beyond(resource, below, value, where)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from _beyond(resource, below, item, f"{where}[{index}]")
