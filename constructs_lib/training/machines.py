"""What every choice of machines for a job has in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib.compute.instance_type import InstanceType


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceGroup:
    """Equal machines inside a `HeterogeneousCluster`.

    Attributes:
        name: What channels and the distribution call the group, at most 64 characters.
        instance_type: Their type.
        count: How many, at least 1.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstanceGroup.html
    """

    name: str
    instance_type: InstanceType
    count: int = 1

    def __post_init__(self) -> None:
        require("InstanceGroup", field_problems(self))
        require("InstanceGroup", at_least_one("count", self.count))


class Machines(ABC):
    """The machines of a job: a `Cluster`, a `HeterogeneousCluster` or `PreferredInstances`."""

    __slots__ = ()

    # What a rule about managed spot training calls them; None when they may be spot instances.
    not_spot: str | None = None
    training_plan_arn: str | None
    keep_alive_seconds: int | None

    @property
    @abstractmethod
    def instance_types(self) -> tuple[InstanceType, ...]:
        """Every type that the job may run on."""

    @property
    @abstractmethod
    def largest_count(self) -> int:
        """The most machines that the job may have; it may be a token."""

    @property
    def may_be_several(self) -> bool:
        """Whether there may be more than one machine; a count that only a deployment knows may be."""
        return is_token(self.largest_count) or self.largest_count > 1

    @property
    def groups(self) -> tuple[InstanceGroup, ...]:
        """The groups, where the machines differ."""
        return ()

    @abstractmethod
    def render(self, volume_key_arn: str | None) -> dict[str, Any]:
        """The `ResourceConfig` member; a key is left out where the disks are part of the machine (TRAPS 13)."""

    def leaves_key_out(self) -> bool:
        """Whether a volume key is left out although some of the types have volumes, because others have none."""
        local = [instance_type.has_local_storage for instance_type in self.instance_types]
        return any(local) and not all(local)

    def _common(self, volume_gib: int, volume_key_arn: str | None) -> dict[str, Any]:
        config: dict[str, Any] = {"VolumeSizeInGB": volume_gib}
        if volume_key_arn is not None and not any(kind.has_local_storage for kind in self.instance_types):
            config["VolumeKmsKeyId"] = volume_key_arn
        if self.keep_alive_seconds is not None:
            config["KeepAlivePeriodInSeconds"] = self.keep_alive_seconds
        if self.training_plan_arn is not None:
            config["TrainingPlanArn"] = self.training_plan_arn
        return config


def device_of(instance_type: InstanceType) -> str:
    """What it computes on for a framework that knows no other accelerators: `gpu` or `cpu`."""
    return "gpu" if instance_type.family.startswith(("g", "p")) else "cpu"


def at_least_one(field: str, count: int | None) -> str | None:
    """A number of machines that is not zero."""
    return None if count is None or is_token(count) or count >= 1 else f"{field} must be at least 1, got {count}"
