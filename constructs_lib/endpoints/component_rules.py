"""What a component and the endpoint that it runs on must have in common."""

from collections.abc import Iterator, Mapping, Sequence

from constructs import Construct

from constructs_lib._internal.checks import is_token
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.endpoints.component_specification import ComponentSpecification
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.models.container import Container

Specifications = ComponentSpecification | Mapping[InstanceType, ComponentSpecification]


def each_of(specification: Specifications) -> Sequence[ComponentSpecification]:
    """All that a component may run."""
    return (specification,) if isinstance(specification, ComponentSpecification) else tuple(specification.values())


def machine_problems(specification: Specifications, machines: Sequence[InstanceType]) -> Iterator[str]:
    """What cannot run on the *machines* of the endpoint."""
    names = ", ".join(machine.name for machine in machines)
    if isinstance(specification, ComponentSpecification):
        if machines and all(machine.has_no_accelerators for machine in machines):
            yield from _accelerator_problem("specification", specification, names)
        return
    known = not any(is_token(machine.name) for machine in machines)
    for machine, each in specification.items():
        if known and machine not in machines and not is_token(machine.name):
            yield f"specification must be for types of the endpoint's variant, {names}, got one for {machine.name}"
        elif machine.has_no_accelerators:
            yield from _accelerator_problem(f"specification[{machine.name!r}]", each, machine.name)


def _accelerator_problem(argument: str, specification: ComponentSpecification, names: str) -> Iterator[str]:
    wanted = specification.compute.accelerators
    if wanted is not None:
        yield f"{argument}.compute.accelerators must be None on {names}, which has none, got {wanted!r}"


def warn_of_network(
    component: Construct, specification: Specifications, *, network: NetworkBase | None, isolated: bool
) -> None:
    """Warn where a container cannot reach what it needs; *isolated* is whether the user cut the endpoint off."""
    for each in each_of(specification):
        if isolated and each.hub_model is not None:
            warn(
                component,
                "hub-model-under-isolation",
                f"HF_MODEL_ID {each.hub_model!r} is fetched from a hub, which the endpoint's network isolation cuts "
                "off; leave network_isolation out, or put the weights into the artifact",
            )
        said_of_model = not isinstance(each.model, Container) and each.model.network is network
        if network is not None and not isolated and each.hub_model is not None and not said_of_model:
            network.expect_hub(component, each.hub_model)
        if network is None and not isinstance(each.model, Container) and each.model.network is not None:
            warn(
                component,
                "model-outside-its-network",
                f"{each.model.node.path} has a network and the endpoint has none, which may leave its copies outside "
                "(untested against a live account); give the endpoint the same network",
            )
