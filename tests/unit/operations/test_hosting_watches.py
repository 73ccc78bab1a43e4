"""What is watched of each kind of endpoint, without Node: nothing that the kind does not publish."""

from collections.abc import Sequence
from typing import Any

import pytest

from constructs_lib import AlarmThresholds
from constructs_lib.contract.published_metrics import EndpointKind, published
from constructs_lib.operations.hosting_watches import component_watches, queue_watches, variant_watches
from constructs_lib.operations.watch import PERIOD_SECONDS, Watch
from tests.unit.endpoints.serving import LATE

VARIANT = {"EndpointName": "e", "VariantName": "main"}
ENDPOINT = {"EndpointName": "e"}
COMPONENT = {"InferenceComponentName": "c"}
MACHINES = ["Memory", "Disk", "GpuMemory"]
WAITING = ["Errors", "Latency", *MACHINES]
BY_KIND = {
    EndpointKind.REAL_TIME: WAITING,
    EndpointKind.MULTI_MODEL: WAITING,
    EndpointKind.DIRECT: WAITING,
    EndpointKind.PIPELINE: WAITING,
    EndpointKind.SERVERLESS: ["Errors", "Latency", "Concurrency", "Memory"],
    EndpointKind.ASYNCHRONOUS: ["Latency", "Failures", "Expired", *MACHINES],
    EndpointKind.INFERENCE_COMPONENT: MACHINES,
}


def of_kind(kind: EndpointKind | None, thresholds: AlarmThresholds | None = None, **changes: Any) -> list[Watch]:
    """Everything that is watched of a variant with GPUs, of its endpoint and of a component on it."""
    arguments = {"latency_ms": 30_000, "gpus": 4} | changes
    chosen = thresholds or AlarmThresholds()
    watches = variant_watches(kind, VARIANT, chosen, **arguments)
    if kind is EndpointKind.ASYNCHRONOUS:
        watches += queue_watches(ENDPOINT, chosen)
    if kind is EndpointKind.INFERENCE_COMPONENT:
        watches += component_watches(COMPONENT, chosen, latency_ms=30_000, copies=True)
    return watches


def ids(watches: Sequence[Watch]) -> list[str]:
    return [watch.id for watch in watches]


def by_id(watches: Sequence[Watch], id: str) -> dict[str, Any]:
    (watch,) = (watch for watch in watches if watch.id == id)
    return watch.render("topic", "it")


class TestEachKind:
    @pytest.mark.parametrize("kind", EndpointKind)
    def test_has_its_set(self, kind: EndpointKind) -> None:
        assert ids(variant_watches(kind, VARIANT, AlarmThresholds(), latency_ms=1, gpus=1)) == BY_KIND[kind]

    @pytest.mark.parametrize("kind", EndpointKind)
    def test_trap_21_watches_what_it_publishes_and_as_it_publishes_it(self, kind: EndpointKind) -> None:
        watches = of_kind(kind)
        assert watches
        for watch in watches:
            metric = published(watch.namespace, watch.name)
            assert metric is not None, watch
            series = {each.dimensions: each.kinds for each in metric.series}
            assert kind in series[tuple(watch.dimensions)], watch
            assert watch.statistic in metric.statistics or "Percentiles" in metric.statistics, watch
            assert metric.seconds <= PERIOD_SECONDS, watch

    @pytest.mark.parametrize("kind", EndpointKind)
    def test_is_silent_without_requests_machines_or_copies(self, kind: EndpointKind) -> None:
        for watch in of_kind(kind):
            rendered = watch.render("topic", "it")
            assert rendered["TreatMissingData"] == "notBreaching"
            # A value of zero, as of an empty queue, is nothing wrong either.
            assert rendered["ComparisonOperator"].startswith("Greater") and rendered["Threshold"] > 0

    def test_of_an_unknown_kind_is_what_all_have(self) -> None:
        assert ids(of_kind(None)) == ["Errors", "Latency", "Memory"]
        assert ids(of_kind(None, latency_ms=None)) == ["Errors", "Memory"]
        assert "Latency" in ids(of_kind(None, AlarmThresholds(model_latency_ms=9), latency_ms=None))

    def test_of_an_adapter_is_its_answers(self) -> None:
        watches = component_watches(COMPONENT, AlarmThresholds(), latency_ms=1, copies=False)
        assert ids(watches) == ["Errors", "Latency"]

    def test_leaves_out_what_nobody_wants_to_hear_of(self) -> None:
        silent = AlarmThresholds(memory_percent=None, disk_percent=None, gpu_memory_percent=None)
        assert ids(of_kind(EndpointKind.REAL_TIME, silent)) == ["Errors", "Latency"]
        assert ids(component_watches(COMPONENT, silent, latency_ms=1, copies=True)) == [
            "Errors",
            "Latency",
            "NoCapacity",
        ]

    def test_leaves_out_gpus_that_are_not_counted(self) -> None:
        assert ids(of_kind(EndpointKind.REAL_TIME, gpus=None)) == ["Errors", "Latency", "Memory", "Disk"]


