"""What a dashboard shows of an endpoint and of a component, by what each kind publishes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from constructs_lib.contract.published_metrics import COMPONENTS, INSTANCES, INVOCATIONS, EndpointKind, published
from constructs_lib.operations.panels import Line, Panel

_MILLISECONDS, _MINUTES, _PERCENT = 1000, 60, 1 / 100
_COUNTS = "a minute"

# (metric, statistic, label, …) -> its lines, one for each variant; none where the kind does not publish it.
_Make = Callable[..., list[Line]]


def variant_panels(
    kind: EndpointKind,
    variants: Mapping[str, Mapping[str, str]],
    *,
    gpus: bool,
    limits: Mapping[str, float],
    seconds: int = 60,
) -> list[Panel]:
    """The graphs of an endpoint's variants.

    Args:
        kind: The kind of the endpoint.
        variants: The name of each variant, to its dimensions.
        gpus: Whether machines of it have GPUs.
        limits: The limits of its scaling, by their labels.
        seconds: How often it publishes how much its machines are used.
    """
    line = partial(_lines, kind, variants)
    capacity = line("CPUUtilization", "SampleCount", "machines", by_seconds=seconds, namespace=INSTANCES)
    concurrency = [
        *line("ServerlessConcurrentExecutionsUtilization", "Maximum", "of the most", unit=_PERCENT),
        *line("ServerlessProvisionedConcurrencyUtilization", "Maximum", "of the warm", unit=_PERCENT),
    ]
    panels = [
        Panel(
            title="Traffic",
            unit=_COUNTS,
            lines=[
                *line("Invocations", "Sum", "requests", by_seconds=_MINUTES),
                *line("InvocationsProcessed", "Sum", "processed", by_seconds=_MINUTES),
            ],
        ),
        Panel(
            title="Errors",
            unit=_COUNTS,
            lines=[
                *line("Invocation4XXErrors", "Sum", "4xx", by_seconds=_MINUTES),
                *line("Invocation5XXErrors", "Sum", "5xx", by_seconds=_MINUTES),
                *line("InvocationModelErrors", "Sum", "no answer or an error", by_seconds=_MINUTES),
                *line("InvocationFailures", "Sum", "failed", by_seconds=_MINUTES),
                *line("ExpiredRequests", "Sum", "expired", by_seconds=_MINUTES),
            ],
        ),
        Panel(title="Latency of the model", unit="ms", lines=_percentiles(line)),
        Panel(
            title="Other latency",
            unit="ms",
            lines=[
                *line("OverheadLatency", "Average", "overhead, mean", unit=_MILLISECONDS),
                *line("OverheadLatency", "Maximum", "overhead, longest", unit=_MILLISECONDS),
                *line("ModelSetupTime", "Average", "start of a container, mean", unit=_MILLISECONDS),
                *line("ModelLoadingWaitTime", "Average", "wait for a model, mean", unit=_MILLISECONDS),
                *line("TimeInBacklog", "Average", "in the queue, mean", unit=_MILLISECONDS),
            ],
        ),
        Panel(title="Machines", unit="machines", lines=capacity, limits=limits),
        Panel(title="Concurrency", unit="percent", lines=concurrency),
        Panel(
            title="Loaded models",
            unit="percent",
            lines=line("ModelCacheHit", "Average", "loaded already", unit=_PERCENT),
        ),
        Panel(title="Utilization", unit="percent", lines=_utilization(kind, line, gpus=gpus)),
        Panel(
            title="Reserved by components",
            unit="percent",
            lines=[
                *line("CPUReservation", "Average", "cores", namespace=INSTANCES),
                *line("MemoryReservation", "Average", "memory", namespace=INSTANCES),
                *(line("GPUReservation", "Average", "GPUs", namespace=INSTANCES) if gpus else ()),
            ],
        ),
    ]
    # A point for less than that would be a gap, or hold what belongs to several.
    return [replace(panel, period_seconds=max(seconds, panel.period_seconds)) for panel in panels]


def queue_panels(dimensions: Mapping[str, str]) -> list[Panel]:
    """The graphs of the queue of an asynchronous endpoint."""
    line = partial(_lines, EndpointKind.ASYNCHRONOUS, {"": dimensions})
    return [
        Panel(
            title="Backlog",
            unit="requests",
            lines=[
                *line("ApproximateBacklogSize", "Maximum", "waiting or at work"),
                *line("ApproximateBacklogSizePerInstance", "Maximum", "for each machine"),
            ],
        ),
        Panel(
            title="Oldest request",
            unit="minutes",
            lines=line("ApproximateAgeOfOldestRequest", "Maximum", "age", unit=_MINUTES),
        ),
    ]


def container_panels(containers: Mapping[str, Mapping[str, str]]) -> list[Panel]:
    """The graphs of containers that are asked by their names: each name to its dimensions."""
    line = partial(_lines, EndpointKind.DIRECT, containers)
    return [
        Panel(
            title="Traffic of containers",
            unit=_COUNTS,
            lines=line("Invocations", "Sum", "requests", by_seconds=_MINUTES),
        ),
        Panel(
            title="Errors of containers",
            unit=_COUNTS,
            lines=[
                *line("Invocation4XXErrors", "Sum", "4xx", by_seconds=_MINUTES),
                *line("Invocation5XXErrors", "Sum", "5xx", by_seconds=_MINUTES),
            ],
        ),
        Panel(
            title="Latency of containers",
            unit="ms",
            lines=line("ContainerLatency", "Average", "mean", unit=_MILLISECONDS),
        ),
    ]


def component_panels(dimensions: Mapping[str, str], *, copies: bool, gpus: bool) -> list[Panel]:
    """The graphs of a component; of an adapter, which has no *copies* of its own, its answers only.

    How many copies there are is no metric.
    """
    line = partial(_lines, EndpointKind.INFERENCE_COMPONENT, {"": dimensions})
    answers = [
        Panel(title="Traffic", unit=_COUNTS, lines=line("Invocations", "Sum", "requests", by_seconds=_MINUTES)),
        Panel(
            title="Errors",
            unit=_COUNTS,
            lines=[
                *line("Invocation4XXErrors", "Sum", "4xx", by_seconds=_MINUTES),
                *line("Invocation5XXErrors", "Sum", "5xx", by_seconds=_MINUTES),
                *line("InvocationModelErrors", "Sum", "no answer or an error", by_seconds=_MINUTES),
                *(line("NoCapacityInvocationFailures", "Sum", "no copy", by_seconds=_MINUTES) if copies else ()),
            ],
        ),
        Panel(title="Latency of the model", unit="ms", lines=_percentiles(line)),
    ]
    if not copies:
        return answers
    used = [("CPUUtilizationNormalized", "cores"), ("MemoryUtilizationNormalized", "memory")]
    if gpus:
        used += [("GPUUtilizationNormalized", "GPUs"), ("GPUMemoryUtilizationNormalized", "memory of GPUs")]
    return [
        *answers,
        Panel(
            title="Requests under way on a copy",
            unit="requests",
            lines=line("ConcurrentRequestsPerCopy", "Maximum", "at most"),
        ),
        Panel(
            title="Utilization of what copies reserve",
            unit="percent",
            lines=[each for name, label in used for each in line(name, "Average", label, namespace=COMPONENTS)],
        ),
    ]


def _percentiles(line: _Make) -> list[Line]:
    shown = (("p50", "half"), ("p90", "nine of ten"), ("p99", "99 of 100"))
    return [
        each
        for statistic, label in shown
        for each in line("ModelLatency", statistic, f"{label} ({statistic})", unit=_MILLISECONDS)
    ]


def _utilization(kind: EndpointKind, line: _Make, *, gpus: bool) -> list[Line]:
    # What hosts components is published from 0 to 100 too; elsewhere all cores, and all GPUs, are added up.
    normalized = kind is EndpointKind.INFERENCE_COMPONENT
    end, added = ("Normalized", "") if normalized else ("", ", added up")
    used = [
        (f"CPUUtilization{end}", "Average", f"cores{added}"),
        ("MemoryUtilization", "Maximum", "memory"),
        ("DiskUtilization", "Maximum", "disk"),
    ]
    if gpus:
        used += [
            (f"GPUUtilization{end}", "Average", f"GPUs{added}"),
            (f"GPUMemoryUtilization{end}", "Maximum", f"memory of GPUs{added}"),
        ]
    return [each for name, statistic, label in used for each in line(name, statistic, label, namespace=INSTANCES)]


def _lines(
    kind: EndpointKind,
    variants: Mapping[str, Mapping[str, str]],
    name: str,
    statistic: str,
    label: str,
    *,
    namespace: str = INVOCATIONS,
    unit: float = 1,
    by_seconds: int | None = None,
) -> list[Line]:
    metric = published(namespace, name)
    if metric is None:
        # A mistake in this library, which would leave a line out without a word.
        raise AssertionError(f"{namespace} has no {name}")
    return [
        Line(
            namespace=namespace,
            name=name,
            dimensions=dimensions,
            statistic=statistic,
            label=f"{variant}: {label}" if len(variants) > 1 else label,
            unit=unit,
            by_seconds=by_seconds,
        )
        for variant, dimensions in variants.items()
        if any(kind in each.kinds and set(each.dimensions) == set(dimensions) for each in metric.series)
    ]
