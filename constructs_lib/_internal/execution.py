"""What every job and every endpoint does besides its own work: write logs and metrics, use the key of its disks."""

from constructs import IConstruct

from constructs_lib._internal.place import place_of
from constructs_lib._internal.statements import Statement


def job_statements(scope: IConstruct, kind: str, *, volume_key_arn: str | None) -> tuple[Statement, ...]:
    """Logs, metrics and disks of a workload.

    Args:
        scope: The workload, in whose region and account the log group is.
        kind: As SageMaker names the log group and the metric namespace: `TrainingJobs`, `Endpoints`.
        volume_key_arn: The key of the disks; None when they have none.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    statements = [
        log_statement(scope, f"{kind}*"),
        Statement(
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            conditions={"StringEquals": {"cloudwatch:namespace": f"/aws/sagemaker/{kind}"}},
            wildcard_reason="PutMetricData knows no resources; the condition limits it to SageMaker's own namespace.",
        ),
    ]
    if volume_key_arn is not None:
        statements += [
            Statement(actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(volume_key_arn,)),
            # The disks of a machine are opened by a grant that EC2 holds:
            # https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
            Statement(
                actions=("kms:CreateGrant",),
                resources=(volume_key_arn,),
                conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        ]
    return tuple(statements)


def log_statement(scope: IConstruct, groups: str) -> Statement:
    """Writing logs, as SageMaker does with the role of a workload.

    Args:
        scope: The workload, in whose region and account the log group is.
        groups: What stands behind `/aws/sagemaker/` in the ARN, with its wildcard: `TrainingJobs*`.
    """
    return Statement(
        actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
        resources=(place_of(scope).arn("logs", f"log-group:/aws/sagemaker/{groups}"),),
        wildcard_reason=(
            "SageMaker names log groups and streams after jobs, endpoints and notebooks that do not exist yet."
        ),
    )
