"""Requests of tuning, processing, transform and compilation jobs, against ones written by hand from the API reference.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/ (API_CreateHyperParameterTuningJob and its like)
"""

from pathlib import Path
from typing import Any

import pytest

from constructs_lib import Channel, Cluster, ContainerImage, InstanceType, Network, S3Location, S3Object, TrainingJob
from constructs_lib.contract import check_request
from constructs_lib.models.model import Model
from constructs_lib.training.channels import Compression, InputMode, S3DataDistribution
from constructs_lib.training.clarify_processing_job import ClarifyProcessingJob
from constructs_lib.training.compilation_job import CompilationJob
from constructs_lib.training.compilation_target import (
    CompilationFramework,
    CompilationInput,
    CompilationTarget,
    TargetPlatformAccelerator,
    TargetPlatformArch,
    TargetPlatformOs,
)
from constructs_lib.training.parameter_ranges import (
    AutoParameter,
    CategoricalParameterRange,
    ContinuousParameterRange,
    HyperParameterScalingType,
    IntegerParameterRange,
)
from constructs_lib.training.processing_cluster import ProcessingCluster, ProcessingInstancePreference
from constructs_lib.training.processing_datasets import (
    AthenaInput,
    AthenaResultCompressionType,
    AthenaResultFormat,
    RedshiftInput,
    RedshiftResultCompressionType,
    RedshiftResultFormat,
)
from constructs_lib.training.processing_inputs import ProcessingInput
from constructs_lib.training.processing_job import ProcessingJob
from constructs_lib.training.processing_outputs import ProcessingOutput, S3UploadMode
from constructs_lib.training.processing_script import ProcessingScript
from constructs_lib.training.tracking import Experiment
from constructs_lib.training.transform_data import (
    AssemblyType,
    BatchDataCapture,
    BatchStrategy,
    DataProcessing,
    JoinSource,
    SplitType,
    TransformInput,
    TransformOutput,
)
from constructs_lib.training.transform_job import TransformJob
from constructs_lib.training.tuning_definition import TuningDefinition, TuningInstanceConfig
from constructs_lib.training.tuning_job import TuningJob
from constructs_lib.training.tuning_strategy import (
    CompletionCriteria,
    TuningObjective,
    TuningStrategy,
    WarmStart,
    WarmStartType,
)
from tests.written_by_hand import same_request

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/work:1"
ROLE = "arn:aws:iam::123456789012:role/work"


def at(prefix: str, key_arn: str | None = None) -> S3Location:
    return S3Location(bucket_name="b", bucket_arn="arn:aws:s3:::b", prefix=prefix, key_arn=key_arn)


def file_at(key: str) -> S3Object:
    return S3Object(bucket_name="b", bucket_arn="arn:aws:s3:::b", key=key)


@pytest.fixture
def role(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role.from_role_arn(stack, "Given", ROLE)


def training(stack: Any, role: Any, id: str = "Train", **changes: Any) -> TrainingJob:
    arguments: dict[str, Any] = {
        "image": ContainerImage.from_uri(IMAGE),
        "cluster": Cluster(instance_type=InstanceType("ml.m5.xlarge")),
        "channels": [Channel.from_s3("train", at("data"))],
        "hyperparameters": {"epochs": 5},
        "metrics": {"loss": "loss=([0-9.]+)", "accuracy": "acc=([0-9.]+)"},
        "output": at("models"),
        "role": role,
    }
    job = TrainingJob(stack, id, **(arguments | changes))
    job.image = (arguments | changes)["image"]
    return job


# What the training job above becomes inside a tuning job.
DEFINITION = {
    "StaticHyperParameters": {"epochs": "5"},
    "AlgorithmSpecification": {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [
            {"Name": "loss", "Regex": "loss=([0-9.]+)"},
            {"Name": "accuracy", "Regex": "acc=([0-9.]+)"},
        ],
    },
    "RoleArn": ROLE,
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": "s3://b/data/",
                    "S3DataDistributionType": "FullyReplicated",
                }
            },
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://b/models/"},
    "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
    "EnableNetworkIsolation": False,
    "EnableInterContainerTrafficEncryption": False,
}


