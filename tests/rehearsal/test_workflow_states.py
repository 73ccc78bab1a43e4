"""The states that a training workflow renders, run by the Step Functions of the embedded AWS."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.training._states import JobStep, render_states
from tests.rehearsal.test_emulator_support import World, allow, wait_for, world

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def run(here: World, name: str, requests: dict[str, dict[str, Any]], *, quick: bool = False) -> dict[str, Any]:
    """Run one step for each of *requests*; the answer is the execution, with its `history`.

    *quick* leaves the retries of a call out and makes waits a second long; the embedded AWS shortens both, but nine
    rounds of them would still take a minute.
    """
    steps = [
        JobStep(
            name=step,
            resource="arn:aws:states:::sagemaker:createTrainingJob.sync",
            name_member="TrainingJobName",
            name_prefix=step,
            hash_length=40,
            request=request,
        )
        for step, request in requests.items()
    ]
    definition = render_states(steps)
    for state in definition["States"].values() if quick else ():
        state.pop("Retry", None)
        if state["Type"] == "Wait":
            state["Seconds"] = 1
    states = here.aws.client("stepfunctions")
    role = here.make_role(f"workflow-{name}", [allow(["sagemaker:*", "iam:PassRole", "events:*"], "*")], TRUST)
    machine = states.create_state_machine(name=name, roleArn=role, definition=json.dumps(definition))
    execution = states.start_execution(stateMachineArn=machine["stateMachineArn"], input='{"run": 7}')["executionArn"]
    ended: dict[str, Any] = wait_for(
        lambda: states.describe_execution(executionArn=execution), lambda e: e["status"] != "RUNNING"
    )
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution)
    return ended | {"history": [event for page in pages for event in page["events"]]}


def request(here: World) -> dict[str, Any]:
    asked: dict[str, Any] = here.job("unnamed")
    del asked["TrainingJobName"]
    return asked


def test_two_jobs_run_in_order_and_each_leaves_its_result_beside_the_input(here: World) -> None:
    ended = run(here, "two", {"Train": request(here), "Refine": request(here)})

    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    output = json.loads(ended["output"])
    assert output["run"] == 7
    for step in ("Train", "Refine"):
        assert output[step]["TrainingJobName"].startswith(f"{step}-")
        assert output[step]["TrainingJobStatus"] == "Completed"


def test_trap_35_two_executions_never_share_a_name(here: World) -> None:
    names = {
        json.loads(run(here, f"again-{number}", {"Train": request(here)})["output"])["Train"]["TrainingJobName"]
        for number in range(2)
    }
    assert len(names) == 2
    assert all(len(name) == len("Train-") + 40 for name in names)


def test_want_of_machines_is_waited_for_eight_times_and_then_told(here: World) -> None:
    # The embedded AWS has machines without end; a refusal that holds the word of the failure stands in for it.
    asked = request(here)
    (channel,) = asked["InputDataConfig"]
    source = channel["DataSource"]["S3DataSource"]
    source["S3Uri"] = f"{source['S3Uri'].rpartition('/')[0]}/CapacityError/"

    ended = run(here, "no-machines", {"Train": asked}, quick=True)

    assert ended["status"] == "FAILED"
    assert ended["error"] == "SageMaker.AmazonSageMakerException"
    assert "CapacityError" in ended["cause"]
    entered = [
        event["stateEnteredEventDetails"]["name"] for event in ended["history"] if "stateEnteredEventDetails" in event
    ]
    assert entered.count("Wait to run Train") == 8
    assert entered.count("Train") == 9


def test_any_other_failure_ends_the_execution_with_its_own_reason(here: World) -> None:
    asked = request(here)
    asked["RoleArn"] = asked["RoleArn"] + "-missing"

    ended = run(here, "refused", {"Train": asked, "Refine": request(here)})

    assert (ended["status"], ended["error"]) == ("FAILED", "SageMaker.AmazonSageMakerException")
    entered = [
        event["stateEnteredEventDetails"]["name"] for event in ended["history"] if "stateEnteredEventDetails" in event
    ]
    assert "Refine" not in entered
    assert not [name for name in entered if name.startswith("Wait")]
