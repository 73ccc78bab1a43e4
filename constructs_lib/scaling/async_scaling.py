"""Scales the machines of an asynchronous endpoint with its queue, to zero and back."""

from typing import ClassVar, Self, Unpack

from constructs import Construct

from constructs_lib.scaling.instance_scaling import InstanceScaling
from constructs_lib.scaling.options import SuspendedState, TrackingOptions, WakeUp


class AsyncScaling(InstanceScaling):
    """The machines of an asynchronous endpoint; `endpoint.auto_scale(…)` makes it.

    Where the floor is zero, a step policy brings up the first machine as soon as a request waits: with no machine there
    is no backlog per instance to track (TRAPS 21). There is no scaling on invocations, because the service publishes
    none of these metrics for asynchronous endpoints.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
    """

    _fewest: ClassVar[int] = 0

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
        """Register the variant; the arguments are those of `InstanceScaling`, and the floor may be zero."""
        # Metrics of the queue know the endpoint and not the variant.
        self._of_endpoint = {"EndpointName": endpoint_name}
        self._wake_up = WakeUp(
            metric_name="HasBacklogWithoutCapacity",
            dimensions=self._of_endpoint,
            statistic="Average",
            period_seconds=60,
            periods=2,
            cooldown_seconds=300,
        )
        super().__init__(
            scope,
            id,
            endpoint_name=endpoint_name,
            variant=variant,
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            suspended=suspended,
        )

    def scale_on_backlog(self, *, per_instance: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the waiting requests for each machine at *per_instance* (`ApproximateBacklogSizePerInstance`).

        Args:
            per_instance: Waiting requests a machine, above 0.
            options: Cooldowns and `disable_scale_in`, see `TrackingOptions`.

        Returns:
            This target, for another policy.

        Raises:
            ConfigurationError: A number is out of range; all are listed.
        """
        metric = self._customized("AWS/SageMaker", "ApproximateBacklogSizePerInstance", self._of_endpoint)
        return self._track("Backlog", metric, "per_instance", per_instance, options)
