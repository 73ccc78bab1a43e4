"""Requests of the steps that make and register models, beside ones written by hand from the API reference."""

from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    ConfigurationError,
    Container,
    ContainerImage,
    InstanceType,
    ModelArtifact,
    Network,
)
from constructs_lib.training.model_registry import ModelPackageGroup
from constructs_lib.training.model_steps import CreateModelStep, ModelApprovalStatus, RegisterModelStep
from constructs_lib.training.references import JobArtifact
from tests.templates import only, template_of
from tests.unit.models.test_requests_models import at
from tests.written_by_hand import same_request

URI = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/serving:1"
IMAGE = ContainerImage.from_uri(URI)
TEXT = "{% $states.input.Train.ModelArtifacts.S3ModelArtifacts %}"
LEFT = JobArtifact(uri=TEXT, bucket_arn="arn:aws:s3:::b", prefix="models/train-")


class TestCreateModel:
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html"""

    def test_all_of_it(self, stack: Any) -> None:
        step = CreateModelStep(
            stack,
            "Make",
            container=Container(image=IMAGE, artifact=LEFT, environment={"SAGEMAKER_PROGRAM": "inference.py"}),
            network=Network(stack, "Network"),
            network_isolation=False,
        )
        by_hand = {
            "ExecutionRoleArn": {"Fn::GetAtt": ["MakeRole8A71E5B8", "Arn"]},
            "PrimaryContainer": {
                "Image": URI,
                "ModelDataUrl": TEXT,
                "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
            },
            "EnableNetworkIsolation": False,
            "VpcConfig": {
                "SecurityGroupIds": [{"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}],
                "Subnets": [
                    {"Fn::GetAtt": ["NetworkSubnet18D1B2567", "SubnetId"]},
                    {"Fn::GetAtt": ["NetworkSubnet29A0E8491", "SubnetId"]},
                ],
            },
        }
        same_request("CreateModel", stack.resolve(step.request), by_hand)

    def test_no_more_than_is_needed(self, stack: Any) -> None:
        step = CreateModelStep(stack, "Make", container=Container(image=IMAGE))
        by_hand = {
            "ExecutionRoleArn": {"Fn::GetAtt": ["MakeRole8A71E5B8", "Arn"]},
            "PrimaryContainer": {"Image": URI},
            "EnableNetworkIsolation": True,
        }
        same_request("CreateModel", stack.resolve(step.request), by_hand)

    def test_an_object_that_is_there(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        request = CreateModelStep(
            stack, "Make", container=Container(image=IMAGE, artifact=store.artifact("models/m.tar.gz"))
        ).request
        assert stack.resolve(request["PrimaryContainer"]["ModelDataUrl"]) == {
            "Fn::Join": ["", ["s3://", {"Ref": "StoreBucket4FBDE984"}, "/models/m.tar.gz"]]
        }

    def test_fails_on_a_variable_that_is_too_long(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"environment.* must be at most 1024 characters"):
            CreateModelStep(stack, "Make", container=Container(image=IMAGE, environment={"A": "x" * 1025}))


class TestCreateModelPackage:
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html"""

    def test_all_of_it(self, stack: Any) -> None:
        step = RegisterModelStep(
            stack,
            "Register",
            group=ModelPackageGroup.from_group_name(stack, "Group", "churn"),
            container=Container(
                image=IMAGE,
                artifact=ModelArtifact.from_prefix(at("llama"), accept_eula=True),
                environment={"SAGEMAKER_PROGRAM": "inference.py"},
                hostname="serving",
            ),
            approval=ModelApprovalStatus.APPROVED,
            content_types=["text/csv", "application/json"],
            response_types=["application/json"],
            real_time_types=[InstanceType("ml.m5.xlarge"), InstanceType("ml.g5.xlarge")],
            transform_types=[InstanceType("ml.m5.4xlarge")],
            description="Who leaves next month",
            metadata={"commit": "1a2b3c", "data": "2026-11"},
        )
        by_hand = {
            "ModelPackageGroupName": "churn",
            "ModelPackageDescription": "Who leaves next month",
            "InferenceSpecification": {
                "Containers": [
                    {
                        "ContainerHostname": "serving",
                        "Image": URI,
                        "ModelDataSource": {
                            "S3DataSource": {
                                "S3Uri": "s3://b/llama/",
                                "S3DataType": "S3Prefix",
                                "CompressionType": "None",
                                "ModelAccessConfig": {"AcceptEula": True},
                            }
                        },
                        "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
                    }
                ],
                "SupportedContentTypes": ["text/csv", "application/json"],
                "SupportedResponseMIMETypes": ["application/json"],
                "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.xlarge", "ml.g5.xlarge"],
                "SupportedTransformInstanceTypes": ["ml.m5.4xlarge"],
            },
            "ModelApprovalStatus": "Approved",
            "CustomerMetadataProperties": {"commit": "1a2b3c", "data": "2026-11"},
        }
        same_request("CreateModelPackage", stack.resolve(step.request), by_hand)

    def test_no_more_than_is_needed(self, stack: Any) -> None:
        group = ModelPackageGroup.from_group_name(stack, "Group", "churn")
        step = RegisterModelStep(stack, "Register", group=group, container=Container(image=IMAGE, artifact=LEFT))
        by_hand = {
            "ModelPackageGroupName": "churn",
            "InferenceSpecification": {"Containers": [{"Image": URI, "ModelDataUrl": TEXT}]},
            "ModelApprovalStatus": "PendingManualApproval",
        }
        same_request("CreateModelPackage", step.request, by_hand)

    @pytest.mark.parametrize("approval", list(ModelApprovalStatus))
    def test_each_status(self, stack: Any, approval: ModelApprovalStatus) -> None:
        group = ModelPackageGroup.from_group_name(stack, "Group", "churn")
        step = RegisterModelStep(
            stack, "Register", group=group, container=Container(image=IMAGE, artifact=LEFT), approval=approval
        )
        assert step.request["ModelApprovalStatus"] == approval.value

    def test_fails_with_all_that_is_wrong(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            RegisterModelStep(
                stack,
                "Register",
                group=ModelPackageGroup.from_group_name(stack, "Group", "not_a_name"),
                container=Container(image=IMAGE, artifact=LEFT),
                description="x" * 1025,
                content_types=["x" * 257],
                real_time_types=[InstanceType("ml.m5.xlage")],
                metadata={"k" * 129: "v"},
            )
        text = str(raised.value)
        for words in ("group must", "description must", "content_types[0] must", "real_time_types[0] ", "metadata"):
            assert words in text, text


def test_a_group_as_cloudformation_makes_it(stack: Any) -> None:
    ModelPackageGroup(stack, "Group", group_name="churn", description="Who leaves")
    assert only(template_of(stack), "AWS::SageMaker::ModelPackageGroup") == {
        "ModelPackageGroupName": "churn",
        "ModelPackageGroupDescription": "Who leaves",
    }
