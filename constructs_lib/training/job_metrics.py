"""What CloudWatch knows of jobs whose names begin alike: a search, since each run has a name of its own."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib._internal.checks import matches, one_of, require

# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-jobs
_NAMESPACES = {
    "TrainingJob": "TrainingJobs",
    # What a tuning job launches are training jobs, whose names begin with its own.
    "HyperParameterTuningJob": "TrainingJobs",
    "ProcessingJob": "ProcessingJobs",
    "TransformJob": "TransformJobs",
}
# Of each machine, by `Host`: `<job name>/algo-<number>`, of a transform job `<job name>/<instance id>`.
_OF_MACHINES = ("CPUUtilization", "DiskUtilization", "GPUMemoryUtilization", "GPUUtilization", "MemoryUtilization")


def search(
    subject: str,
    *,
    noun: str,
    name_prefix: str,
    metric_name: str,
    statistic: str,
    period: Duration | None,
) -> cloudwatch.MathExpression:
    """The expression that `Job.metric_search` describes.

    Args:
        subject: For the words of an error.
        noun: The kind of job.
        name_prefix: What the names of the jobs begin with.
        metric_name: As there.
        statistic: As there.
        period: As there.
    """
    require(subject, one_of("metric_search", noun, tuple(_NAMESPACES), fix="; other jobs have no metrics"))
    known = [name for name in _OF_MACHINES if noun != "TransformJob" or name != "DiskUtilization"]
    namespace = _NAMESPACES[noun]
    trains = namespace == "TrainingJobs"
    require(
        subject,
        # Whatever else stands in the expression would be another expression.
        matches("metric_name", metric_name, r"[^'\"\\\\()]+", shape="a metric's name without quotes or parentheses")
        if trains
        else one_of("metric_name", metric_name, known),
        matches("statistic", statistic, r"[A-Za-z0-9.%:()]+", shape="a statistic such as 'Average' or 'p90'"),
    )
    # What the algorithm reports has the job's name for its dimension: sagemaker 2.257.7, analytics.py.
    dimension = "Host" if metric_name in known else "TrainingJobName"
    schema = f'{{"/aws/sagemaker/{namespace}",{dimension}}}'
    term = f'MetricName="{metric_name}" {dimension}={name_prefix}'
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{schema} {term}', '{statistic}')",
        # Each line of the graph bears its own dimension.
        label="",
        using_metrics={},
        period=period,
    )
