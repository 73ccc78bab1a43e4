"""What a network of somebody else's lacks, told once the app is complete: endpoints and rules may be added late."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IValidation

from constructs_lib._internal.policies import flatten
from constructs_lib._internal.warnings import warn
from constructs_lib.foundation.private_links import INTERFACE_SERVICES

if TYPE_CHECKING:
    from constructs_lib.foundation.network_base import NetworkBase

_HTTPS = 443


@jsii.implements(IValidation)
class MissingInNetwork:
    """Warns of what a VPC and a group of the same app lack (TRAPS 18 and 20); what was imported cannot be looked into.

    Only what is known to be missing is told: a rule for a range of addresses or a list of them may well cover what is
    looked for.
    """

    def __init__(
        self,
        network: "NetworkBase",
        *,
        vpc: ec2.Vpc | None,
        subnets: Sequence[ec2.ISubnet],
        group: ec2.SecurityGroup | None,
    ) -> None:
        """Look later.

        Args:
            network: Where the warnings stand.
            vpc: The VPC; None when it was imported.
            subnets: Those of it that workloads are in.
            group: The group that the user brought along; None when it was imported, or made with the network.
        """
        self._network = network
        self._vpc = vpc
        self._subnets = subnets
        self._group = group

    def validate(self) -> list[str]:
        """Warn; there is never an error to report."""
        self._resources = self._network.node.root.node.find_all()
        if self._group is not None:
            self._look_among_nodes(self._group)
        if self._vpc is not None:
            self._look_into(self._vpc)
        return []

    def _look_among_nodes(self, group: ec2.SecurityGroup) -> None:
        rules = [*self._rules(ec2.CfnSecurityGroupIngress, ec2.CfnSecurityGroup, group.security_group_id)]
        lacking = [] if any(self._joins(rule, group, "sourceSecurityGroupId") for rule in rules) else ["in"]
        if not group.allow_all_outbound:
            rules = [*self._rules(ec2.CfnSecurityGroupEgress, ec2.CfnSecurityGroup, group.security_group_id)]
            if not any(self._joins(rule, group, "destinationSecurityGroupId") for rule in rules):
                lacking.append("out")
        if lacking:
            warn(
                self._network,
                f"nodes-apart/{'+'.join(lacking)}",
                f"{group.node.path} lets its members not talk to each other (the way {' and '.join(lacking)}): jobs of "
                "several nodes will hang; call group.connections.allow_internally(ec2.Port.all_traffic()), or "
                "acknowledge it where no job has several",
            )

    def _joins(self, rule: Mapping[str, Any], group: ec2.SecurityGroup, peer: str) -> bool:
        return _covers(rule, 0, 65535) and (
            peer not in rule or _same(self._network, rule[peer], group, group.security_group_id)
        )

    def _look_into(self, vpc: ec2.Vpc) -> None:
        if not (vpc.dns_support_enabled and vpc.dns_hostnames_enabled):
            warn(
                self._network,
                "private-names/dns",
                f"{vpc.node.path} has DNS support or DNS host names switched off: endpoints of AWS services do "
                "not answer under the services' usual names; switch both on",
            )
        closed = [subnet.node.path for subnet in self._subnets if not self._has_way_out(subnet)]
        if not closed:
            return
        endpoints: dict[str, list[ec2.CfnVPCEndpoint]] = defaultdict(list)
        for name, endpoint in self._endpoints(vpc):
            endpoints[name].append(endpoint)
        missing = sorted({"s3", *INTERFACE_SERVICES} - endpoints.keys())
        if missing:
            warn(
                self._network,
                f"missing-endpoints/{'+'.join(missing)}",
                f"{', '.join(closed)} have no route out, and {vpc.node.path} has no endpoint of {', '.join(missing)}: "
                "jobs and endpoints that call them will hang; add them, or acknowledge what nothing here calls",
            )
        # The gateway of S3 has neither private names nor groups.
        interfaces = {name: its for name, its in endpoints.items() if name != "s3"}
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
            and _same(route, route.route_table_id, subnet, table)
            for route in self._resources
        )

    def _endpoints(self, vpc: ec2.Vpc) -> Iterator[tuple[str, ec2.CfnVPCEndpoint]]:
        """Service to the endpoint that it has in the VPC, anywhere in the app: `s3`, `ecr.api`."""
        for each in self._resources:
            if isinstance(each, ec2.CfnVPCEndpoint) and _same(each, each.vpc_id, vpc, vpc.vpc_id):
                name = _resolved(each, each.service_name or "")
                for service in ("s3", *INTERFACE_SERVICES):
                    if name.removesuffix("-fips").endswith(f".{service}"):
                        yield service, each

    def _lets_in(self, endpoint: ec2.CfnVPCEndpoint) -> bool:
        """Whether the workloads reach it; one in a group that is not of this app may well let them in."""
        groups = endpoint.security_group_ids or []
        return not groups or any(self._group_lets_in(each) for each in groups)

    def _group_lets_in(self, group_id: str) -> bool:
        if not any(
            isinstance(each, ec2.CfnSecurityGroup) and each.attr_group_id == group_id for each in self._resources
        ):
            return True
        workloads = self._network.security_group
        return any(
            _covers(rule, _HTTPS, _HTTPS)
            and (
                "sourceSecurityGroupId" not in rule
                or _same(self._network, rule["sourceSecurityGroupId"], workloads, workloads.security_group_id)
            )
            for rule in self._rules(ec2.CfnSecurityGroupIngress, ec2.CfnSecurityGroup, group_id)
        )

    def _rules(self, beside: Any, within: Any, group_id: str) -> Iterator[Mapping[str, Any]]:
        """The rules of a group, for the way in or out as *beside* says, in the words of CloudFormation."""
        inward = beside is ec2.CfnSecurityGroupIngress
        peer = "sourceSecurityGroupId" if inward else "destinationSecurityGroupId"
        for each in self._resources:
            if isinstance(each, beside) and each.group_id == group_id:
                other = each.source_security_group_id if inward else each.destination_security_group_id
                yield {
                    "ipProtocol": each.ip_protocol,
                    "fromPort": each.from_port,
                    "toPort": each.to_port,
                    **({peer: other} if other is not None else {}),
                }
            if isinstance(each, within) and each.attr_group_id == group_id:
                rules = each.security_group_ingress if inward else each.security_group_egress
                yield from Stack.of(each).resolve(rules) or ()


def _covers(rule: Mapping[str, Any], first: int, last: int) -> bool:
    """Whether a rule is for all TCP ports from *first* to *last*."""
    if rule["ipProtocol"] == "-1":
        return True
    low, high = rule.get("fromPort"), rule.get("toPort")
    return rule["ipProtocol"] == "tcp" and low is not None and high is not None and low <= first and last <= high


def _same(one: Construct, value: str, other: Any, its: str) -> bool:
    """Whether two references are the same: a token that was handed on is, in whatever stack it stands."""
    return value == its or _resolved(one, value) == _resolved(other, its)


def _resolved(construct: Construct, value: str) -> str:
    return flatten(Stack.of(construct).resolve(value))
