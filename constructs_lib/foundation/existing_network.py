"""A network of somebody else's, and what can be told of it before the deployment."""

from typing import Any

from aws_cdk import Reference, Tokenization
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib.foundation.missing_in_network import KnownVpc
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
        require(self, argument_problems(ExistingNetwork.__init__, locals()))
        own = vpc.private_subnets or vpc.isolated_subnets
        problem = None if subnets or own else "vpc has public subnets only; workloads need private or isolated ones"
        require(self, problem)
        selected = self._select(subnets or _own_subnets(vpc))
        require(
            self,
            _spread_problem(selected.availability_zones, selected.subnet_ids),
            # The interfaces of jobs and endpoints get no public address, so that a public subnet leads nowhere.
            # https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
            "subnets must be private or isolated, got public ones: nothing in them would reach AWS services"
            if selected.has_public
            else None,
            _group_problem(vpc, security_group),
        )
        self.subnet_ids = selected.subnet_ids
        self.security_group = security_group or workload_group(self, vpc.vpc_id)
        self._brought = security_group
        # What was imported cannot be looked into: what is not seen there may well exist.
        if isinstance(vpc, ec2.Vpc):
            self._known_vpc = KnownVpc(
                vpc=vpc,
                path=vpc.node.path,
                subnets=selected.subnets,
                has_names=bool(vpc.dns_support_enabled and vpc.dns_hostnames_enabled),
                services=("s3", *INTERFACE_SERVICES),
            )
            self._look_later()

    def _select(self, subnets: ec2.SubnetSelection) -> ec2.SelectedSubnets:
        try:
            # jsii takes a struct as its keywords.
            return self.vpc.select_subnets(**subnets._values)
        except RuntimeError as error:  # so jsii raises what the CDK says of a group that the VPC does not have
            require(self, f"subnets must be some of vpc's: {str(error).partition(': ')[2] or error}")
            raise


def _own_subnets(vpc: ec2.IVpc) -> ec2.SubnetSelection:
    """Private subnets, or isolated ones; never public ones, which the CDK would fall back to."""
    kind = ec2.SubnetType.PRIVATE_WITH_EGRESS if vpc.private_subnets else ec2.SubnetType.PRIVATE_ISOLATED
    return ec2.SubnetSelection(subnet_type=kind)


def _spread_problem(zones: list[str], subnet_ids: list[str]) -> str | None:
    """Too few zones; a list that is known at deployment only stands there as one item, whatever it will hold."""
    if any(item.startswith("#{Token[") for item in (*zones, *subnet_ids)):
        return None
    if len(set(zones)) >= 2:
        return None
    known = [zone for zone in sorted(set(zones)) if not is_token(zone)]
    got = ", ".join(known) or (f"{len(subnet_ids)} in one zone" if subnet_ids else "no subnet at all")
    return f"subnets must lie in at least two zones, got {got}"


def _group_problem(vpc: ec2.IVpc, group: ec2.ISecurityGroup | None) -> str | None:
    """A group of another VPC, where both VPCs are known: by their ids, or as resources of this app."""
    resource = group.node.default_child if isinstance(group, ec2.SecurityGroup) else None
    if not isinstance(resource, ec2.CfnSecurityGroup) or resource.vpc_id is None:
        return None
    its, own = _vpc_of(resource.vpc_id), _vpc_of(vpc.vpc_id)
    if its is None or own is None or its == own:
        return None
    return f"security_group must be one of vpc ({own}), got one of {its}"


def _vpc_of(vpc_id: str) -> str | None:
    """What tells a VPC: its id, or the path of the resource; None where neither is known."""
    if not is_token(vpc_id):
        return vpc_id
    reference: Any = Tokenization.reverse_string(vpc_id).first_token
    if not Reference.is_reference(reference) or not isinstance(reference.target, ec2.CfnVPC):
        return None
    return str(reference.target.node.path)
