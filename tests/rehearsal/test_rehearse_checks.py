"""What the checks say when the service shows something else than it should: a healthy AWS never does."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from constructs_lib.rehearsal._assembly import Assembly, Environment, Resource, Stack
from constructs_lib.rehearsal._endpoints import update_step
from constructs_lib.rehearsal._jobs import JobState, _Kind
from constructs_lib.rehearsal._leftovers import Inventory, nothing_left_step
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import StepFailed

ENDPOINT = Resource("Serving", "Endpoint", "AWS::SageMaker::Endpoint", "Serving/Endpoint", {})
BEFORE = {
    "EndpointName": "chat",
    "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/chat",
    "EndpointConfigName": "old",
    "EndpointStatus": "InService",
    "CreationTime": 1,
}


class Canned:
    """A client that always gives the same answers; a call without one answers nothing."""

    def __init__(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        self._answers = answers

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **_: [self._answers.get(operation, {})])

    def __getattr__(self, operation: str) -> Any:
        return lambda **_: self._answers.get(operation, {})


def stage_with(clients: Mapping[str, Any], *, stacks: tuple[Stack, ...] = (), timeout: float = 0) -> Stage:
    aws = SimpleNamespace(client=lambda service: clients.get(service, Canned({})))
    assembly = Assembly(Path(), stacks, None)
    return Stage(cast(Any, aws), assembly, cast(Any, None), Path(), timeout)


class TestUpdate:
    @pytest.mark.parametrize(
        ("after", "problem"),
        [
            ({"CreationTime": 2, "EndpointConfigName": "new"}, "chat was replaced: CreationTime was 1, is 2"),
            ({}, "chat was not updated: it still has the configuration old"),
            ({"EndpointConfigName": "new"}, "the old configuration old is still there"),
            ({"EndpointStatus": "Failed", "FailureReason": "no capacity"}, "chat is Failed: no capacity"),
            ({"EndpointStatus": "Updating"}, "endpoint chat is still Updating after 0 s (--timeout gives it longer)"),
        ],
    )
    def test_fails(self, after: dict[str, object], problem: str) -> None:
        answer = {"Body": SimpleNamespace(read=lambda: b"{}"), "ResponseMetadata": {"HTTPStatusCode": 200}}
        sagemaker: dict[str, Any] = {
            "describe_endpoint": {**BEFORE, **after},
            "describe_endpoint_config": {"ProductionVariants": []},
        }
        clients = {"sagemaker": Canned(sagemaker), "sagemaker-runtime": Canned({"invoke_endpoint": answer})}
        stage = stage_with(clients)
        stage.endpoints[ENDPOINT.path] = BEFORE

        with pytest.raises(StepFailed) as caught:
            update_step(stage, ENDPOINT, changed=True).run()

        assert caught.value.summary == problem


REQUEST: dict[str, Any] = {
    "TrainingJobName.$": "$.name",
    "RoleArn": "arn:aws:iam::123456789012:role/training",
    "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 50},
    "Tags": [{"Key": "team", "Value": "vision"}],
}
ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/j"


class TestJobs:
    def check(self, described: Mapping[str, object], *others: JobState) -> dict[str, object]:
        client = boto3.client(
            "sagemaker", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
        )
        s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
        answer = {
            "TrainingJobName": "j",
            "TrainingJobArn": ARN,
            "TrainingJobStatus": "Completed",
            "SecondaryStatus": "Completed",
            "AlgorithmSpecification": {"TrainingInputMode": "File"},
            "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/models/model.tar.gz"},
            "StoppingCondition": {},
            "CreationTime": 1,
            **{name: value for name, value in REQUEST.items() if name in ("RoleArn", "ResourceConfig")},
            **described,
        }
        with Stubber(client) as stub, Stubber(s3) as artifacts:
            for _ in range(2):
                stub.add_response("describe_training_job", answer, {"TrainingJobName": "j"})
            stub.add_response("list_tags", {"Tags": REQUEST["Tags"]}, {"ResourceArn": ARN})
            artifacts.add_client_error("head_object", "404", "Not Found")
            kind = _Kind(stage_with({"sagemaker": client, "s3": s3}), "TrainingJob")
            return kind.check("j", [JobState("Train", "TrainingJob", REQUEST), *others])

    def test_fails_for_a_request_that_became_another(self) -> None:
        got = {"ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50}}

        with pytest.raises(StepFailed) as caught:
            self.check(got)

        assert caught.value.summary == "j differs from state Train in ResourceConfig.InstanceCount: expected 2, got 1"

    def test_takes_the_state_that_is_nearest(self) -> None:
        other = JobState("Other", "TrainingJob", {"RoleArn": "arn:aws:iam::123456789012:role/other"})

        with pytest.raises(StepFailed, match=r"artifact s3://bucket/models/model\.tar\.gz is not there"):
            self.check({}, other)

    def test_fails_for_a_job_that_failed(self) -> None:
        with pytest.raises(StepFailed, match="j is Failed: out of memory"):
            self.check({"TrainingJobStatus": "Failed", "FailureReason": "out of memory"})


class TestNothingLeft:
    def test_fails_listing_everything(self) -> None:
        stack = Stack("S", "S", "S", Path(), "S.json", Environment("1", "r"), (), None, False, ())
        events = [
            {"LogicalResourceId": "Queue", "ResourceStatus": "DELETE_COMPLETE", "PhysicalResourceId": "q"},
            {"LogicalResourceId": "Queue", "ResourceStatus": "CREATE_COMPLETE", "PhysicalResourceId": "q"},
            {"LogicalResourceId": "Bucket", "ResourceStatus": "DELETE_SKIPPED", "PhysicalResourceId": "kept"},
            {"LogicalResourceId": "Table", "ResourceStatus": "DELETE_SKIPPED", "PhysicalResourceId": "t"},
        ]
        stacks = [
            {"StackName": "S", "StackStatus": "DELETE_COMPLETE"},
            {"StackName": "T", "StackStatus": "DELETE_FAILED"},
        ]
        clients = {
            "cloudformation": Canned(
                {"list_stacks": {"StackSummaries": stacks}, "describe_stack_events": {"StackEvents": events}}
            ),
            "sagemaker": Canned({"list_models": {"Models": [{"ModelName": "m", "ModelArn": "arn:m"}]}}),
            "s3": Canned({"list_buckets": {"Buckets": [{"Name": "kept"}, {"Name": "other"}]}}),
            "application-autoscaling": Canned(
                {
                    "describe_scalable_targets": {"ScalableTargets": [{"ResourceId": "endpoint/e"}]},
                    "describe_scaling_policies": {"ScalingPolicies": []},
                }
            ),
        }
        inventory = Inventory({"S": "arn:S"}, {"kept": "S/Bucket"}, {"sagemaker"})

        with pytest.raises(StepFailed) as caught:
            nothing_left_step(stage_with(clients, stacks=(stack,)), inventory).run()

        assert caught.value.details["left"] == [
            "stack T is DELETE_FAILED",
            "resource Table of stack S is DELETE_SKIPPED",
            "model m",
            "bucket other",
            "scalable target endpoint/e",
        ]
