"""The metrics that SageMaker hosting publishes, against what the pages say, written down by hand."""

from typing import Any

import pytest

from constructs_lib.contract import service_model
from constructs_lib.contract.published_metrics import (
    METRICS,
    NAMESPACES,
    PREDEFINED,
    EndpointKind,
    dimension_problem,
    metrics_of,
    published,
)

ENDPOINT = {"EndpointName"}
VARIANT = {"EndpointName", "VariantName"}
CONTAINER = {"EndpointName", "VariantName", "ContainerName"}
COMPONENT = {"InferenceComponentName"}

# CloudWatch's, without the sizes and rates: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
UNITS = {"Microseconds", "Milliseconds", "Seconds", "Percent", "Count", "None", ""}


def coarse_dimensions(namespace: str, name: str) -> list[set[str]]:
    metric = published(namespace, name)
    assert metric is not None
    return [set(series.dimensions) for series in metric.series if not series.finer]


class TestList:
    def test_names_each_metric_once(self) -> None:
        keys = [(metric.namespace, metric.name) for metric in METRICS]

        assert len(keys) == len(set(keys)) == 58

    @pytest.mark.parametrize("metric", METRICS, ids=lambda metric: f"{metric.namespace} {metric.name}")
    def test_entry_is_whole(self, metric: Any) -> None:
        assert metric.namespace in NAMESPACES
        assert metric.unit in UNITS
        assert metric.statistic in metric.statistics
        assert metric.page.startswith("https://docs.aws.amazon.com/sagemaker/latest/dg/")
        assert len(metric.dimensions) == len(set(map(frozenset, metric.dimensions)))
        assert not metric.series[0].finer
        assert all(series.kinds for series in metric.series)

    @pytest.mark.parametrize(
        ("namespace", "name", "unit", "statistic", "dimensions"),
        [
            ("AWS/SageMaker", "Invocations", "None", "Sum", [VARIANT, COMPONENT, CONTAINER]),
            ("AWS/SageMaker", "ModelLatency", "Microseconds", "Average", [VARIANT, COMPONENT]),
            ("AWS/SageMaker", "OverheadLatency", "Microseconds", "Average", [VARIANT, COMPONENT, CONTAINER]),
            ("AWS/SageMaker", "ContainerLatency", "Microseconds", "Average", [CONTAINER]),
            ("AWS/SageMaker", "InvocationsPerInstance", "None", "Sum", [VARIANT]),
            ("AWS/SageMaker", "InvocationsPerCopy", "", "Sum", [COMPONENT]),
            ("AWS/SageMaker", "NoCapacityInvocationFailures", "", "Sum", [COMPONENT]),
            ("AWS/SageMaker", "ApproximateBacklogSizePerInstance", "Count", "Average", [ENDPOINT]),
            ("AWS/SageMaker", "HasBacklogWithoutCapacity", "", "Maximum", [ENDPOINT]),
            ("AWS/SageMaker", "ApproximateAgeOfOldestRequest", "Seconds", "Maximum", [ENDPOINT]),
            ("AWS/SageMaker", "InvocationsProcessed", "Count", "Sum", [VARIANT]),
            ("AWS/SageMaker", "TimeInBacklog", "Microseconds", "Average", [VARIANT]),
            ("AWS/SageMaker", "TotalProcessingTime", "Milliseconds", "Average", [VARIANT]),
            ("AWS/SageMaker", "ServerlessProvisionedConcurrencyUtilization", "None", "Maximum", [VARIANT]),
            ("AWS/SageMaker", "ModelCacheHit", "None", "Average", [VARIANT]),
            ("AWS/SageMaker", "FirstChunkLatency", "Microseconds", "Average", [VARIANT]),
            ("/aws/sagemaker/Endpoints", "LoadedModelCount", "None", "Average", [VARIANT]),
            ("/aws/sagemaker/Endpoints", "CPUUtilization", "Percent", "Average", [VARIANT, CONTAINER]),
            ("/aws/sagemaker/Endpoints", "GPUMemoryUtilization", "Percent", "Average", [VARIANT]),
            ("/aws/sagemaker/Endpoints", "CPUUtilizationNormalized", "Percent", "Average", [VARIANT]),
            ("/aws/sagemaker/InferenceComponents", "CPUUtilizationNormalized", "Percent", "Average", [COMPONENT]),
        ],
    )
    def test_says_what_the_page_says(
        self, namespace: str, name: str, unit: str, statistic: str, dimensions: list[set[str]]
    ) -> None:
        metric = published(namespace, name)

        assert metric is not None
        assert (metric.unit, metric.statistic) == (unit, statistic)
        assert coarse_dimensions(namespace, name) == dimensions

    def test_only_concurrent_requests_come_every_ten_seconds(self) -> None:
        fast = {metric.name: metric.seconds for metric in METRICS if metric.seconds != 60}

        assert fast == {"ConcurrentRequestsPerModel": 10, "ConcurrentRequestsPerCopy": 10}

    def test_splits_requests_as_the_page_of_the_finer_dimensions_does(self) -> None:
        by_zone = {"Region", "AvailabilityZone", "InstanceType"}
        requests = published("AWS/SageMaker", "ModelLatency")
        model = published("AWS/SageMaker", "ConcurrentRequestsPerModel")
        copies = published("AWS/SageMaker", "InvocationsPerCopy")

        assert requests is not None and model is not None and copies is not None
        assert [set(series.dimensions) for series in requests.series if series.finer] == [
            VARIANT | {"InstanceId"},
            VARIANT | by_zone,
            VARIANT | COMPONENT | {"InstanceId", "ContainerId"},
            COMPONENT | by_zone,
        ]
        assert [set(series.dimensions) for series in model.series if series.finer] == [VARIANT | by_zone]
        assert [set(series.dimensions) for series in copies.series if series.finer] == [COMPONENT | by_zone]

    def test_does_not_know_a_metric_of_another_namespace(self) -> None:
        assert published("AWS/SageMaker", "CPUUtilization") is None


