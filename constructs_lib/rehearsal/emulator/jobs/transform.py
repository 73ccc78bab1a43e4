"""Batch transform jobs, which work with the role, the images and the network of their model."""

import json
from collections.abc import Iterator

from .. import neighbours
from ..api import Request, refused
from ..behaviour import before
from ..records import Record
from ..sagemaker import SageMaker
from ._job import Input, Job, Needs, Output, below, register, write

_OPERATION = "CreateTransformJob"


def _model(sagemaker: SageMaker, request: Request) -> Record:
    return sagemaker.find(_OPERATION, "Model", request["ModelName"])


def _needs(sagemaker: SageMaker, request: Request) -> Iterator[Needs]:
    model = _model(sagemaker, request).values
    source = request["TransformInput"]["DataSource"]["S3DataSource"]
    output, machines = request["TransformOutput"], request["TransformResources"]
    capture = request.get("DataCaptureConfig")
    yield Needs(
        role=model.get("ExecutionRoleArn"),
        inputs=(
            Input(
                given_in="the transform input",
                url=source["S3Uri"],
                is_prefix=source["S3DataType"] == "S3Prefix",
            ),
        ),
        outputs=(
            Output.within(output["S3OutputPath"], output.get("KmsKeyId")),
            *([Output.within(capture["DestinationS3Uri"], capture.get("KmsKeyId"))] if capture else ()),
        ),
        volumes=((machines["InstanceType"], machines.get("VolumeKmsKeyId")),),
        vpc=model.get("VpcConfig", {}),
    )


@before(_OPERATION)
def _one_model(sagemaker: SageMaker, request: Request) -> None:
    model = _model(sagemaker, request)
    if model.values.get("PrimaryContainer", {}).get("Mode") == "MultiModel":
        raise refused(f'{_OPERATION}: "{model.arn}" is a multi-model, which batch transform does not run.')


def _work(sagemaker: SageMaker, job: Record) -> None:
    source = job.values["TransformInput"]["DataSource"]["S3DataSource"]
    bucket, prefix = neighbours.split_s3(source["S3Uri"])
    keys = neighbours.object_keys(bucket, prefix)
    if source["S3DataType"] == "S3Prefix":
        names = {key: key.removeprefix(prefix.rpartition("/")[0]).lstrip("/") for key in keys if not key.endswith("/")}
    else:
        # The lines of a manifest are not read; one answer stands for theirs.
        names = {key: key.rpartition("/")[2] for key in keys if key == prefix}
    for key, name in names.items():
        answer = json.dumps({"TransformJobName": job.name, "Input": f"s3://{bucket}/{key}"})
        write(below(job.values["TransformOutput"]["S3OutputPath"], f"{name}.out"), answer.encode())


register(
    Job(
        noun="TransformJob",
        needs=_needs,
        work=_work,
        started="TransformStartTime",
        ended="TransformEndTime",
    )
)
