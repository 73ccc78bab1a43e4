"""The CloudWatch metrics that SageMaker hosting publishes, and the dimensions that each one comes with.

No dependency carries this list: aws-cdk-lib offers no metric of SageMaker and botocore's models name none. Each entry
names the page of the developer guide that it was read from. CloudWatch tells metrics apart by the exact set of
dimensions, and a set that nobody publishes is no error there: an alarm on it never sees data.

The tables of the guide list what a metric can be filtered by, not always a set that exists, and they misspell some
names. Where others have compared them with a live account, the entry follows the comparison and says so.
"""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_METRICS = f"{_GUIDE}/monitoring-cloudwatch.html"
_ASYNC = f"{_GUIDE}/async-inference-monitor.html"
_SERVERLESS = f"{_GUIDE}/serverless-endpoints-monitoring.html"
_CONTAINERS = f"{_GUIDE}/multi-container-metrics.html"
_FINER = f"{_GUIDE}/monitoring-detailed-observability-metric-mapping.html"
_FROM_ZERO = f"{_GUIDE}/endpoint-auto-scaling-zero-instances.html"
_POLICIES = f"{_GUIDE}/endpoint-auto-scaling-add-code-define.html"

INVOCATIONS = "AWS/SageMaker"
INSTANCES = "/aws/sagemaker/Endpoints"
COMPONENTS = "/aws/sagemaker/InferenceComponents"
NAMESPACES = (INVOCATIONS, INSTANCES, COMPONENTS)


class EndpointKind(StrEnum):
    """What an endpoint is, as far as its metrics depend on it."""

    REAL_TIME = "real-time"
    MULTI_MODEL = "multi-model"
    DIRECT = "direct multi-container"
    PIPELINE = "inference pipeline"
    SERVERLESS = "serverless"
    ASYNCHRONOUS = "asynchronous"
    INFERENCE_COMPONENT = "inference component"


@dataclass(frozen=True, slots=True)
class Series:
    """One set of dimensions of a metric.

    Attributes:
        dimensions: Their names; CloudWatch wants all of them and no other.
        kinds: Which endpoints publish it.
        finer: Whether it splits another series by machine, container or zone. Those with `InstanceId` or `ContainerId`
            need `EnableEnhancedMetrics` in the endpoint configuration.
    """

    dimensions: tuple[str, ...]
    kinds: frozenset[EndpointKind]
    finer: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedMetric:
    """One metric of one namespace.

    Attributes:
        namespace: One of `NAMESPACES`.
        name: As CloudWatch spells it.
        unit: As CloudWatch spells it, `None` being one of its units; empty where no page states it.
        statistic: The one to look at first, as CloudWatch spells it.
        statistics: Those that the page calls valid, or that make sense where it names none.
        series: The sets of dimensions it comes with; the coarse ones first.
        seconds: How often it is published at most, unless `MetricPublishFrequencyInSeconds` says otherwise.
        page: Where this is written.
    """

    namespace: str
    name: str
    unit: str
    statistic: str
    statistics: tuple[str, ...]
    series: tuple[Series, ...]
    seconds: int
    page: str

    @property
    def dimensions(self) -> tuple[tuple[str, ...], ...]:
        """Every set of dimensions that is known."""
        return tuple(series.dimensions for series in self.series)

    @property
    def kinds(self) -> frozenset[EndpointKind]:
        """The endpoints that publish it, with any dimensions."""
        return frozenset().union(*(series.kinds for series in self.series))


@dataclass(frozen=True, kw_only=True, slots=True)
class PredefinedMetric:
    """What a predefined metric type of Application Auto Scaling stands for.

    Attributes:
        namespace: The namespace of the metric.
        name: The metric.
        dimensions: The dimensions, which the service fills in from the scalable target.
        scalable_dimension: What can be scaled on it.
    """

    namespace: str = INVOCATIONS
    name: str
    dimensions: tuple[str, ...]
    scalable_dimension: str


