"""Hyperparameter tuning jobs: one training job for each definition stands for the many of a real one."""

from collections.abc import Iterator
from typing import Any

from ..api import ApiError, Request, refused
from ..behaviour import after, before, operation
from ..records import Record
from ..sagemaker import SageMaker
from . import _metrics
from ._job import Job, Needs, register

_NOUN = "HyperParameterTuningJob"
_OPERATION = f"Create{_NOUN}"
_LIST = f"ListTrainingJobsFor{_NOUN}"


def _definitions(request: Request) -> list[Request]:
    one = request.get("TrainingJobDefinition")
    return [one] if one else request.get("TrainingJobDefinitions", [])


def _ranges(request: Request, definition: Request) -> Request:
    ranges: Request = definition.get("HyperParameterRanges") or request["HyperParameterTuningJobConfig"].get(
        "ParameterRanges", {}
    )
    return ranges


def _objective(request: Request, definition: Request) -> Request | None:
    objective: Request | None = definition.get("TuningObjective") or request["HyperParameterTuningJobConfig"].get(
        "HyperParameterTuningJobObjective"
    )
    return objective


def _tuned(ranges: Request) -> dict[str, str]:
    """The first value of each range."""
    chosen = {entry["Name"]: entry["Values"][0] for entry in ranges.get("CategoricalParameterRanges", [])}
    for kind in ("IntegerParameterRanges", "ContinuousParameterRanges"):
        chosen |= {entry["Name"]: entry["MinValue"] for entry in ranges.get(kind, [])}
    return chosen | {entry["Name"]: entry["ValueHint"] for entry in ranges.get("AutoParameters", [])}


def _job_request(request: Request, definition: Request, number: int) -> Request:
    """The training job that stands for *definition*."""
    members = {
        "AlgorithmSpecification",
        "CheckpointConfig",
        "EnableInterContainerTrafficEncryption",
        "EnableManagedSpotTraining",
        "EnableNetworkIsolation",
        "Environment",
        "InputDataConfig",
        "OutputDataConfig",
        "ResourceConfig",
        "RetryStrategy",
        "RoleArn",
        "StoppingCondition",
        "VpcConfig",
    }
    job: Request = {name: value for name, value in definition.items() if name in members}
    objective = _objective(request, definition)
    resources = definition.get("HyperParameterTuningResourceConfig")
    if resources:
        first = resources["InstanceConfigs"][0] if resources.get("InstanceConfigs") else resources
        machine = {name: first[name] for name in ("InstanceType", "InstanceCount", "VolumeSizeInGB") if name in first}
        key = resources.get("VolumeKmsKeyId")
        job["ResourceConfig"] = {"VolumeSizeInGB": 30, **machine, **({"VolumeKmsKeyId": key} if key else {})}
    return {
        **job,
        "TrainingJobName": f"{request['HyperParameterTuningJobName']}-{number:03d}-{'0' * 8}",
        "HyperParameters": {
            **definition.get("StaticHyperParameters", {}),
            **_tuned(_ranges(request, definition)),
            **({"_tuning_objective_metric": objective["MetricName"]} if objective else {}),
        },
        **({"Tags": request["Tags"]} if request.get("Tags") else {}),
    }


def _children(request: Request) -> list[Request]:
    return [_job_request(request, definition, number + 1) for number, definition in enumerate(_definitions(request))]


@before(_OPERATION)
def _one_way_to_define(sagemaker: SageMaker, request: Request) -> None:
    if ("TrainingJobDefinition" in request) == ("TrainingJobDefinitions" in request):
        raise refused(
            f"{_OPERATION}: {request['HyperParameterTuningJobName']} must have either TrainingJobDefinition or "
            f"TrainingJobDefinitions, got {'both' if 'TrainingJobDefinition' in request else 'neither'}."
        )


@before(_OPERATION)
def _objectives_are_reported(sagemaker: SageMaker, request: Request) -> None:
    for definition in _definitions(request):
        objective = _objective(request, definition)
        if objective is None:
            raise refused(
                f"{_OPERATION}: {request['HyperParameterTuningJobName']} has no objective metric to tune for."
            )
        known = [metric["MetricName"] for metric in _metrics.reported(definition)]
        if known and objective["MetricName"] not in known:
            raise refused(
                f"{_OPERATION}: objective metric {objective['MetricName']} is not among the metrics that the training "
                f"job reports: {', '.join(known)}."
            )


