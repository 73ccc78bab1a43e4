"""What passes among the workloads of a network: nothing, until a job of several nodes or with an adapter asks."""

from collections.abc import Iterable
from typing import Any

import pytest

from constructs_lib import ConfigurationError, InstanceType, Network
from tests.templates import of_type, template_of
from tests.unit.foundation.test_network_access import warnings_of

CPU, FABRIC, LATE = InstanceType("ml.m5.xlarge"), InstanceType("ml.p4d.24xlarge"), InstanceType("${Token[Type.1]}")
GROUP = {"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}
# Protocol with its ports, as rules write them.
TCP, KEYS, ESP, ALL = ("tcp", 0, 65535), ("udp", 500, 500), ("50", None, None), ("-1", None, None)


def ask(network: Any, *, types: Iterable[InstanceType] | None = (CPU,), **how: Any) -> None:
    network.let_nodes_talk(network.node.scope, instance_types=None if types is None else [*types], **how)


def passing(stack: Any) -> list[tuple[str, int | None, int | None]]:
    """What passes among the members, which is the same in and out, and to and from nobody else."""
    template = template_of(stack)
    ways = []
    for direction, peer in (("Ingress", "SourceSecurityGroupId"), ("Egress", "DestinationSecurityGroupId")):
        rules = of_type(template, f"AWS::EC2::SecurityGroup{direction}").values()
        assert all((rule["GroupId"], rule[peer]) == (GROUP, GROUP) for rule in rules)
        ways.append([(rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")) for rule in rules])
    assert ways[0] == ways[1]
    return ways[0]


class TestOwnGroup:
    def test_trap_20_nothing_passes_until_it_is_asked_for(self, stack: Any) -> None:
        network = Network(stack, "Network")
        ask(network, several=False)
        assert passing(stack) == []
        assert (
            "SecurityGroupIngress"
            not in of_type(template_of(stack), "AWS::EC2::SecurityGroup")["NetworkWorkloadGroup0A0FB7CC"]
        )

    @pytest.mark.parametrize(
        ("asked", "passes"),
        [
            ([{"encrypted": False}], [TCP]),
            ([{}], [TCP, KEYS, ESP]),
            # An adapter works with nothing less than all traffic, and a machine that is not known may have one.
            ([{"types": [FABRIC]}], [ALL]),
            ([{"types": [FABRIC], "several": False}], [ALL]),
            ([{"types": [CPU, FABRIC], "encrypted": False}], [ALL]),
            ([{"types": [LATE]}], [ALL]),
            ([{"types": None}], [ALL]),
            # In whatever order.
            ([{"encrypted": False}, {}], [TCP, KEYS, ESP]),
            ([{}, {"types": [FABRIC]}], [ALL]),
            ([{"types": [FABRIC]}, {}], [ALL]),
            ([{}, {"types": [FABRIC]}, {}, {"types": [FABRIC]}, {"several": False}], [ALL]),
        ],
    )
    def test_trap_20_passes_what_the_jobs_need_together(
        self, stack: Any, asked: list[dict[str, Any]], passes: list[Any]
    ) -> None:
        network = Network(stack, "Network")
        for how in asked:
            ask(network, **how)
        assert passing(stack) == passes

    def test_ids_tell_the_kind_and_that_of_all_traffic_is_the_old_one(self, stack: Any) -> None:
        ask(Network(stack, "Network"))
        ask(Network(stack, "Fabric"), types=[FABRIC])
        template = template_of(stack)
        rules = {
            **of_type(template, "AWS::EC2::SecurityGroupIngress"),
            **of_type(template, "AWS::EC2::SecurityGroupEgress"),
        }
        assert sorted(name[:-8] for name in rules) == [
            "FabricFromEachOther",
            "FabricToEachOther",
            "NetworkEncryptedFromEachOther",
            "NetworkEncryptedToEachOther",
            "NetworkKeyExchangeFromEachOther",
            "NetworkKeyExchangeToEachOther",
            "NetworkTcpFromEachOther",
            "NetworkTcpToEachOther",
        ]

    def test_a_group_made_for_a_vpc_of_ones_own_is_opened_too(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], private_subnet_ids=["subnet-a", "subnet-b"]
        )
        ask(Network.from_vpc(stack, "Network", vpc=vpc))
        assert passing(stack) == [TCP, KEYS, ESP]

    def test_the_rules_stand_with_the_network_whoever_asks(self, stack: Any) -> None:
        from aws_cdk import Stack

        network = Network(stack, "Network")
        jobs = Stack(stack.node.root, "Jobs")
        network.let_nodes_talk(jobs, instance_types=[CPU])
        assert passing(stack) == [TCP, KEYS, ESP]
        assert not template_of(jobs).get("Resources")

    def test_machines_of_ones_own_are_opened_in_the_words_of_the_cdk(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        Network(stack, "Network").connections.allow_internally(ec2.Port.all_tcp())
        assert passing(stack) == [TCP]

    @pytest.mark.parametrize(
        ("argument", "bad"), [("instance_types", "ml.m5.xlarge"), ("several", "yes"), ("encrypted", None)]
    )
    def test_fails_on_what_is_of_another_kind(self, stack: Any, argument: str, bad: Any) -> None:
        with pytest.raises(ConfigurationError, match=argument):
            Network(stack, "Network").let_nodes_talk(stack, **{argument: bad})


def vpc_in(stack: Any) -> Any:
    from aws_cdk import aws_ec2 as ec2

    return ec2.Vpc(stack, "Vpc")


class TestGroupBroughtAlong:
    @pytest.mark.parametrize(
        ("open", "asked", "lacking", "ports"),
        [
            (True, {"encrypted": False}, "in", "ec2.Port.all_tcp()"),
            (False, {"encrypted": False}, "in+out", "ec2.Port.all_tcp()"),
            (False, {"types": [FABRIC]}, "in+out", "ec2.Port.all_traffic()"),
            (True, {}, "in", "ec2.Port.esp()"),
        ],
    )
    def test_trap_20_warns_of_what_does_not_pass_among_its_members(
        self, stack: Any, open: bool, asked: dict[str, Any], lacking: str, ports: str
    ) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = vpc_in(stack)
        group = ec2.SecurityGroup(stack, "Mine", vpc=vpc, allow_all_outbound=open)
        # Neither another group nor some ports are enough.
        group.add_ingress_rule(ec2.SecurityGroup(stack, "Other", vpc=vpc), ec2.Port.all_tcp())
        group.connections.allow_internally(ec2.Port.tcp(443))
        network = Network.from_vpc(stack, "Network", vpc=vpc, security_group=group)
        ask(network, **asked)
        (warning,) = warnings_of(network)
        assert "Stack/Mine lets its members not talk to each other as they have to" in warning
        assert f"group.connections.allow_internally({ports})" in warning
        assert f"sagemaker-constructs:nodes-apart/{lacking}]" in warning

    def test_nothing_is_said_where_no_job_has_several_nodes(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = vpc_in(stack)
        group = ec2.SecurityGroup(stack, "Mine", vpc=vpc, allow_all_outbound=False)
        network = Network.from_vpc(stack, "Network", vpc=vpc, security_group=group)
        ask(network, several=False)
        assert not warnings_of(network)

    @pytest.mark.parametrize("open", [True, False])
    @pytest.mark.parametrize("asked", [{"types": [FABRIC]}, {}, {"encrypted": False}])
    def test_a_group_whose_members_reach_each_other_is_fine(
        self, stack: Any, open: bool, asked: dict[str, Any]
    ) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = vpc_in(stack)
        group = ec2.SecurityGroup(stack, "Mine", vpc=vpc, allow_all_outbound=open)
        network = Network.from_vpc(stack, "Network", vpc=vpc, security_group=group)
        ask(network, **asked)
        # Added late: what counts is the complete app.
        group.connections.allow_internally(ec2.Port.all_traffic())
        assert not warnings_of(network)

    def test_each_kind_by_itself_is_enough_where_no_adapter_is(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = vpc_in(stack)
        group = ec2.SecurityGroup(stack, "Mine", vpc=vpc, allow_all_outbound=False)
        network = Network.from_vpc(stack, "Network", vpc=vpc, security_group=group)
        ask(network)
        for port in (ec2.Port.all_tcp(), ec2.Port.udp(500), ec2.Port.esp()):
            group.connections.allow_internally(port)
        assert not warnings_of(network)

    def test_an_imported_one_is_left_alone_and_told_once_a_job_needs_it(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        group = ec2.SecurityGroup.from_security_group_id(stack, "Theirs", "sg-1")
        network = Network.from_vpc(stack, "Network", vpc=vpc_in(stack), security_group=group)
        ask(network, several=False)
        quiet = Network.from_vpc(stack, "Quiet", vpc=vpc_in_two(stack), security_group=group)
        ask(network, encrypted=False)
        (warning,) = warnings_of(network)
        assert "Stack/Theirs was imported" in warning and "(ec2.Port.all_tcp())" in warning
        assert "sagemaker-constructs:group-not-known]" in warning
        assert not warnings_of(quiet)
        assert not of_type(template_of(stack), "AWS::EC2::SecurityGroupIngress")


def vpc_in_two(stack: Any) -> Any:
    from aws_cdk import aws_ec2 as ec2

    return ec2.Vpc(stack, "SecondVpc")
