"""A processing job, defined: a container that reads, works and writes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from constructs_lib._internal.checks import is_token, require, unique
from constructs_lib._internal.durations import in_seconds, whole_seconds
from constructs_lib._internal.execution import job_statements
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import place_of
from constructs_lib._internal.rendering import given, render_tags
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.outdated import warn_if_outdated
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Location, S3Object, use_key
from constructs_lib.training.job import Job
from constructs_lib.training.job_kind import JobKind
from constructs_lib.training.processing_cluster import ProcessingCluster
from constructs_lib.training.processing_inputs import ProcessingInput
from constructs_lib.training.processing_outputs import FeatureStoreOutput, ProcessingOutput, S3ProcessingOutput
from constructs_lib.training.processing_script import CODE_FOLDER, ProcessingScript
from constructs_lib.training.tracking import Experiment

PROCESSING = JobKind(
    noun="ProcessingJob", arn_type="processing-job", rule="StepFunctionsGetEventsForSageMakerProcessingJobsRule"
)
# Which argument fills which part of the request, for the words of an error.
_ARGUMENTS = {
    "ProcessingJobName": "id",
    "ProcessingInputs": "inputs",
    "ProcessingOutputConfig.Outputs": "outputs",
    "ProcessingOutputConfig.KmsKeyId": "key",
    "ProcessingResources.ClusterConfig": "cluster",
    "ProcessingResources.ClusterConfig.InstanceType": "cluster.instance_type",
    "ProcessingResources.ClusterConfig.InstanceCount": "cluster.count",
    "ProcessingResources.ClusterConfig.VolumeSizeInGB": "cluster.volume_gib",
    "ProcessingResources.ClusterConfig.InstancePreferences": "cluster.preferences",
    "StoppingCondition.MaxRuntimeInSeconds": "max_runtime, in seconds,",
    "AppSpecification.ImageUri": "image",
    "AppSpecification.ContainerEntrypoint": "entrypoint",
    "AppSpecification.ContainerArguments": "arguments",
    "Environment": "environment",
    "NetworkConfig.VpcConfig": "network",
    "ExperimentConfig": "experiment",
    "Tags": "tags",
}


class ProcessingJob(Job):
    """The full request of `CreateProcessingJob` and the role that the job runs under."""

    kind = PROCESSING

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        cluster: ProcessingCluster,
        script: ProcessingScript | None = None,
        entrypoint: Sequence[str] = (),
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        inputs: Sequence[ProcessingInput] = (),
        outputs: Sequence[ProcessingOutput] = (),
        key: kms.IKey | None = None,
        max_runtime: Duration | None = None,
        network: NetworkBase | None = None,
        network_isolation: bool = False,
        inter_container_encryption: bool | None = None,
        experiment: Experiment | None = None,
        tags: Mapping[str, str] | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Define the job.

        Args:
            scope: The parent construct.
            id: The id in it; job names begin with it.
            image: The container.
            cluster: The machines.
            script: Runs a script of this machine in the container, instead of *entrypoint*.
            entrypoint: Replaces the entry point of the image.
            arguments: Follow the entry point, at most 100.
            environment: Environment variables, at most 100; never secrets.
            inputs: At most 10, the script's own among them; their names and folders differ.
            outputs: At most 10; their names and folders differ.
            key: Encrypts all outputs and, where the types have no disks of their own, the volumes; None takes the key
                of the first output's bucket.
            max_runtime: When the job is stopped, 1 second to 9 days; None means a day, which is SageMaker's default.
            network: The network of the job; None runs it outside any VPC of yours.
            network_isolation: Cuts the container itself off the network, credentials included; inputs and outputs
                that SageMaker moves still work, those that the container moves do not.
            inter_container_encryption: Encrypts what the machines say to each other; None does when there are several.
            experiment: The experiment that the job belongs to.
            tags: At most 50; never secrets.
            role: Runs the job; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the request, or a rule between arguments is broken; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
        """
        require(
            (scope, id),
            argument_problems(ProcessingJob.__init__, locals()),
            whole_seconds("max_runtime", max_runtime),
        )
        super().__init__(scope, id, role=role)
        self.image = image
        place = place_of(self)
        bound = image.bind(self)
        key_arn = key.key_arn if key else _bucket_key(outputs)
        machines = cluster.render(key_arn)
        problems = [*_image_problems(bound), *_problems(inputs, outputs, script, entrypoint, isolate=network_isolation)]
        if script is not None:
            entrypoint, code = self._upload(script)
            inputs = [*inputs, code]
        several = cluster.may_be_several if inter_container_encryption is None else inter_container_encryption
        request: dict[str, Any] = given(
            ProcessingInputs=[each.render() for each in inputs] or None,
            ProcessingOutputConfig=given(Outputs=[each.render() for each in outputs], KmsKeyId=key_arn)
            if outputs
            else None,
            ProcessingResources={"ClusterConfig": machines},
            StoppingCondition={"MaxRuntimeInSeconds": in_seconds(max_runtime)} if max_runtime else None,
            AppSpecification=given(
                ImageUri=bound.uri,
                ContainerEntrypoint=list(entrypoint) or None,
                ContainerArguments=list(arguments) or None,
            ),
            Environment=dict(environment) if environment else None,
            NetworkConfig=given(
                EnableInterContainerTrafficEncryption=several,
                EnableNetworkIsolation=network_isolation,
                VpcConfig=network.vpc_config() if network else None,
            ),
            RoleArn=self.role.role_arn,
            Tags=render_tags(tags),
            **(experiment.render() if experiment else {}),
        )
        self._define(
            request,
            arguments=_ARGUMENTS,
            problems=[*problems, cluster.key_problem(key_arn)],
            statements=[
                *bound.statements,
                *(statement for each in inputs for statement in each.statements(place)),
                *(statement for each in outputs for statement in each.statements(place)),
                *(use_key(key_arn, "kms:Decrypt", "kms:GenerateDataKey") if outputs else ()),
                # Machines with disks of their own open none with a key, so that no grant is made of it.
                *job_statements(self, "ProcessingJobs", volume_key_arn=machines.get("VolumeKmsKeyId")),
                *(network.statements() if network else ()),
            ],
            results=[replace(place, key_arn=key_arn) for place in _locations(outputs)],
        )
        self.network = network
        if network:
            network.let_nodes_talk(
                self, instance_types=cluster.instance_types, several=cluster.may_be_several, encrypted=several
            )
            stores = any(isinstance(each, FeatureStoreOutput) for each in outputs)
            network.expect_services(self, ["sagemaker.featurestore-runtime"] if stores else [])
        for instance_type in cluster.instance_types:
            warn_if_outdated(self, instance_type)
        if any(each.mode == "Pipe" for each in inputs):
            warn(self, "pipe-mode", "Pipe mode is on its way out; File mode is the one to take for processing jobs")

    def _upload(self, script: ProcessingScript) -> tuple[list[str], ProcessingInput]:
        asset = assets.Asset(self, "Code", path=script.path)
        uploaded = S3Object.from_bucket(asset.bucket, asset.s3_object_key)
        return (
            script.entrypoint(asset.s3_object_key.rpartition("/")[2]),
            ProcessingInput.from_s3("code", uploaded, local_path=CODE_FOLDER),
        )