ENDPOINT = ("EndpointName",)
VARIANT = ("EndpointName", "VariantName")
CONTAINER = ("EndpointName", "VariantName", "ContainerName")
COMPONENT = ("InferenceComponentName",)

_BY_ZONE = ("Region", "AvailabilityZone", "InstanceType")
# `GpuId` is what public dashboards of enhanced metrics read where the guide writes `AcceleratorId`.
_FINER_DIMENSIONS = frozenset({"InstanceId", "ContainerId", "AcceleratorId", "GpuId", *_BY_ZONE})

_REAL_TIME = frozenset({EndpointKind.REAL_TIME})
_MULTI_MODEL = frozenset({EndpointKind.MULTI_MODEL})
_DIRECT = frozenset({EndpointKind.DIRECT})
_PIPELINE = frozenset({EndpointKind.PIPELINE})
_SERVERLESS_ONLY = frozenset({EndpointKind.SERVERLESS})
_ASYNC_ONLY = frozenset({EndpointKind.ASYNCHRONOUS})
_HOST = frozenset({EndpointKind.INFERENCE_COMPONENT})
# Endpoints with models on machines of their own, whose caller waits.
_WAITING = _REAL_TIME | _MULTI_MODEL | _DIRECT | _PIPELINE
_WITH_MACHINES = _WAITING | _ASYNC_ONLY | _HOST

_SUM = ("Sum",)
_COUNT = ("Sum", "SampleCount")
_FLAG = ("Average", "Sum")
_PEAK = ("Minimum", "Maximum")
_LEVEL = ("Average", "Minimum", "Maximum")
# The guide names no statistics for the state of machines. The number of samples a minute is the number of machines:
# https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-troubleshooting.html
_MACHINE = (*_LEVEL, "SampleCount")
_TIME = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")
_PERCENTILES = (*_TIME, "Percentiles")
_SETUP = (*_LEVEL, "SampleCount", "Percentiles")


def _by_variant(kinds: frozenset[EndpointKind], *, instance: bool = True) -> tuple[Series, ...]:
    """By variant, and finer as the page of the finer dimensions lists it for endpoints whose caller waits."""
    waiting = kinds & _WAITING
    return (
        Series(VARIANT, kinds),
        *((Series((*VARIANT, "InstanceId"), waiting, finer=True),) if instance else ()),
        Series((*VARIANT, *_BY_ZONE), waiting, finer=True),
    )


def _by_component(*, container: bool = True) -> tuple[Series, ...]:
    """By inference component, without the endpoint's name, and finer as that page lists it."""
    by_container = (*VARIANT, *COMPONENT, "InstanceId", "ContainerId")
    return (
        Series(COMPONENT, _HOST),
        *((Series(by_container, _HOST, finer=True),) if container else ()),
        Series((*COMPONENT, *_BY_ZONE), _HOST, finer=True),
    )


def _metric(
    name: str,
    unit: str,
    statistics: tuple[str, ...],
    statistic: str,
    *series: Series,
    namespace: str = INVOCATIONS,
    seconds: int = 60,
    page: str = _METRICS,
) -> PublishedMetric:
    return PublishedMetric(
        namespace=namespace,
        name=name,
        unit=unit,
        statistic=statistic,
        statistics=statistics,
        series=series,
        seconds=seconds,
        page=page,
    )


def _of_machines(name: str, *series: Series) -> PublishedMetric:
    return _metric(name, "Percent", _MACHINE, "Average", *series, namespace=INSTANCES)


def _of_components(name: str) -> PublishedMetric:
    return _metric(name, "Percent", _MACHINE, "Average", Series(COMPONENT, _HOST), namespace=COMPONENTS)


def _of_streams(name: str) -> PublishedMetric:
    # The page has the dimensions; unit and percentiles: https://developers.deepgram.com/docs/observability-sagemaker
    series = _by_variant(_REAL_TIME, instance=False)
    return _metric(name, "Microseconds", _PERCENTILES, "Average", *series, page=_FINER)


