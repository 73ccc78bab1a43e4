"""What an inference component runs, and what it needs of the machines."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import above_zero, at_least, between, require, whole
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given
from constructs_lib.endpoints.variant_options import model_problem
from constructs_lib.foundation.s3_location import S3Object
from constructs_lib.models.composition import ModelKind
from constructs_lib.models.container import Container

if TYPE_CHECKING:
    from constructs_lib.containers.bound_image import BoundImage
    from constructs_lib.models.model_base import ModelBase


@dataclass(frozen=True, kw_only=True, slots=True)
class ComputeRequirements:
    """What each copy takes of its machine.

    Attributes:
        min_memory_mb: Memory that is kept for it, at least 128 MB.
        max_memory_mb: Memory beyond which it is ended, not below the fewest; None sets no limit.
        cpu_cores: At least 0.25; None leaves it to SageMaker.
        accelerators: GPUs or Neuron devices, at least 1; None takes none.

    Raises:
        ConfigurationError: A number is not possible; all are listed.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceComponentComputeResourceRequirements.html
    """

    min_memory_mb: int
    max_memory_mb: int | None = None
    cpu_cores: float | None = None
    accelerators: float | None = None

    def __post_init__(self) -> None:
        most = self.max_memory_mb
        memory = (
            whole("min_memory_mb", self.min_memory_mb, 128),
            whole("max_memory_mb", most, 128) if most is not None else None,
        )
        require("ComputeRequirements", field_problems(self))
        require(
            "ComputeRequirements",
            *memory,
            None if any(memory) else at_least("max_memory_mb", most, "min_memory_mb", self.min_memory_mb),
            above_zero("cpu_cores", self.cpu_cores) if self.cpu_cores is not None else None,
            above_zero("accelerators", self.accelerators) if self.accelerators is not None else None,
        )

    def render(self) -> dict[str, Any]:
        """The `ComputeResourceRequirements` member."""
        return given(
            MinMemoryRequiredInMb=self.min_memory_mb,
            MaxMemoryRequiredInMb=self.max_memory_mb,
            NumberOfCpuCoresRequired=self.cpu_cores,
            NumberOfAcceleratorDevicesRequired=self.accelerators,
        )


class PlacementStrategy(StrEnum):
    """Where copies go; the values are the API's."""

    SPREAD = "SPREAD"
    BINPACK = "BINPACK"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """How copies are placed on the machines.

    Attributes:
        strategy: Evenly over all machines, or on as few as possible.
        max_zone_imbalance: How many copies more one availability zone may have than another, 0 to 100. SageMaker goes
            on where there is no room for that. CloudFormation, unlike the API, wants it said.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceComponentSchedulingConfig.html
    """

    strategy: PlacementStrategy
    max_zone_imbalance: int = 0

    def __post_init__(self) -> None:
        require("Placement", field_problems(self))
        require("Placement", between("max_zone_imbalance", self.max_zone_imbalance, 0, 100))

    def render(self) -> dict[str, Any]:
        """The `SchedulingConfig` member."""
        balance = {"EnforcementMode": "PERMISSIVE", "MaxImbalance": self.max_zone_imbalance}
        return {"PlacementStrategy": self.strategy.value, "AvailabilityZoneBalance": balance}


@dataclass(frozen=True, kw_only=True, slots=True)
class ComponentSpecification:
    """What a component runs on one type of machine, or on every type.

    Attributes:
        model: A `Model` of one container, or a `Container`, which needs no model of its own.
        compute: What each copy needs.
        model_data_download_timeout_seconds: Time for fetching and unpacking the artifact, 60 to 3600.
        container_startup_health_check_timeout_seconds: Time until the container answers `/ping`, 60 to 3600.
        placement: How copies are placed; None is SageMaker's default.
        data_cache: Whether each machine keeps image and artifact, so that new copies start faster; None is SageMaker's
            default.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceComponentSpecification.html
    """

    model: "ModelBase | Container"
    compute: ComputeRequirements
    model_data_download_timeout_seconds: int | None = None
    container_startup_health_check_timeout_seconds: int | None = None
    placement: Placement | None = None
    data_cache: bool | None = None

    def __post_init__(self) -> None:
        usable = isinstance(self.model, Container) or hasattr(self.model, "model_name")
        require(
            "ComponentSpecification",
            field_problems(self),
            None if usable else f"model must be a Model construct or Container(image=…), got {self.model!r}",
            model_problem("model", self.model) if usable and not isinstance(self.model, Container) else None,
        )
        require("ComponentSpecification", self._model_problem(), self._container_problem())

    def render(self, image: "BoundImage | None") -> dict[str, Any]:
        """The `Specification` member; *image* is the bound one of a container."""
        startup = given(
            ModelDataDownloadTimeoutInSeconds=self.model_data_download_timeout_seconds,
            ContainerStartupHealthCheckTimeoutInSeconds=self.container_startup_health_check_timeout_seconds,
        )
        return given(
            ModelName=None if isinstance(self.model, Container) else self.model.model_name,
            Container=_container(self.model, image) if isinstance(self.model, Container) and image else None,
            ComputeResourceRequirements=self.compute.render(),
            StartupParameters=startup or None,
            SchedulingConfig=self.placement.render() if self.placement is not None else None,
            DataCacheConfig={"EnableCaching": self.data_cache} if self.data_cache is not None else None,
        )

    def _model_problem(self) -> str | None:
        kind = getattr(self.model, "kind", ModelKind.SINGLE)
        if kind is ModelKind.SINGLE:
            return None
        return f"model must be a Model of one container, which is all that a component runs, got one of kind {kind}"

    def _container_problem(self) -> str | None:
        """A component's container takes an archive and nothing else."""
        if not isinstance(self.model, Container):
            return None
        plain = self.model.image is not None and not self.model.additional_artifacts
        if not plain or not (self.model.artifact is None or isinstance(self.model.artifact, S3Object)):
            return "model must be a Model construct where it is more than an image and one gzipped tar, got a Container"
        if self.model.hostname is not None:
            return f"model.hostname has no meaning in a component, which is alone, got {self.model.hostname!r}"
        return None

    @property
    def hub_model(self) -> str | None:
        """What the container downloads from a hub by itself; None when it downloads nothing, or that is not known."""
        containers = (self.model,) if isinstance(self.model, Container) else self.model.containers
        return next((each.hub_model for each in containers if each.hub_model is not None), None)

    @property
    def needs_network(self) -> bool:
        """Whether it cannot run cut off the network; of a model made elsewhere that is not known."""
        if isinstance(self.model, Container):
            return self.hub_model is not None
        return bool(self.model.containers) and not self.model.network_isolation


def _container(container: Container, image: "BoundImage") -> dict[str, Any]:
    definition = container.render(image)
    return given(
        Image=definition["Image"],
        ArtifactUrl=definition.get("ModelDataUrl"),
        Environment=definition.get("Environment"),
        ContainerMetricsConfig=definition.get("ContainerMetricsConfig"),
    )


def copies_problem(copies: Any) -> str | None:
    """A number of copies, 0 among them; None leaves it out."""
    return None if copies is None else whole("copies", copies, 0)
