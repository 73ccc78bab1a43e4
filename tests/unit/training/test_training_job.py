"""The training job and its role."""

from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    Channel,
    Cluster,
    ConfigurationError,
    ContainerImage,
    ExecutionRole,
    InstanceType,
    Network,
    TrainingJob,
)
from tests.templates import of_type, only, template_of

CHANNELS = ("train", "validation", "train_lst", "validation_lst")


@pytest.fixture
def store(stack: Any) -> ArtifactStore:
    return ArtifactStore(stack, "Store")


def job(stack: Any, store: ArtifactStore, id: str = "Train", **changes: Any) -> TrainingJob:
    arguments: dict[str, Any] = {
        "image": ContainerImage.built_in("image-classification"),
        "cluster": Cluster(instance_type=InstanceType("ml.p3.2xlarge"), count=2),
        "channels": [Channel.from_s3(name, store.location(f"data/{name}")) for name in CHANNELS],
        "hyperparameters": {"num_classes": 10},
        "output": store.location("models"),
    }
    return TrainingJob(stack, id, **(arguments | changes))


# The jobs above run on a type whose volumes take a key, as all newer ones with GPUs do not.
MODERN = Cluster(instance_type=InstanceType("ml.g4dn.xlarge"), count=2)


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


class TestRequest:
    def test_is_the_one_written_by_hand_from_the_api_reference(self, stack: Any, store: ArtifactStore) -> None:
        network = Network(stack, "Network")
        from aws_cdk import Duration

        rendered = stack.resolve(
            job(
                stack,
                store,
                metrics={"accuracy": "accuracy=([0-9.]+)"},
                max_runtime=Duration.hours(2),
                network=network,
            ).request
        )
        key = {"Fn::GetAtt": ["StoreKey7A3C02BD", "Arn"]}
        bucket = {"Ref": "StoreBucket4FBDE984"}
        assert rendered.pop("AlgorithmSpecification")["MetricDefinitions"] == [
            {"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}
        ]
        assert rendered.pop("InputDataConfig")[3] == {
            "ChannelName": "validation_lst",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": {"Fn::Join": ["", ["s3://", bucket, "/data/validation_lst/"]]},
                    "S3DataDistributionType": "FullyReplicated",
                }
            },
        }
        assert rendered == {
            "RoleArn": {"Fn::GetAtt": ["TrainRole2EAAD23F", "Arn"]},
            "OutputDataConfig": {"S3OutputPath": {"Fn::Join": ["", ["s3://", bucket, "/models/"]]}, "KmsKeyId": key},
            "ResourceConfig": {
                "InstanceType": "ml.p3.2xlarge",
                "InstanceCount": 2,
                "VolumeSizeInGB": 30,
                "VolumeKmsKeyId": key,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 7200},
            "EnableNetworkIsolation": False,
            "EnableInterContainerTrafficEncryption": True,
            "HyperParameters": {"num_classes": "10"},
            "VpcConfig": {
                "SecurityGroupIds": [{"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}],
                "Subnets": [
                    {"Fn::GetAtt": ["NetworkSubnet18D1B2567", "SubnetId"]},
                    {"Fn::GetAtt": ["NetworkSubnet29A0E8491", "SubnetId"]},
                ],
            },
        }

    def test_one_node_has_nobody_to_encrypt_for(self, stack: Any, store: ArtifactStore) -> None:
        alone = Cluster(instance_type=InstanceType("ml.p3.2xlarge"))
        assert job(stack, store, cluster=alone).request["EnableInterContainerTrafficEncryption"] is False

    def test_takes_numbers_that_are_known_at_deployment(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import CfnParameter

        number = CfnParameter(stack, "Count", type="Number").value_as_number
        late = Cluster(instance_type=InstanceType("ml.p3.2xlarge"), count=int(number), volume_gib=int(number))
        assert stack.resolve(job(stack, store, cluster=late).request["ResourceConfig"]["InstanceCount"]) == {
            "Ref": "Count"
        }

    @pytest.mark.parametrize("count", [1, 500])
    def test_takes_any_number_of_machines_that_the_api_takes(
        self, stack: Any, store: ArtifactStore, count: int
    ) -> None:
        job(stack, store, cluster=Cluster(instance_type=InstanceType("ml.p3.2xlarge"), count=count))


class TestRefusals:
    def test_fails_with_every_problem_at_once_in_the_words_of_the_caller(
        self, stack: Any, store: ArtifactStore
    ) -> None:
        with pytest.raises(ConfigurationError) as raised:
            job(
                stack,
                store,
                cluster=Cluster(instance_type=InstanceType("ml.p3.2xlarge"), volume_gib=-1),
                channels=[Channel.from_s3("train", store.location("a")), Channel.from_s3("train", store.location("b"))],
                hyperparameters={"long": "x" * 2501},
                metrics={"loss": "loss="},
            )
        text = str(raised.value)
        assert raised.value.subject == "Stack/Train"
        assert "channels must be unique, got 'train' more than once" in text
        assert "hyperparameters.long must be at most 2500 characters, got 2501" in text
        assert "cluster.volume_gib must be at least 0, got -1" in text
        assert "metrics['loss'] must have a group" in text

    def test_fails_on_a_size_that_the_family_does_not_have(self, stack: Any, store: ArtifactStore) -> None:
        with pytest.raises(ConfigurationError, match=r"cluster.instance_type .*ml\.g4dn\.xlarge"):
            job(stack, store, cluster=Cluster(instance_type=InstanceType("ml.g4dn.xlage")))

    def test_takes_a_family_that_the_api_model_does_not_know_yet(self, stack: Any, store: ArtifactStore) -> None:
        job(stack, store, cluster=Cluster(instance_type=InstanceType("ml.g99x.xlarge")))

    def test_trap_34_fails_on_more_than_40_metrics(self, stack: Any, store: ArtifactStore) -> None:
        with pytest.raises(ConfigurationError, match=r"metrics must .*40"):
            job(stack, store, metrics={f"m{number}": "([0-9.]+)" for number in range(41)})

    def test_trap_32_fails_on_more_than_100_hyperparameters(self, stack: Any, store: ArtifactStore) -> None:
        with pytest.raises(ConfigurationError, match=r"hyperparameters must .*100"):
            job(stack, store, hyperparameters={f"p{number}": 1 for number in range(101)})


class TestSlips:
    def test_fails_on_texts_where_objects_are_needed(self, stack: Any, store: ArtifactStore) -> None:
        slips = {
            "image": "image-classification",
            "cluster": "ml.p3.2xlarge",
            "output": "s3://bucket/models",
            "channels": None,
            "input_mode": "File",
            "max_runtime": 3600,
            "key": "arn:aws:kms:us-east-1:123456789012:key/1",
            "network": "vpc-1",
            "role": "arn:aws:iam::123456789012:role/trainer",
        }
        with pytest.raises(ConfigurationError) as raised:
            job(stack, store, **slips)
        assert [problem.partition(" must be ")[0] for problem in raised.value.problems] == list(slips)

    def test_fails_on_a_type_of_machine_that_is_text(self) -> None:
        with pytest.raises(ConfigurationError, match="instance_type must be such as InstanceType"):
            Cluster(instance_type="ml.p3.2xlarge")  # type: ignore[arg-type] -- the slip under test

    def test_fails_on_a_place_that_is_text(self) -> None:
        with pytest.raises(ConfigurationError, match="location must be such as store"):
            Channel.from_s3("train", "s3://bucket/data")  # type: ignore[arg-type] -- the slip under test

    def test_fails_on_a_step_without_a_list(self, stack: Any, store: ArtifactStore) -> None:
        from constructs_lib import TrainingWorkflow

        with pytest.raises(ConfigurationError, match="steps must be a list, got <"):
            TrainingWorkflow(stack, "Workflow", steps=job(stack, store))  # type: ignore[arg-type] -- the slip under test


class TestWarnings:
    def test_trap_37_warns_of_a_channel_that_the_algorithm_does_not_read(
        self, stack: Any, store: ArtifactStore
    ) -> None:
        channels = [Channel.from_s3(name, store.location("data")) for name in (*CHANNELS, "trian")]
        warned = job(stack, store, cluster=MODERN, channels=channels)
        (text,) = warnings_of(warned)
        assert "image-classification does not read a channel 'trian'; did you mean 'train'" in text
        assert "sagemaker-constructs:unknown-channel/trian" in text

    def test_trap_40_warns_of_a_retired_type(self, stack: Any, store: ArtifactStore) -> None:
        warned = job(stack, store, cluster=Cluster(instance_type=InstanceType("ml.p2.xlarge")))
        (text,) = warnings_of(warned)
        assert "ml.g4dn is the nearest living one" in text

    def test_says_nothing_of_what_is_right(self, stack: Any, store: ArtifactStore) -> None:
        assert warnings_of(job(stack, store, cluster=MODERN)) == []


class TestRole:
    def test_two_jobs_may_share_a_role_and_each_adds_its_own_policy(self, stack: Any, store: ArtifactStore) -> None:
        role = ExecutionRole(stack, "Role")
        job(stack, store, "One", role=role)
        job(stack, store, "Two", role=role)
        template = template_of(stack)
        assert len(of_type(template, "AWS::IAM::Role")) == 1
        policies = of_type(template, "AWS::IAM::ManagedPolicy").values()
        assert [policy["Roles"] for policy in policies] == [[{"Ref": "Role1ABCC5F0"}]] * 2

    def test_an_imported_role_gets_its_policy_too(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import aws_iam as iam

        role = iam.Role.from_role_arn(stack, "Imported", "arn:aws:iam::123456789012:role/path/trainer")
        job(stack, store, role=role)
        assert only(template_of(stack), "AWS::IAM::ManagedPolicy")["Roles"] == ["trainer"]

    def test_may_read_its_channels_and_write_its_output_only(self, stack: Any, store: ArtifactStore) -> None:
        job(stack, store)
        statements = only(template_of(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
        objects = {
            str(statement["Action"]): statement["Resource"]
            for statement in statements
            if str(statement["Action"]).startswith(("s3:", "['s3:"))
        }
        assert len(objects["s3:GetObject"]) == 4
        assert str(objects["['s3:AbortMultipartUpload', 's3:PutObject']"]).endswith("'/models/*']]}")

    def test_trap_14_may_have_the_disks_of_its_machines_opened_and_nothing_else(
        self, stack: Any, store: ArtifactStore
    ) -> None:
        from constructs_lib import DataKey

        key = DataKey(stack, "Other")
        request = job(stack, store, key=key).request
        statements = only(template_of(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
        (granting,) = (statement for statement in statements if statement["Action"] == "kms:CreateGrant")
        assert granting["Resource"] == stack.resolve(key.key_arn)
        assert granting["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        assert request["ResourceConfig"]["VolumeKmsKeyId"] == request["OutputDataConfig"]["KmsKeyId"] == key.key_arn

    def test_trap_15_lists_the_prefixes_that_it_reads_and_no_others(self, stack: Any, store: ArtifactStore) -> None:
        job(stack, store)
        statements = only(template_of(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
        (listing,) = (statement for statement in statements if statement["Action"] == "s3:ListBucket")
        prefixes = listing["Condition"]["StringLike"]["s3:prefix"]
        assert sorted(prefixes) == sorted(f"data/{name}/{end}" for name in CHANNELS for end in ("", "*"))

    def test_a_number_of_machines_known_at_deployment_counts_as_several(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import CfnParameter

        number = int(CfnParameter(stack, "Count", type="Number").value_as_number)
        late = Cluster(instance_type=InstanceType("ml.p3.2xlarge"), count=number)
        assert job(stack, store, cluster=late).request["EnableInterContainerTrafficEncryption"] is True
