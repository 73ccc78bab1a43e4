"""Runs jobs: a state machine that creates them, waits for them and tries again when that can help."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import grantee_problem, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.statements import Statement
from constructs_lib.training._plan import Plan, make_plan
from constructs_lib.training._starts import start_by_itself, tell_topic
from constructs_lib.training._states import render_machine

if TYPE_CHECKING:
    from constructs_lib.training.steps import Step


class TrainingWorkflow(Construct):
    """A state machine that runs *steps* in order, with logs and tracing on.

    Each start creates jobs with new names. Throttling and quota refusals are tried again for a while; a job that
    failed for want of machines (`CapacityError`) waits a quarter of an hour and starts anew, up to eight times. The
    result of each job, as Describe gives it, lies in the output under the id of its construct.

    A failed execution can be redriven: what has succeeded is kept, and the job that failed runs anew under a new name.
    Executions go through the optimized integration, which stops a job with its execution, where that is known to take
    the whole request of the job; else the workflow asks after the job until it has ended, and a job of an execution
    that is stopped goes on.

    Attributes:
        state_machine: The state machine, for what this class does not offer.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        steps: "Sequence[Step]",
        schedule: events.Schedule | None = None,
        start_on: events.EventPattern | None = None,
        notify_success: sns.ITopic | None = None,
        notify_failure: sns.ITopic | None = None,
        tags: Mapping[str, str] | None = None,
        key: kms.IKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the state machine.

        Args:
            scope: The parent construct.
            id: The id in it.
            steps: Jobs, `CreateModelStep`, `RegisterModelStep`, `Parallel`, `Map`, `Choice` and `Fail`, one after the
                other; at least one, with ids of their own.
            schedule: When it starts by itself, such as `events.Schedule.cron(hour="2", minute="0")`, in UTC.
            start_on: Which events start it; the event is the input of the execution.
            notify_success: Told of each execution that succeeded.
            notify_failure: Told of each execution that failed, timed out or was aborted, with the cause.
            tags: Name to value, for the state machine and for every job and model that it makes.
            key: Encrypts the log of the executions; it must let CloudWatch Logs use it, as `DataKey` does.
            removal_policy: What becomes of the log when the stack goes.

        Raises:
            ConfigurationError: There is no step, two have one id, or one reads the result of another that has not run.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
        """
        require(f"{scope.node.path}/{id}", argument_problems(TrainingWorkflow.__init__, locals()))
        super().__init__(scope, id)
        api_tags = [{"Key": name, "Value": value} for name, value in (tags or {}).items()]
        plan = make_plan(steps, api_tags)
        unnamed = {"ResourceArn": f"arn:{Aws.PARTITION}:sagemaker", "Tags": api_tags}
        require(
            self.node.path,
            (problem for problem in plan.problems if problem),
            request_problems("AddTags", unnamed, {"Tags": "tags"}),
        )
        log_group = logs.CfnLogGroup(self, "Logs", retention_in_days=365, kms_key_id=key.key_arn if key else None)
        log_group.apply_removal_policy(removal_policy)
        role = iam.Role(
            self,
            "Role",
            description=f"Workflow {self.node.path}",
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
            ),
        )
        policy = attach_policy(self, "Policy", role, self._statements(plan))
        resource = sfn.CfnStateMachine(
            self,
            "Resource",
            role_arn=role.role_arn,
            definition_string=Stack.of(self).to_json_string(render_machine(plan.nodes)),
            logging_configuration={
                "level": "ALL",
                "includeExecutionData": True,
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": log_group.attr_arn}}],
            },
            tracing_configuration={"enabled": True},
            tags=[sfn.CfnStateMachine.TagsEntryProperty(key=name, value=value) for name, value in (tags or {}).items()]
            or None,
        )
        resource.add_resource_dependency(policy)
        for call in plan.calls:
            for awaited in call.policies:
                resource.add_resource_dependency(awaited)
        self.state_machine: sfn.IStateMachine = sfn.StateMachine.from_state_machine_arn(
            self, "StateMachine", resource.attr_arn
        )
        stack = Stack.of(self)
        self._executions = f"arn:{Aws.PARTITION}:states:{stack.region}:{stack.account}:execution:{resource.attr_name}:*"
        start_by_itself(self, resource.attr_arn, schedule=schedule, start_on=start_on)
        if notify_success is not None:
            tell_topic(self, "Succeeded", self.state_machine, ["SUCCEEDED"], notify_success)
        if notify_failure is not None:
            tell_topic(self, "Failed", self.state_machine, ["FAILED", "TIMED_OUT", "ABORTED"], notify_failure)

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* start the workflow (`states:StartExecution`)."""
        require(self.node.path, grantee_problem(grantee))
        return self.state_machine.grant_start_execution(grantee)

    def grant_stop(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* stop executions (`states:StopExecution`)."""
        return self._grant(grantee, "states:StopExecution")

    def grant_redrive(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* take up executions that failed (`states:RedriveExecution`)."""
        return self._grant(grantee, "states:RedriveExecution")

    def metric(
        self, name: str, *, statistic: str = cloudwatch.Stats.SUM, period: Duration | None = None
    ) -> cloudwatch.Metric:
        """A metric of `AWS/States` for this state machine.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
        """
        require(self.node.path, argument_problems(TrainingWorkflow.metric, locals()))
        return cloudwatch.Metric(
            namespace="AWS/States",
            metric_name=name,
            dimensions_map={"StateMachineArn": self.state_machine.state_machine_arn},
            statistic=statistic,
            period=period,
        )

    def metric_executions_started(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many executions began, a count."""
        return self.metric("ExecutionsStarted", period=period)

    def metric_executions_succeeded(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many executions succeeded, a count."""
        return self.metric("ExecutionsSucceeded", period=period)

    def metric_executions_failed(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many executions failed, a count; those aborted or timed out have metrics of their own."""
        return self.metric("ExecutionsFailed", period=period)

    def metric_executions_aborted(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many executions were stopped, a count."""
        return self.metric("ExecutionsAborted", period=period)

    def metric_executions_timed_out(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many executions timed out, a count."""
        return self.metric("ExecutionsTimedOut", period=period)

    def metric_execution_throttled(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many changes of state had to wait, a count."""
        return self.metric("ExecutionThrottled", period=period)

    def metric_execution_time(
        self, *, statistic: str = cloudwatch.Stats.AVERAGE, period: Duration | None = None
    ) -> cloudwatch.Metric:
        """From start to end of an execution, in milliseconds."""
        return self.metric("ExecutionTime", statistic=statistic, period=period)

    def _grant(self, grantee: iam.IGrantable, action: str) -> iam.Grant:
        require(self.node.path, grantee_problem(grantee))
        return iam.Grant.add_to_principal(grantee=grantee, actions=[action], resource_arns=[self._executions])

    def _statements(self, plan: Plan) -> list[Statement]:
        """Source: the pages cw-logs and xray-iam of https://docs.aws.amazon.com/step-functions/latest/dg/."""
        return [
            *(statement for call in plan.calls for statement in call.starter_statements()),
            Statement(
                actions=(
                    "logs:CreateLogDelivery",
                    "logs:DeleteLogDelivery",
                    "logs:DescribeLogGroups",
                    "logs:DescribeResourcePolicies",
                    "logs:GetLogDelivery",
                    "logs:ListLogDeliveries",
                    "logs:PutResourcePolicy",
                    "logs:UpdateLogDelivery",
                    "xray:GetSamplingRules",
                    "xray:GetSamplingTargets",
                    "xray:PutTelemetryRecords",
                    "xray:PutTraceSegments",
                ),
                resources=("*",),
                wildcard_reason="Log delivery and X-Ray know no resources; IAM accepts these actions on * only.",
            ),
        ]
