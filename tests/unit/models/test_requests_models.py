"""Requests of `CreateModel` beside ones written by hand from the API reference, each leaf of which is in one of them.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
"""

from typing import Any

import pytest

from constructs_lib import (
    Container,
    ContainerImage,
    CreateModelStep,
    JobArtifact,
    MetricsEndpoint,
    Model,
    ModelArtifact,
    ModelPackage,
    MultiContainerModel,
    MultiModel,
    Network,
    PipelineModel,
    S3Location,
    S3Object,
)
from constructs_lib.contract import check_request
from tests.templates import only, template_of
from tests.written_by_hand import same_request

ROLE = "arn:aws:iam::123456789012:role/serving"
URI = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/serving:1"
IMAGE = ContainerImage.from_uri(URI)
REGISTRY = "arn:aws:lambda:eu-west-1:123456789012:function:credentials"
HUB = "arn:aws:sagemaker:eu-west-1:123456789012:hub-content/models/ModelReference/llama/1.0.0"
PACKAGE = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/3"
PRODUCT = "arn:aws:sagemaker:eu-west-1:985815980388:model-package/product-1"
LEFT = JobArtifact(
    uri="{% $states.input.Train.ModelArtifacts.S3ModelArtifacts %}", bucket_arn="arn:aws:s3:::b", prefix="models/train-"
)


def at(prefix: str) -> S3Location:
    return S3Location(bucket_name="b", bucket_arn="arn:aws:s3:::b", prefix=prefix)


def file_at(key: str) -> S3Object:
    return S3Object(bucket_name="b", bucket_arn="arn:aws:s3:::b", key=key)


@pytest.fixture
def role(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role.from_role_arn(stack, "Given", ROLE)


def registry_image(stack: Any) -> ContainerImage:
    from aws_cdk import aws_lambda as lambda_

    provider = lambda_.Function.from_function_arn(stack, "Provider", REGISTRY)
    return ContainerImage.from_private_registry("registry.example.com/serving:1", provider)


def asked(stack: Any, construct: Any, expected: dict[str, Any]) -> None:
    """The request is the expected one, and the API's model has nothing to say against it."""
    rendered = stack.resolve(construct.request)
    same_request("CreateModel", rendered, expected)
    assert check_request("sagemaker", "CreateModel", {"ModelName": "a-name", **rendered}) == []


def deployed(stack: Any, model: Any, expected: dict[str, Any]) -> None:
    """The request is the expected one, and the template says the same in as many words."""
    asked(stack, model, expected)
    assert only(template_of(stack), "AWS::SageMaker::Model") == expected


NETWORK = {
    "SecurityGroupIds": [{"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}],
    "Subnets": [
        {"Fn::GetAtt": ["NetworkSubnet18D1B2567", "SubnetId"]},
        {"Fn::GetAtt": ["NetworkSubnet29A0E8491", "SubnetId"]},
    ],
}
EVERYTHING_OF_A_SOURCE = {
    "S3Uri": "s3://b/llama/",
    "S3DataType": "S3Prefix",
    "CompressionType": "None",
    "ModelAccessConfig": {"AcceptEula": True},
    "HubAccessConfig": {"HubContentArn": HUB},
    "ManifestS3Uri": "s3://b/llama.csv",
    "ETag": "1a",
    "ManifestEtag": "2b",
}


def everything() -> ModelArtifact:
    return ModelArtifact.from_prefix(
        at("llama"),
        accept_eula=True,
        hub_content_arn=HUB,
        etag="1a",
        manifest=file_at("llama.csv"),
        manifest_etag="2b",
    )


class TestOneContainer:
    def test_no_more_than_is_needed(self, stack: Any, role: Any) -> None:
        model = Model(stack, "Model", container=Container(image=IMAGE), role=role)
        expected = {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": URI}, "EnableNetworkIsolation": True}
        deployed(stack, model, expected)

    def test_an_archive_in_a_network(self, stack: Any, role: Any) -> None:
        model = Model(
            stack,
            "Model",
            container=Container(
                image=registry_image(stack),
                artifact=file_at("models/m.tar.gz"),
                environment={"SAGEMAKER_PROGRAM": "inference.py"},
                hostname="serving",
            ),
            network=Network(stack, "Network"),
            network_isolation=False,
            role=role,
        )
        expected = {
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": {
                "ContainerHostname": "serving",
                "Image": "registry.example.com/serving:1",
                "ImageConfig": {
                    "RepositoryAccessMode": "Vpc",
                    "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": REGISTRY},
                },
                "ModelDataUrl": "s3://b/models/m.tar.gz",
                "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
            },
            "EnableNetworkIsolation": False,
            "VpcConfig": NETWORK,
        }
        deployed(stack, model, expected)

    def test_a_folder_of_a_private_hub_under_its_licence(self, stack: Any, role: Any) -> None:
        artifact = ModelArtifact.from_prefix(at("llama"), accept_eula=True, hub_content_arn=HUB)
        model = Model(stack, "Model", container=Container(image=IMAGE, artifact=artifact), role=role)
        source = {
            "S3Uri": "s3://b/llama/",
            "S3DataType": "S3Prefix",
            "CompressionType": "None",
            "ModelAccessConfig": {"AcceptEula": True},
            "HubAccessConfig": {"HubContentArn": HUB},
        }
        expected = {
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": {"Image": URI, "ModelDataSource": {"S3DataSource": source}},
            "EnableNetworkIsolation": True,
        }
        deployed(stack, model, expected)

    @pytest.mark.parametrize(
        ("artifact", "key", "compression"),
        [
            (ModelArtifact.from_archive(file_at("m.tar.gz")), "m.tar.gz", "Gzip"),
            (ModelArtifact.from_object(file_at("m.bin")), "m.bin", "None"),
        ],
    )
    def test_one_object_through_a_data_source(
        self, stack: Any, role: Any, artifact: ModelArtifact, key: str, compression: str
    ) -> None:
        model = Model(stack, "Model", container=Container(image=IMAGE, artifact=artifact), role=role)
        source = {"S3Uri": f"s3://b/{key}", "S3DataType": "S3Object", "CompressionType": compression}
        expected = {
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": {"Image": URI, "ModelDataSource": {"S3DataSource": source}},
            "EnableNetworkIsolation": True,
        }
        deployed(stack, model, expected)

    def test_a_version_of_a_registry(self, stack: Any, role: Any) -> None:
        container = Container.from_model_package(PACKAGE, environment={"A": "b"}, inference_specification="small")
        expected = {
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": {
                "ModelPackageName": PACKAGE,
                "InferenceSpecificationName": "small",
                "Environment": {"A": "b"},
            },
            "EnableNetworkIsolation": True,
        }
        deployed(stack, Model(stack, "Model", container=container, role=role), expected)


class TestMultiModel:
    @pytest.mark.parametrize(("cache", "setting"), [(True, "Enabled"), (False, "Disabled")])
    def test_many_models(self, stack: Any, role: Any, cache: bool, setting: str) -> None:
        model = MultiModel(
            stack, "Model", container=Container(image=IMAGE), models=at("models"), cache=cache, role=role
        )
        expected = {
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": {
                "Image": URI,
                "Mode": "MultiModel",
                "ModelDataUrl": "s3://b/models/",
                "MultiModelConfig": {"ModelCacheSetting": setting},
            },
            "EnableNetworkIsolation": True,
        }
        deployed(stack, model, expected)


