"""The data that a job reads: one channel a kind of input."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location


class InputMode(StrEnum):
    """How data reaches the container.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrainingJob.html (TrainingInputMode)
    """

    FILE = "File"
    FAST_FILE = "FastFile"
    PIPE = "Pipe"


class S3DataDistribution(StrEnum):
    """Which objects of a channel each node gets: all of them, or its share."""

    FULLY_REPLICATED = "FullyReplicated"
    SHARDED = "ShardedByS3Key"


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """One input of a training job; `Channel.from_s3("train", store.location("data/train"))` makes one.

    The container finds it under `/opt/ml/input/data/<name>`.

    Attributes:
        name: Letters, digits and `.-_`, at most 64.
        location: Where the objects lie; the job's role gets to read just them.
        mode: None leaves the choice to the job, which is File.
        content_type: The MIME type that the algorithm is told, such as `application/x-image`.
        distribution: Whether each node gets every object or its share.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html
    """

    name: str
    location: S3Location
    mode: InputMode | None = None
    content_type: str | None = None
    distribution: S3DataDistribution = S3DataDistribution.FULLY_REPLICATED

    @staticmethod
    def from_s3(
        name: str,
        location: S3Location,
        *,
        mode: InputMode | None = None,
        content_type: str | None = None,
        distribution: S3DataDistribution = S3DataDistribution.FULLY_REPLICATED,
    ) -> "Channel":
        """All objects below *location*; the arguments are the attributes of this class."""
        return Channel(name=name, location=location, mode=mode, content_type=content_type, distribution=distribution)

    def render(self) -> dict[str, Any]:
        """The member of `InputDataConfig`."""
        channel: dict[str, Any] = {
            "ChannelName": self.name,
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": self.location.uri,
                    "S3DataDistributionType": self.distribution.value,
                }
            },
        }
        if self.content_type is not None:
            channel["ContentType"] = self.content_type
        if self.mode is not None:
            channel["InputMode"] = self.mode.value
        return channel

    def statements(self) -> tuple[Statement, ...]:
        """What the job's role needs to read it."""
        return self.location.read_statements()
