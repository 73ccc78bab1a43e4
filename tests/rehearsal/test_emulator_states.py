"""State machines that train on the embedded AWS, with the rights of their own role."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.test_emulator_support import ACCOUNT, PULL, STORE, World, allow, wait_for, world

JOB = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/*"
RULE = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
SYNC = "arn:aws:states:::sagemaker:createTrainingJob.sync"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def rights(role: str, to: str = "sagemaker.amazonaws.com") -> dict[str, dict[str, Any]]:
    passed = {"StringEquals": {"iam:PassedToService": to}}
    return {
        "create": allow(["sagemaker:CreateTrainingJob"], JOB),
        "follow": allow(["sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"], JOB),
        "pass": allow(["iam:PassRole"], role, Condition=passed),
        "rule": allow(["events:PutTargets", "events:PutRule", "events:DescribeRule"], RULE),
    }


def run(
    here: World,
    name: str,
    parameters: dict[str, Any],
    without: str = "",
    resource: str = SYNC,
    more: list[str] | None = None,
    to: str = "sagemaker.amazonaws.com",
) -> dict[str, Any]:
    statements = [statement for right, statement in rights(here.role, to).items() if right != without]
    statements += [allow(more, "*")] if more else []
    role = here.make_role(f"states-{name}", statements, TRUST)
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    states = here.aws.client("stepfunctions")
    machine = states.create_state_machine(
        name=name, roleArn=role, definition=json.dumps({"StartAt": "Train", "States": {"Train": state}})
    )
    execution = states.start_execution(stateMachineArn=machine["stateMachineArn"], name=name, input="{}")
    ended: dict[str, Any] = wait_for(
        lambda: states.describe_execution(executionArn=execution["executionArn"]), lambda e: e["status"] != "RUNNING"
    )
    return ended


def parameters(here: World) -> dict[str, Any]:
    request = here.job("")
    del request["TrainingJobName"]
    return {**request, "TrainingJobName.$": "$$.Execution.Name"}


class TestSync:
    def test_waits_for_the_job_and_answers_with_it(self, here: World) -> None:
        ended = run(here, "waits", parameters(here))

        assert ended["status"] == "SUCCEEDED", ended.get("cause")
        job = json.loads(ended["output"])
        assert (job["TrainingJobName"], job["TrainingJobStatus"]) == ("waits", "Completed")
        assert job["ModelArtifacts"]["S3ModelArtifacts"].endswith("/waits/output/model.tar.gz")

    @pytest.mark.parametrize(
        ("without", "action"),
        [
            ("create", "sagemaker:CreateTrainingJob"),
            ("follow", "sagemaker:DescribeTrainingJob"),
            ("pass", "iam:PassRole"),
            ("rule", "events:PutTargets"),
        ],
    )
    def test_fails_for_a_role_that_may_not(self, here: World, without: str, action: str) -> None:
        ended = run(here, f"without-{without}", parameters(here), without)

        assert ended["error"] == "SageMaker.AmazonSageMakerException"
        assert f"is not authorized to perform: {action} on resource" in ended["cause"]

    def test_trap_12_fails_to_pass_the_role_of_a_neighbour(self, here: World) -> None:
        neighbour = here.make_role("of-a-neighbour", [*PULL, *STORE])
        ended = run(here, "passes-a-neighbour", {**parameters(here), "RoleArn": neighbour})

        assert f"is not authorized to perform: iam:PassRole on resource: {neighbour}" in ended["cause"]

    def test_trap_12_fails_to_pass_it_to_another_service(self, here: World) -> None:
        ended = run(here, "passes-to-ec2", parameters(here), to="ec2.amazonaws.com")

        assert f"is not authorized to perform: iam:PassRole on resource: {here.role}" in ended["cause"]

    def test_fails_for_a_request_that_sagemaker_refuses(self, here: World) -> None:
        request = parameters(here)
        request["ResourceConfig"]["InstanceType"] = "ml.g5.huge"
        ended = run(here, "refused", request)

        assert ended["error"] == "SageMaker.AmazonSageMakerException"
        assert "ResourceConfig.InstanceType must be one of the" in ended["cause"]

    def test_fails_for_a_job_of_the_same_name(self, here: World) -> None:
        here.sagemaker.create_training_job(**here.job("taken"))

        assert run(here, "taken", parameters(here))["error"] == "SageMaker.ResourceInUseException"

    def test_fails_for_a_job_that_ends_badly(self, here: World) -> None:
        request = parameters(here)
        request["HyperParameters"] = {"lr": "0.1"}
        states = here.aws.client("stepfunctions")
        role = here.make_role("states-bad-end", list(rights(here.role).values()), TRUST)
        state = {"Type": "Task", "Resource": SYNC, "Parameters": request, "End": True}
        machine = states.create_state_machine(
            name="bad-end", roleArn=role, definition=json.dumps({"StartAt": "Train", "States": {"Train": state}})
        )
        execution = states.start_execution(stateMachineArn=machine["stateMachineArn"], name="bad-end", input="{}")
        wait_for(lambda: here.sagemaker.list_training_jobs(NameContains="bad-end")["TrainingJobSummaries"], bool)
        here.sagemaker.stop_training_job(TrainingJobName="bad-end")
        ended = wait_for(
            lambda: states.describe_execution(executionArn=execution["executionArn"]),
            lambda e: e["status"] != "RUNNING",
        )

        assert ended["error"] == "States.TaskFailed"
        assert json.loads(ended["cause"])["TrainingJobStatus"] == "Stopped"


class TestOtherPatterns:
    def test_answers_at_once_without_sync(self, here: World) -> None:
        ended = run(here, "at-once", parameters(here), "rule", SYNC.removesuffix(".sync"))

        assert json.loads(ended["output"])["TrainingJobArn"].endswith("training-job/at-once")

    def test_takes_the_sdk_integration(self, here: World) -> None:
        ended = run(here, "by-sdk", parameters(here), "rule", "arn:aws:states:::aws-sdk:sagemaker:createTrainingJob")

        assert ended["status"] == "SUCCEEDED", ended.get("cause")
        assert json.loads(ended["output"])["TrainingJobArn"].endswith("training-job/by-sdk")

    def test_the_sdk_has_error_names_and_times_of_its_own(self, here: World) -> None:
        request = parameters(here)
        request["ResourceConfig"]["InstanceType"] = "ml.g5.huge"
        ended = run(here, "sdk-refused", request, resource="arn:aws:states:::aws-sdk:sagemaker:createTrainingJob")
        assert ended["error"] == "SageMaker.SageMakerException"

        here.sagemaker.create_training_job(**here.job("looked-at"))
        look = "arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob"
        ended = run(here, "sdk-looks", {"TrainingJobName": "looked-at"}, resource=look)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", json.loads(ended["output"])["CreationTime"])

        ended = run(here, "sdk-may-not-look", {"TrainingJobName": "looked-at"}, "follow", look)
        assert "is not authorized to perform: sagemaker:DescribeTrainingJob" in ended["cause"]

    def test_a_tuning_job_passes_the_roles_of_its_definitions(self, here: World) -> None:
        definition = {name: value for name, value in here.job("").items() if name != "TrainingJobName"}
        request = {
            "HyperParameterTuningJobName": "handed-over",
            "HyperParameterTuningJobConfig": {
                "Strategy": "Random",
                "ResourceLimits": {"MaxParallelTrainingJobs": 1},
            },
            "TrainingJobDefinition": definition,
        }
        sync = "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync"
        ended = run(here, "tunes", request, resource=sync, more=["sagemaker:CreateHyperParameterTuningJob"])
        assert "is not authorized to perform: sagemaker:DescribeHyperParameterTuningJob" in ended["cause"]

        tuning = ["sagemaker:CreateHyperParameterTuningJob"]
        ended = run(here, "may-not-pass", request, "pass", resource=sync, more=tuning)
        assert f"is not authorized to perform: iam:PassRole on resource: {here.role}" in ended["cause"]


class TestParallel:
    def test_has_an_output_and_branches_keep_their_variables(self, here: World) -> None:
        inner = {"Type": "Pass", "Assign": {"Seen": "inside"}, "Output": "{% $Seen %}", "End": True}
        branches = [{"StartAt": "In", "States": {"In": inner}}] * 2
        definition = {
            "QueryLanguage": "JSONata",
            "StartAt": "Before",
            "States": {
                "Before": {"Type": "Pass", "Assign": {"Seen": "outside"}, "Next": "Both"},
                "Both": {
                    "Type": "Parallel",
                    "Branches": branches,
                    "Assign": {"Results": "{% $states.result %}"},
                    "Output": {"first": "{% $states.result[0] %}", "input": "{% $states.input.given %}"},
                    "Next": "After",
                },
                "After": {
                    "Type": "Pass",
                    "Output": "{% $merge([$states.input, {'seen': $Seen, 'results': $Results}]) %}",
                    "End": True,
                },
            },
        }
        states = here.aws.client("stepfunctions")
        role = here.make_role("parallel", [allow(["states:StartExecution"], "*")], TRUST)
        machine = states.create_state_machine(name="parallel", roleArn=role, definition=json.dumps(definition))
        execution = states.start_execution(stateMachineArn=machine["stateMachineArn"], input='{"given": 7}')
        ended = wait_for(
            lambda: states.describe_execution(executionArn=execution["executionArn"]),
            lambda e: e["status"] != "RUNNING",
        )

        assert json.loads(ended["output"]) == {
            "first": "outside",
            "input": 7,
            "seen": "outside",
            "results": ["outside", "outside"],
        }
