"""One container of a model: its software, its weights, its environment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import has, is_a, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib.models.metrics_endpoint import MetricsEndpoint
from constructs_lib.models.model_artifact import (
    Artifact,
    MultiModelArtifact,
    additional_problem,
    artifact_problem,
    render_additional,
    render_artifact,
)
from constructs_lib.models.model_package import ModelPackage

if TYPE_CHECKING:
    from constructs_lib._internal.statements import Statement
    from constructs_lib.containers.bound_image import BoundImage
    from constructs_lib.containers.container_image import ContainerImage


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """What serves a model: an image, or a model package (`Container.from_model_package`).

    Attributes:
        image: The software; None in a container of a model package.
        artifact: The weights, which must be there when the stack is deployed: one gzipped tar (`S3Object`), a folder
            (`S3Location`), a `ModelArtifact`, or in a step of a workflow `job.model_artifact`. None when the image
            holds them.
        environment: Variables of the container, at most 100; never secrets.
        additional_artifacts: More weights by the name of their channel, at most 5, for a base model beside adapters.
            CloudFormation does not know them: `CreateModelStep` does.
        hostname: The container's name in a pipeline, for logs and metrics; SageMaker gives one where there is none.
        metrics: Where the container tells its own metrics; None is right for images of AWS. CloudFormation does not
            know it: `CreateModelStep` does.
        model_package: The package, which brings software and weights.
        inference_specification: Which of the package's inference specifications; None takes the main one.

    Raises:
        ConfigurationError: The artifact is of a wrong kind, or image and package are both there or both missing.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
    """

    image: "ContainerImage | None" = None
    artifact: Artifact | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    additional_artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    hostname: str | None = None
    metrics: MetricsEndpoint | None = None
    model_package: ModelPackage | None = None
    inference_specification: str | None = None

    def __post_init__(self) -> None:
        # Of weights more can be said than of what kind they are.
        kinds = (each for each in field_problems(self) if not each.startswith(("artifact", "additional_artifacts")))
        require("Container", kinds, self._weights_problems(), has("image", self.image, "bind", "a ContainerImage"))
        require("Container", self._problems())

    @staticmethod
    def from_model_package(
        package: ModelPackage | str,
        *,
        environment: Mapping[str, str] | None = None,
        hostname: str | None = None,
        inference_specification: str | None = None,
    ) -> "Container":
        """A container of a model package.

        Args:
            package: The package; a text is the name or ARN of one that the model's role may read already.
            environment: Variables of the container, over those of the package.
            hostname: The container's name in a pipeline.
            inference_specification: Which of the package's inference specifications; None takes the main one.

        Raises:
            ConfigurationError: The package is neither.
        """
        return Container(
            model_package=ModelPackage.from_name(package) if isinstance(package, str) else package,
            environment=environment or {},
            hostname=hostname,
            inference_specification=inference_specification,
        )

    def _weights_problems(self) -> Iterator[str | None]:
        if self.artifact is not None:
            yield artifact_problem("artifact", self.artifact)
        others: Any = self.additional_artifacts
        if not isinstance(others, Mapping):
            yield f"additional_artifacts must be a mapping of channel names to artifacts, got {others!r}"
            return
        for channel, artifact in others.items():
            yield is_a("names of additional_artifacts", channel, str, "text")
            yield additional_problem(f"additional_artifacts[{channel!r}]", artifact)

    def _problems(self) -> Iterator[str]:
        if self.model_package is None:
            if self.image is None:
                yield "image must be a ContainerImage, got None"
            if self.inference_specification is not None:
                yield "inference_specification must come with a model package, which holds several of them"
        else:
            excluded = [name for name in ("image", "artifact") if getattr(self, name) is not None]
            if excluded:
                yield f"model_package brings its own image and artifact, so {excluded[0]} must not be given"

    @property
    def is_multi_model(self) -> bool:
        """Whether it serves many models of one prefix."""
        return isinstance(self.artifact, MultiModelArtifact)

    @property
    def uses_model_data_source(self) -> bool:
        """Whether it needs `ModelDataSource`, which no serverless endpoint and no transform job takes."""
        if self.additional_artifacts:
            return True
        return self.artifact is not None and "ModelDataSource" in render_artifact(self.artifact)

    @property
    def hub_model(self) -> str | None:
        """The model that the container itself downloads, named in `HF_MODEL_ID`; None when it downloads none.

        A path is no download: the weights lie in the container.
        """
        named = self.environment.get("HF_MODEL_ID", "/")
        return named if isinstance(named, str) and not named.startswith("/") else None

    def statements(self) -> "tuple[Statement, ...]":
        """What reading the weights takes."""
        held = [self.artifact, *self.additional_artifacts.values()]
        if self.model_package is not None:
            held.append(self.model_package.artifact)
        return tuple(statement for artifact in held if artifact for statement in artifact.read_statements())

    def render(self, image: "BoundImage | None" = None) -> dict[str, Any]:
        """The `ContainerDefinition`; *image* is the bound one, None for a model package.

        Raises:
            ConfigurationError: The image is an algorithm's name, which only trains.
        """
        definition: dict[str, Any] = {}
        if self.hostname is not None:
            definition["ContainerHostname"] = self.hostname
        if self.model_package is not None:
            definition["ModelPackageName"] = self.model_package.name
        elif image is not None:
            definition |= _render_image(image)
        if self.inference_specification is not None:
            definition["InferenceSpecificationName"] = self.inference_specification
        if self.artifact is not None:
            definition |= render_artifact(self.artifact)
        if self.additional_artifacts:
            definition["AdditionalModelDataSources"] = [
                {"ChannelName": channel, "S3DataSource": render_additional(artifact)}
                for channel, artifact in self.additional_artifacts.items()
            ]
        if self.environment:
            definition["Environment"] = dict(self.environment)
        if self.metrics is not None:
            definition["ContainerMetricsConfig"] = {"MetricsEndpoints": [self.metrics.render()]}
        return definition


def _render_image(image: "BoundImage") -> dict[str, Any]:
    if image.uri is None:
        require(
            "Container",
            f"image is the algorithm {image.algorithm_name}, which trains only; serve its model package, or the "
            "image that its training made a model for",
        )
    return {"Image": image.uri} | ({} if image.image_config is None else {"ImageConfig": image.image_config})
