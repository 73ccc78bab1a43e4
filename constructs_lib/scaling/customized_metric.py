"""A metric of CloudWatch as a target-tracking policy wants it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import require

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch

_RESULT = "result"


def render_metric(subject: str, metric: "cloudwatch.IMetric") -> dict[str, Any]:
    """The `CustomizedMetricSpecification` of a metric or of metric math.

    Application Auto Scaling looks at each minute whatever the period of the metric says, and only at metrics of the
    policy's own account and region.

    Raises:
        ConfigurationError: The metric is none, or lies in another account or region.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_CustomizedMetricSpecification.html
    """
    is_metric = hasattr(metric, "to_metric_config")
    require(subject, None if is_metric else f"metric must be a Metric or MathExpression of the CDK, got {metric!r}")
    config = metric.to_metric_config()
    if config.metric_stat is not None:
        _require_here(subject, config.metric_stat)
        stat = _metric_stat(config.metric_stat)
        return {**stat["Metric"], "Statistic": stat["Stat"], **({"Unit": stat["Unit"]} if "Unit" in stat else {})}
    return {"Metrics": list(_queries(subject, _RESULT, metric, returned=True))}


def _queries(subject: str, id: str, metric: "cloudwatch.IMetric", *, returned: bool) -> Iterator[dict[str, Any]]:
    """The metric or expression *id*, after everything that it is made of."""
    config = metric.to_metric_config()
    if config.metric_stat is not None:
        _require_here(subject, config.metric_stat)
        yield {"Id": id, "MetricStat": _metric_stat(config.metric_stat), "ReturnData": returned}
    elif config.math_expression is not None:
        for name, used in config.math_expression.using_metrics.items():
            yield from _queries(subject, name, used, returned=False)
        yield {"Id": id, "Expression": config.math_expression.expression, "ReturnData": returned}


def _metric_stat(config: "cloudwatch.MetricStatConfig") -> dict[str, Any]:
    metric: dict[str, Any] = {"MetricName": config.metric_name, "Namespace": config.namespace}
    if config.dimensions:
        metric["Dimensions"] = [{"Name": each.name, "Value": each.value} for each in config.dimensions]
    unit = {"Unit": _unit(config.unit_filter.name)} if config.unit_filter is not None else {}
    return {"Metric": metric, "Stat": config.statistic, **unit}


def _unit(name: str) -> str:
    """`COUNT_PER_SECOND` of the CDK is `Count/Second` of CloudWatch."""
    return "/".join(part.capitalize() for part in name.split("_PER_"))


def _require_here(subject: str, config: "cloudwatch.MetricStatConfig") -> None:
    elsewhere = [place for place in (config.account, config.region) if place]
    require(
        subject,
        f"metric must be one of this account and region, got {config.metric_name} of {' '.join(elsewhere)}"
        if elsewhere
        else None,
    )
