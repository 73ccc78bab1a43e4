"""A network that jobs and endpoints run in: no route to the internet, AWS services through PrivateLink."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from aws_cdk import Acknowledgment, Aws, CfnTag, Fn, RemovalPolicy, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib._internal.checks import between, is_token, require
from constructs_lib._internal.policies import Statement, attach_policy

# What a job or an endpoint calls when there is no way out: images, logs, metrics, keys, tokens, SageMaker itself.
# https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html and train-vpc.html
_INTERFACE_SERVICES = (
    "ecr.api",
    "ecr.dkr",
    "kms",
    "logs",
    "monitoring",
    "sagemaker.api",
    "sagemaker.runtime",
    "sts",
)
# The range is cut into sixteen parts from the start, so that another zone is one more subnet and moves no other.
_PARTS = 16


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


class Network(NetworkBase):
    """Isolated subnets in two or more zones, an S3 gateway, PrivateLink to what SageMaker needs, and flow logs.

    Keep it in a stack of its own, before the stacks of jobs and endpoints.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cidr: str = "10.0.0.0/16",
        zones: int = 2,
        key: kms.IKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the network.

        Args:
            scope: The parent construct.
            id: The id in it.
            cidr: Address range, from /16 to /24; each zone gets a sixteenth of it.
            zones: Availability zones, 2 to 6; another one later moves nothing.
            key: Encrypts the flow logs; it must let CloudWatch Logs use it, as `DataKey` does.
            removal_policy: What becomes of the flow logs when the stack goes.

        Raises:
            ConfigurationError: The range or the number of zones is not possible; both are listed.
        """
        super().__init__(scope, id)
        require(self.node.path, _cidr_problem(cidr), between("zones", zones, 2, 6))

        vpc = ec2.CfnVPC(
            self,
            "Resource",
            cidr_block=cidr,
            # PrivateLink answers under the services' usual names only with both of these on.
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )
        Validations.of(vpc).acknowledge(
            Acknowledgment(
                id="NIST.800.53.R5::NIST.800.53.R5-VPCDefaultSecurityGroupClosed",
                reason="Nothing here uses the default group, and only a custom resource with a Lambda could close it.",
            )
        )
        self._vpc_id = vpc.attr_vpc_id
        table = ec2.CfnRouteTable(self, "RouteTable", vpc_id=self._vpc_id)
        self.subnet_ids = self._make_subnets(cidr, zones, table.attr_route_table_id)
        self.vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self._vpc_id,
            vpc_cidr_block=cidr,
            availability_zones=[Fn.select(index, Fn.get_azs()) for index in range(zones)],
            isolated_subnet_ids=list(self.subnet_ids),
            isolated_subnet_route_table_ids=[table.attr_route_table_id] * zones,
        )
        self.security_group = self._make_workload_group()
        self._make_endpoints(table.attr_route_table_id)
        self._make_flow_logs(key, removal_policy)

    @staticmethod
    def from_vpc(
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection | None = None,
        security_group: ec2.ISecurityGroup | None = None,
    ) -> NetworkBase:
        """A network that is there already.

        Args:
            scope: The parent construct.
            id: The id in it.
            vpc: The VPC; with no route out it needs the endpoints that `Network` makes.
            subnets: Which of its subnets; its private ones by default.
            security_group: The workloads' group; None makes one whose members may talk to each other and to HTTPS.

        Raises:
            ConfigurationError: The subnets lie in fewer than two zones.
        """
        return _ExistingNetwork(scope, id, vpc, subnets, security_group)

    def _make_subnets(self, cidr: str, zones: int, route_table_id: str) -> list[str]:
        bits = _PARTS.bit_length() - 1
        blocks = [str(block) for block in ipaddress.ip_network(cidr).subnets(prefixlen_diff=bits)]
        subnet_ids = []
        for index in range(zones):
            subnet = ec2.CfnSubnet(
                self,
                f"Subnet{index + 1}",
                vpc_id=self._vpc_id,
                cidr_block=blocks[index],
                availability_zone=Fn.select(index, Fn.get_azs()),
                map_public_ip_on_launch=False,
                tags=[CfnTag(key="Name", value=f"{self.node.path}/Subnet{index + 1}")],
            )
            subnet_ids.append(subnet.attr_subnet_id)
            ec2.CfnSubnetRouteTableAssociation(
                self, f"Subnet{index + 1}Routes", subnet_id=subnet.attr_subnet_id, route_table_id=route_table_id
            )
        return subnet_ids

    def _make_workload_group(self) -> ec2.ISecurityGroup:
        return _workload_group(self, self._vpc_id)

    def _make_endpoints(self, route_table_id: str) -> None:
        ec2.CfnVPCEndpoint(
            self,
            "S3",
            vpc_id=self._vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{Aws.REGION}.s3",
            route_table_ids=[route_table_id],
        )
        group = ec2.CfnSecurityGroup(
            self,
            "EndpointGroup",
            vpc_id=self._vpc_id,
            group_description="AWS services as the workloads see them",
            security_group_ingress=[
                {
                    "ipProtocol": "tcp",
                    "fromPort": 443,
                    "toPort": 443,
                    "sourceSecurityGroupId": self.security_group.security_group_id,
                    "description": "HTTPS from the workloads",
                }
            ],
            # A group without any rule for the way out would get one that allows everything.
            security_group_egress=[
                {
                    "ipProtocol": "icmp",
                    "fromPort": 252,
                    "toPort": 86,
                    "cidrIp": "255.255.255.255/32",
                    "description": "Nothing",
                }
            ],
        )
        for service in _INTERFACE_SERVICES:
            ec2.CfnVPCEndpoint(
                self,
                "".join(part.capitalize() for part in service.split(".")),
                vpc_id=self._vpc_id,
                vpc_endpoint_type="Interface",
                service_name=f"com.amazonaws.{Aws.REGION}.{service}",
                private_dns_enabled=True,
                subnet_ids=list(self.subnet_ids),
                security_group_ids=[group.attr_group_id],
            )

    def _make_flow_logs(self, key: kms.IKey | None, removal_policy: RemovalPolicy) -> None:
        group = logs.CfnLogGroup(self, "FlowLogGroup", retention_in_days=365, kms_key_id=key.key_arn if key else None)
        group.apply_removal_policy(removal_policy)
        role = iam.Role(self, "FlowLogRole", assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com"))
        policy = attach_policy(
            self,
            "FlowLogPolicy",
            role,
            [
                Statement(
                    actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
                    resources=(group.attr_arn,),
                )
            ],
        )
        flow_log = ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=self._vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.ref,
            deliver_logs_permission_arn=role.role_arn,
        )
        flow_log.add_resource_dependency(policy)


class _ExistingNetwork(NetworkBase):
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
        self.security_group = security_group or _workload_group(self, vpc.vpc_id)


def _workload_group(scope: Construct, vpc_id: str) -> ec2.ISecurityGroup:
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


def _cidr_problem(cidr: str) -> str | None:
    if is_token(cidr):
        return f"cidr must be known at synth, because it is cut into subnets; got {cidr!r}"
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        return f"cidr must be a range such as '10.0.0.0/16', got {cidr!r} ({error})"
    if 16 <= network.prefixlen <= 24:
        return None
    return f"cidr must be between /16 and /24, got {cidr!r}"
