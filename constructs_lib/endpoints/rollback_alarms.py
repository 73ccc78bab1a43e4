"""The alarms of an endpoint or a component that take an update back."""

from collections.abc import Mapping, Sequence

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.endpoints.rollback import AutoRollback


def own_alarms(
    scope: Construct, rollback: AutoRollback, dimensions: Sequence[Mapping[str, str]], latency_ms: float
) -> list[str]:
    """Make the alarms and return their names; none when *rollback* wants none.

    Args:
        scope: Whose updates they watch.
        rollback: What is too much.
        dimensions: Of each variant or component that is watched.
        latency_ms: The mean latency that is too long when *rollback* names none.
    """
    if not rollback.watches_by_itself:
        return []
    latency_us = (latency_ms if rollback.model_latency_ms is None else rollback.model_latency_ms) * 1000
    watched = (
        # Each answer sends 1 or 0, so the mean is the share.
        ("Errors", "Invocation5XXErrors", rollback.error_percent / 100, "Share of answers with a 5xx status"),
        ("Latency", "ModelLatency", latency_us, "Mean time of the containers in microseconds"),
    )
    namespace = Construct(scope, "Rollback")
    alarms = [
        cloudwatch.Alarm(
            namespace,
            id,
            metric=_worst(metric, dimensions),
            threshold=threshold,
            evaluation_periods=rollback.minutes,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{what}; takes an update of {scope.node.path} back",
        )
        for id, metric, threshold, what in watched
    ]
    for alarm in alarms:
        Validations.of(alarm).acknowledge(
            Acknowledgment(
                id="NIST.800.53.R5::NIST.800.53.R5-CloudWatchAlarmAction",
                reason="SageMaker reads the state of this alarm while an update runs, and takes the update back.",
            )
        )
    return [alarm.alarm_name for alarm in alarms]


def _worst(metric_name: str, dimensions: Sequence[Mapping[str, str]]) -> cloudwatch.IMetric:
    """The metric of the variant that fares worst: an endpoint has up to ten variants and an update ten alarms."""
    minute = Duration.minutes(1)
    metrics: dict[str, cloudwatch.IMetric] = {
        f"v{index}": cloudwatch.Metric(
            namespace="AWS/SageMaker",
            metric_name=metric_name,
            dimensions_map=dict(of_one),
            statistic="Average",
            period=minute,
        )
        for index, of_one in enumerate(dimensions)
    }
    if len(metrics) == 1:
        return metrics["v0"]
    # An alarm on an expression is an alarm as any other (untested against a live account).
    return cloudwatch.MathExpression(
        expression="MAX(METRICS())", using_metrics=metrics, period=minute, label=f"Worst {metric_name}"
    )