def _of_queue(name: str, unit: str, statistic: str, page: str = _ASYNC) -> PublishedMetric:
    return _metric(name, unit, _LEVEL, statistic, Series(ENDPOINT, _ASYNC_ONLY), page=page)


def _of_async(name: str, unit: str, statistics: tuple[str, ...], statistic: str) -> PublishedMetric:
    return _metric(name, unit, statistics, statistic, Series(VARIANT, _ASYNC_ONLY), page=_ASYNC)


def _of_serverless(name: str, unit: str) -> PublishedMetric:
    # The page gives no dimensions; those of the utilization are in the Application Auto Scaling guide:
    # https://docs.aws.amazon.com/autoscaling/application/userguide/monitoring-cloudwatch.html
    return _metric(name, unit, _LEVEL, "Maximum", Series(VARIANT, _SERVERLESS_ONLY), page=_SERVERLESS)


def _of_loading(name: str) -> PublishedMetric:
    return _metric(name, "Microseconds", _TIME, "Average", Series(VARIANT, _MULTI_MODEL))


_IN_CONTAINER = Series(CONTAINER, _DIRECT)
_SYNCHRONOUS = _WAITING | _SERVERLESS_ONLY
_ANY = _SYNCHRONOUS | _ASYNC_ONLY

METRICS: tuple[PublishedMetric, ...] = (
    # Requests. A variant that hosts inference components reports them by component only:
    # https://github.com/cloud-custodian/cloud-custodian/pull/11078 compared both with a live account.
    _metric("Invocations", "None", _COUNT, "Sum", *_by_variant(_SYNCHRONOUS), *_by_component(), _IN_CONTAINER),
    _metric("Invocation4XXErrors", "None", _FLAG, "Sum", *_by_variant(_ANY), *_by_component(), _IN_CONTAINER),
    _metric("Invocation5XXErrors", "None", _FLAG, "Sum", *_by_variant(_ANY), *_by_component(), _IN_CONTAINER),
    _metric("InvocationModelErrors", "None", _FLAG, "Sum", *_by_variant(_WAITING), *_by_component()),
    _metric("ModelLatency", "Microseconds", _PERCENTILES, "Average", *_by_variant(_ANY), *_by_component()),
    _metric(
        "OverheadLatency", "Microseconds", _TIME, "Average", *_by_variant(_SYNCHRONOUS), *_by_component(), _IN_CONTAINER
    ),
    _metric(
        "ContainerLatency", "Microseconds", _TIME, "Average", Series(CONTAINER, _DIRECT | _PIPELINE), page=_CONTAINERS
    ),
    _metric("InvocationsPerInstance", "None", _SUM, "Sum", *_by_variant(_WAITING)),
    _metric("InvocationsPerCopy", "", _SUM, "Sum", *_by_component(container=False)),
    _metric("ConcurrentRequestsPerModel", "", _PEAK, "Maximum", *_by_variant(_REAL_TIME, instance=False), seconds=10),
    _metric("ConcurrentRequestsPerCopy", "", _PEAK, "Maximum", *_by_component(container=False), seconds=10),
    _metric("NoCapacityInvocationFailures", "", _SUM, "Sum", Series(COMPONENT, _HOST), page=_FROM_ZERO),
    _metric("ExplanationsPerInstance", "", _SUM, "Sum", Series(VARIANT, _REAL_TIME), page=_POLICIES),
    # Answers that arrive as a stream.
    _metric("MidStreamErrors", "", _FLAG, "Sum", Series(VARIANT, _REAL_TIME), page=_FINER),
    _of_streams("FirstChunkLatency"),
    _of_streams("FirstChunkModelLatency"),
    _of_streams("FirstChunkOverheadLatency"),
    # The queue and the work of asynchronous endpoints.
    _of_queue("ApproximateBacklogSize", "Count", "Average"),
    _of_queue("ApproximateBacklogSizePerInstance", "Count", "Average"),
    _of_queue("ApproximateAgeOfOldestRequest", "Seconds", "Maximum"),
    _of_queue("HasBacklogWithoutCapacity", "", "Maximum", f"{_GUIDE}/async-inference-autoscale.html"),
    # The page spells it with three s; a live account has two (the comparison above).
    _of_async("InvocationsProcessed", "Count", _SUM, "Sum"),
    _of_async("InvocationFailures", "Count", _SUM, "Sum"),
    _of_async("ExpiredRequests", "Count", _SUM, "Sum"),
    _of_async("RequestDownloadFailures", "Count", _SUM, "Sum"),
    _of_async("ResponseUploadFailures", "Count", _SUM, "Sum"),
    _of_async("NotificationFailures", "Count", _SUM, "Sum"),
    _of_async("RequestDownloadLatency", "Microseconds", _TIME, "Average"),
    _of_async("ResponseUploadLatency", "Microseconds", _TIME, "Average"),
    _of_async("TimeInBacklog", "Microseconds", _TIME, "Average"),
    _of_async("TotalProcessingTime", "Milliseconds", _TIME, "Average"),
    # Serverless endpoints.
    _metric("ModelSetupTime", "Microseconds", _SETUP, "Average", Series(VARIANT, _SERVERLESS_ONLY)),
    _of_serverless("ServerlessConcurrentExecutionsUtilization", "None"),
    _of_serverless("ServerlessProvisionedConcurrencyExecutions", "Count"),
    _of_serverless("ServerlessProvisionedConcurrencyUtilization", "None"),
    _of_serverless("ServerlessProvisionedConcurrencyInvocations", "Count"),
    _of_serverless("ServerlessProvisionedConcurrencySpilloverInvocations", "Count"),
    # Multi-model endpoints.
    _of_loading("ModelLoadingWaitTime"),
    _of_loading("ModelDownloadingTime"),
    _of_loading("ModelLoadingTime"),
    _of_loading("ModelUnloadingTime"),
    _metric("ModelCacheHit", "None", ("Average", "Sum", "SampleCount"), "Average", Series(VARIANT, _MULTI_MODEL)),
    _metric("LoadedModelCount", "None", _TIME, "Average", Series(VARIANT, _MULTI_MODEL), namespace=INSTANCES),
    # Machines. Of serverless endpoints only the memory is known.
    _of_machines("CPUUtilization", Series(VARIANT, _WITH_MACHINES), _IN_CONTAINER),
    _of_machines("MemoryUtilization", Series(VARIANT, _WITH_MACHINES | _SERVERLESS_ONLY), _IN_CONTAINER),
    _of_machines("DiskUtilization", Series(VARIANT, _WITH_MACHINES)),
    _of_machines("GPUUtilization", Series(VARIANT, _WITH_MACHINES)),
    _of_machines("GPUMemoryUtilization", Series(VARIANT, _WITH_MACHINES)),
    _of_machines("CPUReservation", Series(VARIANT, _HOST)),
    _of_machines("MemoryReservation", Series(VARIANT, _HOST)),
    _of_machines("GPUReservation", Series(VARIANT, _HOST)),
    _of_machines("CPUUtilizationNormalized", Series(VARIANT, _HOST)),
    _of_machines("GPUUtilizationNormalized", Series(VARIANT, _HOST)),
    _of_machines("GPUMemoryUtilizationNormalized", Series(VARIANT, _HOST)),
    # Copies of an inference component.
    _of_components("CPUUtilizationNormalized"),
    _of_components("MemoryUtilizationNormalized"),
    _of_components("GPUUtilizationNormalized"),
    _of_components("GPUMemoryUtilizationNormalized"),
)

