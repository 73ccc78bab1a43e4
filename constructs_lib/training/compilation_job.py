"""A compilation job, defined: SageMaker Neo makes a model fit a machine."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib._internal.checks import fits_json, holds_token, require
from constructs_lib._internal.durations import in_seconds, whole_seconds
from constructs_lib._internal.execution import job_statements
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.rendering import given, render_tags
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Location, use_key
from constructs_lib.training.compilation_target import CompilationInput, CompilationTarget
from constructs_lib.training.job import Job
from constructs_lib.training.job_kind import JobKind

# Step Functions has no optimized integration for it: no rule tells when such a job is done.
COMPILATION = JobKind(noun="CompilationJob", arn_type="compilation-job", rule=None)
# Which argument fills which part of the request, for the words of an error.
_ARGUMENTS = {
    "CompilationJobName": "id",
    "ModelPackageVersionArn": "input.model_package_version_arn",
    "InputConfig": "input",
    "InputConfig.DataInputConfig": "input.data_input_config",
    "InputConfig.FrameworkVersion": "input.framework_version",
    "OutputConfig": "output",
    "OutputConfig.TargetDevice": "target.target_device",
    "OutputConfig.CompilerOptions": "compiler_options",
    "StoppingCondition.MaxRuntimeInSeconds": "max_runtime, in seconds,",
    "VpcConfig": "network",
    "Tags": "tags",
}


class CompilationJob(Job):
    """The full request of `CreateCompilationJob` and the role that the job runs under."""

    kind = COMPILATION

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        input: CompilationInput,
        output: S3Location,
        target: CompilationTarget,
        compiler_options: Mapping[str, Any] | str | None = None,
        max_runtime: Duration | None = None,
        key: kms.IKey | None = None,
        network: NetworkBase | None = None,
        tags: Mapping[str, str] | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Define the job.

        Args:
            scope: The parent construct.
            id: The id in it; job names begin with it.
            input: The model.
            output: Where the compiled model goes.
            target: The machine that it is for.
            compiler_options: A mapping is written as JSON; ml_inf1 takes a text, such as `"--verbose 1"`, instead.
            max_runtime: When the job is stopped, at least 1 second; None means 15 minutes.
            key: Encrypts the output; None takes the key of its bucket.
            network: The network of the job; None runs it outside any VPC of yours.
            tags: At most 50; never secrets.
            role: Runs the job; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the request, or a rule between arguments is broken; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateCompilationJob.html
        """
        require(
            (scope, id),
            argument_problems(CompilationJob.__init__, locals()),
            whole_seconds("max_runtime", max_runtime),
        )
        require((scope, id), fits_json("compiler_options", compiler_options))
        super().__init__(scope, id, role=role)
        key_arn = key.key_arn if key else output.key_arn
        # With a token in it, it is put together at deployment, and nobody can hold it against the API before.
        written = Stack.of(self).to_json_string if holds_token(compiler_options) else json.dumps
        options = None if compiler_options is None else written(compiler_options)
        request: dict[str, Any] = given(
            RoleArn=self.role.role_arn,
            **input.render(),
            OutputConfig=given(
                S3OutputLocation=output.destination, **target.render(), CompilerOptions=options, KmsKeyId=key_arn
            ),
            VpcConfig=network.vpc_config() if network else None,
            StoppingCondition={"MaxRuntimeInSeconds": in_seconds(max_runtime) if max_runtime else 900},
            Tags=render_tags(tags),
        )
        self._define(
            request,
            arguments=_ARGUMENTS,
            problems=[target.problems(input.trained_with, compiler_options)],
            statements=[
                *input.statements(),
                *output.write_statements(),
                *use_key(key_arn, "kms:Decrypt", "kms:GenerateDataKey"),
                *job_statements(self, "CompilationJobs", volume_key_arn=None),
                *(network.statements() if network else ()),
            ],
            results=[replace(output, key_arn=key_arn)],
        )
        device = target.target_device or ""
        family = device.removeprefix("ml_")
        successor = InstanceType(f"ml.{family}.xlarge").successor if device.startswith("ml_") else None
        if successor:
            warn(
                self,
                f"outdated-target/{device}",
                f"{device} is a generation of machines that AWS has ended or is ending; ml_{successor} is the nearest "
                "living one, where Neo knows it",
            )
