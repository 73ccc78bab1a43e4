"""What jobs and endpoints need to know of a network, whether it was made here or brought along."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib._internal.checks import has, is_token, require
from constructs_lib._internal.statements import Statement

# What the nodes of one job say to each other. Encrypted traffic between them is IPsec: key exchange and ESP.
# https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html
_AMONG_NODES = {
    "EachOther": ("tcp", 0, 65535, "Nodes of one job talk to each other"),
    "KeyExchange": ("udp", 500, 500, "Nodes of one job agree on keys"),
    "Encrypted": ("50", None, None, "Nodes of one job talk in IPsec"),
}


class NetworkBase(Construct):
    """What a job or an endpoint needs to know of its network, made here or brought along.

    Attributes:
        vpc: The VPC.
        subnet_ids: The subnets that workloads get addresses in, one a zone.
        security_group: The group of every workload in this network. It lives here and not beside an endpoint, because
            the network interfaces of a deleted endpoint hold on to it for a while.
    """

    vpc: ec2.IVpc
    subnet_ids: Sequence[str]
    security_group: ec2.ISecurityGroup

    @property
    def connections(self) -> ec2.Connections:
        """Opens the workloads' group to others, or others to it."""
        return self.security_group.connections

    def vpc_config(self) -> dict[str, Any]:
        """The `VpcConfig` member of a job or model request."""
        return {"SecurityGroupIds": [self.security_group.security_group_id], "Subnets": list(self.subnet_ids)}

    def statements(self) -> tuple[Statement, ...]:
        """What an execution role needs to put network interfaces here.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (VPC permissions)
        """
        stack = Stack.of(self)
        prefix = f"arn:{Aws.PARTITION}:ec2:{stack.region}:{stack.account}"
        interfaces = f"{prefix}:network-interface/*"
        subnets = tuple(f"{prefix}:subnet/{subnet_id}" for subnet_id in self.subnet_ids)
        group = f"{prefix}:security-group/{self.security_group.security_group_id}"
        return (
            Statement(actions=("ec2:CreateNetworkInterface",), resources=(*subnets, group)),
            Statement(
                actions=(
                    "ec2:CreateNetworkInterface",
                    "ec2:CreateNetworkInterfacePermission",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DeleteNetworkInterfacePermission",
                ),
                resources=(interfaces,),
                wildcard_reason="The interfaces do not exist yet; SageMaker makes and removes them as jobs need them.",
            ),
            Statement(
                actions=(
                    "ec2:DescribeDhcpOptions",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeVpcs",
                ),
                resources=("*",),
                wildcard_reason="EC2's Describe actions know no resources; IAM accepts them on * only.",
            ),
        )


class ExistingNetwork(NetworkBase):
    """A VPC of somebody else's; `Network.from_vpc` makes it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection | None,
        security_group: ec2.ISecurityGroup | None,
    ) -> None:
        super().__init__(scope, id)
        self.vpc = vpc
        require(self.node.path, has("vpc", vpc, "select_subnets", "a VPC such as ec2.Vpc.from_lookup(…) gives"))
        own = vpc.private_subnets or vpc.isolated_subnets
        problem = None if subnets or own else "vpc has public subnets only; workloads need private or isolated ones"
        require(self.node.path, problem)
        chosen = subnets or _own_subnets(vpc)
        # jsii takes a struct as its keywords.
        selected = vpc.select_subnets(**chosen._values)
        zones = set(selected.availability_zones)
        too_few = f"subnets must lie in at least two zones, got {', '.join(sorted(zones)) or 'no subnet at all'}"
        require(self.node.path, too_few if len(zones) < 2 and not any(map(is_token, zones)) else None)
        self.subnet_ids = selected.subnet_ids
        self.security_group = security_group or workload_group(self, vpc.vpc_id)


def _own_subnets(vpc: ec2.IVpc) -> ec2.SubnetSelection:
    """Private subnets, or isolated ones; never public ones, which the CDK would fall back to."""
    kind = ec2.SubnetType.PRIVATE_WITH_EGRESS if vpc.private_subnets else ec2.SubnetType.PRIVATE_ISOLATED
    return ec2.SubnetSelection(subnet_type=kind)


def workload_group(scope: Construct, vpc_id: str) -> ec2.ISecurityGroup:
    """A group whose members reach each other, as the nodes of one job do, and HTTPS outside."""
    group = ec2.CfnSecurityGroup(
        scope,
        "WorkloadGroup",
        vpc_id=vpc_id,
        group_description="SageMaker jobs and endpoints",
        # HTTPS to anywhere: S3 answers through its gateway under public addresses, and no route leads further.
        security_group_egress=[
            {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIp": "0.0.0.0/0", "description": "AWS services"}
        ],
    )
    group_id = group.attr_group_id
    # Rules of their own, because a group cannot name itself while it is being made.
    for id, (protocol, from_port, to_port, description) in _AMONG_NODES.items():
        ec2.CfnSecurityGroupIngress(
            scope,
            f"From{id}",
            group_id=group_id,
            source_security_group_id=group_id,
            ip_protocol=protocol,
            from_port=from_port,
            to_port=to_port,
            description=description,
        )
        ec2.CfnSecurityGroupEgress(
            scope,
            f"To{id}",
            group_id=group_id,
            destination_security_group_id=group_id,
            ip_protocol=protocol,
            from_port=from_port,
            to_port=to_port,
            description=description,
        )
    # Without `allow_all_outbound=False` the CDK takes every way out for open and makes no rule for `allow_to`.
    return ec2.SecurityGroup.from_security_group_id(scope, "Workloads", group_id, allow_all_outbound=False)
