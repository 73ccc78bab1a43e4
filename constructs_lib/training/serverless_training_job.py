"""A training job on machines of SageMaker's own, defined: what a workflow creates each time it runs."""

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
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Location, use_key
from constructs_lib.training import _request, _rules
from constructs_lib.training._network_needs import open_file_systems
from constructs_lib.training._role import package_statements
from constructs_lib.training.channels import Channel, InputMode
from constructs_lib.training.hyperparameters import Hyperparameter, encode, hyperparameter_problems
from constructs_lib.training.job import Job
from constructs_lib.training.job_kind import TRAINING
from constructs_lib.training.serverless import ServerlessJob
from constructs_lib.training.tracking import Mlflow, ModelPackageConfig


class ServerlessTrainingJob(Job):
    """Fine-tunes or evaluates a foundation model without an image and without machines to choose.

    It is a training job to the API and to a `TrainingWorkflow`, but nothing of the software or the machines of a
    `TrainingJob` may be set for it. Which members SageMaker takes besides was read in sagemaker-train 1.27.0
    (untested).
    """

    kind = TRAINING

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        job: ServerlessJob,
        output: S3Location,
        channels: Sequence[Channel] = (),
        hyperparameters: Mapping[str, Hyperparameter] | None = None,
        max_runtime: Duration | None = None,
        max_pending: Duration | None = None,
        key: kms.IKey | None = None,
        network: NetworkBase | None = None,
        mlflow: Mlflow | None = None,
        model_package: ModelPackageConfig | None = None,
        tags: Mapping[str, str] | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Define the job.

        Args:
            scope: The parent construct.
            id: The id in it; job names begin with it.
            job: What is done with which model.
            output: Where the results go.
            channels: The inputs; their names differ.
            hyperparameters: At most 100, written as plain text.
            max_runtime: When the job is stopped, 1 second to 28 days; None leaves it to SageMaker.
            max_pending: When a job that waits is given up, 30 minutes to 28 days.
            key: Encrypts the output; None takes the key of the output's bucket.
            network: The network of the job; None runs it outside any VPC of yours.
            mlflow: The managed MLflow that it reports to.
            model_package: The model package group that the model goes into.
            tags: Of each job, at most 50.
            role: Runs the job; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the request; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ServerlessJobConfig.html
        """
        require(
            (scope, id),
            argument_problems(ServerlessTrainingJob.__init__, locals()),
            whole_seconds("max_runtime", max_runtime),
            whole_seconds("max_pending", max_pending),
        )
        super().__init__(scope, id, role=role)
        key_arn = key.key_arn if key else output.key_arn
        given = hyperparameters or {}
        parts = [part for part in (job, mlflow, model_package) if part is not None]
        runtime = in_seconds(max_runtime)
        request = _request.render(
            role_arn=self.role.role_arn,
            hyperparameters=encode(given, HyperparameterEncoding.PLAIN),
            channels=channels,
            output=_request.output_data(output.uri, key_arn, None),
            vpc_config=network.vpc_config() if network else None,
            tags=tags or {},
            stopping=_request.stopping_condition(max_runtime=runtime, max_pending=in_seconds(max_pending)),
            parts=parts,
            members={},
        )
        self._define(
            request,
            arguments=_request.ARGUMENTS,
            problems=[
                hyperparameter_problems(given, HyperparameterEncoding.PLAIN),
                _rules.runtime_problem(runtime),
                _rules.channel_problems(
                    channels, input_mode=InputMode.FILE, groups=None, has_network=network is not None
                ),
            ],
            statements=[
                *(statement for channel in channels for statement in channel.statements()),
                *output.write_statements(),
                *use_key(key_arn, "kms:Decrypt", "kms:GenerateDataKey"),
                *(statement for part in parts for statement in part.statements()),
                *package_statements(self, model_package),
                *job_statements(self, "TrainingJobs", volume_key_arn=None),
                *(network.statements() if network else ()),
            ],
            results=[replace(output, key_arn=key_arn)],
        )
        self.network = network
        if network:
            # SageMaker chooses the machines, and their number.
            network.let_nodes_talk(self, instance_types=None)
            open_file_systems(self, network, channels)
            network.expect_services(self, ["experiments"] if mlflow else [])
