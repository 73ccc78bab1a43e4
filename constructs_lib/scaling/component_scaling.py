"""Scales the copies of an inference component, to zero and back."""

from typing import ClassVar, Self, Unpack

from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib.scaling.options import SuspendedState, TrackingOptions, WakeUp
from constructs_lib.scaling.scaling import Scaling

_COPIES = "/aws/sagemaker/InferenceComponents"


class ComponentScaling(Scaling):
    """The copies of an inference component; `component.auto_scale(…)` makes it.

    Where the floor is zero, a step policy brings up the first copy as soon as a request has failed for want of one;
    that request and those of the next minutes are lost to their callers. The machines follow by
    `ManagedInstanceScaling`, to zero when its fewest are zero (TRAPS 23).

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html
    """

    _dimension: ClassVar[str] = "sagemaker:inference-component:DesiredCopyCount"
    _fewest: ClassVar[int] = 0

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        inference_component_name: str,
        min_capacity: int,
        max_capacity: int,
        suspended: SuspendedState | None = None,
    ) -> None:
        """Register the component; `component.auto_scale` does it.

        Args:
            scope: The parent construct.
            id: The id in it.
            inference_component_name: Its name; the caller makes the target wait for the component.
            min_capacity: Copies that are always there, 0 or more.
            max_capacity: The most copies, not below `min_capacity`.
            suspended: What is left alone; None scales.

        Raises:
            ConfigurationError: The capacities are not possible; both are listed.
        """
        require((scope, id), argument_problems(ComponentScaling.__init__, locals()))
        self._of_component = {"InferenceComponentName": inference_component_name}
        self._wake_up = WakeUp(
            metric_name="NoCapacityInvocationFailures",
            dimensions=self._of_component,
            statistic="Maximum",
            period_seconds=30,
            periods=1,
            cooldown_seconds=60,
        )
        super().__init__(
            scope,
            id,
            resource_id=f"inference-component/{inference_component_name}",
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            suspended=suspended,
        )

    def scale_on_invocations(self, *, per_minute: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the requests that each copy serves at *per_minute*, above 0.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-policy.html
        """
        metric = self._predefined("SageMakerInferenceComponentInvocationsPerCopy")
        return self._track("Invocations", metric, "per_minute", per_minute, options)

    def scale_on_concurrency(
        self, *, per_copy: float, high_resolution: bool = True, **options: Unpack[TrackingOptions]
    ) -> Self:
        """Hold the requests under way on each copy at *per_copy*, above 0.

        Args:
            per_copy: Requests that a copy works on or that wait for it.
            high_resolution: Look each ten seconds, with alarms of high resolution, which cost more; False looks each
                minute.
            options: Cooldowns and `disable_scale_in`, see `TrackingOptions`.

        Returns:
            This target, for another policy.

        Raises:
            ConfigurationError: A number is out of range; all are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-policy.html
        """
        metric = self._concurrency(
            high_resolution,
            "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
            "ConcurrentRequestsPerCopy",
            self._of_component,
        )
        return self._track("Concurrency", metric, "per_copy", per_copy, options)

    def scale_on_model_latency(self, *, milliseconds: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean time of the container's answer at *milliseconds*, above 0 (`ModelLatency`).

        Latency rises late and steeply: a metric of load reacts earlier.
        """
        metric = self._customized("AWS/SageMaker", "ModelLatency", self._of_component)
        # The metric counts in microseconds.
        return self._track("ModelLatency", metric, "milliseconds", milliseconds, options, factor=1000)

    def scale_on_cpu_utilization(self, *, percent: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean use of the copies' cores at *percent*, above 0 to 100 (`CPUUtilizationNormalized`)."""
        return self._use("CpuUtilization", "CPUUtilizationNormalized", percent, options)

    def scale_on_memory_utilization(self, *, percent: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean use of the copies' memory at *percent*, above 0 to 100 (`MemoryUtilizationNormalized`)."""
        return self._use("MemoryUtilization", "MemoryUtilizationNormalized", percent, options)

    def scale_on_gpu_utilization(self, *, percent: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean use of the copies' GPUs at *percent*, above 0 to 100 (`GPUUtilizationNormalized`)."""
        return self._use("GpuUtilization", "GPUUtilizationNormalized", percent, options)

    def scale_on_gpu_memory_utilization(self, *, percent: float, **options: Unpack[TrackingOptions]) -> Self:
        """Hold the mean use of GPU memory at *percent*, above 0 to 100 (`GPUMemoryUtilizationNormalized`)."""
        return self._use("GpuMemoryUtilization", "GPUMemoryUtilizationNormalized", percent, options)

    def _use(self, id: str, metric_name: str, percent: float, options: TrackingOptions) -> Self:
        metric = self._customized(_COPIES, metric_name, self._of_component)
        return self._track(id, metric, "percent", percent, options, most=100)
