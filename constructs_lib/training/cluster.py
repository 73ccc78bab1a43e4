"""The machines of a job."""

from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import is_token, require
from constructs_lib.compute.instance_type import InstanceType


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """Equal machines that run one job together.

    Attributes:
        instance_type: Their type.
        count: How many, at least 1.
        volume_gib: Disk of each, in GiB. It has no meaning on types with NVMe storage of their own, where it may not
            exceed what the machine has.

    Raises:
        ConfigurationError: There is no machine. The API takes a count of 0, but only beside groups of machines.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
    """

    instance_type: InstanceType
    count: int = 1
    volume_gib: int = 30

    def __post_init__(self) -> None:
        require(
            "Cluster",
            None if is_token(self.count) or self.count >= 1 else f"count must be at least 1, got {self.count}",
        )

    def render(self, volume_key_arn: str | None) -> dict[str, Any]:
        """The `ResourceConfig` member; a key is left out where the disks are part of the machine (TRAPS 13)."""
        config: dict[str, Any] = {
            "InstanceType": self.instance_type.name,
            "InstanceCount": self.count,
            "VolumeSizeInGB": self.volume_gib,
        }
        if volume_key_arn is not None and not self.instance_type.has_local_storage:
            config["VolumeKmsKeyId"] = volume_key_arn
        return config
