"""Notebooks of plain values, for the tests of what they render and refuse."""

from typing import Any

from constructs_lib import InstanceType, Network, NotebookInstance
from tests.unit.endpoints.serving import key_in, role_in

SMALL = InstanceType("ml.t3.medium")
GROUP_ID = "sg-1"


def network_in(stack: Any) -> Any:
    """A network that is there already: its ids are plain text in templates."""
    from aws_cdk import aws_ec2 as ec2

    found = stack.node.try_find_child("Network")
    if found is not None:
        return found
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-1",
        availability_zones=["us-east-1a", "us-east-1b"],
        private_subnet_ids=["subnet-a", "subnet-b"],
    )
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", GROUP_ID)
    return Network.from_vpc(stack, "Network", vpc=vpc, security_group=group)


def notebook(stack: Any, id: str = "Notebook", **changes: Any) -> NotebookInstance:
    """The smallest notebook, with a key and a role that are there already."""
    right = {"instance_type": SMALL, "network": network_in(stack), "key": key_in(stack), "role": role_in(stack)}
    return NotebookInstance(stack, id, **(right | changes))
