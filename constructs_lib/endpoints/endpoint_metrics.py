"""The CloudWatch metrics of an endpoint: a class for each kind of endpoint, with what that kind publishes."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Unpack, cast

from aws_cdk.aws_cloudwatch import Metric
from constructs import IConstruct

from constructs_lib._internal.checks import is_token, one_of, require
from constructs_lib.endpoints.metric import MetricOptions, make_metric


class EndpointMetrics:
    """Any metric of an endpoint, by its name; for a construct that has an `endpoint_name`."""

    @property
    @abstractmethod
    def endpoint_name(self) -> str:
        """The name that its metrics bear."""

    # The endpoint's variants, where they are known: a metric of a variant that is not there never has data.
    _variant_names: Sequence[str] = ()

    def metric(
        self,
        name: str,
        *,
        variant: str | None = None,
        container: str | None = None,
        namespace: str | None = None,
        **options: Unpack[MetricOptions],
    ) -> Metric:
        """A metric that SageMaker publishes for this endpoint.

        Args:
            name: As CloudWatch spells it, such as `ModelLatency`.
            variant: The variant; left out where a metric belongs to the whole endpoint.
            container: The container, by its host name; only where several containers are invoked one by one or in a
                row.
            namespace: `AWS/SageMaker` or `/aws/sagemaker/Endpoints`; found by the name unless given. In a namespace of
                your own any name is right.
            **options: Statistic, period, label and color.

        Raises:
            ConfigurationError: There is no such metric or variant, or the metric comes with other dimensions.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
        """
        dimensions: dict[str, str] = {"EndpointName": self.endpoint_name}
        if variant is not None:
            dimensions["VariantName"] = self._known(variant)
        if container is not None:
            dimensions["ContainerName"] = container
        return make_metric(self, name, dimensions, namespace, **options)

    def _of_variant(self, name: str, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        dimensions = {"EndpointName": self.endpoint_name, "VariantName": self._known(variant)}
        return make_metric(self, name, dimensions, **options)

    def _of_container(self, name: str, variant: str, container: str, **options: Unpack[MetricOptions]) -> Metric:
        dimensions = {"EndpointName": self.endpoint_name, "VariantName": self._known(variant)}
        return make_metric(self, name, {**dimensions, "ContainerName": container}, **options)

    def _known(self, variant: str) -> str:
        if self._variant_names and isinstance(variant, str) and not is_token(variant):
            subject = f"metric of {cast(IConstruct, self).node.path}"
            require(subject, one_of("variant", variant, self._variant_names))
        return variant


class _AnswerMetrics(EndpointMetrics):
    """What every endpoint publishes whose variants have models."""

    def metric_invocation_4xx_errors(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that the model answered with a 4xx status; a count, or with `Average` the share."""
        return self._of_variant("Invocation4XXErrors", variant, **options)

    def metric_invocation_5xx_errors(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that the model answered with a 5xx status; a count, or with `Average` the share."""
        return self._of_variant("Invocation5XXErrors", variant, **options)

    def metric_model_latency(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time until the model has answered, with the way to the container and back; microseconds."""
        return self._of_variant("ModelLatency", variant, **options)


class _RequestMetrics(_AnswerMetrics):
    """What endpoints publish whose caller waits."""

    def metric_invocations(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests sent to the variant; a count."""
        return self._of_variant("Invocations", variant, **options)

    def metric_overhead_latency(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time that SageMaker adds to the model's own; microseconds. A cold start is part of it."""
        return self._of_variant("OverheadLatency", variant, **options)


class _MemoryMetrics(EndpointMetrics):
    """What every endpoint publishes about its machines."""

    def metric_memory_utilization(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Memory used by the containers; percent, 0 to 100."""
        return self._of_variant("MemoryUtilization", variant, **options)


class _MachineMetrics(_MemoryMetrics):
    """What endpoints publish about machines of their own."""

    def metric_cpu_utilization(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Use of all cores added up; percent, 0 to 100 times their number."""
        return self._of_variant("CPUUtilization", variant, **options)

    def metric_gpu_utilization(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Use of all GPUs added up; percent, 0 to 100 times their number."""
        return self._of_variant("GPUUtilization", variant, **options)

    def metric_gpu_memory_utilization(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Memory used on all GPUs added up; percent, 0 to 100 times their number."""
        return self._of_variant("GPUMemoryUtilization", variant, **options)

    def metric_disk_utilization(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Disk space used by the containers; percent, 0 to 100."""
        return self._of_variant("DiskUtilization", variant, **options)


class _WaitingMetrics(_RequestMetrics, _MachineMetrics):
    """What endpoints publish that have machines and a caller who waits."""

    def metric_invocations_per_instance(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that each machine gets; a count. What a variant's machines are usually scaled on."""
        return self._of_variant("InvocationsPerInstance", variant, **options)

    def metric_invocation_model_errors(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests without a 2xx answer, with broken connections and timeouts; a count, or with `Average` the share."""
        return self._of_variant("InvocationModelErrors", variant, **options)


class RealTimeMetrics(_WaitingMetrics):
    """The metrics of an endpoint that answers while the caller waits."""

    def metric_concurrent_requests_per_model(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests under way at once, with those that queue in the container; a count, every ten seconds."""
        return self._of_variant("ConcurrentRequestsPerModel", variant, **options)

    def metric_explanations_per_instance(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Explanations that each machine makes, of an endpoint with online explanations; a count."""
        return self._of_variant("ExplanationsPerInstance", variant, **options)

    def metric_mid_stream_errors(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Errors after the answer began to stream; a count. Without any there is no data."""
        return self._of_variant("MidStreamErrors", variant, **options)

    def metric_first_chunk_latency(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time until the first part of a streamed answer reaches the caller; microseconds."""
        return self._of_variant("FirstChunkLatency", variant, **options)

    def metric_first_chunk_model_latency(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """The model's share of the time to the first part of a streamed answer; microseconds."""
        return self._of_variant("FirstChunkModelLatency", variant, **options)

    def metric_first_chunk_overhead_latency(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """SageMaker's share of the time to the first part of a streamed answer; microseconds."""
        return self._of_variant("FirstChunkOverheadLatency", variant, **options)


class MultiModelMetrics(_WaitingMetrics):
    """The metrics of an endpoint that loads its models when they are asked for."""

    def metric_model_loading_wait_time(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time that a request waits for its model to be downloaded and loaded; microseconds."""
        return self._of_variant("ModelLoadingWaitTime", variant, **options)

    def metric_model_downloading_time(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time to download a model from S3; microseconds."""
        return self._of_variant("ModelDownloadingTime", variant, **options)

    def metric_model_loading_time(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the container takes to load a model; microseconds."""
        return self._of_variant("ModelLoadingTime", variant, **options)

    def metric_model_unloading_time(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time that the container takes to unload a model; microseconds."""
        return self._of_variant("ModelUnloadingTime", variant, **options)

    def metric_model_cache_hit(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Share of the requests whose model was loaded already, 0 to 1; with `Sum` their count."""
        return self._of_variant("ModelCacheHit", variant, **options)

    def metric_loaded_model_count(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Models loaded on a machine; with `Sum` on all machines, a model counted once for each."""
        return self._of_variant("LoadedModelCount", variant, **options)


class _ContainersMetrics(_WaitingMetrics):
    """What endpoints publish that have several containers on a machine."""

    def metric_container_latency(self, variant: str, container: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time until one container has answered; microseconds."""
        return self._of_container("ContainerLatency", variant, container, **options)


class PipelineMetrics(_ContainersMetrics):
    """The metrics of an endpoint whose containers pass a request on in a row."""


class ContainerMetrics(_ContainersMetrics):
    """The metrics of an endpoint whose containers are invoked one by one.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-container-metrics.html
    """

    def metric_container_invocations(self, variant: str, container: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests sent to one container; a count."""
        return self._of_container("Invocations", variant, container, **options)

    def metric_container_invocation_4xx_errors(
        self, variant: str, container: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests that one container answered with a 4xx status; a count, or with `Average` the share."""
        return self._of_container("Invocation4XXErrors", variant, container, **options)

    def metric_container_invocation_5xx_errors(
        self, variant: str, container: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests that one container answered with a 5xx status; a count, or with `Average` the share."""
        return self._of_container("Invocation5XXErrors", variant, container, **options)

    def metric_container_overhead_latency(
        self, variant: str, container: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Time that SageMaker adds to one container's own; microseconds."""
        return self._of_container("OverheadLatency", variant, container, **options)

    def metric_container_cpu_utilization(
        self, variant: str, container: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Use of all cores by one container; percent, 0 to 100 times their number."""
        return self._of_container("CPUUtilization", variant, container, **options)

    def metric_container_memory_utilization(
        self, variant: str, container: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Memory used by one container; percent, 0 to 100."""
        return self._of_container("MemoryUtilization", variant, container, **options)


class ServerlessMetrics(_RequestMetrics, _MemoryMetrics):
    """The metrics of a serverless endpoint; the guide calls its list of them exhaustive.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
    """

    def metric_model_setup_time(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time to start new compute resources; microseconds."""
        return self._of_variant("ModelSetupTime", variant, **options)

    def metric_serverless_concurrent_executions_utilization(
        self, variant: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests under way as a share of the maximum concurrency, 0 to 1."""
        return self._of_variant("ServerlessConcurrentExecutionsUtilization", variant, **options)

    def metric_serverless_provisioned_concurrency_executions(
        self, variant: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests under way on provisioned concurrency; a count."""
        return self._of_variant("ServerlessProvisionedConcurrencyExecutions", variant, **options)

    def metric_serverless_provisioned_concurrency_utilization(
        self, variant: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests under way as a share of the provisioned concurrency, 0 to 1."""
        return self._of_variant("ServerlessProvisionedConcurrencyUtilization", variant, **options)

    def metric_serverless_provisioned_concurrency_invocations(
        self, variant: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests that provisioned concurrency served; a count."""
        return self._of_variant("ServerlessProvisionedConcurrencyInvocations", variant, **options)

    def metric_serverless_provisioned_concurrency_spillover_invocations(
        self, variant: str, **options: Unpack[MetricOptions]
    ) -> Metric:
        """Requests that provisioned concurrency had no room for, served on demand; a count."""
        return self._of_variant("ServerlessProvisionedConcurrencySpilloverInvocations", variant, **options)


class AsyncMetrics(_AnswerMetrics, _MachineMetrics):
    """The metrics of an asynchronous endpoint; it has no `Invocations`, of any kind (TRAPS 21).

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
    """

    def _of_queue(self, name: str, **options: Unpack[MetricOptions]) -> Metric:
        return make_metric(self, name, {"EndpointName": self.endpoint_name}, **options)

    def metric_approximate_backlog_size(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that wait or are being processed; a count."""
        return self._of_queue("ApproximateBacklogSize", **options)

    def metric_approximate_backlog_size_per_instance(self, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that wait or are being processed, for each machine; a count, and no data without machines."""
        return self._of_queue("ApproximateBacklogSizePerInstance", **options)

    def metric_approximate_age_of_oldest_request(self, **options: Unpack[MetricOptions]) -> Metric:
        """Age of the oldest request in the queue; seconds."""
        return self._of_queue("ApproximateAgeOfOldestRequest", **options)

    def metric_has_backlog_without_capacity(self, **options: Unpack[MetricOptions]) -> Metric:
        """1 while requests wait and there is no machine, otherwise 0; what wakes the endpoint from zero."""
        return self._of_queue("HasBacklogWithoutCapacity", **options)

    def metric_invocations_processed(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that were processed; a count."""
        return self._of_variant("InvocationsProcessed", variant, **options)

    def metric_invocation_failures(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that failed for any reason; a count."""
        return self._of_variant("InvocationFailures", variant, **options)

    def metric_expired_requests(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that waited longer than they may; a count."""
        return self._of_variant("ExpiredRequests", variant, **options)

    def metric_request_download_failures(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Requests that could not be read from S3; a count."""
        return self._of_variant("RequestDownloadFailures", variant, **options)

    def metric_response_upload_failures(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Answers that could not be written to S3; a count."""
        return self._of_variant("ResponseUploadFailures", variant, **options)

    def metric_notification_failures(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Notifications that could not be published; a count."""
        return self._of_variant("NotificationFailures", variant, **options)

    def metric_request_download_latency(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time to read a request from S3; microseconds."""
        return self._of_variant("RequestDownloadLatency", variant, **options)

    def metric_response_upload_latency(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time to write an answer to S3; microseconds."""
        return self._of_variant("ResponseUploadLatency", variant, **options)

    def metric_time_in_backlog(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time that a request waited before it was processed; microseconds."""
        return self._of_variant("TimeInBacklog", variant, **options)

    def metric_total_processing_time(self, variant: str, **options: Unpack[MetricOptions]) -> Metric:
        """Time from the request's arrival to the end of its processing; milliseconds, unlike the others."""
        return self._of_variant("TotalProcessingTime", variant, **options)
