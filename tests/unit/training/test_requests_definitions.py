"""Tuning jobs, whole: what their definitions hold is what the training job of each was given.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
"""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib import (
    AutoParameter,
    CategoricalParameterRange,
    Channel,
    Checkpoints,
    Cluster,
    CompletionCriteria,
    ConfigurationError,
    ContainerImage,
    ContinuousParameterRange,
    HeterogeneousCluster,
    HyperParameterScalingType,
    InputMode,
    InstanceGroup,
    InstancePlacement,
    InstancePreference,
    InstanceType,
    IntegerParameterRange,
    ManagedSpot,
    Network,
    OutputCompression,
    PreferredInstances,
    S3DataDistribution,
    TuningDefinition,
    TuningInstanceConfig,
    TuningJob,
    TuningObjective,
    TuningStrategy,
    UltraServer,
)
from constructs_lib.training.channels import Compression, RecordWrapper
from tests.unit.training.test_requests_training import ALGORITHM, CASES, PLAN, VPC, expected, key_in, s3, seconds
from tests.unit.training.training_jobs import CPU, GPU, IMAGE_URI, ROLE_ARN, at, job_in, thing
from tests.written_by_hand import same_request

RANGES = {"swept": ContinuousParameterRange(min_value=0.1, max_value=0.9)}
METRIC = {"Name": "loss", "Regex": "loss=([0-9.]+)"}
REPORTS = {METRIC["Name"]: METRIC["Regex"]}
LOSS = TuningObjective.minimize("loss")
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
HUB = "arn:aws:sagemaker:us-east-1:123456789012:hub-content/ours/ModelReference/llama"
DATASET = "arn:aws:sagemaker:us-east-1:123456789012:hub-content/hub/DataSet/images/1.0.0"
# What a training job's request and a definition have under the same name.
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
# What a tuning job cannot pass on; each of these cases has some of it, and is refused with words of its own.
REFUSED = frozenset(
    {
        "metrics and what the container runs",
        "experiment, MLflow, TensorBoard and the registry",
        "Debugger with a rule of AWS's and one of your own",
        "profiler",
        "private registry that asks for credentials",
        "remote debugging, checked machines, chained sessions, isolation",
    }
)


def tuned(stack: Any, written: dict[str, Any], **changes: Any) -> TuningJob:
    """A tuning job that launches the job of *written*, which reports a loss."""
    job = job_in(stack, **(written | {"metrics": {**written.get("metrics", {}), **REPORTS}}))
    definition = TuningDefinition(job=job, objective=LOSS, ranges=RANGES)
    return TuningJob(stack, "Tune", **({"definitions": [definition], "max_jobs": 2} | changes))


@pytest.mark.parametrize(("name", "written", "changes"), CASES, ids=[case[0] for case in CASES])
def test_definition_holds_what_the_training_job_was_given_by_hand(
    stack: Any, name: str, written: Callable[[Any], dict[str, Any]], changes: dict[str, Any]
) -> None:
    if name in REFUSED:
        with pytest.raises(ConfigurationError, match="a tuning job"):
            tuned(stack, written(stack))
        return
    by_hand = expected(**changes)
    definition = {member: by_hand[member] for member in SHARED if member in by_hand}
    if "HyperParameters" in by_hand:
        definition["StaticHyperParameters"] = by_hand["HyperParameters"]
    definition["AlgorithmSpecification"] = by_hand["AlgorithmSpecification"] | {"MetricDefinitions": [METRIC]}
    assert stack.resolve(tuned(stack, written(stack)).request)["TrainingJobDefinition"] == definition


def one(definition: dict[str, Any], **config: Any) -> dict[str, Any]:
    """The smallest request around a definition."""
    return {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1},
            "ParameterRanges": {
                "ContinuousParameterRanges": [
                    {"Name": "swept", "MinValue": "0.1", "MaxValue": "0.9", "ScalingType": "Auto"}
                ]
            },
            "TrainingJobEarlyStoppingType": "Off",
            **config,
        },
        "TrainingJobDefinition": definition,
    }


