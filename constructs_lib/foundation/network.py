"""A network that jobs and endpoints run in: AWS services through PrivateLink, and no way out unless asked for."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from aws_cdk import CfnTag, Fn, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib._internal.acknowledged import acknowledge
from constructs_lib._internal.checks import between, is_token, removal_problem, require
from constructs_lib._internal.kinds import kind_problems
from constructs_lib._internal.place import place_of
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.cidr import cidr_problem
from constructs_lib.foundation.data_key import let_logs_use
from constructs_lib.foundation.existing_network import ExistingNetwork
from constructs_lib.foundation.missing_in_network import KnownVpc
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.private_links import (
    account_problems,
    chosen_services,
    make_gateway,
    make_interfaces,
    service_problems,
)
from constructs_lib.foundation.way_out import make_way_out, nat_problem
from constructs_lib.foundation.workload_group import let_out_to, workload_group

# The range is cut into sixteen parts, so that another zone is one more subnet and moves no other: those of workloads
# are taken from the start of the first half, public ones from that of the second.
_PARTS = 16


class Network(NetworkBase):
    """Isolated subnets in two or more zones, an S3 gateway, PrivateLink to what SageMaker needs, and flow logs.

    The endpoints let through what principals of this account ask of resources of this account; besides them AWS's own
    images and models may be read. Other public data, such as an open bucket of somebody else's, stays out of reach.

    With `nat_gateways` workloads reach any address by HTTPS, which no policy of an endpoint bounds. Neither the number
    of gateways nor that of zones moves a subnet, so that a network gets a way out, or loses it, under what runs in it.

    Keep it in a stack of its own, before the stacks of jobs and endpoints.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cidr: str = "10.0.0.0/16",
        zones: int = 2,
        nat_gateways: int = 0,
        more_services: Sequence[str] = (),
        without_services: Sequence[str] = (),
        trusted_accounts: Sequence[str] = (),
        s3_prefixes: ec2.IPrefixList | None = None,
        key: kms.IKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the network.

        Args:
            scope: The parent construct.
            id: The id in it.
            cidr: Address range, from /16 to /24; each zone gets a sixteenth of it.
            zones: Availability zones, 2 to 6; another one later moves nothing.
            nat_gateways: The way out: 0 is none, 1 serves all zones, and one for each zone keeps each of them going
                without the others. Each has an address of its own, and costs by the hour and by what passes. In `vpc`
                the subnets are isolated ones without it and private ones with it. Where a second one comes or goes,
                CloudFormation associates a subnet with another route table (untested under running workloads).
            more_services: Services with an interface endpoint besides those that every workload calls, as the end of
                their endpoint's name, such as `elasticfilesystem` where jobs mount EFS. A service that knows no
                endpoint policies is refused at deployment; make its endpoint with the CDK's `InterfaceVpcEndpoint`.
            without_services: Services that get no endpoint although most workloads call them, such as
                `sagemaker.runtime`; each endpoint costs by the hour and zone.
            trusted_accounts: Other accounts whose resources workloads reach and whose roles they may take on, such as
                that of a data lake or of a shared registry of images.
            s3_prefixes: The addresses of S3, as `ec2.PrefixList.from_lookup(…, prefix_list_name=
                "com.amazonaws.eu-west-1.s3")` finds them in a stack of a pinned region: the workloads' group then lets
                HTTPS out to S3 and the endpoints only; with `nat_gateways`, open what else is needed, such as
                `network.connections.allow_to(ec2.Peer.ipv4("203.0.113.0/24"), ec2.Port.HTTPS)`. None lets HTTPS out to
                any address, as far as a route leads.
            key: Encrypts the flow logs; its policy lets CloudWatch Logs use it, which that of an imported key must do
                by itself.
            removal_policy: What becomes of the flow logs when the stack goes.

        Raises:
            ConfigurationError: The range, the number of zones or gateways, a service or an account is not possible; all
                are listed.
        """
        super().__init__(scope, id)
        require(
            self,
            cidr_problem("cidr", cidr),
            _zones_problem(zones),
            nat_problem(nat_gateways, zones),
            service_problems(more_services, without_services),
            account_problems(trusted_accounts),
            kind_problems("s3_prefixes", s3_prefixes, ec2.IPrefixList | None),
            kind_problems("key", key, kms.IKey | None),
            kind_problems("removal_policy", removal_policy, RemovalPolicy),
            removal_problem(removal_policy),
        )

        vpc = ec2.CfnVPC(
            self,
            "Resource",
            cidr_block=cidr,
            # PrivateLink answers under the services' usual names only with both of these on.
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )
        acknowledge(
            vpc,
            "VPCDefaultSecurityGroupClosed",
            "Nothing here uses the default group, and only a custom resource with a Lambda could close it.",
        )
        self._vpc_id = vpc.attr_vpc_id
        tables = [
            ec2.CfnRouteTable(
                self, f"RouteTable{number if number > 1 else ''}", vpc_id=self._vpc_id
            ).attr_route_table_id
            for number in range(1, max(1, nat_gateways) + 1)
        ]
        blocks = _blocks(cidr)
        by_zone = [tables[index % len(tables)] for index in range(zones)]
        self.subnet_ids = self._make_subnets(blocks, by_zone)
        if nat_gateways:
            public = blocks[_PARTS // 2 :][:nat_gateways]
            make_way_out(self, vpc_id=self._vpc_id, blocks=public, route_table_ids=tables)
        self.vpc = self._as_vpc(cidr, by_zone, has_way_out=nat_gateways > 0)
        prefixes = s3_prefixes.prefix_list_id if s3_prefixes else None
        self.security_group = workload_group(
            self, self._vpc_id, s3_prefix_list_id=prefixes, has_way_out=nat_gateways > 0
        )
        endpoint_group = self._endpoint_group()
        if prefixes:
            let_out_to(self, self.security_group, endpoint_group)
        accounts = [place_of(self).account, *trusted_accounts]
        make_gateway(self, vpc_id=self._vpc_id, route_table_ids=tables, accounts=accounts)
        services = chosen_services(more_services, without_services)
        make_interfaces(
            self,
            services=services,
            vpc_id=self._vpc_id,
            subnet_ids=self.subnet_ids,
            security_group_id=endpoint_group,
            accounts=accounts,
        )
        self._make_flow_logs(key, removal_policy)
        if not nat_gateways:
            self._known_vpc = KnownVpc(vpc=self.vpc, path=self.node.path, reached=services)

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

        A VPC of the same app is looked into once the app is complete. Warnings name what is missing: the endpoints that
        `Network` makes, and those that a job refers to, where subnets have no route out; their private names, or a rule
        that lets the workloads in; DNS that is off; what nodes of a job have to say to each other in a group of yours.

        An imported VPC cannot be looked into. Where it has no route out, see to it yourself that it has all of these.

        Args:
            scope: The parent construct.
            id: The id in it.
            vpc: The VPC; with no route out it needs the endpoints that `Network` makes.
            subnets: Which of its subnets; its private ones by default.
            security_group: The workloads' group; None makes one that lets HTTPS out, and what the nodes of jobs say to
                each other. A group of your own is never changed. It must let its members talk to each other where jobs
                have several nodes: on all TCP ports, in IPsec (UDP 500 and protocol 50) where they encrypt what they
                say, and in any protocol where machines may have an Elastic Fabric Adapter (TRAPS 20).

        Raises:
            ConfigurationError: The subnets are none of the VPC's, are public or lie in fewer than two zones, or the
                group is one of another VPC; all are listed.
        """
        return ExistingNetwork(scope, id, vpc, subnets, security_group)

    def _make_subnets(self, blocks: Sequence[str], route_table_ids: Sequence[str]) -> list[str]:
        """A subnet for each zone, whose table is that of *route_table_ids* at its place."""
        subnet_ids = []
        for index, route_table_id in enumerate(route_table_ids):
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

    def _as_vpc(self, cidr: str, route_table_ids: Sequence[str], *, has_way_out: bool) -> ec2.IVpc:
        """The network in the CDK's words: its subnets are private ones with a way out, and isolated ones without."""
        kind, names = "isolated", {}
        if has_way_out:
            # The CDK makes ids of the name: under another one, what is in the subnets, such as the mount target of a
            # file system, would be made anew beside itself.
            kind, names = "private", {"private_subnet_names": ["Isolated"]}
        subnets: dict[str, Any] = {
            f"{kind}_subnet_ids": [*self.subnet_ids],
            f"{kind}_subnet_route_table_ids": [*route_table_ids],
            **names,
        }
        return ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self._vpc_id,
            vpc_cidr_block=cidr,
            availability_zones=[Fn.select(index, Fn.get_azs()) for index in range(len(route_table_ids))],
            **subnets,
        )

    def _endpoint_group(self) -> str:
        """The group of the interface endpoints: the workloads reach it, and it reaches nothing."""
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
        return group.attr_group_id

    def _make_flow_logs(self, key: kms.IKey | None, removal_policy: RemovalPolicy) -> None:
        let_logs_use(key, scope=self)
        group = logs.CfnLogGroup(self, "FlowLogGroup", retention_in_days=365, kms_key_id=key.key_arn if key else None)
        group.apply_removal_policy(removal_policy)
        role = iam.Role(
            self,
            "FlowLogRole",
            # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": place_of(self).account}},
            ),
        )
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


def _blocks(cidr: str) -> list[str]:
    bits = _PARTS.bit_length() - 1
    return [str(block) for block in ipaddress.ip_network(cidr).subnets(prefixlen_diff=bits)]


def _zones_problem(zones: int) -> str | None:
    if is_token(zones):
        return f"zones must be known at synth, because each is a subnet; got {zones!r}"
    if isinstance(zones, bool) or not isinstance(zones, int):
        return f"zones must be a whole number from 2 to 6, got {zones!r}"
    return between("zones", zones, 2, 6)
