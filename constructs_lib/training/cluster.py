"""The machines of a job: equal ones, or groups of different ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import is_a, is_token, require, unique
from constructs_lib._internal.kinds import field_problems
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.training.machines import InstanceGroup as InstanceGroup
from constructs_lib.training.machines import Machines, at_least_one
from constructs_lib.training.placement import InstancePlacement


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster(Machines):
    """Equal machines that run one job together.

    Attributes:
        instance_type: Their type.
        count: How many, at least 1.
        volume_gib: Disk of each, in GiB. It has no meaning on types with NVMe storage of their own, where it may not
            exceed what the machine has.
        keep_alive_seconds: How long the machines wait for the next job that fits them, at your cost (a warm pool):
            0 to 21600; None lets them go at once. Not with managed spot training.
        training_plan_arn: The training plan whose reserved capacity is used.
        placement: Where on UltraServers the machines go.

    Raises:
        ConfigurationError: There is no machine. The API takes a count of 0, but only beside groups of machines.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
    """

    instance_type: InstanceType
    count: int = 1
    volume_gib: int = 30
    keep_alive_seconds: int | None = None
    training_plan_arn: str | None = None
    placement: InstancePlacement | None = None

    def __post_init__(self) -> None:
        require("Cluster", field_problems(self))
        require(
            "Cluster",
            is_a("instance_type", self.instance_type, InstanceType, "such as InstanceType('ml.g5.xlarge')"),
            at_least_one("count", self.count),
        )

    @property
    def instance_types(self) -> tuple[InstanceType, ...]:
        """The one type."""
        return (self.instance_type,)

    @property
    def largest_count(self) -> int:
        """The count."""
        return self.count

    def render(self, volume_key_arn: str | None) -> dict[str, Any]:
        """The `ResourceConfig` member; a key is left out where the disks are part of the machine (TRAPS 13)."""
        config: dict[str, Any] = {
            "InstanceType": self.instance_type.name,
            "InstanceCount": self.count,
            **self._common(self.volume_gib, volume_key_arn),
        }
        if self.placement is not None:
            config["InstancePlacementConfig"] = self.placement.render()
        return config


@dataclass(frozen=True, kw_only=True, slots=True)
class HeterogeneousCluster(Machines):
    """Groups of different machines that run one job together, such as preprocessing on CPUs and training on GPUs.

    There is no warm pool for such a cluster and no managed spot training
    (https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html).

    Attributes:
        instance_groups: 1 to 5 groups; their names differ.
        volume_gib: Disk of each machine, in GiB.
        training_plan_arn: The training plan whose reserved capacity is used.

    Raises:
        ConfigurationError: There is no group, or two have one name.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/train-heterogeneous-cluster.html
    """

    instance_groups: Sequence[InstanceGroup]
    volume_gib: int = 30
    training_plan_arn: str | None = None

    not_spot = "a HeterogeneousCluster"
    keep_alive_seconds = None

    def __post_init__(self) -> None:
        require("HeterogeneousCluster", field_problems(self))
        # Equal and hashable whichever sequence it came in.
        object.__setattr__(self, "instance_groups", tuple(self.instance_groups))
        require(
            "HeterogeneousCluster",
            None if self.instance_groups else "instance_groups must hold at least one group, got none",
            unique("names of the instance_groups", [group.name for group in self.instance_groups]),
        )

    @property
    def groups(self) -> tuple[InstanceGroup, ...]:
        """The groups."""
        return tuple(self.instance_groups)

    @property
    def instance_types(self) -> tuple[InstanceType, ...]:
        """The types of all groups."""
        return tuple(dict.fromkeys(group.instance_type for group in self.instance_groups))

    @property
    def largest_count(self) -> int:
        """The machines of all groups together; the first count that is known at deployment only stands for them."""
        counts = [group.count for group in self.instance_groups]
        return next((count for count in counts if is_token(count)), sum(counts))

    def render(self, volume_key_arn: str | None) -> dict[str, Any]:
        """The `ResourceConfig` member."""
        groups = [
            {
                "InstanceGroupName": group.name,
                "InstanceType": group.instance_type.name,
                "InstanceCount": group.count,
            }
            for group in self.instance_groups
        ]
        return {"InstanceGroups": groups, **self._common(self.volume_gib, volume_key_arn)}
