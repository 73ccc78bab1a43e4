"""Where in a network models and jobs run."""

from collections.abc import Iterator
from typing import Any

from .._states import requests
from .._structure import Structure
from . import Fault, Severity, Template, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"


def networks(template: Template) -> list[Structure]:
    """Every VpcConfig of models, configurations and jobs, in resources and in requests."""
    owners = [
        Structure(resource, "", resource.properties)
        for resource in template.resources.values()
        if resource.type.startswith("AWS::SageMaker::")
    ]
    owners += [
        Structure(request.machine, request.path, request.members, request.state.name)
        for request in template.once(requests)
        if request.members is not None
    ]
    return [
        network
        for owner in owners
        for network in (owner.below("VpcConfig"), owner.below("NetworkConfig.VpcConfig"))
        if network.values
    ]


@rule("SM285", "a network has two subnets at least", source=f"{_GUIDE}/host-vpc.html", severity=Severity.WARNING)
def one_subnet(template: Template) -> Iterator[Fault]:
    for network in networks(template):
        subnets = network.get("Subnets")
        if isinstance(subnets, list) and len(subnets) == 1 and not _may_be_several(subnets[0]):
            yield network.fault(
                "Subnets",
                "Subnets should hold two subnets at least, in different zones, got 1: an outage or a shortage of "
                "machines in its zone stops everything",
                fix="add a subnet of another zone",
            )


def _may_be_several(subnet: Any) -> bool:
    """Whether one entry stands for a list, as `Fn::Split` does."""
    return isinstance(subnet, dict) and set(subnet) & {"Fn::Split", "Fn::If"} != set()


@rule(
    "SM286",
    "the subnets of a network are in different zones",
    source=f"{_GUIDE}/host-vpc.html",
    severity=Severity.WARNING,
)
def one_zone(template: Template) -> Iterator[Fault]:
    for network in networks(template):
        subnets = network.get("Subnets")
        zones = [_zone(template, subnet) for subnet in subnets] if isinstance(subnets, list) else []
        if len(zones) > 1 and zones[0] is not None and all(zone == zones[0] for zone in zones):
            yield network.fault(
                "Subnets",
                f"Subnets should be in different availability zones, got {len(zones)} in one",
                fix="take subnets of two zones",
                value=zones[0],
            )


def _zone(template: Template, subnet: Any) -> Any:
    """The zone of a subnet of the template, text or function; None where it is not told."""
    found = template.target(subnet, "AWS::EC2::Subnet")
    return found.properties.get("AvailabilityZone") if found else None
