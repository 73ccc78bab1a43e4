"""Names that are known before the deployment."""

from collections.abc import Collection
from typing import Any

from aws_cdk import Names
from constructs import Construct

from constructs_lib._internal.checks import is_token


def unique_name(scope: Construct) -> str:
    """At most 63 small letters, digits and dashes, made of the stack's name and the path: the same at each synth.

    Small letters, because SageMaker writes names in ARNs so, and IAM compares ARNs letter by letter.
    """
    return Names.unique_resource_name(scope, max_length=63, separator="-").lower()


def variant_id(number: int, name: str) -> str:
    """The id of what belongs to a variant: its name, or its number where CloudFormation fills the name in.

    No name ends in a dash, so that none is the id of another variant.
    """
    return f"Variant{number}-" if is_token(name) else name


def id_problem(scope: Construct, id: Any, own: Collection[str]) -> str | None:
    """An id that *scope* has given away, or needs for one of its *own* children; the CDK's error names no argument."""
    if not isinstance(id, str) or not id or is_token(id):
        return f"id must be a text that is known at synth, got {id!r}"
    if id not in own and scope.node.try_find_child(id) is None:
        return None
    return f"id must be another than {id!r}: {scope.node.path} has a child of that id, or needs it for one of its own"
