"""A structure of a resource or of a request in a state machine, so that one rule reads both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ._finding import Fault
from ._states import requests
from ._template import UNKNOWN, Resource, Template
from ._unresolved import PATH_SUFFIX, is_unresolved

Json = dict[str, Any]

MODEL = "AWS::SageMaker::Model"
ENDPOINT_CONFIG = "AWS::SageMaker::EndpointConfig"
ENDPOINT = "AWS::SageMaker::Endpoint"
COMPONENT = "AWS::SageMaker::InferenceComponent"
PROCESSING_JOB = "AWS::SageMaker::ProcessingJob"


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Members, and where they are.

    Attributes:
        resource: What a finding is about: the resource itself, or the state machine that makes the request.
        path: Where the structure is in it; empty for the properties themselves.
        values: The members; in a request, `.$` follows the name of one that a path fills in.
        state: The state that makes the request; empty for a resource.
        operation: The operation of the request; empty for a resource.
    """

    resource: Resource = field(repr=False)
    path: str
    values: Json
    state: str = ""
    operation: str = ""

    @property
    def template(self) -> Template:
        """Where it is."""
        return self.resource.template

    def raw(self, path: str) -> Any:
        """The value at a dotted *path* as it is written, functions too; None where there is none."""
        value: Any = self.values
        for name in path.split("."):
            if is_unresolved(value):
                return value
            if not isinstance(value, dict):
                return None
            value = value.get(name, UNKNOWN if f"{name}{PATH_SUFFIX}" in value else None)
            if value is UNKNOWN:
                return UNKNOWN
        return value

    def get(self, path: str, default: Any = None) -> Any:
        """The value at *path*: *default* where there is none, UNKNOWN where only a deployment or a run knows it."""
        value = self.raw(path)
        if value is None:
            return default
        return UNKNOWN if is_unresolved(value) else value

    def has(self, path: str) -> bool:
        """Whether there is for sure a value at *path*, known or not.

        Neither this nor `lacks` holds where a function or a path decides whether there is one.
        """
        above, _, name = path.rpartition(".")
        parent = self.raw(above) if above else self.values
        if not isinstance(parent, dict) or is_unresolved(parent):
            return False
        value = parent.get(name)
        decided_later = isinstance(value, dict) and "Fn::If" in value
        return f"{name}{PATH_SUFFIX}" in parent or (value is not None and not decided_later)

    def lacks(self, *paths: str) -> bool:
        """Whether there is for sure no value at any of *paths*."""
        return all(self.raw(path) is None for path in paths)

    def below(self, path: str) -> "Structure":
        """The structure at *path*; without members where there is none, or where it is not known."""
        value = self.get(path)
        return Structure(
            self.resource, self._at(path), value if isinstance(value, dict) else {}, self.state, self.operation
        )

    def items(self, path: str) -> "list[Structure]":
        """The structures in the list at *path*, without those that are not known."""
        found = self.get(path)
        return [
            Structure(self.resource, f"{self._at(path)}[{index}]", item, self.state, self.operation)
            for index, item in enumerate(found if isinstance(found, list) else ())
            if isinstance(item, dict) and not is_unresolved(item)
        ]

    def ending(self, path: str) -> str | None:
        """The literal end of the text at *path*, which may begin with references; None where there is none."""
        parts = self.template.parts(self.raw(path))
        return parts[-1] if parts and isinstance(parts[-1], str) else None

    def fault(self, path: str, message: str, *, fix: str, value: object = None) -> Fault:
        """What a rule yields for *path* in it."""
        said = f"{self.state}: {message}" if self.state else message
        return self.resource.fault(self._at(path), said, fix=fix, value=value)

    def _at(self, path: str) -> str:
        return ".".join(part for part in (self.path, path) if part)


def found_in(template: Template, type: str, *operations: str) -> list[Structure]:
    """The properties of the resources of *type*, and the members of the requests of *operations*."""
    own = [Structure(resource, "", resource.properties) for resource in template.of_type(type)]
    return [*own, *requested(template, *operations)]


def requested(template: Template, *operations: str) -> list[Structure]:
    """The members of the requests of SageMaker's *operations* in state machines, where they are known."""
    return [
        Structure(request.machine, request.path, request.members, request.state.name, request.operation)
        for request in template.once(requests)
        if request.service == "sagemaker" and request.operation in operations and request.members is not None
    ]


def everything(template: Template) -> list[Structure]:
    """Every SageMaker resource, and the members of every SageMaker request in a state machine."""
    resources = [each for each in template.resources.values() if each.type.startswith("AWS::SageMaker::")]
    return [
        *(Structure(resource, "", resource.properties) for resource in resources),
        *(
            Structure(request.machine, request.path, request.members, request.state.name)
            for request in template.once(requests)
            if request.service == "sagemaker" and request.members is not None
        ),
    ]


def models(template: Template) -> list[Structure]:
    """Every model."""
    return found_in(template, MODEL, "CreateModel")


def endpoint_configs(template: Template) -> list[Structure]:
    """Every endpoint configuration."""
    return found_in(template, ENDPOINT_CONFIG, "CreateEndpointConfig")


def endpoints(template: Template) -> list[Structure]:
    """Every endpoint, new or updated."""
    return found_in(template, ENDPOINT, "CreateEndpoint", "UpdateEndpoint")


def components(template: Template) -> list[Structure]:
    """Every inference component, new or updated."""
    return found_in(template, COMPONENT, "CreateInferenceComponent", "UpdateInferenceComponent")


def containers(model: Structure) -> list[Structure]:
    """The containers of a model, one or several."""
    primary = model.below("PrimaryContainer")
    return [*([primary] if primary.values else ()), *model.items("Containers")]


def variants(config: Structure) -> list[Structure]:
    """The variants of an endpoint configuration, its shadows last."""
    return [*config.items("ProductionVariants"), *config.items("ShadowProductionVariants")]


def meant(structure: Structure, path: str, type: str) -> Structure | None:
    """The resource of *type* whose name is at *path*: one that is referred to, or has that name written into it."""
    value = structure.raw(path)
    resource = structure.template.target(value, type)
    if resource is None and isinstance(value, str) and not is_unresolved(value):
        named = f"{type.rpartition(':')[2]}Name"
        resource = next((one for one in structure.template.of_type(type) if one.get(named) == value), None)
    return Structure(resource, "", resource.properties) if resource else None


def repeated(structures: Iterable[Structure], member: str) -> Iterator[tuple[Structure, Any]]:
    """The structures whose *member* an earlier one has too, with its value."""
    seen: set[Any] = set()
    for structure in structures:
        value = structure.get(member)
        if not isinstance(value, str | int):
            continue
        if value in seen:
            yield structure, value
        seen.add(value)
