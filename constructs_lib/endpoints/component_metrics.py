"""The CloudWatch metrics of inference components and of the endpoints that host them."""

from typing import Unpack

from aws_cdk.aws_cloudwatch import Metric

from constructs_lib.contract.published_metrics import COMPONENTS, INVOCATIONS
from constructs_lib.endpoints.endpoint_metrics import _MachineMetrics
from constructs_lib.endpoints.metric import MetricOptions, make_metric


class ComponentHostMetrics(_MachineMetrics):
    """The metrics of an endpoint that hosts inference components: its machines; requests are the components'."""

    def metric_cpu_reservation(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Cores that components reserve; percent of the machine, 0 to 100."""
        return self._of_variant("CPUReservation", variant, **options)

    def metric_memory_reservation(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Memory that components reserve; percent of the machine, 0 to 100."""
        return self._of_variant("MemoryReservation", variant, **options)

    def metric_gpu_reservation(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """GPUs that components reserve; percent of the machine, 0 to 100."""
        return self._of_variant("GPUReservation", variant, **options)

    def metric_cpu_utilization_normalized(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Use of all cores; percent, 0 to 100 whatever their number."""
        return self._of_variant("CPUUtilizationNormalized", variant, **options)

    def metric_gpu_utilization_normalized(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Use of all GPUs; percent, 0 to 100 whatever their number."""
        return self._of_variant("GPUUtilizationNormalized", variant, **options)

    def metric_gpu_memory_utilization_normalized(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Memory used on all GPUs; percent, 0 to 100 whatever their number."""
        return self._of_variant("GPUMemoryUtilizationNormalized", variant, **options)


class InferenceComponentMetrics:
    """The metrics of an inference component; for a construct that has an `inference_component_name`.

    CloudWatch knows them by the component alone, without endpoint and variant.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
    """

    inference_component_name: str

    def metric(self, name: str, *, namespace: str | None = None, **options: Unpack[MetricOptions]) -> Metric:
        """A metric that SageMaker publishes for this component.

        Args:
            name: As CloudWatch spells it, such as `ModelLatency`.
            namespace: `AWS/SageMaker` or `/aws/sagemaker/InferenceComponents`; found by the name unless given. With a
                namespace of your own, any name is right.
            **options: Statistic, period, label and color.

        Raises:
            ConfigurationError: There is no such metric, or it is none of components.
        """
        dimensions = {"InferenceComponentName": self.inference_component_name}
        return make_metric(self, name, dimensions, namespace, **options)

    def metric_invocations(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests sent to the component; a count."""
        return self.metric("Invocations", namespace=INVOCATIONS, **options)

    def metric_invocations_per_copy(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that each copy gets; a count. What copies are usually scaled on."""
        return self.metric("InvocationsPerCopy", namespace=INVOCATIONS, **options)

    def metric_concurrent_requests_per_copy(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests under way at once on each copy, with those that queue in it; a count, every ten seconds."""
        return self.metric("ConcurrentRequestsPerCopy", namespace=INVOCATIONS, **options)

    def metric_no_capacity_invocation_failures(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests refused because there is no copy; a count. What wakes the component from zero (TRAPS 23)."""
        return self.metric("NoCapacityInvocationFailures", namespace=INVOCATIONS, **options)

    def metric_invocation_4xx_errors(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that the model answered with a 4xx status; a count, or with `Average` the share."""
        return self.metric("Invocation4XXErrors", namespace=INVOCATIONS, **options)

    def metric_invocation_5xx_errors(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that the model answered with a 5xx status; a count, or with `Average` the share."""
        return self.metric("Invocation5XXErrors", namespace=INVOCATIONS, **options)

    def metric_invocation_model_errors(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests without a 2xx answer, with broken connections and timeouts; a count, or with `Average` the share."""
        return self.metric("InvocationModelErrors", namespace=INVOCATIONS, **options)

    def metric_model_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time until the model has answered, with the way to the container and back; microseconds."""
        return self.metric("ModelLatency", namespace=INVOCATIONS, **options)

    def metric_overhead_latency(self, **options: Unpack[MetricOptions]) -> Metric:
        """Time that SageMaker adds to the model's own; microseconds."""
        return self.metric("OverheadLatency", namespace=INVOCATIONS, **options)

    def metric_cpu_utilization_normalized(self, **options: Unpack[MetricOptions]) -> Metric:
        """Use of the cores that each copy reserves; percent, 0 to 100."""
        return self.metric("CPUUtilizationNormalized", namespace=COMPONENTS, **options)

    def metric_memory_utilization_normalized(self, **options: Unpack[MetricOptions]) -> Metric:
        """Use of the memory that each copy reserves; percent, 0 to 100."""
        return self.metric("MemoryUtilizationNormalized", namespace=COMPONENTS, **options)

    def metric_gpu_utilization_normalized(self, **options: Unpack[MetricOptions]) -> Metric:
        """Use of the GPUs that each copy reserves; percent, 0 to 100."""
        return self.metric("GPUUtilizationNormalized", namespace=COMPONENTS, **options)

    def metric_gpu_memory_utilization_normalized(self, **options: Unpack[MetricOptions]) -> Metric:
        """Use of the memory of the GPUs that each copy reserves; percent, 0 to 100."""
        return self.metric("GPUMemoryUtilizationNormalized", namespace=COMPONENTS, **options)
