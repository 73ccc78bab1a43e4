"""Renders the states of a training workflow, in Amazon States Language, in plain Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Any refusal of the API reaches a state machine under the first name, throttling included; the second is what newer
# integrations use. https://github.com/aws/aws-step-functions-data-science-sdk-python/pull/162
_THROTTLED = ("SageMaker.AmazonSageMakerException", "ThrottlingException")
_QUOTA = ("SageMaker.ResourceLimitExceededException",)
_CAPACITY_WAIT_SECONDS = 15 * 60
_CAPACITY_ATTEMPTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class JobStep:
    """One job of a workflow.

    Attributes:
        name: The state's name, unique in the workflow.
        resource: The integration, shaped `arn:aws:states:::sagemaker:createTrainingJob.sync`.
        name_prefix: What the job's name begins with.
        request: The request, all but the name.
    """

    name: str
    resource: str
    name_prefix: str
    request: Mapping[str, Any]


def render_states(steps: Sequence[JobStep]) -> dict[str, Any]:
    """The state machine that runs *steps* one after the other.

    Each job is tried again when the API throttles and when SageMaker has no machines (a job that has failed with
    `CapacityError`), with a new name each time; any other failure ends the execution with the job's own reason.
    """
    states: dict[str, Any] = {
        # How often each step has waited for machines; later states find the results of jobs beside it.
        "Start": {
            "Type": "Pass",
            "Result": {step.name: {"Count": 0} for step in steps},
            "ResultPath": "$.CapacityWaits",
            "Next": steps[0].name,
        },
        "Job failed": {
            "Type": "Fail",
            "ErrorPath": "$.Failure.Error",
            "CausePath": "$.Failure.Cause",
        },
    }
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        states.update(_job_states(step, following.name if following else None))
    return {"StartAt": "Start", "States": states}


def _job_states(step: JobStep, following: str | None) -> dict[str, Any]:
    failed, waiting, counting = f"Why {step.name} failed", f"Wait to run {step.name}", f"Count a wait of {step.name}"
    counter = f"$.CapacityWaits.{step.name}"
    return {
        step.name: {
            "Type": "Task",
            "Resource": step.resource,
            "Parameters": {"TrainingJobName.$": _job_name(step.name_prefix), **step.request},
            "ResultPath": f"$.{step.name}",
            "Retry": [
                {
                    "ErrorEquals": list(_THROTTLED),
                    "IntervalSeconds": 5,
                    "BackoffRate": 2,
                    "MaxAttempts": 6,
                    "JitterStrategy": "FULL",
                },
                {"ErrorEquals": list(_QUOTA), "IntervalSeconds": 300, "BackoffRate": 1, "MaxAttempts": 12},
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Failure", "Next": failed}],
            **({"Next": following} if following else {"End": True}),
        },
        failed: {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [
                        {"Variable": "$.Failure.Cause", "IsPresent": True},
                        {"Variable": "$.Failure.Cause", "StringMatches": "*CapacityError*"},
                        {"Variable": f"{counter}.Count", "NumericLessThan": _CAPACITY_ATTEMPTS},
                    ],
                    "Next": waiting,
                }
            ],
            "Default": "Job failed",
        },
        waiting: {"Type": "Wait", "Seconds": _CAPACITY_WAIT_SECONDS, "Next": counting},
        counting: {
            "Type": "Pass",
            "Parameters": {"Count.$": f"States.MathAdd({counter}.Count, 1)"},
            "ResultPath": counter,
            "Next": step.name,
        },
    }


def _job_name(prefix: str) -> str:
    """A name that no other job of the account ever had (TRAPS 35).

    An execution's id may be longer than a job's name and hold characters that it may not, hence the hash. The time at
    which the state was entered tells apart rounds of a loop and redrives, the retry count the attempts within a state.
    """
    seed = "States.Format('{}/{}/{}', $$.Execution.Id, $$.State.EnteredTime, $$.State.RetryCount)"
    return f"States.Format('{prefix}-{{}}', States.Hash({seed}, 'SHA-1'))"
