"""What the nodes of one job say to each other, and the rules of the workloads' group that let it pass."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib._internal.acknowledged import acknowledge
from constructs_lib.compute.instance_type import InstanceType


@dataclass(frozen=True, kw_only=True, slots=True)
class Traffic:
    """One kind of it.

    Attributes:
        prefix: What the ids of its two rules begin with.
        protocol: As EC2 names or numbers it.
        ports: The first and the last; None for a protocol that has none.
        port: The same in the words of the CDK, for a group of one's own.
        needed_for: Why it is let pass.
    """

    prefix: str
    protocol: str
    ports: tuple[int, int] | None
    port: str
    needed_for: str


# https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
TCP = Traffic(
    prefix="Tcp",
    protocol="tcp",
    ports=(0, 65535),
    port="ec2.Port.all_tcp()",
    needed_for="Nodes of one job talk to each other",
)
# What inter-container encryption is: https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html
KEY_EXCHANGE = Traffic(
    prefix="KeyExchange",
    protocol="udp",
    ports=(500, 500),
    port="ec2.Port.udp(500)",
    needed_for="Nodes of one job agree on the keys of what they say",
)
ENCRYPTED = Traffic(
    prefix="Encrypted",
    protocol="50",
    ports=None,
    port="ec2.Port.esp()",
    needed_for="Nodes of one job talk to each other in ciphers",
)
# The protocol of the Elastic Fabric Adapter has no number that a rule could name. EC2 asks for all traffic, both ways,
# from and to the group itself, and an adapter does not work with less.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
ALL = Traffic(
    prefix="",
    protocol="-1",
    ports=None,
    port="ec2.Port.all_traffic()",
    needed_for="Nodes of one job talk to each other",
)
_LESS_THAN_ALL = (TCP, KEY_EXCHANGE, ENCRYPTED)


def traffic_of(instance_types: Sequence[InstanceType] | None, *, several: bool, encrypted: bool) -> tuple[Traffic, ...]:
    """What the nodes of a job need to pass among them (TRAPS 20).

    Args:
        instance_types: Those that it may run on; None when that is not known.
        several: Whether there may be more than one node.
        encrypted: Whether the nodes encrypt what they say.
    """
    if instance_types is None or any(each.may_have_fabric_adapter for each in instance_types):
        return (ALL,)
    if not several:
        return ()
    return _LESS_THAN_ALL if encrypted else (TCP,)


def let_pass(scope: Construct, group_id: str, *, before: Iterable[Traffic], more: Iterable[Traffic]) -> set[Traffic]:
    """Make the rules that *more* takes besides those of *before*; what passes then.

    Where all traffic passes there is no other rule, in whatever order the jobs came.
    """
    had = set(before)
    wanted = {ALL} if ALL in {*had, *more} else {*had, *more}
    for traffic in had - wanted:
        for id in _ids(traffic):
            scope.node.try_remove_child(id)
    for traffic in (TCP, KEY_EXCHANGE, ENCRYPTED, ALL):
        if traffic in wanted - had:
            _make_rules(scope, group_id, traffic)
    return wanted


def _make_rules(scope: Construct, group_id: str, traffic: Traffic) -> None:
    # Rules of their own, because a group cannot name itself while it is being made.
    inward, outward = _ids(traffic)
    first, last = traffic.ports or (None, None)
    rule = ec2.CfnSecurityGroupIngress(
        scope,
        inward,
        group_id=group_id,
        source_security_group_id=group_id,
        ip_protocol=traffic.protocol,
        from_port=first,
        to_port=last,
        description=traffic.needed_for,
    )
    if traffic is ALL:
        acknowledge(
            rule,
            "EC2RestrictedCommonPorts",
            "It lets in members of the group itself, as a fabric adapter needs; the rule does not look at who is let "
            "in.",
        )
    ec2.CfnSecurityGroupEgress(
        scope,
        outward,
        group_id=group_id,
        destination_security_group_id=group_id,
        ip_protocol=traffic.protocol,
        from_port=first,
        to_port=last,
        description=traffic.needed_for,
    )


def _ids(traffic: Traffic) -> tuple[str, str]:
    return f"{traffic.prefix}FromEachOther", f"{traffic.prefix}ToEachOther"
