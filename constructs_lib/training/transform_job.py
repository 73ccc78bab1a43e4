"""A transform job, defined: a model answers a whole set of records, and then the machines go."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib._internal.checks import between, is_token, require
from constructs_lib._internal.durations import in_seconds, whole_seconds
from constructs_lib._internal.execution import job_statements
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.rendering import given, render_tags
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.compute.outdated import warn_if_outdated
from constructs_lib.errors import ConfigurationError
from constructs_lib.foundation.s3_location import use_key
from constructs_lib.models.model_base import ModelBase
from constructs_lib.training.job import Job
from constructs_lib.training.job_kind import JobKind
from constructs_lib.training.tracking import Experiment
from constructs_lib.training.transform_data import (
    BatchDataCapture,
    BatchStrategy,
    DataProcessing,
    TransformInput,
    TransformOutput,
)

TRANSFORM = JobKind(
    noun="TransformJob", arn_type="transform-job", rule="StepFunctionsGetEventsForSageMakerTransformJobsRule"
)
# Which argument fills which part of the request, for the words of an error.
_ARGUMENTS = {
    "TransformJobName": "id",
    "ModelName": "model.model_name",
    "MaxConcurrentTransforms": "max_concurrent_transforms",
    "ModelClientConfig.InvocationsTimeoutInSeconds": "invocations_timeout, in seconds,",
    "ModelClientConfig.InvocationsMaxRetries": "invocations_max_retries",
    "MaxPayloadInMB": "max_payload_mb",
    "Environment": "environment",
    "TransformInput": "input",
    "TransformInput.ContentType": "input.content_type",
    "TransformOutput": "output",
    "TransformOutput.Accept": "output.accept",
    "TransformResources.InstanceType": "instance_type",
    "TransformResources.InstanceCount": "instance_count",
    "TransformResources.TransformAmiVersion": "ami_version",
    "DataProcessing.InputFilter": "data_processing.input_filter",
    "DataProcessing.OutputFilter": "data_processing.output_filter",
    "DataCaptureConfig": "data_capture",
    "ExperimentConfig": "experiment",
    "Tags": "tags",
}
# Limits that the API reference gives in words only:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html and API_TransformResources.html
_MOST_MEGABYTES, _MOST_INSTANCES = 100, 100
# https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html: CSV and JSON only.
_FORMATS = {"text/csv": "CSV", "application/json": "JSON", "application/jsonlines": "JSON"}


class TransformJob(Job):
    """The full request of `CreateTransformJob`.

    It runs under the role of its model: the request names none, and whoever starts the job passes none.
    """

    kind = TRANSFORM

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        model: ModelBase,
        input: TransformInput,
        output: TransformOutput,
        instance_type: InstanceType,
        instance_count: int = 1,
        batch_strategy: BatchStrategy | None = None,
        max_payload_mb: int | None = None,
        max_concurrent_transforms: int | None = None,
        invocations_timeout: Duration | None = None,
        invocations_max_retries: int | None = None,
        data_processing: DataProcessing | None = None,
        data_capture: BatchDataCapture | None = None,
        environment: Mapping[str, str] | None = None,
        key: kms.IKey | None = None,
        ami_version: str | None = None,
        experiment: Experiment | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Define the job.

        Args:
            scope: The parent construct.
            id: The id in it; job names begin with it.
            model: What answers: a `Model`, or one imported with its role (`Model.from_model_name(…, role=…)`).
            input: The records.
            output: Where the answers go.
            instance_type: The machines.
            instance_count: How many, 1 to 100.
            batch_strategy: One record a request or as many as fit; the input must be split for it.
            max_payload_mb: The most that a request holds, at most 100 MB; 0 sends any size in chunks, which built-in
                algorithms do not take. None means 6.
            max_concurrent_transforms: Requests at a time to each machine; times *max_payload_mb* at most 100 MB. None
                or 0 asks the container.
            invocations_timeout: How long a request may take, 1 second to an hour; None means 10 minutes.
            invocations_max_retries: How often it is tried again, 0 to 3; None means 3.
            data_processing: Filters and joins.
            data_capture: Keeps what went in and came out.
            environment: Environment variables, at most 16; never secrets.
            key: Encrypts the output and, where the type has no disks of its own, the volumes; None takes the key of
                the output's bucket.
            ami_version: The machine image with its GPU driver, such as `al2-ami-sagemaker-batch-gpu-535`.
            experiment: The experiment that the job belongs to.
            tags: At most 50; never secrets.

        Raises:
            ConfigurationError: SageMaker would refuse the request, or a rule between arguments is broken; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
        """
        require(
            (scope, id),
            argument_problems(TransformJob.__init__, locals()),
            whole_seconds("invocations_timeout", invocations_timeout),
        )
        role = model.role
        if role is None:
            problem = "model must come with its role, which runs the job; give Model.from_model_name(…, role=…)"
            raise ConfigurationError(f"{scope.node.path}/{id}", [problem])
        super().__init__(scope, id, role=role)
        key_arn = key.key_arn if key else output.location.key_arn
        # Machines with disks of their own open none with a key, so that no grant is made of it.
        volume_key_arn = None if instance_type.has_local_storage else key_arn
        client = given(
            InvocationsTimeoutInSeconds=in_seconds(invocations_timeout),
            InvocationsMaxRetries=invocations_max_retries,
        )
        request: dict[str, Any] = given(
            ModelName=model.model_name,
            MaxConcurrentTransforms=max_concurrent_transforms,
            ModelClientConfig=client or None,
            MaxPayloadInMB=max_payload_mb,
            BatchStrategy=batch_strategy.value if batch_strategy else None,
            Environment=dict(environment) if environment else None,
            TransformInput=input.render(),
            TransformOutput=output.render(key_arn),
            DataCaptureConfig=data_capture.render() if data_capture else None,
            TransformResources=given(
                InstanceType=instance_type.name,
                InstanceCount=instance_count,
                VolumeKmsKeyId=volume_key_arn,
                TransformAmiVersion=ami_version,
            ),
            DataProcessing=(data_processing.render() or None) if data_processing else None,
            Tags=render_tags(tags),
            **(experiment.render() if experiment else {}),
        )
        self._define(
            request,
            arguments=_ARGUMENTS,
            problems=[
                between("max_payload_mb", max_payload_mb, 0, _MOST_MEGABYTES),
                _together_problem(max_concurrent_transforms, max_payload_mb),
                None
                if is_token(instance_count) or instance_count <= _MOST_INSTANCES
                else f"instance_count must be at most {_MOST_INSTANCES}, got {instance_count}",
                f"batch_strategy {batch_strategy.value} must come with input.split_type Line, RecordIO or TFRecord; "
                "without it each file is one request"
                if batch_strategy and not input.is_split
                else None,
                _format_problems(input, output, data_processing),
                # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelDataSource.html
                f"model must have its artifact as one gzipped tar, got {model.node.path}"
                if any(container.uses_model_data_source for container in model.containers)
                else None,
            ],
            statements=[
                *input.statements(),
                *output.location.write_statements(),
                *use_key(key_arn, "kms:Decrypt", "kms:GenerateDataKey"),
                *(data_capture.location.write_statements() if data_capture else ()),
                *job_statements(self, "TransformJobs", volume_key_arn=volume_key_arn),
            ],
            results=[replace(output.location, key_arn=key_arn)],
        )
        warn_if_outdated(self, instance_type)
        if input.is_split and data_processing is None and output.assemble_with is None:
            warn(
                self,
                "results-run-together",
                "the answers to the records of one file are put together without anything between them; give "
                "output.assemble_with, unless the model ends each with a new line",
            )

    @property
    def passed_roles(self) -> tuple[iam.IRole, ...]:
        """None: the model was given its role when it was made."""
        return ()


