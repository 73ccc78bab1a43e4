"""The main job: this repository's own app, through its whole life on the embedded AWS."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import REPOSITORY

ENDPOINTS = {
    "AbTesting": "real-time: variant ",
    "AsyncInference": "asynchronous: answered 202, and its answer came into S3",
    # Which of them is below, where each is named.
    "InferenceComponents": "inference components: component deeplearninginferencecomponents-endpoint-",
    "InferencePipeline": "pipeline: variant main answered 200 through 2 containers",
    "MultiContainer": "multi-container: containers images, texts answered 200",
    "MultiModel": "multi-model: model first.tar.gz of 2 answered 200",
    "RealTime": "real-time: variant main answered 200",
    "Serverless": "serverless: variant main answered 200",
}
# Roles of which a rehearsal proves nothing, with what their row says instead; each with its reason.
UNPROVEN: dict[str, str] = {}
STACKS = ("Batch", "DistributedTraining", "FeatureStore", "Foundation", "Notebook", "Training", "Tuning", *ENDPOINTS)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("rehearsal") / "report.json"
    # With the built-in CloudFormation validator, which the other tests leave out: this is what users run.
    environment = {name: value for name, value in os.environ.items() if name != "CDK_VALIDATION"}
    done = subprocess.run(
        [sys.executable, "-m", "constructs_lib.rehearsal.cli", "--report", str(file)],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    content: dict[str, Any] = json.loads(file.read_text())
    return content


def steps(report: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [step for step in report["steps"] if step["name"] == name]


def test_every_step_passed(report: dict[str, Any]) -> None:
    assert report["passed"] is True
    assert {step["status"] for step in report["steps"]} == {"passed"}


def test_every_stack_was_deployed_updated_and_destroyed(report: dict[str, Any]) -> None:
    stacks = sorted(f"DeepLearning-{name}" for name in STACKS)
    for name in ("deploy", "destroy"):
        assert sorted(step["subject"] for step in steps(report, name)) == stacks


def test_the_jobs_that_ran_are_the_jobs_that_were_defined(report: dict[str, Any]) -> None:
    checked = {step["subject"]: step["summary"] for step in steps(report, "jobs")}
    assert sorted(checked) == [
        "DeepLearning-Batch/Workflow",
        "DeepLearning-DistributedTraining/Workflow",
        "DeepLearning-Training/Workflow",
        "DeepLearning-Tuning/Workflow",
    ]
    assert all("Completed" in summary for summary in checked.values())


@pytest.mark.parametrize(("stack", "answer"), ENDPOINTS.items())
def test_each_endpoint_answers_in_its_own_way_and_is_updated_and_not_replaced(
    report: dict[str, Any], stack: str, answer: str
) -> None:
    subject = f"DeepLearning-{stack}/Endpoint"
    (before,) = [step["summary"] for step in steps(report, "endpoint") if step["subject"] == subject]
    (after,) = [step["summary"] for step in steps(report, "update") if step["subject"] == subject]
    assert before.startswith(f"InService, {answer}")
    assert after.startswith(f"same endpoint, new configuration, {answer}")


@pytest.mark.parametrize("when", ["endpoint", "update"])
def test_each_component_and_the_adapter_answered(report: dict[str, Any], when: str) -> None:
    subject = "DeepLearning-InferenceComponents/Endpoint"
    (said,) = [step["summary"] for step in steps(report, when) if step["subject"] == subject]
    names, answered, rest = said.partition(" answered 200")
    # Between the path and the hash of a name stands the component.
    asked = sorted(re.findall(r"-endpoint-([a-z-]+)-[0-9a-f]{8}", names))
    assert (asked, answered, rest) == (["chat", "chat-tone", "moderate"], " answered 200", "")


def test_a_component_is_updated_in_place(report: dict[str, Any]) -> None:
    updated = {step["subject"]: step["summary"] for step in steps(report, "update")}
    assert updated["DeepLearning-InferenceComponents/Endpoint/Moderate"] == "same component, 1 → 2 copies"


def test_the_notebook_stands_in_the_network_under_the_key_and_grows_in_place(report: dict[str, Any]) -> None:
    (row,) = steps(report, "notebook")
    assert re.fullmatch(r"InService in subnet-\w+, under key [\w-]+; opens", row["summary"])
    updated = {step["subject"]: step["summary"] for step in steps(report, "update")}
    assert updated["DeepLearning-Notebook/Notebook"] == "same notebook, 50 → 51 GB"


def test_the_role_of_the_notebook_uses_its_places_and_is_refused_what_lies_beside(report: dict[str, Any]) -> None:
    (row,) = [step for step in steps(report, "access") if step["subject"] == "DeepLearning-Notebook/Notebook/Role"]
    used = {(each["action"], each["place"]) for each in row["details"]["requests"] if each["place"]}
    both = {(f"s3:{verb}", place) for verb in ("GetObject", "ListBucket") for place in ("data/", "notebooks/")}
    assert used == both | {("s3:PutObject", "notebooks/")}
    refused = [
        f"{probe['action']} {probe['keys'].get('s3:prefix') or probe['resource'].partition('/')[2]}"
        for probe in row["details"]["probes"]
        if probe["decision"] == "refused"
    ]
    beside = [
        f"s3:{verb} {place}-neighbour/" for verb in ("GetObject", "ListBucket") for place in ("data", "notebooks")
    ]
    for start in (*beside, "s3:PutObject notebooks-neighbour/", "s3:PutObject neighbour/"):
        assert any(each.startswith(start) for each in refused), start


def test_a_record_goes_into_both_stores_and_the_group_outlives_an_update(report: dict[str, Any]) -> None:
    (step,) = steps(report, "features")
    assert step["subject"] == "DeepLearning-FeatureStore/Visitors"
    assert step["summary"].startswith("a record put and got, found in s3://")
    updated = {each["subject"]: each["summary"] for each in steps(report, "update")}
    assert updated[step["subject"]] == (
        "same group, 5 → 6 features; the record is still answered, and takes what was added"
    )
    (row,) = [each for each in steps(report, "access") if each["subject"] == "DeepLearning-FeatureStore/Caller"]
    asked = {each["action"] for each in row["details"]["requests"]}
    assert asked == {"sagemaker:PutRecord", "sagemaker:GetRecord", "sagemaker:BatchGetRecord", "kms:Decrypt"}


def test_each_role_did_its_work_and_was_refused_what_lies_beside(report: dict[str, Any]) -> None:
    proven = re.compile(r"[1-9]\d* requests? allowed, [1-9]\d* neighbours? refused")
    rows = {step["subject"]: step["summary"] for step in steps(report, "access")}
    # "not used" and "nothing is proven" pass in an app that nobody knows; in this one they would hide a gap.
    assert {subject: said for subject, said in rows.items() if not proven.fullmatch(said)} == UNPROVEN


@pytest.mark.parametrize("kind", ["prefix", "key", "endpoint", "role", "bucket", "service", "topic", "state machine"])
def test_neighbours_of_each_kind_refused(report: dict[str, Any], kind: str) -> None:
    refused = {step["subject"]: step["details"]["refused"].get(kind, 0) for step in steps(report, "access")}
    assert sum(refused.values()) > 0


def test_workloads_in_the_network_pass_its_endpoints(report: dict[str, Any]) -> None:
    ways = {
        (request["action"].partition(":")[0], way.partition(" (")[2].partition(" of stack")[0])
        for step in steps(report, "access")
        for request in step["details"]["requests"]
        for way in request["through"]
    }
    assert {(service, re.sub(r"[0-9A-F]{8}$", "", way)) for service, way in ways} == {
        ("s3", "NetworkS3"),
        ("logs", "NetworkLogs"),
        ("cloudwatch", "NetworkMonitoring"),
    }


@pytest.mark.parametrize("stack", ENDPOINTS)
def test_a_caller_asks_its_endpoint_and_no_other(report: dict[str, Any], stack: str) -> None:
    (row,) = [step for step in steps(report, "access") if step["subject"] == f"DeepLearning-{stack}/Caller"]
    asked = {request["action"] for request in row["details"]["requests"]}
    asked = {action.partition("Async")[0] for action in asked if action.startswith("sagemaker:")}
    assert asked == {"sagemaker:InvokeEndpoint"}
    refused = {probe["resource"] for probe in row["details"]["probes"] if probe["decision"] == "refused"}
    assert any(":endpoint/" in arn and arn.endswith("-neighbour") for arn in refused)


def test_who_asks_the_queue_puts_its_input_and_reads_the_answers_itself(report: dict[str, Any]) -> None:
    (row,) = [step for step in steps(report, "access") if step["subject"] == "DeepLearning-AsyncInference/Caller"]
    done = {(each["action"], each["place"]) for each in row["details"]["requests"]}
    assert done == {
        ("s3:PutObject", "async/in/"),
        ("kms:GenerateDataKey", None),
        ("sagemaker:InvokeEndpointAsync", None),
        ("s3:GetObject", "async/out/"),
        ("s3:GetObject", "async/failed/"),
        ("kms:Decrypt", None),
        ("s3:ListBucket", "async/out/"),
        ("s3:ListBucket", "async/failed/"),
    }


def test_every_alarm_rang_and_told_the_topic_of_the_foundation(report: dict[str, Any]) -> None:
    rows = {step["subject"]: step for step in steps(report, "alarm")}
    said = rows.pop("what they tell")
    told = {name for name in rows if not name.endswith("/WakeUpAlarm")}
    # Both components began at zero, where the first request failed: nobody published that for their alarms.
    by_themselves = {name for name in told if name.endswith("/NoCapacity")}
    assert len(by_themselves) == 2
    assert said["summary"] == (
        f"{len(told) - 2} alarms rang and told DeepLearning-Foundation/Alarms; 2 others did so by what was asked"
    )
    without = ("FeatureStore", "Foundation", "Notebook")
    assert {name.split("/")[0] for name in told} == {f"DeepLearning-{name}" for name in STACKS if name not in without}


def test_every_resource_type_was_created_and_none_only_accepted(report: dict[str, Any]) -> None:
    assert "AWS::SageMaker::Endpoint" in report["resource_types"]
    assert set(report["resource_types"].values()) == {"created"}


def test_what_stays_is_data_only(report: dict[str, Any]) -> None:
    (step,) = steps(report, "clean")
    kept = step["summary"].removeprefix("but what the templates retain: ").split(", ")
    data = (
        "Key",
        "Logs",
        "LogGroup",
        "FlowLogGroup",
        "AccessLogs",
        "Bucket",
        "Shared",
        "Scratch",
        "Classifiers",
        "Visitors",
    )
    assert [path for path in kept if not path.endswith(data)] == []
