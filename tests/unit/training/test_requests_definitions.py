"""What a training job asks for is what the jobs of a tuning job ask for, member by member."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib import (
    AutoParameter,
    CategoricalParameterRange,
    Channel,
    ConfigurationError,
    ContainerImage,
    ContinuousParameterRange,
    InstanceType,
    Network,
    OutputCompression,
    TuningDefinition,
    TuningInstanceConfig,
    TuningJob,
    TuningObjective,
)
from tests.unit.training.test_requests_training import CASES, expected, job_in

RANGES = {"swept": ContinuousParameterRange(min_value=0.1, max_value=0.9)}
METRIC = {"Name": "loss", "Regex": "loss=([0-9.]+)"}
# What HyperParameterTrainingJobDefinition has under the same name as CreateTrainingJob.
SHARED = (
    "RoleArn",
    "InputDataConfig",
    "VpcConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "StoppingCondition",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "CheckpointConfig",
    "RetryStrategy",
    "Environment",
)


def tuned(stack: Any, written: dict[str, Any]) -> dict[str, Any]:
    """The definition of a tuning job that launches the job of *written*, which reports a loss."""
    job = job_in(stack, **(written | {"metrics": {**written.get("metrics", {}), METRIC["Name"]: METRIC["Regex"]}}))
    definition = TuningDefinition(job=job, objective=TuningObjective.minimize("loss"), ranges=RANGES)
    rendered: dict[str, Any] = stack.resolve(TuningJob(stack, "Tune", definitions=[definition], max_jobs=2).request)
    launched: dict[str, Any] = rendered["TrainingJobDefinition"]
    return launched


# What a tuning job cannot pass on; each of these cases has some of it, and is refused with words of its own.
REFUSED = frozenset(
    {
        "metrics and what the container runs",
        "experiment, MLflow, TensorBoard and the registry",
        "Debugger with a rule of AWS's and one of your own",
        "profiler",
        "remote debugging, checked machines, chained sessions, isolation",
    }
)


@pytest.mark.parametrize(("name", "written", "changes"), CASES, ids=[case[0] for case in CASES])
def test_definition_holds_what_the_training_job_was_given_by_hand(
    stack: Any, name: str, written: Callable[[Any], dict[str, Any]], changes: dict[str, Any]
) -> None:
    if name in REFUSED:
        with pytest.raises(ConfigurationError, match="a tuning job"):
            tuned(stack, written(stack))
        return
    definition = tuned(stack, written(stack))
    by_hand = expected(**changes)
    assert {member: definition.get(member) for member in SHARED} == {member: by_hand.get(member) for member in SHARED}
    assert definition.get("StaticHyperParameters", {}) == by_hand.get("HyperParameters", {})
    assert METRIC in definition["AlgorithmSpecification"]["MetricDefinitions"]


def test_definition_holds_file_systems_and_the_network(stack: Any) -> None:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs

    group = ec2.SecurityGroup.from_security_group_id(stack, "Files", "sg-1")
    shared = efs.FileSystem.from_file_system_attributes(
        stack, "Shared", security_group=group, file_system_id="fs-12345678"
    )
    channels = [Channel.from_efs("shared", shared, "/data")]
    definition = tuned(stack, {"network": Network(stack, "Network"), "channels": channels})
    assert definition["InputDataConfig"][0]["DataSource"] == {
        "FileSystemDataSource": {
            "FileSystemId": "fs-12345678",
            "FileSystemType": "EFS",
            "FileSystemAccessMode": "ro",
            "DirectoryPath": "/data",
        }
    }
    assert definition["VpcConfig"] == {
        "SecurityGroupIds": [{"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}],
        "Subnets": [
            {"Fn::GetAtt": ["NetworkSubnet18D1B2567", "SubnetId"]},
            {"Fn::GetAtt": ["NetworkSubnet29A0E8491", "SubnetId"]},
        ],
    }


def test_definition_holds_a_data_set(stack: Any) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:hub-content/hub/DataSet/images/1.0.0"
    definition = tuned(stack, {"channels": [Channel.from_dataset("train", arn)]})
    assert definition["InputDataConfig"][0]["DataSource"] == {"DatasetSource": {"DatasetArn": arn}}


def test_definition_holds_environment_and_compression(stack: Any) -> None:
    definition = tuned(stack, {"environment": {"MODE": "fast"}, "output_compression": OutputCompression.NONE})
    assert definition["Environment"] == {"MODE": "fast"}
    assert definition["OutputDataConfig"] == {"S3OutputPath": "s3://bucket/models/", "CompressionType": "NONE"}


def test_definition_holds_an_algorithm_of_the_marketplace(stack: Any) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:algorithm/good"
    definition = tuned(stack, {"image": ContainerImage.from_marketplace(arn), "network_isolation": True})
    assert definition["AlgorithmSpecification"] == {
        "AlgorithmName": arn,
        "TrainingInputMode": "File",
        "MetricDefinitions": [METRIC],
    }


def test_two_definitions_have_machines_and_ranges_of_their_own(stack: Any) -> None:
    from aws_cdk import aws_kms as kms

    metrics = {METRIC["Name"]: METRIC["Regex"]}
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/1")
    machines = [TuningInstanceConfig(instance_type=InstanceType("ml.m5.xlarge"), count=2, volume_gib=50)]
    definitions = [
        TuningDefinition(
            job=job_in(stack, id, metrics=metrics, key=key),
            objective=TuningObjective.minimize("loss"),
            ranges={"kind": CategoricalParameterRange(values=["a", "b"])},
            instances=machines,
        )
        for id in ("One", "Two")
    ]
    rendered = stack.resolve(TuningJob(stack, "Tune", definitions=definitions, max_jobs=2).request)
    for definition, name in zip(rendered["TrainingJobDefinitions"], ("one", "two"), strict=True):
        assert definition["DefinitionName"] == name
        assert definition["HyperParameterRanges"] == {
            "CategoricalParameterRanges": [{"Name": "kind", "Values": ["a", "b"]}]
        }
        assert definition["HyperParameterTuningResourceConfig"] == {
            "AllocationStrategy": "Prioritized",
            "InstanceConfigs": [{"InstanceType": "ml.m5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 50}],
            "VolumeKmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1",
        }


def test_two_definitions_leave_ranges_of_their_own_to_autotune(stack: Any) -> None:
    definitions = [
        TuningDefinition(
            job=job_in(stack, id, metrics={METRIC["Name"]: METRIC["Regex"]}),
            objective=TuningObjective.minimize("loss"),
            ranges={"rate": AutoParameter(value_hint=hint)},
        )
        for id, hint in (("One", 0.1), ("Two", "0.2"))
    ]
    request = TuningJob(stack, "Tune", definitions=definitions, max_jobs=2, autotune=True).request
    assert [definition["HyperParameterRanges"] for definition in request["TrainingJobDefinitions"]] == [
        {"AutoParameters": [{"Name": "rate", "ValueHint": "0.1"}]},
        {"AutoParameters": [{"Name": "rate", "ValueHint": "0.2"}]},
    ]
