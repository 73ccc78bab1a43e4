"""Makes one CloudWatch metric of an endpoint or a component, with the dimensions that CloudWatch knows."""

from collections.abc import Collection, Mapping
from typing import Any, TypedDict, cast

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import Metric
from constructs import IConstruct

from constructs_lib._internal.checks import has, is_a, is_token, require
from constructs_lib._internal.durations import whole_seconds
from constructs_lib.contract.published_metrics import INVOCATIONS, METRICS, dimension_problem, published

_ARGUMENTS = {"VariantName": "variant", "ContainerName": "container"}
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html is wider than any name here.
_LONGEST_NAME = 63
_EXAMPLES = {"variant": "blue", "container": "first"}


class MetricOptions(TypedDict, total=False):
    """What can be changed about a metric.

    Attributes:
        statistic: Such as `Sum`, `Maximum` or `p99`; the natural one of the metric unless given.
        period: What one value sums up; five minutes unless given. `ConcurrentRequestsPerModel` and
            `ConcurrentRequestsPerCopy` have values every ten seconds, the others every minute.
        label: The name in a graph.
        color: The colour in a graph, as in `#1f77b4`.
    """

    statistic: str
    period: Duration
    label: str
    color: str


def make_metric(
    owner: Any,
    name: str,
    dimensions: Mapping[str, Any],
    namespace: str | None = None,
    *,
    statistic: str | None = None,
    period: Duration | None = None,
    label: str | None = None,
    color: str | None = None,
) -> Metric:
    """A metric of the construct *owner*, or a ConfigurationError where CloudWatch would never see data of it."""
    subject = f"metric of {owner.node.path}"
    require(
        subject,
        is_a("name", name, str, "a name such as 'ModelLatency'"),
        has("period", period, "to_seconds", "a duration such as Duration.minutes(1)"),
        whole_seconds("period", period),
        *(
            _name_problem(_ARGUMENTS[dimension], value)
            for dimension, value in dimensions.items()
            if dimension in _ARGUMENTS
        ),
        *(
            is_a(field, value, str, "a text") if value is not None else None
            for field, value in (("statistic", statistic), ("label", label), ("color", color), ("namespace", namespace))
        ),
    )
    chosen = namespace or _namespace_of(name, dimensions)
    require(subject, _with_fix(dimension_problem(chosen, name, dimensions), chosen, name, dimensions))
    known = published(chosen, name)
    return Metric(
        namespace=chosen,
        metric_name=name,
        dimensions_map=dimensions,
        statistic=statistic or (known.statistic if known else None),
        period=period,
        label=label,
        color=color,
    ).attach_to(cast(IConstruct, owner))


def _name_problem(argument: str, value: Any) -> str | None:
    if isinstance(value, str) and value and (len(value) <= _LONGEST_NAME or is_token(value)):
        return None
    return f"{argument} must be the name of a {argument}, such as {_EXAMPLES[argument]!r}, got {value!r}"


def _namespace_of(name: str, dimensions: Mapping[str, Any]) -> str:
    """The namespace with that metric and those dimensions, or the first with that metric."""
    named = [metric for metric in METRICS if metric.name == name]
    fitting = [metric for metric in named if any(set(known) == set(dimensions) for known in metric.dimensions)]
    return next((metric.namespace for metric in (*fitting, *named)), INVOCATIONS)


def _with_fix(problem: str | None, namespace: str, name: str, dimensions: Mapping[str, Any]) -> str | None:
    """The problem, with the arguments to give or to leave out."""
    metric = published(namespace, name)
    if problem is None or metric is None:
        return problem
    given = set(dimensions)
    coarse = [set(series.dimensions) for series in metric.series if not series.finer]
    for known in sorted(coarse, key=len):
        if given < known:
            return f"{problem}; give {_arguments(known - given)}"
    for known in sorted(coarse, key=len, reverse=True):
        if known < given:
            return f"{problem}; leave {_arguments(given - known)} out"
    return problem


def _arguments(dimensions: Collection[str]) -> str:
    return " and ".join(argument for dimension, argument in _ARGUMENTS.items() if dimension in dimensions)
