"""What a tuning job launches: a training job, with ranges in place of some hyperparameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import has, is_token, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.training.parameter_ranges import ParameterRange
from constructs_lib.training.tuning_strategy import TuningObjective

if TYPE_CHECKING:
    from constructs_lib.training.training_job import TrainingJob


@dataclass(frozen=True, kw_only=True, slots=True)
class TuningInstanceConfig:
    """Machines that the training jobs of a tuning job may run on.

    Attributes:
        instance_type: Their type.
        count: How many, at least 1.
        volume_gib: Disk of each, in GiB.

    Raises:
        ConfigurationError: There is no machine.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningInstanceConfig.html
    """

    instance_type: InstanceType
    count: int = 1
    volume_gib: int = 30

    def __post_init__(self) -> None:
        require("TuningInstanceConfig", field_problems(self))
        problem = None if is_token(self.count) or self.count >= 1 else f"count must be at least 1, got {self.count}"
        require("TuningInstanceConfig", problem)

    def render(self) -> dict[str, Any]:
        """The member of `InstanceConfigs`."""
        return {
            "InstanceType": self.instance_type.name,
            "InstanceCount": self.count,
            "VolumeSizeInGB": self.volume_gib,
        }


@dataclass(frozen=True, kw_only=True)
class TuningDefinition:
    """A training job that a tuning job launches again and again, each time with other values.

    Attributes:
        job: The training job. Its hyperparameters stay as they are; its name plays no part. What a tuning job cannot
            launch (an experiment, debugger rules, tags of its own, …) is refused.
        objective: The metric by which the jobs are compared.
        ranges: Hyperparameter to the values tried for it; none of them among the job's own hyperparameters.
        name: Tells several definitions apart; None takes the job's id.
        instances: Machines in the order of preference, at most 6, in place of the job's own cluster: where the first
            are not to be had, the next are taken. Where there are several, they encrypt what they say to each other
            unless the job has `inter_container_encryption=False`. Empty keeps the cluster.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobDefinition.html
    """

    job: "TrainingJob"
    objective: TuningObjective
    ranges: Mapping[str, ParameterRange] = field(default_factory=dict)
    name: str | None = None
    instances: Sequence[TuningInstanceConfig] = ()

    def __post_init__(self) -> None:
        job = self.job
        require(
            "TuningDefinition",
            has("job", job, "image", "a TrainingJob", optional=False),
            field_problems(self),
        )
