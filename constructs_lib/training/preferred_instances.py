"""Machines of the first type in a list that SageMaker has free."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import is_token, require, unique
from constructs_lib._internal.kinds import field_problems
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.training.machines import Machines, at_least_one


@dataclass(frozen=True, kw_only=True, slots=True)
class InstancePreference:
    """One choice of `PreferredInstances`.

    Attributes:
        instance_type: The type.
        count: How many machines if this type is taken; None takes the count of all preferences together.
        training_plan_arn: The training plan whose reserved capacity is used if this type is taken.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePreference.html
    """

    instance_type: InstanceType
    count: int | None = None
    training_plan_arn: str | None = None

    def __post_init__(self) -> None:
        require("InstancePreference", field_problems(self))
        require("InstancePreference", at_least_one("count", self.count))

    def render(self) -> dict[str, Any]:
        """The member of `InstancePreferences`."""
        preference: dict[str, Any] = {"InstanceType": self.instance_type.name}
        if self.count is not None:
            preference["InstanceCount"] = self.count
        if self.training_plan_arn is not None:
            preference["TrainingPlanArns"] = [self.training_plan_arn]
        return preference


@dataclass(frozen=True, kw_only=True, slots=True)
class PreferredInstances(Machines):
    """Equal machines of the first type in a list that SageMaker has free; not with managed spot training.

    Attributes:
        preferences: 1 to 5 types, the most wanted first; each type once.
        count: How many machines, whichever type is taken; None when each preference has a count of its own.
        volume_gib: Disk of each machine, in GiB.
        keep_alive_seconds: As in `Cluster`.
        training_plan_arn: One training plan for all; None when preferences name their own, or for capacity on demand.

    Raises:
        ConfigurationError: There is no preference, a type stands twice, counts are given for some only or twice over,
            or training plans are given in both places.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
    """

    preferences: Sequence[InstancePreference]
    count: int | None = None
    volume_gib: int = 30
    keep_alive_seconds: int | None = None
    training_plan_arn: str | None = None

    not_spot = "PreferredInstances"

    def __post_init__(self) -> None:
        require("PreferredInstances", field_problems(self))
        # Equal and hashable whichever sequence it came in.
        object.__setattr__(self, "preferences", tuple(self.preferences))
        own = [preference.count for preference in self.preferences if preference.count is not None]
        plans = any(preference.training_plan_arn is not None for preference in self.preferences)
        everywhere = len(own) == len(self.preferences)
        counts_fit = not own if self.count is not None else everywhere
        types = [kind.name for kind in self.instance_types if not is_token(kind.name)]
        both = "training_plan_arn must be given for all preferences together or in each, not both"
        require(
            "PreferredInstances",
            None if self.preferences else "preferences must hold at least one instance type, got none",
            unique("instance types of the preferences", types),
            at_least_one("count", self.count),
            None
            if counts_fit
            else "count must be given once for all preferences or in every single one, "
            f"got {'one for all' if self.count is not None else 'none for all'} and {len(own)} of "
            f"{len(self.preferences)} preferences with their own",
            both if plans and self.training_plan_arn is not None else None,
        )

    @property
    def instance_types(self) -> tuple[InstanceType, ...]:
        """The types in their order."""
        return tuple(preference.instance_type for preference in self.preferences)

    @property
    def largest_count(self) -> int:
        """The greatest of the counts."""
        counts = [self.count if preference.count is None else preference.count for preference in self.preferences]
        known = [count for count in counts if count is not None]
        return next((count for count in known if is_token(count)), max(known))

    def render(self, volume_key_arn: str | None) -> dict[str, Any]:
        """The `ResourceConfig` member."""
        together = {} if self.count is None else {"InstanceCount": self.count}
        return {
            "InstancePreferences": [preference.render() for preference in self.preferences],
            **together,
            **self._common(self.volume_gib, volume_key_arn),
        }
