"""One variant of an endpoint: a model on machines, with its share of the traffic."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import is_a, require
from constructs_lib.compute.instance_type import InstanceType

if TYPE_CHECKING:
    from constructs_lib.models.model import Model


@dataclass(frozen=True, slots=True, eq=False)
class ProductionVariant:
    """A model on a number of equal machines.

    Attributes:
        name: Letters, digits and dashes, at most 63; unique in the endpoint. It stays over updates, because traffic,
            metrics and scaling hang on it.
        model: What it serves.
        instance_type: The machines.
        count: How many there are at first, at least 1; scaling takes over from there.
        weight: Its share of the traffic, against the sum of all weights; 0 gets none.

    Raises:
        ConfigurationError: The model or the instance type is a text; the construct is needed, or `InstanceType(…)`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
    """

    name: str
    model: "Model"
    instance_type: InstanceType
    count: int = 1
    weight: float = 1.0

    def __post_init__(self) -> None:
        has_model = hasattr(self.model, "model_name")
        require(
            f"ProductionVariant {self.name!r}",
            None if has_model else f"model must be a Model construct, got {self.model!r}",
            is_a("instance_type", self.instance_type, InstanceType, "such as InstanceType('ml.m5.xlarge')"),
        )

    def render(self) -> dict[str, Any]:
        """The member of `ProductionVariants`."""
        return {
            "VariantName": self.name,
            "ModelName": self.model.model_name,
            "InstanceType": self.instance_type.name,
            "InitialInstanceCount": self.count,
            "InitialVariantWeight": self.weight,
        }
