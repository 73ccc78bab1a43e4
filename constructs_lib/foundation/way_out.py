"""The way out of a network, where one was asked for: NAT gateways in public subnets, and the routes to them."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import CfnTag, Fn
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib._internal.acknowledged import acknowledge
from constructs_lib._internal.checks import between, is_token

_EVERYWHERE = "0.0.0.0/0"


def nat_problem(nat_gateways: Any, zones: Any) -> str | None:
    """What is wrong with a number of NAT gateways: it must be known, and a zone holds one at most."""
    if is_token(nat_gateways):
        return f"nat_gateways must be known at synth, because each has a subnet; got {nat_gateways!r}"
    if isinstance(nat_gateways, bool) or not isinstance(nat_gateways, int):
        return f"nat_gateways must be a whole number, at most one for each zone, got {nat_gateways!r}"
    if isinstance(zones, bool) or not isinstance(zones, int):
        return None
    return between("nat_gateways", nat_gateways, 0, zones)


def make_way_out(scope: Construct, *, vpc_id: str, blocks: Sequence[str], route_table_ids: Sequence[str]) -> None:
    """A NAT gateway for each table of *route_table_ids*, in a public subnet of its own, and the route to it.

    Args:
        scope: The network.
        vpc_id: Its VPC.
        blocks: The address range of each public subnet, the first one in the first zone.
        route_table_ids: The tables of the private subnets.
    """
    gateway = ec2.CfnInternetGateway(scope, "InternetGateway", tags=[CfnTag(key="Name", value=scope.node.path)])
    attachment = ec2.CfnVPCGatewayAttachment(
        scope, "InternetGatewayAttachment", vpc_id=vpc_id, internet_gateway_id=gateway.attr_internet_gateway_id
    )
    table = ec2.CfnRouteTable(scope, "PublicRouteTable", vpc_id=vpc_id)
    public_route = ec2.CfnRoute(
        scope,
        "PublicRoute",
        route_table_id=table.attr_route_table_id,
        destination_cidr_block=_EVERYWHERE,
        gateway_id=gateway.attr_internet_gateway_id,
    )
    public_route.add_resource_dependency(attachment)
    acknowledge(
        public_route,
        "VPCNoUnrestrictedRouteToIGW",
        "A way out was asked for with nat_gateways; only NAT gateways, which let nobody in, are in these subnets.",
    )
    for number, (block, route_table_id) in enumerate(zip(blocks, route_table_ids, strict=True), start=1):
        subnet = ec2.CfnSubnet(
            scope,
            f"PublicSubnet{number}",
            vpc_id=vpc_id,
            cidr_block=block,
            availability_zone=Fn.select(number - 1, Fn.get_azs()),
            # A NAT gateway has the address that it is given; nothing else belongs here.
            map_public_ip_on_launch=False,
            tags=[CfnTag(key="Name", value=f"{scope.node.path}/PublicSubnet{number}")],
        )
        routes = ec2.CfnSubnetRouteTableAssociation(
            scope,
            f"PublicSubnet{number}Routes",
            subnet_id=subnet.attr_subnet_id,
            route_table_id=table.attr_route_table_id,
        )
        address = ec2.CfnEIP(scope, f"NatAddress{number}", domain="vpc")
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html
        address.add_resource_dependency(attachment)
        nat = ec2.CfnNatGateway(
            scope,
            f"NatGateway{number}",
            subnet_id=subnet.attr_subnet_id,
            allocation_id=address.attr_allocation_id,
            tags=[CfnTag(key="Name", value=f"{scope.node.path}/NatGateway{number}")],
        )
        # It fails to start in a subnet that does not lead to the internet yet.
        nat.add_resource_dependency(routes)
        nat.add_resource_dependency(public_route)
        ec2.CfnRoute(
            scope,
            f"RouteOut{number}",
            route_table_id=route_table_id,
            destination_cidr_block=_EVERYWHERE,
            nat_gateway_id=nat.attr_nat_gateway_id,
        )
