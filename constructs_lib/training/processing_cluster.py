"""The machines of a processing job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import is_token, require, unique
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given
from constructs_lib.compute.instance_type import InstanceType


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessingInstancePreference:
    """A type that a processing job may run on.

    Attributes:
        instance_type: The type.
        count: How many of it; None takes the count of the cluster.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingInstancePreference.html
    """

    instance_type: InstanceType
    count: int | None = None

    def __post_init__(self) -> None:
        require("ProcessingInstancePreference", field_problems(self))


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessingCluster:
    """Machines that run one processing job; `ProcessingCluster.of(...)` and `of_preferences(...)` make one.

    Attributes:
        preferences: Types in the order of preference, 1 to 5: the first that is to be had runs the job. Either every
            one has its count or none has.
        count: How many machines, 1 to 100, where the preferences do not say.
        volume_gib: Disk of each, 1 to 16384 GiB; on types with disks of their own not more than these hold.

    Raises:
        ConfigurationError: The counts stand in both places, in neither, or with some preferences only; a type twice.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingClusterConfig.html
    """

    preferences: Sequence[ProcessingInstancePreference]
    count: int | None = 1
    volume_gib: int = 30

    def __post_init__(self) -> None:
        require("ProcessingCluster", field_problems(self))
        object.__setattr__(self, "preferences", tuple(self.preferences))
        types = [each.instance_type.name for each in self.preferences]
        require(
            "ProcessingCluster",
            None if types else "preferences must hold at least one type, got none",
            unique("preferences", [name for name in types if not is_token(name)]),
            self._count_problem() if types else None,
        )

    @staticmethod
    def of(instance_type: InstanceType, *, count: int = 1, volume_gib: int = 30) -> "ProcessingCluster":
        """Machines of one type; the arguments are the attributes of this class."""
        return ProcessingCluster(
            preferences=(ProcessingInstancePreference(instance_type=instance_type),),
            count=count,
            volume_gib=volume_gib,
        )

    @staticmethod
    def of_preferences(
        *preferences: ProcessingInstancePreference, count: int | None = None, volume_gib: int = 30
    ) -> "ProcessingCluster":
        """Machines of the first type that is to be had; the arguments are the attributes of this class."""
        return ProcessingCluster(preferences=preferences, count=count, volume_gib=volume_gib)

    def _count_problem(self) -> str | None:
        own = [each.count is not None for each in self.preferences]
        if any(own) and not all(own):
            return "count must be given with all preferences or with none, got it with some"
        if all(own) and self.count is not None:
            return f"count must be given with the preferences or for the cluster, not both, got {self.count!r} here too"
        if not any(own) and self.count is None:
            return "count must be given, with every preference or for the cluster, got it nowhere"
        return None

    @property
    def instance_types(self) -> tuple[InstanceType, ...]:
        """All types that the job may run on."""
        return tuple(each.instance_type for each in self.preferences)

    @property
    def may_be_several(self) -> bool:
        """Whether there may be more than one machine; a count that only a deployment knows may be."""
        counts = [self.count, *(each.count for each in self.preferences)]
        return any(is_token(count) or count > 1 for count in counts if count is not None)

    def key_problem(self, key_arn: str | None) -> str | None:
        """One key member stands for all types, and types with disks of their own refuse any (TRAPS 13)."""
        local = [each.name for each in self.instance_types if each.has_local_storage]
        if key_arn is None or not local or len(local) == len(self.instance_types):
            return None
        return (
            "cluster.preferences must all have volumes or all have disks of their own, because one key is for all of "
            f"them, got {', '.join(local)} with disks of their own"
        )

    def render(self, key_arn: str | None) -> dict[str, Any]:
        """The `ClusterConfig` member; a key is left out where the disks are part of the machine (TRAPS 13)."""
        alone = self.preferences[0] if len(self.preferences) == 1 and self.count is not None else None
        local = any(each.has_local_storage for each in self.instance_types)
        return given(
            InstanceCount=self.count,
            InstanceType=alone.instance_type.name if alone else None,
            VolumeSizeInGB=self.volume_gib,
            VolumeKmsKeyId=None if local else key_arn,
            InstancePreferences=None
            if alone
            else [given(InstanceType=each.instance_type.name, InstanceCount=each.count) for each in self.preferences],
        )
