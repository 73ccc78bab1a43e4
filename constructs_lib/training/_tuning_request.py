"""Renders the request of CreateHyperParameterTuningJob in plain Python, out of requests of CreateTrainingJob."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import is_token
from constructs_lib._internal.rendering import given
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.contract import service_model
from constructs_lib.training.parameter_ranges import ParameterRange, render_ranges
from constructs_lib.training.tuning_definition import TuningInstanceConfig
from constructs_lib.training.tuning_strategy import CompletionCriteria, TuningObjective, TuningStrategy, WarmStart

_CONFIG = "HyperParameterTuningJobConfig"
# Which argument fills which part of the request, for the words of an error.
ARGUMENTS = {
    "HyperParameterTuningJobName": "id",
    f"{_CONFIG}.Strategy": "strategy",
    f"{_CONFIG}.ResourceLimits.MaxNumberOfTrainingJobs": "max_jobs",
    f"{_CONFIG}.ResourceLimits.MaxParallelTrainingJobs": "max_parallel_jobs",
    f"{_CONFIG}.ResourceLimits.MaxRuntimeInSeconds": "max_runtime, in seconds,",
    f"{_CONFIG}.ParameterRanges": "definitions[0].ranges",
    f"{_CONFIG}.HyperParameterTuningJobObjective": "definitions[0].objective",
    f"{_CONFIG}.TuningJobCompletionCriteria": "completion",
    f"{_CONFIG}.TuningJobCompletionCriteria.BestObjectiveNotImproving.MaxNumberOfTrainingJobsNotImproving": (
        "completion.max_jobs_not_improving"
    ),
    f"{_CONFIG}.RandomSeed": "random_seed",
    "TrainingJobDefinition": "definitions[0]",
    "TrainingJobDefinition.StaticHyperParameters": "definitions[0].job.hyperparameters",
    "TrainingJobDefinition.HyperParameterTuningResourceConfig.InstanceConfigs": "definitions[0].instances",
    "TrainingJobDefinitions": "definitions",
    "WarmStartConfig.ParentHyperParameterTuningJobs": "warm_start.parents",
    "Tags": "tags",
}
# What a training job's request says without asking for anything: it may go.
_ASKS_NOTHING: Mapping[str, Any] = {
    "ProfilerConfig": {"DisableProfiler": True},
    "RemoteDebugConfig": {"EnableRemoteDebug": False},
    "InfraCheckConfig": {"EnableInfraCheck": False},
    "SessionChainingConfig": {"EnableSessionTagChaining": False},
    "EnableSageMakerMetricsTimeSeries": False,
}
_FIXES = {"Tags": "; tags of the tuning job reach every job that it launches"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """A definition with what rendering needs of its training job.

    Attributes:
        where: The argument it came from, for the words of an error.
        training: The request of the training job.
        encoding: How its image reads hyperparameters.
        brings_metrics: Whether the algorithm has metrics of its own, which nobody defines; None where that is unknown.
        The others are those of `TuningDefinition`.
    """

    where: str
    name: str
    training: Mapping[str, Any]
    encoding: HyperparameterEncoding
    brings_metrics: bool | None
    objective: TuningObjective
    ranges: Mapping[str, ParameterRange]
    instances: Sequence[TuningInstanceConfig]


def render(
    *,
    launches: Sequence[Launch],
    strategy: TuningStrategy,
    max_parallel_jobs: int,
    max_jobs: int | None,
    max_runtime_seconds: int | None,
    early_stopping: bool,
    completion: CompletionCriteria | None,
    warm_start: WarmStart | None,
    autotune: bool,
    random_seed: int | None,
    tags: list[dict[str, str]] | None,
) -> dict[str, Any]:
    """The whole request but its name.

    One definition has its objective and ranges in the job's configuration; several have their own each.
    """
    alone = launches[0] if len(launches) == 1 else None
    config: dict[str, Any] = {
        **strategy.render(),
        **given(
            HyperParameterTuningJobObjective=alone.objective.render() if alone else None,
            ResourceLimits=given(
                MaxNumberOfTrainingJobs=max_jobs,
                MaxParallelTrainingJobs=max_parallel_jobs,
                MaxRuntimeInSeconds=max_runtime_seconds,
            ),
            ParameterRanges=(render_ranges(alone.ranges, alone.encoding) or None) if alone else None,
            TrainingJobEarlyStoppingType="Auto" if early_stopping else "Off",
            TuningJobCompletionCriteria=completion.render() if completion else None,
            RandomSeed=random_seed,
        ),
    }
    return given(
        HyperParameterTuningJobConfig=config,
        TrainingJobDefinition=definition(alone) if alone else None,
        TrainingJobDefinitions=None if alone else [_one_of_several(launch) for launch in launches],
        WarmStartConfig=warm_start.render() if warm_start else None,
        Tags=tags,
        Autotune={"Mode": "Enabled"} if autotune else None,
    )


def definition(launch: Launch) -> dict[str, Any]:
    """The `HyperParameterTrainingJobDefinition` of a training job's request; what it cannot hold is left out."""
    members = _members("HyperParameterTrainingJobDefinition")
    request = {name: value for name, value in launch.training.items() if name in members}
    algorithm = _members("HyperParameterAlgorithmSpecification")
    request["AlgorithmSpecification"] = {
        name: value for name, value in launch.training.get("AlgorithmSpecification", {}).items() if name in algorithm
    }
    if "HyperParameters" in launch.training:
        request["StaticHyperParameters"] = dict(launch.training["HyperParameters"])
    if launch.instances:
        request.pop("ResourceConfig", None)
        request["HyperParameterTuningResourceConfig"] = given(
            AllocationStrategy="Prioritized",
            InstanceConfigs=[instance.render() for instance in launch.instances],
            VolumeKmsKeyId=None if any(i.instance_type.has_local_storage for i in launch.instances) else _key(launch),
        )
    return request


