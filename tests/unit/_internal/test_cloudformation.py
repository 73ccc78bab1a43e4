"""What CloudFormation lacks is read from the L1 classes."""

from typing import Any

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
