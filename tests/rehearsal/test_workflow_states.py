"""The states that a training workflow renders, run by the Step Functions of the embedded AWS."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from constructs_lib._internal.expressions import joined_within
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.training._job_states import JobNode
from constructs_lib.training._states import CallNode, ChoiceNode, FailNode, MapNode, Node, ParallelNode, render_machine
from constructs_lib.training.hyperparameters import encode
from constructs_lib.training.references import execution_input, map_item
from tests.rehearsal.test_emulator_support import BUCKET, IMAGE, World, allow, wait_for, world

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def node(name: str, request: dict[str, Any], *, sync: bool = True) -> JobNode:
    return JobNode(
        name=name,
        integration=f"arn:aws:states:::{'' if sync else 'aws-sdk:'}sagemaker:",
        noun="TrainingJob",
        sync=sync,
        name_member="TrainingJobName",
        name_prefix=name.lower(),
        hash_length=40,
        request=request,
        completed=("Completed",),
        failed=("Failed", "Stopped"),
    )


def shortened(states: dict[str, Any]) -> None:
    """Leave the retries of calls out and make waits a second long, or none of them.

    The embedded AWS shortens both, but nine rounds of them would still take a minute.
    """
    for state in states.values():
        state.pop("Retry", None)
        if state["Type"] == "Wait":
            state["Seconds"] = 1


def run(here: World, name: str, nodes: Sequence[Node], *, quick: bool = False, **started: Any) -> dict[str, Any]:
    """Run *nodes*; the answer is the execution, with its `history`."""
    definition = render_machine(nodes)
    if quick:
        shortened(definition["States"])
    states = here.aws.client("stepfunctions")
    role = here.make_role(f"workflow-{name}", [allow(["sagemaker:*", "iam:PassRole", "events:*"], "*")], TRUST)
    machine = states.create_state_machine(name=name, roleArn=role, definition=json.dumps(definition))
    execution = states.start_execution(
        stateMachineArn=machine["stateMachineArn"], input=json.dumps({"run": 7} | started)
    )
    ended: dict[str, Any] = wait_for(
        lambda: states.describe_execution(executionArn=execution["executionArn"]),
        lambda e: e["status"] != "RUNNING",
        seconds=30,
    )
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution["executionArn"])
    return ended | {"history": [event for page in pages for event in page["events"]]}


def output(ended: dict[str, Any]) -> dict[str, Any]:
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    made: dict[str, Any] = json.loads(ended["output"])
    return made


def entered(ended: dict[str, Any]) -> list[str]:
    return [
        event["stateEnteredEventDetails"]["name"] for event in ended["history"] if "stateEnteredEventDetails" in event
    ]


def request(here: World, **changes: Any) -> dict[str, Any]:
    asked: dict[str, Any] = here.job("unnamed")
    del asked["TrainingJobName"]
    return asked | changes


def starved(here: World) -> dict[str, Any]:
    """A request whose refusal holds the word CapacityError: the embedded AWS has machines without end."""
    asked = request(here)
    (channel,) = asked["InputDataConfig"]
    source = channel["DataSource"]["S3DataSource"]
    source["S3Uri"] = f"{source['S3Uri'].rpartition('/')[0]}/CapacityError/"
    return asked


def refusal(sync: bool) -> str:
    """How a refused request reaches the state machine: the two integrations name it differently."""
    return "SageMaker.AmazonSageMakerException" if sync else "SageMaker.SageMakerException"


class TestJobs:
    @pytest.mark.parametrize("sync", [True, False], ids=["sync", "poll"])
    def test_two_run_in_order_and_each_leaves_its_result_beside_the_input(self, here: World, sync: bool) -> None:
        nodes = [node("Train", request(here), sync=sync), node("Refine", request(here), sync=sync)]
        made = output(run(here, f"two-{sync}", nodes))

        assert sorted(made) == ["Refine", "Train", "run"]
        for step in ("Train", "Refine"):
            assert made[step]["TrainingJobName"].startswith(f"{step.lower()}-")
            assert made[step]["TrainingJobStatus"] == "Completed"

    def test_trap_36_a_polled_job_may_have_any_member(self, here: World) -> None:
        asked = request(here, EnableInterContainerTrafficEncryption=True, RetryStrategy={"MaximumRetryAttempts": 2})
        made = output(run(here, "members", [node("Train", asked, sync=False)]))["Train"]

        assert made["EnableInterContainerTrafficEncryption"] is True
        assert made["RetryStrategy"] == {"MaximumRetryAttempts": 2}

    def test_trap_35_two_executions_never_share_a_name(self, here: World) -> None:
        names = {
            output(run(here, f"again-{number}", [node("Train", request(here))]))["Train"]["TrainingJobName"]
            for number in range(2)
        }
        assert len(names) == 2
        assert all(len(name) == len("train-") + 40 for name in names)

    @pytest.mark.parametrize("sync", [True, False], ids=["sync", "poll"])
    def test_want_of_machines_is_waited_for_eight_times_and_then_told(self, here: World, sync: bool) -> None:
        ended = run(here, f"no-machines-{sync}", [node("Train", starved(here), sync=sync)], quick=True)

        assert ended["status"] == "FAILED"
        assert refusal(sync) in ended["cause"]
        assert "CapacityError" in ended["cause"]
        assert entered(ended).count("Wait to run Train") == 8
        assert entered(ended).count("Train") == 9

    @pytest.mark.parametrize("sync", [True, False], ids=["sync", "poll"])
    def test_any_other_failure_ends_the_execution_with_its_own_reason(self, here: World, sync: bool) -> None:
        asked = request(here)
        asked["RoleArn"] = asked["RoleArn"] + "-missing"
        nodes = [node("Train", asked, sync=sync), node("Refine", request(here))]
        ended = run(here, f"refused-{sync}", nodes, quick=True)

        # Not a Fail state, which would fail again in a redrive.
        assert (ended["status"], ended["error"]) == ("FAILED", "States.QueryEvaluationError")
        assert f"{refusal(sync)}: " in ended["cause"]
        assert entered(ended)[-1] == "Why Train failed"
        assert "Refine" not in entered(ended)

    @pytest.mark.parametrize("sync", [True, False], ids=["sync", "poll"])
    def test_a_redrive_runs_the_job_that_failed_anew(self, here: World, sync: bool) -> None:
        # The embedded AWS has no redrive. A machine that begins where the execution failed, with the input of that
        # state, is what a redrive is; a count that is lower than any stands for one that has risen since.
        definition = render_machine([node("Train", request(here), sync=sync)])
        definition["StartAt"] = "Why Train failed"
        states = here.aws.client("stepfunctions")
        role = here.make_role(f"redrive-{sync}", [allow(["sagemaker:*", "iam:PassRole", "events:*"], "*")], TRUST)
        machine = states.create_state_machine(name=f"redrive-{sync}", roleArn=role, definition=json.dumps(definition))[
            "stateMachineArn"
        ]
        failure = {"Failure": {"Error": "States.TaskFailed", "Cause": "bad data"}, "CapacityWaits": 0, "Redrives": -1}
        execution = states.start_execution(stateMachineArn=machine, input=json.dumps({"Train": failure}))
        ended = wait_for(
            lambda: states.describe_execution(executionArn=execution["executionArn"]),
            lambda e: e["status"] != "RUNNING",
        )
        assert output(ended)["Train"]["TrainingJobStatus"] == "Completed"

    def test_a_polled_job_that_is_stopped_fails_the_execution(self, here: World) -> None:
        states = here.aws.client("stepfunctions")
        definition = render_machine([node("Halted", request(here), sync=False)])
        role = here.make_role("halted", [allow(["sagemaker:*", "iam:PassRole"], "*")], TRUST)
        machine = states.create_state_machine(name="halted", roleArn=role, definition=json.dumps(definition))
        execution = states.start_execution(stateMachineArn=machine["stateMachineArn"], input="{}")["executionArn"]
        (job,) = wait_for(
            lambda: here.sagemaker.list_training_jobs(NameContains="halted-")["TrainingJobSummaries"], bool
        )
        here.sagemaker.stop_training_job(TrainingJobName=job["TrainingJobName"])
        ended = wait_for(lambda: states.describe_execution(executionArn=execution), lambda e: e["status"] != "RUNNING")
        assert ended["status"] == "FAILED"
        assert "States.TaskFailed: Stopped" in ended["cause"]


class TestWays:
    def test_the_artifact_of_one_is_the_input_of_the_next(self, here: World) -> None:
        asked = request(here)
        (channel,) = asked["InputDataConfig"]
        uri = "{% $states.input.Train.ModelArtifacts.S3ModelArtifacts %}"
        channel["DataSource"]["S3DataSource"]["S3Uri"] = uri
        made = output(run(here, "artifact", [node("Train", request(here)), node("Refine", asked)]))

        read = made["Refine"]["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
        assert read == made["Train"]["ModelArtifacts"]["S3ModelArtifacts"]
        assert read.startswith(f"s3://{BUCKET}/out/train-")

    def test_branches_run_side_by_side_and_their_results_come_together(self, here: World) -> None:
        branches = ParallelNode(
            branches=((node("A", request(here)), node("B", request(here))), (node("C", request(here), sync=False),))
        )
        made = output(run(here, "parallel", [node("First", request(here)), branches, node("Last", request(here))]))

        assert sorted(made) == ["A", "B", "C", "First", "Last", "run"]
        assert made["C"]["TrainingJobStatus"] == "Completed"

    def test_a_map_runs_a_job_for_each_item(self, here: World) -> None:
        first = "{% $states.input.First.TrainingJobName %}"
        asked = request(here, HyperParameters={"country": "{% $states.input.Item %}", "first": first})
        each = MapNode(
            name="Each",
            items="{% $states.context.Execution.Input.countries %}",
            nodes=(node("Train", asked),),
            before=("First",),
            results=("Train",),
            max_concurrency=40,
        )
        made = output(run(here, "map", [node("First", request(here)), each], countries=["at", "de", "ch"]))

        assert [(round["Item"], round["Train"]["HyperParameters"]["country"]) for round in made["Each"]] == [
            ("at", "at"),
            ("de", "de"),
            ("ch", "ch"),
        ]
        assert {*made["Each"][0]} == {"Item", "Train"}
        assert made["Each"][2]["Train"]["HyperParameters"]["first"] == made["First"]["TrainingJobName"]
        assert len({round["Train"]["TrainingJobName"] for round in made["Each"]}) == 3

    @pytest.mark.parametrize(("accuracy", "way"), [(0.93, "Good"), (0.9, "Good"), (0.89, "Poor")])
    def test_a_choice_takes_the_way_of_the_metric(self, here: World, accuracy: float, way: str) -> None:
        # The embedded AWS trains nothing, so the metric of the job that ran is in the input.
        from constructs_lib.training.conditions import Condition

        class Kind:
            noun = "TrainingJob"

        class Named:
            id = "Before"

        job: Any = type("Job", (), {"kind": Kind, "node": Named})
        condition = Condition.metric(job, "validation:accuracy") >= 0.9
        choice = ChoiceNode(
            condition=condition.expression,
            then=(node("Good", request(here)),),
            otherwise=(node("Poor", request(here)),),
        )
        before = {"FinalMetricDataList": [{"MetricName": "validation:accuracy", "Value": accuracy}]}
        made = output(run(here, f"choice-{int(accuracy * 100)}", [choice], Before=before))
        assert sorted(made) == ["Before", way, "run"]

        missing = run(here, f"choice-missing-{int(accuracy * 100)}", [choice], Before={})
        assert "Before has not reported the metric validation:accuracy" in missing["cause"]

    def test_a_choice_without_another_way_goes_on_or_ends(self, here: World) -> None:
        never = ChoiceNode(condition="false", then=(node("Never", request(here)),), otherwise=())
        assert sorted(output(run(here, "goes-on", [never, node("After", request(here))]))) == ["After", "run"]
        assert output(run(here, "ends", [never])) == {"run": 7}

    def test_fail_ends_the_execution_as_failed(self, here: World) -> None:
        ended = run(here, "fails", [FailNode(error="NotGoodEnough", cause="too bad")])
        assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "NotGoodEnough", "too bad")


class TestWhatOnlyTheExecutionKnows:
    def test_folds_of_a_script_job_are_numbers_and_texts_as_json(self, here: World) -> None:
        given = {"fold": map_item("fold"), "lr": execution_input("lr"), "run": f"fold {map_item('fold')}"}
        asked = request(here, HyperParameters=encode(given | {"name": map_item("name")}, HyperparameterEncoding.JSON))
        each = MapNode(
            name="Folds",
            items="{% $states.context.Execution.Input.folds %}",
            nodes=(node("Train", joined_within(asked)),),
            before=(),
            results=("Train",),
            max_concurrency=2,
        )
        folds = [{"fold": 1, "name": "true"}, {"fold": 2, "name": 'it\'s "b"'}]
        made = output(run(here, "folds", [each], folds=folds, lr=0.01))
        # As the toolkit in the container reads them.
        read = [
            {name: json.loads(text) for name, text in round["Train"]["HyperParameters"].items()}
            for round in made["Folds"]
        ]
        assert read == [{**fold, "lr": 0.01, "run": f"fold {fold['fold']}"} for fold in folds]

    def test_the_object_of_an_event_is_a_channel(self, here: World) -> None:
        asked = request(here, Environment={"KEY": f"it's {execution_input('detail.object.key')}"})
        (channel,) = asked["InputDataConfig"]
        source = channel["DataSource"]["S3DataSource"]
        bucket, _, key = source["S3Uri"].removeprefix("s3://").partition("/")
        source["S3Uri"] = f"s3://{bucket}/{execution_input('detail.object.key')}"
        event = {"source": "aws.s3", "detail": {"bucket": {"name": bucket}, "object": {"key": key}}}
        made = output(run(here, "event", [node("Train", joined_within(asked))], **event))["Train"]
        assert made["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == f"s3://{bucket}/{key}"
        assert made["Environment"]["KEY"] == f"it's {key}"

    def test_a_value_that_was_not_given_fails_instead_of_reading_all_that_is_above(self, here: World) -> None:
        asked = request(here)
        (channel,) = asked["InputDataConfig"]
        channel["DataSource"]["S3DataSource"]["S3Uri"] = f"s3://{BUCKET}/{execution_input('day')}"
        ended = run(here, "not-given", [node("Train", joined_within(asked))])
        assert ended["status"] == "FAILED"
        assert "$states.context.Execution.Input.day has no value" in ended["cause"]

    @pytest.mark.parametrize("encoding", HyperparameterEncoding)
    def test_a_hyperparameter_that_was_not_given_fails(self, here: World, encoding: HyperparameterEncoding) -> None:
        asked = request(here, HyperParameters=encode({"lr": execution_input("lr")}, encoding))
        assert run(here, f"no-lr-{encoding.value}", [node("Train", asked)])["status"] == "FAILED"


class TestModels:
    def test_a_model_is_made_and_registered(self, here: World) -> None:
        here.sagemaker.create_model_package_group(ModelPackageGroupName="nightly")
        container = {"Image": IMAGE, "ModelDataUrl": "{% $states.input.Train.ModelArtifacts.S3ModelArtifacts %}"}
        make = CallNode(
            name="Make",
            resource="arn:aws:states:::sagemaker:createModel",
            arguments={"ExecutionRoleArn": here.role, "PrimaryContainer": container},
            name_member="ModelName",
            name_prefix="make",
            hash_length=40,
        )
        register = CallNode(
            name="Register",
            resource="arn:aws:states:::aws-sdk:sagemaker:createModelPackage",
            arguments={
                "ModelPackageGroupName": "nightly",
                "ModelApprovalStatus": "PendingManualApproval",
                "InferenceSpecification": {"Containers": [container]},
            },
        )
        made = output(run(here, "models", [node("Train", request(here)), make, register]))

        model = here.sagemaker.describe_model(ModelName=made["Make"]["ModelName"])
        assert model["PrimaryContainer"]["ModelDataUrl"] == made["Train"]["ModelArtifacts"]["S3ModelArtifacts"]
        assert made["Register"]["ModelPackageArn"]
