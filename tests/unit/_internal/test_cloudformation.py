"""What CloudFormation lacks is read from the L1 classes."""

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from constructs_lib._internal.cloudformation import beyond_cloudformation

LACKING = {"ManifestS3Uri": "s3://b/m.csv", "ETag": "1", "ManifestEtag": "2"}


def lacking(members: dict[str, Any]) -> list[str]:
    from aws_cdk import aws_sagemaker as sagemaker

    return beyond_cloudformation(sagemaker.CfnModel, members)


def test_knows_what_the_l1_has() -> None:
    source = {"S3Uri": "s3://b/m/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    container = {"Image": "a", "Environment": {"AnyName": "x"}, "ModelDataSource": {"S3DataSource": source}}
    assert lacking({"PrimaryContainer": container, "VpcConfig": {"Subnets": [], "SecurityGroupIds": []}}) == []


def test_names_each_member_that_it_lacks() -> None:
    container = {"Image": "a", "ContainerMetricsConfig": {}, "ModelDataSource": {"S3DataSource": LACKING}}
    source = "ModelDataSource.S3DataSource"
    assert lacking({"PrimaryContainer": container, "New": 1}) == [
        "PrimaryContainer.ContainerMetricsConfig",
        f"PrimaryContainer.{source}.ManifestS3Uri",
        f"PrimaryContainer.{source}.ETag",
        f"PrimaryContainer.{source}.ManifestEtag",
        "New",
    ]


def test_looks_into_lists() -> None:
    containers = [{"Image": "a"}, {"Image": "a", "AdditionalModelDataSources": []}]
    assert lacking({"Containers": containers}) == ["Containers[1].AdditionalModelDataSources"]


def whole(shape: Any, depth: int = 0) -> Any:
    """A request with each member that *shape* has."""
    if shape.type_name == "structure":
        return {name: whole(member, depth + 1) for name, member in shape.members.items()} if depth < 9 else {}
    return [whole(shape.member, depth + 1)] if shape.type_name == "list" else "x"


@pytest.mark.parametrize(
    ("operation", "resource", "members"),
    [
        (
            "CreateModel",
            "CfnModel",
            {"AdditionalModelDataSources", "ContainerMetricsConfig", "ETag", "ManifestEtag", "ManifestS3Uri"},
        ),
        ("CreateEndpointConfig", "CfnEndpointConfig", {"AcceleratorPartitionLayouts", "CrossRegionTrafficConfig"}),
        ("CreateEndpoint", "CfnEndpoint", set()),
        ("CreateInferenceComponent", "CfnInferenceComponent", {"AcceleratorPartitionType"}),
        ("CreateFeatureGroup", "CfnFeatureGroup", {"CollectionConfig", "CollectionType"}),
    ],
)
def test_decision_15_names_all_that_cloudformation_lacks(operation: str, resource: str, members: set[str]) -> None:
    """When this fails the CDK has a member more, or botocore has: take it into the construct, or into the page."""
    from aws_cdk import aws_sagemaker as sagemaker

    model = Loader().load_service_model("sagemaker", "service-2")
    shape = ServiceModel(model).operation_model(operation).input_shape
    # Two members of one specification that have no meaning among several: the key of each, and an adapter's base.
    meaningless = {"Specification.InstanceType", "Specifications[0].BaseInferenceComponentName"}
    found = set(beyond_cloudformation(getattr(sagemaker, resource), whole(shape))) - meaningless
    assert {path.rpartition(".")[2] for path in found} == members
