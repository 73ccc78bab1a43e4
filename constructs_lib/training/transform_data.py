"""What a transform job reads, writes, joins and keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import argument_problems, field_problems
from constructs_lib._internal.rendering import given
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location, S3Object
from constructs_lib.training.channel_modes import Compression
from constructs_lib.training.processing_inputs import read_statements


class SplitType(StrEnum):
    """Where one record of a file ends and the next begins."""

    NONE = "None"
    LINE = "Line"
    RECORD_IO = "RecordIO"
    TF_RECORD = "TFRecord"


class BatchStrategy(StrEnum):
    """How many records go into one request."""

    MULTI_RECORD = "MultiRecord"
    SINGLE_RECORD = "SingleRecord"


class AssemblyType(StrEnum):
    """What stands between the results of one file."""

    NONE = "None"
    LINE = "Line"


class JoinSource(StrEnum):
    """What the results are joined with."""

    NONE = "None"
    INPUT = "Input"


@dataclass(frozen=True, kw_only=True, slots=True)
class TransformInput:
    """What a transform job reads; `TransformInput.from_s3(...)` or `from_manifest(...)` makes one.

    Attributes:
        source: A location, one object, or the manifest; the model's role gets to read it.
        manifest_reads: Where the objects of a manifest lie, which it alone knows; None when *source* is no manifest.
        content_type: The MIME type that the model is told.
        split_type: Where records end; None takes each file for one.
        compression: Gzip unpacks files on the way.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformInput.html
    """

    source: S3Location | S3Object
    manifest_reads: Sequence[S3Location] | None = None
    content_type: str | None = None
    split_type: SplitType | None = None
    compression: Compression | None = None

    def __post_init__(self) -> None:
        require("TransformInput", field_problems(self))
        if self.manifest_reads is not None:
            object.__setattr__(self, "manifest_reads", tuple(self.manifest_reads))

    @staticmethod
    def from_s3(
        source: S3Location | S3Object,
        *,
        content_type: str | None = None,
        split_type: SplitType | None = None,
        compression: Compression | None = None,
    ) -> "TransformInput":
        """All objects below a location, or one object; the arguments are the attributes of this class."""
        return TransformInput(source=source, content_type=content_type, split_type=split_type, compression=compression)

    @staticmethod
    def from_manifest(
        manifest: S3Object,
        reads: Sequence[S3Location],
        *,
        content_type: str | None = None,
        split_type: SplitType | None = None,
        compression: Compression | None = None,
    ) -> "TransformInput":
        """The objects that *manifest* lists, which lie in *reads*; the other arguments are the attributes."""
        require("TransformInput", argument_problems(TransformInput.from_manifest, locals()))
        return TransformInput(
            source=manifest,
            manifest_reads=reads,
            content_type=content_type,
            split_type=split_type,
            compression=compression,
        )

    @property
    def is_split(self) -> bool:
        """Whether a file holds several records."""
        return self.split_type not in (None, SplitType.NONE)

    def render(self) -> dict[str, Any]:
        """The `TransformInput` member."""
        kind = "S3Prefix" if self.manifest_reads is None else "ManifestFile"
        return given(
            DataSource={"S3DataSource": {"S3DataType": kind, "S3Uri": self.source.uri}},
            ContentType=self.content_type,
            CompressionType=self.compression.value if self.compression else None,
            SplitType=self.split_type.value if self.split_type else None,
        )

    def statements(self) -> tuple[Statement, ...]:
        """What the model's role needs to read it."""
        objects = (statement for location in self.manifest_reads or () for statement in location.read_statements())
        return (*read_statements(self.source), *objects)


@dataclass(frozen=True, kw_only=True, slots=True)
class TransformOutput:
    """Where a transform job writes.

    Attributes:
        location: Each file of the input gets one here, with `.out` behind its name; the model's role gets to write.
        accept: The MIME type that the model is asked for.
        assemble_with: Line ends each result with a new line.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformOutput.html
    """

    location: S3Location
    accept: str | None = None
    assemble_with: AssemblyType | None = None

    def __post_init__(self) -> None:
        require("TransformOutput", field_problems(self))

    def render(self, key_arn: str | None) -> dict[str, Any]:
        """The `TransformOutput` member."""
        return given(
            S3OutputPath=self.location.destination,
            Accept=self.accept,
            AssembleWith=self.assemble_with.value if self.assemble_with else None,
            KmsKeyId=key_arn,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DataProcessing:
    """Which part of a record the model sees, and what stands beside its answer. CSV and JSON only.

    Attributes:
        input_filter: JSONPath of what the model sees, such as `$[1:]`, at most 63 characters; None is all.
        join_source: Input puts each answer beside its record.
        output_filter: JSONPath of what is written of the joined record, such as `$[0,-1]`; None is all.

    Raises:
        ConfigurationError: A filter is no JSONPath.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
    """

    input_filter: str | None = None
    join_source: JoinSource | None = None
    output_filter: str | None = None

    def __post_init__(self) -> None:
        require("DataProcessing", field_problems(self))
        require(
            "DataProcessing",
            _path_problem("input_filter", self.input_filter),
            _path_problem("output_filter", self.output_filter),
        )

    @property
    def joins(self) -> bool:
        """Whether the answers stand beside their records."""
        return self.join_source is JoinSource.INPUT

    def render(self) -> dict[str, Any]:
        """The `DataProcessing` member."""
        return given(
            InputFilter=self.input_filter,
            OutputFilter=self.output_filter,
            JoinSource=self.join_source.value if self.join_source else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchDataCapture:
    """Keeps what went into and came out of a model.

    Attributes:
        location: Where it goes; the model's role gets to write there.
        generate_inference_id: Writes an id into the output by which a record of the capture is found.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BatchDataCaptureConfig.html
    """

    location: S3Location
    generate_inference_id: bool | None = None

    def __post_init__(self) -> None:
        require("BatchDataCapture", field_problems(self))

    def render(self) -> dict[str, Any]:
        """The `DataCaptureConfig` member."""
        return given(
            DestinationS3Uri=self.location.destination,
            KmsKeyId=self.location.key_arn,
            GenerateInferenceId=self.generate_inference_id,
        )


def _path_problem(field: str, path: str | None) -> str | None:
    if path is None or is_token(path) or path.startswith("$"):
        return None
    return f"{field} must be a JSONPath, which begins with '$', such as '$[1:]', got {path!r}"