_INSTANCE_COUNT = "sagemaker:variant:DesiredInstanceCount"
_COPY_COUNT = "sagemaker:inference-component:DesiredCopyCount"

# https://docs.aws.amazon.com/autoscaling/application/userguide/monitoring-cloudwatch.html and `_POLICIES`.
PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": PredefinedMetric(
        name="InvocationsPerInstance", dimensions=VARIANT, scalable_dimension=_INSTANCE_COUNT
    ),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": PredefinedMetric(
        name="ConcurrentRequestsPerModel", dimensions=VARIANT, scalable_dimension=_INSTANCE_COUNT
    ),
    "SageMakerVariantProvisionedConcurrencyUtilization": PredefinedMetric(
        name="ServerlessProvisionedConcurrencyUtilization",
        dimensions=VARIANT,
        scalable_dimension="sagemaker:variant:DesiredProvisionedConcurrency",
    ),
    "SageMakerInferenceComponentInvocationsPerCopy": PredefinedMetric(
        name="InvocationsPerCopy", dimensions=COMPONENT, scalable_dimension=_COPY_COUNT
    ),
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": PredefinedMetric(
        name="ConcurrentRequestsPerCopy", dimensions=COMPONENT, scalable_dimension=_COPY_COUNT
    ),
}

_BY_NAME = {(metric.namespace, metric.name): metric for metric in METRICS}


