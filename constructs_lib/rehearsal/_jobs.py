"""The steps that run what no CloudFormation type makes: state machines that start SageMaker jobs.

Nothing here names a kind of job. `createTrainingJob` gives the noun, and botocore's model of SageMaker the rest:
how such a job is listed and described, and which members of the request can be read back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

from botocore import xform_name

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._compare import Difference, differences, members
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed, counted

# Both integrations: `arn:aws:states:::sagemaker:createTrainingJob.sync` and `…:aws-sdk:sagemaker:createTrainingJob`.
_TASK = re.compile(r"^arn:[^:]+:states:::(?:aws-sdk:)?sagemaker:create(?P<noun>\w*Job\w*?)(?:\.sync)?$")
# A state machine that a state of another one starts, as in `arn:aws:states:::states:startExecution.sync:2`.
_NESTED = re.compile(r"^arn:[^:]+:states:::(?:states|aws-sdk:sfn):start(?:Sync)?Execution(?:\.sync(?::2)?)?$")
# Compilation jobs spell theirs in capitals.
_PENDING = frozenset({"INPROGRESS", "STARTING", "STOPPING"})


@dataclass(frozen=True)
class JobState:
    """A state of a deployed definition that starts a job, with the request it sends."""

    name: str
    noun: str
    request: dict[str, Any]


def job_states(definition: Mapping[str, Any]) -> Iterator[JobState]:
    """The states that start SageMaker jobs, those inside of parallel and map states too."""
    for name, state in _tasks(definition):
        if match := _TASK.match(str(state.get("Resource", ""))):
            yield JobState(name, match["noun"], _arguments(state))


def nested_machines(definition: Mapping[str, Any]) -> Iterator[str]:
    """The ARNs of the state machines that its states start, where the definition names them."""
    for _, state in _tasks(definition):
        arn = _arguments(state).get("StateMachineArn")
        if _NESTED.match(str(state.get("Resource", ""))) and isinstance(arn, str) and arn.startswith("arn:"):
            yield arn


def _tasks(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in (definition.get("States") or {}).items():
        yield name, state
        inner = [*(state.get("Branches") or ()), state.get("Iterator"), state.get("ItemProcessor")]
        for machine in filter(None, inner):
            yield from _tasks(machine)


def _arguments(state: Mapping[str, Any]) -> dict[str, Any]:
    arguments = state.get("Parameters") or state.get("Arguments")
    # In JSONata the whole request may be one expression, which only the run decides.
    return dict(arguments) if isinstance(arguments, Mapping) else {}


def job_steps(stage: Stage) -> Iterator[Step]:
    """Two rows for each state machine: its execution, then the jobs that it made."""
    for resource in stage.assembly.resources("AWS::StepFunctions::StateMachine"):
        machine = _Machine(stage, resource)
        yield Step("run", resource.label, machine.execute)
        yield Step("jobs", resource.label, machine.check_jobs)


class _Machine:
    def __init__(self, stage: Stage, resource: Resource) -> None:
        self._stage = stage
        self._resource = resource
        self._states: list[JobState] = []
        self._made: dict[str, list[str]] = {}  # noun of the API to the names of the jobs that the execution made

    def execute(self) -> Outcome:
        arn = self._stage.physical_id(self._resource)
        if arn is None:
            return NOT_CREATED
        client = self._stage.aws.client("stepfunctions")
        self._states = list(self._states_of(arn, set()))
        if not self._states:
            return Outcome("not started: it starts no SageMaker job")
        self._stage.workflows[self._resource.path] = arn
        kinds = {state.noun: _Kind(self._stage, state.noun) for state in self._states}
        before = {noun: kind.names() for noun, kind in kinds.items()}
        given = json.dumps(self._stage.inputs.get(self._resource.path, {}))
        execution = client.start_execution(stateMachineArn=arn, input=given)["executionArn"]
        execution_ended(self._stage, execution, self._resource, self._states)
        self._made = {
            noun: [name for name in kind.names() if name not in before[noun] and not kind.belongs_to_a_job(name)]
            for noun, kind in kinds.items()
        }
        names = [name for made in self._made.values() for name in made]
        return Outcome(f"SUCCEEDED, {counted(len(names), 'job')}", {"execution": execution, "jobs": names})

    def _states_of(self, arn: str, seen: set[str]) -> Iterator[JobState]:
        """The states of a machine and of the machines that it starts."""
        if arn in seen:
            return
        seen.add(arn)
        described = self._stage.aws.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
        definition = json.loads(described["definition"])
        yield from job_states(definition)
        for nested in nested_machines(definition):
            yield from self._states_of(nested, seen)

    def check_jobs(self) -> Outcome:
        if not self._states:
            return Outcome("none")
        checked: list[dict[str, object]] = []
        for noun, names in self._made.items():
            kind = _Kind(self._stage, noun)
            states = [state for state in self._states if state.noun == noun]
            for name in names:
                checked.append(kind.check(name, states))
        # A choice may leave states out, but an execution that was started for its jobs has made one.
        if not checked:
            raise StepFailed("the execution succeeded and made no job")
        if len(checked) == 1:
            job = checked[0]
            return Outcome(f"{job['job']} Completed, {job['members']} members as defined", {"jobs": checked})
        return Outcome(f"{len(checked)} jobs Completed, each as defined", {"jobs": checked})


class _Kind:
    """A kind of job, as botocore's model describes it."""

    def __init__(self, stage: Stage, noun: str) -> None:
        self._stage = stage
        self._noun = noun
        self._s3 = stage.aws.client("s3")
        self._client = stage.aws.client("sagemaker")
        model = self._client.meta.service_model
        describe = model.operation_model(f"Describe{noun}")
        # AutoMLJobV2 and AutoMLJob have one list, one name and one status between them.
        self._plain = re.sub(r"V\d+$", "", noun)
        self._readable = frozenset(describe.output_shape.members)
        self._name_member = describe.input_shape.required_members[0]

    def names(self) -> list[str]:
        pages = self._client.get_paginator(xform_name(f"List{self._plain}s")).paginate()
        return [summary[self._name_member] for page in pages for summary in page.get(f"{self._plain}Summaries", ())]

    def belongs_to_a_job(self, name: str) -> bool:
        """Whether another job made it, as a tuning job makes training jobs: no state has its request."""
        got = self._described(name)
        return any(
            member.endswith("JobArn") and member != f"{self._plain}Arn" and value for member, value in got.items()
        )

    def _described(self, name: str) -> dict[str, Any]:
        got: dict[str, Any] = getattr(self._client, xform_name(f"Describe{self._noun}"))(**{self._name_member: name})
        return got

    def _ended(self, name: str) -> dict[str, Any]:
        # A state that does not wait for its job leaves it running when the execution has long ended.
        status = f"{self._plain}Status"
        self._stage.wait(
            f"{self._noun} {name}",
            lambda: str(self._described(name).get(status)),
            lambda found: found.upper() in _PENDING,
        )
        return self._described(name)

    def check(self, name: str, states: list[JobState]) -> dict[str, object]:
        """Hold a job against the state that defines it: the one that differs least, if there are several."""
        got = self._ended(name)
        if "Tags" in {member for state in states for member in state.request} and f"{self._plain}Arn" in got:
            got["Tags"] = self._client.list_tags(ResourceArn=got[f"{self._plain}Arn"])["Tags"]
        found = [(list(self._differences(state, got)), state) for state in states]
        wrong, state = min(found, key=lambda pair: len(pair[0]))
        details: dict[str, object] = {"job": name, "state": state.name, "kind": self._noun}
        if wrong:
            raise StepFailed(
                f"{name} differs from state {state.name} in {wrong[0]}",
                text="\n".join(f"{self._noun} {name}, state {state.name}: {difference}" for difference in wrong),
                details={**details, "differences": [vars(difference) for difference in wrong]},
            )
        status = str(got.get(f"{self._plain}Status"))
        if status.upper() != "COMPLETED":
            reason = got.get("FailureReason", "no reason given")
            raise StepFailed(f"{name} is {status}: {reason}", details={**details, "reason": reason})
        request = self._comparable(state, got)
        artifacts = (got.get("ModelArtifacts") or {}).get("S3ModelArtifacts")
        if artifacts:
            self._must_exist(artifacts, name)
        return {
            **details,
            "members": members(request),
            "artifacts": artifacts,
            "not_readable": sorted(self._fixed(state) - set(request)),
        }

    def _differences(self, state: JobState, got: Mapping[str, Any]) -> Iterator[Difference]:
        return differences(self._comparable(state, got), got)

    def _fixed(self, state: JobState) -> set[str]:
        return {member for member in state.request if not member.endswith(".$")} - {self._name_member}

    def _comparable(self, state: JobState, got: Mapping[str, Any]) -> dict[str, Any]:
        request = {name: state.request[name] for name in self._fixed(state) if name in self._readable or name in got}
        return dict(sorted(request.items()))

    def _must_exist(self, uri: str, name: str) -> None:
        place = urlparse(uri)
        key = place.path.lstrip("/")
        # What is not compressed is a folder.
        if key.endswith("/"):
            if not self._s3.list_objects_v2(Bucket=place.netloc, Prefix=key).get("Contents"):
                raise StepFailed(f"{name} is Completed, but there is nothing in {uri}")
            return
        try:
            self._s3.head_object(Bucket=place.netloc, Key=key)
        except self._s3.exceptions.ClientError as error:
            raise StepFailed(f"{name} is Completed, but its artifact {uri} is not there: {error}") from error


