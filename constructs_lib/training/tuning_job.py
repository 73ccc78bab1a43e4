"""A tuning job, defined: it launches training jobs and keeps the best."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.checks import at_least, is_token, require, unique
from constructs_lib._internal.durations import in_seconds, whole_seconds
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.rendering import render_tags
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.outdated import warn_if_outdated
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.training import _tuning_request
from constructs_lib.training._tuning_request import Launch
from constructs_lib.training._tuning_rules import definition_problems, job_problems
from constructs_lib.training.job import NEW_NAMES, Job
from constructs_lib.training.job_kind import TRAINING, JobKind
from constructs_lib.training.tuning_definition import TuningDefinition
from constructs_lib.training.tuning_strategy import CompletionCriteria, TuningStrategy, WarmStart

TUNING = JobKind(
    noun="HyperParameterTuningJob",
    arn_type="hyper-parameter-tuning-job",
    rule="StepFunctionsGetEventsForSageMakerTuningJobsRule",
)


class TuningJob(Job):
    """The full request of `CreateHyperParameterTuningJob`.

    It has no role of its own: every training job that it launches runs under the role of its definition, with the
    rights that the definition's own references gave it.
    """

    kind = TUNING

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        definitions: Sequence[TuningDefinition],
        max_jobs: int | None = None,
        max_parallel_jobs: int = 1,
        max_runtime: Duration | None = None,
        strategy: TuningStrategy | None = None,
        early_stopping: bool = False,
        completion: CompletionCriteria | None = None,
        warm_start: WarmStart | None = None,
        autotune: bool = False,
        random_seed: int | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Define the job.

        Args:
            scope: The parent construct.
            id: The id in it; job names begin with it.
            definitions: What it launches, 1 to 10. Several compete; then there is no early stopping and no warm start.
            max_jobs: How many training jobs it launches in all. A grid counts them itself; otherwise None leaves the
                end to `max_runtime`, `completion` or the quota of the account.
            max_parallel_jobs: How many at a time, at most `max_jobs`.
            max_runtime: When it is stopped, 2 minutes to half a year.
            strategy: How the next values are chosen; None means Bayesian.
            early_stopping: Stops training jobs that are unlikely to win; Hyperband does so by itself.
            completion: When it is done before its limits are reached.
            warm_start: Earlier tuning jobs to learn from.
            autotune: Lets SageMaker find ranges, limits, early stopping, retries, strategy and convergence itself.
            random_seed: Makes two runs choose more nearly the same values, 0 or more.
            tags: Of the tuning job and of every training job that it launches, at most 50.

        Raises:
            ConfigurationError: SageMaker would refuse the request, or a rule between arguments is broken; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
        """
        path = f"{scope.node.path}/{id}"
        require(path, argument_problems(TuningJob.__init__, locals()), whole_seconds("max_runtime", max_runtime))
        require(path, None if definitions else "definitions must hold at least one, got none")
        super().__init__(scope, id, role=definitions[0].job.role)
        self._jobs = [definition.job for definition in definitions]
        strategy = strategy or TuningStrategy.bayesian()
        launches = [_launch(number, definition) for number, definition in enumerate(definitions)]
        request = _tuning_request.render(
            launches=launches,
            strategy=strategy,
            max_parallel_jobs=max_parallel_jobs,
            max_jobs=max_jobs,
            max_runtime_seconds=in_seconds(max_runtime),
            early_stopping=early_stopping,
            completion=completion,
            warm_start=warm_start,
            autotune=autotune,
            random_seed=random_seed,
            tags=render_tags(tags),
        )
        self._check(
            request,
            arguments=_tuning_request.ARGUMENTS,
            problems=[
                unique("names of the definitions", [each.name for each in launches if not is_token(each.name)]),
                *(definition_problems(launch, strategy, autotune=autotune) for launch in launches),
                job_problems(
                    launches, strategy, max_jobs=max_jobs, early_stopping=early_stopping, warm_start=warm_start
                ),
                at_least("max_jobs", max_jobs, "max_parallel_jobs", max_parallel_jobs),
            ],
        )
        # What the jobs need was given to their roles when they were defined.
        self.policy = self._jobs[0].policy
        self.results = list(dict.fromkeys(place for job in self._jobs for place in job.results))
        for definition in definitions:
            _let_nodes_talk(self, definition)
        for instance in {instance.instance_type for launch in launches for instance in launch.instances}:
            warn_if_outdated(self, instance)
        if not (strategy.is_grid or autotune or max_jobs or max_runtime or completion):
            warn(
                self,
                "unbounded-tuning",
                "nothing ends this tuning job but the quota of the account; give max_jobs, max_runtime or completion",
            )

    @property
    def passed_roles(self) -> Sequence[iam.IRole]:
        """The roles of all definitions."""
        return [job.role for job in self._jobs]

    def watcher_statements(self) -> tuple[Statement, ...]:
        """As of any job, and the training jobs that it launches, whose names begin with its own."""
        return (
            *super().watcher_statements(),
            Statement(
                actions=("sagemaker:ListTrainingJobsForHyperParameterTuningJob",),
                resources=(self._arn_pattern,),
                wildcard_reason=NEW_NAMES,
            ),
            Statement(
                actions=("sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"),
                resources=(self._arns_of(TRAINING.arn_type),),
                wildcard_reason=NEW_NAMES,
            ),
        )

    @property
    def _log_group(self) -> str:
        # The tuning job itself prints nothing.
        return f"{TRAINING.noun}s"

    @property
    def policies(self) -> Sequence[iam.CfnManagedPolicy]:
        """The policies of all definitions."""
        return [policy for job in self._jobs for policy in job.policies]


def _let_nodes_talk(job: TuningJob, definition: TuningDefinition) -> None:
    """Where machines take the place of the training job's own cluster; its own has been seen to by itself."""
    network, machines = definition.job.network, definition.instances
    if network and machines:
        network.let_nodes_talk(
            job,
            instance_types=[each.instance_type for each in machines],
            several=_may_be_several(definition),
            encrypted=definition.job.encrypts_if_several,
        )


def _may_be_several(definition: TuningDefinition) -> bool:
    return any(is_token(each.count) or each.count > 1 for each in definition.instances)


def _launch(number: int, definition: TuningDefinition) -> Launch:
    job = definition.job
    request = job.request
    if job.encrypts_if_several and _may_be_several(definition):
        # The training job's own cluster may have been a single machine.
        request = {**request, "EnableInterContainerTrafficEncryption": True}
    algorithm = "AlgorithmName" in job.request.get("AlgorithmSpecification", {})
    return Launch(
        where=f"definitions[{number}]",
        name=definition.name or job.name_prefix,
        training=request,
        encoding=job.image.hyperparameter_encoding if job.image else HyperparameterEncoding.PLAIN,
        brings_metrics=True if algorithm else (job.image.algorithm is not None if job.image else None),
        objective=definition.objective,
        ranges=definition.ranges,
        instances=definition.instances,
    )