class TestSeveralContainers:
    def test_a_pipeline_with_a_multi_model_container(self, stack: Any, role: Any) -> None:
        model = PipelineModel(
            stack,
            "Model",
            containers=[
                Container(image=registry_image(stack), hostname="features", environment={"A": "b"}),
                Container(image=IMAGE, artifact=ModelArtifact.from_models(at("models")), hostname="predict"),
                Container.from_model_package(PACKAGE, hostname="labels", inference_specification="small"),
            ],
            network=Network(stack, "Network"),
            role=role,
        )
        expected = {
            "ExecutionRoleArn": ROLE,
            "Containers": [
                {
                    "ContainerHostname": "features",
                    "Image": "registry.example.com/serving:1",
                    "ImageConfig": {
                        "RepositoryAccessMode": "Vpc",
                        "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": REGISTRY},
                    },
                    "Environment": {"A": "b"},
                },
                {
                    "ContainerHostname": "predict",
                    "Image": URI,
                    "Mode": "MultiModel",
                    "ModelDataUrl": "s3://b/models/",
                    "MultiModelConfig": {"ModelCacheSetting": "Enabled"},
                },
                {"ContainerHostname": "labels", "ModelPackageName": PACKAGE, "InferenceSpecificationName": "small"},
            ],
            "InferenceExecutionConfig": {"Mode": "Serial"},
            "EnableNetworkIsolation": True,
            "VpcConfig": NETWORK,
        }
        deployed(stack, model, expected)

    def test_containers_called_one_by_one(self, stack: Any, role: Any) -> None:
        model = MultiContainerModel(
            stack,
            "Model",
            containers={
                "resnet": Container(image=IMAGE, artifact=file_at("resnet.tar.gz")),
                "bert": Container(image=IMAGE, artifact=at("bert")),
            },
            role=role,
        )
        folder = {"S3Uri": "s3://b/bert/", "S3DataType": "S3Prefix", "CompressionType": "None"}
        expected = {
            "ExecutionRoleArn": ROLE,
            "Containers": [
                {"ContainerHostname": "resnet", "Image": URI, "ModelDataUrl": "s3://b/resnet.tar.gz"},
                {"ContainerHostname": "bert", "Image": URI, "ModelDataSource": {"S3DataSource": folder}},
            ],
            "InferenceExecutionConfig": {"Mode": "Direct"},
            "EnableNetworkIsolation": True,
        }
        deployed(stack, model, expected)


