"""File systems that a job mounts: the rights and the ports that this takes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib._internal.statements import Statement

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2


@dataclass(frozen=True, kw_only=True, slots=True)
class FileSystemKind:
    """A kind of file system.

    Attributes:
        api_name: As `FileSystemType` has it.
        ports: First and last port of each range that a client needs.
        answers: Whether the file system opens connections to its clients, too.
        example: A directory path, for the words of an error.
    """

    api_name: str
    ports: tuple[tuple[int, int], ...]
    answers: bool
    example: str


EFS = FileSystemKind(api_name="EFS", ports=((2049, 2049),), answers=False, example="/data/train")
# Lustre's servers call their clients back: both directions of the table in
# https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
FSX_LUSTRE = FileSystemKind(
    api_name="FSxLustre", ports=((988, 988), (1018, 1023)), answers=True, example="/fsx/data/train"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileSystemMount:
    """A file system as one channel uses it.

    Attributes:
        kind: EFS or FSx for Lustre.
        file_system_id: Shaped `fs-…`; it may be a token.
        connections: Its side of the network.
        file_system_arn: Its ARN where IAM has a say, which is EFS.
    """

    kind: FileSystemKind
    file_system_id: str
    connections: "ec2.Connections"
    file_system_arn: str | None = None

    def statements(self, *, read_only: bool) -> tuple[Statement, ...]:
        """What mounting takes: something for EFS, nothing for Lustre, which knows the network only.

        Source: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
        """
        if self.file_system_arn is None:
            return ()
        mount, write = "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"
        actions = (mount,) if read_only else (mount, write)
        return (Statement(actions=actions, resources=(self.file_system_arn,)),)
