"""What an endpoint serves: its variants, with the models, the containers and the role behind each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .api import Request
from .records import Record
from .sagemaker import SageMaker


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """One variant of an endpoint.

    Attributes:
        shown: As DescribeEndpoint shows it.
        model: Its model; None where it hosts inference components, or where the model was deleted since.
        role: The execution role that it reads and writes with; None where there is none.
        hosts_components: Whether it has no model of its own.
        vpc: The `VpcConfig` of its machines, empty where there is none.
    """

    shown: dict[str, Any]
    model: Record | None
    role: str | None
    hosts_components: bool
    vpc: Request

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.shown["VariantName"])

    @property
    def containers(self) -> list[Request]:
        """The containers of its model, in order."""
        return containers(self.model.values) if self.model else []

    @property
    def multi_model(self) -> Request | None:
        """The container that loads models by name; None where none does."""
        return next((container for container in self.containers if container.get("Mode") == "MultiModel"), None)

    @property
    def direct(self) -> bool:
        """Whether each invocation names one of the containers."""
        return self.model is not None and is_direct(self.model.values)


def containers(model: Request) -> list[Request]:
    """The containers of a model, in order."""
    return [*([model["PrimaryContainer"]] if "PrimaryContainer" in model else []), *model.get("Containers", [])]


def locations(container: Request) -> Iterator[tuple[str, bool]]:
    """Each place that the data of a container comes from, and whether it is a prefix."""
    if "ModelDataUrl" in container:
        yield container["ModelDataUrl"], container.get("Mode") == "MultiModel"
    sources = [container.get("ModelDataSource", {}), *container.get("AdditionalModelDataSources", [])]
    for source in sources:
        if "S3DataSource" in source:
            yield source["S3DataSource"]["S3Uri"], source["S3DataSource"]["S3DataType"] == "S3Prefix"


def is_direct(model: Request) -> bool:
    """Whether each invocation of a model names one of its containers."""
    return bool(model.get("InferenceExecutionConfig", {}).get("Mode") == "Direct")


def hostnames(model_containers: list[Request]) -> list[str]:
    """The names by which the containers are reached; those without one are counted, as the service does."""
    return [str(each.get("ContainerHostname", f"container-{at}")) for at, each in enumerate(model_containers, 1)]


def variants(sagemaker: SageMaker, endpoint: Record, kind: str = "ProductionVariants") -> list[Variant]:
    """The variants of an endpoint; *kind* may be `ShadowProductionVariants` as well."""
    config = sagemaker.records.get("EndpointConfig", endpoint.values["EndpointConfigName"])
    shared = config.values if config else {}
    found = []
    for shown in endpoint.values.get(kind, []):
        model = sagemaker.records.get("Model", shown["ModelName"]) if "ModelName" in shown else None
        own = model.values if model else {}
        found.append(
            Variant(
                shown=shown,
                model=model,
                role=own.get("ExecutionRoleArn") or shared.get("ExecutionRoleArn"),
                hosts_components="ModelName" not in shown,
                vpc=own.get("VpcConfig") or shared.get("VpcConfig") or {},
            )
        )
    return found


def components(sagemaker: SageMaker, endpoint: str) -> list[Record]:
    """The inference components of an endpoint, oldest first."""
    everything = sagemaker.records.all("InferenceComponent")
    return [record for record in everything if record.values["EndpointName"] == endpoint]