class TestInAWorkflow:
    """What CloudFormation does not know, and what only a running workflow has."""

    def test_all_that_one_container_may_have(self, stack: Any, role: Any) -> None:
        step = CreateModelStep(
            stack,
            "Make",
            container=Container(
                image=IMAGE,
                artifact=everything(),
                additional_artifacts={"draft": everything()},
                metrics=MetricsEndpoint(path="/server/metrics", publish_frequency_in_seconds=10),
            ),
            role=role,
            tags={"team": "vision"},
        )
        expected = {
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": {
                "Image": URI,
                "ModelDataSource": {"S3DataSource": EVERYTHING_OF_A_SOURCE},
                "AdditionalModelDataSources": [{"ChannelName": "draft", "S3DataSource": EVERYTHING_OF_A_SOURCE}],
                "ContainerMetricsConfig": {
                    "MetricsEndpoints": [
                        {"MetricsEndpointPath": "/server/metrics", "MetricPublishFrequencyInSeconds": 10}
                    ]
                },
            },
            "EnableNetworkIsolation": True,
            "Tags": [{"Key": "team", "Value": "vision"}],
        }
        asked(stack, step, expected)

    def test_all_that_containers_of_a_pipeline_may_have(self, stack: Any, role: Any) -> None:
        rich = Container(
            image=IMAGE,
            artifact=everything(),
            additional_artifacts={"draft": everything()},
            metrics=MetricsEndpoint(publish_frequency_in_seconds=300),
        )
        step = CreateModelStep(stack, "Make", container=[rich, Container(image=IMAGE)], role=role)
        expected = {
            "ExecutionRoleArn": ROLE,
            "Containers": [
                {
                    "Image": URI,
                    "ModelDataSource": {"S3DataSource": EVERYTHING_OF_A_SOURCE},
                    "AdditionalModelDataSources": [{"ChannelName": "draft", "S3DataSource": EVERYTHING_OF_A_SOURCE}],
                    "ContainerMetricsConfig": {
                        "MetricsEndpoints": [
                            {"MetricsEndpointPath": "/metrics", "MetricPublishFrequencyInSeconds": 300}
                        ]
                    },
                },
                {"Image": URI},
            ],
            "InferenceExecutionConfig": {"Mode": "Serial"},
            "EnableNetworkIsolation": True,
        }
        asked(stack, step, expected)

    def test_what_a_job_has_left_as_an_archive_and_as_a_folder(self, stack: Any, role: Any) -> None:
        step = CreateModelStep(
            stack,
            "Make",
            container={
                "packed": Container(image=IMAGE, artifact=LEFT),
                "loose": Container(image=IMAGE, artifact=ModelArtifact.from_prefix(LEFT)),
            },
            role=role,
        )
        place = "$states.input.Train.ModelArtifacts.S3ModelArtifacts"
        folder = {
            "S3Uri": rf"{{% $replace({place}, /([^\/])$/, '$1/') %}}",
            "S3DataType": "S3Prefix",
            "CompressionType": "None",
        }
        expected = {
            "ExecutionRoleArn": ROLE,
            "Containers": [
                {"ContainerHostname": "packed", "Image": URI, "ModelDataUrl": f"{{% {place} %}}"},
                {"ContainerHostname": "loose", "Image": URI, "ModelDataSource": {"S3DataSource": folder}},
            ],
            "InferenceExecutionConfig": {"Mode": "Direct"},
            "EnableNetworkIsolation": True,
        }
        asked(stack, step, expected)

    def test_trap_38_a_product_of_the_marketplace(self, stack: Any, role: Any) -> None:
        container = Container.from_model_package(ModelPackage.from_marketplace_arn(PRODUCT))
        expected = {
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": {"ModelPackageName": PRODUCT},
            "EnableNetworkIsolation": True,
        }
        asked(stack, CreateModelStep(stack, "Make", container=container, role=role), expected)
