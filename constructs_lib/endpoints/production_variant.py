"""One variant of an endpoint: a model on machines, with its share of the traffic."""

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import field_problems
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.endpoints.variant_options import (
    InstancePools,
    VariantOptions,
    model_problem,
    render_machines,
)

if TYPE_CHECKING:
    from constructs_lib.models.model_base import ModelBase


@dataclass(frozen=True, slots=True)
class ProductionVariant(VariantOptions):
    """A model on a number of equal machines.

    Attributes:
        name: Letters, digits and dashes, at most 63; unique in the endpoint. It stays over updates, because traffic,
            metrics and scaling hang on it.
        model: What it serves.
        instance_type: The machines; `InstancePools(…)` for several types of which one is to be had.
        count: How many there are at first, at least 1; scaling takes over from there.
        weight: Its share of the traffic, against the sum of all weights; 0 gets none. A shadow variant gets a copy
            of that share.

    The other attributes are those of `VariantOptions`.

    Raises:
        ConfigurationError: The model or the instance type is a text; the construct is needed, or `InstanceType(…)`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
    """

    name: str
    model: "ModelBase"
    instance_type: InstanceType | InstancePools
    _: KW_ONLY
    count: int = 1
    weight: float = 1.0

    def __post_init__(self) -> None:
        require(f"ProductionVariant {self.name!r}", field_problems(self), model_problem("model", self.model))

    @property
    def models(self) -> tuple["ModelBase", ...]:
        """Every model that it may serve."""
        if not isinstance(self.instance_type, InstancePools):
            return (self.model,)
        others = (pool.model for pool in self.instance_type.pools)
        return (self.model, *(model for model in others if model is not None))

    def render(self) -> dict[str, Any]:
        """The member of `ProductionVariants`."""
        return {
            "VariantName": self.name,
            "ModelName": self.model.model_name,
            **render_machines(self.instance_type),
            "InitialInstanceCount": self.count,
            "InitialVariantWeight": self.weight,
            **self.render_options(),
        }
