"""A metric of CloudWatch as a target-tracking policy wants it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import nearest, require
from constructs_lib.contract.metric_math import searches, unknown_ids

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_cloudwatch as cloudwatch

_RESULT = "result"
# What a single metric may be read by; any other statistic, such as p99, goes through `Metrics`.
_SIMPLE_STATISTICS = frozenset({"Average", "Maximum", "Minimum", "SampleCount", "Sum"})


def render_metric(subject: str, metric: "cloudwatch.IMetric", stack: "Stack") -> dict[str, Any]:
    """The `CustomizedMetricSpecification` of a metric or of metric math, for a policy in *stack*.

    Application Auto Scaling looks at each minute whatever the period of the metric says, and only at metrics of the
    policy's own account and region.

    Raises:
        ConfigurationError: The metric is none or lies in another account or region, or an id stands for two.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_CustomizedMetricSpecification.html
    """
    is_metric = hasattr(metric, "to_metric_config")
    require(subject, None if is_metric else f"metric must be a Metric or MathExpression of the CDK, got {metric!r}")
    config = metric.to_metric_config()
    if config.metric_stat is not None:
        stat = _metric_stat(config.metric_stat)
        if stat["Stat"] in _SIMPLE_STATISTICS:
            require(subject, _place_problem(config.metric_stat, stack))
            return {**stat["Metric"], "Statistic": stat["Stat"], **({"Unit": stat["Unit"]} if "Unit" in stat else {})}
    queries: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for query in _queries(_RESULT, metric, stack, problems, returned=True):
        # Two expressions may use the same metric under the same id; the service wants it once.
        if queries.setdefault(query["Id"], query) != query:
            problems.append(f"metric must use no id twice, and {_RESULT!r} is that of the whole, got {query['Id']!r}")
    require(subject, problems)
    return {"Metrics": list(queries.values())}


def _queries(
    id: str, metric: "cloudwatch.IMetric", stack: "Stack", problems: list[str], *, returned: bool
) -> Iterator[dict[str, Any]]:
    """The metric or expression *id*, after everything that it is made of."""
    config = metric.to_metric_config()
    if config.metric_stat is not None:
        problems += filter(None, [_place_problem(config.metric_stat, stack)])
        yield {"Id": id, "MetricStat": _metric_stat(config.metric_stat), "ReturnData": returned}
    elif config.math_expression is not None:
        problems += expression_problems(config.math_expression)
        for name, used in config.math_expression.using_metrics.items():
            yield from _queries(name, used, stack, problems, returned=False)
        yield {"Id": id, "Expression": config.math_expression.expression, "ReturnData": returned}


def expression_problems(config: "cloudwatch.MetricExpressionConfig") -> Iterator[str]:
    """Why an alarm cannot compute an expression, those of a policy among them.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-search-expressions.html
    """
    text, ids = config.expression, list(config.using_metrics)
    if searches(text):
        yield f"metric must return one time series, and SEARCH returns several, got {text!r}; name each metric"
    for id in unknown_ids(text, ids):
        known = ", ".join(map(repr, ids)) or "nothing"
        yield f"metric must name ids of using_metrics ({known}), got {id!r} in {text!r}{nearest(id, ids)}"


def _metric_stat(config: "cloudwatch.MetricStatConfig") -> dict[str, Any]:
    metric: dict[str, Any] = {"MetricName": config.metric_name, "Namespace": config.namespace}
    if config.dimensions:
        metric["Dimensions"] = [{"Name": each.name, "Value": each.value} for each in config.dimensions]
    unit = {"Unit": _unit(config.unit_filter.name)} if config.unit_filter is not None else {}
    return {"Metric": metric, "Stat": config.statistic, **unit}


def _unit(name: str) -> str:
    """`COUNT_PER_SECOND` of the CDK is `Count/Second` of CloudWatch."""
    return "/".join(part.capitalize() for part in name.split("_PER_"))


def _place_problem(config: "cloudwatch.MetricStatConfig", stack: "Stack") -> str | None:
    # A metric that is attached to a construct names account and region where its stack does.
    places = ((config.account, stack.account), (config.region, stack.region))
    elsewhere = [place for place, here in places if place and place != here]
    if not elsewhere:
        return None
    return f"metric must be one of this account and region, got {config.metric_name} of {' '.join(elsewhere)}"
