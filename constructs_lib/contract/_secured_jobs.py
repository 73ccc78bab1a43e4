"""The jobs of a template: those that are resources, and those that state machines start."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ._states import requests
from ._template import UNKNOWN, Resource, Template, known, member
from .instance_facts import family_of, has_local_storage

Json = dict[str, Any]

MONITORING = {
    f"AWS::SageMaker::{kind}JobDefinition": kind
    for kind in ("DataQuality", "ModelBias", "ModelQuality", "ModelExplainability")
}
_PROCESSING = "AWS::SageMaker::ProcessingJob"
_CLUSTER = "ProcessingResources.ClusterConfig"


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One job, or one definition of jobs.

    Attributes:
        resource: The resource, or the state machine that starts it.
        name: What a message calls it.
        path: Where its members are; empty for a resource.
        members: Its members.
        cluster: The path of its machines below that; empty where it has none.
        network: The path of what says how it is connected; empty where the members do themselves.
        output: The path of the structure that has the key of its output; empty where it has none.
        output_key: The name of that key.
    """

    resource: Resource = field(repr=False)
    name: str
    path: str
    members: Json = field(repr=False)
    cluster: str
    network: str
    output: str
    output_key: str = "KmsKeyId"

    def get(self, path: str) -> Any:
        """The member at *path*; UNKNOWN where a path of the state fills it in."""
        return given(self.members, path)

    def at(self, path: str) -> str:
        """*path* as findings spell it."""
        return f"{self.path}.{path}" if self.path else path

    def flag(self, name: str) -> tuple[str, Any]:
        """Path and value of a switch of its network."""
        path = f"{self.network}.{name}" if self.network else name
        return path, self.get(path)


def jobs(template: Template) -> list[Job]:
    """Every job; use it through `template.once`."""
    return [*_resources(template), *_requested(template)]


def is_ebs_only(instance_type: Any) -> bool:
    """Whether machines of that type have no storage but volumes, which take a key (TRAPS 13)."""
    family = family_of(instance_type) if isinstance(instance_type, str) else ""
    return bool(family) and not has_local_storage(family)


def given(members: Any, path: str) -> Any:
    """As `member`, for a request of a state machine."""
    parts = path.split(".")
    for index, name in enumerate(parts):
        inner = member(members, ".".join(parts[:index])) if index else members
        if isinstance(inner, dict) and f"{name}.$" in inner:
            return UNKNOWN
    return member(members, path)


def _resources(template: Template) -> Iterator[Job]:
    for job in template.of_type(_PROCESSING):
        name = f"the processing job {job.logical_id}"
        yield Job(job, name, "", job.properties, _CLUSTER, "NetworkConfig", "ProcessingOutputConfig")
    for job in template.of_type(*MONITORING):
        name = f"the job definition {job.logical_id}"
        output = f"{MONITORING[job.type]}JobOutputConfig"
        yield Job(job, name, "", job.properties, "JobResources.ClusterConfig", "NetworkConfig", output)


def _requested(template: Template) -> Iterator[Job]:
    for request in template.once(requests):
        if request.members is None or not known(request.members):
            continue
        machine, path, members, name = request.machine, request.path, request.members, request.state.name
        match request.operation:
            case "CreateTrainingJob":
                yield Job(machine, name, path, members, "ResourceConfig", "", "OutputDataConfig")
            case "CreateProcessingJob":
                yield Job(machine, name, path, members, _CLUSTER, "NetworkConfig", "ProcessingOutputConfig")
            case "CreateTransformJob":
                yield Job(machine, name, path, members, "TransformResources", "", "TransformOutput")
            case "CreateHyperParameterTuningJob":
                one = members.get("TrainingJobDefinition")
                several = members.get("TrainingJobDefinitions")
                found = [(f"{path}.TrainingJobDefinition", one)] + [
                    (f"{path}.TrainingJobDefinitions[{index}]", item)
                    for index, item in enumerate(several if isinstance(several, list) else ())
                ]
                for where, definition in found:
                    if isinstance(definition, dict) and known(definition):
                        yield Job(machine, name, where, definition, "ResourceConfig", "", "OutputDataConfig")
            case "CreateAutoMLJob" | "CreateAutoMLJobV2":
                network = "SecurityConfig" if request.operation.endswith("V2") else "AutoMLJobConfig.SecurityConfig"
                yield Job(machine, name, path, members, "", network, "OutputDataConfig")