def _together_problem(concurrent: int | None, megabytes: int | None) -> str | None:
    if concurrent is None or megabytes is None or is_token(concurrent) or is_token(megabytes):
        return None
    if concurrent * megabytes <= _MOST_MEGABYTES:
        return None
    return (
        f"max_concurrent_transforms times max_payload_mb must be at most {_MOST_MEGABYTES}, got {concurrent} times "
        f"{megabytes}"
    )


def _format_problems(input: TransformInput, output: TransformOutput, processing: DataProcessing | None) -> list[str]:
    if processing is None or not processing.render():
        return []
    problems = []
    read, written = (_format(each) for each in (input.content_type, output.accept))
    if read is None and not is_token(input.content_type):
        problems.append(
            f"input.content_type must be one of {', '.join(_FORMATS)} for data_processing, got {input.content_type!r}"
        )
    if processing.joins and output.accept is not None and not is_token(output.accept) and read not in (None, written):
        problems.append(
            f"output.accept must be {read} like input.content_type where the two are joined, got {output.accept!r}"
        )
    return problems


def _format(content_type: str | None) -> str | None:
    """CSV or JSON; what stands behind a semicolon, such as the character set, does not matter."""
    return None if content_type is None else _FORMATS.get(content_type.partition(";")[0].strip().lower())
