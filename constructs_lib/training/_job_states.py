"""Renders the states that run one job: through `.sync` where Step Functions can, with a poll where it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from constructs_lib.training._states import Place, States, keep, retries, unique_name

_CAPACITY_WAIT_SECONDS = 15 * 60
_CAPACITY_ATTEMPTS = 8
# A poll comes half a minute after the start and then after a twentieth of the time gone by, at most half an hour: an
# execution may hold 25,000 events, a job may run for 28 days, and a round makes nine events.
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_FIRST_POLL_SECONDS, _POLL_GROWTH, _LONGEST_POLL_SECONDS = 30, 1.05, 1800


@dataclass(frozen=True, kw_only=True, slots=True)
class JobNode:
    """One job of a workflow.

    Each job is tried again when the API throttles and when SageMaker has no machines (a job that has failed with
    `CapacityError`), with a new name each time; any other failure ends the execution with the job's own reason, and a
    redrive of that execution runs the job anew.

    Attributes:
        name: The state's name, unique in the workflow; its result is found under it.
        integration: What the resource of a call begins with, shaped `arn:aws:states:::sagemaker:` or
            `arn:aws:states:::aws-sdk:sagemaker:`.
        noun: As in `Create<noun>`.
        sync: Whether Step Functions waits by itself; else the job is described until it has ended.
        name_member: The member of the request that holds the job's name, such as `TrainingJobName`.
        name_prefix: What the job's name begins with.
        hash_length: How many hexadecimal digits of a hash follow the prefix and a dash, at most 40.
        request: The request, all but the name.
        completed: The statuses, as Describe gives them, of a job that has done its work; needed for a poll.
        failed: The statuses of a job that will not.
    """

    name: str
    integration: str
    noun: str
    sync: bool
    name_member: str
    name_prefix: str
    hash_length: int
    request: Mapping[str, Any]
    completed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    def first(self, place: Place) -> str:
        return self.name if self.sync else f"Name {self.name}"

    def render(self, place: Place) -> States:
        states = self._synced(place) if self.sync else self._polled(place)
        return {**states, **self._after_failure(place)}

    def _synced(self, place: Place) -> States:
        name = unique_name(self.name_prefix, self.hash_length, place)
        return {
            self.name: {
                "Type": "Task",
                "Resource": f"{self.integration}create{self.noun}.sync",
                "Arguments": {self.name_member: f"{{% {name} %}}", **self.request},
                "Output": keep(self.name, "$states.result"),
                "Retry": retries(),
                "Catch": self._catch(),
                **place.leave(),
            }
        }

    def _polled(self, place: Place) -> States:
        # Until the job has ended, its place in the input holds its name and how often it was asked after.
        own = f"$states.input.{self.name}"
        wait, follow, ended = f"Wait for {self.name}", f"Follow {self.name}", f"Whether {self.name} has ended"
        named = unique_name(self.name_prefix, self.hash_length, place)
        status = f"{own}.Job.{self.noun}Status"
        seconds = f"$floor({_FIRST_POLL_SECONDS} * $power({_POLL_GROWTH}, {own}.Polls))"
        failure = f"{{'Error': 'States.TaskFailed', 'Cause': {_or(f'{own}.Job.FailureReason', status)}}}"
        waits = _or(f"{own}.CapacityWaits", "0")
        return {
            f"Name {self.name}": {
                "Type": "Pass",
                "Output": keep(self.name, f"{{'Name': {named}, 'Polls': 0, 'CapacityWaits': {waits}}}"),
                "Next": self.name,
            },
            self.name: {
                "Type": "Task",
                "Resource": f"{self.integration}create{self.noun}",
                "Arguments": {self.name_member: f"{{% {own}.Name %}}", **self.request},
                "Output": "{% $states.input %}",
                "Retry": retries(),
                "Catch": self._catch(),
                "Next": wait,
            },
            wait: {
                "Type": "Wait",
                "Seconds": f"{{% $min([{seconds}, {_LONGEST_POLL_SECONDS}]) %}}",
                "Next": follow,
            },
            follow: {
                "Type": "Task",
                "Resource": f"{self.integration}describe{self.noun}",
                "Arguments": {self.name_member: f"{{% {own}.Name %}}"},
                "Output": keep(self.name, f"$merge([{own}, {{'Polls': {own}.Polls + 1, 'Job': $states.result}}])"),
                "Retry": retries(),
                "Next": ended,
            },
            ended: {
                "Type": "Choice",
                "Choices": [
                    {
                        "Condition": f"{{% {status} in {_list(self.completed)} %}}",
                        "Output": keep(self.name, f"{own}.Job"),
                        "Next": f"Result of {self.name}",
                    },
                    {
                        "Condition": f"{{% {status} in {_list(self.failed)} %}}",
                        "Output": self._failure(failure),
                        "Next": f"Why {self.name} failed",
                    },
                ],
                "Default": wait,
            },
            f"Result of {self.name}": {"Type": "Pass", **place.leave()},
        }

    def _catch(self) -> list[dict[str, Any]]:
        return [
            {
                "ErrorEquals": ["States.ALL"],
                "Output": self._failure("$states.errorOutput"),
                "Next": f"Why {self.name} failed",
            }
        ]

    def _failure(self, failure: str) -> str:
        waits = _or(f"$states.input.{self.name}.CapacityWaits", "0")
        return keep(self.name, f"{{'Failure': {failure}, 'CapacityWaits': {waits}, 'Redrives': {_REDRIVES}}}")

    def _after_failure(self, place: Place) -> States:
        why, waiting = f"Why {self.name} failed", f"Wait to run {self.name}"
        own = f"$states.input.{self.name}"
        cause = f"{own}.Failure.Cause"
        reason = f"{own}.Failure.Error & ': ' & {_or(cause, repr('no cause given'))}"
        no_machines = f"$exists({cause}) and $contains({cause}, 'CapacityError')"
        again = keep(self.name, f"{{'CapacityWaits': {own}.CapacityWaits + 1}}")
        return {
            why: {
                "Type": "Choice",
                "Choices": [
                    {
                        "Condition": f"{{% {no_machines} and {own}.CapacityWaits < {_CAPACITY_ATTEMPTS} %}}",
                        "Output": again,
                        "Next": waiting,
                    },
                    # A redriven execution takes up the state that failed. A Fail state would fail again, so this one
                    # fails itself, by `$error`, and sees on the next visit that it has been redriven since.
                    # https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
                    {
                        "Condition": f"{{% {_REDRIVES} > {own}.Redrives ? true : $error({reason}) %}}",
                        "Output": keep(self.name, "{'CapacityWaits': 0}"),
                        "Next": self.first(place),
                    },
                ],
            },
            waiting: {"Type": "Wait", "Seconds": _CAPACITY_WAIT_SECONDS, "Next": self.first(place)},
        }


def _or(value: str, other: str) -> str:
    """JSONata: *value*, or *other* where there is none."""
    return f"($exists({value}) ? {value} : {other})"


def _list(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"


# The context has it only once an execution has been redriven.
_REDRIVES = _or("$states.context.Execution.RedriveCount", "0")
