"""What the API's model cannot see of a tuning job."""

from collections.abc import Sequence

from constructs_lib._internal.checks import is_token, nearest
from constructs_lib.training._tuning_request import Launch, combinations, key_problems, limit_of, lost_members
from constructs_lib.training.parameter_ranges import AutoParameter, CategoricalParameterRange
from constructs_lib.training.tuning_strategy import TuningStrategy, WarmStart

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperbandStrategyConfig.html (MaxResource)
_EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")


def definition_problems(launch: Launch, strategy: TuningStrategy, *, autotune: bool) -> list[str]:
    """What is wrong with one definition, one sentence each."""
    return [
        *lost_members(launch),
        *key_problems(launch),
        *_range_problems(launch, strategy, autotune=autotune),
        *_objective_problems(launch),
        *_epoch_problems(launch, strategy),
    ]


def job_problems(
    launches: Sequence[Launch],
    strategy: TuningStrategy,
    *,
    max_jobs: int | None,
    early_stopping: bool,
    warm_start: WarmStart | None,
) -> list[str]:
    """What is wrong with the job as a whole, one sentence each."""
    problems = []
    if strategy.is_hyperband and early_stopping:
        problems.append("early_stopping must be off with Hyperband, which stops training jobs by itself, got True")
    # https://docs.aws.amazon.com/sagemaker/latest/dg/multiple-algorithm-hpo.html
    if len(launches) > 1:
        several = f"there are {len(launches)} definitions; keep one, or leave it out"
        if early_stopping:
            problems.append(f"early_stopping must be off where several algorithms compete, and {several}")
        if warm_start:
            problems.append(f"warm_start must be None where several algorithms compete, and {several}")
    searched = sum(not isinstance(each, AutoParameter) for launch in launches for each in launch.ranges.values())
    most = limit_of("IntegerParameterRanges")
    if searched > most:
        # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ParameterRanges.html: for all kinds together
        problems.append(f"ranges of all definitions together must be at most {most}, got {searched}")
    variables = sum(len(launch.training.get("Environment", {})) for launch in launches)
    most = limit_of("HyperParameterTrainingJobEnvironmentMap")
    if len(launches) > 1 and variables > most:
        problems.append(f"environment of all definitions' jobs together must be at most {most}, got {variables}")
    if strategy.is_grid and max_jobs is not None and not is_token(max_jobs):
        grids = [combinations(launch.ranges.values()) for launch in launches]
        total = sum(grid or 0 for grid in grids)
        # Where a count is missing, or zero for want of values, there is nothing to compare or another problem.
        if all(grids) and total != max_jobs:
            problems.append(
                f"max_jobs must be {total} or None, since the grid has {total} combinations, got {max_jobs}"
            )
    return problems


def _range_problems(launch: Launch, strategy: TuningStrategy, *, autotune: bool) -> list[str]:
    where = f"{launch.where}.ranges"
    problems = []
    if not launch.ranges and not autotune:
        problems.append(f"{where} must hold at least one hyperparameter unless autotune is on, got none")
    for name, parameter in launch.ranges.items():
        if isinstance(parameter, AutoParameter) and not autotune:
            problems.append(f"{where}[{name!r}] is an AutoParameter and autotune is off; turn it on or give a range")
        elif strategy.is_grid and not isinstance(parameter, CategoricalParameterRange):
            problems.append(
                f"{where}[{name!r}] must be a CategoricalParameterRange, the only kind that a grid is made of, "
                f"got {type(parameter).__name__}"
            )
    static = launch.training.get("HyperParameters", {})
    problems += [
        f"{where}[{name!r}] is also one of the job's own hyperparameters, got {static[name]!r}; take it out of one"
        for name in launch.ranges
        if name in static
    ]
    most = limit_of("HyperParameters")
    count = len(static) + len(launch.ranges)
    # https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
    if launch.ranges and len(static) <= most < count:
        problems.append(f"{where} and the job's hyperparameters together must be at most {most}, got {count}")
    return problems


def _objective_problems(launch: Launch) -> list[str]:
    wanted = launch.objective.metric_name
    defined = [
        entry["Name"] for entry in launch.training.get("AlgorithmSpecification", {}).get("MetricDefinitions", ())
    ]
    if launch.brings_metrics is not False or is_token(wanted) or wanted in defined or any(map(is_token, defined)):
        return []
    there = f"there are {', '.join(defined)}" if defined else "it has none"
    return [
        f"{launch.where}.objective must be one of the job's metrics, got {wanted!r}{nearest(wanted, defined)}; {there}"
    ]


def _epoch_problems(launch: Launch, strategy: TuningStrategy) -> list[str]:
    if not strategy.is_hyperband or strategy.max_resource is not None:
        return []
    if any(name in launch.training.get("HyperParameters", {}) for name in _EPOCHS):
        return []
    return [
        f"strategy must have max_resource, because the hyperparameters of {launch.where}.job hold none of "
        f"{', '.join(_EPOCHS)}"
    ]
