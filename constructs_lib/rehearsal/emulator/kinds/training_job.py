"""What a training job leaves behind."""

import io
import json
import tarfile
import time

from .. import neighbours
from ..api import Request
from ..behaviour import after, when_done
from ..records import Record
from ..sagemaker import SageMaker


def artifact_url(request: Request) -> str:
    """Where a job of this request writes its model."""
    folder = request["OutputDataConfig"]["S3OutputPath"].rstrip("/")
    return f"{folder}/{request['TrainingJobName']}/output/model.tar.gz"


@after("CreateTrainingJob")
def _start(sagemaker: SageMaker, job: Record, request: Request) -> None:
    # SageMaker fills these in where the request leaves them out, and Describe always has them.
    for member in ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining"):
        job.values.setdefault(member, False)
    _enter(job, "Starting", "Starting the training job")


@when_done("TrainingJob")
def _end(sagemaker: SageMaker, job: Record) -> None:
    now = time.time()
    if job.status == "Stopped":
        _enter(job, "Stopped", "The training job was stopped")
        job.values["TrainingEndTime"] = now
        return
    started = float(job.values["CreationTime"])
    job.values.update(TrainingStartTime=started, TrainingEndTime=now, TrainingTimeInSeconds=1, BillableTimeInSeconds=1)
    try:
        url = artifact_url(job.values)
        neighbours.put_object(*neighbours.split_s3(url), _archive(job))
    except Exception:
        _enter(job, "Failed", "The model could not be uploaded")
        raise
    job.values["ModelArtifacts"] = {"S3ModelArtifacts": url}
    for status, message in (("Training", "Training image has started"), ("Uploading", "Uploading the model")):
        _enter(job, status, message)
    _enter(job, "Completed", "Training job completed")


def _enter(job: Record, status: str, message: str) -> None:
    """Note a secondary status as Describe lists them."""
    now = time.time()
    transitions = job.values.setdefault("SecondaryStatusTransitions", [])
    if transitions:
        transitions[-1]["EndTime"] = now
    transitions.append({"Status": status, "StartTime": now, "StatusMessage": message})
    job.values["SecondaryStatus"] = status


def _archive(job: Record) -> bytes:
    content = json.dumps({"TrainingJobName": job.name, "HyperParameters": job.values.get("HyperParameters", {})})
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("training-job.json")
        entry.size = len(content.encode())
        archive.addfile(entry, io.BytesIO(content.encode()))
    return buffer.getvalue()
