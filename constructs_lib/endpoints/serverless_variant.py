"""The variant of a serverless endpoint: a model, the memory of its containers, how many of them run at once."""

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import at_least, one_of, require, whole
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given
from constructs_lib.endpoints.variant_options import model_problem

if TYPE_CHECKING:
    from constructs_lib.models.model_base import ModelBase
# botocore's model has the ends of the range and not the step; the words of the API reference have it.
_MEMORY_MB = (1024, 2048, 3072, 4096, 5120, 6144)


@dataclass(frozen=True, slots=True)
class ServerlessVariant:
    """A model that runs when it is asked, and is paid for by the millisecond.

    Attributes:
        name: Letters, digits and dashes, at most 63.
        model: What it serves: a single container without a GPU.
        memory_mb: Memory of each container in MB: 1024, 2048, 3072, 4096, 5120 or 6144.
        max_concurrency: Invocations served at once, 1 to 200.
        provisioned_concurrency: Invocations that warm containers wait for, 1 to `max_concurrency`; None keeps none.
        weight: Its share of the traffic; there is no other variant to share with, so it seldom matters.

    Raises:
        ConfigurationError: A field is outside of these ranges; every such field is listed.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html
    """

    name: str
    model: "ModelBase"
    _: KW_ONLY
    memory_mb: int
    max_concurrency: int
    provisioned_concurrency: int | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        provisioned = self.provisioned_concurrency
        counts = (
            whole("max_concurrency", self.max_concurrency, 1),
            whole("provisioned_concurrency", provisioned, 1) if provisioned is not None else None,
        )
        subject = f"ServerlessVariant {self.name!r}"
        require(subject, field_problems(self), model_problem("model", self.model))
        require(
            subject,
            one_of("memory_mb", self.memory_mb, _MEMORY_MB),
            *counts,
            None
            if any(counts)
            else at_least("max_concurrency", self.max_concurrency, "provisioned_concurrency", provisioned),
        )

    def render(self) -> dict[str, Any]:
        """The member of `ProductionVariants`."""
        return {
            "VariantName": self.name,
            "ModelName": self.model.model_name,
            "InitialVariantWeight": self.weight,
            "ServerlessConfig": given(
                MemorySizeInMB=self.memory_mb,
                MaxConcurrency=self.max_concurrency,
                ProvisionedConcurrency=self.provisioned_concurrency,
            ),
        }
