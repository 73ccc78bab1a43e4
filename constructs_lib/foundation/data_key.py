"""The customer-managed key of a workload's data."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib._internal.checks import matches, removal_problem, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.warnings import warn
from constructs_lib.foundation.days import days_problem

# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
_PUBLISH = ["kms:Decrypt", "kms:GenerateDataKey*"]
_ENCRYPT = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]


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
        alias: str | None = None,
        pending_window: Duration | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the key.

        Args:
            scope: The parent construct.
            id: The id in it.
            description: Shown in the KMS console.
            alias: A name for people, such as `deep-learning/data`, unique in account and region; None gives none.
            pending_window: How long a deleted key can still be saved, 7 to 30 days; 30 by default.
            removal_policy: What becomes of the key when the stack goes.

        Raises:
            ConfigurationError: The alias or the window is not possible; both are listed.

        Source: API_ScheduleKeyDeletion.html and API_CreateAlias.html of
        https://docs.aws.amazon.com/kms/latest/APIReference/
        """
        # An alias that begins with `aws/` is one of AWS's own.
        shape = (
            "letters, digits and '/_-', at most 250, without 'alias/' or 'aws/' in front, such as 'deep-learning/data'"
        )
        subject = f"{scope.node.path}/{id}".removeprefix("/")
        require(subject, argument_problems(DataKey.__init__, locals()))
        require(
            subject,
            None if alias is None else matches("alias", alias, r"(?!alias/|aws/)[a-zA-Z0-9/_-]{1,250}", shape=shape),
            days_problem("pending_window", pending_window, 7, 30),
            removal_problem(removal_policy),
        )
        super().__init__(
            scope,
            id,
            description=description or "Data of SageMaker workloads",
            # In full, because the CDK adds `alias/` to no token.
            alias=f"alias/{alias}" if alias else None,
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        if pending_window is not None:
            # Not through the CDK's `Key`, which refuses a number that is known at deployment only.
            resource = self.node.default_child
            assert isinstance(resource, kms.CfnKey)  # noqa: S101 -- narrows the type; the CDK made it a line above
            resource.pending_window_in_days = pending_window.to_days()
        _let_logs_use(self)

    def allow_alarms(self) -> None:
        """Let CloudWatch alarms of this account notify topics that this key encrypts (TRAPS 14).

        Without it an alarm goes off and nobody hears of it: the topic refuses the message, and only the alarm's history
        says so. `AlarmTopic` and `add_alarms` call it for the key of their topic.
        """
        let_alarms_use(self, scope=self)

    def allow_events(self) -> None:
        """Let EventBridge rules send to topics and queues that this key encrypts (TRAPS 14).

        EventBridge does not tell KMS for which account or rule it asks, so no condition can narrow this: the policies
        of the topics decide who sends. Roles, such as that of an async endpoint, need none of it.
        """
        let_events_use(self, scope=self)


def let_logs_use(key: kms.IKey | None, *, scope: Construct) -> None:
    """Let CloudWatch Logs use *key* for log groups of its account; an imported key is a warning at *scope*."""
    if key is not None and not isinstance(key, DataKey) and not _let_logs_use(key):
        _warn(scope, key, "logs", _ENCRYPT, "the log group cannot be made")


def _let_logs_use(key: kms.IKey) -> bool:
    """Whether the policy of *key* takes it.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    stack = Stack.of(key)
    log_groups = f"arn:{Aws.PARTITION}:logs:{stack.region}:{stack.account}:log-group:*"
    statement = iam.PolicyStatement(
        principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
        actions=_ENCRYPT,
        resources=["*"],
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
    )
    return key.add_to_resource_policy(statement).statement_added


def let_alarms_use(key: kms.IKey, *, scope: Construct) -> None:
    """Let CloudWatch alarms of the key's account use *key* to notify the topic *scope*.

    The policy of an imported key is its owner's, which is a warning: nothing else says that messages are lost.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    stack = Stack.of(key)
    conditions = {
        "ArnLike": {"aws:SourceArn": alarms_of(stack)},
        "StringEquals": {"aws:SourceAccount": stack.account},
    }
    _let_use(key, "cloudwatch", conditions, scope)


def let_events_use(key: kms.IKey, *, scope: Construct) -> None:
    """Let EventBridge rules use *key* to send to the topic or queue *scope*; an imported key is a warning here, too."""
    _let_use(key, "events", None, scope)


def alarms_of(stack: Stack) -> str:
    """The ARN of each CloudWatch alarm of the account and region of *stack*."""
    return f"arn:{Aws.PARTITION}:cloudwatch:{stack.region}:{stack.account}:alarm:*"


def _let_use(key: kms.IKey, service: str, conditions: Mapping[str, Any] | None, scope: Construct) -> None:
    statement = iam.PolicyStatement(
        principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
        actions=_PUBLISH,
        resources=["*"],
        conditions=conditions,
    )
    if not key.add_to_resource_policy(statement).statement_added:
        _warn(scope, key, service, _PUBLISH, "messages are lost without a word")


def _warn(scope: Construct, key: kms.IKey, service: str, actions: list[str], otherwise: str) -> None:
    warn(
        scope,
        f"key-not-known/{service}",
        f"{key.node.path} is an imported key; its policy must let {service}.amazonaws.com use it "
        f"({', '.join(actions)}), or {otherwise}",
    )
