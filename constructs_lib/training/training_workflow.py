"""Runs jobs: a state machine that creates them, waits for them and tries again when that can help."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import is_a, removal_problem, require
from constructs_lib._internal.grants import grant
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import place_of
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.watching import SEES_METRICS
from constructs_lib.foundation.s3_location import S3Location
from constructs_lib.operations.alarm_topic import let_alarms_tell
from constructs_lib.operations.alarms import ALARMS, alarms_below, make_alarms, region_problem, second_problem, sees
from constructs_lib.operations.panels import Section
from constructs_lib.operations.workflow_watches import workflow_panels, workflow_watches
from constructs_lib.training._plan import Plan, make_plan
from constructs_lib.training._starts import start_by_itself, start_problems, tell_topic
from constructs_lib.training._states import render_machine
from constructs_lib.training.job import Job

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
            schedule: When it starts by itself, such as `events.Schedule.cron(hour="2", minute="0")`, in UTC. A start
                that is refused, or that EventBridge has tried for a day, leaves its event in a queue for two weeks.
            start_on: Which events start it, with the same queue; the event is the input of the execution.
            notify_success: Told of each execution that succeeded.
            notify_failure: Told of each execution that failed, timed out or was aborted, with the cause.
            tags: Name to value, for the state machine and for every job and model that it makes.
            key: Encrypts the log of the executions, and the queue of starts that did not happen. It must let CloudWatch
                Logs use it, as `DataKey` does; EventBridge is let in where the key is not imported, which is a warning.
            removal_policy: What becomes of the log when the stack goes.

        Raises:
            ConfigurationError: There is no step, two have one id, one reads the result of another that has not run, or
                nothing could start it as it is said.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
        """
        require(
            (scope, id),
            argument_problems(TrainingWorkflow.__init__, locals()),
            removal_problem(removal_policy),
            start_problems(schedule, start_on),
        )
        super().__init__(scope, id)
        api_tags = [{"Key": name, "Value": value} for name, value in (tags or {}).items()]
        plan = make_plan(steps, api_tags)
        unnamed = {"ResourceArn": f"arn:{place_of(self).partition}:sagemaker", "Tags": api_tags}
        require(
            self,
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
                "states.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": place_of(self).account}}
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
        self._executions = place_of(self).arn("states", f"execution:{resource.attr_name}:*")
        self._jobs = [call for call in plan.calls if isinstance(call, Job)]
        self._log_group_arn = log_group.attr_arn
        self._queue = start_by_itself(self, resource.attr_arn, schedule=schedule, start_on=start_on, key=key)
        self._key = key
        # Alarms that come later are shown to them, too.
        self._operators: list[iam.IGrantable] = []
        if notify_success is not None:
            tell_topic(self, "Succeeded", self.state_machine, ["SUCCEEDED"], notify_success)
        if notify_failure is not None:
            tell_topic(self, "Failed", self.state_machine, ["FAILED", "TIMED_OUT", "ABORTED"], notify_failure)

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* start the workflow (`states:StartExecution`)."""
        return grant(self, grantee, self._on_machine("states:StartExecution"))

    def grant_data_scientist(self, grantee: iam.IGrantable, *, data: Sequence[S3Location] = ()) -> iam.Grant:
        """Let *grantee* work with the workflow: start it, follow it, and take what its jobs have left.

        That is: start, stop and see executions; see, list and stop its jobs; read their lines in the log and their
        metrics; read what they leave. It makes no job itself, and makes and passes no role: the workflow does.

        Args:
            grantee: Who works with it.
            data: Where the grantee may read and write besides, such as `store.location("data")` for what the jobs
                train on.

        Raises:
            ConfigurationError: The grantee is none, or data are no places in buckets.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
        """
        place = "a place such as store.location('data')"
        require(self, is_a("data", data, list | tuple, f"a list, each {place}"))
        require(self, *(is_a("data", each, S3Location, place) for each in data))
        return grant(
            self,
            grantee,
            self._on_machine("states:StartExecution"),
            self._on_executions("states:StopExecution"),
            *self._watcher_statements(),
            *(statement for job in self._jobs for statement in job.result_statements()),
            *(statement for each in data for statement in (*each.read_statements(), *each.write_statements())),
        )

    def grant_operator(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* keep the workflow running, without any access to data.

        That is: see, stop and redrive executions and read their log; see, list and stop its jobs; read their lines in
        the log and their metrics; see its alarms; read and empty the queue of starts that did not happen. The log and
        the history of an execution hold its input, and the requests of its jobs.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
        """
        logs_of_executions = Statement(
            actions=("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"),
            resources=(self._log_group_arn,),
        )
        self._operators.append(grantee)
        return grant(
            self,
            grantee,
            self._on_executions("states:RedriveExecution", "states:StopExecution"),
            *self._watcher_statements(),
            logs_of_executions,
            *self._empties_queue(),
            *sees([alarm.attr_arn for alarm in alarms_below(self)]),
        )

    def add_alarms(self, topic: sns.ITopic) -> list[cloudwatch.CfnAlarm]:
        """Let alarms tell *topic* of executions that failed, timed out, were stopped or wait for a quota.

        Where a schedule or events start it, also of a start that did not happen. `notify_failure` tells the cause of
        each failure; an alarm is what a dashboard and a composite alarm show.

        Args:
            topic: Who is told, such as an `AlarmTopic`; its policy and its key let alarms in where they are not
                imported.

        Returns:
            The alarms, for a composite one.

        Raises:
            ConfigurationError: The topic is none or of another region, or the workflow has alarms already.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
        """
        kinds = argument_problems(TrainingWorkflow.add_alarms, locals())
        require(self, kinds, second_problem(self), region_problem(self, topic))
        let_alarms_tell(topic)
        queue = self._queue.attr_queue_name if self._queue is not None else None
        watches = [*workflow_watches(self.state_machine.state_machine_arn, queue)]
        made = make_alarms(Construct(self, ALARMS), watches, topic.topic_arn, self.node.path)
        for operator in self._operators:
            grant(self, operator, *sees([alarm.attr_arn for alarm in made]))
        return made

    def grant_stop(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* stop executions (`states:StopExecution`)."""
        return grant(self, grantee, self._on_executions("states:StopExecution"))

    def grant_redrive(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* take up executions that failed (`states:RedriveExecution`)."""
        return grant(self, grantee, self._on_executions("states:RedriveExecution"))

    def metric(
        self, name: str, *, statistic: str = cloudwatch.Stats.SUM, period: Duration | None = None
    ) -> cloudwatch.Metric:
        """A metric of `AWS/States` for this state machine.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
        """
        require(self, argument_problems(TrainingWorkflow.metric, locals()))
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

    def _on_machine(self, *actions: str) -> Statement:
        return Statement(actions=actions, resources=(self.state_machine.state_machine_arn,))

    def _on_executions(self, *actions: str) -> Statement:
        reason = "Executions get their names when they are started; the state machine is fixed."
        return Statement(actions=actions, resources=(self._executions,), wildcard_reason=reason)

    def _sections(self, *, alarms: bool) -> Iterator[Section]:
        """What a dashboard shows of it, with its *alarms* or without."""
        queue = self._queue.attr_queue_name if self._queue is not None else None
        yield Section(
            title=self.node.path,
            panels=workflow_panels(self.state_machine.state_machine_arn, queue),
            alarms=[alarm.attr_arn for alarm in alarms_below(self)] if alarms else (),
        )

    def _empties_queue(self) -> Iterator[Statement]:
        """Reading and removing the events that started nothing."""
        if self._queue is None:
            return
        yield Statement(
            actions=("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:PurgeQueue", "sqs:ReceiveMessage"),
            resources=(self._queue.attr_arn,),
        )
        if self._key is not None:
            by_queues = {"StringEquals": {"kms:ViaService": f"sqs.{Stack.of(self).region}.amazonaws.com"}}
            yield Statement(actions=("kms:Decrypt",), resources=(self._key.key_arn,), conditions=by_queues)

    def _watcher_statements(self) -> tuple[Statement, ...]:
        return (
            self._on_machine("states:DescribeStateMachine", "states:ListExecutions"),
            self._on_executions("states:DescribeExecution", "states:GetExecutionHistory"),
            *(statement for job in self._jobs for statement in job.watcher_statements()),
            SEES_METRICS,
        )

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
