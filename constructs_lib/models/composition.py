"""How the containers of a model stand together: alone, one after the other, or side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

from constructs_lib._internal.checks import is_a, is_token, unique
from constructs_lib.foundation.s3_location import S3Location
from constructs_lib.models.container import Container
from constructs_lib.models.model_artifact import MultiModelArtifact

Containers: TypeAlias = Container | Sequence[Container] | Mapping[str, Container]

_CONTAINER = "Container(image=…)"
# The API reference gives it in words only, for all containers of a model together:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
_MOST_ENVIRONMENT_BYTES = 32 * 1024


class ModelKind(StrEnum):
    """What a model consists of, which decides what endpoints may do with it."""

    SINGLE = "single"
    MULTI_MODEL = "multi-model"
    PIPELINE = "pipeline"
    DIRECT = "direct"


@dataclass(frozen=True, kw_only=True, slots=True)
class Composition:
    """The containers of a model.

    Attributes:
        kind: How they stand together.
        field: The argument that they came in.
        containers: All of them, in their order.
        arguments: How the caller wrote each, for the words of an error.
        faults: What is no container; nothing else may be asked for where there is one.
        problems: What is wrong between the containers.
    """

    kind: ModelKind
    field: str
    containers: tuple[Container, ...] = ()
    arguments: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def hostnames(self) -> tuple[str, ...]:
        """The names of the containers that have one."""
        return tuple(each.hostname for each in self.containers if each.hostname is not None)

    @property
    def models(self) -> S3Location | None:
        """The prefix that many models lie below; None when each container serves one."""
        found = [each.artifact.location for each in self.containers if isinstance(each.artifact, MultiModelArtifact)]
        return found[0] if found else None

    @property
    def is_from_marketplace(self) -> bool:
        """Whether a container is a product of AWS Marketplace."""
        return any(each.model_package is not None and each.model_package.from_marketplace for each in self.containers)

    @property
    def hub_models(self) -> tuple[str, ...]:
        """What containers download from a hub by themselves."""
        return tuple(each.hub_model for each in self.containers if each.hub_model is not None)

    @property
    def needs_network(self) -> bool:
        """Whether a container does what network isolation forbids."""
        return bool(self.hub_models)

    def paths(self) -> tuple[str, ...]:
        """Where each container stands in the request of `CreateModel`."""
        if self.kind in (ModelKind.SINGLE, ModelKind.MULTI_MODEL):
            return ("PrimaryContainer",)
        return tuple(f"Containers[{index}]" for index in range(len(self.containers)))

    def render(self, definitions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The members of the request that hold the rendered containers."""
        if self.kind in (ModelKind.SINGLE, ModelKind.MULTI_MODEL):
            return {"PrimaryContainer": dict(definitions[0])}
        mode = "Direct" if self.kind is ModelKind.DIRECT else "Serial"
        return {"Containers": list(map(dict, definitions)), "InferenceExecutionConfig": {"Mode": mode}}

    def environment_problem(self) -> str | None:
        """What is wrong with the environments together."""
        sizes = [
            len(text.encode())
            for container in self.containers
            for pair in container.environment.items()
            for text in pair
            if isinstance(text, str) and not is_token(text)
        ]
        if sum(sizes) <= _MOST_ENVIRONMENT_BYTES:
            return None
        return (
            f"environment of all containers together must be at most {_MOST_ENVIRONMENT_BYTES} bytes, names and "
            f"values, got {sum(sizes)}"
        )


def compose(container: Any) -> Composition:
    """One container is a model of its own, a list a pipeline; a mapping has hostnames as its keys."""
    if isinstance(container, Mapping):
        return direct(container, "container")
    if isinstance(container, list | tuple):
        return pipeline(container, "container")
    return single(container)


def single(container: Any) -> Composition:
    """A container on its own."""
    fault = is_a("container", container, Container, _CONTAINER)
    if fault:
        return Composition(kind=ModelKind.SINGLE, field="container", faults=(fault,))
    kind = ModelKind.MULTI_MODEL if container.is_multi_model else ModelKind.SINGLE
    return Composition(kind=kind, field="container", containers=(container,), arguments=("container",))


def pipeline(containers: Any, field: str) -> Composition:
    """Containers of which each takes the answer of the one before it."""
    fault = is_a(field, containers, list | tuple, f"a list of {_CONTAINER}")
    if fault:
        return Composition(kind=ModelKind.PIPELINE, field=field, faults=(fault,))
    arguments = tuple(f"{field}[{index}]" for index in range(len(containers)))
    faults = tuple(filter(None, map(_kind_problem, arguments, containers)))
    return Composition(
        kind=ModelKind.PIPELINE,
        field=field,
        containers=tuple(containers),
        arguments=arguments,
        faults=faults,
        problems=() if faults else tuple(_pipeline_problems(containers, field)),
    )


def direct(containers: Any, field: str) -> Composition:
    """Containers by hostname, each called on its own."""
    fault = is_a(field, containers, Mapping, f"a mapping of hostnames to {_CONTAINER}")
    if fault:
        return Composition(kind=ModelKind.DIRECT, field=field, faults=(fault,))
    arguments = tuple(f"{field}[{hostname!r}]" for hostname in containers)
    faults = [fault for fault in map(_kind_problem, arguments, containers.values()) if fault]
    faults += [
        f"{field} must have texts as its keys, the hostnames, got {hostname!r}"
        for hostname in containers
        if not isinstance(hostname, str)
    ]
    if faults:
        return Composition(kind=ModelKind.DIRECT, field=field, faults=tuple(faults))
    problems = [
        f"{argument}.hostname must be its key or None, got {container.hostname!r}"
        for argument, (hostname, container) in zip(arguments, containers.items(), strict=True)
        if container.hostname not in (None, hostname)
    ]
    if not containers:
        problems.append(f"{field} must hold at least one container, got none")
    return Composition(
        kind=ModelKind.DIRECT,
        field=field,
        containers=tuple(replace(container, hostname=hostname) for hostname, container in containers.items()),
        arguments=arguments,
        problems=tuple(problems),
    )


def _kind_problem(argument: str, container: Any) -> str | None:
    return is_a(argument, container, Container, _CONTAINER)


def _pipeline_problems(containers: Sequence[Container], field: str) -> Iterator[str]:
    hostnames = [each.hostname for each in containers if each.hostname is not None]
    if len(containers) < 2:
        yield f"{field} must be at least two containers, got {len(containers)}; one alone is a Model"
    if 0 < len(hostnames) < len(containers):
        missing = [f"{field}[{index}]" for index, each in enumerate(containers) if each.hostname is None]
        yield f"hostname must be given for all of {field} or for none; {', '.join(missing)} lacks one"
    repeated = unique(f"hostnames of {field}", hostnames)
    if repeated:
        yield repeated
    if sum(each.is_multi_model for each in containers) > 1:
        # https://docs.aws.amazon.com/sagemaker/latest/dg/create-multi-model-endpoint.html
        yield f"{field} may have one multi-model container at most, got several"
