"""What CloudWatch would hold: the metrics that SageMaker publishes, computed from the simulated service.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from constructs_lib._internal.checks import nearest
from constructs_lib.contract.published_metrics import (
    COMPONENT,
    ENDPOINT,
    VARIANT,
    EndpointKind,
    dimension_problem,
    published,
)
from constructs_lib.contract.published_metrics import METRICS as PUBLISHED


class Kind(StrEnum):
    """What scales, and so what becomes of a request that no machine can take."""

    REAL_TIME = "real-time variant"
    ASYNCHRONOUS = "asynchronous variant"
    COMPONENT = "inference component"
    SERVERLESS = "provisioned concurrency"


@dataclass(frozen=True, slots=True)
class ServiceModel:
    """How one machine works; `machine` stands for an instance, a copy or a unit of provisioned concurrency.

    Attributes:
        kind: What scales.
        requests_per_instance: What one machine serves in a minute.
        seconds_per_request: How long a request takes.
        full_load_percent: CPU and GPU utilization of a machine that serves all it can.
    """

    kind: Kind
    requests_per_instance: float
    seconds_per_request: float
    full_load_percent: float


@dataclass(frozen=True, slots=True)
class Load:
    """One simulated minute, as metrics see it."""

    requests: float
    in_service: int
    served: float
    failed: float
    backlog: float
    utilization: float


@dataclass(frozen=True, slots=True)
class Datapoint:
    """What CloudWatch keeps of a metric for a minute."""

    total: float
    count: float
    low: float
    high: float


Published = Callable[[Load, ServiceModel], Datapoint | None]
History = Mapping[str, list[Datapoint | None]]
# The value of a metric or an expression for the period of some seconds that ends with a minute; None is missing.
Reading = Callable[[History, int, int], float | None]


def _gauge(value: float) -> Datapoint:
    return Datapoint(value, 1, value, value)


def _each_request(load: Load, value: float) -> Datapoint:
    # Without traffic SageMaker publishes zero, so that a variant can scale in.
    # https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-edit.html
    value = value if load.requests else 0.0
    return Datapoint(load.requests * value, max(load.requests, 1), value, value)


def _invocations(load: Load, model: ServiceModel) -> Datapoint | None:
    return _each_request(load, 1.0) if load.in_service else None


def _per_machine(load: Load, model: ServiceModel) -> Datapoint | None:
    # Each request is published as 1/instances, so that the sum is requests per instance.
    return _each_request(load, 1 / load.in_service) if load.in_service else None


def _concurrent(load: Load, model: ServiceModel) -> Datapoint | None:
    # Little's law: requests in flight are their rate times how long each takes; those that wait are counted, too.
    if not load.in_service:
        return None
    return _gauge(load.requests / 60 * model.seconds_per_request / load.in_service)


def _hardware(load: Load, model: ServiceModel) -> Datapoint | None:
    return _gauge(load.utilization * model.full_load_percent) if load.in_service else None


def _latency(load: Load, model: ServiceModel) -> Datapoint | None:
    if not load.in_service or not load.served:
        return None
    return _gauge(load.utilization * model.seconds_per_request * 1_000_000)


def _provisioned(load: Load, model: ServiceModel) -> Datapoint | None:
    return _gauge(load.utilization) if load.in_service else None


def _queued(load: Load, model: ServiceModel) -> float:
    # "Currently being processed or yet to be processed": those that wait and, by Little's law, those under way.
    # https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
    return load.backlog + load.served / 60 * model.seconds_per_request


def _backlog(load: Load, model: ServiceModel) -> Datapoint | None:
    return _gauge(_queued(load, model))


def _backlog_per_machine(load: Load, model: ServiceModel) -> Datapoint | None:
    return _gauge(_queued(load, model) / load.in_service) if load.in_service else None


def _without_capacity(load: Load, model: ServiceModel) -> Datapoint | None:
    return _gauge(1.0 if _queued(load, model) and not load.in_service else 0.0)


def _no_capacity_failures(load: Load, model: ServiceModel) -> Datapoint | None:
    if load.in_service or not load.failed:
        return None  # a count of failures has no datapoint where none occurred
    return Datapoint(load.failed, load.failed, 1.0, 1.0)


# How each metric that can be simulated is computed; who publishes it under which dimensions, the library's table says.
METRICS: dict[str, Published] = {
    "Invocations": _invocations,
    "InvocationsPerInstance": _per_machine,
    "InvocationsPerCopy": _per_machine,
    "ConcurrentRequestsPerModel": _concurrent,
    "ConcurrentRequestsPerCopy": _concurrent,
    "ModelLatency": _latency,
    "CPUUtilization": _hardware,
    "CPUUtilizationNormalized": _hardware,
    "GPUUtilization": _hardware,
    "GPUUtilizationNormalized": _hardware,
    "ServerlessProvisionedConcurrencyUtilization": _provisioned,
    "ApproximateBacklogSize": _backlog,
    "ApproximateBacklogSizePerInstance": _backlog_per_machine,
    "HasBacklogWithoutCapacity": _without_capacity,
    "NoCapacityInvocationFailures": _no_capacity_failures,
}
QUEUE_METRICS = frozenset({"ApproximateBacklogSize", "ApproximateBacklogSizePerInstance", "HasBacklogWithoutCapacity"})

_WAITING = (EndpointKind.REAL_TIME, EndpointKind.MULTI_MODEL, EndpointKind.DIRECT, EndpointKind.PIPELINE)
# What an endpoint is in the library's table, and the dimensions that speak of what scales.
_PUBLISHES: dict[Kind, tuple[frozenset[EndpointKind], tuple[tuple[str, ...], ...]]] = {
    Kind.REAL_TIME: (frozenset(_WAITING), (VARIANT,)),
    Kind.ASYNCHRONOUS: (frozenset({EndpointKind.ASYNCHRONOUS}), (VARIANT, ENDPOINT)),
    Kind.SERVERLESS: (frozenset({EndpointKind.SERVERLESS}), (VARIANT,)),
    Kind.COMPONENT: (frozenset({EndpointKind.INFERENCE_COMPONENT}), (COMPONENT,)),
}


def dimensions_of(kind: Kind, name: str, namespace: str | None = None) -> list[tuple[str, ...]]:
    """The dimensions under which *kind* publishes a metric; None looks into every namespace."""
    kinds, known = _PUBLISHES[kind]
    return [
        series.dimensions
        for metric in PUBLISHED
        if metric.name == name and namespace in (None, metric.namespace)
        for series in metric.series
        if series.kinds & kinds and series.dimensions in known
    ]


def metric_problem(kind: Kind, name: str, dimensions: frozenset[str] | None, namespace: str | None) -> str | None:
    """Why a metric cannot be simulated for *kind*; a predefined one has no dimensions or namespace to check (None)."""
    if name not in METRICS:
        whole = name if namespace is None else f"{namespace} {name}"
        return f"the metric {whole} cannot be simulated{nearest(name, METRICS)}"
    if namespace is not None and published(namespace, name) is None:
        problem = dimension_problem(namespace, name, dimensions or ())
        # Without a problem the namespace is somebody's own, and anything may be in it.
        return f"{problem}: it never sees data" if problem else f"the metric {namespace} {name} cannot be simulated"
    sets = dimensions_of(kind, name, namespace)
    if not sets:
        return f"{kind.value.capitalize()}s do not publish {name}".replace("concurrencys", "concurrency")
    if dimensions is not None and dimensions not in map(frozenset, sets):
        given = ", ".join(sorted(dimensions)) or "no dimension"
        return f"{name} is published under {', '.join(sets[0])}, not under {given}: it never sees data"
    return None


def publish(history: Mapping[str, list[Datapoint | None]], load: Load, model: ServiceModel) -> None:
    """Append one minute to each metric of *history*."""
    for name, datapoints in history.items():
        datapoints.append(METRICS[name](load, model))


def reading(name: str, statistic: str) -> Reading:
    """Read a metric by statistic.

    Raises:
        ValueError: The statistic is none that can be computed.
    """
    # Requests of one minute are all alike here, so that each percentile of them is their average.
    wanted = "Average" if re.fullmatch(r"p\d{1,2}(\.\d+)?|p100", statistic) else statistic
    if wanted not in _STATISTICS:
        raise ValueError(f"the statistic {statistic!r} cannot be simulated")
    pick = _STATISTICS[wanted]
    spread = wanted in ("Sum", "SampleCount")

    def read(history: History, minute: int, period: int) -> float | None:
        if minute < 0:
            return None
        datapoints = history[name]
        if period <= 60:
            datapoint = datapoints[minute]
            if datapoint is None:
                return None
            return pick(datapoint) * period / 60 if spread else pick(datapoint)
        together = [each for each in datapoints[max(0, minute - period // 60 + 1) : minute + 1] if each is not None]
        return pick(_merged(together)) if together else None

    return read


def _merged(datapoints: list[Datapoint]) -> Datapoint:
    return Datapoint(
        sum(each.total for each in datapoints),
        sum(each.count for each in datapoints),
        min(each.low for each in datapoints),
        max(each.high for each in datapoints),
    )


_STATISTICS: dict[str, Callable[[Datapoint], float]] = {
    "Sum": lambda datapoint: datapoint.total,
    "Average": lambda datapoint: datapoint.total / datapoint.count,
    "Minimum": lambda datapoint: datapoint.low,
    "Maximum": lambda datapoint: datapoint.high,
    "SampleCount": lambda datapoint: datapoint.count,
}
