"""What the alarm of a step policy must be."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import at_least, has, is_token, whole
from constructs_lib._internal.kinds import kind_problems
from constructs_lib.contract.published_metrics import longest_look_back
from constructs_lib.scaling.customized_metric import expression_problems
from constructs_lib.scaling.step_adjustment import StepAdjustment

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_cloudwatch as cloudwatch

# Those of a fixed threshold; the others compare with a band that a model predicts.
_COMPARISONS = (
    "GREATER_THAN_OR_EQUAL_TO_THRESHOLD",
    "GREATER_THAN_THRESHOLD",
    "LESS_THAN_OR_EQUAL_TO_THRESHOLD",
    "LESS_THAN_THRESHOLD",
)


def alarm_problems(
    metric: Any, steps: Any, comparison: Any, periods: Any, datapoints: Any, stack: "Stack"
) -> Iterator[str | None]:
    """What is wrong with an alarm of a policy in *stack*.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    from aws_cdk import aws_cloudwatch as cloudwatch

    no_metric = has("metric", metric, "to_metric_config", "a Metric or MathExpression of the CDK", optional=False)
    yield no_metric
    yield _side_problem(steps, comparison)
    wrong = kind_problems("comparison", comparison, cloudwatch.ComparisonOperator)
    yield from wrong
    if not wrong and comparison.name not in _COMPARISONS:
        names = ", ".join(f"ComparisonOperator.{name}" for name in _COMPARISONS)
        yield f"comparison must be one with a fixed threshold ({names}), got ComparisonOperator.{comparison.name}"
    wrong_periods = whole("evaluation_periods", periods, 1)
    yield wrong_periods
    yield whole("datapoints_to_alarm", datapoints, 1) if datapoints is not None else None
    yield _datapoints_problem(datapoints, periods)
    if no_metric is None:
        yield from _metric_problems("metric", metric, stack)
        if wrong_periods is None and not is_token(periods):
            yield _window_problem(metric, periods)


def _metric_problems(field: str, metric: "cloudwatch.IMetric", stack: "Stack") -> Iterator[str | None]:
    """An alarm looks at metrics of its own region; those of another account may be shared with this one."""
    config = metric.to_metric_config()
    if config.metric_stat is not None:
        region, name = config.metric_stat.region, config.metric_stat.metric_name
        # A metric that is attached to a construct names the region where its stack does.
        yield (
            f"{field} must be one of this region, got {name} of {region}"
            if region not in (None, stack.region)
            else None
        )
    elif config.math_expression is not None:
        yield from expression_problems(config.math_expression)
        for used in config.math_expression.using_metrics.values():
            yield from _metric_problems(field, used, stack)


def _window_problem(metric: "cloudwatch.IMetric", periods: int) -> str | None:
    config = metric.to_metric_config()
    if config.math_expression is not None:
        seconds = int(config.math_expression.period)
    elif config.metric_stat is not None:
        seconds = int(config.metric_stat.period.to_seconds())
    else:
        return None
    longest = longest_look_back(seconds)
    if periods * seconds <= longest:
        return None
    return (
        f"evaluation_periods must be at most {longest // seconds} with a period of {seconds} seconds, because an alarm "
        f"looks back {longest} seconds at most, got {periods}"
    )


def _datapoints_problem(datapoints: Any, periods: Any) -> str | None:
    if not isinstance(datapoints, int) or not isinstance(periods, int) or is_token(datapoints) or is_token(periods):
        return None
    return at_least("evaluation_periods", periods, "datapoints_to_alarm", datapoints)


def _side_problem(steps: Any, comparison: Any) -> str | None:
    """Steps that all lie on the side of the threshold where the alarm never rings."""
    steps = steps if isinstance(steps, Sequence) else ()
    if not steps or not all(isinstance(step, StepAdjustment) for step in steps):
        return None
    name = getattr(comparison, "name", "")
    above, below = name.startswith("GREATER"), name.startswith("LESS")
    reached = any(
        (above and (is_token(step.to_breach) or step.to_breach is None or step.to_breach > 0))
        or (below and (is_token(step.from_breach) or step.from_breach is None or step.from_breach < 0))
        for step in steps
    )
    if reached or not (above or below):
        return None
    where, other = (
        ("above", "LESS_THAN_OR_EQUAL_TO_THRESHOLD") if above else ("below", "GREATER_THAN_OR_EQUAL_TO_THRESHOLD")
    )
    return f"steps must hold one {where} the threshold, where comparison is {name}; or give ComparisonOperator.{other}"
