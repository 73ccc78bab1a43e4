"""One variant as its endpoint sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.statements import Statement
from constructs_lib.compute.instance_type import InstanceType

if TYPE_CHECKING:
    from constructs_lib.models.model_base import ModelBase


@dataclass(frozen=True, kw_only=True)
class Hosted:
    """One variant as the endpoint sees it, whatever its kind.

    Attributes:
        name: Its name.
        rendered: The member of `ProductionVariants`.
        models: What it may serve; none for inference components.
        instance_types: Its machines; none when it is serverless.
        count: How many machines it begins with; None when it has none.
        writes: What the roles of its models write besides what the endpoint writes.
        shadow: Whether it only gets copies of requests.
    """

    name: str
    rendered: Mapping[str, Any]
    models: Sequence["ModelBase"] = ()
    instance_types: Sequence[InstanceType] = ()
    count: int | None = None
    writes: Sequence[Statement] = ()
    shadow: bool = False
