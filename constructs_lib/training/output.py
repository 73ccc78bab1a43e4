"""How the model leaves the job."""

from enum import StrEnum


class OutputCompression(StrEnum):
    """Whether the model is packed: one `model.tar.gz`, or its files as they are."""

    GZIP = "GZIP"
    NONE = "NONE"