def _image_problems(bound: BoundImage) -> list[str]:
    """What only training jobs take: the request of a processing job has an image's address and nothing else."""
    if bound.uri is None:
        return ["image must be a container image, got an algorithm of AWS Marketplace, which only training jobs take"]
    if bound.registry_config is not None:
        return ["image must be in ECR, since a processing job cannot pull from a private registry; copy it there"]
    return []


def _bucket_key(outputs: Sequence[ProcessingOutput]) -> str | None:
    return next((place.key_arn for place in _locations(outputs) if place.key_arn), None)


def _locations(outputs: Sequence[ProcessingOutput]) -> list[S3Location]:
    return [each.location for each in outputs if isinstance(each, S3ProcessingOutput)]


def _problems(
    inputs: Sequence[ProcessingInput],
    outputs: Sequence[ProcessingOutput],
    script: ProcessingScript | None,
    entrypoint: Sequence[str],
    *,
    isolate: bool,
) -> list[str | None]:
    # Like the other inputs, the script's own has a name and a folder.
    names = [each.name for each in inputs] + (["code"] if script else [])
    folders = [each.folder for each in inputs] + ([CODE_FOLDER] if script else [])
    folders += [each.folder for each in outputs if each.folder is not None]
    foreign = [f"inputs {each.name!r}" for each in inputs if each.app_managed]
    foreign += [f"outputs {each.name!r}" for each in outputs if each.render().get("AppManaged")]
    return [
        "entrypoint must be empty where a script is given; its command runs it" if script and entrypoint else None,
        unique("names of the inputs", [name for name in names if not is_token(name)]),
        unique("names of the outputs", [each.name for each in outputs if not is_token(each.name)]),
        unique("folders of inputs and outputs", [each.rstrip("/") for each in folders if not is_token(each)]),
        f"network_isolation must be off where the container itself moves data, as for {', '.join(foreign)}"
        if isolate and foreign
        else None,
    ]
