"""A training job, defined: what a workflow creates each time it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib._internal.durations import in_seconds, whole_seconds
from constructs_lib._internal.execution import job_statements
from constructs_lib._internal.kinds import argument_problems
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Location, use_key
from constructs_lib.training import _request, _rules
from constructs_lib.training._network_needs import expect_of_network, open_file_systems
from constructs_lib.training._role import REMOTE_DEBUG, allow_session_tags, package_statements
from constructs_lib.training._rule_images import watched
from constructs_lib.training._software import Software, bind_software
from constructs_lib.training._warnings import warn_of_channels, warn_of_choices, warn_of_distribution, warn_of_machines
from constructs_lib.training.channels import Channel, InputMode
from constructs_lib.training.container_command import ContainerCommand
from constructs_lib.training.debugging import Debugger, Profiler
from constructs_lib.training.distribution import Distribution
from constructs_lib.training.hyperparameters import Hyperparameter
from constructs_lib.training.job import Job
from constructs_lib.training.job_kind import TRAINING
from constructs_lib.training.machines import Machines
from constructs_lib.training.output import OutputCompression
from constructs_lib.training.source_code import SourceCode
from constructs_lib.training.spot import Checkpoints, ManagedSpot
from constructs_lib.training.tracking import Experiment, Mlflow, ModelPackageConfig, TensorBoard

# SageMaker's default: API_StoppingCondition.html
_DAY = 86400


class TrainingJob(Job):
    """The full request of `CreateTrainingJob`, the role that the job runs under, and nothing that runs by itself.

    CloudFormation has no type for training jobs: a `TrainingWorkflow` creates one each time it is started.

    Attributes:
        encrypts_if_several: Whether its nodes encrypt what they say to each other where there are several, as there may
            be in a tuning job that launches it on other machines.
    """

    kind = TRAINING

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        cluster: Machines,
        output: S3Location,
        source: SourceCode | None = None,
        distribution: Distribution | None = None,
        command: ContainerCommand | None = None,
        channels: Sequence[Channel] = (),
        input_mode: InputMode = InputMode.FILE,
        hyperparameters: Mapping[str, Hyperparameter] | None = None,
        environment: Mapping[str, str] | None = None,
        metrics: Mapping[str, str] | None = None,
        metrics_time_series: bool | None = None,
        output_compression: OutputCompression | None = None,
        checkpoints: Checkpoints | S3Location | None = None,
        spot: ManagedSpot | None = None,
        max_runtime: Duration | None = None,
        max_pending: Duration | None = None,
        maximum_retry_attempts: int | None = None,
        key: kms.IKey | None = None,
        network: NetworkBase | None = None,
        network_isolation: bool = False,
        inter_container_encryption: bool | None = None,
        experiment: Experiment | None = None,
        mlflow: Mlflow | None = None,
        model_package: ModelPackageConfig | None = None,
        tensor_board: TensorBoard | None = None,
        debugger: Debugger | None = None,
        profiler: Profiler | None = None,
        remote_debug: bool = False,
        infra_check: bool = False,
        session_tag_chaining: bool = False,
        tags: Mapping[str, str] | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Define the job.

        Args:
            scope: The parent construct.
            id: The id in it; job names begin with it.
            image: The algorithm.
            cluster: The machines: a `Cluster`, a `HeterogeneousCluster` or `PreferredInstances`.
            output: Where the model goes, as `<output>/<job name>/output/model.tar.gz`.
            source: The script that a framework image runs; None for an algorithm or an image that brings its own.
            distribution: How the nodes and devices share the work of the script; None leaves it to the script.
            command: What the container runs instead of what its image says.
            channels: The inputs; their names differ.
            input_mode: How data reaches the container where a channel does not say.
            hyperparameters: At most 100; numbers and texts are written as the image reads them.
            environment: Variables of the container, at most 100; no secrets.
            metrics: Metric name to the regular expression, with one group, that finds its value in the log; at most 40.
            metrics_time_series: Whether the course of the metrics is kept; None means yes where SageMaker knows the
                image or there are metrics.
            output_compression: None means gzip.
            checkpoints: Where the job saves its state; a location means `/opt/ml/checkpoints` in the container.
            spot: Trains on spare capacity; None trains on demand.
            max_runtime: When the job is stopped, 1 second to 28 days, all attempts together; None means a day, which is
                SageMaker's default.
            max_pending: When a job that waits for accelerated machines is given up, 30 minutes to 28 days.
            maximum_retry_attempts: How often SageMaker tries again after an error of its own, 1 to 30; None is never.
            key: Encrypts the output and, where the type has no disks of its own, the volumes; None takes the key of
                the output's bucket.
            network: The network of the job; None runs it outside any VPC of yours.
            network_isolation: Cuts the container itself off the network, credentials included; channels still work.
            inter_container_encryption: Whether the nodes encrypt what they say to each other; None means yes when there
                is more than one. The workflow then asks after the job, which goes on when its execution is stopped.
            experiment: The experiment that the job belongs to.
            mlflow: The managed MLflow that it reports to.
            model_package: The model package group that the model goes into.
            tensor_board: Where summaries for TensorBoard go.
            debugger: SageMaker Debugger; closed to new customers in 2026.
            profiler: What of the machines is measured; None leaves it to SageMaker.
            remote_debug: Whether Systems Manager may open a shell in the container.
            infra_check: Whether the machines are checked before the job starts.
            session_tag_chaining: Whether the session tags of whoever starts the job are those of its role, too. The
                role that is made here lets SageMaker pass them; one that is given must allow `sts:TagSession` itself.
            tags: Of each job, at most 50.
            role: Runs the job; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the request, or a rule between arguments is broken; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
        """
        require(
            (scope, id),
            argument_problems(TrainingJob.__init__, locals()),
            whole_seconds("max_runtime", max_runtime),
            whole_seconds("max_pending", max_pending),
        )
        super().__init__(scope, id, role=role)
        self.image = image
        software = bind_software(
            self,
            Software(
                image=image,
                source=source,
                distribution=distribution,
                command=command,
                hyperparameters=hyperparameters or {},
                metrics=metrics or {},
                metrics_time_series=metrics_time_series,
                input_mode=input_mode,
            ),
            cluster,
            isolated=network_isolation,
            has_network=network is not None,
        )
        inputs = [*channels, *software.channels]
        key_arn = key.key_arn if key else output.key_arn
        resources = cluster.render(key_arn)
        saved = Checkpoints(location=checkpoints) if isinstance(checkpoints, S3Location) else checkpoints
        watchers = (watched(self, "DebuggerRules", debugger), watched(self, "ProfilerRules", profiler))
        optional = (saved, experiment, mlflow, model_package, tensor_board, *watchers)
        parts = [part for part in optional if part is not None]
        runtime = _DAY if max_runtime is None else in_seconds(max_runtime)
        self.network = network
        # Between the nodes of one job data is in the clear unless asked otherwise; one has nobody to talk to.
        self.encrypts_if_several = inter_container_encryption is not False
        if inter_container_encryption is None:
            inter_container_encryption = cluster.may_be_several
        request = _request.render(
            role_arn=self.role.role_arn,
            hyperparameters=software.hyperparameters,
            channels=inputs,
            output=_request.output_data(output.uri, key_arn, output_compression),
            vpc_config=network.vpc_config() if network else None,
            tags=tags or {},
            stopping=_request.stopping_condition(
                max_runtime=runtime,
                max_wait=spot.max_wait_seconds if spot else None,
                max_pending=in_seconds(max_pending),
            ),
            parts=parts,
            members={
                "AlgorithmSpecification": software.algorithm,
                "ResourceConfig": resources,
                "EnableNetworkIsolation": network_isolation,
                "EnableInterContainerTrafficEncryption": inter_container_encryption,
                "Environment": dict(environment) if environment else None,
                "EnableManagedSpotTraining": True if spot else None,
                "RetryStrategy": _request.one("MaximumRetryAttempts", maximum_retry_attempts),
                "RemoteDebugConfig": _request.one("EnableRemoteDebug", remote_debug or None),
                "InfraCheckConfig": _request.one("EnableInfraCheck", infra_check or None),
                "SessionChainingConfig": _request.one("EnableSessionTagChaining", session_tag_chaining or None),
            },
        )
        self._define(
            request,
            arguments=_request.ARGUMENTS,
            problems=[
                software.problems,
                _rules.algorithm_problems(image, cluster),
                _rules.channel_problems(
                    inputs,
                    input_mode=input_mode,
                    groups=[group.name for group in cluster.groups] or None,
                    has_network=network is not None,
                ),
                _rules.time_problems(
                    spot,
                    cluster,
                    max_runtime_seconds=runtime,
                    has_checkpoints=saved is not None,
                    limits_wait=software.is_algorithm,
                ),
                _rules.isolation_problems(network_isolation, environment or {}),
                _rules.debugger_problems(debugger, distribution),
            ],
            statements=[
                *software.statements,
                *(statement for channel in inputs for statement in channel.statements()),
                *output.write_statements(),
                *(statement for part in parts for statement in part.statements()),
                *package_statements(self, model_package),
                *(REMOTE_DEBUG if remote_debug else ()),
                *use_key(key_arn, "kms:Decrypt", "kms:GenerateDataKey"),
                # Machines with disks of their own open none with a key, so that no grant is made of it.
                *job_statements(self, "TrainingJobs", volume_key_arn=resources.get("VolumeKmsKeyId")),
                *(network.statements() if network else ()),
            ],
            results=[replace(output, key_arn=key_arn)],
        )
        if network:
            network.let_nodes_talk(
                self,
                instance_types=cluster.instance_types,
                several=cluster.may_be_several,
                encrypted=inter_container_encryption,
            )
            open_file_systems(self, network, channels)
            expect_of_network(
                self,
                network,
                source=source,
                environment=environment or {},
                services=[
                    *software.services,
                    *(["experiments"] if mlflow else ()),
                    *(["ssmmessages"] if remote_debug and not network_isolation else ()),
                ],
            )
        if session_tag_chaining and role is None:
            allow_session_tags(self.role)
        warn_of_machines(self, image, cluster, has_key=key_arn is not None)
        warn_of_channels(self, image, channels, input_mode)
        warn_of_distribution(self, image, distribution)
        warn_of_choices(
            self,
            spot_without_checkpoints=spot is not None and saved is None,
            debugger=debugger is not None,
            profiler_rules=bool(profiler and profiler.rules),
            remote_debug_isolated=remote_debug and network_isolation,
            idle_gpus=distribution is not None and distribution.leaves_gpus_idle(cluster),
        )
