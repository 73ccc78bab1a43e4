"""Managed spot training and the checkpoints that it resumes from."""

from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location


@dataclass(frozen=True, kw_only=True, slots=True)
class ManagedSpot:
    """Training on spare capacity, which AWS may take back; the job then waits and goes on from its checkpoints.

    Attributes:
        max_wait_seconds: How long the job may wait and run together, not below its `max_runtime`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
    """

    max_wait_seconds: int

    def __post_init__(self) -> None:
        require("ManagedSpot", field_problems(self))


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoints:
    """What a job saves on its way, copied to S3 while it runs and back when it starts again.

    Attributes:
        location: Where in S3; the job's role gets to read and write just there.
        local_path: Where in the container; None means `/opt/ml/checkpoints`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CheckpointConfig.html
    """

    location: S3Location
    local_path: str | None = None

    def __post_init__(self) -> None:
        require("Checkpoints", field_problems(self))

    def render(self) -> dict[str, Any]:
        """The members of the request."""
        config = {"S3Uri": self.location.uri}
        if self.local_path is not None:
            config["LocalPath"] = self.local_path
        return {"CheckpointConfig": config}

    def statements(self) -> tuple[Statement, ...]:
        """Read what an earlier run left, write what this one leaves."""
        return (*self.location.read_statements(), *self.location.write_statements())
