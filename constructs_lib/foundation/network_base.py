"""What jobs and endpoints need to know of a network, whether it was made here or brought along."""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any, cast

import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IValidation

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import place_of
from constructs_lib._internal.statements import Statement
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.foundation.among_nodes import Traffic, let_pass, traffic_of
from constructs_lib.foundation.missing_in_network import Expected, KnownVpc, MissingInNetwork


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

    # The group where the user brought it along: its rules are its owner's.
    _brought: ec2.ISecurityGroup | None = None
    # The VPC where it can be looked into, and something may be missing in it.
    _known_vpc: KnownVpc | None = None
    _expected: Expected | None = None

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._passing: set[Traffic] = set()

    @property
    def connections(self) -> ec2.Connections:
        """Opens the workloads' group to others, or others to it."""
        return self.security_group.connections

    def vpc_config(self) -> dict[str, Any]:
        """The `VpcConfig` member of a job or model request."""
        return {"SecurityGroupIds": [self._group_id], "Subnets": list(self.subnet_ids)}

    @cached_property
    def _group_id(self) -> str:
        return self.security_group.security_group_id

    def let_nodes_talk(
        self,
        job: Construct,
        *,
        instance_types: Sequence[InstanceType] | None = None,
        several: bool = True,
        encrypted: bool = True,
    ) -> None:
        """Let the nodes of a job talk to each other, as far as they have to (TRAPS 20), and nobody else to them.

        Jobs of this library call it when they refer to the network; call it for a job that you render yourself. All
        workloads of a network share one group, so that what one job needs passes among all of them: all TCP ports;
        IPsec where nodes encrypt what they say; and all traffic where a machine may have an Elastic Fabric Adapter. A
        group that was brought along is left alone; what it does not let pass is a warning.

        Args:
            job: What needs it.
            instance_types: The machines that it may run on; None when they are not known.
            several: Whether there may be more than one of them. A single one needs nothing, unless it may have an
                adapter, which does not work with less than all traffic.
            encrypted: Whether they encrypt what they say to each other.

        Raises:
            ConfigurationError: An argument is of another kind.
        """
        require(self, argument_problems(NetworkBase.let_nodes_talk, locals()))
        traffic = traffic_of(instance_types, several=several, encrypted=encrypted)
        if not traffic:
            return
        if self._brought is None:
            self._passing = let_pass(self, self._group_id, before=self._passing, more=traffic)
            return
        for each in traffic:
            self._look_later().traffic.setdefault(each, []).append(job.node.path)

    def expect_services(self, user: Construct, services: Sequence[str]) -> None:
        """Warn, once the app is complete, if *user* cannot reach *services*; constructs call it for what they refer to.

        Args:
            user: The job or the model.
            services: The ends of their endpoints' names.

        Raises:
            ConfigurationError: An argument is of another kind.
        """
        require(self, argument_problems(NetworkBase.expect_services, locals()))
        if self._known_vpc is None:
            return
        for service in services:
            if service not in self._known_vpc.reached:
                self._look_later().services.setdefault(service, []).append(user.node.path)

    def expect_way_out(self, user: Construct, what: str, sentence: str) -> None:
        """Warn, once the app is complete, if *user* has no way out; constructs call it for what they refer to.

        Args:
            user: The job or the model.
            what: What it needs it for, in the id of the warning.
            sentence: The same in the words of the warning.

        Raises:
            ConfigurationError: An argument is of another kind.
        """
        require(self, argument_problems(NetworkBase.expect_way_out, locals()))
        if self._known_vpc is not None:
            self._look_later().ways_out.append((user, what, sentence))

    def expect_hub(self, user: Construct, hub_model: str) -> None:
        """Warn as `expect_way_out` does, if *user* fetches *hub_model* from the internet: it may lie in S3.

        Args:
            user: The model or the component.
            hub_model: What `HF_MODEL_ID` says.

        Raises:
            ConfigurationError: An argument is of another kind.
        """
        require(self, argument_problems(NetworkBase.expect_hub, locals()))
        if not is_token(hub_model) and not hub_model.startswith("s3://"):
            self.expect_way_out(user, "hub-model", f"HF_MODEL_ID {hub_model!r} is fetched from a hub")

    def _look_later(self) -> "Expected":
        """What the network is held against once the app is complete: endpoints and rules may be added late."""
        if self._expected is None:
            self._expected = Expected()
            missing = MissingInNetwork(self, known=self._known_vpc, group=self._brought, expected=self._expected)
            self.node.add_validation(cast(IValidation, missing))
        return self._expected

    def statements(self) -> tuple[Statement, ...]:
        """What an execution role needs to put network interfaces here.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (VPC permissions)
        """
        arn = partial(place_of(self).arn, "ec2")
        interfaces = arn("network-interface/*")
        subnets = tuple(arn(f"subnet/{subnet_id}") for subnet_id in self.subnet_ids)
        group = arn(f"security-group/{self._group_id}")
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
