"""A processing job that runs SageMaker Clarify."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.warnings import warn
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Location, S3Object
from constructs_lib.training.processing_cluster import ProcessingCluster
from constructs_lib.training.processing_inputs import PROCESSING_FOLDER, ProcessingInput
from constructs_lib.training.processing_job import ProcessingJob
from constructs_lib.training.processing_outputs import ProcessingOutput, S3UploadMode
from constructs_lib.training.tracking import Experiment

_CONFIG = "analysis_config.json"


class ClarifyProcessingJob(ProcessingJob):
    """A processing job with the inputs and the output that the Clarify container looks for."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: ProcessingCluster,
        analysis_config: S3Object,
        dataset: S3Location | S3Object,
        output: S3Location,
        image: ContainerImage | None = None,
        upload_mode: S3UploadMode = S3UploadMode.END_OF_JOB,
        extra_inputs: Sequence[ProcessingInput] = (),
        environment: Mapping[str, str] | None = None,
        key: kms.IKey | None = None,
        max_runtime: Duration | None = None,
        network: NetworkBase | None = None,
        inter_container_encryption: bool | None = None,
        experiment: Experiment | None = None,
        tags: Mapping[str, str] | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Define the job.

        Args:
            scope: The parent construct.
            id: The id in it; job names begin with it.
            cluster: The machines.
            analysis_config: What to analyse, in S3 as a file of the name `analysis_config.json`, the one that the
                container opens. A shadow endpoint that it asks for needs `sagemaker:CreateEndpoint` and more: grant
                those to `role` yourself, since only the file knows them.
            dataset: The data.
            output: Where the report goes.
            image: None takes the image `sagemaker-clarify-processing` of the region.
            upload_mode: When the report goes; explanations of images are so many that they need Continuous.
            extra_inputs: More inputs, such as facets.
            environment: As `ProcessingJob` has it, like all that follows.
            key: As there.
            max_runtime: As there.
            network: As there.
            inter_container_encryption: As there.
            experiment: As there.
            tags: As there.
            role: As there.

        Raises:
            ConfigurationError: The configuration has another name, or as `ProcessingJob` says.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-parameters.html
        """
        path = f"{scope.node.path}/{id}"
        require(path, argument_problems(ClarifyProcessingJob.__init__, locals()))
        key_of = analysis_config.key
        right = is_token(key_of) or key_of.rpartition("/")[2] == _CONFIG
        require(
            path,
            None if right else f"analysis_config must be an object named {_CONFIG!r}, got {key_of!r}",
        )
        super().__init__(
            scope,
            id,
            image=image or ContainerImage.from_framework("clarify"),
            cluster=cluster,
            # The names and folders of the SageMaker SDK (sagemaker 2.257.7, clarify.py).
            inputs=[
                ProcessingInput.from_s3(
                    "analysis_config", analysis_config, local_path=f"{PROCESSING_FOLDER}input/config"
                ),
                ProcessingInput.from_s3("dataset", dataset, local_path=f"{PROCESSING_FOLDER}input/data"),
                *extra_inputs,
            ],
            outputs=[
                ProcessingOutput.to_s3(
                    "analysis_result", output, local_path=f"{PROCESSING_FOLDER}output", upload_mode=upload_mode
                )
            ],
            environment=environment,
            key=key,
            max_runtime=max_runtime,
            network=network,
            inter_container_encryption=inter_container_encryption,
            experiment=experiment,
            tags=tags,
            role=role,
        )
        warn(self, "clarify-closed", "SageMaker Clarify is closed to new customers since 2026; existing ones keep it")
