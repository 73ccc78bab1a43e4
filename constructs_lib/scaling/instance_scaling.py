"""Scales the machines of a variant that answers while the caller waits."""

from typing import ClassVar, Self, Unpack

from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib.scaling.options import SuspendedState, TrackingOptions
from constructs_lib.scaling.scaling import Scaling

_INSTANCES = "/aws/sagemaker/Endpoints"


class InstanceScaling(Scaling):
    """The machines of one variant: what asynchronous and waiting endpoints share."""

    _dimension: ClassVar[str] = "sagemaker:variant:DesiredInstanceCount"

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
        """Register the variant; an endpoint's `auto_scale` does it.

        Args:
            scope: The parent construct.
            id: The id in it: the variant's name.
            endpoint_name: The endpoint's name as its attribute, so that it is there before its target (TRAPS 5).
            variant: The variant's name.
            min_capacity: Machines that are always there.
            max_capacity: The most machines, not below `min_capacity`.
            suspended: What is left alone; None scales.

        Raises:
            ConfigurationError: The capacities are not possible; both are listed.
        """
        require((scope, id), argument_problems(InstanceScaling.__init__, locals()))
        self._of_variant = {"EndpointName": endpoint_name, "VariantName": variant}
        super().__init__(
            scope,
            id,
            resource_id=f"endpoint/{endpoint_name}/variant/{variant}",
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            suspended=suspended,
        )

    def scale_on_cpu_utilization(self, *, percent: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean use of the machines' cores at *percent*, above 0 and 100 for each core (`CPUUtilization`).

        The metric adds the cores up: half of four cores is 200.
        """
        return self._use("CpuUtilization", "CPUUtilization", percent, None, options)

    def scale_on_memory_utilization(self, *, percent: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean use of memory at *percent*, above 0 to 100 (`MemoryUtilization`)."""
        return self._use("MemoryUtilization", "MemoryUtilization", percent, 100, options)

    def scale_on_gpu_utilization(self, *, percent: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean use of the machines' GPUs at *percent*, above 0 and 100 for each GPU (`GPUUtilization`)."""
        return self._use("GpuUtilization", "GPUUtilization", percent, None, options)

    def scale_on_gpu_memory_utilization(self, *, percent: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean use of GPU memory at *percent*, above 0 and 100 for each GPU (`GPUMemoryUtilization`)."""
        return self._use("GpuMemoryUtilization", "GPUMemoryUtilization", percent, None, options)

    def scale_on_model_latency(self, *, milliseconds: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean time of the container's answer at *milliseconds*, above 0 (`ModelLatency`).

        Latency rises late and steeply: a metric of load reacts earlier.
        """
        metric = self._customized("AWS/SageMaker", "ModelLatency", self._of_variant)
        # The metric counts in microseconds.
        return self._track("ModelLatency", metric, "milliseconds", milliseconds, options, factor=1000)

    def _use(self, id: str, metric_name: str, percent: float, most: float | None, options: TrackingOptions) -> Self:
        metric = self._customized(_INSTANCES, metric_name, self._of_variant)
        return self._track(id, metric, "percent", percent, options, most=most)


class VariantScaling(InstanceScaling):
    """The machines of a variant that answers while the caller waits; `endpoint.auto_scale("blue", …)` makes it."""

    _fewest: ClassVar[int] = 1
    _why_fewest: ClassVar[str] = (
        "a variant that answers while the caller waits cannot scale to zero; an AsyncEndpoint and the components of an "
        "InferenceComponentEndpoint can (TRAPS 22)"
    )

    def scale_on_invocations(self, *, per_minute: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the requests that each machine serves at *per_minute*.

        Args:
            per_minute: Requests a machine and a minute, above 0: half of what one machine can take leaves time to grow.
            options: Cooldowns and `disable_scale_in`, see `TrackingOptions`.

        Returns:
            This target, for another policy.

        Raises:
            ConfigurationError: A number is out of range; all are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html
        """
        metric = self._predefined("SageMakerVariantInvocationsPerInstance")
        return self._track("Invocations", metric, "per_minute", per_minute, options)

    def scale_on_concurrency(
        self, *, per_instance: float, high_resolution: bool = True, **options: Unpack[TrackingOptions]
    ) -> Self:
        """Hold the requests under way on each machine at *per_instance*, above 0.

        Args:
            per_instance: Requests that a machine works on or that wait for it.
            high_resolution: Look each ten seconds, with alarms of high resolution, which cost more: load is seen a
                minute or two earlier. False looks each minute.
            options: Cooldowns and `disable_scale_in`, see `TrackingOptions`.

        Returns:
            This target, for another policy.

        Raises:
            ConfigurationError: A number is out of range; all are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-policy.html
        """
        metric = self._concurrency(
            high_resolution,
            "SageMakerVariantConcurrentRequestsPerModelHighResolution",
            "ConcurrentRequestsPerModel",
            self._of_variant,
        )
        return self._track("Concurrency", metric, "per_instance", per_instance, options)
