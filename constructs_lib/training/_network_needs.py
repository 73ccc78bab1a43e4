"""What a job needs of its network beside an address: ports of file systems, endpoints of services, a way out."""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.training.channels import Channel
from constructs_lib.training.file_systems import EFS
from constructs_lib.training.source_code import SourceCode

# Variables that tell pip, or the training toolkit, of an index of one's own.
_OTHER_INDEX = ("PIP_", "CA_REPOSITORY_ARN")


def open_file_systems(job: Construct, network: NetworkBase, channels: Iterable[Channel]) -> None:
    """Let the workloads of *network* reach the file systems of *channels*, which *job* mounts (TRAPS 18 and 20).

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
    if any(mount.kind is EFS for mount in mounts):
        network.expect_services(job, ["elasticfilesystem"])


def expect_of_network(
    job: Construct,
    network: NetworkBase,
    *,
    source: SourceCode | None,
    environment: Mapping[str, str],
    services: Iterable[str],
) -> None:
    """Have it told where *job* cannot reach *services*, or the index that packages of its script come from."""
    network.expect_services(job, [*services])
    own_index = any(name.startswith(_OTHER_INDEX) for name in environment)
    if source and source.asks_package_index and not own_index:
        network.expect_way_out(
            job, "requirements", "the packages of requirements.txt are installed when the job starts"
        )
