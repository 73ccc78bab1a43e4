"""Scales the provisioned concurrency of a serverless endpoint."""

from typing import ClassVar, Self, Unpack

from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib.scaling.options import SuspendedState, TrackingOptions
from constructs_lib.scaling.scaling import Scaling


class ConcurrencyScaling(Scaling):
    """The warm containers of a serverless endpoint; `endpoint.auto_scale(…)` makes it.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html
    """

    _dimension: ClassVar[str] = "sagemaker:variant:DesiredProvisionedConcurrency"
    _fewest: ClassVar[int] = 1
    _why_fewest: ClassVar[str] = (
        "a serverless endpoint that keeps no container warm has nothing to scale: leave provisioned_concurrency out"
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoint_name: str,
        variant: str,
        min_capacity: int,
        max_capacity: int,
        suspended: SuspendedState | None = None,
    ) -> None:
        """Register the variant; `endpoint.auto_scale` does it.

        Args:
            scope: The parent construct.
            id: The id in it: the variant's name.
            endpoint_name: The endpoint's name as its attribute (TRAPS 5).
            variant: The variant's name.
            min_capacity: Warm containers that are always there, at least 1.
            max_capacity: The most of them, at most the variant's `max_concurrency`.
            suspended: What is left alone; None scales.

        Raises:
            ConfigurationError: The capacities are not possible; both are listed.
        """
        require((scope, id), argument_problems(ConcurrencyScaling.__init__, locals()))
        super().__init__(
            scope,
            id,
            resource_id=f"endpoint/{endpoint_name}/variant/{variant}",
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            suspended=suspended,
        )

    def scale_on_utilization(self, *, percent: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the use of the warm containers at *percent*, above 0 to 100."""
        # The metric is a share between 0 and 1.
        metric = self._predefined("SageMakerVariantProvisionedConcurrencyUtilization")
        return self._track("Utilization", metric, "percent", percent, options, factor=0.01, most=100)
