"""The machines that inference components share."""

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import at_least, require, whole
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.endpoints.variant_options import InstancePools, VariantOptions, render_machines


class ScaleInStrategy(StrEnum):
    """Which machines go when there are too many; the values are the API's."""

    IDLE_RELEASE = "IDLE_RELEASE"
    CONSOLIDATION = "CONSOLIDATION"


@dataclass(frozen=True, kw_only=True, slots=True)
class ManagedInstanceScaling:
    """Lets SageMaker hold as many machines as the copies of the components need.

    Attributes:
        min_instance_count: The fewest machines, 0 or more; 0 lets an endpoint without copies have none.
        max_instance_count: The most, at least 1 and not below the fewest.
        scale_in: `IDLE_RELEASE` lets go machines without copies, `CONSOLIDATION` moves copies together first; None is
            SageMaker's default.
        scale_in_maximum_step_size: Machines that consolidation lets go at once, 1 to 100; None is 1.
        scale_in_cooldown_minutes: Rest before consolidation, 5 to 1440; None is 20.

    Raises:
        ConfigurationError: A number is not possible; all are listed.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantManagedInstanceScaling.html
    """

    min_instance_count: int
    max_instance_count: int
    scale_in: ScaleInStrategy | None = None
    scale_in_maximum_step_size: int | None = None
    scale_in_cooldown_minutes: int | None = None

    def __post_init__(self) -> None:
        counts = (
            whole("min_instance_count", self.min_instance_count, 0),
            whole("max_instance_count", self.max_instance_count, 1),
        )
        steps = self.scale_in_maximum_step_size is not None or self.scale_in_cooldown_minutes is not None
        require("ManagedInstanceScaling", field_problems(self))
        require(
            "ManagedInstanceScaling",
            *counts,
            None
            if any(counts)
            else at_least("max_instance_count", self.max_instance_count, "min_instance_count", self.min_instance_count),
            "scale_in must be ScaleInStrategy.CONSOLIDATION where a step size or a cooldown is given, got "
            f"{self.scale_in!r}"
            if steps and self.scale_in is not ScaleInStrategy.CONSOLIDATION
            else None,
        )

    def render(self) -> dict[str, Any]:
        """The `ManagedInstanceScaling` member."""
        policy = given(
            Strategy=self.scale_in.value if self.scale_in is not None else None,
            MaximumStepSize=self.scale_in_maximum_step_size,
            CooldownInMinutes=self.scale_in_cooldown_minutes,
        )
        return given(
            Status="ENABLED",
            MinInstanceCount=self.min_instance_count,
            MaxInstanceCount=self.max_instance_count,
            ScaleInPolicy=policy or None,
        )


@dataclass(frozen=True, slots=True)
class ComponentVariant(VariantOptions):
    """Machines without a model of their own; inference components bring theirs.

    Attributes:
        name: Letters, digits and dashes, at most 63. It stays over updates.
        instance_type: The machines; `InstancePools(…)` for several types of which one is to be had.
        count: How many there are at first, at least 1.
        managed_instance_scaling: Holds as many machines as the copies need; None keeps `count`.

    The other attributes are those of `VariantOptions`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
    """

    name: str
    instance_type: InstanceType | InstancePools
    _: KW_ONLY
    count: int = 1
    managed_instance_scaling: ManagedInstanceScaling | None = None

    def __post_init__(self) -> None:
        pools = self.instance_type.pools if isinstance(self.instance_type, InstancePools) else ()
        require(
            f"ComponentVariant {self.name!r}",
            field_problems(self),
            "instance_type must hold pools without a model, because the components bring theirs"
            if any(pool.model is not None for pool in pools)
            else None,
        )

    def render(self) -> dict[str, Any]:
        """The member of `ProductionVariants`."""
        scaling = self.managed_instance_scaling
        return {
            "VariantName": self.name,
            **render_machines(self.instance_type),
            "InitialInstanceCount": self.count,
            **given(ManagedInstanceScaling=scaling.render() if scaling is not None else None),
            **self.render_options(),
        }
