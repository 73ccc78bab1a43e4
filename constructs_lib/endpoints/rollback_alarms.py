"""The alarms of an endpoint or a component that take an update back."""

from collections.abc import Mapping, Sequence
from typing import cast

import jsii
from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct, IValidation

from constructs_lib._internal.acknowledged import acknowledge
from constructs_lib._internal.checks import is_token
from constructs_lib.endpoints.rollback import AutoRollback

# Stand for the alarms below in a check of the request, which comes before they are made.
UNMADE_ALARMS = ("unmade-errors", "unmade-latency")


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
    latest = latency_ms if rollback.model_latency_ms is None else rollback.model_latency_ms
    watched = (
        # Each answer sends 1 or 0, so the mean is the share.
        ("Errors", "Invocation5XXErrors", rollback.error_percent, 1 / 100, "Share of answers with a 5xx status"),
        # The metric counts in microseconds.
        ("Latency", "ModelLatency", latest, 1000, "Mean time of the containers"),
    )
    namespace = Construct(scope, "Rollback")
    alarms = [
        cloudwatch.Alarm(
            namespace,
            id,
            # CloudFormation cannot calculate with a number of its own, so then the metric takes on the number's unit.
            metric=_worst(metric, dimensions, 1 / unit if is_token(threshold) else 1),
            # Rounded, because 35 percent is a share of 0.35 and not of 0.35000000000000003.
            threshold=threshold if is_token(threshold) else round(threshold * unit, 12),
            evaluation_periods=rollback.minutes,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{what}; takes an update of {scope.node.path} back",
        )
        for id, metric, threshold, unit, what in watched
    ]
    namespace.node.add_validation(cast(IValidation, _ActionReason(alarms)))
    return [alarm.alarm_name for alarm in alarms]


def rollback_alarms(scope: Construct) -> list[cloudwatch.Alarm]:
    """The alarms that `own_alarms` has made for *scope*; none where there are none."""
    namespace = scope.node.try_find_child("Rollback")
    return [each for each in namespace.node.children if isinstance(each, cloudwatch.Alarm)] if namespace else []


@jsii.implements(IValidation)
class _ActionReason:
    """Tells cdk-nag why an alarm has no action, where at the end it has none.

    Whoever is told of the alarms is often named after they are made. The validations of the construct tree run once the
    app is complete, and before the plugins.
    """

    def __init__(self, alarms: Sequence[cloudwatch.Alarm]) -> None:
        self._alarms = alarms

    def validate(self) -> list[str]:
        """Acknowledge the findings; there is never an error to report."""
        for alarm in self._alarms:
            if not _has_action(alarm):
                acknowledge(
                    alarm,
                    "CloudWatchAlarmAction",
                    "SageMaker reads the state of this alarm while an update runs, and takes the update back.",
                )
        return []


def _has_action(alarm: cloudwatch.Alarm) -> bool:
    resource = cast(cloudwatch.CfnAlarm, alarm.node.default_child)
    given = [resource.alarm_actions, resource.ok_actions, resource.insufficient_data_actions]
    return any(Stack.of(alarm).resolve(given) or ())


def _worst(metric_name: str, dimensions: Sequence[Mapping[str, str]], factor: float) -> cloudwatch.IMetric:
    """The metric of the variant that fares worst, times *factor*.

    One for all of them, because an endpoint has up to ten variants and an update ten alarms.
    """
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
    if len(metrics) == 1 and factor == 1:
        return metrics["v0"]
    # An alarm on an expression is an alarm as any other (untested against a live account).
    worst = "MAX(METRICS())" if factor == 1 else f"{factor:g} * MAX(METRICS())"
    return cloudwatch.MathExpression(
        expression=worst, using_metrics=metrics, period=minute, label=f"Worst {metric_name}"
    )