def mounts_in(stack: Any) -> list[Channel]:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_fsx as fsx

    group = ec2.SecurityGroup.from_security_group_id(stack, "Files", "sg-1")
    shared = efs.FileSystem.from_file_system_attributes(
        stack, "Shared", security_group=group, file_system_id="fs-12345678"
    )
    fast = fsx.LustreFileSystem.from_lustre_file_system_attributes(
        stack, "Fast", dns_name="fast", file_system_id="fs-0123456789abcdef0", security_group=group
    )
    return [
        Channel.from_efs("shared", shared, "/data", read_only=False),
        Channel.from_fsx_lustre("fast", fast, "/fsx/data"),
    ]


def test_every_source_of_data_on_spot_machines_in_a_network(stack: Any) -> None:
    from aws_cdk import Duration

    job = tuned(
        stack,
        {
            "network": Network(stack, "Network"),
            "input_mode": InputMode.FAST_FILE,
            "cluster": Cluster(instance_type=CPU, count=2, volume_gib=50),
            "key": key_in(stack),
            "channels": [
                Channel.from_s3(
                    "piped",
                    at("piped"),
                    mode=InputMode.PIPE,
                    distribution=S3DataDistribution.SHARDED,
                    content_type="text/csv",
                    compression=Compression.GZIP,
                    record_wrapper=RecordWrapper.RECORD_IO,
                    shuffle_seed=0,
                ),
                Channel.from_s3("gated", at("llama"), accept_eula=True, hub_content_arn=HUB),
                Channel.from_manifest("listed", thing("lists/all.manifest"), data=[at("images")]),
                Channel.from_augmented_manifest(
                    "labelled", thing("labels.manifest"), data=[at("images")], attribute_names=["source-ref", "class"]
                ),
                Channel.from_converse("talks", at("talks")),
                Channel.from_dataset("shelf", DATASET),
                Channel.from_model(thing("models/old/output/model.tar.gz")),
                *mounts_in(stack),
            ],
            "hyperparameters": {"epochs": 5},
            "environment": {"MODE": "fast"},
            "output_compression": OutputCompression.NONE,
            "checkpoints": Checkpoints(location=at("state"), local_path="/opt/ml/state"),
            "spot": ManagedSpot(max_wait_seconds=7200),
            "max_runtime": seconds(3600),
            "maximum_retry_attempts": 30,
        },
        early_stopping=True,
        max_runtime=Duration.hours(6),
        random_seed=7,
        completion=CompletionCriteria(complete_on_convergence=False, max_jobs_not_improving=3),
    )
    definition = {
        "StaticHyperParameters": {"epochs": "5"},
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE_URI,
            "TrainingInputMode": "FastFile",
            "MetricDefinitions": [METRIC],
        },
        "RoleArn": ROLE_ARN,
        "InputDataConfig": [
            {
                "ChannelName": "piped",
                "DataSource": s3("s3://bucket/piped/", S3DataDistributionType="ShardedByS3Key"),
                "InputMode": "Pipe",
                "ContentType": "text/csv",
                "CompressionType": "Gzip",
                "RecordWrapperType": "RecordIO",
                "ShuffleConfig": {"Seed": 0},
            },
            {
                "ChannelName": "gated",
                "DataSource": s3(
                    "s3://bucket/llama/",
                    ModelAccessConfig={"AcceptEula": True},
                    HubAccessConfig={"HubContentArn": HUB},
                ),
            },
            {"ChannelName": "listed", "DataSource": s3("s3://bucket/lists/all.manifest", "ManifestFile")},
            {
                "ChannelName": "labelled",
                "DataSource": s3(
                    "s3://bucket/labels.manifest", "AugmentedManifestFile", AttributeNames=["source-ref", "class"]
                ),
                "InputMode": "Pipe",
            },
            {"ChannelName": "talks", "DataSource": s3("s3://bucket/talks/", "Converse")},
            {"ChannelName": "shelf", "DataSource": {"DatasetSource": {"DatasetArn": DATASET}}},
            {
                "ChannelName": "model",
                "DataSource": s3("s3://bucket/models/old/output/model.tar.gz"),
                "ContentType": "application/x-sagemaker-model",
                "InputMode": "File",
            },
            {
                "ChannelName": "shared",
                "DataSource": {
                    "FileSystemDataSource": {
                        "FileSystemId": "fs-12345678",
                        "FileSystemType": "EFS",
                        "FileSystemAccessMode": "rw",
                        "DirectoryPath": "/data",
                    }
                },
                "InputMode": "File",
            },
            {
                "ChannelName": "fast",
                "DataSource": {
                    "FileSystemDataSource": {
                        "FileSystemId": "fs-0123456789abcdef0",
                        "FileSystemType": "FSxLustre",
                        "FileSystemAccessMode": "ro",
                        "DirectoryPath": "/fsx/data",
                    }
                },
                "InputMode": "File",
            },
        ],
        "VpcConfig": VPC,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/", "KmsKeyId": KEY, "CompressionType": "NONE"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.xlarge",
            "InstanceCount": 2,
            "VolumeSizeInGB": 50,
            "VolumeKmsKeyId": KEY,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": True,
        "EnableManagedSpotTraining": True,
        "CheckpointConfig": {"S3Uri": "s3://bucket/state/", "LocalPath": "/opt/ml/state"},
        "RetryStrategy": {"MaximumRetryAttempts": 30},
        "Environment": {"MODE": "fast"},
    }
    by_hand = one(
        definition,
        ResourceLimits={"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1, "MaxRuntimeInSeconds": 21600},
        TrainingJobEarlyStoppingType="Auto",
        TuningJobCompletionCriteria={
            "BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3},
            "ConvergenceDetected": {"CompleteOnConvergence": "Disabled"},
        },
        RandomSeed=7,
    )
    same_request("CreateHyperParameterTuningJob", stack.resolve(job.request), by_hand)


def smallest(**changes: Any) -> dict[str, Any]:
    """The definition that launches the smallest training job, with members changed; None takes one away."""
    definition = {
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE_URI,
            "TrainingInputMode": "File",
            "MetricDefinitions": [METRIC],
        },
        "RoleArn": ROLE_ARN,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
        "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
    }
    return {name: value for name, value in (definition | changes).items() if value is not None}


