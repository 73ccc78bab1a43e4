"""SageMaker and its runtime on the embedded AWS: what it makes, and the words of what it refuses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.test_emulator_support import (
    ACCOUNT,
    ARTIFACT,
    BUCKET,
    IMAGE,
    PULL,
    STORE,
    World,
    refusal,
    variant,
    wait_for,
    world,
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.model("base")
        yield account


class TestContract:
    def test_fails_with_every_problem_at_once(self, here: World) -> None:
        words = refusal(here.config, "a_b", variant("blue", "base", InstanceType="ml.g5.xlarg"))

        assert "2 validation errors detected" in words
        assert "EndpointConfigName must match the pattern" in words
        assert "ProductionVariants[0].InstanceType must be one of" in words
        assert "ml.g5.xlarge" in words

    def test_fails_for_an_operation_that_is_not_there_yet(self, here: World) -> None:
        assert "Search is not part of the embedded AWS yet" in refusal(here.sagemaker.search, Resource="TrainingJob")


class TestModel:
    def test_describes_what_was_created(self, here: World) -> None:
        described = here.sagemaker.describe_model(ModelName="base")

        assert described["ModelArn"] == f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/base"
        assert described["PrimaryContainer"]["ModelDataUrl"] == ARTIFACT
        assert "VpcConfig" not in described

    def test_fails_for_a_second_of_the_same_name(self, here: World) -> None:
        assert f'already existing model "arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/base"' in refusal(
            here.model, "base"
        )

    def test_fails_without_the_artifact(self, here: World) -> None:
        container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/models/none.tar.gz"}
        words = refusal(here.model, "m", PrimaryContainer=container)

        assert f"CreateModel: Could not find model data at s3://{BUCKET}/models/none.tar.gz." in words

    def test_fails_with_both_kinds_of_container(self, here: World) -> None:
        words = refusal(here.model, "m", Containers=[{"Image": IMAGE}, {"Image": IMAGE}])

        assert "must have either PrimaryContainer or Containers, got both" in words

    def test_fails_for_a_role_that_is_not_there(self, here: World) -> None:
        role = f"arn:aws:iam::{ACCOUNT}:role/nobody"

        assert f"could not assume role {role}, which does not exist" in refusal(here.model, "m", ExecutionRoleArn=role)

    def test_fails_for_a_role_that_does_not_trust_sagemaker(self, here: World) -> None:
        statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = here.make_role("other-trust", STORE, {"Version": "2012-10-17", "Statement": [statement]})

        assert "does not let that principal in" in refusal(here.model, "m", ExecutionRoleArn=role)

    def test_takes_a_trust_limited_to_the_account(self, here: World) -> None:
        condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        principal = {"Service": "sagemaker.amazonaws.com"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}
        role = here.make_role("own-account", [*PULL, *STORE], {"Version": "2012-10-17", "Statement": [statement]})

        here.model("of-own-account", ExecutionRoleArn=role)

    @pytest.mark.parametrize(
        ("name", "statements", "action"),
        [
            ("no-pull", STORE, "ecr:GetAuthorizationToken"),
            ("no-repository", [PULL[0], *STORE], "ecr:BatchGetImage"),
            ("no-read", PULL, "s3:GetObject"),
        ],
    )
    def test_fails_for_a_role_that_may_not(self, here: World, name: str, statements: Any, action: str) -> None:
        role = here.make_role(name, statements)
        words = refusal(here.model, "m", ExecutionRoleArn=role)

        assert "CreateModel: " in words
        assert f'role {role} is not allowed "{action}" on ' in words

    def test_fails_for_a_role_that_may_not_use_the_key_of_the_bucket(self, here: World) -> None:
        s3, kms = here.aws.client("s3"), here.aws.client("kms")
        key = kms.create_key()["KeyMetadata"]["Arn"]
        s3.create_bucket(Bucket="sealed")
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        s3.put_bucket_encryption(Bucket="sealed", ServerSideEncryptionConfiguration={"Rules": [rule]})
        s3.put_object(Bucket="sealed", Key="m.tar.gz", Body=b"content")
        read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::sealed/*"}
        use = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key}
        container = {"Image": IMAGE, "ModelDataUrl": "s3://sealed/m.tar.gz"}
        without = here.make_role("without-key", [*PULL, read])
        words = refusal(here.model, "m", ExecutionRoleArn=without, PrimaryContainer=container)

        assert f'is not allowed "kms:Decrypt" on {key}' in words
        with_key = here.make_role("with-key", [*PULL, read, use])
        here.model("sealed", ExecutionRoleArn=with_key, PrimaryContainer=container)

    def test_fails_for_a_network_that_is_not_there(self, here: World) -> None:
        network = {"Subnets": ["subnet-0"], "SecurityGroupIds": ["sg-0"]}

        assert "CreateModel: the subnet 'subnet-0' does not exist." in refusal(here.model, "m", VpcConfig=network)


class TestEndpointConfig:
    def test_fails_for_a_model_that_is_not_there(self, here: World) -> None:
        arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/none"

        assert f'Could not find model "{arn}".' in refusal(here.config, "c", variant("blue", "none"))

    def test_fails_for_two_variants_of_one_name(self, here: World) -> None:
        words = refusal(here.config, "c", variant("blue", "base"), variant("blue", "base"))

        assert "c has several variants named blue" in words

    def test_fails_for_a_variant_of_no_capacity(self, here: World) -> None:
        words = refusal(here.config, "c", {"VariantName": "blue", "ModelName": "base"})

        assert "must have exactly one of InstanceType and ServerlessConfig, got neither" in words

    def test_fails_while_an_endpoint_uses_it(self, here: World) -> None:
        here.endpoint("used", variant("blue", "base"))
        words = refusal(here.sagemaker.delete_endpoint_config, EndpointConfigName="used")

        assert 'cannot delete endpoint configuration "' in words
        assert "endpoint/used" in words

    def test_fails_for_a_capture_that_the_model_may_not_write(self, here: World) -> None:
        role = here.make_role("reads-only", [*PULL, {**STORE[0], "Action": ["s3:GetObject"]}])
        here.model("reads-only", ExecutionRoleArn=role)
        capture = {
            "EnableCapture": True,
            "InitialSamplingPercentage": 10,
            "DestinationS3Uri": f"s3://{BUCKET}/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        }
        words = refusal(here.config, "c", variant("blue", "reads-only"), DataCaptureConfig=capture)

        assert f'role {role} is not allowed "s3:PutObject"' in words


class TestEndpoint:
    def test_comes_into_service_with_its_variants(self, here: World) -> None:
        here.config("first", variant("blue", "base", InitialInstanceCount=2, InitialVariantWeight=9))
        here.sagemaker.create_endpoint(EndpointName="first", EndpointConfigName="first")

        assert here.sagemaker.describe_endpoint(EndpointName="first")["EndpointStatus"] == "Creating"
        shown = here.settled("first")["ProductionVariants"][0]
        assert (shown["CurrentInstanceCount"], shown["DesiredInstanceCount"], shown["CurrentWeight"]) == (2, 2, 9)
        assert "InstanceType" not in shown
        found = here.sagemaker.list_endpoints(NameContains="FIRST", StatusEquals="InService")["Endpoints"]
        assert [endpoint["EndpointName"] for endpoint in found] == ["first"]

    def test_fails_for_a_name_that_differs_in_case_only(self, here: World) -> None:
        here.endpoint("Cased", variant("blue", "base"))
        words = refusal(here.sagemaker.create_endpoint, EndpointName="cased", EndpointConfigName="Cased")

        assert "Cannot create already existing endpoint" in words

    def test_fails_for_one_that_is_not_there(self, here: World) -> None:
        words = refusal(here.sagemaker.describe_endpoint, EndpointName="none")

        assert f'Could not find endpoint "arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/none".' in words

    def test_fails_without_its_configuration(self, here: World) -> None:
        words = refusal(here.sagemaker.create_endpoint, EndpointName="e", EndpointConfigName="none")

        assert 'Could not find endpoint configuration "' in words

    def test_fails_to_update_before_it_is_in_service(self, here: World) -> None:
        here.config("early", variant("blue", "base"))
        here.sagemaker.create_endpoint(EndpointName="early", EndpointConfigName="early")
        words = refusal(here.sagemaker.update_endpoint, EndpointName="early", EndpointConfigName="early")

        assert "Cannot update in-progress endpoint" in words

    @pytest.mark.parametrize(
        ("retain", "excluded", "count", "weight"),
        [(False, [], 1, 1), (True, [], 4, 3), (True, ["DesiredInstanceCount"], 1, 3), (True, ["DesiredWeight"], 4, 1)],
    )
    def test_keeps_what_an_update_retains(
        self, here: World, retain: bool, excluded: list[str], count: int, weight: int
    ) -> None:
        name = f"kept-{count}-{weight}"
        here.endpoint(name, variant("blue", "base"))
        here.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=name,
            DesiredWeightsAndCapacities=[{"VariantName": "blue", "DesiredWeight": 3, "DesiredInstanceCount": 4}],
        )
        here.config(f"{name}-next", variant("blue", "base"))
        here.sagemaker.update_endpoint(
            EndpointName=name,
            EndpointConfigName=f"{name}-next",
            RetainAllVariantProperties=retain,
            ExcludeRetainedVariantProperties=[{"VariantPropertyType": kind} for kind in excluded],
        )

        shown = here.settled(name)["ProductionVariants"][0]
        assert (shown["DesiredInstanceCount"], shown["DesiredWeight"]) == (count, weight)

    def test_carries_tags(self, here: World) -> None:
        arn = here.endpoint("tagged", variant("blue", "base"))["EndpointArn"]
        here.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        here.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["a"])

        assert here.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


class TestOtherNouns:
    def test_live_by_the_model_alone(self, here: World) -> None:
        here.sagemaker.create_mlflow_tracking_server(
            TrackingServerName="runs", ArtifactStoreUri=f"s3://{BUCKET}/runs", RoleArn=here.role
        )
        name = {"TrackingServerName": "runs"}
        wait_for(
            lambda: here.sagemaker.describe_mlflow_tracking_server(**name)["TrackingServerStatus"],
            lambda status: status == "Created",
        )
        here.sagemaker.stop_mlflow_tracking_server(**name)
        wait_for(
            lambda: here.sagemaker.describe_mlflow_tracking_server(**name)["TrackingServerStatus"],
            lambda status: status == "Stopped",
        )
        here.sagemaker.delete_mlflow_tracking_server(**name)
        assert not here.sagemaker.list_mlflow_tracking_servers()["TrackingServerSummaries"]

    def test_come_in_pages(self, here: World) -> None:
        for index in range(5):
            here.sagemaker.create_model_package_group(ModelPackageGroupName=f"group-{index}")
        pages = here.sagemaker.get_paginator("list_model_package_groups").paginate(
            SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 2}
        )
        found = [group["ModelPackageGroupName"] for page in pages for group in page["ModelPackageGroupSummaryList"]]
        assert found == [f"group-{index}" for index in range(5)]


class TestInvocation:
    def test_answers_from_a_variant_by_weight(self, here: World) -> None:
        here.endpoint(
            "answers", variant("blue", "base", InitialVariantWeight=0), variant("green", "base", InitialVariantWeight=5)
        )
        runtime = here.aws.client("sagemaker-runtime")
        answers = [runtime.invoke_endpoint(EndpointName="answers", Body=b"12345") for _ in range(5)]

        assert {answer["InvokedProductionVariant"] for answer in answers} == {"green"}
        assert json.loads(answers[0]["Body"].read()) == {"endpoint": "answers", "variant": "green", "bytes": 5}
        asked = runtime.invoke_endpoint(EndpointName="answers", Body=b"", TargetVariant="blue")
        assert asked["InvokedProductionVariant"] == "blue"

    def test_fails_for_an_endpoint_that_is_not_there(self, here: World) -> None:
        runtime = here.aws.client("sagemaker-runtime")
        words = refusal(runtime.invoke_endpoint, EndpointName="none", Body=b"")

        assert (
            f"(ValidationError) when calling the InvokeEndpoint operation: Endpoint none of account {ACCOUNT}" in words
        )
