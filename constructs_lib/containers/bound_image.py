"""What a construct gets when it uses an image."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.statements import Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundImage:
    """An image as one construct uses it.

    Attributes:
        uri: Its address; None for an algorithm, which has a name instead.
        statements: The rights to pull it.
        algorithm_name: The `AlgorithmName` of a training job, an ARN; None for all images.
        registry_config: The `TrainingImageConfig` of a training job; None for images in ECR.
    """

    uri: str | None
    statements: tuple[Statement, ...]
    algorithm_name: str | None = None
    registry_config: Mapping[str, Any] | None = None

    @property
    def services(self) -> tuple[str, ...]:
        """Services that whoever pulls it calls besides ECR, by the end of their endpoint's name."""
        asks = any("AuthConfig" in name for name in self.registry_config or ())
        return ("lambda",) if asks else ()

    @property
    def image_config(self) -> dict[str, Any] | None:
        """The `ImageConfig` of a model's container, which says the same in members of other names."""
        return None if self.registry_config is None else _without_training(self.registry_config)


def _without_training(members: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name.removeprefix("Training"): _without_training(value) if isinstance(value, Mapping) else value
        for name, value in members.items()
    }
