"""The data that a job reads: one channel a kind of input."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import has, require
from constructs_lib._internal.kinds import argument_problems, field_problems
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location, S3Object
from constructs_lib.training.channel_modes import Compression as Compression
from constructs_lib.training.channel_modes import InputMode as InputMode
from constructs_lib.training.channel_modes import RecordWrapper as RecordWrapper
from constructs_lib.training.channel_sources import DatasetSource, DataSource, FileSystemSource, Readable, S3Source
from constructs_lib.training.channel_sources import S3DataDistribution as S3DataDistribution
from constructs_lib.training.file_systems import EFS, FSX_LUSTRE, FileSystemMount

if TYPE_CHECKING:
    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_fsx as fsx

# What the built-in algorithms that train incrementally expect an earlier model to be marked with.
# https://docs.aws.amazon.com/sagemaker/latest/dg/incremental-training.html
_MODEL_CONTENT_TYPE = "application/x-sagemaker-model"


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """One input of a training job; make one with a `from_*` method.

    The container finds it under `/opt/ml/input/data/<name>`.

    Attributes:
        name: Letters, digits and `.-_`, at most 64.
        source: Where the data lies.
        mode: How it reaches the container; None leaves the choice to the job, which is File.
        content_type: The MIME type that the algorithm is told.
        compression: Whether SageMaker unpacks the objects.
        record_wrapper: Whether SageMaker wraps the objects in RecordIO.
        shuffle_seed: Shuffles the objects in an order that this number decides.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html
    """

    name: str
    source: DataSource
    mode: InputMode | None = None
    content_type: str | None = None
    compression: Compression | None = None
    record_wrapper: RecordWrapper | None = None
    shuffle_seed: int | None = None

    def __post_init__(self) -> None:
        require(f"Channel {self.name!r}", field_problems(self))

    @staticmethod
    def from_s3(
        name: str,
        location: Readable,
        *,
        mode: InputMode | None = None,
        content_type: str | None = None,
        distribution: S3DataDistribution = S3DataDistribution.FULLY_REPLICATED,
        compression: Compression | None = None,
        record_wrapper: RecordWrapper | None = None,
        shuffle_seed: int | None = None,
        instance_groups: Sequence[str] = (),
        accept_eula: bool | None = None,
        hub_content_arn: str | None = None,
    ) -> "Channel":
        """All objects below *location*.

        Args:
            name: Letters, digits and `.-_`, at most 64.
            location: Where the objects lie; the job's role gets to read just them.
            mode: None leaves the choice to the job, which is File.
            content_type: The MIME type that the algorithm is told, such as `application/x-image`.
            distribution: Whether each node gets every object or its share.
            compression: Whether SageMaker unpacks the objects; Pipe mode only.
            record_wrapper: Whether SageMaker wraps the objects in RecordIO; Pipe mode only.
            shuffle_seed: Shuffles the objects in an order that this number decides; None keeps their order.
            instance_groups: Groups of a `HeterogeneousCluster` that get the data, at most 5; none means all.
            accept_eula: True accepts the licence of a model that lies there; None where there is none to accept.
            hub_content_arn: The reference in a private hub to a model of the JumpStart hub that lies there.
        """
        require(f"Channel {name!r}", argument_problems(Channel.from_s3, locals()))
        return Channel(
            name=name,
            source=S3Source(
                at=location,
                distribution=distribution,
                instance_groups=tuple(instance_groups),
                accept_eula=accept_eula,
                hub_content_arn=hub_content_arn,
            ),
            mode=mode,
            content_type=content_type,
            compression=compression,
            record_wrapper=record_wrapper,
            shuffle_seed=shuffle_seed,
        )

    @staticmethod
    def from_manifest(
        name: str,
        manifest: S3Object,
        *,
        data: Sequence[S3Location],
        mode: InputMode | None = None,
        content_type: str | None = None,
        distribution: S3DataDistribution = S3DataDistribution.FULLY_REPLICATED,
        compression: Compression | None = None,
        record_wrapper: RecordWrapper | None = None,
        shuffle_seed: int | None = None,
        instance_groups: Sequence[str] = (),
    ) -> "Channel":
        """The objects that *manifest* lists: a JSON array of one `{"prefix": …}` and the keys below it.

        Args:
            name: Letters, digits and `.-_`, at most 64.
            manifest: The manifest itself.
            data: Where the objects lie that it lists; the job's role gets to read them besides the manifest.
            mode, content_type, distribution, compression, record_wrapper, shuffle_seed, instance_groups: As in
                `from_s3`.
        """
        require(f"Channel {name!r}", argument_problems(Channel.from_manifest, locals()))
        return Channel(
            name=name,
            source=S3Source(
                at=manifest,
                data_type="ManifestFile",
                listed=tuple(data),
                distribution=distribution,
                instance_groups=tuple(instance_groups),
            ),
            mode=mode,
            content_type=content_type,
            compression=compression,
            record_wrapper=record_wrapper,
            shuffle_seed=shuffle_seed,
        )

    @staticmethod
    def from_augmented_manifest(
        name: str,
        manifest: S3Object,
        *,
        data: Sequence[S3Location],
        attribute_names: Sequence[str],
        content_type: str | None = None,
        distribution: S3DataDistribution = S3DataDistribution.FULLY_REPLICATED,
        compression: Compression | None = None,
        record_wrapper: RecordWrapper | None = None,
        shuffle_seed: int | None = None,
        instance_groups: Sequence[str] = (),
    ) -> "Channel":
        """The objects and labels in *manifest*, a file of JSON lines such as Ground Truth writes; read in Pipe mode.

        Args:
            name: Letters, digits and `.-_`, at most 64.
            manifest: The manifest itself.
            data: Where the objects lie that its `source-ref` members name.
            attribute_names: The members of each line that the algorithm gets, in its order: 1 to 16.
            record_wrapper: As in `from_s3`; image algorithms want `RecordWrapper.RECORD_IO`.
            shuffle_seed: Shuffles the lines; None keeps their order.
            content_type, distribution, compression, instance_groups: As in `from_s3`.

        Raises:
            ConfigurationError: No attribute is named.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/augmented-manifest.html
        """
        require(f"Channel {name!r}", argument_problems(Channel.from_augmented_manifest, locals()))
        require(
            f"Channel {name!r}",
            None if attribute_names else "attribute_names must name at least one member of the lines, got none",
        )
        return Channel(
            name=name,
            source=S3Source(
                at=manifest,
                data_type="AugmentedManifestFile",
                listed=tuple(data),
                attribute_names=tuple(attribute_names),
                distribution=distribution,
                instance_groups=tuple(instance_groups),
            ),
            # "AugmentedManifestFile can only be used if the Channel's input mode is Pipe": API_S3DataSource.html
            mode=InputMode.PIPE,
            content_type=content_type,
            compression=compression,
            record_wrapper=record_wrapper,
            shuffle_seed=shuffle_seed,
        )

    @staticmethod
    def from_model(artifact: Readable, *, name: str = "model") -> "Channel":
        """The artifact of an earlier job, to train on from there (incremental training).

        Args:
            artifact: The `model.tar.gz`, such as `store.artifact("models/model.tar.gz")`.
            name: The built-in algorithms read it from `model`; a script finds it under `/opt/ml/input/data/<name>`.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/incremental-training.html
        """
        require(f"Channel {name!r}", argument_problems(Channel.from_model, locals()))
        # "To use a model for incremental training, choose File input model": API_Channel.html
        source = S3Source(at=artifact)
        return Channel(name=name, source=source, mode=InputMode.FILE, content_type=_MODEL_CONTENT_TYPE)

    @staticmethod
    def from_converse(name: str, location: Readable) -> "Channel":
        """Conversations in the Converse format, for the fine-tuning of foundation models."""
        require(f"Channel {name!r}", argument_problems(Channel.from_converse, locals()))
        return Channel(name=name, source=S3Source(at=location, data_type="Converse"))

    @staticmethod
    def from_dataset(name: str, dataset_arn: str) -> "Channel":
        """A data set of a SageMaker hub, shaped `arn:…:hub-content/<hub>/DataSet/<name>/<version>`.

        The role may describe that hub content; where the hub keeps the objects, and so whether it must read them too,
        is not documented (untested).
        """
        require(f"Channel {name!r}", argument_problems(Channel.from_dataset, locals()))
        return Channel(name=name, source=DatasetSource(dataset_arn=dataset_arn))

    @staticmethod
    def from_efs(
        name: str, file_system: "efs.IFileSystem", directory_path: str, *, read_only: bool = True
    ) -> "Channel":
        """A directory of an EFS file system; the job needs a network, and NFS is opened from it to the file system.

        Args:
            name: Letters, digits and `.-_`, at most 64.
            file_system: Needs a mount target in the job's subnets.
            directory_path: Full path from the root of the file system, such as `/data/train`.
            read_only: Whether the job may only read; False lets it write too.

        Raises:
            ConfigurationError: The path does not begin with a slash.
        """
        require(
            f"Channel {name!r}",
            argument_problems(Channel.from_efs, locals()),
            has("file_system", file_system, "file_system_arn", "such as efs.FileSystem(…)", optional=False),
        )
        mount = FileSystemMount(
            kind=EFS,
            file_system_id=file_system.file_system_id,
            file_system_arn=file_system.file_system_arn,
            connections=file_system.connections,
        )
        return Channel._from_mount(name, mount, directory_path, read_only)

    @staticmethod
    def from_fsx_lustre(
        name: str, file_system: "fsx.IFileSystem", directory_path: str, *, read_only: bool = True
    ) -> "Channel":
        """A directory of an FSx for Lustre file system; the job needs a network, and Lustre's ports are opened.

        Args:
            name: Letters, digits and `.-_`, at most 64.
            file_system: In the job's network; access is a matter of the network alone, IAM has no part in it.
            directory_path: Full path that begins with the mount name: `f"/{file_system.mount_name}/train"`.
            read_only: Whether the job may only read; False lets it write too.

        Raises:
            ConfigurationError: The path does not begin with a slash.
        """
        require(
            f"Channel {name!r}",
            argument_problems(Channel.from_fsx_lustre, locals()),
            has("file_system", file_system, "file_system_id", "such as fsx.LustreFileSystem(…)", optional=False),
        )
        mount = FileSystemMount(
            kind=FSX_LUSTRE, file_system_id=file_system.file_system_id, connections=file_system.connections
        )
        return Channel._from_mount(name, mount, directory_path, read_only)

    @staticmethod
    def _from_mount(name: str, mount: FileSystemMount, directory_path: str, read_only: bool) -> "Channel":
        source = FileSystemSource(file_system=mount, directory_path=directory_path, read_only=read_only)
        # A job whose other channels are streamed must say that this one is not.
        return Channel(name=name, source=source, mode=InputMode.FILE)

    @property
    def needs_pipe(self) -> str | None:
        """The arguments that mean something in Pipe mode only, in words; None when there are none."""
        asked = {
            "compression": self.compression not in (None, Compression.NONE),
            "record_wrapper": self.record_wrapper not in (None, RecordWrapper.NONE),
        }
        return " and ".join(name for name, given in asked.items() if given) or None

    @property
    def is_pipe_only(self) -> bool:
        """Whether there is no other way than Pipe mode: an augmented manifest, objects unpacked or wrapped."""
        augmented = isinstance(self.source, S3Source) and self.source.data_type == "AugmentedManifestFile"
        return augmented or self.needs_pipe is not None

    def render(self) -> dict[str, Any]:
        """The member of `InputDataConfig`."""
        channel: dict[str, Any] = {"ChannelName": self.name, "DataSource": self.source.render()}
        if self.content_type is not None:
            channel["ContentType"] = self.content_type
        if self.compression is not None:
            channel["CompressionType"] = self.compression.value
        if self.record_wrapper is not None:
            channel["RecordWrapperType"] = self.record_wrapper.value
        if self.mode is not None:
            channel["InputMode"] = self.mode.value
        if self.shuffle_seed is not None:
            channel["ShuffleConfig"] = {"Seed": self.shuffle_seed}
        return channel

    def statements(self) -> tuple[Statement, ...]:
        """What the job's role needs to read it."""
        return self.source.statements()
