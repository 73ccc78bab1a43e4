"""The way out of a network: none unless asked for, and nothing more than was asked for."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, Network
from tests.templates import of_type, template_of

ANYWHERE = "0.0.0.0/0"
WAYS_OUT = ("InternetGateway", "VPCGatewayAttachment", "NatGateway", "EIP", "Route")


def built(**how: Any) -> dict[str, Any]:
    from aws_cdk import App, Stack

    stack = Stack(App(), "Stack")
    Network(stack, "Network", **how)
    return template_of(stack)


def subnets(template: dict[str, Any], kind: str = "NetworkSubnet") -> dict[str, Any]:
    """Logical id to the whole resource, of private subnets or public ones."""
    found = of_type(template, "AWS::EC2::Subnet")
    return {name: template["Resources"][name] for name in found if name.startswith(kind)}


def routes(template: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The table of each route to everywhere, and the gateway that it leads to."""
    found = {}
    for name, route in of_type(template, "AWS::EC2::Route").items():
        assert route["DestinationCidrBlock"] == ANYWHERE
        gateway = route.get("NatGatewayId") or route["GatewayId"]
        found[name] = (route["RouteTableId"]["Fn::GetAtt"][0], gateway["Fn::GetAtt"][0])
    return found


def tables(template: dict[str, Any]) -> dict[str, str]:
    """The table of each subnet."""
    return {
        link["SubnetId"]["Fn::GetAtt"][0]: link["RouteTableId"]["Fn::GetAtt"][0]
        for link in of_type(template, "AWS::EC2::SubnetRouteTableAssociation").values()
    }


@pytest.fixture(scope="module")
def closed() -> dict[str, Any]:
    return built(zones=3)


@pytest.fixture(scope="module")
def one() -> dict[str, Any]:
    return built(zones=3, nat_gateways=1)


@pytest.fixture(scope="module")
def each() -> dict[str, Any]:
    return built(zones=3, nat_gateways=3)


