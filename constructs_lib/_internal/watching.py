"""What people need who watch a workload: its logs, its metrics, and what scaling did."""

from constructs_lib._internal.place import Place
from constructs_lib._internal.statements import Statement

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
SEES_METRICS = Statement(
    actions=("cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics"),
    resources=("*",),
    wildcard_reason="Metrics are no resources of IAM, which accepts reading them on * only.",
)
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html
SEES_SCALING = Statement(
    actions=(
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingActivities",
        "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:DescribeScheduledActions",
    ),
    resources=("*",),
    wildcard_reason="Describing scaling knows no resources; IAM accepts these actions on * only.",
)
_STREAMS = "The ARN of a log group ends in a star, which stands for its streams."


def reads_log_group(place: Place, name: str) -> Statement:
    """All that one log group of SageMaker's holds; *name* is what stands behind `/aws/sagemaker/`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
    """
    return Statement(
        actions=("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"),
        resources=(f"{_log_group(place, name)}:*",),
        wildcard_reason=_STREAMS,
    )


def reads_log_streams(place: Place, name: str, prefix: str) -> tuple[Statement, ...]:
    """The streams of one log group whose names begin with *prefix*, where others have theirs in the same group.

    The names of all streams can be listed, because that is a right on the group. Searching the group is left out for
    the same reason: `FilterLogEvents` would show everybody's lines.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    """
    group = _log_group(place, name)
    return (
        Statement(actions=("logs:DescribeLogStreams",), resources=(f"{group}:*",), wildcard_reason=_STREAMS),
        Statement(
            actions=("logs:GetLogEvents",),
            resources=(f"{group}:log-stream:{prefix}*",),
            wildcard_reason="Streams are named after jobs, and each job has a new name; what comes before it is fixed.",
        ),
    )


def _log_group(place: Place, name: str) -> str:
    return place.arn("logs", f"log-group:/aws/sagemaker/{name}")
