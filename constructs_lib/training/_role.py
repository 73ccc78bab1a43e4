"""What the role of a training job needs besides what its references say."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.place import place_of
from constructs_lib._internal.statements import Statement
from constructs_lib.training.tracking import ModelPackageConfig

# https://docs.aws.amazon.com/sagemaker/latest/dg/train-remote-debugging.html
REMOTE_DEBUG = (
    Statement(
        actions=(
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ),
        resources=("*",),
        wildcard_reason="The channels of Systems Manager have no ARN; IAM accepts these actions on * only.",
    ),
)


def package_statements(scope: Construct, config: ModelPackageConfig | None) -> tuple[Statement, ...]:
    """The right to make packages in a group: `…:model-package-group/cats` holds `…:model-package/cats/<version>`."""
    if config is None:
        return ()
    packages = config.model_package_group_arn.replace(":model-package-group/", ":model-package/")
    if config.model_package_group_name is not None:
        packages = place_of(scope).arn("sagemaker", f"model-package/{config.model_package_group_name}")
    return (
        Statement(
            actions=("sagemaker:CreateModelPackage",),
            resources=(f"{packages}/*",),
            wildcard_reason="The versions of one model package group, which do not exist yet.",
        ),
    )


def allow_session_tags(role: iam.IRole) -> None:
    """Let SageMaker pass session tags when it takes *role* on.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SessionChainingConfig.html
    """
    if isinstance(role, iam.Role) and role.assume_role_policy is not None:
        role.assume_role_policy.add_statements(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("sagemaker.amazonaws.com")],
                actions=["sts:TagSession"],
                conditions={"StringEquals": {"aws:SourceAccount": place_of(role).account}},
            )
        )
