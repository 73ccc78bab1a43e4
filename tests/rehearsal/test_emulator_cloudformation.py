"""Stacks on the embedded AWS: plain templates, no CDK."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import aws_sagemaker
from botocore.exceptions import ClientError

from constructs_lib.contract import service_model
from constructs_lib.rehearsal.emulator.cfn_types import SAGEMAKER_TYPES
from tests.rehearsal.test_emulator_support import ARTIFACT, IMAGE, Stack, World, made, world

Template = dict[str, Any]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def serving(role: str, *, count: int = 1, image: str = IMAGE, **endpoint: Any) -> Template:
    container = {"Image": image, "ModelDataUrl": ARTIFACT}
    variant = {
        "VariantName": "blue",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InstanceType": "ml.g5.xlarge",
        # A template may spell a number as a string.
        "InitialInstanceCount": str(count),
        "InitialVariantWeight": 1,
    }
    config = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    resource = {"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/blue"}
    tracking = {
        "TargetValue": 600,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
    }
    return {
        "Model": made("SageMaker::Model", ExecutionRoleArn=role, PrimaryContainer=container),
        "Config": made("SageMaker::EndpointConfig", ProductionVariants=[variant]),
        "Endpoint": made("SageMaker::Endpoint", EndpointConfigName=config, **endpoint),
        "Target": made(
            "ApplicationAutoScaling::ScalableTarget",
            ServiceNamespace="sagemaker",
            ScalableDimension="sagemaker:variant:DesiredInstanceCount",
            ResourceId=resource,
            MinCapacity=1,
            MaxCapacity="4",
            ScheduledActions=[
                {
                    "ScheduledActionName": "night",
                    "Schedule": "cron(0 20 * * ? *)",
                    "ScalableTargetAction": {"MaxCapacity": 2},
                }
            ],
        ),
        "Policy": made(
            "ApplicationAutoScaling::ScalingPolicy",
            PolicyName="calls",
            PolicyType="TargetTrackingScaling",
            ScalingTargetId={"Ref": "Target"},
            TargetTrackingScalingPolicyConfiguration=tracking,
        ),
    }


def name_of(here: World, endpoint_arn: str) -> str:
    """The name of an endpoint, which its ARN holds in lower case."""
    endpoints = here.sagemaker.list_endpoints()["Endpoints"]
    return {each["EndpointArn"]: str(each["EndpointName"]) for each in endpoints}[endpoint_arn]


class TestServing:
    def test_is_created_updated_in_place_and_deleted(self, here: World) -> None:
        stack = Stack(here, "serving")
        assert stack.create(serving(here.role)) == "CREATE_COMPLETE", stack.reasons()
        before = stack.physical_ids()
        endpoint = name_of(here, before["Endpoint"])

        assert endpoint.startswith("serving-Endpoint-")
        # SageMaker writes names into ARNs in lower case.
        assert before["Model"].startswith("arn:aws:sagemaker:us-east-1:123456789012:model/serving-model-")
        assert before["Target"] == (
            f"endpoint/{endpoint}/variant/blue|sagemaker:variant:DesiredInstanceCount|sagemaker"
        )
        assert ":scalingPolicy:" in before["Policy"]
        assert here.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointStatus"] == "InService"

        assert stack.update(serving(here.role, count=2)) == "UPDATE_COMPLETE", stack.reasons()
        after = stack.physical_ids()
        changed = {name for name in before if before[name] != after[name]}
        shown = here.sagemaker.describe_endpoint(EndpointName=endpoint)
        assert changed == {"Config"}
        assert shown["ProductionVariants"][0]["DesiredInstanceCount"] == 2
        assert shown["EndpointConfigName"].lower() == after["Config"].rpartition("/")[2]
        configs = here.sagemaker.list_endpoint_configs(NameContains="serving-")["EndpointConfigs"]
        assert [config["EndpointConfigArn"] for config in configs] == [after["Config"]]

        assert stack.delete() == "DELETE_COMPLETE"
        assert not here.sagemaker.list_endpoints(NameContains="serving-")["Endpoints"]
        assert not here.sagemaker.list_models(NameContains="serving-")["Models"]
        scaling = here.aws.client("application-autoscaling")
        assert not scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
        assert not here.aws.client("cloudwatch").describe_alarms()["MetricAlarms"]

    def test_changes_tags_in_place(self, here: World) -> None:
        stack = Stack(here, "tagged")
        assert stack.create(serving(here.role, Tags=[{"Key": "a", "Value": "1"}])) == "CREATE_COMPLETE"
        before = stack.physical_ids()
        assert stack.update(serving(here.role, Tags=[{"Key": "b", "Value": "2"}])) == "UPDATE_COMPLETE"

        assert stack.physical_ids() == before
        tags = here.sagemaker.list_tags(ResourceArn=before["Endpoint"])["Tags"]
        assert tags == [{"Key": "b", "Value": "2"}]
        stack.delete()

    def test_takes_what_only_an_update_takes(self, here: World) -> None:
        stack = Stack(here, "retains")
        assert stack.create(serving(here.role, RetainAllVariantProperties=True)) == "CREATE_COMPLETE", stack.reasons()
        assert stack.update(serving(here.role, count=3, RetainAllVariantProperties=True)) == "UPDATE_COMPLETE"

        name = name_of(here, stack.physical_ids()["Endpoint"])
        shown = here.sagemaker.describe_endpoint(EndpointName=name)
        assert shown["ProductionVariants"][0]["DesiredInstanceCount"] == 1
        stack.delete()

    def test_fails_with_operation_resource_and_reason(self, here: World) -> None:
        stack = Stack(here, "refused")
        image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/other:1"

        assert stack.create(serving(here.role, image=image)) == "ROLLBACK_COMPLETE"
        reasons = stack.reasons()
        assert 'CreateModel of Model (model "refused-Model-' in reasons
        assert '"ecr:BatchGetImage" on arn:aws:ecr:us-east-1:123456789012:repository/other' in reasons

    def test_fails_for_a_property_that_the_api_does_not_know(self, here: World) -> None:
        stack = Stack(here, "misspelled")
        resources = {"Model": made("SageMaker::Model", ExecutionRoleArn=here.role, PrimaryContainr={})}

        assert stack.create(resources) == "ROLLBACK_COMPLETE"
        assert "PrimaryContainr is not a member that the API knows; did you mean PrimaryContainer?" in stack.reasons()

    def test_fails_to_replace_what_has_a_name_of_its_own(self, here: World) -> None:
        stack = Stack(here, "named")
        container = {"Image": IMAGE}
        model = made("SageMaker::Model", ModelName="mine", ExecutionRoleArn=here.role, PrimaryContainer=container)
        assert stack.create({"Model": model}) == "CREATE_COMPLETE"
        other = made(
            "SageMaker::Model",
            ModelName="mine",
            ExecutionRoleArn=here.role,
            PrimaryContainer={**container, "Environment": {"A": "1"}},
        )

        assert stack.update({"Model": other}) == "UPDATE_ROLLBACK_COMPLETE"
        assert "a custom-named resource requires replacing. Rename mine" in stack.reasons()

    def test_fails_for_a_property_that_only_an_update_takes_and_refuses(self, here: World) -> None:
        stack = Stack(here, "half-right")

        assert stack.create(serving(here.role, RetainAllVariantProperties="perhaps")) == "ROLLBACK_COMPLETE"
        assert "RetainAllVariantProperties must be a boolean, got 'perhaps'" in stack.reasons()


class TestTypes:
    def test_are_those_of_cloudformation(self) -> None:
        known = {
            name.removeprefix("Cfn") for name in vars(aws_sagemaker) if re.fullmatch("Cfn[A-Za-z]+(?<!Props)", name)
        }
        created = {name.removeprefix("Create") for name in service_model("sagemaker").operation_names}

        assert known & created == SAGEMAKER_TYPES

    def test_fails_for_a_job_that_has_no_type(self, here: World) -> None:
        with pytest.raises(ClientError, match="Unrecognized resource types"):
            Stack(here, "job").create({"It": made("SageMaker::TrainingJob")})

    def test_replaces_where_even_tags_are_create_only(self, here: World) -> None:
        def group(value: str) -> Template:
            features = [{"FeatureName": name, "FeatureType": "String"} for name in ("id", "time")]
            return {
                "Group": made(
                    "SageMaker::FeatureGroup",
                    FeatureGroupName=f"features-{value}",
                    RecordIdentifierFeatureName="id",
                    EventTimeFeatureName="time",
                    FeatureDefinitions=features,
                    OnlineStoreConfig={"EnableOnlineStore": True},
                    Tags=[{"Key": "a", "Value": "1"}],
                )
            }

        stack = Stack(here, "features")
        assert stack.create(group("one")) == "CREATE_COMPLETE", stack.reasons()
        assert stack.physical_ids()["Group"] == "features-one"
        same_name = group("one")
        same_name["Group"]["Properties"]["Tags"] = []
        assert stack.update(same_name) == "UPDATE_ROLLBACK_COMPLETE"
        assert "requires replacing. Rename features-one" in stack.reasons()
        assert stack.update(group("two")) == "UPDATE_COMPLETE", stack.reasons()
        assert stack.physical_ids()["Group"] == "features-two"
        assert stack.delete() == "DELETE_COMPLETE"
        assert not here.sagemaker.list_feature_groups()["FeatureGroupSummaries"]


class TestRehearsal:
    def test_fails_for_a_type_that_it_does_not_know(self, here: World) -> None:
        stack = Stack(here, "unknown")
        with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Nothing::Known\]"):
            stack.create({"It": made("Nothing::Known")})

    def test_reports_each_type_that_was_made(self, here: World) -> None:
        stack = Stack(here, "reported")
        stack.create({"Meta": {"Type": "AWS::CDK::Metadata"}, "Topic": made("SNS::Topic")})

        types = here.aws.resources()
        assert types["AWS::CDK::Metadata"] == "accepted"
        assert types["AWS::SNS::Topic"] == "created"
        assert types["AWS::SageMaker::Model"] == "created"

    def test_fills_a_bucket_as_soon_as_it_is_there(self, here: World, tmp_path: Path) -> None:
        file = tmp_path / "m.tar.gz"
        file.write_bytes(b"weights")
        here.aws.seed({"seeded": {"Store": {"models/m.tar.gz": file}}})
        stack = Stack(here, "seeded")
        stack.create({"Store": made("S3::Bucket")})

        bucket = stack.physical_ids()["Store"]
        body = here.aws.client("s3").get_object(Bucket=bucket, Key="models/m.tar.gz")["Body"]
        assert body.read() == b"weights"


class TestBucket:
    def test_fails_to_go_while_it_holds_an_object(self, here: World) -> None:
        stack, s3 = Stack(here, "filled"), here.aws.client("s3")
        versions = {"VersioningConfiguration": {"Status": "Enabled"}}
        assert stack.create({"Store": made("S3::Bucket", **versions)}) == "CREATE_COMPLETE"
        bucket = stack.physical_ids()["Store"]
        s3.put_object(Bucket=bucket, Key="a", Body=b"content")

        assert stack.delete() == "DELETE_FAILED"
        assert "The bucket you tried to delete is not empty" in stack.reasons()
        assert "Error Code: BucketNotEmpty" in stack.reasons()
        # What is deleted leaves its version behind, and that counts.
        s3.delete_object(Bucket=bucket, Key="a")
        assert stack.delete() == "DELETE_FAILED"
        found = s3.list_object_versions(Bucket=bucket)
        for entry in (*found["Versions"], *found["DeleteMarkers"]):
            s3.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])
        assert stack.delete() == "DELETE_COMPLETE"
