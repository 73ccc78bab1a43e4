"""What is watched of an endpoint and a component, by what each kind publishes.

Sources: the pages that each metric of `contract/published_metrics.py` names.
"""

from collections.abc import Iterator, Mapping

from constructs_lib.contract.published_metrics import (
    COMPONENTS,
    INSTANCES,
    INVOCATIONS,
    EndpointKind,
    published,
)
from constructs_lib.operations.alarm_thresholds import AlarmThresholds
from constructs_lib.operations.watch import PERIOD_SECONDS, Watch

_QUARTER_OF_AN_HOUR = 900 // PERIOD_SECONDS
_PERCENT, _MILLISECOND, _MINUTE = 1 / 100, 1000, 60

# An endpoint of which nothing is known has those metrics that all of these have.
_WITH_MODELS = frozenset(EndpointKind) - {EndpointKind.INFERENCE_COMPONENT}


def variant_watches(
    kind: EndpointKind | None,
    dimensions: Mapping[str, str],
    thresholds: AlarmThresholds,
    *,
    latency_ms: float | None,
    gpus: int | None = None,
) -> list[Watch]:
    """What is watched of one variant.

    Args:
        kind: The kind of its endpoint; None where that is not known.
        dimensions: Those of the variant.
        thresholds: What is too much.
        latency_ms: The latency that is too long where the thresholds name none; None watches none then.
        gpus: How many hundred percent all GPUs of a machine are; None where that is not known, or there are none.
    """
    watches = (*_answers(dimensions, thresholds, latency_ms), *_requests(dimensions, thresholds))
    machines = _machines(dimensions, thresholds, gpus, normalized=kind is EndpointKind.INFERENCE_COMPONENT)
    return [watch for watch in (*watches, *machines) if _is_for(kind, watch)]


def queue_watches(dimensions: Mapping[str, str], thresholds: AlarmThresholds) -> list[Watch]:
    """What is watched of the queue of an asynchronous endpoint."""
    return [
        Watch(
            id="OldestRequest",
            about="Requests wait too long: machines are missing, or too slow",
            namespace=INVOCATIONS,
            name="ApproximateAgeOfOldestRequest",
            dimensions=dimensions,
            statistic="Maximum",
            threshold=thresholds.oldest_request_minutes,
            unit=_MINUTE,
        )
    ]


def component_watches(
    dimensions: Mapping[str, str], thresholds: AlarmThresholds, *, latency_ms: float, copies: bool
) -> list[Watch]:
    """What is watched of a component; of an adapter, which has no *copies* of its own, its answers only."""
    watches = list(_answers(dimensions, thresholds, latency_ms))
    if not copies:
        return watches
    if thresholds.memory_percent is not None:
        name = "MemoryUtilizationNormalized"
        watches.append(_use("Memory", "memory of its copies", COMPONENTS, name, dimensions, thresholds.memory_percent))
    watches.append(
        Watch(
            id="NoCapacity",
            about="Requests fail because no copy comes up",
            namespace=INVOCATIONS,
            name="NoCapacityInvocationFailures",
            dimensions=dimensions,
            statistic="Sum",
            threshold=1,
            reached=True,
            periods=thresholds.without_capacity_minutes * 60 // PERIOD_SECONDS,
        )
    )
    return watches


def _answers(dimensions: Mapping[str, str], thresholds: AlarmThresholds, latency_ms: float | None) -> Iterator[Watch]:
    yield Watch(
        id="Errors",
        about="Too many answers with a 5xx status",
        namespace=INVOCATIONS,
        name="Invocation5XXErrors",
        dimensions=dimensions,
        # Each answer sends 1 or 0, so the mean is the share.
        statistic="Average",
        threshold=thresholds.error_percent,
        unit=_PERCENT,
    )
    longest = latency_ms if thresholds.model_latency_ms is None else thresholds.model_latency_ms
    if longest is not None:
        yield Watch(
            id="Latency",
            about="The slowest of a hundred answers take too long",
            namespace=INVOCATIONS,
            name="ModelLatency",
            dimensions=dimensions,
            statistic="p99",
            threshold=longest,
            unit=_MILLISECOND,
        )


def _requests(dimensions: Mapping[str, str], thresholds: AlarmThresholds) -> Iterator[Watch]:
    for id, name, about in (
        ("Failures", "InvocationFailures", "Requests failed, and nobody waits for their answers"),
        ("Expired", "ExpiredRequests", "Requests waited longer than they may, and are lost"),
    ):
        yield Watch(
            id=id,
            about=about,
            namespace=INVOCATIONS,
            name=name,
            dimensions=dimensions,
            statistic="Sum",
            threshold=thresholds.failed_requests,
            reached=True,
        )
    yield Watch(
        id="Concurrency",
        about="Nearly as many requests under way as are taken at once; beyond that they are refused",
        namespace=INVOCATIONS,
        name="ServerlessConcurrentExecutionsUtilization",
        dimensions=dimensions,
        statistic="Maximum",
        threshold=thresholds.concurrency_percent,
        unit=_PERCENT,
        periods=_QUARTER_OF_AN_HOUR,
    )


def _machines(
    dimensions: Mapping[str, str], thresholds: AlarmThresholds, gpus: int | None, *, normalized: bool
) -> Iterator[Watch]:
    used = [
        ("Memory", "memory of a machine", "MemoryUtilization", thresholds.memory_percent, 1),
        ("Disk", "disk of a machine", "DiskUtilization", thresholds.disk_percent, 1),
    ]
    if gpus is not None:
        # What hosts components is published from 0 to 100 too; elsewhere all GPUs of a machine are added up.
        name, of_all = ("GPUMemoryUtilizationNormalized", 1) if normalized else ("GPUMemoryUtilization", gpus)
        used.append(("GpuMemory", "memory of a machine's GPUs", name, thresholds.gpu_memory_percent, of_all))
    for id, what, name, percent, of_all in used:
        if percent is not None:
            yield _use(id, what, INSTANCES, name, dimensions, percent, of_all)


def _use(
    id: str, what: str, namespace: str, name: str, dimensions: Mapping[str, str], percent: float, unit: float = 1
) -> Watch:
    return Watch(
        id=id,
        about=f"The {what} is nearly full",
        namespace=namespace,
        name=name,
        dimensions=dimensions,
        # One machine or copy that fails is enough, whatever the others do.
        statistic="Maximum",
        threshold=percent,
        unit=unit,
        periods=_QUARTER_OF_AN_HOUR,
    )


def _is_for(kind: EndpointKind | None, watch: Watch) -> bool:
    # What fails with a 5xx status is among the failures, too.
    if kind is EndpointKind.ASYNCHRONOUS and watch.id == "Errors":
        return False
    metric = published(watch.namespace, watch.name)
    if metric is None:
        # A mistake in this library, which would leave an alarm out without a word.
        raise AssertionError(f"{watch.namespace} has no {watch.name}")
    by = frozenset().union(*(each.kinds for each in metric.series if set(each.dimensions) == set(watch.dimensions)))
    return by >= _WITH_MODELS if kind is None else kind in by
