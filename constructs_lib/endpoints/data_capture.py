"""Keeps a share of an endpoint's requests and answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import require, unique
from constructs_lib._internal.kinds import field_problems
from constructs_lib.foundation.s3_location import S3Location


class CaptureMode(StrEnum):
    """What is kept of a request; the values are the API's, whose `InputAndOutput` is both of these."""

    INPUT = "Input"
    OUTPUT = "Output"


@dataclass(frozen=True, kw_only=True, slots=True)
class DataCapture:
    """Where requests and answers are kept, and how many of them.

    Attributes:
        location: Where they go; the roles of the endpoint's models get to write there.
        percent: How many of a hundred, 0 to 100.
        csv_content_types: Types kept as plain CSV; what is in neither list is kept in Base64.
        json_content_types: Types kept as plain JSON.
        modes: Which side is kept: requests, answers, or both.
        enabled: False stops keeping and leaves the rest as it is, for the day when it goes on.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html
    """

    location: S3Location
    percent: int = 100
    csv_content_types: Sequence[str] = ("text/csv",)
    json_content_types: Sequence[str] = ("application/json",)
    modes: Sequence[CaptureMode] = (CaptureMode.INPUT, CaptureMode.OUTPUT)
    enabled: bool = True

    def __post_init__(self) -> None:
        require("DataCapture", field_problems(self))
        require(
            "DataCapture",
            None if self.modes else "modes must hold CaptureMode.INPUT, CaptureMode.OUTPUT or both, got none",
            unique("modes", map(str, self.modes)),
        )

    def render(self) -> dict[str, Any]:
        """The `DataCaptureConfig` member."""
        config: dict[str, Any] = {
            "EnableCapture": self.enabled,
            "InitialSamplingPercentage": self.percent,
            "DestinationS3Uri": self.location.destination,
            "CaptureOptions": [{"CaptureMode": str(mode)} for mode in self.modes],
        }
        if self.location.key_arn is not None:
            config["KmsKeyId"] = self.location.key_arn
        types = {"CsvContentTypes": list(self.csv_content_types), "JsonContentTypes": list(self.json_content_types)}
        if any(types.values()):
            config["CaptureContentTypeHeader"] = {name: values for name, values in types.items() if values}
        return config
