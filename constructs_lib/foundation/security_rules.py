"""What the rules of security groups in an app let pass, as far as it can be told before the deployment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from constructs import IConstruct

from constructs_lib._internal.policies import flatten
from constructs_lib.foundation.among_nodes import Traffic

_HTTPS = 443
# A protocol goes by its name or its number.
_NUMBERS = {"tcp": "6", "udp": "17", "esp": "50"}


def joins(resources: Sequence[IConstruct], group: ec2.ISecurityGroup, traffic: Traffic, *, inward: bool) -> bool:
    """Whether a rule of *group* lets *traffic* pass among its members, in or out."""
    peer = "sourceSecurityGroupId" if inward else "destinationSecurityGroupId"
    return any(
        _covers(rule, traffic.protocol, traffic.ports)
        and (peer not in rule or same(group, rule[peer], group, group.security_group_id))
        for rule in _rules(resources, group.security_group_id, inward=inward)
    )


def lets_in(resources: Sequence[IConstruct], group_id: str, by: ec2.ISecurityGroup) -> bool:
    """Whether the group of an endpoint lets HTTPS in from the group *by*; one that is not of this app may well do."""
    if not any(isinstance(each, ec2.CfnSecurityGroup) and each.attr_group_id == group_id for each in resources):
        return True
    return any(
        _covers(rule, "tcp", (_HTTPS, _HTTPS))
        and ("sourceSecurityGroupId" not in rule or same(by, rule["sourceSecurityGroupId"], by, by.security_group_id))
        for rule in _rules(resources, group_id, inward=True)
    )


def _rules(resources: Sequence[IConstruct], group_id: str, *, inward: bool) -> Iterator[Mapping[str, Any]]:
    """The rules of a group, in the words of CloudFormation."""
    peer = "sourceSecurityGroupId" if inward else "destinationSecurityGroupId"
    beside: Any = ec2.CfnSecurityGroupIngress if inward else ec2.CfnSecurityGroupEgress
    for each in resources:
        if isinstance(each, beside) and each.group_id == group_id:
            other = each.source_security_group_id if inward else each.destination_security_group_id
            yield {
                "ipProtocol": each.ip_protocol,
                "fromPort": each.from_port,
                "toPort": each.to_port,
                **({peer: other} if other is not None else {}),
            }
        if isinstance(each, ec2.CfnSecurityGroup) and each.attr_group_id == group_id:
            rules = each.security_group_ingress if inward else each.security_group_egress
            yield from Stack.of(each).resolve(rules) or ()


def _covers(rule: Mapping[str, Any], protocol: str, ports: tuple[int, int] | None) -> bool:
    """Whether a rule is for all of *ports* in *protocol*."""
    its = str(rule["ipProtocol"])
    if its == "-1":
        return True
    if _NUMBERS.get(its, its) != _NUMBERS.get(protocol, protocol):
        return False
    low, high = rule.get("fromPort"), rule.get("toPort")
    return ports is None or (low is not None and high is not None and low <= ports[0] and ports[1] <= high)


def same(one: IConstruct, value: str, other: IConstruct, its: str) -> bool:
    """Whether two references are the same: a token that was handed on is, in whatever stack it stands."""
    return value == its or resolved(one, value) == resolved(other, its)


def resolved(construct: IConstruct, value: str) -> str:
    """A reference in words, as the stack of *construct* writes it."""
    return flatten(Stack.of(construct).resolve(value))
