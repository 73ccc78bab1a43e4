"""A training job, defined: what a workflow creates each time it runs."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib._internal.checks import is_token, nearest, unique
from constructs_lib._internal.execution import job_statements
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.outdated import warn_if_outdated
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Location
from constructs_lib.training import _request
from constructs_lib.training.channels import Channel, InputMode
from constructs_lib.training.cluster import Cluster
from constructs_lib.training.hyperparameters import (
    Hyperparameter,
    encode,
    hyperparameter_problems,
    metric_problems,
)
from constructs_lib.training.job import TRAINING, Job


class TrainingJob(Job):
    """The full request of `CreateTrainingJob`, the role that the job runs under, and nothing that runs by itself.

    CloudFormation has no type for training jobs: a `TrainingWorkflow` creates one each time it is started.
    """

    kind = TRAINING

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        cluster: Cluster,
        output: S3Location,
        channels: Sequence[Channel] = (),
        hyperparameters: Mapping[str, Hyperparameter] | None = None,
        metrics: Mapping[str, str] | None = None,
        input_mode: InputMode = InputMode.FILE,
        max_runtime: Duration | None = None,
        key: kms.IKey | None = None,
        network: NetworkBase | None = None,
        network_isolation: bool = False,
        role: iam.IRole | None = None,
    ) -> None:
        """Define the job.

        Args:
            scope: The parent construct.
            id: The id in it; job names begin with it.
            image: The algorithm.
            cluster: The machines.
            output: Where the model archive goes, as `<output>/<job name>/output/model.tar.gz`.
            channels: The inputs; their names differ.
            hyperparameters: At most 100; numbers and texts are written as the image reads them.
            metrics: Metric name to the regular expression, with one group, that finds its value in the log; at most 40.
            input_mode: How data reaches the container where a channel does not say.
            max_runtime: When the job is stopped, 1 second to 28 days; None means a day, which is SageMaker's default.
            key: Encrypts the output and, where the type has no disks of its own, the volumes; None takes the key of
                the output's bucket.
            network: The network of the job; None runs it outside any VPC of yours.
            network_isolation: Cuts the container itself off the network, credentials included; channels still work.
            role: Runs the job; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the request, or a rule between arguments is broken; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
        """
        super().__init__(scope, id, role=role)
        key_arn = key.key_arn if key else output.key_arn
        encoding = image.hyperparameter_encoding
        bound = image.bind(self)
        request = _request.render(
            image_uri=bound.uri,
            role_arn=self.role.role_arn,
            cluster=cluster,
            channels=channels,
            hyperparameters=encode(hyperparameters or {}, encoding),
            metrics=metrics or {},
            output_uri=output.uri,
            input_mode=input_mode.value,
            max_runtime_seconds=86400 if max_runtime is None else int(max_runtime.to_seconds()),
            key_arn=key_arn,
            vpc_config=network.vpc_config() if network else None,
            # Between the nodes of one job data is in the clear unless asked otherwise; one node has nobody to talk to.
            encrypt_between_nodes=is_token(cluster.count) or cluster.count > 1,
            isolate=network_isolation,
        )
        self._define(
            request,
            arguments=_request.ARGUMENTS,
            problems=[
                unique("channels", [channel.name for channel in channels if not is_token(channel.name)]),
                hyperparameter_problems(hyperparameters or {}, encoding),
                metric_problems(metrics or {}),
            ],
            statements=[
                *bound.statements,
                *(statement for channel in channels for statement in channel.statements()),
                *output.write_statements(),
                *job_statements(Stack.of(self), "TrainingJobs", volume_key_arn=key_arn),
                *(network.statements() if network else ()),
            ],
        )
        self._warn(image, cluster, channels)

    def _warn(self, image: ContainerImage, cluster: Cluster, channels: Sequence[Channel]) -> None:
        warn_if_outdated(self, cluster.instance_type)
        known = image.facts.channels if image.facts else None
        for channel in channels:
            if known and not is_token(channel.name) and channel.name not in known:
                warn(
                    self,
                    f"unknown-channel[{channel.name}]",
                    f"{image.algorithm} does not read a channel {channel.name!r}{nearest(channel.name, known)}; it "
                    f"reads {', '.join(sorted(known))}",
                )
