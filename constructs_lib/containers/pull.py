"""The rights that pulling an image from ECR takes."""

from dataclasses import replace

from constructs_lib._internal.place import Place
from constructs_lib._internal.statements import Statement

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def pull_statements(repository_arn: str) -> tuple[Statement, ...]:
    """Pulling from one repository."""
    return (
        Statement(actions=_PULL, resources=(repository_arn,)),
        Statement(
            actions=("ecr:GetAuthorizationToken",),
            resources=("*",),
            wildcard_reason="ecr:GetAuthorizationToken has no resource of its own; IAM accepts it on * only.",
        ),
    )


def repository_arn(place: Place, *, account: str, region: str, repository: str) -> str:
    """The ARN of a repository in the partition of the stack, which need not be of its account and region."""
    return replace(place, account=account, region=region).arn("ecr", f"repository/{repository}")
