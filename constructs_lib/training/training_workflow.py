"""Runs training jobs: a state machine that creates them, waits for them and tries again when that can help."""

from collections.abc import Sequence

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib._internal.checks import matches, require, unique
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.statements import Statement
from constructs_lib.training._states import JobStep, render_states
from constructs_lib.training.job import Job

_STEP_SHAPE = "a letter and then letters, digits and '_', because the job's result is found under this name"


class TrainingWorkflow(Construct):
    """A state machine that runs *steps* in order, with logs and tracing on.

    Each start creates jobs with new names. Throttling and quota refusals are tried again for a while; a job that
    failed for want of machines (`CapacityError`) waits a quarter of an hour and starts anew, up to eight times. The
    result of each job, as `DescribeTrainingJob` gives it, lies in the output under the id of its construct.

    Attributes:
        state_machine: The state machine, for what this class does not offer.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        steps: Sequence[Job],
        key: kms.IKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the state machine.

        Args:
            scope: The parent construct.
            id: The id in it.
            steps: The jobs, one after the other; at least one, with ids of their own.
            key: Encrypts the log of the executions; it must let CloudWatch Logs use it, as `DataKey` does.
            removal_policy: What becomes of the log when the stack goes.

        Raises:
            ConfigurationError: There is no step, or two have one id.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
        """
        super().__init__(scope, id)
        names = [job.node.id for job in steps]
        require(
            self.node.path,
            None if steps else "steps must hold at least one job, got none",
            unique("ids of the steps", names),
            *(matches("id of a step", name, r"[A-Za-z][A-Za-z0-9_]{0,59}", shape=_STEP_SHAPE) for name in names),
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
        policy = attach_policy(self, "Policy", role, self._statements(steps))
        definition = render_states(
            [
                JobStep(
                    name=job.node.id,
                    resource=f"arn:{Aws.PARTITION}:states:::sagemaker:create{job.kind.noun}.sync",
                    name_member=job.kind.name_member,
                    name_prefix=job.name_prefix,
                    hash_length=job.kind.hash_length,
                    request=job.request,
                )
                for job in steps
            ]
        )
        resource = sfn.CfnStateMachine(
            self,
            "Resource",
            role_arn=role.role_arn,
            definition_string=Stack.of(self).to_json_string(definition),
            logging_configuration={
                "level": "ALL",
                "includeExecutionData": True,
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": log_group.attr_arn}}],
            },
            tracing_configuration={"enabled": True},
        )
        resource.add_resource_dependency(policy)
        for job in steps:
            resource.add_resource_dependency(job.policy)
        self.state_machine: sfn.IStateMachine = sfn.StateMachine.from_state_machine_arn(
            self, "StateMachine", resource.attr_arn
        )

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* start the workflow (`states:StartExecution`)."""
        return self.state_machine.grant_start_execution(grantee)

    def _statements(self, steps: Sequence[Job]) -> list[Statement]:
        """Source: the pages cw-logs and xray-iam of https://docs.aws.amazon.com/step-functions/latest/dg/."""
        return [
            *(statement for job in steps for statement in job.starter_statements()),
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
