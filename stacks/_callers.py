"""The roles of apps that use what a stack makes."""

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam


def task_role(stack: Stack, description: str) -> iam.Role:
    """The role of tasks of ECS in this account and region, which may do nothing until it is granted something."""
    return iam.Role(
        stack,
        "Caller",
        description=description,
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
        assumed_by=iam.ServicePrincipal(
            "ecs-tasks.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:ecs:{stack.region}:{stack.account}:*"},
            },
        ),
    )