@before(_OPERATION)
def _jobs_are_possible(sagemaker: SageMaker, request: Request) -> None:
    for number, child in enumerate(_children(request), 1):
        try:
            sagemaker.require("CreateTrainingJob", child)
        except ApiError as error:
            reason = error.message.removeprefix("CreateTrainingJob: ")
            raise refused(f"{_OPERATION}: training job definition {number}: {reason}") from error


@before(_OPERATION)
def _warm_start(sagemaker: SageMaker, request: Request) -> None:
    for parent in request.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", []):
        found = sagemaker.find(_OPERATION, _NOUN, parent["HyperParameterTuningJobName"])
        if not found.settled:
            raise refused(f'{_OPERATION}: the parent "{found.arn}" is still {found.status}.')


@after(_OPERATION)
def _start(sagemaker: SageMaker, job: Record, request: Request) -> None:
    job.values["TrainingJobStatusCounters"] = _counters(InProgress=len(_definitions(request)))
    job.values["ObjectiveStatusCounters"] = {"Succeeded": 0, "Pending": len(_definitions(request)), "Failed": 0}
    for child in _children(request):
        sagemaker.call("CreateTrainingJob", child)
        sagemaker.find(_OPERATION, "TrainingJob", child["TrainingJobName"]).values["TuningJobArn"] = job.arn


@after(f"Stop{_NOUN}")
def _stop(sagemaker: SageMaker, job: Record, request: Request) -> None:
    for child in _jobs_of(sagemaker, job):
        if not child.settled:
            sagemaker.call("StopTrainingJob", {"TrainingJobName": child.name})
    job.values["TrainingJobStatusCounters"] = _counters(Stopped=len(_definitions(job.values)))
    job.values["ObjectiveStatusCounters"] = {"Succeeded": 0, "Pending": 0, "Failed": 0}


def _work(sagemaker: SageMaker, job: Record) -> None:
    children = list(_jobs_of(sagemaker, job))
    for child in children:
        sagemaker.end_now(child)
    failed = [child for child in children if child.status != "Completed"]
    done = len(children) - len(failed)
    job.values["TrainingJobStatusCounters"] = _counters(Completed=done, NonRetryableError=len(failed))
    job.values["ObjectiveStatusCounters"] = {"Succeeded": done, "Pending": 0, "Failed": len(failed)}
    if failed:
        raise RuntimeError(f"No training job succeeded: {failed[0].name}: {failed[0].values.get('FailureReason')}")
    summaries = [_summary(job, child) for child in children]
    job.values["BestTrainingJob"] = summaries[0]
    job.values["ConsumedResources"] = {"RuntimeInSeconds": len(children)}


def _counters(**counts: int) -> dict[str, int]:
    return dict.fromkeys(("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped"), 0) | counts


def _jobs_of(sagemaker: SageMaker, job: Record) -> Iterator[Record]:
    return (child for child in sagemaker.records.all("TrainingJob") if child.values.get("TuningJobArn") == job.arn)


def _summary(job: Record, child: Record) -> dict[str, Any]:
    number = int(child.name.rsplit("-", 2)[1]) - 1
    definition = _definitions(job.values)[number]
    objective = _objective(job.values, definition) or {}
    tuned = _tuned(_ranges(job.values, definition))
    ended = child.status == "Completed"
    value = {
        "Type": objective.get("Type"),
        "MetricName": objective.get("MetricName"),
        "Value": _metrics.VALUE,
    }
    return {
        **child.values,
        "TrainingJobDefinitionName": definition.get("DefinitionName"),
        "TuningJobName": job.name,
        "TunedHyperParameters": tuned,
        "ObjectiveStatus": "Succeeded" if ended else "Pending",
        **({"FinalHyperParameterTuningJobObjectiveMetric": value} if ended else {}),
    }


@operation(_LIST)
def _list(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    job = sagemaker.find(_LIST, _NOUN, request["HyperParameterTuningJobName"])
    wanted = request.get("StatusEquals")
    children = [child for child in _jobs_of(sagemaker, job) if wanted in (None, child.status)]
    return {"TrainingJobSummaries": [_summary(job, child) for child in children]}


def _needs(sagemaker: SageMaker, request: Request) -> tuple[Needs, ...]:
    # A tuning job reaches for nothing itself; what its training jobs need is asked for above.
    return ()


register(
    Job(
        noun=_NOUN,
        needs=_needs,
        work=_work,
        started="HyperParameterTuningStartTime",
        ended="HyperParameterTuningEndTime",
    )
)
