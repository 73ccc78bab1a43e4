"""Where the data of a channel lies: S3, a data set of a hub, a file system."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from constructs_lib._internal.checks import is_token, matches, require
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location, S3Object
from constructs_lib.training.file_systems import FileSystemMount

_HUB_CONTENT = re.compile(r"(?P<stem>arn:.+):hub-content/(?P<hub>[^/]+)/.+")


class S3DataDistribution(StrEnum):
    """Which objects of a channel each node gets: all of them, or its share."""

    FULLY_REPLICATED = "FullyReplicated"
    SHARDED = "ShardedByS3Key"


class Readable(Protocol):
    """Something in S3 that a role can be let read: an `S3Location`, an `S3Object`, the artifact of another job."""

    @property
    def uri(self) -> str:
        """`s3://bucket/…`."""

    def read_statements(self) -> tuple[Statement, ...]:
        """The rights that reading it takes."""


class DataSource(ABC):
    """Where the data of a channel lies; the `from_*` methods of `Channel` make one.

    Attributes:
        instance_groups: Names of the groups of a `HeterogeneousCluster` that get the data; none means all.
        file_system: The file system that is mounted; None for data in S3.
    """

    __slots__ = ()

    instance_groups: tuple[str, ...] = ()
    file_system: FileSystemMount | None = None

    @abstractmethod
    def render(self) -> dict[str, Any]:
        """The `DataSource` member of a channel."""

    @abstractmethod
    def statements(self) -> tuple[Statement, ...]:
        """What the job's role needs to read it."""


@dataclass(frozen=True, kw_only=True)
class S3Source(DataSource):
    """Objects in S3, all below a prefix or those in a manifest.

    Attributes:
        at: The prefix or the manifest.
        data_type: As `S3DataType` has it: `S3Prefix`, `ManifestFile`, `AugmentedManifestFile`, `Converse`.
        listed: Where the objects lie that a manifest lists.
        attribute_names: The members of the lines of an augmented manifest.
        distribution: Whether each node gets every object or its share.
        instance_groups: The groups that get the data.
        accept_eula: Whether the licence of a model is accepted.
        hub_content_arn: The reference in a private hub to that model.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
    """

    at: Readable
    data_type: str = "S3Prefix"
    listed: tuple[S3Location, ...] = ()
    attribute_names: tuple[str, ...] = ()
    distribution: S3DataDistribution = S3DataDistribution.FULLY_REPLICATED
    instance_groups: tuple[str, ...] = ()
    accept_eula: bool | None = None
    hub_content_arn: str | None = None

    def render(self) -> dict[str, Any]:
        """The `DataSource` member of a channel."""
        source: dict[str, Any] = {
            "S3DataType": self.data_type,
            "S3Uri": self.at.uri,
            "S3DataDistributionType": self.distribution.value,
        }
        if self.attribute_names:
            source["AttributeNames"] = list(self.attribute_names)
        if self.instance_groups:
            source["InstanceGroupNames"] = list(self.instance_groups)
        if self.accept_eula is not None:
            source["ModelAccessConfig"] = {"AcceptEula": self.accept_eula}
        if self.hub_content_arn is not None:
            source["HubAccessConfig"] = {"HubContentArn": self.hub_content_arn}
        return {"S3DataSource": source}

    def statements(self) -> tuple[Statement, ...]:
        """What the job's role needs to read it."""
        return (
            *self.at.read_statements(),
            *self._list_statements(),
            *(statement for location in self.listed for statement in location.read_statements()),
            *(describe_hub_content(self.hub_content_arn) if self.hub_content_arn else ()),
        )

    def _list_statements(self) -> tuple[Statement, ...]:
        """SageMaker lists a prefix before it reads it, even one that is the key of a single object."""
        if self.data_type != "S3Prefix" or not isinstance(self.at, S3Object):
            return ()
        return (self.at.list_statement(),)


@dataclass(frozen=True, kw_only=True)
class DatasetSource(DataSource):
    """A data set of a SageMaker hub.

    Attributes:
        dataset_arn: Shaped `arn:…:hub-content/<hub>/DataSet/<name>/<version>`.
    """

    dataset_arn: str

    def render(self) -> dict[str, Any]:
        """The `DataSource` member of a channel."""
        return {"DatasetSource": {"DatasetArn": self.dataset_arn}}

    def statements(self) -> tuple[Statement, ...]:
        """What the job's role needs to read it."""
        return describe_hub_content(self.dataset_arn)


@dataclass(frozen=True, kw_only=True)
class FileSystemSource(DataSource):
    """A directory of a file system.

    Attributes:
        file_system: The file system.
        directory_path: Full path that begins with a slash.
        read_only: Whether the job may only read.

    Raises:
        ConfigurationError: The path does not begin with a slash.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_FileSystemDataSource.html
    """

    file_system: FileSystemMount
    directory_path: str
    read_only: bool = True

    def __post_init__(self) -> None:
        shape = f"a full path that begins with a slash, such as {self.file_system.kind.example!r}"
        require("Channel", matches("directory_path", self.directory_path, r"/.*", shape=shape))

    def render(self) -> dict[str, Any]:
        """The `DataSource` member of a channel."""
        return {
            "FileSystemDataSource": {
                "FileSystemId": self.file_system.file_system_id,
                "FileSystemType": self.file_system.kind.api_name,
                "FileSystemAccessMode": "ro" if self.read_only else "rw",
                "DirectoryPath": self.directory_path,
            }
        }

    def statements(self) -> tuple[Statement, ...]:
        """What the job's role needs to mount it."""
        return self.file_system.statements(read_only=self.read_only)


def describe_hub_content(arn: str) -> tuple[Statement, ...]:
    """What reading a model or data set of a SageMaker hub takes: the right on the content and on its hub."""
    known = None if is_token(arn) else _HUB_CONTENT.fullmatch(arn)
    hub = (f"{known['stem']}:hub/{known['hub']}",) if known else ()
    return (Statement(actions=("sagemaker:DescribeHubContent",), resources=(arn, *hub)),)
