"""The store that answers with the latest record at once."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import field_problems


class StorageType(StrEnum):
    """Where the online store keeps its records; the values are the API's.

    The API's third, `Standard_V2`, is not in CloudFormation's type. A group of `STANDARD` can be moved there for good
    with `UpdateFeatureGroup`.
    """

    STANDARD = "Standard"
    IN_MEMORY = "InMemory"


@dataclass(frozen=True, slots=True)
class TimeToLive:
    """How long a record is kept after the time of its event: `TimeToLive.days(30)`.

    Attributes:
        value: How many of *unit*, at least 1.
        unit: `Seconds`, `Minutes`, `Hours`, `Days` or `Weeks`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TtlDuration.html
    """

    value: int
    unit: str

    def __post_init__(self) -> None:
        require("TimeToLive", field_problems(self))

    @staticmethod
    def seconds(value: int) -> "TimeToLive":
        """So many seconds."""
        return TimeToLive(value, "Seconds")

    @staticmethod
    def minutes(value: int) -> "TimeToLive":
        """So many minutes."""
        return TimeToLive(value, "Minutes")

    @staticmethod
    def hours(value: int) -> "TimeToLive":
        """So many hours."""
        return TimeToLive(value, "Hours")

    @staticmethod
    def days(value: int) -> "TimeToLive":
        """So many days."""
        return TimeToLive(value, "Days")

    @staticmethod
    def weeks(value: int) -> "TimeToLive":
        """So many weeks."""
        return TimeToLive(value, "Weeks")

    def render(self) -> dict[str, Any]:
        """The `TtlDuration` member."""
        return {"Unit": self.unit, "Value": self.value}


@dataclass(frozen=True, kw_only=True, slots=True)
class OnlineStore:
    """The latest record of each identifier, to be had in milliseconds.

    Attributes:
        storage: Where it is kept; in memory it answers sooner, and takes a quarter of an hour to be made. It never
            changes.
        ttl: How long a record is kept that says nothing else itself, from the time of its event; what is deleted so is
            gone from here and marked in the offline store. None keeps it until a newer one comes. It may change, for
            records that are put afterwards.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OnlineStoreConfig.html
    """

    storage: StorageType = StorageType.STANDARD
    ttl: TimeToLive | None = None

    def __post_init__(self) -> None:
        require("OnlineStore", field_problems(self))

    def render(self, key_arn: str | None) -> dict[str, Any]:
        """The `OnlineStoreConfig` member."""
        return {
            "EnableOnlineStore": True,
            "StorageType": self.storage.value,
            **({"SecurityConfig": {"KmsKeyId": key_arn}} if key_arn is not None else {}),
            **({"TtlDuration": self.ttl.render()} if self.ttl is not None else {}),
        }