# Name, what the training job is given, and what differs from the smallest definition.
MACHINES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "heterogeneous groups",
        {
            "cluster": HeterogeneousCluster(
                instance_groups=[
                    InstanceGroup(name="prepare", instance_type=InstanceType("ml.c5.18xlarge"), count=2),
                    InstanceGroup(name="train", instance_type=InstanceType("ml.p4d.24xlarge")),
                ],
                volume_gib=100,
                training_plan_arn=PLAN,
            ),
            "channels": [Channel.from_s3("raw", at("raw"), instance_groups=["prepare"])],
        },
        {
            "ResourceConfig": {
                "InstanceGroups": [
                    {"InstanceGroupName": "prepare", "InstanceType": "ml.c5.18xlarge", "InstanceCount": 2},
                    {"InstanceGroupName": "train", "InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1},
                ],
                "VolumeSizeInGB": 100,
                "TrainingPlanArn": PLAN,
            },
            "InputDataConfig": [
                {"ChannelName": "raw", "DataSource": s3("s3://bucket/raw/", InstanceGroupNames=["prepare"])}
            ],
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "a warm pool",
        {"cluster": Cluster(instance_type=CPU, keep_alive_seconds=1800)},
        {
            "ResourceConfig": {
                "InstanceType": "ml.m5.xlarge",
                "InstanceCount": 1,
                "VolumeSizeInGB": 30,
                "KeepAlivePeriodInSeconds": 1800,
            }
        },
    ),
    (
        "UltraServers of a plan",
        {
            "cluster": Cluster(
                instance_type=InstanceType("ml.p6e-gb200.36xlarge"),
                count=18,
                training_plan_arn=PLAN,
                placement=InstancePlacement(
                    ultra_servers=(UltraServer(instance_count=18, ultra_server_id="us-1"),),
                    share_with_other_jobs=False,
                ),
            ),
            "max_pending": seconds(1800),
        },
        {
            "ResourceConfig": {
                "InstanceType": "ml.p6e-gb200.36xlarge",
                "InstanceCount": 18,
                "VolumeSizeInGB": 30,
                "TrainingPlanArn": PLAN,
                "InstancePlacementConfig": {
                    "EnableMultipleJobs": False,
                    "PlacementSpecifications": [{"UltraServerId": "us-1", "InstanceCount": 18}],
                },
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 86400, "MaxPendingTimeInSeconds": 1800},
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "preferences",
        {
            "cluster": PreferredInstances(
                preferences=[
                    InstancePreference(instance_type=InstanceType("ml.p4d.24xlarge"), count=1, training_plan_arn=PLAN),
                    InstancePreference(instance_type=GPU, count=1),
                ]
            )
        },
        {
            "ResourceConfig": {
                "InstancePreferences": [
                    {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1, "TrainingPlanArns": [PLAN]},
                    {"InstanceType": "ml.g5.12xlarge", "InstanceCount": 1},
                ],
                "VolumeSizeInGB": 30,
            }
        },
    ),
    (
        "an algorithm of the Marketplace",
        {"image": ContainerImage.from_marketplace(ALGORITHM), "network_isolation": True},
        {
            "AlgorithmSpecification": {
                "AlgorithmName": ALGORITHM,
                "TrainingInputMode": "File",
                "MetricDefinitions": [METRIC],
            },
            "EnableNetworkIsolation": True,
        },
    ),
]


@pytest.mark.parametrize(("written", "changes"), [case[1:] for case in MACHINES], ids=[case[0] for case in MACHINES])
def test_request_is_the_one_written_by_hand(stack: Any, written: dict[str, Any], changes: dict[str, Any]) -> None:
    job = tuned(stack, written)
    same_request("CreateHyperParameterTuningJob", stack.resolve(job.request), one(smallest(**changes)))


def test_two_definitions_have_machines_objectives_and_ranges_of_their_own(stack: Any) -> None:
    first = TuningDefinition(
        job=job_in(stack, "First", metrics=REPORTS, key=key_in(stack)),
        objective=LOSS,
        ranges={
            "kind": CategoricalParameterRange(values=["a", "b"]),
            "rate": ContinuousParameterRange(
                min_value=0.1, max_value=0.9, scaling_type=HyperParameterScalingType.REVERSE_LOGARITHMIC
            ),
            "depth": IntegerParameterRange(min_value=1, max_value=9, scaling_type=HyperParameterScalingType.LINEAR),
        },
        instances=[TuningInstanceConfig(instance_type=CPU, count=2, volume_gib=50)],
    )
    second = TuningDefinition(
        job=job_in(stack, "Second", metrics=REPORTS),
        objective=TuningObjective.maximize("loss"),
        ranges={"rate": AutoParameter(value_hint="0.2")},
        name="again",
    )
    job = TuningJob(
        stack,
        "Tune",
        definitions=[first, second],
        strategy=TuningStrategy.random(),
        max_jobs=4,
        max_parallel_jobs=2,
        autotune=True,
        tags={"team": "vision"},
    )
    by_hand = {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
            "TrainingJobEarlyStoppingType": "Off",
        },
        "TrainingJobDefinitions": [
            {
                "DefinitionName": "first",
                "TuningObjective": {"Type": "Minimize", "MetricName": "loss"},
                "HyperParameterRanges": {
                    "CategoricalParameterRanges": [{"Name": "kind", "Values": ["a", "b"]}],
                    "ContinuousParameterRanges": [
                        {"Name": "rate", "MinValue": "0.1", "MaxValue": "0.9", "ScalingType": "ReverseLogarithmic"}
                    ],
                    "IntegerParameterRanges": [
                        {"Name": "depth", "MinValue": "1", "MaxValue": "9", "ScalingType": "Linear"}
                    ],
                },
                **smallest(
                    OutputDataConfig={"S3OutputPath": "s3://bucket/models/", "KmsKeyId": KEY},
                    ResourceConfig=None,
                    # Its own cluster is one machine, and these are two.
                    EnableInterContainerTrafficEncryption=True,
                    HyperParameterTuningResourceConfig={
                        "AllocationStrategy": "Prioritized",
                        "InstanceConfigs": [{"InstanceType": "ml.m5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 50}],
                        "VolumeKmsKeyId": KEY,
                    },
                ),
            },
            {
                "DefinitionName": "again",
                "TuningObjective": {"Type": "Maximize", "MetricName": "loss"},
                "HyperParameterRanges": {"AutoParameters": [{"Name": "rate", "ValueHint": "0.2"}]},
                **smallest(),
            },
        ],
        "Tags": [{"Key": "team", "Value": "vision"}],
        "Autotune": {"Mode": "Enabled"},
    }
    same_request("CreateHyperParameterTuningJob", stack.resolve(job.request), by_hand)
