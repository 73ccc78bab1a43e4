"""The EC2 types that MiniStack has the API of, but no CloudFormation type."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services import ec2

from .. import flow_logs
from ..api import Request

ENDPOINT = "AWS::EC2::VPCEndpoint"

Made = tuple[str, dict[str, Any]]
_Call = Callable[[dict[str, list[str]]], tuple[int, dict[str, str], bytes]]


def handlers() -> dict[str, dict[str, Any]]:
    """The rules of a security group that stand on their own, flow logs, NAT gateways and their addresses."""
    ingress = _rule(ec2._authorize_sg_ingress, ec2._revoke_sg_ingress)
    egress = _rule(ec2._authorize_sg_egress, ec2._revoke_sg_egress)
    return {
        "AWS::EC2::SecurityGroupIngress": ingress,
        "AWS::EC2::SecurityGroupEgress": egress,
        "AWS::EC2::FlowLog": _Resource(
            ec2._create_flow_logs,
            ec2._delete_flow_logs,
            "FlowLogId.1",
            _flow_log_parameters,
            lambda answer: {"Id": _found(r"<item>(fl-[^<]+)</item>", answer)},
        ).handler(),
        "AWS::EC2::NatGateway": _Resource(
            ec2._create_nat_gateway,
            ec2._delete_nat_gateway,
            "NatGatewayId",
            lambda properties: {
                name: properties.get(name) for name in ("SubnetId", "AllocationId", "ConnectivityType")
            },
            lambda answer: {"NatGatewayId": _found(r"<natGatewayId>([^<]+)<", answer)},
        ).handler(),
        # Its id here is the allocation, which NAT gateways refer to; on AWS, Ref is the address.
        "AWS::EC2::EIP": _Resource(
            ec2._allocate_address,
            ec2._release_address,
            "AllocationId",
            lambda properties: {"Domain": properties.get("Domain")},
            lambda answer: {
                "AllocationId": _found(r"<allocationId>([^<]+)<", answer),
                "PublicIp": _found(r"<publicIp>([^<]+)<", answer),
            },
        ).handler(),
    }


def _rule(authorize: _Call, revoke: _Call) -> dict[str, Any]:
    def create(logical_id: str, properties: Request, stack: str) -> Made:
        answer = _called(authorize, _permission(properties), logical_id)
        found = re.search(r"<securityGroupRuleId>([^<]+)<", answer)
        rule_id = found[1] if found else f"{properties['GroupId']}|{logical_id}"
        return rule_id, {"Id": rule_id}

    def update(physical_id: str, old: Request, new: Request, stack: str) -> Made:
        _called(revoke, _permission(old), physical_id)
        return create(physical_id, new, stack)

    def delete(physical_id: str, properties: Request) -> None:
        # The group may be gone first; a rule goes with it.
        if properties["GroupId"] in ec2._security_groups:
            _called(revoke, _permission(properties), physical_id)

    return {"create": create, "update": update, "delete": delete}


def _permission(properties: Request) -> dict[str, list[str]]:
    """One permission as the query protocol numbers it."""
    first = "IpPermissions.1"
    fields = {
        "GroupId": properties["GroupId"],
        f"{first}.IpProtocol": properties["IpProtocol"],
        f"{first}.FromPort": properties.get("FromPort"),
        f"{first}.ToPort": properties.get("ToPort"),
    }
    description = properties.get("Description")
    peer = properties.get("SourceSecurityGroupId") or properties.get("DestinationSecurityGroupId")
    prefixes = properties.get("SourcePrefixListId") or properties.get("DestinationPrefixListId")
    for place, member, value in (
        ("IpRanges", "CidrIp", properties.get("CidrIp")),
        ("Ipv6Ranges", "CidrIpv6", properties.get("CidrIpv6")),
        ("PrefixListIds", "PrefixListId", prefixes),
        ("Groups", "GroupId", peer),
    ):
        if value:
            fields[f"{first}.{place}.1.{member}"] = value
            fields[f"{first}.{place}.1.Description"] = description
    return _query(fields)


@dataclass(frozen=True)
class _Resource:
    """A resource whose every property but its tags is create-only.

    Attributes:
        create_call: The EC2 operation that makes it.
        delete_call: The one that removes it.
        id_member: How both name it.
        parameters: The properties as the operation takes them.
        attributes: What Fn::GetAtt answers, from the answer of EC2.
    """

    create_call: _Call
    delete_call: _Call
    id_member: str
    parameters: Callable[[Request], dict[str, object]]
    attributes: Callable[[str], dict[str, Any]]

    def handler(self) -> dict[str, Any]:
        return {"create": self.create, "update": self.update, "update_with_logical_id": True, "delete": self.delete}

    def create(self, logical_id: str, properties: Request, stack: str) -> Made:
        answer = _called(self.create_call, _query(self.parameters(properties)), logical_id)
        attributes = self.attributes(answer)
        return next(iter(attributes.values())), attributes

    def update(self, physical_id: str, old: Request, new: Request, stack: str, logical_id: str) -> Made:
        if {**old, "Tags": None} == {**new, "Tags": None}:
            return physical_id, {"Id": physical_id}
        # CloudFormation deletes the old one when it cleans up.
        return self.create(logical_id, new, stack)

    def delete(self, physical_id: str, properties: Request) -> None:
        _called(self.delete_call, {self.id_member: [physical_id]}, physical_id)


def _flow_log_parameters(properties: Request) -> dict[str, object]:
    destination = properties.get("LogDestination") or properties.get("LogGroupName")
    role = properties.get("DeliverLogsPermissionArn")
    if role and destination:
        flow_logs.made(role, str(destination))
    return {
        "ResourceId.1": properties["ResourceId"],
        "ResourceType": properties["ResourceType"],
        "TrafficType": properties.get("TrafficType", "ALL"),
        "LogDestinationType": properties.get("LogDestinationType", "cloud-watch-logs"),
        "LogDestination": destination,
    }


def _found(pattern: str, answer: str) -> str:
    found = re.search(pattern, answer)
    if found is None:
        raise ValueError(f"EC2 answered without {pattern}: {answer}")
    return found[1]


def _query(fields: Mapping[str, object]) -> dict[str, list[str]]:
    return {name: [str(value)] for name, value in fields.items() if value is not None}


def _called(call: _Call, parameters: dict[str, list[str]], logical_id: str) -> str:
    status, _, body = call(parameters)
    answer = body.decode()
    if status >= 400:
        found = re.search(r"<Message>([^<]+)</Message>", answer)
        raise ValueError(f"{logical_id} was refused: {found[1] if found else answer}")
    return answer