def published(namespace: str, name: str) -> PublishedMetric | None:
    """The metric, or None where the list has none of that name in that namespace."""
    return _BY_NAME.get((namespace, name))


def metrics_of(kind: EndpointKind) -> tuple[PublishedMetric, ...]:
    """Everything that endpoints of a *kind* publish, in the order of the list."""
    return tuple(metric for metric in METRICS if kind in metric.kinds)


def intended_namespace(namespace: str) -> str | None:
    """The one of `NAMESPACES` that *namespace* is, or is a slip of the pen away from."""
    plain = {known.strip("/").lower(): known for known in NAMESPACES}
    close = get_close_matches(namespace.strip("/").lower(), plain, n=1, cutoff=0.9)
    return plain[close[0]] if close else None


def dimension_problem(namespace: str, name: str, dimensions: Collection[str]) -> str | None:
    """Why nothing would ever be seen of a metric, as one sentence, or None.

    Args:
        namespace: Another one than those of SageMaker hosting is never a problem: the metric is somebody's own.
        name: The metric.
        dimensions: The names of the dimensions, in any order. A set that splits further, by machine, container,
            accelerator or zone, is taken as right: no page lists all of those.
    """
    if namespace not in NAMESPACES:
        near = intended_namespace(namespace)
        return f"{namespace} has no metrics; SageMaker writes {near}" if near else None
    metric = published(namespace, name)
    if metric is None:
        return _unknown(namespace, name)
    given = set(dimensions)
    if any(given == set(known) for known in metric.dimensions):
        return None
    coarse = [series.dimensions for series in metric.series if not series.finer]
    if given & _FINER_DIMENSIONS and given <= _FINER_DIMENSIONS.union(*metric.dimensions):
        return None
    wanted = ", or with ".join(map(_listed, coarse))
    return f"{name} of {namespace} comes with {wanted}, got {_listed(sorted(given)) or 'none'}"


def _unknown(namespace: str, name: str) -> str:
    elsewhere = [metric.namespace for metric in METRICS if metric.name == name]
    if elsewhere:
        return f"{name} is not in {namespace}; it is in {_listed(elsewhere)}"
    here = [metric.name for metric in METRICS if metric.namespace == namespace]
    close = get_close_matches(name, here, n=1) or get_close_matches(name, [metric.name for metric in METRICS], n=1)
    hint = f"; the nearest is {close[0]}" if close else ""
    return f"{namespace} has no metric {name!r}{hint}"


def _listed(names: Collection[str]) -> str:
    """`a, b and c`."""
    *first, last = names or ("",)
    return f"{', '.join(first)} and {last}" if first else last
