"""Requests of CreateTrainingJob, each equal member by member to one written by hand from the API reference.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import (
    Channel,
    Cluster,
    ContainerImage,
    Device,
    ImagePurpose,
    InputMode,
    InstanceType,
    Network,
    S3DataDistribution,
)
from constructs_lib.training.channels import Compression, RecordWrapper
from constructs_lib.training.cluster import HeterogeneousCluster, InstanceGroup
from constructs_lib.training.container_command import ContainerCommand
from constructs_lib.training.debugging import Debugger, Profiler, Rule, TensorCollection
from constructs_lib.training.distribution import Distribution
from constructs_lib.training.model_parallel import ModelParallel
from constructs_lib.training.output import OutputCompression
from constructs_lib.training.placement import InstancePlacement, UltraServer
from constructs_lib.training.preferred_instances import InstancePreference, PreferredInstances
from constructs_lib.training.serverless import CustomizationTechnique, EvaluationType, Peft, ServerlessJob
from constructs_lib.training.serverless_training_job import ServerlessTrainingJob
from constructs_lib.training.source_code import SourceCode
from constructs_lib.training.spot import Checkpoints, ManagedSpot
from constructs_lib.training.tracking import Experiment, Mlflow, ModelPackageConfig, TensorBoard
from tests.unit.training.training_jobs import (
    CPU,
    GPU,
    IMAGE_URI,
    ROLE_ARN,
    at,
    image_of,
    job_in,
    role_in,
    statements_of,
    thing,
)
from tests.written_by_hand import same_request

PLAN = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/winter"
BIG = InstanceType("ml.p4d.24xlarge")
ALGORITHM = "arn:aws:sagemaker:us-east-1:123456789012:algorithm/theirs"
LOGIN = "arn:aws:lambda:us-east-1:123456789012:function:login"
VPC = {
    "SecurityGroupIds": [{"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}],
    "Subnets": [
        {"Fn::GetAtt": ["NetworkSubnet18D1B2567", "SubnetId"]},
        {"Fn::GetAtt": ["NetworkSubnet29A0E8491", "SubnetId"]},
    ],
}


def expected(**changes: Any) -> dict[str, Any]:
    """The smallest request, with members changed; a value of None takes the member away."""
    request = {
        "RoleArn": ROLE_ARN,
        "AlgorithmSpecification": {"TrainingImage": IMAGE_URI, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
        "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
    }
    return {name: value for name, value in (request | changes).items() if value is not None}


def s3(uri: str, data_type: str = "S3Prefix", **more: Any) -> dict[str, Any]:
    source = {"S3DataType": data_type, "S3Uri": uri, "S3DataDistributionType": "FullyReplicated", **more}
    return {"S3DataSource": source}


def seconds(amount: int) -> Any:
    from aws_cdk import Duration

    return Duration.seconds(amount)


def key_in(stack: Any) -> Any:
    from aws_cdk import aws_kms as kms

    return kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/1")


# Name, what the caller writes, and what differs from the smallest request.
CASES: list[tuple[str, Callable[[Any], dict[str, Any]], dict[str, Any]]] = [
    ("smallest", lambda stack: {}, {}),
    (
        "s3 in every mode, with every choice",
        lambda stack: {
            "channels": [
                Channel.from_s3("plain", at("a")),
                Channel.from_s3(
                    "streamed",
                    at("b"),
                    mode=InputMode.FAST_FILE,
                    distribution=S3DataDistribution.SHARDED,
                    content_type="text/csv",
                ),
                Channel.from_s3(
                    "piped",
                    at("c"),
                    mode=InputMode.PIPE,
                    compression=Compression.GZIP,
                    record_wrapper=RecordWrapper.RECORD_IO,
                    shuffle_seed=0,
                ),
            ]
        },
        {
            "InputDataConfig": [
                {"ChannelName": "plain", "DataSource": s3("s3://bucket/a/")},
                {
                    "ChannelName": "streamed",
                    "DataSource": s3("s3://bucket/b/", S3DataDistributionType="ShardedByS3Key"),
                    "InputMode": "FastFile",
                    "ContentType": "text/csv",
                },
                {
                    "ChannelName": "piped",
                    "DataSource": s3("s3://bucket/c/"),
                    "InputMode": "Pipe",
                    "CompressionType": "Gzip",
                    "RecordWrapperType": "RecordIO",
                    "ShuffleConfig": {"Seed": 0},
                },
            ]
        },
    ),
    (
        "manifest",
        lambda stack: {
            "channels": [Channel.from_manifest("train", thing("lists/train.manifest"), data=[at("images")])]
        },
        {
            "InputDataConfig": [
                {"ChannelName": "train", "DataSource": s3("s3://bucket/lists/train.manifest", "ManifestFile")}
            ]
        },
    ),
    (
        "augmented manifest",
        lambda stack: {
            "channels": [
                Channel.from_augmented_manifest(
                    "train",
                    thing("labels/output.manifest"),
                    data=[at("images")],
                    attribute_names=["source-ref", "class"],
                    content_type="application/x-recordio",
                    record_wrapper=RecordWrapper.RECORD_IO,
                    shuffle_seed=7,
                )
            ]
        },
        {
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": s3(
                        "s3://bucket/labels/output.manifest",
                        "AugmentedManifestFile",
                        AttributeNames=["source-ref", "class"],
                    ),
                    "ContentType": "application/x-recordio",
                    "RecordWrapperType": "RecordIO",
                    "InputMode": "Pipe",
                    "ShuffleConfig": {"Seed": 7},
                }
            ]
        },
    ),
    (
        "incremental training",
        lambda stack: {"channels": [Channel.from_model(thing("models/old/output/model.tar.gz"))]},
        {
            "InputDataConfig": [
                {
                    "ChannelName": "model",
                    "DataSource": s3("s3://bucket/models/old/output/model.tar.gz"),
                    "ContentType": "application/x-sagemaker-model",
                    "InputMode": "File",
                }
            ]
        },
    ),
    (
        "a gated model of a hub",
        lambda stack: {
            "channels": [
                Channel.from_s3(
                    "model",
                    at("llama"),
                    accept_eula=True,
                    hub_content_arn="arn:aws:sagemaker:us-east-1:123456789012:hub-content/ours/ModelReference/llama",
                )
            ]
        },
        {
            "InputDataConfig": [
                {
                    "ChannelName": "model",
                    "DataSource": s3(
                        "s3://bucket/llama/",
                        ModelAccessConfig={"AcceptEula": True},
                        HubAccessConfig={
                            "HubContentArn": (
                                "arn:aws:sagemaker:us-east-1:123456789012:hub-content/ours/ModelReference/llama"
                            )
                        },
                    ),
                }
            ]
        },
    ),
    (
        "heterogeneous groups with MPI on one of them",
        lambda stack: {
            "cluster": HeterogeneousCluster(
                instance_groups=[
                    InstanceGroup(name="prepare", instance_type=InstanceType("ml.c5.18xlarge"), count=2),
                    InstanceGroup(name="train", instance_type=InstanceType("ml.p4d.24xlarge")),
                ],
                volume_gib=100,
                training_plan_arn=PLAN,
            ),
            "channels": [Channel.from_s3("raw", at("raw"), instance_groups=["prepare"])],
            "distribution": Distribution.mpi(processes_per_host=8, instance_group="train"),
            "image": image_of("pytorch"),
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
            "HyperParameters": {
                "sagemaker_mpi_enabled": "true",
                "sagemaker_mpi_num_of_processes_per_host": "8",
                "sagemaker_mpi_custom_mpi_options": '""',
                "sagemaker_distribution_instance_groups": '["train"]',
            },
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "warm pool with a volume key",
        lambda stack: {
            "cluster": Cluster(instance_type=CPU, count=2, volume_gib=50, keep_alive_seconds=1800),
            "key": key_in(stack),
            "inter_container_encryption": False,
        },
        {
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
                "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.xlarge",
                "InstanceCount": 2,
                "VolumeSizeInGB": 50,
                "VolumeKmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1",
                "KeepAlivePeriodInSeconds": 1800,
            },
        },
    ),
    (
        "training plan on UltraServers",
        lambda stack: {
            "cluster": Cluster(
                instance_type=InstanceType("ml.p6e-gb200.36xlarge"),
                count=18,
                training_plan_arn=PLAN,
                placement=InstancePlacement(
                    ultra_servers=(
                        UltraServer(instance_count=9, ultra_server_id="us-1"),
                        UltraServer(instance_count=9),
                    ),
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
                    "PlacementSpecifications": [
                        {"UltraServerId": "us-1", "InstanceCount": 9},
                        {"InstanceCount": 9},
                    ],
                },
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 86400, "MaxPendingTimeInSeconds": 1800},
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "preferences with one count",
        lambda stack: {
            "cluster": PreferredInstances(
                preferences=[InstancePreference(instance_type=BIG), InstancePreference(instance_type=GPU)], count=2
            )
        },
        {
            "ResourceConfig": {
                "InstancePreferences": [{"InstanceType": "ml.p4d.24xlarge"}, {"InstanceType": "ml.g5.12xlarge"}],
                "InstanceCount": 2,
                "VolumeSizeInGB": 30,
            },
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "preferences with counts and plans of their own",
        lambda stack: {
            "cluster": PreferredInstances(
                preferences=[
                    InstancePreference(instance_type=BIG, count=1, training_plan_arn=PLAN),
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
        "managed spot with checkpoints and retries",
        lambda stack: {
            "spot": ManagedSpot(max_wait_seconds=7200),
            "checkpoints": Checkpoints(location=at("checkpoints"), local_path="/opt/ml/state"),
            "max_runtime": seconds(3600),
            "maximum_retry_attempts": 30,
        },
        {
            "EnableManagedSpotTraining": True,
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
            "CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints/", "LocalPath": "/opt/ml/state"},
            "RetryStrategy": {"MaximumRetryAttempts": 30},
        },
    ),
    (
        "checkpoints by their location alone",
        lambda stack: {"checkpoints": at("checkpoints")},
        {"CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints/"}},
    ),
    (
        "metrics and what the container runs",
        lambda stack: {
            "metrics": {"loss": "loss=([0-9.]+)"},
            "metrics_time_series": True,
            "command": ContainerCommand(entrypoint=["python", "run.py"], arguments=["--fast"]),
            "environment": {"LEVEL": "debug"},
            "output_compression": OutputCompression.NONE,
            "tags": {"team": "vision"},
        },
        {
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE_URI,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
                "EnableSageMakerMetricsTimeSeries": True,
                "ContainerEntrypoint": ["python", "run.py"],
                "ContainerArguments": ["--fast"],
            },
            "Environment": {"LEVEL": "debug"},
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/", "CompressionType": "NONE"},
            "Tags": [{"Key": "team", "Value": "vision"}],
        },
    ),
    (
        "experiment, MLflow, TensorBoard and the registry",
        lambda stack: {
            "experiment": Experiment(
                experiment_name="cats", trial_name="third", trial_component_display_name="Train", run_name="r-1"
            ),
            "mlflow": Mlflow(
                resource_arn="arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-1",
                experiment_name="cats",
                run_name="third",
            ),
            "tensor_board": TensorBoard(location=at("boards"), local_path="/opt/ml/boards"),
            "model_package": ModelPackageConfig(
                model_package_group_arn="arn:aws:sagemaker:us-east-1:123456789012:model-package-group/cats",
                source_model_package_arn="arn:aws:sagemaker:us-east-1:123456789012:model-package/cats/1",
            ),
        },
        {
            "ExperimentConfig": {
                "ExperimentName": "cats",
                "TrialName": "third",
                "TrialComponentDisplayName": "Train",
                "RunName": "r-1",
            },
            "MlflowConfig": {
                "MlflowResourceArn": "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-1",
                "MlflowExperimentName": "cats",
                "MlflowRunName": "third",
            },
            "TensorBoardOutputConfig": {"LocalPath": "/opt/ml/boards", "S3OutputPath": "s3://bucket/boards/"},
            "ModelPackageConfig": {
                "ModelPackageGroupArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/cats",
                "SourceModelPackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/cats/1",
            },
        },
    ),
    (
        "Debugger with a rule of AWS's and one of your own",
        lambda stack: {
            "debugger": Debugger(
                location=at("tensors"),
                local_path="/opt/ml/tensors",
                parameters={"save_interval": "500"},
                collections=[
                    TensorCollection(name="losses"),
                    TensorCollection(name="gradients", parameters={"save_interval": "100"}),
                ],
                rules=[
                    Rule(
                        name="Vanishing",
                        evaluator_image=ContainerImage.from_uri(
                            "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest"
                        ),
                        parameters={"rule_to_invoke": "VanishingGradient"},
                    ),
                    Rule(
                        name="Ours",
                        evaluator_image=ContainerImage.from_uri(IMAGE_URI),
                        instance_type=CPU,
                        volume_gib=10,
                        location=at("reports"),
                        local_path="/opt/ml/reports",
                    ),
                ],
            )
        },
        {
            "DebugHookConfig": {
                "LocalPath": "/opt/ml/tensors",
                "S3OutputPath": "s3://bucket/tensors/",
                "HookParameters": {"save_interval": "500"},
                "CollectionConfigurations": [
                    {"CollectionName": "losses"},
                    {"CollectionName": "gradients", "CollectionParameters": {"save_interval": "100"}},
                ],
            },
            "DebugRuleConfigurations": [
                {
                    "RuleConfigurationName": "Vanishing",
                    "RuleEvaluatorImage": (
                        "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest"
                    ),
                    "RuleParameters": {"rule_to_invoke": "VanishingGradient"},
                },
                {
                    "RuleConfigurationName": "Ours",
                    "RuleEvaluatorImage": IMAGE_URI,
                    "InstanceType": "ml.m5.xlarge",
                    "VolumeSizeInGB": 10,
                    "S3OutputPath": "s3://bucket/reports/",
                    "LocalPath": "/opt/ml/reports",
                },
            ],
        },
    ),
    (
        "profiler",
        lambda stack: {
            "profiler": Profiler(
                location=at("profile"),
                interval_milliseconds=1000,
                parameters={"DataloaderProfilingConfig": '{"StartStep": 5}'},
                rules=[
                    Rule(
                        name="Report",
                        evaluator_image=ContainerImage.from_uri(IMAGE_URI),
                        parameters={"rule_to_invoke": "ProfilerReport"},
                        instance_type=CPU,
                        volume_gib=5,
                        location=at("profile-reports"),
                        local_path="/opt/ml/reports",
                    )
                ],
            )
        },
        {
            "ProfilerConfig": {
                "S3OutputPath": "s3://bucket/profile/",
                "ProfilingIntervalInMilliseconds": 1000,
                "ProfilingParameters": {"DataloaderProfilingConfig": '{"StartStep": 5}'},
                "DisableProfiler": False,
            },
            "ProfilerRuleConfigurations": [
                {
                    "RuleConfigurationName": "Report",
                    "RuleEvaluatorImage": IMAGE_URI,
                    "RuleParameters": {"rule_to_invoke": "ProfilerReport"},
                    "InstanceType": "ml.m5.xlarge",
                    "VolumeSizeInGB": 5,
                    "S3OutputPath": "s3://bucket/profile-reports/",
                    "LocalPath": "/opt/ml/reports",
                }
            ],
        },
    ),
    ("no profiler", lambda stack: {"profiler": Profiler.off()}, {"ProfilerConfig": {"DisableProfiler": True}}),
    (
        "remote debugging, checked machines, chained sessions, isolation",
        lambda stack: {
            "remote_debug": True,
            "infra_check": True,
            "session_tag_chaining": True,
            "network_isolation": True,
        },
        {
            "RemoteDebugConfig": {"EnableRemoteDebug": True},
            "InfraCheckConfig": {"EnableInfraCheck": True},
            "SessionChainingConfig": {"EnableSessionTagChaining": True},
            "EnableNetworkIsolation": True,
        },
    ),
    (
        "torchrun on two nodes",
        lambda stack: {
            "image": image_of("pytorch"),
            "cluster": Cluster(instance_type=GPU, count=2),
            "distribution": Distribution.torch(),
            "hyperparameters": {"epochs": 3, "name": "x"},
        },
        {
            "ResourceConfig": {"InstanceType": "ml.g5.12xlarge", "InstanceCount": 2, "VolumeSizeInGB": 30},
            "HyperParameters": {
                "epochs": "3",
                "name": '"x"',
                "sagemaker_torch_distributed_enabled": "true",
                "sagemaker_instance_type": '"ml.g5.12xlarge"',
            },
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "SMDDP",
        lambda stack: {
            "image": image_of("pytorch"),
            "cluster": Cluster(instance_type=BIG, count=2),
            "distribution": Distribution.smddp(custom_mpi_options="-verbose"),
        },
        {
            "ResourceConfig": {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 2, "VolumeSizeInGB": 30},
            "HyperParameters": {
                "sagemaker_distributed_dataparallel_enabled": "true",
                "sagemaker_distributed_dataparallel_custom_mpi_options": '"-verbose"',
                "sagemaker_instance_type": '"ml.p4d.24xlarge"',
            },
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "model parallelism",
        lambda stack: {
            "image": image_of("pytorch"),
            "cluster": Cluster(instance_type=InstanceType("ml.p5.48xlarge"), count=2),
            "distribution": Distribution.model_parallel_v2(
                ModelParallel(hybrid_shard_degree=8, sm_activation_offloading=True)
            ),
        },
        {
            "ResourceConfig": {"InstanceType": "ml.p5.48xlarge", "InstanceCount": 2, "VolumeSizeInGB": 30},
            "HyperParameters": {
                "mp_parameters": '{"hybrid_shard_degree": 8, "sm_activation_offloading": true}',
                "sagemaker_distributed_dataparallel_enabled": "false",
                "sagemaker_torch_distributed_enabled": "true",
                "sagemaker_instance_type": '"ml.p5.48xlarge"',
            },
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "Horovod",
        lambda stack: {
            "image": image_of("tensorflow"),
            "cluster": Cluster(instance_type=GPU, count=2),
            "distribution": Distribution.horovod(processes_per_host=4, custom_mpi_options="-x NCCL_DEBUG=INFO"),
            "hyperparameters": {"epochs": 3},
        },
        {
            "ResourceConfig": {"InstanceType": "ml.g5.12xlarge", "InstanceCount": 2, "VolumeSizeInGB": 30},
            "HyperParameters": {
                "epochs": "3",
                "sagemaker_mpi_enabled": "true",
                "sagemaker_mpi_num_of_processes_per_host": "4",
                "sagemaker_mpi_custom_mpi_options": '"-x NCCL_DEBUG=INFO"',
            },
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "parameter server",
        lambda stack: {
            "image": image_of("tensorflow"),
            "cluster": Cluster(instance_type=CPU, count=3),
            "distribution": Distribution.parameter_server(),
        },
        {
            "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 3, "VolumeSizeInGB": 30},
            "HyperParameters": {"sagemaker_parameter_server_enabled": "true"},
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "multi-worker mirrored strategy",
        lambda stack: {
            "image": image_of("tensorflow"),
            "cluster": Cluster(instance_type=GPU, count=2),
            "distribution": Distribution.multi_worker_mirrored(),
        },
        {
            "ResourceConfig": {"InstanceType": "ml.g5.12xlarge", "InstanceCount": 2, "VolumeSizeInGB": 30},
            "HyperParameters": {"sagemaker_multi_worker_mirrored_strategy_enabled": "true"},
            "EnableInterContainerTrafficEncryption": True,
        },
    ),
    (
        "algorithm of the Marketplace",
        lambda stack: {"image": ContainerImage.from_marketplace(ALGORITHM), "network_isolation": True},
        {
            "AlgorithmSpecification": {"AlgorithmName": ALGORITHM, "TrainingInputMode": "File"},
            "EnableNetworkIsolation": True,
        },
    ),
    (
        "private registry that asks for credentials",
        lambda stack: {
            "image": ContainerImage.from_private_registry("registry.example.com/vision:3", login_in(stack)),
            "network": Network(stack, "Network"),
        },
        {
            "AlgorithmSpecification": {
                "TrainingImage": "registry.example.com/vision:3",
                "TrainingInputMode": "File",
                "TrainingImageConfig": {
                    "TrainingRepositoryAccessMode": "Vpc",
                    "TrainingRepositoryAuthConfig": {"TrainingRepositoryCredentialsProviderArn": LOGIN},
                },
            },
            "VpcConfig": VPC,
        },
    ),
]


def login_in(stack: Any) -> Any:
    from aws_cdk import aws_lambda as lambda_

    return lambda_.Function.from_function_arn(stack, "Login", LOGIN)


@pytest.mark.parametrize(("written", "changes"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_request_is_the_one_written_by_hand(
    stack: Any, written: Callable[[Any], dict[str, Any]], changes: dict[str, Any]
) -> None:
    same_request("CreateTrainingJob", stack.resolve(job_in(stack, **written(stack)).request), expected(**changes))


def test_file_systems_request(stack: Any) -> None:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_fsx as fsx

    network = Network(stack, "Network")
    group = ec2.SecurityGroup.from_security_group_id(stack, "Files", "sg-1")
    shared = efs.FileSystem.from_file_system_attributes(
        stack, "Shared", security_group=group, file_system_id="fs-12345678"
    )
    fast = fsx.LustreFileSystem.from_lustre_file_system_attributes(
        stack, "Fast", dns_name="fast", file_system_id="fs-0123456789abcdef0", security_group=group
    )
    made = job_in(
        stack,
        network=network,
        input_mode=InputMode.FAST_FILE,
        channels=[
            Channel.from_efs("shared", shared, "/data", read_only=False),
            Channel.from_fsx_lustre("fast", fast, "/fsx/data"),
        ],
    )
    by_hand = expected(
        AlgorithmSpecification={"TrainingImage": IMAGE_URI, "TrainingInputMode": "FastFile"},
        InputDataConfig=[
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
        VpcConfig=VPC,
    )
    same_request("CreateTrainingJob", stack.resolve(made.request), by_hand)


def source_in(tmp_path: Path) -> SourceCode:
    (tmp_path / "train.py").write_text("print('hello')\n")
    return SourceCode.from_asset(str(tmp_path), entry_point="train.py")


def test_script_request(stack: Any, tmp_path: Path) -> None:
    made = job_in(stack, source=source_in(tmp_path), image=image_of("pytorch"), hyperparameters={"lr": 0.1})
    asset = stack.node.find_child("Train").node.find_child("Source")
    bucket = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    by_hand = expected(
        HyperParameters={
            "lr": "0.1",
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": {
                "Fn::Join": ["", ['"s3://', {"Fn::Sub": bucket}, f'/{asset.asset_hash}.gz"']]
            },
            "sagemaker_container_log_level": "20",
            "sagemaker_region": {"Fn::Join": ["", ['"', {"Ref": "AWS::Region"}, '"']]},
        }
    )
    same_request("CreateTrainingJob", stack.resolve(made.request), by_hand)


def test_isolated_script_request(stack: Any, tmp_path: Path) -> None:
    made = job_in(stack, source=source_in(tmp_path), image=image_of("pytorch"), network_isolation=True)
    asset = stack.node.find_child("Train").node.find_child("Source")
    bucket = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    by_hand = expected(
        EnableNetworkIsolation=True,
        HyperParameters={
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": f'"/opt/ml/input/data/code/{asset.asset_hash}.gz"',
            "sagemaker_container_log_level": "20",
            "sagemaker_region": {"Fn::Join": ["", ['"', {"Ref": "AWS::Region"}, '"']]},
        },
        InputDataConfig=[
            {
                "ChannelName": "code",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": {"Fn::Join": ["", ["s3://", {"Fn::Sub": bucket}, f"/{asset.asset_hash}.gz"]]},
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
                "InputMode": "File",
            }
        ],
    )
    same_request("CreateTrainingJob", stack.resolve(made.request), by_hand)


SERVERLESS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "fine-tuning",
        {
            "job": ServerlessJob.fine_tuning(
                "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama",
                technique=CustomizationTechnique.SUPERVISED,
                peft=Peft.LORA,
                sequence_length="32K",
                accept_eula=True,
            ),
            "channels": [
                Channel.from_converse("train", at("talks")),
                Channel.from_dataset(
                    "validation", "arn:aws:sagemaker:us-east-1:123456789012:hub-content/ours/DataSet/talks/1.0.0"
                ),
            ],
            "hyperparameters": {"epochs": 2},
            "model_package": ModelPackageConfig(
                model_package_group_arn="arn:aws:sagemaker:us-east-1:123456789012:model-package-group/talks"
            ),
            "tags": {"team": "language"},
        },
        {
            "RoleArn": ROLE_ARN,
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
            "HyperParameters": {"epochs": "2"},
            "InputDataConfig": [
                {"ChannelName": "train", "DataSource": s3("s3://bucket/talks/", "Converse")},
                {
                    "ChannelName": "validation",
                    "DataSource": {
                        "DatasetSource": {
                            "DatasetArn": (
                                "arn:aws:sagemaker:us-east-1:123456789012:hub-content/ours/DataSet/talks/1.0.0"
                            )
                        }
                    },
                },
            ],
            "ServerlessJobConfig": {
                "BaseModelArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama",
                "AcceptEula": True,
                "JobType": "FineTuning",
                "CustomizationTechnique": "SFT",
                "Peft": "LORA",
                "SequenceLength": "32K",
            },
            "ModelPackageConfig": {
                "ModelPackageGroupArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/talks"
            },
            "Tags": [{"Key": "team", "Value": "language"}],
        },
    ),
    (
        "evaluation",
        {
            "job": ServerlessJob.evaluation(
                "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama",
                evaluation_type=EvaluationType.CUSTOM_SCORER,
                evaluator_arn="arn:aws:lambda:us-east-1:123456789012:function:score",
            )
        },
        {
            "RoleArn": ROLE_ARN,
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
            "ServerlessJobConfig": {
                "BaseModelArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama",
                "JobType": "Evaluation",
                "EvaluationType": "CustomScorerEvaluation",
                "EvaluatorArn": "arn:aws:lambda:us-east-1:123456789012:function:score",
            },
        },
    ),
]


@pytest.mark.parametrize(
    ("written", "by_hand"), [case[1:] for case in SERVERLESS], ids=[case[0] for case in SERVERLESS]
)
def test_serverless_request_is_the_one_written_by_hand(
    stack: Any, written: dict[str, Any], by_hand: dict[str, Any]
) -> None:
    made = ServerlessTrainingJob(stack, "Tune", output=at("models"), role=role_in(stack), **written)
    same_request("CreateTrainingJob", stack.resolve(made.request), by_hand)


def test_serverless_evaluator_may_be_asked(stack: Any) -> None:
    _, written, _ = SERVERLESS[1]
    ServerlessTrainingJob(stack, "Judge", output=at("models"), role=role_in(stack), **written)
    (invoking,) = (s for s in statements_of(stack) if s["Action"] == ["lambda:InvokeFunction"])
    assert invoking["Resource"] == ["arn:aws:lambda:us-east-1:123456789012:function:score"]


def in_ireland() -> Any:
    from aws_cdk import App, Environment, Stack

    return Stack(App(), "Stack", env=Environment(region="eu-west-1"))


def registry(account: str, image: str) -> dict[str, Any]:
    return {"Fn::Join": ["", [f"{account}.dkr.ecr.eu-west-1.", {"Ref": "AWS::URLSuffix"}, f"/{image}"]]}


def test_built_in_algorithm_request() -> None:
    stack = in_ireland()
    made = job_in(
        stack,
        image=ContainerImage.built_in("image-classification"),
        cluster=Cluster(instance_type=GPU, count=2),
        channels=[
            Channel.from_s3("train", at("train"), content_type="application/x-recordio"),
            Channel.from_s3("validation", at("validation"), content_type="application/x-recordio"),
        ],
        hyperparameters={"num_classes": 257, "learning_rate": 0.001, "use_pretrained_model": "1"},
    )
    by_hand = expected(
        # https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/ecr-eu-west-1.html
        AlgorithmSpecification={
            "TrainingImage": registry("685385470294", "image-classification:1"),
            "TrainingInputMode": "File",
        },
        ResourceConfig={"InstanceType": "ml.g5.12xlarge", "InstanceCount": 2, "VolumeSizeInGB": 30},
        HyperParameters={"num_classes": "257", "learning_rate": "0.001", "use_pretrained_model": "1"},
        InputDataConfig=[
            {
                "ChannelName": name,
                "DataSource": s3(f"s3://bucket/{name}/"),
                "ContentType": "application/x-recordio",
            }
            for name in ("train", "validation")
        ],
        EnableInterContainerTrafficEncryption=True,
    )
    same_request("CreateTrainingJob", stack.resolve(made.request), by_hand)


@pytest.mark.parametrize(
    "image",
    [
        ContainerImage.from_dlc("pytorch-training", "2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker"),
        ContainerImage.from_framework(
            "pytorch", version="2.5.1", purpose=ImagePurpose.TRAINING, device=Device.GPU, python="py311"
        ),
    ],
    ids=["by its tag", "by what is in it"],
)
def test_deep_learning_container_request(image: ContainerImage, tmp_path: Path) -> None:
    stack = in_ireland()
    made = job_in(
        stack,
        image=image,
        source=source_in(tmp_path),
        cluster=Cluster(instance_type=GPU, count=2),
        distribution=Distribution.torch(),
        hyperparameters={"lr": 0.1, "model": "resnet"},
    )
    asset = stack.node.find_child("Train").node.find_child("Source")
    bucket = {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-eu-west-1"}
    tag = made.request["AlgorithmSpecification"]["TrainingImage"].rpartition(":")[2]
    assert tag.startswith("2.5.1-gpu-py311")
    by_hand = expected(
        # https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/ecr-eu-west-1.html
        AlgorithmSpecification={
            "TrainingImage": registry("763104351884", f"pytorch-training:{tag}"),
            "TrainingInputMode": "File",
        },
        ResourceConfig={"InstanceType": "ml.g5.12xlarge", "InstanceCount": 2, "VolumeSizeInGB": 30},
        HyperParameters={
            "lr": "0.1",
            "model": '"resnet"',
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": {"Fn::Join": ["", ['"s3://', bucket, f'/{asset.asset_hash}.gz"']]},
            "sagemaker_container_log_level": "20",
            "sagemaker_region": '"eu-west-1"',
            "sagemaker_torch_distributed_enabled": "true",
            "sagemaker_instance_type": '"ml.g5.12xlarge"',
        },
        EnableInterContainerTrafficEncryption=True,
    )
    same_request("CreateTrainingJob", stack.resolve(made.request), by_hand)