def names_of(kind: EndpointKind, namespace: str = "AWS/SageMaker") -> set[str]:
    return {metric.name for metric in metrics_of(kind) if metric.namespace == namespace}


class TestKinds:
    def test_trap_21_asynchronous_endpoints_publish_an_exhaustive_list(self) -> None:
        assert names_of(EndpointKind.ASYNCHRONOUS) == {
            "Invocation4XXErrors",
            "Invocation5XXErrors",
            "ModelLatency",
            "ApproximateBacklogSize",
            "ApproximateBacklogSizePerInstance",
            "ApproximateAgeOfOldestRequest",
            "HasBacklogWithoutCapacity",
            "RequestDownloadFailures",
            "ResponseUploadFailures",
            "NotificationFailures",
            "RequestDownloadLatency",
            "ResponseUploadLatency",
            "ExpiredRequests",
            "InvocationFailures",
            "InvocationsProcessed",
            "TimeInBacklog",
            "TotalProcessingTime",
        }

    def test_serverless_endpoints_publish_an_exhaustive_list(self) -> None:
        assert names_of(EndpointKind.SERVERLESS) == {
            "Invocations",
            "Invocation4XXErrors",
            "Invocation5XXErrors",
            "ModelLatency",
            "OverheadLatency",
            "ModelSetupTime",
            "ServerlessConcurrentExecutionsUtilization",
            "ServerlessProvisionedConcurrencyExecutions",
            "ServerlessProvisionedConcurrencyUtilization",
            "ServerlessProvisionedConcurrencyInvocations",
            "ServerlessProvisionedConcurrencySpilloverInvocations",
        }
        assert names_of(EndpointKind.SERVERLESS, "/aws/sagemaker/Endpoints") == {"MemoryUtilization"}

    def test_real_time_endpoints_publish_no_queue_no_setup_and_no_loading(self) -> None:
        assert names_of(EndpointKind.REAL_TIME) == {
            "Invocations",
            "Invocation4XXErrors",
            "Invocation5XXErrors",
            "InvocationModelErrors",
            "ModelLatency",
            "OverheadLatency",
            "InvocationsPerInstance",
            "ConcurrentRequestsPerModel",
            "ExplanationsPerInstance",
            "MidStreamErrors",
            "FirstChunkLatency",
            "FirstChunkModelLatency",
            "FirstChunkOverheadLatency",
        }

    def test_inference_components_publish_requests_without_the_endpoint(self) -> None:
        kind = EndpointKind.INFERENCE_COMPONENT
        coarse = {
            frozenset(series.dimensions)
            for metric in metrics_of(kind)
            for series in metric.series
            if metric.namespace == "AWS/SageMaker" and kind in series.kinds and not series.finer
        }

        assert coarse == {frozenset(COMPONENT)}
        assert len(names_of(kind, "/aws/sagemaker/Endpoints")) == 11
        assert len(names_of(kind, "/aws/sagemaker/InferenceComponents")) == 4

    def test_only_containers_invoked_one_by_one_have_requests_of_their_own(self) -> None:
        def by_container(kind: EndpointKind) -> set[str]:
            return {
                metric.name
                for metric in METRICS
                for series in metric.series
                if kind in series.kinds and set(series.dimensions) == CONTAINER
            }

        assert by_container(EndpointKind.PIPELINE) == {"ContainerLatency"}
        assert by_container(EndpointKind.DIRECT) == {
            "Invocations",
            "Invocation4XXErrors",
            "Invocation5XXErrors",
            "ContainerLatency",
            "OverheadLatency",
            "CPUUtilization",
            "MemoryUtilization",
        }


