"""The customer-managed key of a workload's data."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


class DataKey(kms.Key):
    """A customer-managed KMS key, rotated each year, that CloudWatch Logs may use for this account's log groups.

    Roles get the use of it where they refer to what it encrypts; the key policy itself leaves that to IAM, as the
    CDK's own keys do. It is kept when its stack is deleted, because what it encrypted would be lost with it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the key.

        Args:
            scope: The parent construct.
            id: The id in it.
            description: Shown in the KMS console.
            removal_policy: What becomes of the key when the stack goes.
        """
        super().__init__(
            scope,
            id,
            description=description or "Data of SageMaker workloads",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        log_groups = f"arn:{Aws.PARTITION}:logs:{self.stack.region}:{self.stack.account}:log-group:*"
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{self.stack.region}.amazonaws.com")],
                actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
            )
        )
