"""What a network lacks, told once the app is complete: endpoints and rules may be added late."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IConstruct, IValidation

from constructs_lib._internal.warnings import warn
from constructs_lib.foundation.among_nodes import ALL, Traffic
from constructs_lib.foundation.security_rules import joins, lets_in, resolved, same

if TYPE_CHECKING:
    from constructs_lib.foundation.network_base import NetworkBase

# What services are called for, when it is more than what every workload does, and how an endpoint of them is made.
_CALLED_FOR = {
    "elasticfilesystem": "mount a file system of EFS",
    "experiments": "report to MLflow",
    "git-codecommit": "clone a repository of CodeCommit",
    "lambda": "ask a function for the credentials of a registry",
    "sagemaker.featurestore-runtime": "write to a feature group",
    "ssmmessages": "let Systems Manager open a shell",
}
_BY_THE_CDK = {"experiments": "SAGEMAKER_EXPERIMENTS"}


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownVpc:
    """A VPC that can be looked into.

    Attributes:
        vpc: It.
        path: What it is called in a warning.
        subnets: Those of it that workloads are in; None means all but public ones.
        has_names: Whether endpoints in it may answer under the usual names of their services.
        services: Services that should have an endpoint where there is no route out.
        reached: Services that have one for certain.
    """

    vpc: ec2.IVpc
    path: str
    subnets: Sequence[ec2.ISubnet] | None = None
    has_names: bool = True
    services: Sequence[str] = ()
    reached: Collection[str] = ()


@dataclass(slots=True)
class Expected:
    """What jobs and models expect of their network, gathered while the app is built.

    Attributes:
        traffic: What has to pass among nodes, and the jobs whose nodes they are.
        services: What has to be reached besides what every workload calls, and by whom.
        ways_out: Who has to reach the internet, what for, and that in words.
    """

    traffic: dict[Traffic, list[str]] = field(default_factory=dict)
    services: dict[str, list[str]] = field(default_factory=dict)
    ways_out: list[tuple[Construct, str, str]] = field(default_factory=list)


@jsii.implements(IValidation)
class MissingInNetwork:
    """Warns of what a VPC and a group of the same app lack (TRAPS 18 and 20); what was imported cannot be looked into.

    Only what is known to be missing is told: a rule for a range of addresses or a list of them may well cover what is
    looked for. An imported group is told when nodes of a job have to talk to each other in it.
    """

    def __init__(
        self,
        network: "NetworkBase",
        *,
        known: KnownVpc | None,
        group: ec2.ISecurityGroup | None,
        expected: Expected,
    ) -> None:
        """Look later.

        Args:
            network: Where the warnings stand, but those of what a single job needs.
            known: The VPC; None when it was imported.
            group: The group that the user brought along; None when it was made with the network.
            expected: What jobs expect by then.
        """
        self._network = network
        self._known_vpc = known
        self._group = group
        self._expected = expected

    def validate(self) -> list[str]:
        """Warn; there is never an error to report."""
        self._resources: list[IConstruct] = self._network.node.root.node.find_all()
        if self._group is not None and self._expected.traffic:
            self._look_among_nodes(self._group)
        if self._known_vpc is not None:
            self._look_into(self._known_vpc)
        return []

    def _look_among_nodes(self, group: ec2.ISecurityGroup) -> None:
        expected = self._expected.traffic
        needed = [ALL] if ALL in expected else list(expected)
        jobs = ", ".join(dict.fromkeys(path for paths in expected.values() for path in paths))
        ports = ", ".join(traffic.port for traffic in needed)
        if not isinstance(group, ec2.SecurityGroup):
            warn(
                self._network,
                "group-not-known",
                f"{group.node.path} was imported, so that its rules are not seen here: it must let its members talk to "
                f"each other ({ports}), in and out, or {jobs} will hang; see to it, and acknowledge this",
            )
            return
        ways = {"in": True, "out": not group.allow_all_outbound}
        lacking = [
            way
            for way, told in ways.items()
            if told and not all(joins(self._resources, group, traffic, inward=way == "in") for traffic in needed)
        ]
        if lacking:
            calls = " and ".join(f"group.connections.allow_internally({traffic.port})" for traffic in needed)
            warn(
                self._network,
                f"nodes-apart/{'+'.join(lacking)}",
                f"{group.node.path} lets its members not talk to each other as they have to (the way "
                f"{' and '.join(lacking)}): {jobs} will hang; call {calls}",
            )

    def _look_into(self, known: KnownVpc) -> None:
        if not known.has_names:
            warn(
                self._network,
                "private-names/dns",
                f"{known.path} has DNS support or DNS host names switched off: endpoints of AWS services do "
                "not answer under the services' usual names; switch both on",
            )
        subnets = known.subnets or [*known.vpc.private_subnets, *known.vpc.isolated_subnets]
        closed = [subnet.node.path for subnet in subnets if not self._has_way_out(subnet)]
        if not closed:
            return
        endpoints: dict[str, list[ec2.CfnVPCEndpoint]] = defaultdict(list)
        for name, endpoint in self._endpoints(known):
            endpoints[name].append(endpoint)
        missing = sorted({*known.services} - endpoints.keys())
        if missing:
            warn(
                self._network,
                f"missing-endpoints/{'+'.join(missing)}",
                f"{', '.join(closed)} have no route out, and {known.path} has no endpoint of {', '.join(missing)}: "
                "jobs and endpoints that call them will hang; add them, or acknowledge what nothing here calls",
            )
        for service in sorted(self._expected.services.keys() - endpoints.keys()):
            self._tell_of_service(known, service)
        for user, what, sentence in self._expected.ways_out:
            warn(
                user,
                f"no-way-out/{what}",
                f"{sentence}, and {known.path} has no route out; give it one, such as nat_gateways=1",
            )
        # The gateway of S3 has neither private names nor groups.
        self._look_at({name: its for name, its in endpoints.items() if name != "s3"})

    def _tell_of_service(self, known: KnownVpc, service: str) -> None:
        users = ", ".join(dict.fromkeys(self._expected.services[service]))
        what = _CALLED_FOR.get(service, "call it")
        fix = f"pass more_services=[{service!r}]"
        if known.services or service in _BY_THE_CDK:
            name = f".{_BY_THE_CDK[service]}" if service in _BY_THE_CDK else f"({service!r})"
            fix = f"make an ec2.InterfaceVpcEndpoint of ec2.InterfaceVpcEndpointAwsService{name}"
        warn(
            self._network,
            f"missing-endpoints/{service}",
            f"{users} will hang, because they {what}, and {known.path} has neither a route out nor an "
            f"endpoint of {service}; {fix}",
        )

    def _look_at(self, interfaces: dict[str, list[ec2.CfnVPCEndpoint]]) -> None:
        """Warn of endpoints that are there and not reached."""
        unnamed = sorted(name for name, its in interfaces.items() if all(x.private_dns_enabled is False for x in its))
        if unnamed:
            warn(
                self._network,
                f"private-names/{'+'.join(unnamed)}",
                f"endpoints of {', '.join(unnamed)} have private_dns_enabled=False: they do not answer under the "
                "services' usual names, which jobs and endpoints call; switch it on",
            )
        shut = sorted(name for name, its in interfaces.items() if not any(map(self._lets_in, its)))
        if shut:
            group = self._network.security_group.node.path
            warn(
                self._network,
                f"closed-endpoints/{'+'.join(shut)}",
                f"the groups of the endpoints of {', '.join(shut)} do not let {group} in: jobs and endpoints that call "
                "them will hang; call endpoint.connections.allow_default_port_from(network.security_group)",
            )

    def _has_way_out(self, subnet: ec2.ISubnet) -> bool:
        """Whether its table has a route to everywhere: a NAT, a transit gateway, an appliance."""
        table = subnet.route_table.route_table_id
        return any(
            isinstance(route, ec2.CfnRoute)
            and route.destination_cidr_block == "0.0.0.0/0"
            and same(route, route.route_table_id, subnet, table)
            for route in self._resources
        )

    def _endpoints(self, known: KnownVpc) -> Iterator[tuple[str, ec2.CfnVPCEndpoint]]:
        """Service to the endpoint that it has in the VPC, anywhere in the app: `s3`, `ecr.api`."""
        services = {*known.services, *self._expected.services}
        for each in self._resources:
            if isinstance(each, ec2.CfnVPCEndpoint) and same(each, each.vpc_id, known.vpc, known.vpc.vpc_id):
                name = resolved(each, each.service_name or "").removesuffix("-fips")
                for service in services:
                    if name.endswith(f".{service}"):
                        yield service, each

    def _lets_in(self, endpoint: ec2.CfnVPCEndpoint) -> bool:
        """Whether the workloads reach it; one in a group that is not of this app may well let them in."""
        groups = endpoint.security_group_ids or []
        return not groups or any(lets_in(self._resources, each, self._network.security_group) for each in groups)
