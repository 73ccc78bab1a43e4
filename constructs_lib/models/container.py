"""One container of a model: its image, its artifact, its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import is_token, require
from constructs_lib.foundation.s3_location import S3Object

if TYPE_CHECKING:
    from constructs_lib.containers.bound_image import BoundImage
    from constructs_lib.containers.container_image import ContainerImage


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """What serves a model.

    Attributes:
        image: The software.
        artifact: The weights, one gzipped tar; it must be there when the stack is deployed. None when the image holds
            them.
        environment: Variables of the container.

    Raises:
        ConfigurationError: The artifact is no `.tar.gz`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
    """

    image: "ContainerImage"
    artifact: S3Object | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(
            "Container",
            None if hasattr(self.image, "bind") else f"image must be a ContainerImage, got {self.image!r}",
            self._artifact_problem(),
        )

    def _artifact_problem(self) -> str | None:
        if self.artifact is None:
            return None
        if not hasattr(self.artifact, "key"):
            return f"artifact must be one object, such as store.artifact('models/m.tar.gz'), got {self.artifact!r}"
        if is_token(self.artifact.key) or self.artifact.key.endswith(".tar.gz"):
            return None
        return f"artifact must be a gzipped tar, shaped path/model.tar.gz, got {self.artifact.key!r}"

    def render(self, image: "BoundImage") -> dict[str, Any]:
        """The `ContainerDefinition`.

        Raises:
            ConfigurationError: The image is an algorithm's name, which only trains.
        """
        if image.uri is None:
            require(
                "Container",
                f"image is the algorithm {image.algorithm_name}, which trains only; serve its model package, or the "
                "image that its training made a model for",
            )
        definition: dict[str, Any] = {"Image": image.uri}
        if image.image_config is not None:
            definition["ImageConfig"] = image.image_config
        if self.artifact is not None:
            definition["ModelDataUrl"] = self.artifact.uri
        if self.environment:
            definition["Environment"] = dict(self.environment)
        return definition
