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
        name: The state's name, unique in the workflow; its result is found under it.
        resource: The integration, shaped `arn:aws:states:::sagemaker:createTrainingJob.sync`.
        name_member: The member of the request that holds the job's name, such as `TrainingJobName`.
        name_prefix: What the job's name begins with.
        hash_length: How many hexadecimal digits of a hash follow the prefix and a dash, at most 40.
        request: The request, all but the name.
    """

    name: str
    resource: str
    name_member: str
    name_prefix: str
    hash_length: int
    request: Mapping[str, Any]


def render_states(steps: Sequence[JobStep]) -> dict[str, Any]:
    """The state machine that runs *steps* one after the other, in JSONata.

    Each job is tried again when the API throttles and when SageMaker has no machines (a job that has failed with
    `CapacityError`), with a new name each time; any other failure ends the execution with the job's own reason.
    """
    states: dict[str, Any] = {
        # How often each step has waited for machines.
        "Start": {
            "Type": "Pass",
            "Assign": {"CapacityWaits": {step.name: 0 for step in steps}},
            "Next": steps[0].name,
        },
        "Job failed": {"Type": "Fail", "Error": "{% $Failure.Error %}", "Cause": "{% $Failure.Cause %}"},
    }
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        states.update(_job_states(step, following.name if following else None))
    return {"QueryLanguage": "JSONata", "StartAt": "Start", "States": states}


def _job_states(step: JobStep, following: str | None) -> dict[str, Any]:
    failed, waiting = f"Why {step.name} failed", f"Wait to run {step.name}"
    waits = f"$CapacityWaits.{step.name}"
    no_machines = "$exists($Failure.Cause) and $contains($Failure.Cause, 'CapacityError')"
    return {
        step.name: {
            "Type": "Task",
            "Resource": step.resource,
            "Arguments": {step.name_member: _job_name(step), **step.request},
            "Output": f"{{% $merge([$states.input, {{'{step.name}': $states.result}}]) %}}",
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
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {"Failure": "{% $states.errorOutput %}"},
                    "Output": "{% $states.input %}",
                    "Next": failed,
                }
            ],
            **({"Next": following} if following else {"End": True}),
        },
        failed: {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": f"{{% {no_machines} and {waits} < {_CAPACITY_ATTEMPTS} %}}",
                    "Assign": {"CapacityWaits": f"{{% $merge([$CapacityWaits, {{'{step.name}': {waits} + 1}}]) %}}"},
                    "Next": waiting,
                }
            ],
            "Default": "Job failed",
        },
        waiting: {"Type": "Wait", "Seconds": _CAPACITY_WAIT_SECONDS, "Next": step.name},
    }


def _job_name(step: JobStep) -> str:
    """A name that no other job of the account ever had (TRAPS 35).

    An execution's id may be longer than a job's name and hold characters that it may not, hence the hash. The time at
    which the state was entered tells apart rounds of a loop and redrives, the retry count the attempts within a state.
    """
    context = "$states.context"
    attempt = f"{context}.State.EnteredTime & '/' & $string({context}.State.RetryCount)"
    digest = f"$hash({context}.Execution.Id & '/' & {attempt}, 'SHA-1')"
    return f"{{% '{step.name_prefix}-' & $substring({digest}, 0, {step.hash_length}) %}}"
