"""What a feature group may take in and give out each second."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given


class Throughput(ABC):
    """How reads and writes of a group are paid for; a static method makes one.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-throughput-mode.html
    """

    # Whether a store in memory may have it.
    fits_memory: bool

    @staticmethod
    def on_demand() -> "Throughput":
        """Each read and write is paid for by itself, and none is refused.

        A group that says nothing begins with it; one that was provisioned can go back to it once a day.
        """
        return _OnDemand()

    @staticmethod
    def provisioned(*, write_capacity_units: int, read_capacity_units: int | None = None) -> "Throughput":
        """So much a second is paid for, whether it is used or not, and what is beyond it is refused.

        Not for stores in memory. Feature Store does not scale it. It can be lowered four times in the first hour of a
        day, and once in each later one.

        Args:
            write_capacity_units: Writes of 1 KB a second, 0 to 10000000; 40000 is the first quota of a group. Filling
                a group with old records takes about twice as much as new ones.
            read_capacity_units: Reads of 4 KB a second, 0 to 10000000; None for a group without an online store.

        Raises:
            ConfigurationError: A number is none.
        """
        return _Provisioned(write_capacity_units=write_capacity_units, read_capacity_units=read_capacity_units)

    @abstractmethod
    def render(self) -> dict[str, Any]:
        """The `ThroughputConfig` member."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _OnDemand(Throughput):
    fits_memory = True

    def render(self) -> dict[str, Any]:
        return {"ThroughputMode": "OnDemand"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Provisioned(Throughput):
    write_capacity_units: int
    read_capacity_units: int | None

    fits_memory = False

    def __post_init__(self) -> None:
        require("Throughput", field_problems(self))

    def render(self) -> dict[str, Any]:
        units = given(
            ProvisionedReadCapacityUnits=self.read_capacity_units,
            ProvisionedWriteCapacityUnits=self.write_capacity_units,
        )
        return {"ThroughputMode": "Provisioned", **units}
