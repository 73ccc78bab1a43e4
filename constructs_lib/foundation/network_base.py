"""What jobs and endpoints need to know of a network, whether it was made here or brought along."""

from collections.abc import Sequence
from typing import Any

import jsii
from aws_cdk import Aws, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib._internal.statements import Statement


@jsii.implements(ec2.IConnectable)  # so that a group of the CDK's lets it in: `allow_default_port_from(network)`
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
