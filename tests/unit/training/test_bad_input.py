"""Bad input by the dozen: whatever is given, a value object or a job either takes it or says what is wrong."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import constructs_lib as lib
from constructs_lib import ConfigurationError
from tests.bad_input import BAD, MACHINE, Case, refuse_each
from tests.unit.training.training_jobs import IMAGE_URI, at, job_in, role_in, thing

IMAGE = lib.ContainerImage.from_uri(IMAGE_URI)
MODEL = "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama"


def values() -> list[Case]:
    """Each value object, or each method that makes one, with right arguments for all that it takes."""
    csv, sharded = lib.RedshiftResultFormat.CSV, lib.S3DataDistribution.SHARDED
    return [
        (lib.ProcessingInstancePreference, {"instance_type": MACHINE, "count": 1}),
        (lib.ProcessingCluster.of, {"instance_type": MACHINE, "count": 1, "volume_gib": 30}),
        (
            lib.ProcessingCluster,
            {"preferences": [lib.ProcessingInstancePreference(instance_type=MACHINE)], "count": 1, "volume_gib": 30},
        ),
        (
            lib.ProcessingInput.from_s3,
            {
                "name": "in",
                "source": at("x"),
                "local_path": None,
                "mode": None,
                "distribution": sharded,
                "compression": None,
                "app_managed": False,
            },
        ),
        (lib.ProcessingInput.from_manifest, {"name": "in", "manifest": thing("x"), "reads": [at("x")]}),
        (
            lib.AthenaInput,
            {"name": "in", "database": "d", "query": "q", "output": at("o"), "work_group": None, "catalog": "c"},
        ),
        (
            lib.RedshiftInput,
            {
                "name": "in",
                "cluster_id": "c",
                "database": "d",
                "db_user": "u",
                "query": "q",
                "cluster_role_arn": "arn:aws:iam::123456789012:role/x",
                "output": at("o"),
                "output_format": csv,
                "output_compression": None,
            },
        ),
        (
            lib.ProcessingOutput.to_s3,
            {
                "name": "out",
                "location": at("x"),
                "local_path": None,
                "upload_mode": lib.S3UploadMode.CONTINUOUS,
                "app_managed": False,
            },
        ),
        (lib.ProcessingOutput.to_feature_store, {"name": "out", "feature_group": "g"}),
        (lib.ProcessingScript, {"path": __file__, "entry_point": None, "command": ["python3"]}),
        (lib.TransformInput.from_s3, {"source": at("x"), "content_type": None, "split_type": lib.SplitType.LINE}),
        (lib.TransformInput.from_manifest, {"manifest": thing("x"), "reads": [at("x")], "compression": None}),
        (lib.TransformOutput, {"location": at("x"), "accept": None, "assemble_with": None}),
        (lib.DataProcessing, {"input_filter": "$", "join_source": None, "output_filter": "$"}),
        (lib.BatchDataCapture, {"location": at("x"), "generate_inference_id": None}),
        (
            lib.CompilationInput.from_artifact,
            {
                "artifact": thing("m.tar.gz"),
                "framework": lib.CompilationFramework.PYTORCH,
                "data_input_config": "{}",
                "framework_version": None,
            },
        ),
        (lib.CompilationInput.from_model_package, {"model_package_version_arn": "arn:aws:sagemaker:…"}),
        (lib.CompilationTarget.device, {"target_device": "ml_c5"}),
        (
            lib.CompilationTarget.platform,
            {"os": lib.TargetPlatformOs.LINUX, "arch": lib.TargetPlatformArch.X86, "accelerator": None},
        ),
        (lib.TuningInstanceConfig, {"instance_type": MACHINE, "count": 1, "volume_gib": 30}),
        (lib.TuningStrategy.hyperband, {"min_resource": 1, "max_resource": 2}),
        (lib.TuningObjective.minimize, {"metric_name": "loss"}),
        (lib.TuningObjective, {"metric_name": "loss", "type": lib.ObjectiveType.MINIMIZE}),
        (
            lib.CompletionCriteria,
            {
                "target_objective_metric_value": 0.1,
                "max_jobs_not_improving": 3,
                "complete_on_convergence": True,
            },
        ),
        (lib.WarmStart, {"parents": ["one"], "type": lib.WarmStartType.TRANSFER_LEARNING}),
        (lib.ContinuousParameterRange, {"min_value": 0.1, "max_value": 1, "scaling_type": scale()}),
        (lib.IntegerParameterRange, {"min_value": 1, "max_value": 2, "scaling_type": scale()}),
        (lib.CategoricalParameterRange, {"values": ["a"]}),
        (lib.AutoParameter, {"value_hint": 1}),
        (lib.TensorCollection, {"name": "losses", "parameters": {"a": "b"}}),
        (
            lib.Rule,
            {
                "name": "ours",
                "evaluator_image": IMAGE,
                "parameters": {},
                "instance_type": MACHINE,
                "volume_gib": 1,
                "location": at("x"),
                "local_path": None,
            },
        ),
        (lib.Debugger, {"location": at("x"), "local_path": None, "collections": [], "parameters": {}, "rules": []}),
        (
            lib.Profiler,
            {"location": at("x"), "interval_milliseconds": 100, "parameters": {}, "rules": [], "disabled": False},
        ),
        (lib.Experiment, {"experiment_name": "a", "trial_name": "b", "run_name": "c"}),
        (lib.Mlflow, {"resource_arn": "arn:…", "experiment_name": None, "run_name": None}),
        (lib.TensorBoard, {"location": at("x"), "local_path": None}),
        (
            lib.ModelPackageConfig,
            {"model_package_group_arn": "arn", "source_model_package_arn": None, "model_package_group_name": None},
        ),
        (lib.UltraServer, {"instance_count": 1, "ultra_server_id": None}),
        (lib.InstancePlacement, {"ultra_servers": [], "share_with_other_jobs": None}),
        (lib.InstancePreference, {"instance_type": MACHINE, "count": 1, "training_plan_arn": None}),
        (
            lib.PreferredInstances,
            {
                "preferences": [lib.InstancePreference(instance_type=MACHINE)],
                "count": 1,
                "volume_gib": 30,
                "keep_alive_seconds": None,
                "training_plan_arn": None,
            },
        ),
        (lib.ManagedSpot, {"max_wait_seconds": 90000}),
        (lib.Checkpoints, {"location": at("x"), "local_path": None}),
        (lib.ContainerCommand, {"entrypoint": ["x"], "arguments": []}),
        (lib.InstanceGroup, {"name": "g", "instance_type": MACHINE, "count": 1}),
        (
            lib.Cluster,
            {"instance_type": MACHINE, "count": 1, "volume_gib": 30, "keep_alive_seconds": None, "placement": None},
        ),
        (
            lib.HeterogeneousCluster,
            {"instance_groups": [lib.InstanceGroup(name="g", instance_type=MACHINE)], "volume_gib": 30},
        ),
        (
            lib.Channel.from_s3,
            {
                "name": "c",
                "location": at("x"),
                "mode": None,
                "content_type": None,
                "distribution": sharded,
                "compression": None,
                "record_wrapper": None,
                "shuffle_seed": None,
                "instance_groups": [],
                "accept_eula": None,
                "hub_content_arn": None,
            },
        ),
        (lib.Channel.from_manifest, {"name": "c", "manifest": thing("x"), "data": [at("x")], "instance_groups": []}),
        (
            lib.Channel.from_augmented_manifest,
            {"name": "c", "manifest": thing("x"), "data": [at("x")], "attribute_names": ["a"]},
        ),
        (lib.Channel.from_model, {"artifact": thing("x"), "name": "model"}),
        (lib.Channel.from_converse, {"name": "c", "location": at("x")}),
        (lib.Channel.from_dataset, {"name": "c", "dataset_arn": "arn:…"}),
        (lib.Channel.from_efs, {"name": "c", "file_system": Mount(), "directory_path": "/x", "read_only": True}),
        (lib.Channel.from_fsx_lustre, {"name": "c", "file_system": Mount(), "directory_path": "/x"}),
        (
            lib.SourceCode.from_asset,
            {"directory": "stacks/scripts/pretrain", "entry_point": "train.py", "exclude": [], "log_level": 20},
        ),
        (
            lib.ServerlessJob.fine_tuning,
            {
                "base_model_arn": MODEL,
                "technique": lib.CustomizationTechnique.SUPERVISED,
                "peft": None,
                "evaluator_arn": None,
                "sequence_length": "32K",
                "accept_eula": None,
            },
        ),
        (lib.ServerlessJob.evaluation, {"base_model_arn": MODEL, "evaluation_type": lib.EvaluationType.BENCHMARK}),
        (lib.ModelParallel, {"hybrid_shard_degree": 2, "sm_activation_offloading": True, "random_seed": 1}),
        (lib.Distribution.mpi, {"processes_per_host": 1, "custom_mpi_options": "", "instance_group": None}),
        (lib.Distribution.smddp, {"custom_mpi_options": "", "instance_group": None}),
        (lib.Distribution.model_parallel_v2, {"parameters": None}),
        (lib.Fail, {"cause": "x", "error": "E"}),
        (
            lib.Map,
            {"name": "M", "items": [1, {"a": "b"}], "steps": [lib.Fail(cause="x")], "max_concurrency": 2},
        ),
        (
            lib.Choice,
            {
                "condition": lib.Condition.input("a") >= 1,
                "then": [lib.Fail(cause="x")],
                "otherwise": [lib.Fail(cause="y")],
            },
        ),
        (parallel, {"one": [lib.Fail(cause="x")], "other": [lib.Fail(cause="y")]}),
        (lib.S3Location, {"bucket_name": "b", "bucket_arn": "arn:aws:s3:::b", "prefix": "x", "key_arn": "arn:aws:kms"}),
        (lib.JobArtifact, {"uri": "{% $a %}", "bucket_arn": "arn:aws:s3:::b", "prefix": "x", "key_arn": "arn:aws:kms"}),
        (lib.S3Object, {"bucket_name": "b", "bucket_arn": "arn:aws:s3:::b", "key": "x", "key_arn": "arn:aws:kms"}),
        (lib.ProcessingScript, {"path": "stacks/scripts/pretrain", "entry_point": "train.py", "command": ["python3"]}),
        (lib.Condition.input, {"path": "a.b"}),
        (lib.execution_input, {"path": "a.b"}),
        (lib.map_item, {"path": "a"}),
        (lib.ContainerImage.from_uri, {"uri": IMAGE_URI}),
        (lib.ContainerImage.from_asset, {"directory": "."}),
        (lib.ContainerImage.from_dlc, {"repository": "pytorch-training", "tag": "2.5.1-gpu"}),
        (lib.ContainerImage.from_marketplace, {"algorithm_arn": "arn:…"}),
        (lib.ContainerImage.from_private_registry, {"uri": "r.example.com/x:1", "credentials_provider": None}),
        (lib.ContainerImage.built_in, {"algorithm": "xgboost", "version": "1.7-1"}),
        (
            lib.ContainerImage.from_framework,
            {
                "framework": "pytorch",
                "version": "2.5.1",
                "purpose": lib.ImagePurpose.TRAINING,
                "python": None,
                "device": lib.Device.GPU,
                "base_framework": None,
            },
        ),
    ]


def scale() -> lib.HyperParameterScalingType:
    return lib.HyperParameterScalingType.AUTO


def parallel(one: Any, other: Any) -> lib.Parallel:
    return lib.Parallel(one, other)


class Mount:
    """As much of a file system as a channel asks for."""

    file_system_id, file_system_arn, connections = "fs-1", "arn:…", None


def jobs(stack: Any) -> Iterator[Case]:
    """Each construct with the fewest arguments."""
    role, image = role_in(stack), lib.ContainerImage.from_uri(IMAGE_URI)
    train = job_in(stack, "Base", metrics={"loss": "loss=(.*)"})
    definition = lib.TuningDefinition(
        job=train,
        objective=lib.TuningObjective.minimize("loss"),
        ranges={"rate": lib.ContinuousParameterRange(min_value=0, max_value=1)},
    )
    batch = {
        "model": lib.Model.from_model_name(stack, "Imported", "m", role=role),
        "input": lib.TransformInput.from_s3(at("in")),
        "output": lib.TransformOutput(location=at("out")),
        "instance_type": MACHINE,
    }
    prepare = {"image": image, "cluster": lib.ProcessingCluster.of(MACHINE), "role": role}
    clarify = {"analysis_config": thing("analysis_config.json"), "dataset": at("d"), "output": at("o")}
    compilation = {
        "input": lib.CompilationInput.from_artifact(thing("m.tar.gz"), lib.CompilationFramework.XGBOOST),
        "target": lib.CompilationTarget.device("ml_c5"),
        "output": at("o"),
        "role": role,
    }
    evaluation = lib.ServerlessJob.evaluation(MODEL, evaluation_type=lib.EvaluationType.BENCHMARK)
    yield lib.TrainingJob, {"image": image, "cluster": lib.Cluster(instance_type=MACHINE), "output": at("m")}
    yield lib.ServerlessTrainingJob, {"job": evaluation, "output": at("o"), "role": role}
    yield lib.ProcessingJob, prepare
    yield lib.ClarifyProcessingJob, prepare | clarify
    yield lib.TransformJob, batch
    yield lib.CompilationJob, compilation
    yield lib.TuningJob, {"definitions": [definition], "max_jobs": 2}
    yield lib.TrainingWorkflow, {"steps": [train]}
    yield lib.ModelPackageGroup, {}
    serving = lib.Container(image=image, artifact=train.model_artifact)
    group = lib.ModelPackageGroup.from_group_name(stack, "Churn", "churn")
    yield lib.CreateModelStep, {"container": serving}
    yield lib.RegisterModelStep, {"group": group, "container": serving}


@pytest.mark.parametrize("case", values(), ids=lambda case: case[0].__qualname__)
class TestValues:
    def test_takes_what_is_right(self, case: Case) -> None:
        make, right = case
        try:
            make(**right)
        except ConfigurationError as error:
            # These two are shown in full elsewhere; here only the kind of their arguments matters.
            assert make in (lib.ContainerImage.from_asset, lib.ContainerImage.from_marketplace), error

    def test_fails_on_bad_input_with_a_configuration_error_or_takes_it(self, case: Case) -> None:
        refuse_each(*case)


def test_fails_on_bad_input_to_a_tuning_definition(stack: Any) -> None:
    objective = lib.TuningObjective.minimize("loss")
    right = {"job": job_in(stack), "objective": objective, "ranges": {}, "name": "one", "instances": []}
    assert lib.TuningDefinition(**right).name == "one"
    refuse_each(lib.TuningDefinition, right)


def test_fails_on_each_argument_of_a_construct_with_a_configuration_error_or_takes_it(stack: Any) -> None:
    for kind, right in jobs(stack):
        arguments = inspect.signature(kind.__init__).parameters
        for number, bad in enumerate(BAD):
            for name in [name for name in arguments if name not in ("self", "scope", "id")]:
                try:
                    kind(stack, f"{kind.__name__}-{name}-{number}", **right | {name: bad})
                except ConfigurationError:
                    continue


def test_fails_on_bad_input_to_a_construct_with_a_configuration_error_or_takes_it(stack: Any) -> None:
    for kind, right in jobs(stack):
        arguments = [
            name for name in inspect.signature(kind.__init__).parameters if name not in ("self", "scope", "id")
        ]
        assert set(right) <= set(arguments)
        for name in arguments:
            with pytest.raises(ConfigurationError, match=rf"- {name} must be"):
                kind(stack, f"{kind.__name__}-{name}", **right | {name: object()})
        with pytest.raises(ConfigurationError) as raised:
            kind(stack, f"{kind.__name__}-all", **dict.fromkeys(arguments, 1.5))
        assert len(raised.value.problems) == len(arguments), "every problem is listed"


def test_two_with_one_prefix_stand_in_one_stack(stack: Any) -> None:
    for kind, right in jobs(stack):
        for number in (1, 2):
            kind(stack, f"{kind.__name__}{number}", **right)


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        (
            lambda: lib.ProcessingCluster.of("ml.m5.xlarge", count="2"),
            ["instance_type must be such as InstanceType('ml.g5.xlarge'), got 'ml.m5.xlarge'"],
        ),
        (
            lambda: lib.ProcessingCluster(preferences=MACHINE, count=1.5),
            [
                f"preferences must be a list of ProcessingInstancePreference, got {MACHINE!r}",
                "count must be a whole number, got 1.5",
            ],
        ),
        (
            lambda: lib.ProcessingInput.from_s3("raw", "s3://bucket/raw", mode="file"),
            [
                "mode must be one of InputMode.FILE, InputMode.FAST_FILE, InputMode.PIPE, got 'file'; "
                "write InputMode.FILE",
                "source must be such as store.location('data') or such as store.artifact('models/model.tar.gz'), "
                "got 's3://bucket/raw'",
            ],
        ),
        (
            lambda: lib.TransformInput.from_manifest(thing("m"), at("x")),
            [f"reads must be a list of S3Location, got {at('x')!r}"],
        ),
        (
            lambda: lib.CompilationTarget.platform("linux", "arm"),
            [
                "os must be one of TargetPlatformOs.ANDROID, TargetPlatformOs.LINUX, got 'linux'; "
                "write TargetPlatformOs.LINUX",
                "arch must be one of TargetPlatformArch.X86_64, TargetPlatformArch.X86, TargetPlatformArch.ARM64, "
                "TargetPlatformArch.ARM_EABI, TargetPlatformArch.ARM_EABIHF, got 'arm'",
            ],
        ),
        (
            lambda: lib.Debugger(location=at("x"), rules=lib.Rule(name="r", evaluator_image=IMAGE)),
            ["rules must be a list of Rule, got "],
        ),
        (
            lambda: lib.TuningDefinition(job="Train", objective="loss", ranges={"rate": 0.1}),
            [
                "job must be a TrainingJob, got 'Train'",
                "objective must be such as TuningObjective.maximize(…), got 'loss'",
                "ranges['rate'] must be such as ContinuousParameterRange(…), got 0.1",
            ],
        ),
        (
            lambda: lib.Parallel(lib.Fail(cause="a"), []),
            ["branches must be lists of steps, such as Parallel([one], [two]), got Fail("],
        ),
        (
            lambda: lib.Choice(condition=True, then="x"),
            [
                "condition must be such as Condition.metric(job, 'validation:accuracy') >= 0.9, got True",
                "then must be a list, got 'x'",
            ],
        ),
        (
            lambda: lib.Map(name="M", items=5, steps=[], max_concurrency="2"),
            [
                "items must be a list or text, got 5",
                "max_concurrency must be a whole number, got '2'",
            ],
        ),
        (lambda: lib.Condition.metric("Train", "loss"), ["job must be one of the TrainingJobs and HyperParameterTun"]),
        (lambda: lib.Condition.input("a") >= "1", ["the value compared with must be a number, got '1'"]),
        (lambda: (lib.Condition.input("a") >= 1) & True, ["what is joined must be a Condition in parentheses, got Tr"]),
    ],
)
def test_fails_with_the_words(make: Callable[[], Any], problems: list[str]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        make()
    found = raised.value.problems
    assert [problem[: len(words)] for problem, words in zip(found, problems, strict=False)] == problems


def test_fails_on_a_step_that_is_none(stack: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        lib.TrainingWorkflow(stack, "Workflow", steps=["Train", lib.Parallel([job_in(stack)], [None])])
    assert list(raised.value.problems) == [
        "steps must be jobs or other steps of this package, got 'Train'",
        "steps must be jobs or other steps of this package, got None",
    ]
