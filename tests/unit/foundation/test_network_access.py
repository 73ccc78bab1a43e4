"""How an isolated network reaches AWS services, and what is told of a network that was brought along."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, Network
from tests.templates import of_type, template_of

ACCOUNT = {"Ref": "AWS::AccountId"}


def pinned(region: str) -> Any:
    from aws_cdk import App, Environment, Stack

    return Stack(App(), "Stack", env=Environment(account="123456789012", region=region))


def endpoints(stack: Any) -> dict[str, dict[str, Any]]:
    """Service to endpoint of the networks in *stack*."""
    return {
        "".join(str(part) for part in _parts(endpoint["ServiceName"])).rpartition("amazonaws.")[2].split(".", 1)[1]: (
            endpoint
        )
        for endpoint in of_type(template_of(stack), "AWS::EC2::VPCEndpoint").values()
    }


def _parts(name: Any) -> list[Any]:
    return (
        [name]
        if isinstance(name, str)
        else [part if isinstance(part, str) else "region" for part in name["Fn::Join"][1]]
    )


def statements(endpoint: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in endpoint["PolicyDocument"]["Statement"]}


def warnings_of(construct: Any) -> list[str]:
    """The warnings that *construct* has once the app is complete."""
    construct.node.root.synth()
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


class TestEndpointPolicies:
    def test_each_endpoint_is_limited_to_the_account(self, stack: Any) -> None:
        Network(stack, "Network", more_services=["elasticfilesystem"])
        found = endpoints(stack)
        assert len(found) == 10
        for endpoint in found.values():
            condition = statements(endpoint)["OwnAccount"]["Condition"]
            assert condition["StringEquals"] == {"aws:PrincipalAccount": [ACCOUNT]}
            assert condition["StringEqualsIfExists"] == {"aws:ResourceAccount": [ACCOUNT]}
            unlimited = [s["Sid"] for s in statements(endpoint).values() if "Condition" not in s]
            assert unlimited in ([], ["ReadImageLayers"])

    def test_a_stack_for_any_region_looks_the_registries_up_at_deployment(self, stack: Any) -> None:
        Network(stack, "One")
        Network(stack, "Two")
        for service in ("ecr.api", "ecr.dkr"):
            condition = statements(endpoints(stack)[service])["PullAwsImages"]["Condition"]["StringEquals"]
            assert condition["aws:ResourceAccount"] == {
                "Fn::FindInMap": ["AwsImageRegistries", {"Ref": "AWS::Region"}, "accounts"]
            }
        mapping = template_of(stack)["Mappings"]["AwsImageRegistries"]
        assert "763104351884" in mapping["eu-west-1"]["accounts"]
        assert "727897471807" in mapping["cn-north-1"]["accounts"]

    @pytest.mark.parametrize(
        ("region", "account"),
        [("eu-west-1", "763104351884"), ("cn-north-1", "727897471807"), ("us-gov-west-1", "442386744353")],
    )
    def test_a_pinned_stack_names_the_registries_of_its_region(self, region: str, account: str) -> None:
        stack = pinned(region)
        Network(stack, "Network")
        condition = statements(endpoints(stack)["ecr.api"])["PullAwsImages"]["Condition"]["StringEquals"]
        assert account in condition["aws:ResourceAccount"]
        assert condition["aws:PrincipalAccount"] == ["123456789012"]
        layers = statements(endpoints(stack)["s3"])["ReadImageLayers"]["Resource"]["Fn::Join"][1]
        assert layers == ["arn:", {"Ref": "AWS::Partition"}, f":s3:::prod-{region}-starport-layer-bucket/*"]

    def test_a_region_that_aws_publishes_no_images_in_still_has_a_network(self) -> None:
        stack = pinned("xx-north-9")
        Network(stack, "Network")
        assert "PullAwsImages" not in statements(endpoints(stack)["ecr.api"])

    def test_trusted_accounts_are_reached_too(self, stack: Any) -> None:
        Network(stack, "Network", trusted_accounts=["222222222222"])
        condition = statements(endpoints(stack)["s3"])["OwnAccount"]["Condition"]
        assert condition["StringEqualsIfExists"]["aws:ResourceAccount"] == [ACCOUNT, "222222222222"]

    def test_takes_a_token_for_a_trusted_account(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        Network(stack, "Network", trusted_accounts=[CfnParameter(stack, "Lake").value_as_string])
        condition = statements(endpoints(stack)["kms"])["OwnAccount"]["Condition"]
        assert condition["StringEquals"]["aws:PrincipalAccount"] == [ACCOUNT, {"Ref": "Lake"}]


class TestChoiceOfServices:
    def test_leaves_out_what_nobody_calls(self, stack: Any) -> None:
        Network(stack, "Network", without_services=["sagemaker.runtime", "sts"], more_services=["sns"])
        assert sorted(endpoints(stack)) == [
            "ecr.api",
            "ecr.dkr",
            "kms",
            "logs",
            "monitoring",
            "s3",
            "sagemaker.api",
            "sns",
        ]

    def test_fails_on_names_that_are_none_all_at_once(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Network(
                stack,
                "Network",
                more_services=["com.amazonaws.eu-west-1.sns", "efs", "efs"],
                without_services=["sagemaker.api", "log"],
                trusted_accounts=["1234", "222222222222"],
                s3_prefixes="pl-1",  # type: ignore[arg-type] -- the slip under test
            )
        assert raised.value.problems == (
            "more_services must be the end of an endpoint's name, such as 'elasticfilesystem', without "
            "'com.amazonaws.' and the region, got 'com.amazonaws.eu-west-1.sns'",
            "more_services must be unique, got 'efs' more than once",
            "without_services must be one of 'ecr.api', 'ecr.dkr', 'kms', 'logs', 'monitoring', 'sagemaker.api', "
            "'sagemaker.runtime', 'sts', got 'log'; did you mean 'logs'",
            "trusted_accounts must be twelve digits, got '1234'",
            "s3_prefixes must be such as ec2.PrefixList.from_lookup(…), got 'pl-1'",
        )

    def test_fails_on_texts_where_lists_are_wanted(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Network(stack, "Network", more_services="sns", trusted_accounts="111122223333")
        assert raised.value.problems == (
            "more_services must be a list of text, got 'sns'",
            "trusted_accounts must be a list of text, got '111122223333'",
        )

    def test_fails_on_services_whose_ids_something_else_has(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Network(stack, "Network", more_services=["s3", "ecr..api", "vpc"])
        assert raised.value.problems == (
            "more_services must not name s3, whose gateway is there already, got 's3'",
            "more_services must not name both 'ecr.api' and 'ecr..api', whose ids are the same",
            "more_services must not name 'vpc', whose id a part of the network has",
        )


def isolated_vpc(stack: Any, **how: Any) -> Any:
    from aws_cdk import aws_ec2 as ec2

    kind = ec2.SubnetConfiguration(name="inner", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    return ec2.Vpc(stack, "Vpc", nat_gateways=0, subnet_configuration=[kind], **how)


def whole_vpc(stack: Any, *, kms: bool = True) -> Any:
    """An isolated VPC with every endpoint that workloads call, but that of KMS where it is left out."""
    from aws_cdk import aws_ec2 as ec2

    from constructs_lib.foundation.private_links import INTERFACE_SERVICES

    vpc = isolated_vpc(stack)
    vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    for service in INTERFACE_SERVICES:
        if kms or service != "kms":
            vpc.add_interface_endpoint(service, service=ec2.InterfaceVpcEndpointAwsService(service))
    return vpc


class TestVpcBroughtAlong:
    def test_trap_18_warns_of_endpoints_that_isolated_subnets_lack(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = isolated_vpc(stack)
        vpc.add_interface_endpoint("Api", service=ec2.InterfaceVpcEndpointAwsService.SAGEMAKER_API)
        network = Network.from_vpc(stack, "Network", vpc=vpc)
        # Added after the network, and elsewhere: what counts is the complete app.
        vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        ec2.InterfaceVpcEndpoint(stack, "Kms", vpc=vpc, service=ec2.InterfaceVpcEndpointAwsService.KMS_FIPS)

        (warning,) = warnings_of(network)
        assert "Stack/Vpc has no endpoint of ecr.api, ecr.dkr, logs, monitoring, sagemaker.runtime, sts" in warning
        assert "sagemaker-constructs:missing-endpoints/ecr.api+ecr.dkr+logs+monitoring+sagemaker.runtime+sts" in warning

    def test_is_silent_when_every_endpoint_is_there(self, stack: Any) -> None:
        assert not warnings_of(Network.from_vpc(stack, "Network", vpc=whole_vpc(stack)))

    def test_endpoints_of_another_vpc_do_not_count(self, stack: Any) -> None:
        Network(stack, "Whole")
        network = Network.from_vpc(stack, "Network", vpc=isolated_vpc(stack))
        (warning,) = warnings_of(network)
        assert (
            "no endpoint of ecr.api, ecr.dkr, kms, logs, monitoring, s3, sagemaker.api, sagemaker.runtime, sts"
            in warning
        )

    def test_subnets_with_a_way_out_need_none(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        assert not warnings_of(Network.from_vpc(stack, "Network", vpc=ec2.Vpc(stack, "Vpc")))

    def test_an_imported_vpc_raises_no_false_alarm(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], isolated_subnet_ids=["subnet-a", "subnet-b"]
        )
        assert not warnings_of(Network.from_vpc(stack, "Network", vpc=vpc))

    def test_warns_of_names_that_do_not_resolve(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc(stack, "Vpc", enable_dns_hostnames=False)
        (warning,) = warnings_of(Network.from_vpc(stack, "Network", vpc=vpc))
        assert "Stack/Vpc has DNS support or DNS host names switched off" in warning
        assert "sagemaker-constructs:private-names/dns" in warning

    def test_subnets_without_a_nat_are_isolated_whatever_their_kind(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        kinds = (ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_WITH_EGRESS)
        vpc = ec2.Vpc(
            stack,
            "Vpc",
            nat_gateways=0,
            subnet_configuration=[ec2.SubnetConfiguration(name=kind.name, subnet_type=kind) for kind in kinds],
        )
        (warning,) = warnings_of(Network.from_vpc(stack, "Network", vpc=vpc))
        assert "PRIVATE_WITH_EGRESSSubnet1" in warning and "have no route out" in warning

    @pytest.mark.parametrize("routed", [0, 1, 2])
    def test_a_route_of_ones_own_is_a_way_out_of_its_subnet_only(self, stack: Any, routed: int) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = isolated_vpc(stack)
        for subnet in vpc.isolated_subnets[:routed]:
            ec2.CfnRoute(
                subnet,
                "Out",
                route_table_id=subnet.route_table.route_table_id,
                destination_cidr_block="0.0.0.0/0",
                transit_gateway_id="tgw-1",
            )
        found = warnings_of(Network.from_vpc(stack, "Network", vpc=vpc))
        left = [f"Stack/Vpc/innerSubnet{number}" for number in (1, 2)][routed:]
        assert [warning.partition(" have no")[0] for warning in found] == ([", ".join(left)] if left else [])

    def test_warns_of_endpoints_that_do_not_answer_under_the_usual_names(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = whole_vpc(stack, kms=False)
        ec2.InterfaceVpcEndpoint(
            stack, "Kms", vpc=vpc, service=ec2.InterfaceVpcEndpointAwsService.KMS, private_dns_enabled=False
        )
        (warning,) = warnings_of(Network.from_vpc(stack, "Network", vpc=vpc))
        assert warning.startswith("endpoints of kms have private_dns_enabled=False")
        assert "sagemaker-constructs:private-names/kms" in warning

    def test_one_endpoint_that_is_right_is_enough_for_its_service(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = whole_vpc(stack)
        ec2.InterfaceVpcEndpoint(
            stack,
            "Kms",
            vpc=vpc,
            service=ec2.InterfaceVpcEndpointAwsService.KMS_FIPS,
            private_dns_enabled=False,
            open=False,
        )
        assert not warnings_of(Network.from_vpc(stack, "Network", vpc=vpc))

    def test_an_endpoint_that_does_not_say_is_not_told(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = whole_vpc(stack, kms=False)
        # EC2 gives it private names, and the default group of the VPC.
        ec2.CfnVPCEndpoint(
            stack,
            "Kms",
            vpc_id=vpc.vpc_id,
            vpc_endpoint_type="Interface",
            service_name="com.amazonaws.eu-west-1.kms",
            subnet_ids=[subnet.subnet_id for subnet in vpc.isolated_subnets],
        )
        assert not warnings_of(Network.from_vpc(stack, "Network", vpc=vpc))

    @pytest.mark.parametrize("opened", [False, True])
    def test_warns_of_endpoints_that_do_not_let_the_workloads_in(self, stack: Any, opened: bool) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = whole_vpc(stack, kms=False)
        kms = ec2.InterfaceVpcEndpoint(
            stack, "Kms", vpc=vpc, service=ec2.InterfaceVpcEndpointAwsService.KMS, open=False
        )
        kms.connections.allow_default_port_from(ec2.SecurityGroup(stack, "Other", vpc=vpc))
        network = Network.from_vpc(stack, "Network", vpc=vpc)
        if opened:
            kms.connections.allow_default_port_from(network.security_group)
        found = warnings_of(network)
        assert len(found) == (0 if opened else 1)
        assert opened or "groups of the endpoints of kms do not let Stack/Network/Workloads in" in found[0]

    def test_a_group_that_is_not_of_this_app_may_let_the_workloads_in(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = whole_vpc(stack, kms=False)
        ec2.InterfaceVpcEndpoint(
            stack,
            "Kms",
            vpc=vpc,
            service=ec2.InterfaceVpcEndpointAwsService.KMS,
            security_groups=[ec2.SecurityGroup.from_security_group_id(stack, "Theirs", "sg-1", mutable=False)],
        )
        assert not warnings_of(Network.from_vpc(stack, "Network", vpc=vpc))

    def test_fails_on_a_group_of_another_vpc(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc, other = ec2.Vpc(stack, "Vpc"), ec2.Vpc(stack, "Other")
        group = ec2.SecurityGroup(stack, "Mine", vpc=other)
        with pytest.raises(ConfigurationError) as raised:
            Network.from_vpc(stack, "Network", vpc=vpc, security_group=group)
        assert raised.value.problems == (
            "security_group must be one of vpc (Stack/Vpc/Resource), got one of Stack/Other/Resource",
        )

    def test_fails_on_public_subnets_that_were_chosen(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        chosen = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        with pytest.raises(ConfigurationError, match="subnets must be private or isolated, got public ones"):
            Network.from_vpc(stack, "Network", vpc=ec2.Vpc(stack, "Vpc"), subnets=chosen)

    def test_fails_on_ids_where_constructs_are_wanted(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Network.from_vpc(stack, "Network", vpc="vpc-1", security_group="sg-1")  # type: ignore[arg-type] -- the slip
        assert raised.value.problems == (
            "vpc must be such as ec2.Vpc.from_lookup(…), got 'vpc-1'",
            "security_group must be such as ec2.SecurityGroup(…), got 'sg-1'",
        )

    def test_fails_on_no_vpc(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="vpc must be such as"):
            Network.from_vpc(stack, "Network", vpc=None)  # type: ignore[arg-type] -- the slip under test
