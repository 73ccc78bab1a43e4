"""Where a construct stands: partition, region and account of its stack, and its path.

Each look at an attribute of a construct is a call into the jsii kernel, and those are three quarters of the time that
a synthesis takes (benchmarks/README.md). So they are asked for once a stack, and once a construct.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from constructs import IConstruct


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """Partition, region and account of one stack; tokens where the stack does not know them.

    Compared by identity, so that it stands for the stack where something is kept for each.
    """

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """`arn:<partition>:<service>:<region>:<account>:<resource>`."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


_PLACES: WeakKeyDictionary[Any, Place] = WeakKeyDictionary()
_PATHS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def place_of(scope: "IConstruct") -> Place:
    """The place of the stack that *scope* is, or lies in; one object for all that lies in it."""
    place = _PLACES.get(scope)
    if place is None:
        # Here, because value objects name a place and must not start Node.
        from aws_cdk import Aws, Stack

        stack = Stack.of(scope)
        place = _PLACES.get(stack)
        if place is None:
            place = Place(partition=Aws.PARTITION, region=stack.region, account=stack.account)
            _PLACES[stack] = place
        _PLACES[scope] = place
    return place


def path_of(scope: "IConstruct") -> str:
    """The path of *scope* in the tree, as in `Stack/Model`."""
    path = _PATHS.get(scope)
    if path is None:
        path = _PATHS[scope] = str(scope.node.path)
    return path


def stands_in(construct: "IConstruct", scope: "IConstruct", id: str) -> None:
    """Keep that *construct*, which is no stack, was made in *scope* with *id*: it is where that is, and below it."""
    _PLACES[construct] = place_of(scope)
    # As the CDK writes a slash in an id (constructs, `Node.sanitizeId`).
    _PATHS[construct] = "/".join(filter(None, (path_of(scope), id.replace("/", "--"))))
