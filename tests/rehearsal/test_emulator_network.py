"""The types that MiniStack has no CloudFormation type for: networks and composite alarms."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.test_emulator_support import Stack, World, made, world
from tests.templates import template_of


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


class TestNetwork:
    def test_has_rules_and_flow_logs_of_their_own(self, here: World) -> None:
        stack = Stack(here, "network")
        group = {"Fn::GetAtt": ["Group", "GroupId"]}
        rule = {"GroupId": group, "IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "Description": "to itself"}
        resources = {
            "Vpc": made("EC2::VPC", CidrBlock="10.0.0.0/16"),
            "Group": made("EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "Vpc"}),
            "In": made("EC2::SecurityGroupIngress", **rule, SourceSecurityGroupId=group),
            "Out": made("EC2::SecurityGroupEgress", **rule, DestinationSecurityGroupId=group),
            "Flow": made("EC2::FlowLog", ResourceId={"Ref": "Vpc"}, ResourceType="VPC", LogGroupName="flows"),
        }
        assert stack.create(resources) == "CREATE_COMPLETE", stack.reasons()

        ids, ec2 = stack.physical_ids(), here.aws.client("ec2")
        found = ec2.describe_security_groups(GroupIds=[ids["Group"]])["SecurityGroups"][0]
        ingress = found["IpPermissions"][0]
        assert ingress["UserIdGroupPairs"][0]["GroupId"] == ids["Group"]
        assert (ingress["FromPort"], ingress["ToPort"]) == (0, 65535)
        assert any(rule["UserIdGroupPairs"] for rule in found["IpPermissionsEgress"])
        flows = ec2.describe_flow_logs(FlowLogIds=[ids["Flow"]])["FlowLogs"]
        assert flows[0]["ResourceId"] == ids["Vpc"]

        assert stack.delete() == "DELETE_COMPLETE"
        assert not ec2.describe_flow_logs(FlowLogIds=[ids["Flow"]])["FlowLogs"]

    def test_has_nat_gateways_with_their_addresses(self, here: World) -> None:
        stack = Stack(here, "nat")
        allocation = {"Fn::GetAtt": ["Address", "AllocationId"]}
        resources = {
            "Vpc": made("EC2::VPC", CidrBlock="10.1.0.0/16"),
            "Subnet": made("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.1.0.0/24"),
            "Address": made("EC2::EIP", Domain="vpc"),
            "Nat": made("EC2::NatGateway", SubnetId={"Ref": "Subnet"}, AllocationId=allocation),
        }
        assert stack.create(resources) == "CREATE_COMPLETE", stack.reasons()

        ids, ec2 = stack.physical_ids(), here.aws.client("ec2")
        assert ids["Nat"].startswith("nat-")
        assert ec2.describe_addresses(AllocationIds=[ids["Address"]])["Addresses"]
        assert stack.delete() == "DELETE_COMPLETE"


class TestAlarms:
    def test_has_composite_alarms(self, here: World) -> None:
        stack = Stack(here, "alarms")
        watched = {"MetricName": "M", "Namespace": "N", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
        one = made("CloudWatch::Alarm", ComparisonOperator="GreaterThanThreshold", Threshold=1, **watched)
        rule = {"Fn::Sub": 'ALARM("${One}")'}
        assert stack.create({"One": one, "Both": made("CloudWatch::CompositeAlarm", AlarmRule=rule)}) == (
            "CREATE_COMPLETE"
        ), stack.reasons()

        watch = here.aws.client("cloudwatch")
        found = watch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
        assert [alarm["AlarmName"] for alarm in found] == [stack.physical_ids()["Both"]]
        assert stack.delete() == "DELETE_COMPLETE"
        assert not watch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]


def template_with(**how: Any) -> dict[str, Any]:
    """A network of this library, and beside it what is in its subnets."""
    import aws_cdk as cdk
    from aws_cdk import aws_efs as efs

    from constructs_lib import InstanceType, Network

    stack = cdk.Stack(cdk.App(), "Ground", synthesizer=cdk.LegacyStackSynthesizer())
    network = Network(stack, "Network", zones=3, removal_policy=cdk.RemovalPolicy.DESTROY, **how)
    network.let_nodes_talk(stack, instance_types=[InstanceType("ml.m5.xlarge")])
    files = efs.CfnFileSystem(stack, "Files")
    group = network.security_group.security_group_id
    for number, subnet in enumerate(network.subnet_ids, start=1):
        efs.CfnMountTarget(stack, f"Mount{number}", file_system_id=files.ref, subnet_id=subnet, security_groups=[group])
    return template_of(stack)


class TestWayOut:
    def test_comes_and_goes_under_what_runs(self, here: World) -> None:
        stack, ec2 = Stack(here, "way-out"), here.aws.client("ec2")
        vpc_id = ""

        def leads_to() -> list[str | None]:
            """The gateway that each private subnet leads to, by zone; one table each."""
            found = []
            ids = stack.physical_ids()
            tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["RouteTables"]
            for subnet in sorted(name for name in ids if name.startswith("NetworkSubnet") and "Routes" not in name):
                (table,) = (
                    table
                    for table in tables
                    if any(link.get("SubnetId") == ids[subnet] for link in table["Associations"])
                )
                out = [route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
                found.append(out[0]["NatGatewayId"] if out else None)
            return found

        def nats() -> list[str]:
            ids = stack.physical_ids()
            return [ids[name] for name in sorted(ids) if name.startswith("NetworkNatGateway")]

        first = template_with()
        assert stack.create(first) == "CREATE_COMPLETE", stack.reasons()
        began = stack.physical_ids()
        (vpc_id,) = (id for id in began.values() if id.startswith("vpc-"))
        assert leads_to() == [None] * 3

        assert stack.update(template_with(nat_gateways=1)) == "UPDATE_COMPLETE", stack.reasons()
        assert leads_to() == nats() * 3 and len(nats()) == 1

        assert stack.update(template_with(nat_gateways=3)) == "UPDATE_COMPLETE", stack.reasons()
        assert leads_to() == nats() and len(nats()) == 3
        addresses = ec2.describe_addresses()["Addresses"]

        kept = {name: id for name, id in stack.physical_ids().items() if name in began}
        moved = {name for name in began if kept[name] != began[name]}
        # A subnet that is led elsewhere is associated anew; it stays, and what is in it.
        assert sorted(name[:20] for name in moved) == ["NetworkSubnet2Routes", "NetworkSubnet3Routes"]

        assert stack.update(first) == "UPDATE_COMPLETE", stack.reasons()
        assert leads_to() == [None] * 3
        ended = stack.physical_ids()
        assert ended.keys() == began.keys()
        assert {name: ended[name] for name in ended if name not in moved} == {
            name: began[name] for name in began if name not in moved
        }
        assert len(addresses) - len(ec2.describe_addresses()["Addresses"]) == 3
        assert stack.delete() == "DELETE_COMPLETE"
