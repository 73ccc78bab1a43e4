"""Renders the request of CreateTrainingJob in plain Python."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from constructs_lib._internal.statements import Statement
from constructs_lib.training.channels import Channel
from constructs_lib.training.output import OutputCompression

# Which argument fills which part of the request, for the words of an error.
ARGUMENTS = {
    "TrainingJobName": "id",
    "AlgorithmSpecification.TrainingImage": "image",
    "AlgorithmSpecification.AlgorithmName": "image",
    "AlgorithmSpecification.TrainingImageConfig": "image",
    "AlgorithmSpecification.TrainingInputMode": "input_mode",
    "AlgorithmSpecification.MetricDefinitions": "metrics",
    "AlgorithmSpecification.ContainerEntrypoint": "command.entrypoint",
    "AlgorithmSpecification.ContainerArguments": "command.arguments",
    "HyperParameters": "hyperparameters",
    "InputDataConfig": "channels",
    "OutputDataConfig": "output",
    "OutputDataConfig.CompressionType": "output_compression",
    "ResourceConfig.InstanceType": "cluster.instance_type",
    "ResourceConfig.InstanceCount": "cluster.count",
    "ResourceConfig.InstanceGroups": "cluster.instance_groups",
    "ResourceConfig.InstancePreferences": "cluster.preferences",
    "ResourceConfig.InstancePlacementConfig": "cluster.placement",
    "ResourceConfig.KeepAlivePeriodInSeconds": "cluster.keep_alive_seconds",
    "ResourceConfig.TrainingPlanArn": "cluster.training_plan_arn",
    "ResourceConfig.VolumeSizeInGB": "cluster.volume_gib",
    "StoppingCondition.MaxRuntimeInSeconds": "max_runtime, in seconds,",
    "StoppingCondition.MaxWaitTimeInSeconds": "spot.max_wait_seconds",
    "StoppingCondition.MaxPendingTimeInSeconds": "max_pending, in seconds,",
    "RetryStrategy.MaximumRetryAttempts": "maximum_retry_attempts",
    "VpcConfig": "network",
    "Environment": "environment",
    "Tags": "tags",
    "CheckpointConfig.S3Uri": "checkpoints.location",
    "CheckpointConfig.LocalPath": "checkpoints.local_path",
    "DebugHookConfig": "debugger",
    "DebugHookConfig.LocalPath": "debugger.local_path",
    "DebugHookConfig.HookParameters": "debugger.parameters",
    "DebugHookConfig.CollectionConfigurations": "debugger.collections",
    "DebugRuleConfigurations": "debugger.rules",
    "ProfilerConfig": "profiler",
    "ProfilerConfig.ProfilingParameters": "profiler.parameters",
    "ProfilerRuleConfigurations": "profiler.rules",
    "TensorBoardOutputConfig": "tensor_board",
    "TensorBoardOutputConfig.LocalPath": "tensor_board.local_path",
    "ExperimentConfig.ExperimentName": "experiment.experiment_name",
    "ExperimentConfig.TrialName": "experiment.trial_name",
    "ExperimentConfig.TrialComponentDisplayName": "experiment.trial_component_display_name",
    "ExperimentConfig.RunName": "experiment.run_name",
    "MlflowConfig.MlflowResourceArn": "mlflow.resource_arn",
    "MlflowConfig.MlflowExperimentName": "mlflow.experiment_name",
    "MlflowConfig.MlflowRunName": "mlflow.run_name",
    "ModelPackageConfig.ModelPackageGroupArn": "model_package.model_package_group_arn",
    "ModelPackageConfig.SourceModelPackageArn": "model_package.source_model_package_arn",
    "ServerlessJobConfig.BaseModelArn": "job.base_model_arn",
    "ServerlessJobConfig.EvaluatorArn": "job.evaluator_arn",
    "ServerlessJobConfig.SequenceLength": "job.sequence_length",
}


class Part(Protocol):
    """A value object that fills members of its own."""

    def render(self) -> dict[str, Any]:
        """The members of the request."""

    def statements(self) -> tuple[Statement, ...]:
        """What the job's role needs for them."""


def algorithm_specification(
    *,
    image_uri: str | None,
    algorithm_name: str | None,
    registry_config: Mapping[str, Any] | None,
    input_mode: str,
    metrics: Mapping[str, str],
    metrics_time_series: bool | None,
    entrypoint: Sequence[str],
    arguments: Sequence[str],
) -> dict[str, Any]:
    """The `AlgorithmSpecification` member: an image, or an algorithm of the Marketplace instead (TRAPS 38)."""
    algorithm: dict[str, Any] = {"TrainingImage": image_uri} if algorithm_name is None else {}
    if algorithm_name is not None:
        algorithm["AlgorithmName"] = algorithm_name
    algorithm["TrainingInputMode"] = input_mode
    if registry_config is not None:
        algorithm["TrainingImageConfig"] = dict(registry_config)
    if metrics:
        algorithm["MetricDefinitions"] = [{"Name": name, "Regex": regex} for name, regex in metrics.items()]
    if metrics_time_series is not None:
        algorithm["EnableSageMakerMetricsTimeSeries"] = metrics_time_series
    if entrypoint:
        algorithm["ContainerEntrypoint"] = list(entrypoint)
    if arguments:
        algorithm["ContainerArguments"] = list(arguments)
    return algorithm


def stopping_condition(
    *, max_runtime: int | None, max_wait: int | None = None, max_pending: int | None = None
) -> dict[str, int]:
    """The `StoppingCondition` member; times in seconds."""
    limits = {
        "MaxRuntimeInSeconds": max_runtime,
        "MaxWaitTimeInSeconds": max_wait,
        "MaxPendingTimeInSeconds": max_pending,
    }
    return {name: seconds for name, seconds in limits.items() if seconds is not None}


def output_data(uri: str, key_arn: str | None, compression: OutputCompression | None) -> dict[str, Any]:
    """The `OutputDataConfig` member."""
    output: dict[str, Any] = {"S3OutputPath": uri}
    if key_arn is not None:
        output["KmsKeyId"] = key_arn
    if compression is not None:
        output["CompressionType"] = compression.value
    return output


def one(name: str, value: Any) -> dict[str, Any] | None:
    """A structure of one member, or nothing where that has no value."""
    return None if value is None else {name: value}


def render(
    *,
    role_arn: str,
    hyperparameters: Mapping[str, str],
    channels: Sequence[Channel],
    output: Mapping[str, Any],
    vpc_config: Mapping[str, Any] | None,
    tags: Mapping[str, str],
    stopping: Mapping[str, int],
    parts: Iterable[Part],
    members: Mapping[str, Any],
) -> dict[str, Any]:
    """The whole request but its name, which the workflow gives: names are unique for good (TRAPS 35).

    Args:
        role_arn: Runs the job.
        hyperparameters: As texts.
        channels: The inputs.
        output: The `OutputDataConfig` member.
        vpc_config: The `VpcConfig` member.
        tags: Of the job.
        stopping: The `StoppingCondition` member.
        parts: Value objects that fill members of their own.
        members: Other members; those that are None are left out.
    """
    request: dict[str, Any] = {"RoleArn": role_arn, "OutputDataConfig": dict(output)}
    request.update({name: value for name, value in members.items() if value is not None})
    if stopping:
        request["StoppingCondition"] = dict(stopping)
    if hyperparameters:
        request["HyperParameters"] = dict(hyperparameters)
    if channels:
        request["InputDataConfig"] = [channel.render() for channel in channels]
    if vpc_config is not None:
        request["VpcConfig"] = dict(vpc_config)
    if tags:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    for part in parts:
        request.update(part.render())
    return request
