"""Where in SageMaker Experiments a job is written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentConfig:
    """The experiment that a job belongs to; the job itself becomes a trial component.

    Attributes:
        experiment_name: An experiment that exists.
        trial_name: A trial that exists; None makes a new one.
        trial_component_display_name: What the job is called in it; None takes the job's name.
        run_name: The run of the experiment that the job belongs to.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ExperimentConfig.html
    """

    experiment_name: str | None = None
    trial_name: str | None = None
    trial_component_display_name: str | None = None
    run_name: str | None = None

    def render(self) -> dict[str, Any]:
        """The `ExperimentConfig` member."""
        return given(
            ExperimentName=self.experiment_name,
            TrialName=self.trial_name,
            TrialComponentDisplayName=self.trial_component_display_name,
            RunName=self.run_name,
        )


def render_tags(tags: Mapping[str, str] | None) -> list[dict[str, str]] | None:
    """The `Tags` member; None when there is no tag."""
    return [{"Key": key, "Value": value} for key, value in tags.items()] if tags else None


def given(**members: Any) -> dict[str, Any]:
    """The members that were given a value; zero and False are values."""
    return {name: value for name, value in members.items() if value is not None}
