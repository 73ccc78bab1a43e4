"""What every job is to a workflow: a request, the role it runs under, and what its starter may do."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import one_of, require
from constructs_lib._internal.expressions import bare, expression, is_late, joined_within, known_start, literal
from constructs_lib._internal.grants import grant
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import path_of, place_of, stands_in
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.state_rule import state_rule
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.watching import reads_log_streams
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.contract.optimized_integration import refused_members
from constructs_lib.errors import ConfigurationError
from constructs_lib.foundation.execution_role import ExecutionRole
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Location
from constructs_lib.training._integration import without_defaults
from constructs_lib.training._job_states import JobNode
from constructs_lib.training.job_kind import JobKind
from constructs_lib.training.job_metrics import search
from constructs_lib.training.references import JobArtifact

# Kinds whose jobs leave what they made in a folder of their own name.
_WITH_FOLDERS = ("TrainingJob", "HyperParameterTuningJob")
NEW_NAMES = "Each execution makes a new name; what comes before it is fixed."


class Job(Construct):
    """A job, defined: nothing runs until a workflow starts it.

    Attributes:
        kind: Which job of SageMaker's it is.
        role: The role that it runs under.
        policy: What that role gets for this job; whatever starts the job must wait for it.
        results: Where it leaves what it is run for; the key is the one that encrypts it.
        request: The request in the API's own words, all but the name.
        name_prefix: What the name of each job begins with.
        image: What it runs; None where the job names no image of its own.
        network: Where it runs; None outside any VPC of yours, or where the job names no network of its own.
    """

    kind: JobKind
    image: ContainerImage | None = None
    network: NetworkBase | None = None

    def __init__(self, scope: Construct, id: str, *, role: iam.IRole | None) -> None:
        """Begin the job; `_define` ends it."""
        super().__init__(scope, id)
        stands_in(self, scope, id)
        self.role: iam.IRole = role or ExecutionRole(self, "Role", description=f"{self.kind.noun} {path_of(self)}")
        # In lower case, because SageMaker writes names so into ARNs, and IAM compares those letter by letter.
        prefix = re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-")[: self.kind.longest_prefix].strip("-")
        self.name_prefix: str = prefix or "job"

    @property
    def passed_roles(self) -> Sequence[iam.IRole]:
        """The roles that the request names, and that its sender must therefore be allowed to pass."""
        return (self.role,)

    @property
    def policies(self) -> Sequence[iam.CfnManagedPolicy]:
        """All that must be in place before the job is started."""
        return (self.policy,)

    def _define(
        self,
        request: Mapping[str, Any],
        *,
        arguments: Mapping[str, str],
        problems: Iterable[str | Iterable[str] | None],
        statements: Iterable[Statement],
        results: Sequence[S3Location] = (),
    ) -> None:
        """Check the request and give the role its rights.

        Args:
            request: All of the request but the name.
            arguments: Path in the request to the argument that filled it, for the words of an error.
            problems: What the API's model cannot see.
            statements: What the job's references need.
            results: Where it leaves what it is run for.
        """
        rights = list(statements)
        self.results: Sequence[S3Location] = results
        self._check(request, arguments=arguments, problems=[*problems, _late_rights(rights)])
        self.policy: iam.CfnManagedPolicy = attach_policy(self, "Policy", self.role, rights)

    def _check(
        self,
        request: Mapping[str, Any],
        *,
        arguments: Mapping[str, str],
        problems: Iterable[str | Iterable[str] | None],
    ) -> None:
        """Keep the request, once it is right; the arguments are those of `_define`."""
        self.request: dict[str, Any] = joined_within(dict(request))
        named = {self.kind.name_member: self.name_prefix, **self.request}
        require(self, *problems, request_problems(f"Create{self.kind.noun}", named, arguments))

    @property
    def model_artifact(self) -> JobArtifact:
        """The archive that the job leaves, for a later step of the same workflow: a channel, a model, a registration.

        Of a tuning job it is that of the best training job.

        Raises:
            ConfigurationError: Jobs of this kind leave no model.
        """
        path, uri = "OutputDataConfig", f"$states.input.{self.node.id}.ModelArtifacts.S3ModelArtifacts"
        request = self.request
        if self.kind.noun == "HyperParameterTuningJob":
            request = request.get("TrainingJobDefinition", {})
        output = request.get(path, {}) if self.kind.noun in _WITH_FOLDERS else {}
        written = output.get("S3OutputPath", "")
        late = is_late(written)
        place = re.fullmatch(r"s3://([^/]+)/(.*)", known_start(written) if late else written)
        if place is None:
            leaves = "model_artifact is what a training job leaves, or a tuning job with one definition"
            raise ConfigurationError(self.node.path, [f"{leaves}; this is a {self.kind.noun}"])
        bucket, folder = place[1], place[2] if late else place[2].rstrip("/")
        folder = f"{folder}/" if folder and not late else folder
        if self.kind.noun == "HyperParameterTuningJob":
            best = f"$states.input.{self.node.id}.BestTrainingJob.TrainingJobName"
            # An address that only the execution knows ends in a slash, as `S3Location.uri` does.
            above = bare(written) if late else literal(f"s3://{bucket}/{folder}")
            uri = f"{above} & {best} & '/output/model.tar.gz'"
        return JobArtifact(
            uri=expression(uri),
            bucket_arn=f"arn:{place_of(self).partition}:s3:::{bucket}",
            prefix=folder if late else f"{folder}{self.name_prefix}-",
            key_arn=output.get("KmsKeyId"),
        )

    def grant_stop(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* stop jobs of this name (`sagemaker:Stop…Job`)."""
        stop = Statement(
            actions=(f"sagemaker:Stop{self.kind.noun}",), resources=(self._arn_pattern,), wildcard_reason=NEW_NAMES
        )
        return grant(self, grantee, stop)

    def metric_search(
        self, metric_name: str, *, statistic: str = "Average", period: Duration | None = None
    ) -> cloudwatch.MathExpression:
        """A metric of all jobs of this name, one line each, for the graph of a dashboard.

        Each run has a new name, so no fixed metric follows them. CloudWatch takes no alarm on a search; alarm on the
        workflow's executions instead. The search compares words: it finds jobs in whose names the words of this one's
        prefix stand side by side, wherever, and those of the last two weeks (untested).

        Args:
            metric_name: Of the machines, in percent: `CPUUtilization`, `MemoryUtilization`, `GPUUtilization`,
                `GPUMemoryUtilization`, `DiskUtilization` (not of a transform job). Of a training or tuning job also
                what the algorithm reports, as in `metrics`.
            statistic: Of each period.
            period: None means 5 minutes.

        Raises:
            ConfigurationError: Jobs of this kind have no such metric.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
        """
        require(self, argument_problems(Job.metric_search, locals()))
        return search(
            self.node.path,
            noun=self.kind.noun,
            name_prefix=self.name_prefix,
            metric_name=metric_name,
            statistic=statistic,
            period=period,
        )

    def on_job_state_change(
        self, id: str, *, target: events.IRuleTarget | None = None, statuses: Sequence[str] = ()
    ) -> events.Rule:
        """A rule for the events of jobs of this name.

        Args:
            id: The id of the rule.
            target: What is told; None leaves it to `add_target` of the rule.
            statuses: As Describe spells them, such as `Failed`; none means each change.

        Raises:
            ConfigurationError: Jobs of this kind have no such status.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
        """
        require(self, argument_problems(Job.on_job_state_change, locals()))
        known = self.kind.statuses
        require(self, *(one_of("statuses", status, known) for status in statuses))
        detail: dict[str, Any] = {self.kind.name_member: [{"prefix": f"{self.name_prefix}-"}]}
        if statuses:
            detail[f"{self.kind.noun}Status"] = list(statuses)
        return state_rule(
            self,
            id,
            target,
            detail_type=self.kind.detail_type,
            account=place_of(self).account,
            detail=detail,
        )

    @property
    def waits_by_itself(self) -> bool:
        """Whether Step Functions waits for the job (`.sync`); else the workflow asks after it until it has ended.

        The optimized integration is used where it is known to take the whole request. Through the SDK integration,
        stopping an execution does not stop the job.
        """
        operation = f"Create{self.kind.noun}"
        needed = without_defaults(operation, {self.kind.name_member: "", **self.request})
        return self.kind.rule is not None and not refused_members(operation, needed)

    def workflow_node(self, tags: Sequence[Mapping[str, str]] = ()) -> JobNode:
        """The states that run it, for `TrainingWorkflow`; *tags* are put beside its own, which win."""
        operation, sync = f"Create{self.kind.noun}", self.waits_by_itself
        request = without_defaults(operation, self.request) if sync else dict(self.request)
        own = request.get("Tags", [])
        added = [tag for tag in tags if tag["Key"] not in {each["Key"] for each in own}]
        if own or added:
            request["Tags"] = [*own, *added]
        return JobNode(
            name=self.node.id,
            integration=f"arn:{place_of(self).partition}:states:::{'' if sync else 'aws-sdk:'}sagemaker:",
            noun=self.kind.noun,
            sync=sync,
            name_member=self.kind.name_member,
            name_prefix=self.name_prefix,
            hash_length=self.kind.hash_length,
            request=request,
            completed=self.kind.completed,
            failed=self.kind.failed,
        )

    @property
    def _arn_pattern(self) -> str:
        return self._arns_of(self.kind.arn_type)

    def _arns_of(self, arn_type: str) -> str:
        return place_of(self).arn("sagemaker", f"{arn_type}/{self.name_prefix}-*")

    def watcher_statements(self) -> tuple[Statement, ...]:
        """What somebody needs who watches and stops the job: under its names, and its lines in the log.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
        """
        noun = self.kind.noun
        return (
            Statement(
                actions=(f"sagemaker:Describe{noun}", f"sagemaker:Stop{noun}"),
                resources=(self._arn_pattern,),
                wildcard_reason=NEW_NAMES,
            ),
            Statement(
                actions=(f"sagemaker:List{noun}s",),
                resources=("*",),
                wildcard_reason="Listing jobs knows no resources; IAM accepts it on * only. It tells names and states.",
            ),
            *reads_log_streams(place_of(self), self._log_group, f"{self.name_prefix}-"),
        )

    @property
    def _log_group(self) -> str:
        return f"{self.kind.noun}s"

    def result_statements(self) -> tuple[Statement, ...]:
        """What somebody needs who reads what jobs of this name leave.

        A training job writes into a folder of its own name; other kinds write straight into the place, where others
        may write too.
        """
        places: Sequence[S3Location | JobArtifact] = self.results
        if self.kind.noun in _WITH_FOLDERS:
            places = [
                JobArtifact(
                    uri="",
                    bucket_arn=each.bucket_arn,
                    prefix=known_start(f"{each.prefix}/{self.name_prefix}-".removeprefix("/")),
                    key_arn=each.key_arn,
                )
                for each in self.results
            ]
        return tuple(statement for place in places for statement in place.read_statements())

    def starter_statements(self) -> tuple[Statement, ...]:
        """What the role that starts the job needs: the job under its names, and the passing of the roles it names.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
        """
        noun = self.kind.noun
        statements = [
            Statement(
                # Tags too: `.sync` marks the jobs that it has started, and the workflow may have tags of its own.
                actions=(
                    "sagemaker:AddTags",
                    f"sagemaker:Create{noun}",
                    f"sagemaker:Describe{noun}",
                    "sagemaker:ListTags",
                    f"sagemaker:Stop{noun}",
                ),
                resources=(self._arn_pattern,),
                wildcard_reason=NEW_NAMES,
            ),
        ]
        passed = tuple(dict.fromkeys(role.role_arn for role in self.passed_roles))
        if passed:
            conditions = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
            statements.append(Statement(actions=("iam:PassRole",), resources=passed, conditions=conditions))
        # Through the rule `.sync` hears of the end of a job; a poll needs none.
        if self.waits_by_itself:
            rule = place_of(self).arn("events", f"rule/{self.kind.rule}")
            actions = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
            statements.append(Statement(actions=actions, resources=(rule,)))
        return tuple(statements)


def _late_rights(statements: Iterable[Statement]) -> list[str]:
    """Rights to what only an execution knows, which no policy can name."""
    named = dict.fromkeys(resource for each in statements for resource in each.resources if is_late(resource))
    return [
        f"the role cannot have rights to {resource!r}, which only the running workflow knows; name something fixed"
        for resource in named
    ]
