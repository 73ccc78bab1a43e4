"""CreateTrainingJob: its role, data, output, image and network."""

from collections import Counter

from .. import neighbours, permissions
from ..api import Request, refused
from ..behaviour import before
from ..kinds.training_job import artifact_url
from ..sagemaker import SageMaker
from . import access

_OPERATION = "CreateTrainingJob"


@before(_OPERATION)
def _role(sagemaker: SageMaker, request: Request) -> None:
    name, role = request["TrainingJobName"], request.get("RoleArn")
    if role is None:
        return
    permissions.require_role(_OPERATION, role, sagemaker.arn("TrainingJob", name))
    image = request.get("AlgorithmSpecification", {}).get("TrainingImage")
    if image:
        access.require_image(_OPERATION, role, image)
    if "OutputDataConfig" in request:
        access.require_writable(_OPERATION, role, artifact_url(request), request["OutputDataConfig"].get("KmsKeyId"))


@before(_OPERATION)
def _channels(sagemaker: SageMaker, request: Request) -> None:
    channels = request.get("InputDataConfig", [])
    repeated = [name for name, count in Counter(c["ChannelName"] for c in channels).items() if count > 1]
    if repeated:
        raise refused(f"{_OPERATION}: {request['TrainingJobName']} has several channels named {', '.join(repeated)}.")
    for channel in channels:
        source = channel["DataSource"]
        if "S3DataSource" in source:
            _objects(request, channel["ChannelName"], source["S3DataSource"])
        if "FileSystemDataSource" in source and "VpcConfig" not in request:
            raise refused(
                f"{_OPERATION}: channel {channel['ChannelName']} of {request['TrainingJobName']} is a file system, "
                "so the job needs a VpcConfig."
            )


def _objects(request: Request, channel: str, source: Request) -> None:
    url, role = source["S3Uri"], request["RoleArn"]
    bucket, prefix = neighbours.split_s3(url)
    found = neighbours.object_keys(bucket, prefix)
    if not found:
        region = neighbours.scope()[1]
        raise refused(
            f'{_OPERATION}: No S3 objects found under S3 URL "{url}" given in input data source of channel {channel}. '
            f"Please ensure that the bucket exists in the selected region ({region}), that objects exist under that "
            f'S3 prefix, and that the role "{role}" has "s3:ListBucket" permissions on bucket "{bucket}".'
        )
    if source["S3DataType"] == "S3Prefix":
        access.require_listable(_OPERATION, role, bucket, prefix)
    access.require_readable(_OPERATION, role, bucket, found[:1])


@before(_OPERATION)
def _network(sagemaker: SageMaker, request: Request) -> None:
    access.require_network(_OPERATION, request.get("VpcConfig", {}))


@before(_OPERATION)
def _spot(sagemaker: SageMaker, request: Request) -> None:
    stopping = request.get("StoppingCondition", {})
    longest, running = stopping.get("MaxWaitTimeInSeconds"), stopping.get("MaxRuntimeInSeconds", 86400)
    if request.get("EnableManagedSpotTraining") and (longest is None or longest < running):
        raise refused(
            f"{_OPERATION}: {request['TrainingJobName']} uses managed spot training, so MaxWaitTimeInSeconds must be "
            f"present and at least MaxRuntimeInSeconds ({running}), got {longest}."
        )