class TestUnlessAsked:
    def test_there_is_none(self, closed: dict[str, Any]) -> None:
        assert [kind for kind in WAYS_OUT if of_type(closed, f"AWS::EC2::{kind}")] == []
        assert len(of_type(closed, "AWS::EC2::RouteTable")) == 1
        assert not subnets(closed, "NetworkPublic")

    def test_https_goes_to_any_address_that_a_route_leads_to(self, closed: dict[str, Any]) -> None:
        groups = of_type(closed, "AWS::EC2::SecurityGroup")
        (rule,) = groups["NetworkWorkloadGroup0A0FB7CC"]["SecurityGroupEgress"]
        assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) == (ANYWHERE, 443, 443)

    def test_it_can_be_closed_to_s3_and_the_endpoints(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        Network(stack, "Network", s3_prefixes=ec2.PrefixList.from_prefix_list_id(stack, "S3", "pl-1"))
        template = template_of(stack)
        groups = of_type(template, "AWS::EC2::SecurityGroup")
        (rule,) = groups["NetworkWorkloadGroup0A0FB7CC"]["SecurityGroupEgress"]
        assert rule["DestinationPrefixListId"] == "pl-1"
        assert ANYWHERE not in str(groups)
        (services,) = of_type(template, "AWS::EC2::SecurityGroupEgress").values()
        (endpoint_group,) = (name for name in groups if "EndpointGroup" in name)
        assert services["DestinationSecurityGroupId"] == {"Fn::GetAtt": [endpoint_group, "GroupId"]}
        assert services["FromPort"] == 443


class TestOneForAllZones:
    def test_all_zones_lead_through_it(self, one: dict[str, Any]) -> None:
        (nat,) = of_type(one, "AWS::EC2::NatGateway")
        (public,) = subnets(one, "NetworkPublic")
        leads = set(routes(one).values())
        assert {(tables(one)[name], nat) for name in subnets(one)} < leads
        (gateway,) = of_type(one, "AWS::EC2::InternetGateway")
        assert (tables(one)[public], gateway) in leads
        assert len(leads) == 2

    def test_it_lies_in_a_public_subnet_that_gives_no_address(self, one: dict[str, Any]) -> None:
        ((name, public),) = subnets(one, "NetworkPublic").items()
        assert public["Properties"]["MapPublicIpOnLaunch"] is False
        assert public["Properties"]["CidrBlock"] == "10.0.128.0/20"
        (nat,) = of_type(one, "AWS::EC2::NatGateway").values()
        (address,) = of_type(one, "AWS::EC2::EIP")
        assert nat["SubnetId"] == {"Fn::GetAtt": [name, "SubnetId"]}
        assert nat["AllocationId"] == {"Fn::GetAtt": [address, "AllocationId"]}

    def test_each_part_waits_for_what_it_fails_without(self, one: dict[str, Any]) -> None:
        def waits_for(kind: str) -> set[str]:
            (resource,) = (each for each in one["Resources"].values() if each["Type"] == f"AWS::EC2::{kind}")
            return {one["Resources"][name]["Type"].rpartition("::")[2] for name in resource["DependsOn"]}

        assert waits_for("EIP") == {"VPCGatewayAttachment"}
        assert waits_for("NatGateway") == {"Route", "SubnetRouteTableAssociation"}
        (public,) = (name for name in routes(one) if "Public" in name)
        assert of_type(one, "AWS::EC2::VPCGatewayAttachment").keys() == {*one["Resources"][public]["DependsOn"]}

    def test_nothing_that_was_there_changes(self, one: dict[str, Any], closed: dict[str, Any]) -> None:
        changed = [name for name, resource in closed["Resources"].items() if one["Resources"].get(name) != resource]
        # The rule for the way out is described in other words.
        assert changed == ["NetworkWorkloadGroup0A0FB7CC"]

    def test_s3_and_the_services_keep_their_endpoints(self, one: dict[str, Any], closed: dict[str, Any]) -> None:
        found = of_type(one, "AWS::EC2::VPCEndpoint")
        assert found == of_type(closed, "AWS::EC2::VPCEndpoint")
        assert len(found) == 9


class TestOneForEachZone:
    def test_each_zone_leads_through_its_own(self, each: dict[str, Any]) -> None:
        through = dict(routes(each).values())
        nats = of_type(each, "AWS::EC2::NatGateway")
        used = []
        for name, subnet in subnets(each).items():
            nat = through[tables(each)[name]]
            public = each["Resources"][nats[nat]["SubnetId"]["Fn::GetAtt"][0]]
            assert public["Properties"]["AvailabilityZone"] == subnet["Properties"]["AvailabilityZone"]
            used.append(nat)
        assert len(set(used)) == 3

    def test_no_subnet_moves(self, each: dict[str, Any], closed: dict[str, Any]) -> None:
        assert subnets(each) == subnets(closed)
        assert [subnet["Properties"]["CidrBlock"] for subnet in subnets(each, "NetworkPublic").values()] == [
            "10.0.128.0/20",
            "10.0.144.0/20",
            "10.0.160.0/20",
        ]

    def test_the_first_table_stays_with_the_first_zone(self, each: dict[str, Any], closed: dict[str, Any]) -> None:
        (first, *_) = subnets(closed)
        assert tables(each)[first] == tables(closed)[first]

    def test_s3_is_reached_through_its_gateway_from_each_table(self, each: dict[str, Any]) -> None:
        endpoints = of_type(each, "AWS::EC2::VPCEndpoint").values()
        (endpoint,) = (one for one in endpoints if one["VpcEndpointType"] == "Gateway")
        private = {tables(each)[name] for name in subnets(each)}
        assert {table["Fn::GetAtt"][0] for table in endpoint["RouteTableIds"]} == private

    def test_fewer_than_zones_share_them(self) -> None:
        two = built(zones=3, nat_gateways=2)
        first, second, third = (tables(two)[name] for name in subnets(two))
        assert first == third != second
        assert len(of_type(two, "AWS::EC2::NatGateway")) == 2

    def test_the_smallest_range_has_room_for_six_of_each(self) -> None:
        template = built(cidr="10.1.2.0/24", zones=6, nat_gateways=6)
        ranges = [subnet["CidrBlock"] for subnet in of_type(template, "AWS::EC2::Subnet").values()]
        assert len(set(ranges)) == 12


class TestEgress:
    def test_https_to_any_address_is_what_was_asked_for(self, one: dict[str, Any]) -> None:
        group = of_type(one, "AWS::EC2::SecurityGroup")["NetworkWorkloadGroup0A0FB7CC"]
        assert "SecurityGroupIngress" not in group
        assert group["SecurityGroupEgress"] == [
            {"CidrIp": ANYWHERE, "Description": "Any address", "FromPort": 443, "IpProtocol": "tcp", "ToPort": 443}
        ]
        assert not of_type(one, "AWS::EC2::SecurityGroupEgress")

    def test_with_the_addresses_of_s3_the_rest_is_opened_by_name(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        prefixes = ec2.PrefixList.from_prefix_list_id(stack, "S3", "pl-1")
        network = Network(stack, "Network", nat_gateways=1, s3_prefixes=prefixes)
        network.connections.allow_to(ec2.Peer.ipv4("203.0.113.0/24"), ec2.Port.HTTPS)
        template = template_of(stack)
        group = of_type(template, "AWS::EC2::SecurityGroup")["NetworkWorkloadGroup0A0FB7CC"]
        inline = [rule.get("DestinationPrefixListId") for rule in group["SecurityGroupEgress"]]
        beside = [rule.get("CidrIp") for rule in of_type(template, "AWS::EC2::SecurityGroupEgress").values()]
        assert (inline, sorted(beside, key=str)) == (["pl-1"], ["203.0.113.0/24", None])


class TestInTheWordsOfTheCdk:
    def test_subnets_are_isolated_without_and_private_with_it(self, stack: Any) -> None:
        without, through = Network(stack, "Closed").vpc, Network(stack, "Open", nat_gateways=2).vpc
        assert (len(without.isolated_subnets), len(without.private_subnets)) == (2, 0)
        assert (len(through.isolated_subnets), len(through.private_subnets)) == (0, 2)
        assert not without.public_subnets and not through.public_subnets
        tables = {str(stack.resolve(subnet.route_table.route_table_id)) for subnet in through.private_subnets}
        assert len(tables) == 2

    def test_what_lies_in_the_subnets_keeps_its_ids(self) -> None:
        from aws_cdk import App, Stack
        from aws_cdk import aws_efs as efs

        ids = []
        for nat_gateways in (0, 1, 2):
            flag = "@aws-cdk/aws-efs:mountTargetOrderInsensitiveLogicalId"
            stack = Stack(App(context={flag: True}), "Stack")
            efs.FileSystem(stack, "Files", vpc=Network(stack, "Network", nat_gateways=nat_gateways).vpc)
            ids.append(set(of_type(template_of(stack), "AWS::EFS::MountTarget")))
        assert len(ids[0]) == 2
        assert ids[0] == ids[1] == ids[2]

    def test_such_a_network_is_brought_along_as_one_with_a_way_out(self, stack: Any) -> None:
        network = Network.from_vpc(stack, "There", vpc=Network(stack, "Open", nat_gateways=1).vpc)
        assert len(network.subnet_ids) == 2


class TestRefusals:
    @pytest.mark.parametrize("number", ["1", 1.0, True, None])
    def test_fails_on_what_is_no_number(self, stack: Any, number: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Network(stack, "Network", nat_gateways=number)
        assert raised.value.problems == (
            f"nat_gateways must be a whole number, at most one for each zone, got {number!r}",
        )

    def test_fails_on_more_than_zones_and_below_none_together_with_the_rest(self, stack: Any) -> None:
        for id, number in (("More", 3), ("Less", -1)):
            with pytest.raises(ConfigurationError) as raised:
                Network(stack, id, cidr="10.0.0.0/28", nat_gateways=number)
            assert raised.value.problems == (
                "cidr must be between /16 and /24, got '10.0.0.0/28'",
                f"nat_gateways must be between 0 and 2, got {number}",
            )

    def test_fails_on_a_number_that_only_the_deployment_knows(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        with pytest.raises(ConfigurationError, match="nat_gateways must be known at synth, because each has a subnet"):
            Network(stack, "Network", nat_gateways=CfnParameter(stack, "N", type="Number").value_as_number)  # type: ignore[arg-type] -- the CDK gives numbers as floats
