"""Real requests against the models that botocore ships."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore
import pytest

from constructs_lib.contract import check_request, service_model


def training_job(**changes: Any) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train"}}
    return {
        "TrainingJobName.$": "$$.Execution.Name",
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "HyperParameters": {"lr": "0.001"},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": source}],
        "OutputDataConfig": {"S3OutputPath": {"Fn::Join": ["", ["s3://", {"Ref": "Bucket"}, "/out"]]}},
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 50},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **changes,
    }


def messages(operation: str, request: dict[str, Any]) -> list[str]:
    return [problem.message for problem in check_request("sagemaker", operation, request)]


def test_accepts_a_training_job() -> None:
    assert messages("CreateTrainingJob", training_job()) == []


def test_fails_for_a_hyperparameter_of_2501_characters() -> None:
    assert messages("CreateTrainingJob", training_job(HyperParameters={"lr": "x" * 2500})) == []
    assert messages("CreateTrainingJob", training_job(HyperParameters={"lr": "x" * 2501})) == [
        "HyperParameters.lr must be at most 2500 characters, got 2501"
    ]


def test_fails_with_the_path_of_a_nested_member() -> None:
    channel = {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "bucket"}}}
    found = check_request("sagemaker", "CreateTrainingJob", training_job(InputDataConfig=[channel]))

    assert [(problem.path, problem.rule) for problem in found] == [
        ("InputDataConfig[0].DataSource.S3DataSource.S3Uri", "pattern")
    ]


def test_fails_with_the_nearest_of_many_instance_types() -> None:
    resources = {"InstanceType": "ml.g5.xlarg", "InstanceCount": 1}
    found = messages("CreateTrainingJob", training_job(ResourceConfig=resources))

    assert len(found) == 1
    assert "the nearest of which is ml.g5.xlarge, got 'ml.g5.xlarg'" in found[0]


def test_fails_for_an_endpoint_configuration_without_variants() -> None:
    assert messages("CreateEndpointConfig", {"EndpointConfigName": "c"}) == ["ProductionVariants is required"]
    assert messages("CreateEndpointConfig", {"EndpointConfigName": "c", "ProductionVariants": []}) == [
        "ProductionVariants must be at least 1 items, got 0"
    ]


def test_fails_for_an_endpoint_configuration_with_serverless_memory_out_of_range() -> None:
    variant = {"VariantName": "v", "ServerlessConfig": {"MemorySizeInMB": 7168, "MaxConcurrency": 0}}
    request = {"EndpointConfigName": "c", "ProductionVariants": [variant]}

    assert messages("CreateEndpointConfig", request) == [
        "ProductionVariants[0].ServerlessConfig.MemorySizeInMB must be at most 6144, got 7168",
        "ProductionVariants[0].ServerlessConfig.MaxConcurrency must be at least 1, got 0",
    ]


def test_fails_for_an_operation_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="sagemaker has no operation CreateTrainingJobs; the nearest is CreateTrai"):
        check_request("sagemaker", "CreateTrainingJobs", {})


def test_reads_each_model_once() -> None:
    assert service_model("sagemaker") is service_model("sagemaker")


def test_prefers_the_model_of_the_given_folder(tmp_path: Path) -> None:
    own = Path(botocore.__file__).parent / "data" / "application-autoscaling" / "2016-02-06"
    assert own.exists()
    folder = tmp_path / "application-autoscaling" / "2016-02-06"
    folder.mkdir(parents=True)
    model = {
        "metadata": {"protocol": "json", "apiVersion": "2016-02-06", "endpointPrefix": "x"},
        "operations": {"OnlyHere": {"name": "OnlyHere", "http": {"method": "POST", "requestUri": "/"}}},
        "shapes": {},
    }
    (folder / "service-2.json").write_text(json.dumps(model))

    assert check_request("application-autoscaling", "OnlyHere", {}, data_path=str(tmp_path)) == []


def test_needs_botocore_and_nothing_else() -> None:
    script = "import sys, constructs_lib.contract; print([n for n in ('boto3', 'aws_cdk', 'jsii') if n in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ended.stdout.strip() == "[]"
