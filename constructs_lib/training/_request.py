"""Renders the request of CreateTrainingJob in plain Python."""

from collections.abc import Mapping, Sequence
from typing import Any

from constructs_lib.training.channels import Channel
from constructs_lib.training.cluster import Cluster

# Which argument fills which part of the request, for the words of an error.
ARGUMENTS = {
    "TrainingJobName": "id",
    "AlgorithmSpecification.TrainingImage": "image",
    "AlgorithmSpecification.TrainingInputMode": "input_mode",
    "AlgorithmSpecification.MetricDefinitions": "metrics",
    "HyperParameters": "hyperparameters",
    "InputDataConfig": "channels",
    "OutputDataConfig": "output",
    "ResourceConfig.InstanceType": "cluster.instance_type",
    "ResourceConfig.InstanceCount": "cluster.count",
    "ResourceConfig.VolumeSizeInGB": "cluster.volume_gib",
    "StoppingCondition.MaxRuntimeInSeconds": "max_runtime, in seconds,",
    "VpcConfig": "network",
}


def render(
    *,
    image_uri: str,
    role_arn: str,
    cluster: Cluster,
    channels: Sequence[Channel],
    hyperparameters: Mapping[str, str],
    metrics: Mapping[str, str],
    output_uri: str,
    input_mode: str,
    max_runtime_seconds: int,
    key_arn: str | None,
    vpc_config: Mapping[str, Any] | None,
    encrypt_between_nodes: bool,
    isolate: bool,
) -> dict[str, Any]:
    """The whole request but its name, which the workflow gives: names are unique for good (TRAPS 35)."""
    algorithm: dict[str, Any] = {"TrainingImage": image_uri, "TrainingInputMode": input_mode}
    if metrics:
        algorithm["MetricDefinitions"] = [{"Name": name, "Regex": regex} for name, regex in metrics.items()]
    output: dict[str, Any] = {"S3OutputPath": output_uri}
    if key_arn is not None:
        output["KmsKeyId"] = key_arn
    request: dict[str, Any] = {
        "RoleArn": role_arn,
        "AlgorithmSpecification": algorithm,
        "OutputDataConfig": output,
        "ResourceConfig": cluster.render(key_arn),
        "StoppingCondition": {"MaxRuntimeInSeconds": max_runtime_seconds},
        "EnableNetworkIsolation": isolate,
        "EnableInterContainerTrafficEncryption": encrypt_between_nodes,
    }
    if hyperparameters:
        request["HyperParameters"] = dict(hyperparameters)
    if channels:
        request["InputDataConfig"] = [channel.render() for channel in channels]
    if vpc_config is not None:
        request["VpcConfig"] = dict(vpc_config)
    return request
