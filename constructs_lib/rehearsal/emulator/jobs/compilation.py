"""Compilation jobs."""

import json
from collections.abc import Iterator

from ..api import Request, refused
from ..behaviour import before
from ..records import Record
from ..sagemaker import SageMaker
from ._job import Input, Job, Needs, Output, below, register, write

_OPERATION = "CreateCompilationJob"


def _target(request: Request) -> str:
    output = request["OutputConfig"]
    platform = output.get("TargetPlatform", {})
    return str(output.get("TargetDevice") or "_".join(part.lower() for part in platform.values()))


def _artifact_url(request: Request) -> str:
    source = request.get("InputConfig", {}).get("S3Uri", "model.tar.gz").rpartition("/")[2]
    name = source.removesuffix(".tar.gz")
    return below(request["OutputConfig"]["S3OutputLocation"], f"{name}-{_target(request)}.tar.gz")


def _needs(sagemaker: SageMaker, request: Request) -> Iterator[Needs]:
    source = request.get("InputConfig")
    yield Needs(
        role=request["RoleArn"],
        inputs=(Input(given_in="the input of the compilation", url=source["S3Uri"], is_prefix=False),)
        if source
        else (),
        outputs=(
            Output(
                url=_artifact_url(request),
                place=request["OutputConfig"]["S3OutputLocation"],
                key=request["OutputConfig"].get("KmsKeyId"),
            ),
        ),
        vpc=request.get("VpcConfig", {}),
    )


@before(_OPERATION)
def _one_source(sagemaker: SageMaker, request: Request) -> None:
    if ("InputConfig" in request) == ("ModelPackageVersionArn" in request):
        raise refused(
            f"{_OPERATION}: {request['CompilationJobName']} must have either InputConfig or ModelPackageVersionArn, "
            f"got {'both' if 'InputConfig' in request else 'neither'}."
        )


@before(_OPERATION)
def _one_target(sagemaker: SageMaker, request: Request) -> None:
    output = request["OutputConfig"]
    if ("TargetDevice" in output) == ("TargetPlatform" in output):
        raise refused(
            f"{_OPERATION}: OutputConfig must have either TargetDevice or TargetPlatform, "
            f"got {'both' if 'TargetDevice' in output else 'neither'}."
        )


def _work(sagemaker: SageMaker, job: Record) -> None:
    url = _artifact_url(job.values)
    write(url, json.dumps({"CompilationJobName": job.name, "Target": _target(job.values)}).encode())
    job.values["ModelArtifacts"] = {"S3ModelArtifacts": url}
    job.values["ModelDigests"] = {"ArtifactDigest": "0" * 64}


register(
    Job(
        noun="CompilationJob",
        needs=_needs,
        work=_work,
        started="CompilationStartTime",
        ended="CompilationEndTime",
    )
)
