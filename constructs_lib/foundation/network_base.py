"""What jobs and endpoints need to know of a network, whether it was made here or brought along."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib._internal.statements import Statement


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
        selected = vpc.select_subnets() if subnets is None else vpc.select_subnets(**subnets._values)
        zones = set(selected.availability_zones)
        problem = f"subnets must lie in at least two zones, got {', '.join(sorted(zones)) or 'no subnet at all'}"
        require(self.node.path, problem if len(zones) < 2 else None)
        self.subnet_ids = selected.subnet_ids
        self.security_group = security_group or workload_group(self, vpc.vpc_id)


def workload_group(scope: Construct, vpc_id: str) -> ec2.ISecurityGroup:
    """A group whose members reach each other on every TCP port, as the nodes of one job do, and HTTPS outside."""
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
    ec2.CfnSecurityGroupIngress(
        scope,
        "FromEachOther",
        group_id=group_id,
        source_security_group_id=group_id,
        ip_protocol="tcp",
        from_port=0,
        to_port=65535,
        description="Nodes of one job talk to each other",
    )
    ec2.CfnSecurityGroupEgress(
        scope,
        "ToEachOther",
        group_id=group_id,
        destination_security_group_id=group_id,
        ip_protocol="tcp",
        from_port=0,
        to_port=65535,
        description="Nodes of one job talk to each other",
    )
    return ec2.SecurityGroup.from_security_group_id(scope, "Workloads", group_id)
