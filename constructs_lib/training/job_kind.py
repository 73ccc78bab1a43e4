"""The kinds of jobs, as the API names them, their states and their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib.contract import service_model

# Hexadecimal digits of the hash that makes a name unique: SHA-1 in full where there is room, else as many as fit beside
# a prefix that still says something.
_FULL_HASH, _SHORT_HASH = 40, 16


@dataclass(frozen=True, kw_only=True, slots=True)
class JobKind:
    """A kind of job, as the API names it.

    Attributes:
        noun: As in `Create<noun>`: `TrainingJob`.
        arn_type: As in its ARN: `training-job`.
        rule: The EventBridge rule through which Step Functions waits for such jobs; None where it cannot wait for them
            by itself. https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
    """

    noun: str
    arn_type: str
    rule: str | None

    @property
    def name_member(self) -> str:
        """The member of the request that holds the name."""
        return f"{self.noun}Name"

    @property
    def hash_length(self) -> int:
        """How much of the name makes it unique."""
        return _FULL_HASH if self._longest_name >= 63 else _SHORT_HASH

    @property
    def longest_prefix(self) -> int:
        """How much of the name is left for what comes before the dash and the hash."""
        return self._longest_name - self.hash_length - 1

    @property
    def statuses(self) -> Sequence[str]:
        """Every status of such a job, as Describe and the events of EventBridge spell them."""
        return tuple(service_model("sagemaker").shape_for(f"{self.noun}Status").enum)

    @property
    def completed(self) -> tuple[str, ...]:
        """The status of a job that has done its work; kinds differ in its letter case."""
        return tuple(status for status in self.statuses if status.lower() == "completed")

    @property
    def failed(self) -> tuple[str, ...]:
        """The statuses of a job that has ended without."""
        ended = ("failed", "stopped", "deleting", "deletefailed")
        return tuple(status for status in self.statuses if status.lower() in ended)

    @property
    def detail_type(self) -> str:
        """How EventBridge calls a change of its state: `SageMaker Training Job State Change`."""
        words = re.sub(r"(?<=[a-z])(Tuning|Job)", r" \1", self.noun)
        return f"SageMaker {words} State Change"

    @property
    def _longest_name(self) -> int:
        # By the request and not by a shape of that name: a compilation job's name is called EntityName there.
        request = service_model("sagemaker").operation_model(f"Create{self.noun}").input_shape
        return int(request.members[self.name_member].metadata["max"])


TRAINING = JobKind(
    noun="TrainingJob", arn_type="training-job", rule="StepFunctionsGetEventsForSageMakerTrainingJobsRule"
)