def execution_ended(stage: Stage, execution: str, resource: Resource, states: Iterable[JobState] = ()) -> None:
    """Wait for the end of an execution.

    Raises:
        StepFailed: It did not succeed; the state, the error and the request are in the text.
    """
    client = stage.aws.client("stepfunctions")
    status = stage.wait(
        f"execution of {resource.label}",
        lambda: str(client.describe_execution(executionArn=execution)["status"]),
        lambda found: found == "RUNNING",
    )
    if status != "SUCCEEDED":
        raise _execution_failed(client, execution, status, resource, states)


def _execution_failed(
    client: Any, execution: str, status: str, resource: Resource, states: Iterable[JobState]
) -> StepFailed:
    described = client.describe_execution(executionArn=execution)
    failures: list[tuple[str, str, str]] = []
    state = "unknown"
    pages = client.get_paginator("get_execution_history").paginate(executionArn=execution)
    for event in (event for page in pages for event in page["events"]):
        state = event.get("stateEnteredEventDetails", {}).get("name", state)
        failed = event.get("taskFailedEventDetails") or event.get("taskTimedOutEventDetails")
        if failed and (failure := (state, failed.get("error", ""), failed.get("cause", ""))) not in failures:
            failures.append(failure)
    # A catch path ends the execution with an error of its own, which says less than the task's.
    state, error, cause = (
        failures[-1] if failures else (state, described.get("error", status), described.get("cause", "no cause given"))
    )
    requests = {each.name: f"Create{each.noun}" for each in states}
    text = [
        f"stack     {resource.stack}",
        f"resource  {resource.logical_id} ({resource.type})",
        f"construct {resource.label}",
    ]
    for failure in failures or [(state, error, cause)]:
        text.append(f"state     {failure[0]}")
        if failure[0] in requests:
            text.append(f"request   {requests[failure[0]]}")
        text += [f"error     {failure[1]}", f"cause     {failure[2]}"]
    return StepFailed(
        f"{status} in state {state}: {error}: {_one_line(cause)}",
        text="\n".join(text),
        details={
            "execution": execution,
            "stack": resource.stack,
            "resource": resource.logical_id,
            "state": state,
            "request": requests.get(state),
            "error": error,
            "cause": cause,
        },
    )


def _one_line(text: str, most: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
