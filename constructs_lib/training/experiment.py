"""Where in SageMaker Experiments a job is written down."""

from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import require
from constructs_lib.training._members import given


@dataclass(frozen=True, kw_only=True, slots=True)
class Experiment:
    """The experiment that a job belongs to; the job itself becomes a trial component.

    Attributes:
        experiment_name: An experiment that exists.
        trial_name: A trial that exists; None makes a new one.
        trial_component_display_name: What the job is called in it; None takes the job's name.
        run_name: The run of the experiment that the job belongs to.

    Raises:
        ConfigurationError: Nothing is named.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ExperimentConfig.html
    """

    experiment_name: str | None = None
    trial_name: str | None = None
    trial_component_display_name: str | None = None
    run_name: str | None = None

    def __post_init__(self) -> None:
        named = bool(self.render()["ExperimentConfig"])
        require("Experiment", None if named else "experiment_name or another name must be given, got none")

    def render(self) -> dict[str, Any]:
        """The members of the request."""
        return {
            "ExperimentConfig": given(
                ExperimentName=self.experiment_name,
                TrialName=self.trial_name,
                TrialComponentDisplayName=self.trial_component_display_name,
                RunName=self.run_name,
            )
        }
