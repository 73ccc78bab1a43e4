"""The shapes of a service model, read from its JSON only as far as a check walks.

They have the attributes of botocore's own shapes, so that the walker takes either; importing botocore's takes five
times as long as a whole check.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

Json = Mapping[str, Any]


class Shape:
    """One shape of a service model.

    Attributes:
        name: As the model names it: `TrainingInstanceType`.
        type_name: `structure`, `list`, `map`, `string`, `integer`, …
        metadata: Its limits (`enum`, `min`, `max`, `pattern`), with those of the member that holds it.
    """

    def __init__(self, name: str, shapes: Mapping[str, Json], member: Json | None = None) -> None:
        self._shapes = shapes
        self._own = shapes[name]
        self.name = name
        self.type_name: str = self._own["type"]
        self.metadata: Json = {**self._own, **(member or {})}

    @cached_property
    def members(self) -> Mapping[str, "Shape"]:
        """The members of a structure, in the model's order."""
        return {name: self._of(member) for name, member in self._own.get("members", {}).items()}

    @property
    def required_members(self) -> list[str]:
        return list(self._own.get("required", ()))

    @cached_property
    def member(self) -> "Shape":
        """What a list holds."""
        return self._of(self._own["member"])

    @cached_property
    def key(self) -> "Shape":
        return self._of(self._own["key"])

    @cached_property
    def value(self) -> "Shape":
        return self._of(self._own["value"])

    @property
    def is_tagged_union(self) -> bool:
        return bool(self._own.get("union"))

    @property
    def is_document_type(self) -> bool:
        return bool(self._own.get("document"))

    def _of(self, member: Json) -> "Shape":
        return Shape(member["shape"], self._shapes, member)
