"""The settings of SageMaker's model parallelism library, version 2."""

from dataclasses import dataclass, fields
from typing import Any

from constructs_lib._internal.checks import at_least, is_token, require
from constructs_lib._internal.kinds import field_problems


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelParallel:
    """The `mp_parameters` of the library; None keeps its default.

    Attributes:
        hybrid_shard_degree: Over how many devices the parameters are sharded; 0 leaves it to the library.
        sm_activation_offloading: Whether activations are moved to the memory of the machine.
        activation_loading_horizon: How many layers' activations may be on the device at once, at least 1.
        fsdp_cache_flush_warnings: Whether flushes of PyTorch's memory cache are reported.
        allow_empty_shards: Whether a shard may be empty where a tensor cannot be divided.
        tensor_parallel_degree: Over how many devices a tensor is split, at least 1.
        context_parallel_degree: Over how many devices the context is split, at least 1, at most
            `hybrid_shard_degree`.
        expert_parallel_degree: Over how many devices experts are split, at least 1.
        random_seed: For the random operations of the library.

    Raises:
        ConfigurationError: A degree is out of its range; every such field is listed.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-model-parallel-v2-reference.html
    """

    hybrid_shard_degree: int | None = None
    sm_activation_offloading: bool | None = None
    activation_loading_horizon: int | None = None
    fsdp_cache_flush_warnings: bool | None = None
    allow_empty_shards: bool | None = None
    tensor_parallel_degree: int | None = None
    context_parallel_degree: int | None = None
    expert_parallel_degree: int | None = None
    random_seed: int | None = None

    def __post_init__(self) -> None:
        require("ModelParallel", field_problems(self))
        lowest = {
            "hybrid_shard_degree": 0,
            "activation_loading_horizon": 1,
            "tensor_parallel_degree": 1,
            "context_parallel_degree": 1,
            "expert_parallel_degree": 1,
        }
        require(
            "ModelParallel",
            *(_not_below(name, getattr(self, name), low) for name, low in lowest.items()),
            # 0 lets the library choose the degree, which may then be large enough.
            at_least(
                "hybrid_shard_degree",
                self.hybrid_shard_degree or None,
                "context_parallel_degree",
                self.context_parallel_degree,
            ),
        )

    def render(self) -> dict[str, Any]:
        """The value of the hyperparameter `mp_parameters`, before it is encoded."""
        values = {name.name: getattr(self, name.name) for name in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


def _not_below(field: str, value: int | None, low: int) -> str | None:
    if value is None or is_token(value) or value >= low:
        return None
    return f"{field} must be at least {low}, got {value}"
