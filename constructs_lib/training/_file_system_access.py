"""Opens the ports between the workloads of a network and the file systems that their channels mount."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from aws_cdk import aws_ec2 as ec2

from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.training.channels import Channel

# A child that is looked up in the tree comes back as a plain construct, which the rules do not take.
_CLIENTS: "WeakKeyDictionary[NetworkBase, ec2.ISecurityGroup]" = WeakKeyDictionary()


def open_file_systems(network: NetworkBase, channels: Iterable[Channel]) -> None:
    """Let the workloads of *network* reach the file systems of *channels* (TRAPS 20).

    All jobs of a network share one security group, so a rule that another job has made is not made again.
    """
    mounts = [channel.source.file_system for channel in channels if channel.source.file_system]
    if not mounts:
        return
    workloads = _workloads(network)
    for mount in mounts:
        for first, last in mount.kind.ports:
            port = ec2.Port.tcp(first) if first == last else ec2.Port.tcp_range(first, last)
            mount.connections.allow_from(workloads, port, "SageMaker jobs mount it")
            if mount.kind.answers:
                mount.connections.allow_to(workloads, port, "The file system calls its clients")


def _workloads(network: NetworkBase) -> ec2.ISecurityGroup:
    """The workloads' group, as one whose way out is closed until a rule opens it.

    A group that was imported without saying so counts as open, and then the CDK makes no rule for the way out.
    """
    if network not in _CLIENTS:
        group_id = network.security_group.security_group_id
        _CLIENTS[network] = ec2.SecurityGroup.from_security_group_id(
            network, "FileSystemClients", group_id, allow_all_outbound=False
        )
    return _CLIENTS[network]
