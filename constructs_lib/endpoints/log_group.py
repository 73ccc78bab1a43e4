"""The log group of an endpoint or a component, made before SageMaker would make it."""

from typing import Any

from aws_cdk import CfnResource, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from constructs_lib._internal.checks import removal_problem, require
from constructs_lib._internal.kinds import kind_problems
from constructs_lib.foundation.data_key import let_logs_use

# Nothing else may have this id.
LOG_GROUP = "LogGroup"


class WritesLogs:
    """What writes to a log group of its own, under a name that is known before it is there."""

    # The resource, and what stands behind `/aws/sagemaker/`: no attribute of the resource, which would wait for it.
    _resource: CfnResource
    _log_group: str

    def add_log_group(
        self: Any,
        *,
        key: kms.IKey | None = None,
        retention: logs.RetentionDays | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> logs.LogGroup:
        """Make the log group in this stack: under a key, and for a time.

        SageMaker makes the group itself with the first line that is written, without a key of yours and without an end.
        CloudFormation makes none that is there already, and fails: of what has run, or was deployed before and its
        group retained, be it by a creation that was rolled back, take the group in with `cdk import` or delete it.

        Args:
            key: Encrypts the group; its policy lets CloudWatch Logs use it, which that of an imported key must do by
                itself. None leaves the encryption to CloudWatch Logs.
            retention: How long lines are kept; None keeps them for a year.
            removal_policy: What becomes of the group when the stack goes. It is kept by default, but not where the
                creation of the stack is rolled back: the next try would find it in its way.

        Returns:
            The group, for metric filters and subscriptions.

        Raises:
            ConfigurationError: Something is of a wrong kind, or there is a group already; all are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
        """
        require(
            self,
            kind_problems("key", key, kms.IKey | None),
            kind_problems("retention", retention, logs.RetentionDays | None),
            kind_problems("removal_policy", removal_policy, RemovalPolicy),
            removal_problem(removal_policy),
            "the log group is made already; add_log_group was called twice"
            if self.node.try_find_child(LOG_GROUP)
            else None,
        )
        let_logs_use(key, scope=self)
        group = logs.LogGroup(
            self,
            LOG_GROUP,
            log_group_name=f"/aws/sagemaker/{self._log_group}",
            encryption_key=key,
            retention=logs.RetentionDays.ONE_YEAR if retention is None else retention,
            removal_policy=removal_policy,
        )
        # Otherwise SageMaker may be first, and CloudFormation finds a group that is there.
        self._resource.node.add_dependency(group)
        return group
