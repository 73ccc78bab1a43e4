"""A network of somebody else's, and what can be told of it before the deployment."""

from collections.abc import Iterable
from typing import cast

import jsii
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IValidation

from constructs_lib._internal.checks import has, is_token, require
from constructs_lib._internal.policies import flatten
from constructs_lib._internal.warnings import warn
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.private_links import INTERFACE_SERVICES
from constructs_lib.foundation.workload_group import workload_group


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
        require(
            self.node.path,
            has("vpc", vpc, "select_subnets", "a VPC such as ec2.Vpc.from_lookup(…) gives", optional=False),
            has("security_group", security_group, "security_group_id", "a group such as ec2.SecurityGroup(…)"),
        )
        own = vpc.private_subnets or vpc.isolated_subnets
        problem = None if subnets or own else "vpc has public subnets only; workloads need private or isolated ones"
        require(self.node.path, problem)
        chosen = subnets or _own_subnets(vpc)
        # jsii takes a struct as its keywords.
        selected = vpc.select_subnets(**chosen._values)
        zones = set(selected.availability_zones)
        too_few = f"subnets must lie in at least two zones, got {', '.join(sorted(zones)) or 'no subnet at all'}"
        require(
            self.node.path,
            too_few if len(zones) < 2 and not any(map(is_token, zones)) else None,
            # The interfaces of jobs and endpoints get no public address, so that a public subnet leads nowhere.
            # https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
            "subnets must be private or isolated, got public ones: nothing in them would reach AWS services"
            if selected.has_public
            else None,
        )
        self.subnet_ids = selected.subnet_ids
        self.security_group = security_group or workload_group(self, vpc.vpc_id)
        # An imported VPC cannot be looked into: what is not seen there may well exist.
        if isinstance(vpc, ec2.Vpc):
            isolated = {subnet.subnet_id for subnet in vpc.isolated_subnets}
            self.node.add_validation(
                cast(IValidation, _WhatIsMissing(self, vpc, isolated=isolated.issuperset(self.subnet_ids)))
            )


def _own_subnets(vpc: ec2.IVpc) -> ec2.SubnetSelection:
    """Private subnets, or isolated ones; never public ones, which the CDK would fall back to."""
    kind = ec2.SubnetType.PRIVATE_WITH_EGRESS if vpc.private_subnets else ec2.SubnetType.PRIVATE_ISOLATED
    return ec2.SubnetSelection(subnet_type=kind)


@jsii.implements(IValidation)
class _WhatIsMissing:
    """Warns of what a VPC of the same app lacks (TRAPS 18), once the app is complete: endpoints may be added late."""

    def __init__(self, network: ExistingNetwork, vpc: ec2.Vpc, *, isolated: bool) -> None:
        self._network = network
        self._vpc = vpc
        self._isolated = isolated

    def validate(self) -> list[str]:
        """Warn; there is never an error to report."""
        if not (self._vpc.dns_support_enabled and self._vpc.dns_hostnames_enabled):
            warn(
                self._network,
                "private-names/dns",
                f"{self._vpc.node.path} has DNS support or DNS host names switched off: endpoints of AWS services do "
                "not answer under the services' usual names; switch both on",
            )
        missing = sorted({"s3", *INTERFACE_SERVICES} - set(self._services())) if self._isolated else []
        if missing:
            warn(
                self._network,
                f"missing-endpoints/{'+'.join(missing)}",
                f"the subnets have no route out, and {self._vpc.node.path} has no endpoint of {', '.join(missing)}: "
                "jobs and endpoints that call them will hang; add them, or acknowledge what nothing here calls",
            )
        return []

    def _services(self) -> Iterable[str]:
        """The services that have an endpoint in the VPC, anywhere in the app: `s3`, `ecr.api`."""
        vpc_id = _resolved(self._vpc, self._vpc.vpc_id)
        for construct in self._vpc.node.root.node.find_all():
            if isinstance(construct, ec2.CfnVPCEndpoint) and _resolved(construct, construct.vpc_id) == vpc_id:
                name = _resolved(construct, construct.service_name or "")
                for service in ("s3", *INTERFACE_SERVICES):
                    if name.removesuffix("-fips").endswith(f".{service}"):
                        yield service


def _resolved(construct: Construct, value: str) -> str:
    return flatten(Stack.of(construct).resolve(value))