def same(stack: Any, job: Any, expected: dict[str, Any]) -> None:
    """The request is the expected one, and the API's model has nothing to say against it."""
    rendered = stack.resolve(job.request)
    same_request(f"Create{job.kind.noun}", rendered, expected)
    named = {job.kind.name_member: "a-name", **rendered}
    assert check_request("sagemaker", f"Create{job.kind.noun}", named) == []


class TestTuning:
    def test_bayesian_with_every_kind_of_range(self, stack: Any, role: Any) -> None:
        from aws_cdk import Duration

        job = TuningJob(
            stack,
            "Tune",
            definitions=[
                TuningDefinition(
                    job=training(stack, role),
                    objective=TuningObjective.minimize("loss"),
                    ranges={
                        "lr": ContinuousParameterRange(
                            min_value=1e-05, max_value=0.1, scaling_type=HyperParameterScalingType.LOGARITHMIC
                        ),
                        "layers": IntegerParameterRange(min_value=2, max_value=8),
                        "optimizer": CategoricalParameterRange(values=["sgd", "adam"]),
                    },
                )
            ],
            max_jobs=20,
            max_parallel_jobs=2,
            max_runtime=Duration.hours(6),
            early_stopping=True,
            random_seed=0,
            tags={"team": "vision"},
        )
        same(
            stack,
            job,
            {
                "HyperParameterTuningJobConfig": {
                    "Strategy": "Bayesian",
                    "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
                    "ResourceLimits": {
                        "MaxNumberOfTrainingJobs": 20,
                        "MaxParallelTrainingJobs": 2,
                        "MaxRuntimeInSeconds": 21600,
                    },
                    "ParameterRanges": {
                        "ContinuousParameterRanges": [
                            {"Name": "lr", "MinValue": "1e-05", "MaxValue": "0.1", "ScalingType": "Logarithmic"}
                        ],
                        "IntegerParameterRanges": [
                            {"Name": "layers", "MinValue": "2", "MaxValue": "8", "ScalingType": "Auto"}
                        ],
                        "CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["sgd", "adam"]}],
                    },
                    "TrainingJobEarlyStoppingType": "Auto",
                    "RandomSeed": 0,
                },
                "TrainingJobDefinition": DEFINITION,
                "Tags": [{"Key": "team", "Value": "vision"}],
            },
        )

    def test_hyperband(self, stack: Any, role: Any) -> None:
        definition = TuningDefinition(
            job=training(stack, role),
            objective=TuningObjective.maximize("accuracy"),
            ranges={"lr": ContinuousParameterRange(min_value=0.1, max_value=0.9)},
        )
        strategy = TuningStrategy.hyperband(min_resource=1, max_resource=20)
        same(
            stack,
            TuningJob(stack, "Tune", definitions=[definition], strategy=strategy, max_jobs=9),
            {
                "HyperParameterTuningJobConfig": {
                    "Strategy": "Hyperband",
                    "StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 20}},
                    "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "accuracy"},
                    "ResourceLimits": {"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 1},
                    "ParameterRanges": {
                        "ContinuousParameterRanges": [
                            {"Name": "lr", "MinValue": "0.1", "MaxValue": "0.9", "ScalingType": "Auto"}
                        ]
                    },
                    "TrainingJobEarlyStoppingType": "Off",
                },
                "TrainingJobDefinition": DEFINITION,
            },
        )

    def test_grid_counts_its_jobs_itself(self, stack: Any, role: Any) -> None:
        definition = TuningDefinition(
            job=training(stack, role),
            objective=TuningObjective.minimize("loss"),
            ranges={"batch": CategoricalParameterRange(values=[16, 32]), "lr": CategoricalParameterRange(values=[0.1])},
        )
        same(
            stack,
            TuningJob(stack, "Tune", definitions=[definition], strategy=TuningStrategy.grid(), max_parallel_jobs=2),
            {
                "HyperParameterTuningJobConfig": {
                    "Strategy": "Grid",
                    "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
                    "ResourceLimits": {"MaxParallelTrainingJobs": 2},
                    "ParameterRanges": {
                        "CategoricalParameterRanges": [
                            {"Name": "batch", "Values": ["16", "32"]},
                            {"Name": "lr", "Values": ["0.1"]},
                        ]
                    },
                    "TrainingJobEarlyStoppingType": "Off",
                },
                "TrainingJobDefinition": DEFINITION,
            },
        )

    def test_several_definitions_have_names_objectives_and_ranges_of_their_own(self, stack: Any, role: Any) -> None:
        layers = {"layers": IntegerParameterRange(min_value=1, max_value=2)}
        rates = {"lr": ContinuousParameterRange(min_value=0.0, max_value=1.0)}
        same(
            stack,
            TuningJob(
                stack,
                "Tune",
                definitions=[
                    TuningDefinition(
                        job=training(stack, role), objective=TuningObjective.minimize("loss"), ranges=layers
                    ),
                    TuningDefinition(
                        job=training(stack, role, "Other"),
                        objective=TuningObjective.minimize("loss"),
                        ranges=rates,
                        name="second",
                        instances=[
                            TuningInstanceConfig(instance_type=InstanceType("ml.m5.xlarge"), count=2, volume_gib=50),
                            TuningInstanceConfig(instance_type=InstanceType("ml.c5.xlarge")),
                        ],
                    ),
                ],
                strategy=TuningStrategy.random(),
                max_jobs=4,
            ),
            {
                "HyperParameterTuningJobConfig": {
                    "Strategy": "Random",
                    "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 1},
                    "TrainingJobEarlyStoppingType": "Off",
                },
                "TrainingJobDefinitions": [
                    {
                        "DefinitionName": "train",
                        "TuningObjective": {"Type": "Minimize", "MetricName": "loss"},
                        "HyperParameterRanges": {
                            "IntegerParameterRanges": [
                                {"Name": "layers", "MinValue": "1", "MaxValue": "2", "ScalingType": "Auto"}
                            ]
                        },
                        **DEFINITION,
                    },
                    {
                        "DefinitionName": "second",
                        "TuningObjective": {"Type": "Minimize", "MetricName": "loss"},
                        "HyperParameterRanges": {
                            "ContinuousParameterRanges": [
                                {"Name": "lr", "MinValue": "0.0", "MaxValue": "1.0", "ScalingType": "Auto"}
                            ]
                        },
                        **{name: value for name, value in DEFINITION.items() if name != "ResourceConfig"},
                        "EnableInterContainerTrafficEncryption": True,
                        "HyperParameterTuningResourceConfig": {
                            "AllocationStrategy": "Prioritized",
                            "InstanceConfigs": [
                                {"InstanceType": "ml.m5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 50},
                                {"InstanceType": "ml.c5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30},
                            ],
                        },
                    },
                ],
            },
        )

    def test_autotune_with_hints_warm_start_and_criteria(self, stack: Any, role: Any) -> None:
        definition = TuningDefinition(
            job=training(stack, role),
            objective=TuningObjective.minimize("loss"),
            ranges={"lr": AutoParameter(value_hint=0.01)},
        )
        same(
            stack,
            TuningJob(
                stack,
                "Tune",
                definitions=[definition],
                autotune=True,
                warm_start=WarmStart(parents=["one", "two"], type=WarmStartType.TRANSFER_LEARNING),
                completion=CompletionCriteria(
                    target_objective_metric_value=0.0, max_jobs_not_improving=3, complete_on_convergence=True
                ),
            ),
            {
                "HyperParameterTuningJobConfig": {
                    "Strategy": "Bayesian",
                    "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
                    "ResourceLimits": {"MaxParallelTrainingJobs": 1},
                    "ParameterRanges": {"AutoParameters": [{"Name": "lr", "ValueHint": "0.01"}]},
                    "TrainingJobEarlyStoppingType": "Off",
                    "TuningJobCompletionCriteria": {
                        "TargetObjectiveMetricValue": 0.0,
                        "BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3},
                        "ConvergenceDetected": {"CompleteOnConvergence": "Enabled"},
                    },
                },
                "TrainingJobDefinition": DEFINITION,
                "WarmStartConfig": {
                    "ParentHyperParameterTuningJobs": [
                        {"HyperParameterTuningJobName": "one"},
                        {"HyperParameterTuningJobName": "two"},
                    ],
                    "WarmStartType": "TransferLearning",
                },
                "Autotune": {"Mode": "Enabled"},
            },
        )


CLUSTER = ProcessingCluster.of(InstanceType("ml.m5.xlarge"))
CLUSTER_CONFIG = {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30}
OPEN = {"EnableInterContainerTrafficEncryption": False, "EnableNetworkIsolation": False}


class TestProcessing:
    def test_every_member_of_an_ordinary_job(self, stack: Any, role: Any) -> None:
        from aws_cdk import Duration

        network = Network(stack, "Network")
        job = ProcessingJob(
            stack,
            "Process",
            image=ContainerImage.from_uri(IMAGE),
            cluster=ProcessingCluster.of(InstanceType("ml.m5.xlarge"), count=2, volume_gib=100),
            entrypoint=["python3", "/work.py"],
            arguments=["--split", "0.2"],
            environment={"STAGE": "test"},
            inputs=[
                ProcessingInput.from_s3("raw", at("raw"), distribution=S3DataDistribution.SHARDED),
                ProcessingInput.from_manifest(
                    "listed", file_at("m.json"), [at("listed")], local_path="/opt/ml/processing/listed"
                ),
            ],
            outputs=[
                ProcessingOutput.to_s3("clean", at("clean", KEY)),
                ProcessingOutput.to_s3(
                    "log", at("log"), local_path="/opt/ml/processing/log", upload_mode=S3UploadMode.CONTINUOUS
                ),
            ],
            max_runtime=Duration.hours(1),
            network=network,
            network_isolation=True,
            experiment=Experiment(experiment_name="e", trial_name="t", trial_component_display_name="d", run_name="r"),
            tags={"team": "vision"},
            role=role,
        )
        same(
            stack,
            job,
            {
                "ProcessingInputs": [
                    {
                        "InputName": "raw",
                        "S3Input": {
                            "S3Uri": "s3://b/raw/",
                            "LocalPath": "/opt/ml/processing/input/raw",
                            "S3DataType": "S3Prefix",
                            "S3InputMode": "File",
                            "S3DataDistributionType": "ShardedByS3Key",
                        },
                    },
                    {
                        "InputName": "listed",
                        "S3Input": {
                            "S3Uri": "s3://b/m.json",
                            "LocalPath": "/opt/ml/processing/listed",
                            "S3DataType": "ManifestFile",
                            "S3InputMode": "File",
                            "S3DataDistributionType": "FullyReplicated",
                        },
                    },
                ],
                "ProcessingOutputConfig": {
                    "Outputs": [
                        {
                            "OutputName": "clean",
                            "S3Output": {
                                "S3Uri": "s3://b/clean",
                                "LocalPath": "/opt/ml/processing/output/clean",
                                "S3UploadMode": "EndOfJob",
                            },
                        },
                        {
                            "OutputName": "log",
                            "S3Output": {
                                "S3Uri": "s3://b/log",
                                "LocalPath": "/opt/ml/processing/log",
                                "S3UploadMode": "Continuous",
                            },
                        },
                    ],
                    "KmsKeyId": KEY,
                },
                "ProcessingResources": {
                    "ClusterConfig": {
                        "InstanceCount": 2,
                        "InstanceType": "ml.m5.xlarge",
                        "VolumeSizeInGB": 100,
                        "VolumeKmsKeyId": KEY,
                    }
                },
                "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
                "AppSpecification": {
                    "ImageUri": IMAGE,
                    "ContainerEntrypoint": ["python3", "/work.py"],
                    "ContainerArguments": ["--split", "0.2"],
                },
                "Environment": {"STAGE": "test"},
                "NetworkConfig": {
                    "EnableInterContainerTrafficEncryption": True,
                    "EnableNetworkIsolation": True,
                    "VpcConfig": {
                        "SecurityGroupIds": [{"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}],
                        "Subnets": [
                            {"Fn::GetAtt": ["NetworkSubnet18D1B2567", "SubnetId"]},
                            {"Fn::GetAtt": ["NetworkSubnet29A0E8491", "SubnetId"]},
                        ],
                    },
                },
                "RoleArn": ROLE,
                "Tags": [{"Key": "team", "Value": "vision"}],
                "ExperimentConfig": {
                    "ExperimentName": "e",
                    "TrialName": "t",
                    "TrialComponentDisplayName": "d",
                    "RunName": "r",
                },
            },
        )

    def test_nothing_but_what_it_must_have(self, stack: Any, role: Any) -> None:
        job = ProcessingJob(stack, "Process", image=ContainerImage.from_uri(IMAGE), cluster=CLUSTER, role=role)
        same(
            stack,
            job,
            {
                "ProcessingResources": {"ClusterConfig": CLUSTER_CONFIG},
                "AppSpecification": {"ImageUri": IMAGE},
                "NetworkConfig": OPEN,
                "RoleArn": ROLE,
            },
        )

    def test_the_answers_of_athena_and_redshift(self, stack: Any, role: Any) -> None:
        athena = AthenaInput(
            name="clicks",
            database="web",
            query="SELECT 1",
            output=at("athena", KEY),
            output_format=AthenaResultFormat.ORC,
            output_compression=AthenaResultCompressionType.SNAPPY,
            work_group="analysts",
            distribution=S3DataDistribution.FULLY_REPLICATED,
            mode=InputMode.FILE,
        )
        redshift = RedshiftInput(
            name="sales",
            cluster_id="dwh",
            database="prod",
            db_user="reader",
            query="SELECT 2",
            cluster_role_arn="arn:aws:iam::123456789012:role/unload",
            output=at("redshift", KEY),
            output_format=RedshiftResultFormat.CSV,
            output_compression=RedshiftResultCompressionType.GZIP,
            app_managed=True,
        )
        image = ContainerImage.from_uri(IMAGE)
        job = ProcessingJob(stack, "Process", image=image, cluster=CLUSTER, inputs=[athena, redshift], role=role)
        same(
            stack,
            job,
            {
                "ProcessingInputs": [
                    {
                        "InputName": "clicks",
                        "DatasetDefinition": {
                            "AthenaDatasetDefinition": {
                                "Catalog": "AwsDataCatalog",
                                "Database": "web",
                                "QueryString": "SELECT 1",
                                "WorkGroup": "analysts",
                                "OutputS3Uri": "s3://b/athena/",
                                "KmsKeyId": KEY,
                                "OutputFormat": "ORC",
                                "OutputCompression": "SNAPPY",
                            },
                            "LocalPath": "/opt/ml/processing/input/clicks",
                            "DataDistributionType": "FullyReplicated",
                            "InputMode": "File",
                        },
                    },
                    {
                        "InputName": "sales",
                        "AppManaged": True,
                        "DatasetDefinition": {
                            "RedshiftDatasetDefinition": {
                                "ClusterId": "dwh",
                                "Database": "prod",
                                "DbUser": "reader",
                                "QueryString": "SELECT 2",
                                "ClusterRoleArn": "arn:aws:iam::123456789012:role/unload",
                                "OutputS3Uri": "s3://b/redshift/",
                                "KmsKeyId": KEY,
                                "OutputFormat": "CSV",
                                "OutputCompression": "GZIP",
                            },
                            "LocalPath": "/opt/ml/processing/input/sales",
                        },
                    },
                ],
                "ProcessingResources": {"ClusterConfig": CLUSTER_CONFIG},
                "AppSpecification": {"ImageUri": IMAGE},
                "NetworkConfig": OPEN,
                "RoleArn": ROLE,
            },
        )

    def test_preferences_a_feature_group_and_a_pipe(self, stack: Any, role: Any) -> None:
        job = ProcessingJob(
            stack,
            "Process",
            image=ContainerImage.from_uri(IMAGE),
            cluster=ProcessingCluster.of_preferences(
                ProcessingInstancePreference(instance_type=InstanceType("ml.m5.xlarge"), count=2),
                ProcessingInstancePreference(instance_type=InstanceType("ml.m5.4xlarge"), count=1),
            ),
            inputs=[
                ProcessingInput.from_s3("raw", at("raw"), mode=InputMode.PIPE, compression=Compression.GZIP),
            ],
            outputs=[ProcessingOutput.to_feature_store("features", "Clicks")],
            inter_container_encryption=False,
            role=role,
        )
        same(
            stack,
            job,
            {
                "ProcessingInputs": [
                    {
                        "InputName": "raw",
                        "S3Input": {
                            "S3Uri": "s3://b/raw/",
                            "LocalPath": "/opt/ml/processing/input/raw",
                            "S3DataType": "S3Prefix",
                            "S3InputMode": "Pipe",
                            "S3DataDistributionType": "FullyReplicated",
                            "S3CompressionType": "Gzip",
                        },
                    }
                ],
                "ProcessingOutputConfig": {
                    "Outputs": [
                        {
                            "OutputName": "features",
                            "AppManaged": True,
                            "FeatureStoreOutput": {"FeatureGroupName": "Clicks"},
                        }
                    ]
                },
                "ProcessingResources": {
                    "ClusterConfig": {
                        "VolumeSizeInGB": 30,
                        "InstancePreferences": [
                            {"InstanceType": "ml.m5.xlarge", "InstanceCount": 2},
                            {"InstanceType": "ml.m5.4xlarge", "InstanceCount": 1},
                        ],
                    }
                },
                "AppSpecification": {"ImageUri": IMAGE},
                "NetworkConfig": OPEN,
                "RoleArn": ROLE,
            },
        )

    def test_a_script(self, stack: Any, role: Any, tmp_path: Path) -> None:
        (tmp_path / "work.py").write_text("print(1)")
        job = ProcessingJob(
            stack,
            "Process",
            image=ContainerImage.from_uri(IMAGE),
            cluster=CLUSTER,
            script=ProcessingScript(path=str(tmp_path / "work.py")),
            arguments=["--all"],
            role=role,
        )
        request = stack.resolve(job.request)
        (code,) = request.pop("ProcessingInputs")
        entrypoint = request["AppSpecification"].pop("ContainerEntrypoint")
        name = entrypoint[1].rpartition("/")[2]
        assert entrypoint == ["python3", f"/opt/ml/processing/input/code/{name}"]
        assert name.endswith(".py")
        uri = code["S3Input"].pop("S3Uri")
        assert uri["Fn::Join"][1][2] == f"/{name}"
        assert code == {
            "InputName": "code",
            "S3Input": {
                "LocalPath": "/opt/ml/processing/input/code",
                "S3DataType": "S3Prefix",
                "S3InputMode": "File",
                "S3DataDistributionType": "FullyReplicated",
            },
        }
        assert request == {
            "ProcessingResources": {"ClusterConfig": CLUSTER_CONFIG},
            "AppSpecification": {"ImageUri": IMAGE, "ContainerArguments": ["--all"]},
            "NetworkConfig": OPEN,
            "RoleArn": ROLE,
        }

    def test_clarify(self, stack: Any, role: Any) -> None:
        job = ClarifyProcessingJob(
            stack,
            "Bias",
            image=ContainerImage.from_uri(IMAGE),
            cluster=CLUSTER,
            analysis_config=file_at("clarify/analysis_config.json"),
            dataset=at("data"),
            output=at("report"),
            role=role,
        )

        def read(name: str, uri: str, folder: str) -> dict[str, Any]:
            return {
                "InputName": name,
                "S3Input": {
                    "S3Uri": uri,
                    "LocalPath": f"/opt/ml/processing/input/{folder}",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                    "S3DataDistributionType": "FullyReplicated",
                },
            }

        same(
            stack,
            job,
            {
                "ProcessingInputs": [
                    read("analysis_config", "s3://b/clarify/analysis_config.json", "config"),
                    read("dataset", "s3://b/data/", "data"),
                ],
                "ProcessingOutputConfig": {
                    "Outputs": [
                        {
                            "OutputName": "analysis_result",
                            "S3Output": {
                                "S3Uri": "s3://b/report",
                                "LocalPath": "/opt/ml/processing/output",
                                "S3UploadMode": "EndOfJob",
                            },
                        }
                    ]
                },
                "ProcessingResources": {"ClusterConfig": CLUSTER_CONFIG},
                "AppSpecification": {"ImageUri": IMAGE},
                "NetworkConfig": OPEN,
                "RoleArn": ROLE,
            },
        )


class TestTransform:
    def test_every_member(self, stack: Any, role: Any) -> None:
        from aws_cdk import Duration

        job = TransformJob(
            stack,
            "Score",
            model=Model.from_model_name(stack, "Imported", "churn", role=role),
            input=TransformInput.from_s3(
                at("in"), content_type="text/csv", split_type=SplitType.LINE, compression=Compression.GZIP
            ),
            output=TransformOutput(location=at("out", KEY), accept="text/csv", assemble_with=AssemblyType.LINE),
            instance_type=InstanceType("ml.m5.xlarge"),
            instance_count=2,
            batch_strategy=BatchStrategy.MULTI_RECORD,
            max_payload_mb=10,
            max_concurrent_transforms=10,
            invocations_timeout=Duration.minutes(1),
            invocations_max_retries=0,
            data_processing=DataProcessing(input_filter="$[1:]", join_source=JoinSource.INPUT, output_filter="$[0,-1]"),
            data_capture=BatchDataCapture(location=at("capture", KEY), generate_inference_id=True),
            environment={"MODE": "batch"},
            ami_version="al2-ami-sagemaker-batch-gpu-535",
            experiment=Experiment(experiment_name="e", trial_name="t", trial_component_display_name="d", run_name="r"),
            tags={"team": "vision"},
        )
        same(
            stack,
            job,
            {
                "ModelName": "churn",
                "MaxConcurrentTransforms": 10,
                "ModelClientConfig": {"InvocationsTimeoutInSeconds": 60, "InvocationsMaxRetries": 0},
                "MaxPayloadInMB": 10,
                "BatchStrategy": "MultiRecord",
                "Environment": {"MODE": "batch"},
                "TransformInput": {
                    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in/"}},
                    "ContentType": "text/csv",
                    "CompressionType": "Gzip",
                    "SplitType": "Line",
                },
                "TransformOutput": {
                    "S3OutputPath": "s3://b/out",
                    "Accept": "text/csv",
                    "AssembleWith": "Line",
                    "KmsKeyId": KEY,
                },
                "DataCaptureConfig": {
                    "DestinationS3Uri": "s3://b/capture",
                    "KmsKeyId": KEY,
                    "GenerateInferenceId": True,
                },
                "TransformResources": {
                    "InstanceType": "ml.m5.xlarge",
                    "InstanceCount": 2,
                    "VolumeKmsKeyId": KEY,
                    "TransformAmiVersion": "al2-ami-sagemaker-batch-gpu-535",
                },
                "DataProcessing": {"InputFilter": "$[1:]", "OutputFilter": "$[0,-1]", "JoinSource": "Input"},
                "Tags": [{"Key": "team", "Value": "vision"}],
                "ExperimentConfig": {
                    "ExperimentName": "e",
                    "TrialName": "t",
                    "TrialComponentDisplayName": "d",
                    "RunName": "r",
                },
            },
        )

    def test_nothing_but_what_it_must_have_from_a_manifest(self, stack: Any, role: Any) -> None:
        job = TransformJob(
            stack,
            "Score",
            model=Model.from_model_name(stack, "Imported", "churn", role=role),
            input=TransformInput.from_manifest(file_at("list.manifest"), [at("in")]),
            output=TransformOutput(location=at("out")),
            instance_type=InstanceType("ml.m5.xlarge"),
            max_payload_mb=0,
        )
        same(
            stack,
            job,
            {
                "ModelName": "churn",
                "MaxPayloadInMB": 0,
                "TransformInput": {
                    "DataSource": {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": "s3://b/list.manifest"}}
                },
                "TransformOutput": {"S3OutputPath": "s3://b/out"},
                "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
            },
        )


class TestCompilation:
    def test_an_archive_for_a_family_of_machines(self, stack: Any, role: Any) -> None:
        from aws_cdk import Duration

        job = CompilationJob(
            stack,
            "Compile",
            input=CompilationInput.from_artifact(
                file_at("m.tar.gz"),
                CompilationFramework.PYTORCH,
                data_input_config='{"input0": [1, 3, 224, 224]}',
                framework_version="1.13",
            ),
            output=at("compiled", KEY),
            target=CompilationTarget.device("ml_g4dn"),
            compiler_options={"dtype": "float32"},
            max_runtime=Duration.hours(1),
            network=Network(stack, "Network"),
            tags={"team": "edge"},
            role=role,
        )
        same(
            stack,
            job,
            {
                "RoleArn": ROLE,
                "InputConfig": {
                    "S3Uri": "s3://b/m.tar.gz",
                    "DataInputConfig": '{"input0": [1, 3, 224, 224]}',
                    "Framework": "PYTORCH",
                    "FrameworkVersion": "1.13",
                },
                "OutputConfig": {
                    "S3OutputLocation": "s3://b/compiled",
                    "TargetDevice": "ml_g4dn",
                    "CompilerOptions": '{"dtype": "float32"}',
                    "KmsKeyId": KEY,
                },
                "VpcConfig": {
                    "SecurityGroupIds": [{"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}],
                    "Subnets": [
                        {"Fn::GetAtt": ["NetworkSubnet18D1B2567", "SubnetId"]},
                        {"Fn::GetAtt": ["NetworkSubnet29A0E8491", "SubnetId"]},
                    ],
                },
                "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
                "Tags": [{"Key": "team", "Value": "edge"}],
            },
        )

    def test_a_model_package_for_a_platform(self, stack: Any, role: Any) -> None:
        package = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/1"
        job = CompilationJob(
            stack,
            "Compile",
            input=CompilationInput.from_model_package(package),
            output=at("compiled"),
            target=CompilationTarget.platform(
                TargetPlatformOs.LINUX, TargetPlatformArch.ARM64, TargetPlatformAccelerator.NVIDIA
            ),
            compiler_options={"gpu-code": "sm_62", "trt-ver": "6.0.1", "cuda-ver": "10.0"},
            role=role,
        )
        same(
            stack,
            job,
            {
                "RoleArn": ROLE,
                "ModelPackageVersionArn": package,
                "OutputConfig": {
                    "S3OutputLocation": "s3://b/compiled",
                    "TargetPlatform": {"Os": "LINUX", "Arch": "ARM64", "Accelerator": "NVIDIA"},
                    "CompilerOptions": '{"gpu-code": "sm_62", "trt-ver": "6.0.1", "cuda-ver": "10.0"}',
                },
                "StoppingCondition": {"MaxRuntimeInSeconds": 900},
            },
        )
