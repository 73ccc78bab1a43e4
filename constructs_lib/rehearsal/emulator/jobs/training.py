"""Training jobs."""

import io
import json
import tarfile
import time
from collections import Counter
from collections.abc import Iterator

from ..api import Request, refused
from ..behaviour import after, before
from ..records import Record
from ..sagemaker import SageMaker
from . import _metrics
from ._job import Input, Job, Needs, Output, below, register, write

_OPERATION = "CreateTrainingJob"


def needs(sagemaker: SageMaker, request: Request) -> Iterator[Needs]:
    """What a training job of this request reaches out for."""
    algorithm = request.get("AlgorithmSpecification", {})
    cluster = request.get("ResourceConfig", {})
    key = cluster.get("VolumeKmsKeyId")
    machines = cluster.get("InstanceGroups") or [cluster]
    sources = [(channel["ChannelName"], channel["DataSource"]) for channel in request.get("InputDataConfig", [])]
    checkpoints = request.get("CheckpointConfig")
    board = request.get("TensorBoardOutputConfig")
    debugger = request.get("DebugHookConfig")
    folders = [entry["S3Uri"] for entry in (checkpoints,) if entry]
    folders += [entry["S3OutputPath"] for entry in (board, debugger) if entry]
    output = request.get("OutputDataConfig", {})
    yield Needs(
        role=request.get("RoleArn"),
        images=tuple(filter(None, [algorithm.get("TrainingImage")])),
        inputs=tuple(
            Input(
                given_in=f"input data source of channel {channel}",
                url=source["S3DataSource"]["S3Uri"],
                is_prefix=source["S3DataSource"]["S3DataType"] == "S3Prefix",
            )
            for channel, source in sources
            if "S3DataSource" in source
        ),
        outputs=(
            *(
                [Output(url=artifact_url(request), place=output["S3OutputPath"], key=output.get("KmsKeyId"))]
                if output
                else ()
            ),
            *(Output.within(folder) for folder in folders),
        ),
        volumes=tuple((machine.get("InstanceType"), key) for machine in machines),
        vpc=request.get("VpcConfig", {}),
        file_systems=tuple(
            (f"channel {channel}", source["FileSystemDataSource"])
            for channel, source in sources
            if "FileSystemDataSource" in source
        ),
    )


def artifact_url(request: Request) -> str:
    """Where a job of this request writes its model."""
    return below(
        request["OutputDataConfig"]["S3OutputPath"], f"{request['TrainingJobName']}/output/{_archive(request)}"
    )


def _archive(request: Request) -> str:
    packed = request["OutputDataConfig"].get("CompressionType", "GZIP") == "GZIP"
    return "model.tar.gz" if packed else "model/"


@before(_OPERATION)
def _channels(sagemaker: SageMaker, request: Request) -> None:
    channels = request.get("InputDataConfig", [])
    repeated = [name for name, count in Counter(c["ChannelName"] for c in channels).items() if count > 1]
    if repeated:
        raise refused(f"{_OPERATION}: {request['TrainingJobName']} has several channels named {', '.join(repeated)}.")


@before(_OPERATION)
def _algorithm(sagemaker: SageMaker, request: Request) -> None:
    algorithm = request.get("AlgorithmSpecification")
    if algorithm is not None and ("TrainingImage" in algorithm) == ("AlgorithmName" in algorithm):
        raise refused(
            f"{_OPERATION}: AlgorithmSpecification must have either TrainingImage or AlgorithmName, "
            f"got {'both' if 'AlgorithmName' in algorithm else 'neither'}."
        )


@before(_OPERATION)
def _spot(sagemaker: SageMaker, request: Request) -> None:
    if not request.get("EnableManagedSpotTraining"):
        return
    name = request["TrainingJobName"]
    stopping, cluster = request.get("StoppingCondition", {}), request.get("ResourceConfig", {})
    longest, running = stopping.get("MaxWaitTimeInSeconds"), stopping.get("MaxRuntimeInSeconds", 86400)
    if longest is None or longest < running:
        raise refused(
            f"{_OPERATION}: {name} uses managed spot training, so MaxWaitTimeInSeconds must be "
            f"present and at least MaxRuntimeInSeconds ({running}), got {longest}."
        )
    if cluster.get("KeepAlivePeriodInSeconds"):
        raise refused(f"{_OPERATION}: {name} uses managed spot training, which has no warm pool: no keep-alive period.")
    if "InstanceGroups" in cluster:
        raise refused(f"{_OPERATION}: {name} uses managed spot training, which is not for heterogeneous clusters.")


@after(_OPERATION)
def _start(sagemaker: SageMaker, job: Record, request: Request) -> None:
    _enter(job, "Starting", "Starting the training job")


def _work(sagemaker: SageMaker, job: Record) -> None:
    request = job.values
    # A spot job is billed for less than it ran.
    seconds, billed = (2, 1) if request.get("EnableManagedSpotTraining") else (1, 1)
    request.update(TrainingTimeInSeconds=seconds, BillableTimeInSeconds=billed)
    try:
        if "CheckpointConfig" in request:
            write(below(request["CheckpointConfig"]["S3Uri"], "checkpoint-1.json"), _content(job))
        if "OutputDataConfig" in request:
            url = artifact_url(request)
            packed = url.endswith(".tar.gz")
            write(url if packed else f"{url}training-job.json", _packed(job) if packed else _content(job))
            request["ModelArtifacts"] = {"S3ModelArtifacts": url}
    except Exception:
        _enter(job, "Failed", "The model could not be uploaded")
        raise
    now = time.time()
    metrics = _metrics.reported(request)
    request["FinalMetricDataList"] = [{**metric, "Timestamp": now} for metric in metrics]
    if request.get("ResourceConfig", {}).get("KeepAlivePeriodInSeconds"):
        request["WarmPoolStatus"] = {"Status": "Available"}
    for status, message in (("Training", "Training image has started"), ("Uploading", "Uploading the model")):
        _enter(job, status, message)
    _enter(job, "Completed", "Training job completed")


@after("StopTrainingJob")
def _stopped(sagemaker: SageMaker, job: Record, request: Request) -> None:
    _enter(job, "Stopped", "The training job was stopped")


def _enter(job: Record, status: str, message: str) -> None:
    """Note a secondary status as Describe lists them."""
    now = time.time()
    transitions = job.values.setdefault("SecondaryStatusTransitions", [])
    if transitions:
        transitions[-1]["EndTime"] = now
    transitions.append({"Status": status, "StartTime": now, "StatusMessage": message})
    job.values["SecondaryStatus"] = status


def _content(job: Record) -> bytes:
    content = {"TrainingJobName": job.name, "HyperParameters": job.values.get("HyperParameters", {})}
    return json.dumps(content).encode()


def _packed(job: Record) -> bytes:
    content = _content(job)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("training-job.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


register(
    Job(
        noun="TrainingJob",
        needs=needs,
        work=_work,
        started="TrainingStartTime",
        ended="TrainingEndTime",
        defaults={
            "EnableNetworkIsolation": False,
            "EnableInterContainerTrafficEncryption": False,
            "EnableManagedSpotTraining": False,
        },
    )
)
