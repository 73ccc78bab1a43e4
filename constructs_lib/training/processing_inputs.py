"""What a processing job reads: files in S3, or the answer of a query to Athena or Redshift."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import argument_problems, field_problems
from constructs_lib._internal.place import Place
from constructs_lib._internal.rendering import given
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location, S3Object
from constructs_lib.training.channel_modes import Compression, InputMode
from constructs_lib.training.channel_sources import S3DataDistribution

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Input.html says it in words only.
PROCESSING_FOLDER = "/opt/ml/processing/"


@dataclass(frozen=True, kw_only=True)
class ProcessingInput(ABC):
    """One input of a processing job; a `from_*` method makes one.

    Attributes:
        name: Unique in the job.
        local_path: The folder in the container, under `/opt/ml/processing/`, which None takes `input/<name>` of.
        mode: File, or Pipe to stream into a named pipe; None is File.
        distribution: Whether each machine gets every object or its share.
        app_managed: The container fetches the data itself, and SageMaker does not.

    Raises:
        ConfigurationError: The folder lies elsewhere, or the mode does not fit the rest.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingInput.html
    """

    name: str
    local_path: str | None = None
    mode: InputMode | None = None
    distribution: S3DataDistribution | None = None
    app_managed: bool = False

    def __post_init__(self) -> None:
        require(f"ProcessingInput {self.name!r}", field_problems(self))
        require(f"ProcessingInput {self.name!r}", local_path_problem(self.local_path), self._mode_problem())

    @staticmethod
    def from_s3(
        name: str,
        source: S3Location | S3Object,
        *,
        local_path: str | None = None,
        mode: InputMode | None = None,
        distribution: S3DataDistribution | None = None,
        compression: Compression | None = None,
        app_managed: bool = False,
    ) -> "ProcessingInput":
        """All objects below a location, or one object.

        Args:
            compression: Gzip unpacks; only with mode Pipe.
            name, source, local_path, mode, distribution, app_managed: The attributes of this class.
        """
        return S3ProcessingInput(
            name=name,
            source=source,
            local_path=local_path,
            mode=mode,
            distribution=distribution,
            compression=compression,
            app_managed=app_managed,
        )

    @staticmethod
    def from_manifest(
        name: str,
        manifest: S3Object,
        reads: Sequence[S3Location],
        *,
        local_path: str | None = None,
        mode: InputMode | None = None,
        distribution: S3DataDistribution | None = None,
        app_managed: bool = False,
    ) -> "ProcessingInput":
        """The objects that a manifest lists.

        Args:
            manifest: The manifest file.
            reads: Where the objects in it lie, which it alone knows: the role gets to read there.
            name, local_path, mode, distribution, app_managed: The attributes of this class.
        """
        require(f"ProcessingInput {name!r}", argument_problems(ProcessingInput.from_manifest, locals()))
        return S3ProcessingInput(
            name=name,
            source=manifest,
            manifest_reads=reads,
            local_path=local_path,
            mode=mode,
            distribution=distribution,
            app_managed=app_managed,
        )

    def _mode_problem(self) -> str | None:
        if self.mode is not InputMode.FAST_FILE:
            return None
        return "mode must be File or Pipe for a processing job, got 'FastFile'"

    @abstractmethod
    def render(self) -> dict[str, Any]:
        """The member of `ProcessingInputs`."""

    @abstractmethod
    def statements(self, place: Place) -> tuple[Statement, ...]:
        """What the job's role needs to read it."""

    @property
    def folder(self) -> str:
        """The folder in the container."""
        return self.local_path if self.local_path is not None else f"{PROCESSING_FOLDER}input/{self.name}"


@dataclass(frozen=True, kw_only=True)
class S3ProcessingInput(ProcessingInput):
    """Objects in S3; `ProcessingInput.from_s3` and `from_manifest` make one.

    Attributes:
        source: A location, one object, or the manifest.
        manifest_reads: Where the objects of a manifest lie; None when *source* is the data itself.
        compression: Gzip unpacks on the way into a pipe.
    """

    source: S3Location | S3Object
    manifest_reads: Sequence[S3Location] | None = None
    compression: Compression | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.manifest_reads is not None:
            object.__setattr__(self, "manifest_reads", tuple(self.manifest_reads))
        gzip = self.compression is Compression.GZIP and self.mode is not InputMode.PIPE
        require(
            f"ProcessingInput {self.name!r}",
            "compression Gzip must come with mode Pipe; files are not unpacked" if gzip else None,
        )

    def render(self) -> dict[str, Any]:
        return {
            "InputName": self.name,
            **({"AppManaged": True} if self.app_managed else {}),
            "S3Input": given(
                S3Uri=self.source.uri,
                LocalPath=self.folder,
                S3DataType="S3Prefix" if self.manifest_reads is None else "ManifestFile",
                S3InputMode=(self.mode or InputMode.FILE).value,
                S3DataDistributionType=(self.distribution or S3DataDistribution.FULLY_REPLICATED).value,
                S3CompressionType=self.compression.value if self.compression else None,
            ),
        }

    def statements(self, place: Place) -> tuple[Statement, ...]:
        objects = (statement for location in self.manifest_reads or () for statement in location.read_statements())
        return (*read_statements(self.source), *objects)


def read_statements(source: S3Location | S3Object) -> tuple[Statement, ...]:
    """Read a source. SageMaker takes the address of one object for a prefix, and lists it before it reads."""
    if isinstance(source, S3Location):
        return source.read_statements()
    return (*source.read_statements(), source.list_statement())


def local_path_problem(path: str | None) -> str | None:
    """A folder outside the one that SageMaker mounts."""
    if path is None or is_token(path) or (path.startswith(PROCESSING_FOLDER) and ".." not in path.split("/")):
        return None
    return f"local_path must be under {PROCESSING_FOLDER}, got {path!r}"
