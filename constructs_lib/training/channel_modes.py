"""How the data of a channel reaches the container."""

from enum import StrEnum


class InputMode(StrEnum):
    """How data reaches the container.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrainingJob.html (TrainingInputMode)
    """

    FILE = "File"
    FAST_FILE = "FastFile"
    PIPE = "Pipe"


class Compression(StrEnum):
    """How the objects of a channel are compressed; SageMaker unpacks them in Pipe mode only."""

    NONE = "None"
    GZIP = "Gzip"


class RecordWrapper(StrEnum):
    """Whether SageMaker wraps each object in a RecordIO record; in Pipe mode only."""

    NONE = "None"
    RECORD_IO = "RecordIO"
