"""The types that MiniStack has no CloudFormation type for: networks and composite alarms."""

from collections.abc import Iterator

import pytest

from tests.rehearsal.test_emulator_support import Stack, World, made, world


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