class TestPredefined:
    def test_are_those_of_the_service(self) -> None:
        known = service_model("application-autoscaling").shape_for("MetricType").enum

        assert set(PREDEFINED) == {name for name in known if name.startswith("SageMaker")}

    @pytest.mark.parametrize("predefined", PREDEFINED.values(), ids=PREDEFINED)
    def test_stand_for_a_metric_of_the_list(self, predefined: Any) -> None:
        assert dimension_problem(predefined.namespace, predefined.name, predefined.dimensions) is None
        dimensions = service_model("application-autoscaling").shape_for("ScalableDimension").enum
        assert predefined.scalable_dimension in dimensions

    def test_say_what_each_one_scales(self) -> None:
        assert {name: (metric.name, metric.scalable_dimension) for name, metric in PREDEFINED.items()} == {
            "SageMakerVariantInvocationsPerInstance": (
                "InvocationsPerInstance",
                "sagemaker:variant:DesiredInstanceCount",
            ),
            "SageMakerVariantConcurrentRequestsPerModelHighResolution": (
                "ConcurrentRequestsPerModel",
                "sagemaker:variant:DesiredInstanceCount",
            ),
            "SageMakerVariantProvisionedConcurrencyUtilization": (
                "ServerlessProvisionedConcurrencyUtilization",
                "sagemaker:variant:DesiredProvisionedConcurrency",
            ),
            "SageMakerInferenceComponentInvocationsPerCopy": (
                "InvocationsPerCopy",
                "sagemaker:inference-component:DesiredCopyCount",
            ),
            "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": (
                "ConcurrentRequestsPerCopy",
                "sagemaker:inference-component:DesiredCopyCount",
            ),
        }


class TestDimensions:
    @pytest.mark.parametrize("metric", METRICS, ids=lambda metric: f"{metric.namespace} {metric.name}")
    def test_every_known_set_is_right_in_any_order(self, metric: Any) -> None:
        for known in metric.dimensions:
            assert dimension_problem(metric.namespace, metric.name, list(reversed(known))) is None

    @pytest.mark.parametrize(
        ("namespace", "name", "dimensions"),
        [
            # The guide lists these without the whole set.
            ("/aws/sagemaker/Endpoints", "GPUUtilization", ["EndpointName", "VariantName", "AcceleratorId"]),
            ("/aws/sagemaker/Endpoints", "GPUUtilization", ["EndpointName", "VariantName", "InstanceId", "GpuId"]),
            ("/aws/sagemaker/InferenceComponents", "GPUUtilizationNormalized", ["InferenceComponentName", "GpuId"]),
            ("AWS/SageMaker", "Invocations", ["EndpointName", "VariantName", "InstanceType"]),
            # Not SageMaker's own.
            ("Shop/Models", "Drift", ["Model"]),
            ("AWS/SageMaker/ModelBuildingPipelines", "ExecutionStarted", ["PipelineName"]),
        ],
    )
    def test_what_no_page_settles_is_taken_as_right(self, namespace: str, name: str, dimensions: list[str]) -> None:
        assert dimension_problem(namespace, name, dimensions) is None

    @pytest.mark.parametrize(
        ("namespace", "name", "dimensions", "words"),
        [
            (
                "/aws/sagemaker/Endpoints",
                "DiskUtilization",
                ["EndpointName"],
                "DiskUtilization of /aws/sagemaker/Endpoints comes with EndpointName and VariantName, got EndpointName",
            ),
            (
                "AWS/SageMaker",
                "ApproximateBacklogSizePerInstance",
                ["VariantName", "EndpointName"],
                "ApproximateBacklogSizePerInstance of AWS/SageMaker comes with EndpointName, "
                "got EndpointName and VariantName",
            ),
            (
                "AWS/SageMaker",
                "Invocations",
                [],
                "Invocations of AWS/SageMaker comes with EndpointName and VariantName, or with InferenceComponentName, "
                "or with EndpointName, VariantName and ContainerName, got none",
            ),
            (
                "AWS/SageMaker",
                "ModelLatency",
                ["EndpointName", "VariantName", "InstanceId", "Colour"],
                "ModelLatency of AWS/SageMaker comes with EndpointName and VariantName, or with "
                "InferenceComponentName, got Colour, EndpointName, InstanceId and VariantName",
            ),
            (
                "AWS/SageMaker",
                "InvocationsProcesssed",
                ["EndpointName"],
                "AWS/SageMaker has no metric 'InvocationsProcesssed'; the nearest is InvocationsProcessed",
            ),
            ("AWS/SageMaker", "Zeal", ["EndpointName"], "AWS/SageMaker has no metric 'Zeal'"),
            (
                "AWS/SageMaker",
                "CPUUtilizationNormalized",
                ["EndpointName"],
                "CPUUtilizationNormalized is not in AWS/SageMaker; "
                "it is in /aws/sagemaker/Endpoints and /aws/sagemaker/InferenceComponents",
            ),
            (
                "aws/sagemaker/Endpoints",
                "CPUUtilization",
                ["EndpointName", "VariantName"],
                "aws/sagemaker/Endpoints has no metrics; SageMaker writes /aws/sagemaker/Endpoints",
            ),
            (
                "AWS/Sagemaker",
                "Invocations",
                ["EndpointName", "VariantName"],
                "AWS/Sagemaker has no metrics; SageMaker writes AWS/SageMaker",
            ),
        ],
    )
    def test_fails_where_nothing_would_be_seen(
        self, namespace: str, name: str, dimensions: list[str], words: str
    ) -> None:
        assert dimension_problem(namespace, name, dimensions) == words
