"""The network: subnets, groups, endpoints."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, Network
from tests.templates import of_type, template_of


class TestNetwork:
    def test_trap_18_has_two_zones_and_every_endpoint_that_workloads_call(self, stack: Any) -> None:
        Network(stack, "Network")
        template = template_of(stack)

        zones = [
            subnet["AvailabilityZone"]["Fn::Select"][0] for subnet in of_type(template, "AWS::EC2::Subnet").values()
        ]
        assert zones == [0, 1]
        services = sorted(
            endpoint["ServiceName"]["Fn::Join"][1][2]
            for endpoint in of_type(template, "AWS::EC2::VPCEndpoint").values()
        )
        assert services == [
            ".ecr.api",
            ".ecr.dkr",
            ".kms",
            ".logs",
            ".monitoring",
            ".s3",
            ".sagemaker.api",
            ".sagemaker.runtime",
            ".sts",
        ]

    def test_workloads_may_be_let_out_to_something_else(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        network = Network(stack, "Network")
        other = ec2.SecurityGroup.from_security_group_id(stack, "Other", "sg-1")
        network.connections.allow_to(other, ec2.Port.tcp(2049))
        rules = of_type(template_of(stack), "AWS::EC2::SecurityGroupEgress").values()
        assert [rule for rule in rules if rule.get("FromPort") == 2049 and rule["DestinationSecurityGroupId"] == "sg-1"]

    def test_names_of_services_differ_in_china(self) -> None:
        from aws_cdk import App, Environment, Stack

        stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="cn-north-1"))
        Network(stack, "Network")
        names = [endpoint["ServiceName"] for endpoint in of_type(template_of(stack), "AWS::EC2::VPCEndpoint").values()]
        assert "cn.com.amazonaws.cn-north-1.ecr.api" in names
        assert "com.amazonaws.cn-north-1.kms" in names

    def test_another_zone_moves_no_subnet(self, stack: Any) -> None:
        Network(stack, "Two", zones=2)
        Network(stack, "Three", zones=3)
        subnets = of_type(template_of(stack), "AWS::EC2::Subnet")
        two = [subnet["CidrBlock"] for name, subnet in subnets.items() if name.startswith("Two")]
        three = [subnet["CidrBlock"] for name, subnet in subnets.items() if name.startswith("Three")]
        assert two == ["10.0.0.0/20", "10.0.16.0/20"]
        assert three == [*two, "10.0.32.0/20"]

    @pytest.mark.parametrize(("cidr", "zones"), [("10.0.0.0/16", 2), ("10.1.2.0/24", 6)])
    def test_takes_both_ends(self, stack: Any, cidr: str, zones: int) -> None:
        Network(stack, "Network", cidr=cidr, zones=zones)

    def test_fails_on_a_range_and_a_number_of_zones_at_once(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Network(stack, "Network", cidr="10.0.0.0/28", zones=1)
        assert raised.value.subject == "Stack/Network"
        assert raised.value.problems == (
            "cidr must be between /16 and /24, got '10.0.0.0/28'",
            "zones must be between 2 and 6, got 1",
        )

    def test_goes_where_the_cdk_lets_something_in(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc(stack, "Vpc")
        database = ec2.SecurityGroup(stack, "Database", vpc=vpc)
        for network in (Network(stack, "Network"), Network.from_vpc(stack, "There", vpc=vpc)):
            database.connections.allow_from(network, ec2.Port.tcp(5432))
        rules = of_type(template_of(stack), "AWS::EC2::SecurityGroupIngress").values()
        assert [rule.get("FromPort") for rule in rules].count(5432) == 2

    @pytest.mark.parametrize("zones", ["2", 2.0, True, None])
    def test_fails_on_what_is_no_number_of_zones(self, stack: Any, zones: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Network(stack, "Network", zones=zones)
        assert raised.value.problems == (f"zones must be a whole number from 2 to 6, got {zones!r}",)

    def test_fails_on_a_number_of_zones_that_only_the_deployment_knows(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        with pytest.raises(ConfigurationError, match="zones must be known at synth, because each is a subnet"):
            Network(stack, "Network", zones=CfnParameter(stack, "Zones", type="Number").value_as_number)  # type: ignore[arg-type] -- the CDK gives numbers as floats

    @pytest.mark.parametrize("cidr", ["10.0.0.1/16", "all", "2001:db8::/32"])
    def test_fails_on_what_is_no_range(self, stack: Any, cidr: str) -> None:
        with pytest.raises(ConfigurationError, match=r"cidr must be a range such as '10.0.0.0/16'"):
            Network(stack, "Network", cidr=cidr)

    def test_a_vpc_brought_along_needs_two_zones(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        def vpc(id: str, zones: int) -> ec2.IVpc:
            names = ["a", "b"][:zones]
            return ec2.Vpc.from_vpc_attributes(
                stack, id, vpc_id="vpc-1", availability_zones=names, private_subnet_ids=[f"subnet-{n}" for n in names]
            )

        network = Network.from_vpc(stack, "Good", vpc=vpc("Two", 2))
        assert network.vpc_config()["Subnets"] == ["subnet-a", "subnet-b"]
        with pytest.raises(ConfigurationError, match="subnets must lie in at least two zones, got a"):
            Network.from_vpc(stack, "Bad", vpc=vpc("One", 1))

    def test_one_subnet_is_too_few_where_zones_are_known_at_deployment_only(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc(stack, "Vpc")  # of a stack for any region
        for id, number in (("One", 1), ("Twice", 2)):
            chosen = ec2.SubnetSelection(subnets=[vpc.private_subnets[0]] * number)
            with pytest.raises(ConfigurationError, match=f"at least two zones, got {number} in one zone"):
                Network.from_vpc(stack, id, vpc=vpc, subnets=chosen)
        assert len(Network.from_vpc(stack, "Good", vpc=vpc).subnet_ids) == 2

    def test_a_list_of_subnets_may_be_known_at_deployment_only(self, stack: Any) -> None:
        from aws_cdk import CfnParameter, Fn
        from aws_cdk import aws_ec2 as ec2

        names = CfnParameter(stack, "Subnets").value_as_string
        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-1",
            availability_zones=Fn.get_azs(),
            isolated_subnet_ids=Fn.split(",", names),
        )
        config = stack.resolve(Network.from_vpc(stack, "Network", vpc=vpc).vpc_config())
        assert config["Subnets"] == {"Fn::Split": [",", {"Ref": "Subnets"}]}

    @pytest.mark.parametrize("subnets", [["subnet-1", "subnet-2"], "subnet-1"])
    def test_fails_on_ids_where_a_selection_is_wanted(self, stack: Any, subnets: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        with pytest.raises(ConfigurationError, match=r"subnets must be such as ec2\.SubnetSelection") as raised:
            Network.from_vpc(stack, "Network", vpc=ec2.Vpc(stack, "Vpc"), subnets=subnets)
        assert len(raised.value.problems) == 1

    def test_fails_on_subnets_that_the_vpc_does_not_have(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc(stack, "Vpc")
        chosen = (
            (ec2.SubnetSelection(subnet_group_name="inner"), "no subnet groups with name 'inner' in this VPC"),
            (ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED), "no 'Isolated' subnet groups"),
        )
        for number, (subnets, said) in enumerate(chosen):
            with pytest.raises(ConfigurationError, match=f"subnets must be some of vpc's: There are {said}"):
                Network.from_vpc(stack, f"Network{number}", vpc=vpc, subnets=subnets)

    def test_a_vpc_with_public_subnets_alone_is_refused(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], public_subnet_ids=["subnet-a", "subnet-b"]
        )
        with pytest.raises(ConfigurationError, match="vpc has public subnets only"):
            Network.from_vpc(stack, "Network", vpc=vpc)

    def test_subnets_may_be_chosen(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-1",
            availability_zones=["a", "b"],
            private_subnet_ids=["private-a", "private-b"],
            isolated_subnet_ids=["isolated-a", "isolated-b"],
        )
        chosen = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        network = Network.from_vpc(stack, "Network", vpc=vpc, subnets=chosen)
        assert network.vpc_config()["Subnets"] == ["isolated-a", "isolated-b"]

    def test_a_group_brought_along_is_used(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], private_subnet_ids=["subnet-a", "subnet-b"]
        )
        group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
        network = Network.from_vpc(stack, "Network", vpc=vpc, security_group=group)
        assert network.vpc_config() == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-a", "subnet-b"]}
