"""Processing jobs."""

import json
from collections.abc import Iterator

from ..api import Request, refused
from ..behaviour import before
from ..records import Record
from ..sagemaker import SageMaker
from ._job import Input, Job, Needs, Output, below, register, write

_OPERATION = "CreateProcessingJob"


def _outputs(request: Request) -> list[tuple[str, str]]:
    """Name and S3 prefix of each output."""
    outputs = request.get("ProcessingOutputConfig", {}).get("Outputs", [])
    return [(output["OutputName"], output["S3Output"]["S3Uri"]) for output in outputs if "S3Output" in output]


def _queries(request: Request) -> list[Request]:
    """The data sets that a query makes: each is unloaded to S3 by the job's role."""
    definitions = [entry.get("DatasetDefinition", {}) for entry in request.get("ProcessingInputs", [])]
    kinds = ("AthenaDatasetDefinition", "RedshiftDatasetDefinition")
    return [definition[kind] for definition in definitions for kind in kinds if kind in definition]


def _needs(sagemaker: SageMaker, request: Request) -> Iterator[Needs]:
    machines = request["ProcessingResources"]["ClusterConfig"]
    key = request.get("ProcessingOutputConfig", {}).get("KmsKeyId")
    queries = [Output.within(query["OutputS3Uri"], query.get("KmsKeyId")) for query in _queries(request)]
    yield Needs(
        role=request["RoleArn"],
        images=(request["AppSpecification"]["ImageUri"],),
        inputs=tuple(
            Input(
                given_in=f"processing input {entry['InputName']}",
                url=entry["S3Input"]["S3Uri"],
                is_prefix=entry["S3Input"].get("S3DataType", "S3Prefix") == "S3Prefix",
            )
            for entry in request.get("ProcessingInputs", [])
            if "S3Input" in entry
        ),
        outputs=(*(Output.within(url, key) for _, url in _outputs(request)), *queries),
        volumes=((machines["InstanceType"], machines.get("VolumeKmsKeyId")),),
        vpc=request.get("NetworkConfig", {}).get("VpcConfig", {}),
    )


@before(_OPERATION)
def _names(sagemaker: SageMaker, request: Request) -> None:
    inputs = [entry["InputName"] for entry in request.get("ProcessingInputs", [])]
    outputs = [entry["OutputName"] for entry in request.get("ProcessingOutputConfig", {}).get("Outputs", [])]
    repeated = sorted({name for names in (inputs, outputs) for name in names if names.count(name) > 1})
    if repeated:
        raise refused(
            f"{_OPERATION}: {request['ProcessingJobName']} has several inputs or outputs named {', '.join(repeated)}."
        )


def _work(sagemaker: SageMaker, job: Record) -> None:
    for name, folder in _outputs(job.values):
        content = json.dumps({"ProcessingJobName": job.name, "OutputName": name})
        write(below(folder, "processing-job.json"), content.encode())


register(
    Job(
        noun="ProcessingJob",
        needs=_needs,
        work=_work,
        started="ProcessingStartTime",
        ended="ProcessingEndTime",
    )
)
