"""A small account that the tests of the embedded AWS start from; no tests of its own."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.rehearsal.embedded import EmbeddedAws

ACCOUNT = "123456789012"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/serving:1"
BUCKET = "artifacts"
ARTIFACT = f"s3://{BUCKET}/models/m.tar.gz"
SERVICE_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def allow(actions: list[str], *resources: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": list(resources), **more}


PULL = [
    allow(["ecr:GetAuthorizationToken"], "*"),
    allow(["ecr:BatchGetImage"], f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/serving"),
]
STORE = [
    allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*"),
    allow(["s3:ListBucket"], f"arn:aws:s3:::{BUCKET}"),
]


class World:
    """The embedded AWS with a bucket, an artifact, data and an execution role in it."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self.aws = aws
        self.sagemaker = aws.client("sagemaker")
        s3 = aws.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        for key in ("models/m.tar.gz", "data/train/0.jpg"):
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"content")
        self.role = self.make_role("execution", [*PULL, *STORE])

    def make_role(self, name: str, statements: list[dict[str, Any]], trust: dict[str, Any] = SERVICE_TRUST) -> str:
        iam = self.aws.client("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document)
        return str(role["Role"]["Arn"])

    def model(self, name: str, **changes: Any) -> Any:
        container = {"Image": IMAGE, "ModelDataUrl": ARTIFACT}
        request = {"ModelName": name, "ExecutionRoleArn": self.role, "PrimaryContainer": container}
        request = {name: value for name, value in (request | changes).items() if value is not None}
        return self.sagemaker.create_model(**request)

    def config(self, name: str, *variants: dict[str, Any], **changes: Any) -> Any:
        return self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=list(variants), **changes
        )

    def endpoint(self, name: str, *variants: dict[str, Any], **changes: Any) -> Any:
        self.config(name, *variants, **changes)
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        return self.settled(name)

    def settled(self, name: str) -> Any:
        return wait_for(
            lambda: self.sagemaker.describe_endpoint(EndpointName=name), lambda e: e["EndpointStatus"] == "InService"
        )

    def put(self, key: str, body: bytes = b"content") -> str:
        """Put an object into the bucket and return its URI."""
        self.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        return f"s3://{BUCKET}/{key}"

    def keys(self, prefix: str) -> list[str]:
        found = self.aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [each["Key"] for each in found]

    def read(self, uri: str) -> bytes:
        key = uri.removeprefix(f"s3://{BUCKET}/")
        return bytes(self.aws.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def component(self, name: str, endpoint: str, **changes: Any) -> Any:
        """An inference component with the model `base`, once it is in service."""
        specification = {"ModelName": "base", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024}}
        request = {
            "InferenceComponentName": name,
            "EndpointName": endpoint,
            "VariantName": "blue",
            "Specification": specification,
            "RuntimeConfig": {"CopyCount": 1},
        }
        self.sagemaker.create_inference_component(**request | changes)
        return self.settled_component(name)

    def settled_component(self, name: str) -> Any:
        return wait_for(
            lambda: self.sagemaker.describe_inference_component(InferenceComponentName=name),
            lambda found: found["InferenceComponentStatus"] == "InService",
        )

    def job(self, name: str, **changes: Any) -> dict[str, Any]:
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/data/train"}}
        return {
            "TrainingJobName": name,
            "RoleArn": self.role,
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "InputDataConfig": [{"ChannelName": "train", "DataSource": source}],
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
            "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 50},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            **changes,
        }


def variant(name: str, model: str, **changes: Any) -> dict[str, Any]:
    request = {"VariantName": name, "ModelName": model, "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}
    return request | changes


def hosting(name: str = "blue", **changes: Any) -> dict[str, Any]:
    """A variant without a model, for inference components."""
    request = {"VariantName": name, "InstanceType": "ml.g5.12xlarge", "InitialInstanceCount": 1}
    return request | changes


def wait_for(read: Any, done: Any, seconds: float = 10) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = read()
        if done(answer):
            return answer
        time.sleep(0.05)
    raise AssertionError(f"still not there after {seconds} s: {answer}")


@contextmanager
def world(folder: Path) -> Iterator[World]:
    with EmbeddedAws(folder=folder) as aws:
        yield World(aws)


def refusal(call: Any, *args: Any, **request: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(*args, **request)
    return str(raised.value)


def made(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def body_of(template: dict[str, Any]) -> str:
    """A template, whole or of resources alone."""
    return json.dumps(template if "Resources" in template else {"Resources": template})


class Stack:
    def __init__(self, here: World, name: str) -> None:
        self.name = name
        self.cloudformation = here.aws.client("cloudformation")

    def create(self, resources: dict[str, Any]) -> str:
        self.cloudformation.create_stack(StackName=self.name, TemplateBody=body_of(resources))
        return self.status()

    def update(self, resources: dict[str, Any]) -> str:
        self.cloudformation.update_stack(StackName=self.name, TemplateBody=body_of(resources))
        return self.status()

    def delete(self) -> str:
        identity = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
        self.cloudformation.delete_stack(StackName=self.name)
        return self.status(identity)

    def status(self, identity: str | None = None) -> str:
        def read() -> str:
            stacks = self.cloudformation.describe_stacks(StackName=identity or self.name)["Stacks"]
            return str(stacks[0]["StackStatus"])

        return str(wait_for(read, lambda status: not status.endswith("IN_PROGRESS")))

    def physical_ids(self) -> dict[str, str]:
        found = self.cloudformation.describe_stack_resources(StackName=self.name)["StackResources"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}

    def reasons(self) -> str:
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return "\n".join(event.get("ResourceStatusReason", "") for event in events)
