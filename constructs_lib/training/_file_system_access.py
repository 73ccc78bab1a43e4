"""Opens the ports between the workloads of a network and the file systems that their channels mount."""

from collections.abc import Iterable

from aws_cdk import aws_ec2 as ec2

from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.training.channels import Channel


def open_file_systems(network: NetworkBase, channels: Iterable[Channel]) -> None:
    """Let the workloads of *network* reach the file systems of *channels* (TRAPS 20).

    All jobs of a network share one security group, so a rule that another job has made is not made again.
    """
    mounts = [channel.source.file_system for channel in channels if channel.source.file_system]
    if not mounts:
        return
    workloads = network.security_group
    for mount in mounts:
        for first, last in mount.kind.ports:
            port = ec2.Port.tcp(first) if first == last else ec2.Port.tcp_range(first, last)
            mount.connections.allow_from(workloads, port, "SageMaker jobs mount it")
            if mount.kind.answers:
                mount.connections.allow_to(workloads, port, "The file system calls its clients")
