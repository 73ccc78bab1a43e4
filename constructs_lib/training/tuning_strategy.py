"""How a tuning job searches, what it starts from and when it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import at_least, between, require, unique
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given


@dataclass(frozen=True, kw_only=True, slots=True)
class TuningStrategy:
    """How the next values are chosen; one of the methods of this class makes it.

    Attributes:
        name: As the API spells it.
        min_resource: Hyperband: epochs, or whatever else the objective counts, before a training job may be stopped.
        max_resource: Hyperband: after how many a training job is stopped, at most 20000; None lets SageMaker take it
            from the static hyperparameter `epochs`, `numepochs`, `n-epochs`, `n_epochs` or `num_epochs`.

    Raises:
        ConfigurationError: The numbers are out of range or the wrong way round.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
    """

    name: str
    min_resource: int | None = None
    max_resource: int | None = None

    def __post_init__(self) -> None:
        require(f"TuningStrategy {self.name}", field_problems(self))
        require(
            f"TuningStrategy {self.name}",
            between("min_resource", self.min_resource, 1, _MOST_EPOCHS),
            between("max_resource", self.max_resource, 1, _MOST_EPOCHS),
            at_least("max_resource", self.max_resource, "min_resource", self.min_resource),
        )

    @staticmethod
    def bayesian() -> "TuningStrategy":
        """Learns from the jobs that ran; few at a time learn more."""
        return TuningStrategy(name="Bayesian")

    @staticmethod
    def random() -> "TuningStrategy":
        """Any values; as many jobs at a time as you like."""
        return TuningStrategy(name="Random")

    @staticmethod
    def grid() -> "TuningStrategy":
        """Every combination of categorical values once."""
        return TuningStrategy(name="Grid")

    @staticmethod
    def hyperband(*, min_resource: int | None = None, max_resource: int | None = None) -> "TuningStrategy":
        """Many short jobs, of which the best go on; the arguments are the attributes of this class."""
        return TuningStrategy(name="Hyperband", min_resource=min_resource, max_resource=max_resource)

    @property
    def is_grid(self) -> bool:
        """Whether every combination is tried."""
        return self.name == "Grid"

    @property
    def is_hyperband(self) -> bool:
        """Whether jobs are stopped by the strategy itself."""
        return self.name == "Hyperband"

    def render(self) -> dict[str, Any]:
        """The members `Strategy` and `StrategyConfig`."""
        config = given(MinResource=self.min_resource, MaxResource=self.max_resource)
        return given(Strategy=self.name, StrategyConfig={"HyperbandStrategyConfig": config} if config else None)


# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperbandStrategyConfig.html says it in words only.
_MOST_EPOCHS = 20000


class ObjectiveType(StrEnum):
    """Which way the metric should go."""

    MAXIMIZE = "Maximize"
    MINIMIZE = "Minimize"


@dataclass(frozen=True, kw_only=True, slots=True)
class TuningObjective:
    """The metric by which the jobs are compared; `TuningObjective.minimize("validation:loss")` makes one.

    Attributes:
        metric_name: One of the training job's metrics, or of those that its built-in algorithm writes.
        type: Whether more or less of it is better.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobObjective.html
    """

    metric_name: str
    type: ObjectiveType

    def __post_init__(self) -> None:
        require("TuningObjective", field_problems(self))

    @staticmethod
    def maximize(metric_name: str) -> "TuningObjective":
        """More is better."""
        return TuningObjective(metric_name=metric_name, type=ObjectiveType.MAXIMIZE)

    @staticmethod
    def minimize(metric_name: str) -> "TuningObjective":
        """Less is better."""
        return TuningObjective(metric_name=metric_name, type=ObjectiveType.MINIMIZE)

    def render(self) -> dict[str, Any]:
        """The `HyperParameterTuningJobObjective` or `TuningObjective` member."""
        return {"Type": self.type.value, "MetricName": self.metric_name}


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletionCriteria:
    """When a tuning job is done before its limits are reached.

    Attributes:
        target_objective_metric_value: Done when the objective gets there.
        max_jobs_not_improving: Done when so many training jobs, at least 3, made it no better by 1 % or more.
        complete_on_convergence: Done when SageMaker sees that nothing gets better any more.

    Raises:
        ConfigurationError: No criterion is given.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TuningJobCompletionCriteria.html
    """

    target_objective_metric_value: float | None = None
    max_jobs_not_improving: int | None = None
    complete_on_convergence: bool | None = None

    def __post_init__(self) -> None:
        require("CompletionCriteria", field_problems(self))
        require("CompletionCriteria", None if self.render() else "at least one criterion must be given, got none")

    def render(self) -> dict[str, Any]:
        """The `TuningJobCompletionCriteria` member."""
        patience, converge = self.max_jobs_not_improving, self.complete_on_convergence
        return given(
            TargetObjectiveMetricValue=self.target_objective_metric_value,
            BestObjectiveNotImproving=None if patience is None else {"MaxNumberOfTrainingJobsNotImproving": patience},
            ConvergenceDetected=None
            if converge is None
            else {"CompleteOnConvergence": "Enabled" if converge else "Disabled"},
        )


class WarmStartType(StrEnum):
    """What the new tuning job shares with its parents."""

    IDENTICAL_DATA_AND_ALGORITHM = "IdenticalDataAndAlgorithm"
    TRANSFER_LEARNING = "TransferLearning"


@dataclass(frozen=True, kw_only=True, slots=True)
class WarmStart:
    """Earlier tuning jobs whose results the new one knows from the start.

    Attributes:
        parents: Their names, 1 to 5, no two alike. The objective metric is the same in all of them, and so is the
            number of hyperparameters, static and tuned together.
        type: What the new job shares with them.

    Raises:
        ConfigurationError: A parent stands there twice.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
    """

    parents: Sequence[str]
    type: WarmStartType = WarmStartType.IDENTICAL_DATA_AND_ALGORITHM

    def __post_init__(self) -> None:
        require("WarmStart", field_problems(self))
        object.__setattr__(self, "parents", tuple(self.parents))
        require("WarmStart", unique("parents", self.parents))

    def render(self) -> dict[str, Any]:
        """The `WarmStartConfig` member."""
        return {
            "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": name} for name in self.parents],
            "WarmStartType": self.type.value,
        }