class TestUnits:
    def test_a_share_of_answers_is_zero_to_one(self) -> None:
        rendered = by_id(of_kind(EndpointKind.REAL_TIME, AlarmThresholds(error_percent=35)), "Errors")
        assert rendered == {
            "AlarmDescription": "Too many answers with a 5xx status: it",
            "AlarmActions": ["topic"],
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
            "Namespace": "AWS/SageMaker",
            "MetricName": "Invocation5XXErrors",
            "Dimensions": [{"Name": "EndpointName", "Value": "e"}, {"Name": "VariantName", "Value": "main"}],
            "Statistic": "Average",
            "Period": 300,
            "Threshold": 0.35,
        }

    def test_latency_is_in_microseconds(self) -> None:
        rendered = by_id(of_kind(EndpointKind.REAL_TIME), "Latency")
        assert (rendered["ExtendedStatistic"], rendered["Threshold"]) == ("p99", 30_000_000)
        assert "Statistic" not in rendered
        rendered = by_id(of_kind(EndpointKind.REAL_TIME, AlarmThresholds(model_latency_ms=250)), "Latency")
        assert rendered["Threshold"] == 250_000

    def test_memory_of_gpus_is_added_up_but_for_hosts_of_components(self) -> None:
        rendered = by_id(of_kind(EndpointKind.REAL_TIME), "GpuMemory")
        assert (rendered["MetricName"], rendered["Threshold"]) == ("GPUMemoryUtilization", 380)
        watches = variant_watches(EndpointKind.INFERENCE_COMPONENT, VARIANT, AlarmThresholds(), latency_ms=1, gpus=1)
        rendered = by_id(watches, "GpuMemory")
        assert (rendered["MetricName"], rendered["Threshold"]) == ("GPUMemoryUtilizationNormalized", 95)

    def test_age_is_in_seconds_and_concurrency_a_share(self) -> None:
        assert by_id(of_kind(EndpointKind.ASYNCHRONOUS), "OldestRequest")["Threshold"] == 3600
        assert by_id(of_kind(EndpointKind.SERVERLESS), "Concurrency")["Threshold"] == 0.9

    def test_counts_ring_when_they_are_reached(self) -> None:
        for id in ("Failures", "Expired"):
            rendered = by_id(of_kind(EndpointKind.ASYNCHRONOUS, AlarmThresholds(failed_requests=3)), id)
            assert (rendered["ComparisonOperator"], rendered["Threshold"]) == ("GreaterThanOrEqualToThreshold", 3)

    def test_a_copy_that_does_not_come_up_is_waited_for(self) -> None:
        rendered = by_id(of_kind(EndpointKind.INFERENCE_COMPONENT)[3:], "NoCapacity")
        assert (rendered["EvaluationPeriods"], rendered["Period"]) == (6, 300)

    def test_a_number_of_cloudformation_stays_as_it_is(self) -> None:
        rendered = by_id(of_kind(EndpointKind.REAL_TIME, AlarmThresholds(error_percent=LATE)), "Errors")
        assert rendered["Threshold"] == LATE
        assert rendered["Metrics"] == [
            {
                "Id": "m",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SageMaker",
                        "MetricName": "Invocation5XXErrors",
                        "Dimensions": [
                            {"Name": "EndpointName", "Value": "e"},
                            {"Name": "VariantName", "Value": "main"},
                        ],
                    },
                    "Stat": "Average",
                    "Period": 300,
                },
                "ReturnData": False,
            },
            {"Id": "e", "Expression": "100 * m", "Label": "Invocation5XXErrors"},
        ]
        assert "MetricName" not in rendered
        latency = by_id(of_kind(EndpointKind.REAL_TIME, AlarmThresholds(model_latency_ms=LATE)), "Latency")
        assert latency["Metrics"][1]["Expression"] == "0.001 * m"
        # Without another unit there is nothing to calculate.
        memory = by_id(of_kind(EndpointKind.REAL_TIME, AlarmThresholds(memory_percent=LATE)), "Memory")
        assert (memory["Threshold"], memory["MetricName"]) == (LATE, "MemoryUtilization")
