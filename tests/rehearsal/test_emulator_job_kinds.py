"""Every kind of job on the embedded AWS: what it leaves, what it reports, and the words of what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.contract import service_model
from tests.rehearsal.test_emulator_support import (
    ACCOUNT,
    ARTIFACT,
    BUCKET,
    IMAGE,
    PULL,
    STORE,
    World,
    allow,
    refusal,
    wait_for,
    world,
)

DATA = f"s3://{BUCKET}/data/train"
METRICS = [{"Name": "validation:accuracy", "Regex": "accuracy=([0-9.]+)"}, {"Name": "loss", "Regex": "loss=([0-9.]+)"}]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.model("base")
        yield account


def keys(here: World, prefix: str) -> list[str]:
    found = here.aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return [entry["Key"] for entry in found]


def ended(here: World, noun: str, name: str) -> Any:
    describe = getattr(here.sagemaker, f"describe_{noun}_job")
    member = {"hyper_parameter_tuning": "HyperParameterTuning"}.get(noun, noun.title())
    status = f"{member}JobStatus"
    return wait_for(
        lambda: describe(**{f"{member}JobName": name}),
        lambda job: job[status].upper() not in ("INPROGRESS", "STOPPING", "STARTING"),
    )


def trained(here: World, name: str, **changes: Any) -> Any:
    here.sagemaker.create_training_job(**here.job(name, **changes))
    return ended(here, "training", name)


class TestTraining:
    def test_reports_each_metric_that_is_defined(self, here: World) -> None:
        algorithm = {"TrainingImage": IMAGE, "TrainingInputMode": "File", "MetricDefinitions": METRICS}
        job = trained(here, "metrics", AlgorithmSpecification=algorithm)

        reported = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
        assert reported == pytest.approx({"validation:accuracy": 0.95, "loss": 0.95})

    def test_a_built_in_algorithm_reports_its_own(self, here: World) -> None:
        image = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
        role = here.make_role("built-in", [*STORE, allow(["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], "*")])
        algorithm = {"TrainingImage": image, "TrainingInputMode": "File"}
        job = trained(here, "built-in", AlgorithmSpecification=algorithm, RoleArn=role)

        assert "validation:accuracy" in [metric["MetricName"] for metric in job["FinalMetricDataList"]]

    def test_spot_writes_checkpoints_and_bills_less_than_it_ran(self, here: World) -> None:
        job = trained(
            here,
            "spot",
            EnableManagedSpotTraining=True,
            CheckpointConfig={"S3Uri": f"s3://{BUCKET}/checkpoints/spot/", "LocalPath": "/opt/ml/checkpoints"},
            StoppingCondition={"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
        )

        assert job["EnableManagedSpotTraining"]
        assert job["BillableTimeInSeconds"] < job["TrainingTimeInSeconds"]
        assert keys(here, "checkpoints/spot/") == ["checkpoints/spot/checkpoint-1.json"]

    def test_leaves_a_folder_where_the_output_is_not_compressed(self, here: World) -> None:
        output = {"S3OutputPath": f"s3://{BUCKET}/out", "CompressionType": "NONE"}
        job = trained(here, "unpacked", OutputDataConfig=output)

        assert job["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{BUCKET}/out/unpacked/output/model/"
        assert keys(here, "out/unpacked/") == ["out/unpacked/output/model/training-job.json"]

    def test_a_warm_pool_is_available_afterwards(self, here: World) -> None:
        cluster = {**here.job("")["ResourceConfig"], "KeepAlivePeriodInSeconds": 600}

        assert trained(here, "warm", ResourceConfig=cluster)["WarmPoolStatus"] == {"Status": "Available"}

    def test_fails_for_a_checkpoint_that_the_role_may_not_write(self, here: World) -> None:
        only = allow(["s3:PutObject"], f"arn:aws:s3:::{BUCKET}/out/*")
        read = allow(["s3:GetObject", "s3:ListBucket"], "*")
        role = here.make_role("no-checkpoints", [*PULL, only, read])
        words = refusal(
            here.sagemaker.create_training_job,
            **here.job("c", RoleArn=role, CheckpointConfig={"S3Uri": f"s3://{BUCKET}/checkpoints"}),
        )

        assert f"could not access s3://{BUCKET}/checkpoints/object" in words

    def test_trap_13_fails_for_a_volume_key_on_local_storage(self, here: World) -> None:
        cluster = {**here.job("")["ResourceConfig"], "VolumeKmsKeyId": "alias/any"}
        words = refusal(here.sagemaker.create_training_job, **here.job("nvme", ResourceConfig=cluster))

        assert "VolumeKmsKeyId cannot be given for instance type ml.g5.xlarge" in words

    def test_a_volume_key_has_to_be_lent(self, here: World) -> None:
        key = here.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        cluster = {**here.job("")["ResourceConfig"], "InstanceType": "ml.m5.xlarge", "VolumeKmsKeyId": key}
        job = here.job("lent", ResourceConfig=cluster)

        assert f'is not allowed "kms:CreateGrant" on {key}' in refusal(here.sagemaker.create_training_job, **job)

        condition = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        grant = allow(["kms:CreateGrant"], key, Condition=condition)
        job["RoleArn"] = here.make_role("lender", [*PULL, *STORE, grant])
        here.sagemaker.create_training_job(**job)

    def test_trap_31_fails_for_a_warm_pool_with_spot(self, here: World) -> None:
        job = here.job(
            "both",
            EnableManagedSpotTraining=True,
            StoppingCondition={"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60},
            ResourceConfig={**here.job("")["ResourceConfig"], "KeepAlivePeriodInSeconds": 60},
        )

        assert "spot training, which has no warm pool" in refusal(here.sagemaker.create_training_job, **job)

    @pytest.mark.parametrize(
        ("names", "got"), [({}, "neither"), ({"TrainingImage": IMAGE, "AlgorithmName": "mine"}, "both")]
    )
    def test_trap_38_fails_unless_it_has_one_algorithm(self, here: World, names: dict[str, str], got: str) -> None:
        job = here.job("algorithm", AlgorithmSpecification={"TrainingInputMode": "File", **names})
        words = refusal(here.sagemaker.create_training_job, **job)

        assert f"must have either TrainingImage or AlgorithmName, got {got}" in words


def test_trap_13_local_storage_is_as_the_constructs_have_it() -> None:
    from constructs_lib.rehearsal.emulator import instances

    types = service_model("sagemaker").shape_for("TrainingInstanceType").enum

    assert {name for name in types if instances.has_local_storage(name)} == {
        name for name in types if InstanceType(name).has_local_storage
    }


def tuning(here: World, name: str, **changes: Any) -> dict[str, Any]:
    definition = {name: value for name, value in here.job("").items() if name != "TrainingJobName"}
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:accuracy"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {
                "ContinuousParameterRanges": [{"Name": "lr", "MinValue": "0.1", "MaxValue": "0.5"}],
                "CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["adam", "sgd"]}],
            },
        },
        "TrainingJobDefinition": {
            **definition,
            "StaticHyperParameters": {"epochs": "3"},
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": METRICS,
            },
            **changes,
        },
    }


class TestTuning:
    def test_completes_with_a_best_job(self, here: World) -> None:
        here.sagemaker.create_hyper_parameter_tuning_job(**tuning(here, "tuned"))
        job = ended(here, "hyper_parameter_tuning", "tuned")

        assert job["HyperParameterTuningJobStatus"] == "Completed"
        assert job["TrainingJobStatusCounters"]["Completed"] == 1
        assert job["ObjectiveStatusCounters"]["Succeeded"] == 1
        best = job["BestTrainingJob"]
        metric = best["FinalHyperParameterTuningJobObjectiveMetric"]
        assert (metric["MetricName"], metric["Value"]) == ("validation:accuracy", pytest.approx(0.95))
        assert best["TunedHyperParameters"] == {"lr": "0.1", "optimizer": "adam"}
        listed = here.sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="tuned")
        assert [entry["TrainingJobName"] for entry in listed["TrainingJobSummaries"]] == [best["TrainingJobName"]]
        child = here.sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
        assert child["TuningJobArn"] == job["HyperParameterTuningJobArn"]
        assert child["HyperParameters"]["epochs"] == "3"
        assert keys(here, f"out/{best['TrainingJobName']}/")

    def test_each_of_several_definitions_has_a_job(self, here: World) -> None:
        request = tuning(here, "several")
        definition = request.pop("TrainingJobDefinition")
        own = {
            "TuningObjective": request["HyperParameterTuningJobConfig"].pop("HyperParameterTuningJobObjective"),
            "HyperParameterRanges": request["HyperParameterTuningJobConfig"].pop("ParameterRanges"),
        }
        request["TrainingJobDefinitions"] = [{**definition, **own, "DefinitionName": name} for name in ("a", "b")]
        here.sagemaker.create_hyper_parameter_tuning_job(**request)
        job = ended(here, "hyper_parameter_tuning", "several")

        assert job["TrainingJobStatusCounters"]["Completed"] == 2
        assert job["BestTrainingJob"]["TrainingJobDefinitionName"] == "a"

    def test_can_be_stopped_with_its_jobs(self, here: World) -> None:
        here.sagemaker.create_hyper_parameter_tuning_job(**tuning(here, "halted"))
        here.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="halted")
        job = ended(here, "hyper_parameter_tuning", "halted")

        assert job["HyperParameterTuningJobStatus"] == "Stopped"
        assert job["TrainingJobStatusCounters"]["Stopped"] == 1
        assert ended(here, "training", "halted-001-00000000")["TrainingJobStatus"] == "Stopped"

    def test_fails_for_an_objective_that_no_job_reports(self, here: World) -> None:
        request = tuning(here, "blind")
        request["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]["MetricName"] = "f1"
        words = refusal(here.sagemaker.create_hyper_parameter_tuning_job, **request)

        assert "objective metric f1 is not among the metrics" in words

    def test_fails_for_a_definition_that_could_not_be_trained(self, here: World) -> None:
        words = refusal(
            here.sagemaker.create_hyper_parameter_tuning_job, **tuning(here, "spotty", EnableManagedSpotTraining=True)
        )

        assert "CreateHyperParameterTuningJob: training job definition 1: spotty-001-00000000 uses managed" in words


def processing(here: World, name: str, **changes: Any) -> dict[str, Any]:
    return {
        "ProcessingJobName": name,
        "RoleArn": here.role,
        "AppSpecification": {"ImageUri": IMAGE},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30}
        },
        "ProcessingInputs": [
            {
                "InputName": "raw",
                "S3Input": {
                    "S3Uri": DATA,
                    "LocalPath": "/opt/ml/processing/raw",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                },
            }
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": output,
                    "S3Output": {
                        "S3Uri": f"s3://{BUCKET}/processed/{name}/{output}",
                        "LocalPath": f"/opt/ml/processing/{output}",
                        "S3UploadMode": "EndOfJob",
                    },
                }
                for output in ("train", "test")
            ]
        },
        **changes,
    }


class TestProcessing:
    def test_writes_each_output(self, here: World) -> None:
        here.sagemaker.create_processing_job(**processing(here, "split"))
        job = ended(here, "processing", "split")

        assert job["ProcessingJobStatus"] == "Completed"
        assert job["ProcessingEndTime"] >= job["ProcessingStartTime"]
        assert keys(here, "processed/split/") == [
            f"processed/split/{output}/processing-job.json" for output in ("test", "train")
        ]

    def test_fails_without_the_input(self, here: World) -> None:
        request = processing(here, "empty")
        request["ProcessingInputs"][0]["S3Input"]["S3Uri"] = f"s3://{BUCKET}/none"
        words = refusal(here.sagemaker.create_processing_job, **request)

        assert f'No S3 objects found under S3 URL "s3://{BUCKET}/none" given in processing input raw' in words

    def test_fails_for_a_role_that_may_not_write(self, here: World) -> None:
        role = here.make_role("reader", [*PULL, allow(["s3:GetObject", "s3:ListBucket"], "*")])
        words = refusal(here.sagemaker.create_processing_job, **processing(here, "denied", RoleArn=role))

        assert f'role {role} is not allowed "s3:PutObject"' in words

    def test_fails_for_two_outputs_of_one_name(self, here: World) -> None:
        request = processing(here, "doubled")
        request["ProcessingOutputConfig"]["Outputs"] *= 2

        assert "several inputs or outputs named test, train" in refusal(here.sagemaker.create_processing_job, **request)


def transform(name: str, model: str = "base", **changes: Any) -> dict[str, Any]:
    return {
        "TransformJobName": name,
        "ModelName": model,
        "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{DATA}/"}}},
        "TransformOutput": {"S3OutputPath": f"s3://{BUCKET}/batch/{name}"},
        "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
        **changes,
    }


class TestTransform:
    def test_answers_each_object_under_its_name(self, here: World) -> None:
        here.aws.client("s3").put_object(Bucket=BUCKET, Key="data/train/more/1.jpg", Body=b"content")
        here.sagemaker.create_transform_job(**transform("batch"))

        assert ended(here, "transform", "batch")["TransformJobStatus"] == "Completed"
        assert keys(here, "batch/batch/") == ["batch/batch/0.jpg.out", "batch/batch/more/1.jpg.out"]

    def test_fails_without_the_model(self, here: World) -> None:
        words = refusal(here.sagemaker.create_transform_job, **transform("lost", "no-such-model"))

        assert f'Could not find model "arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/no-such-model"' in words

    def test_fails_where_the_role_of_the_model_may_not_write(self, here: World) -> None:
        role = here.make_role("serving-only", [*PULL, allow(["s3:GetObject", "s3:ListBucket"], "*")])
        here.model("serving-only", ExecutionRoleArn=role)
        words = refusal(here.sagemaker.create_transform_job, **transform("denied", "serving-only"))

        assert f'role {role} is not allowed "s3:PutObject"' in words


def compilation(here: World, name: str, **changes: Any) -> dict[str, Any]:
    return {
        "CompilationJobName": name,
        "RoleArn": here.role,
        "InputConfig": {"S3Uri": ARTIFACT, "Framework": "PYTORCH", "DataInputConfig": '{"input0": [1, 3, 224, 224]}'},
        "OutputConfig": {"S3OutputLocation": f"s3://{BUCKET}/compiled", "TargetDevice": "ml_c5"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 900},
        **changes,
    }


class TestCompilation:
    def test_leaves_an_artifact_for_its_target(self, here: World) -> None:
        here.sagemaker.create_compilation_job(**compilation(here, "neo"))
        job = ended(here, "compilation", "neo")

        assert job["CompilationJobStatus"] == "COMPLETED"
        assert job["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{BUCKET}/compiled/m-ml_c5.tar.gz"
        assert keys(here, "compiled/") == ["compiled/m-ml_c5.tar.gz"]

    def test_fails_for_two_targets(self, here: World) -> None:
        output = {
            **compilation(here, "")["OutputConfig"],
            "TargetPlatform": {"Os": "LINUX", "Arch": "ARM64"},
        }
        words = refusal(here.sagemaker.create_compilation_job, **compilation(here, "two", OutputConfig=output))

        assert "must have either TargetDevice or TargetPlatform, got both" in words


class TestModelPackage:
    def test_is_the_next_version_of_its_group(self, here: World) -> None:
        here.sagemaker.create_model_package_group(ModelPackageGroupName="ranker")
        specification = {
            "Containers": [{"Image": IMAGE, "ModelDataUrl": ARTIFACT}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        }
        arns = [
            here.sagemaker.create_model_package(
                ModelPackageGroupName="ranker", InferenceSpecification=specification, **approval
            )["ModelPackageArn"]
            for approval in ({}, {"ModelApprovalStatus": "Approved"})
        ]

        assert arns == [f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model-package/ranker/{number}" for number in (1, 2)]
        package = here.sagemaker.describe_model_package(ModelPackageName=arns[0])
        assert (package["ModelPackageVersion"], package["ModelApprovalStatus"]) == (1, "PendingManualApproval")
        here.sagemaker.update_model_package(ModelPackageArn=arns[0], ModelApprovalStatus="Approved")
        assert here.sagemaker.describe_model_package(ModelPackageName=arns[0])["ModelApprovalStatus"] == "Approved"
        listed = here.sagemaker.list_model_packages(ModelPackageGroupName="ranker")["ModelPackageSummaryList"]
        assert {entry["ModelPackageArn"] for entry in listed} == set(arns)
        words = refusal(here.sagemaker.delete_model_package_group, ModelPackageGroupName="ranker")
        assert "which still has the version" in words

    def test_fails_without_the_group(self, here: World) -> None:
        words = refusal(here.sagemaker.create_model_package, ModelPackageGroupName="nobody")

        assert "Could not find model package group" in words