def lost_members(launch: Launch) -> list[str]:
    """What the training job asks for and no tuning job can give, one sentence each."""
    members = _members("HyperParameterTrainingJobDefinition") | {"HyperParameters"}
    algorithm = _members("HyperParameterAlgorithmSpecification")
    asked = [
        *((name, name, value) for name, value in launch.training.items() if name not in members),
        *(
            (f"AlgorithmSpecification.{name}", name, value)
            for name, value in launch.training.get("AlgorithmSpecification", {}).items()
            if name not in algorithm
        ),
    ]
    return [
        f"{launch.where}.job must not set {path}, which a tuning job cannot pass on{_FIXES.get(path, '')}"
        for path, name, value in asked
        if _ASKS_NOTHING.get(name) != value
    ]


def key_problems(launch: Launch) -> list[str]:
    """One key member covers all `instances`, and types with disks of their own refuse any (TRAPS 13)."""
    local = [i.instance_type.name for i in launch.instances if i.instance_type.has_local_storage]
    if not local or len(local) == len(launch.instances) or _key(launch) is None:
        return []
    return [
        f"{launch.where}.instances must all have volumes or all have disks of their own, because one key is for all of "
        f"them, got {', '.join(local)} with disks of their own"
    ]


def limit_of(shape: str) -> int:
    """The most that a shape of the API holds."""
    return int(service_model("sagemaker").shape_for(shape).metadata["max"])


def combinations(ranges: Iterable[ParameterRange]) -> int | None:
    """How many jobs a grid is; None while that is not known."""
    count = 1
    for parameter in ranges:
        values = getattr(parameter, "values", ())
        if any(is_token(value) for value in values):
            return None
        count *= len(values)
    return count


def _one_of_several(launch: Launch) -> dict[str, Any]:
    return {
        "DefinitionName": launch.name,
        "TuningObjective": launch.objective.render(),
        **given(HyperParameterRanges=render_ranges(launch.ranges, launch.encoding) or None),
        **definition(launch),
    }


def _key(launch: Launch) -> str | None:
    # The cluster of the job may have had disks of its own, and then its request has no key of volumes to repeat.
    volumes = launch.training.get("ResourceConfig", {}).get("VolumeKmsKeyId")
    key: str | None = volumes or launch.training.get("OutputDataConfig", {}).get("KmsKeyId")
    return key


def _members(shape: str) -> set[str]:
    return set(service_model("sagemaker").shape_for(shape).members)
