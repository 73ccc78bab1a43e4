"""Tuning jobs: ranges, strategies, definitions, what they refuse and who may run them."""

import subprocess
import sys
from collections.abc import Callable
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
    TrainingJob,
    TrainingWorkflow,
)
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.training.parameter_ranges import (
    AutoParameter,
    CategoricalParameterRange,
    ContinuousParameterRange,
    HyperParameterScalingType,
    IntegerParameterRange,
    ParameterRange,
)
from constructs_lib.training.tuning_definition import TuningDefinition, TuningInstanceConfig
from constructs_lib.training.tuning_job import TuningJob
from constructs_lib.training.tuning_strategy import CompletionCriteria, TuningObjective, TuningStrategy, WarmStart
from tests.templates import definition_of, of_type, only, template_of

LOG, REVERSE = HyperParameterScalingType.LOGARITHMIC, HyperParameterScalingType.REVERSE_LOGARITHMIC
RATE = ContinuousParameterRange(min_value=0.1, max_value=0.2)
LOSS = TuningObjective.minimize("loss")


@pytest.fixture
def store(stack: Any) -> ArtifactStore:
    return ArtifactStore(stack, "Store")


def training(stack: Any, store: ArtifactStore, id: str = "Train", **changes: Any) -> TrainingJob:
    arguments: dict[str, Any] = {
        "image": ContainerImage.from_uri("registry/mine:1"),
        "cluster": Cluster(instance_type=InstanceType("ml.m5.xlarge")),
        "channels": [Channel.from_s3("train", store.location("data"))],
        "hyperparameters": {"epochs": 5},
        "metrics": {"loss": "loss=([0-9.]+)"},
        "output": store.location("models"),
    } | changes
    job = TrainingJob(stack, id, **arguments)
    job.image = arguments["image"]
    return job


# What a definition has besides its training job.
OWN = ("ranges", "objective", "name", "instances")


def definition(stack: Any, store: ArtifactStore, id: str = "Train", **changes: Any) -> TuningDefinition:
    own = {name: changes.pop(name) for name in OWN if name in changes}
    values: dict[str, Any] = {"objective": LOSS, "ranges": {"lr": RATE}} | own
    return TuningDefinition(job=training(stack, store, id, **changes), **values)


def tune(stack: Any, store: ArtifactStore, id: str = "Tune", **changes: Any) -> TuningJob:
    own = {
        name: changes.pop(name)
        for name in (
            "ranges",
            "objective",
            "name",
            "instances",
            "hyperparameters",
            "image",
            "metrics",
            "cluster",
            "channels",
        )
        if name in changes
    }
    if "definitions" not in changes:
        changes["definitions"] = [definition(stack, store, f"{id}Train", **own)]
    return TuningJob(stack, id, **({"max_jobs": 4} | changes))


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


class TestRanges:
    @pytest.mark.parametrize(
        "make",
        [
            lambda: ContinuousParameterRange(min_value=-1.0, max_value=0.0),
            lambda: ContinuousParameterRange(min_value=1e-9, max_value=1.0, scaling_type=LOG),
            lambda: ContinuousParameterRange(min_value=0.0, max_value=0.999, scaling_type=REVERSE),
            lambda: IntegerParameterRange(min_value=0, max_value=1),
            lambda: IntegerParameterRange(min_value=1, max_value=2, scaling_type=LOG),
            lambda: CategoricalParameterRange(values=["one"]),
            lambda: ContinuousParameterRange(min_value=-1.9e289, max_value=-1.8e289, scaling_type=LOG),
        ],
    )
    def test_takes_what_the_scale_takes(self, make: Callable[[], ParameterRange]) -> None:
        make()

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda: ContinuousParameterRange(min_value=1.0, max_value=1.0), "max_value must be above min_value (1.0)"),
            (lambda: IntegerParameterRange(min_value=3, max_value=2), "max_value must be above min_value (3), got 2"),
            (
                lambda: ContinuousParameterRange(min_value=0.0, max_value=1.0, scaling_type=LOG),
                "min_value must be above 0 on a logarithmic scale, got 0.0",
            ),
            (
                lambda: ContinuousParameterRange(min_value=0.5, max_value=1.0, scaling_type=REVERSE),
                "must lie from 0 to below 1 on a reverse logarithmic scale, got 0.5, 1.0",
            ),
            (
                lambda: IntegerParameterRange(min_value=0, max_value=1, scaling_type=REVERSE),
                "scaling_type ReverseLogarithmic is for continuous ranges only",
            ),
            (
                lambda: IntegerParameterRange(min_value=0.5, max_value=2),  # type: ignore[arg-type] -- the slip under test
                "min_value must be a whole number, got 0.5; ContinuousParameterRange takes others",
            ),
            (lambda: CategoricalParameterRange(values=["a", "a"]), "values must be unique, got 'a' more than once"),
        ],
    )
    def test_fails_on(self, make: Callable[[], ParameterRange], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            make()
        assert words in str(raised.value)

    def test_is_a_value(self) -> None:
        assert ContinuousParameterRange(min_value=0.1, max_value=0.2) == RATE
        assert len({CategoricalParameterRange(values=["a"]), CategoricalParameterRange(values=("a",))}) == 1

    def test_trap_32_writes_categories_as_the_image_reads_hyperparameters(self) -> None:
        values = CategoricalParameterRange(values=["adam", 1])
        assert values.render("o", HyperparameterEncoding.JSON)["Values"] == ['"adam"', "1"]
        assert values.render("o", HyperparameterEncoding.PLAIN)["Values"] == ["adam", "1"]

    def test_takes_ends_that_are_known_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        late = CfnParameter(stack, "Late", type="Number").value_as_number
        rendered = IntegerParameterRange(min_value=1, max_value=int(late)).render("n", HyperparameterEncoding.PLAIN)
        assert stack.resolve(rendered)["MaxValue"] == {"Ref": "Late"}


class TestStrategies:
    def test_hyperband_takes_both_ends(self) -> None:
        TuningStrategy.hyperband(min_resource=1, max_resource=20000)
        TuningStrategy.hyperband(min_resource=7, max_resource=7)

    def test_fails_on_numbers_out_of_range_and_the_wrong_way_round(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            TuningStrategy.hyperband(min_resource=20001, max_resource=0)
        assert len(raised.value.problems) == 3
        assert "max_resource must not be below min_resource (20001), got 0" in str(raised.value)

    def test_fails_on_criteria_that_ask_for_nothing(self) -> None:
        with pytest.raises(ConfigurationError, match="at least one criterion must be given, got none"):
            CompletionCriteria()
        assert CompletionCriteria(target_objective_metric_value=0.0).render() == {"TargetObjectiveMetricValue": 0.0}

    def test_fails_on_a_parent_twice(self) -> None:
        with pytest.raises(ConfigurationError, match="parents must be unique, got 'a' more than once"):
            WarmStart(parents=["a", "a"])

    def test_fails_without_a_machine(self) -> None:
        with pytest.raises(ConfigurationError, match="count must be at least 1, got 0"):
            TuningInstanceConfig(instance_type=InstanceType("ml.m5.xlarge"), count=0)


# What is given to the tuning job or to its one definition, and the words of the refusal.
REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"max_jobs": 0}, "max_jobs must be at least 1, got 0"),
    ({"max_jobs": 2, "max_parallel_jobs": 3}, "max_jobs must not be below max_parallel_jobs (3), got 2"),
    ({"max_parallel_jobs": 0}, "max_parallel_jobs must be at least 1, got 0"),
    ({"random_seed": -1}, "random_seed must be at least 0, got -1"),
    ({"ranges": {}}, "definitions[0].ranges must hold at least one hyperparameter unless autotune is on, got none"),
    (
        {"ranges": {"lr": AutoParameter(value_hint=1)}},
        "ranges['lr'] is an AutoParameter and autotune is off",
    ),
    (
        {"ranges": {"epochs": RATE}},
        "ranges['epochs'] is also one of the job's own hyperparameters, got '5'",
    ),
    ({"ranges": {f"p{n}": RATE for n in range(31)}}, "ranges of all definitions together must be at most 30, got 31"),
    (
        {"hyperparameters": {f"h{n}": 1 for n in range(100)}},
        "definitions[0].ranges and the job's hyperparameters together must be at most 100, got 101",
    ),
    (
        {"ranges": {"o": CategoricalParameterRange(values=[str(n) for n in range(31)])}},
        "definitions[0].ranges.CategoricalParameterRanges[0].Values must be at most 30 items, got 31",
    ),
    (
        {"objective": TuningObjective.minimize("los")},
        "definitions[0].objective must be one of the job's metrics, got 'los'; did you mean 'loss'; there are loss",
    ),
    ({"metrics": {}}, "definitions[0].objective must be one of the job's metrics, got 'loss'; it has none"),
    (
        {"strategy": TuningStrategy.grid()},
        "definitions[0].ranges['lr'] must be a CategoricalParameterRange, the only kind that a grid is made of",
    ),
    (
        {
            "strategy": TuningStrategy.grid(),
            "ranges": {"a": CategoricalParameterRange(values=[1, 2]), "b": CategoricalParameterRange(values=[1, 2, 3])},
        },
        "max_jobs must be 6 or None, since the grid has 6 combinations, got 4",
    ),
    (
        {"strategy": TuningStrategy.hyperband(max_resource=5), "early_stopping": True},
        "early_stopping must be off with Hyperband, which stops training jobs by itself, got True",
    ),
    (
        {"strategy": TuningStrategy.hyperband(), "hyperparameters": {"steps": 5}},
        "strategy must have max_resource, because the hyperparameters of definitions[0].job hold none of epochs",
    ),
    (
        {"completion": CompletionCriteria(max_jobs_not_improving=2)},
        "completion.max_jobs_not_improving must be at least 3, got 2",
    ),
    ({"warm_start": WarmStart(parents=[])}, "warm_start.parents must be at least 1 items, got 0"),
    ({"warm_start": WarmStart(parents=["a_b"])}, "warm_start.parents[0].HyperParameterTuningJobName must match"),
    (
        {"instances": [TuningInstanceConfig(instance_type=InstanceType("ml.m5.xlarge"))] * 7},
        "definitions[0].instances must be at most 6 items, got 7",
    ),
    (
        {
            "instances": [
                TuningInstanceConfig(instance_type=InstanceType("ml.m5.xlarge")),
                TuningInstanceConfig(instance_type=InstanceType("ml.g5.xlarge")),
            ]
        },
        "definitions[0].instances must all have volumes or all have disks of their own",
    ),
    ({"tags": {f"t{n}": "x" for n in range(51)}}, "tags must be at most 50 items, got 51"),
]


class TestRefusals:
    @pytest.mark.parametrize(("changes", "words"), REFUSALS)
    def test_fails_on(self, stack: Any, store: ArtifactStore, changes: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            tune(stack, store, **changes)
        assert words in str(raised.value)

    def test_fails_with_every_problem_at_once(self, stack: Any, store: ArtifactStore) -> None:
        with pytest.raises(ConfigurationError) as raised:
            tune(
                stack,
                store,
                max_jobs=1,
                max_parallel_jobs=2,
                ranges={"epochs": RATE},
                objective=TuningObjective.maximize("nothing"),
                random_seed=-1,
            )
        assert raised.value.subject == "Stack/Tune"
        assert len(raised.value.problems) == 4

    def test_fails_without_a_definition(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="definitions must hold at least one, got none"):
            TuningJob(stack, "Tune", definitions=[], max_jobs=1)

    def test_fails_on_what_only_one_definition_may_have(self, stack: Any, store: ArtifactStore) -> None:
        two = [definition(stack, store, "A"), definition(stack, store, "B", name="a")]
        with pytest.raises(ConfigurationError) as raised:
            tune(stack, store, definitions=two, early_stopping=True, warm_start=WarmStart(parents=["x"]))
        text = str(raised.value)
        assert "names of the definitions must be unique, got 'a' more than once" in text
        assert "early_stopping must be off where several algorithms compete" in text
        assert "warm_start must be None where several algorithms compete" in text

    def test_fails_on_more_than_ten_definitions(self, stack: Any, store: ArtifactStore) -> None:
        many = [definition(stack, store, f"T{number}") for number in range(11)]
        with pytest.raises(ConfigurationError, match="definitions must be at most 10 items, got 11"):
            tune(stack, store, definitions=many)

    def test_fails_on_a_name_of_a_definition_that_is_none(self, stack: Any, store: ArtifactStore) -> None:
        two = [definition(stack, store, "A", name="a b"), definition(stack, store, "B")]
        with pytest.raises(ConfigurationError, match=r"definitions\[0\].DefinitionName must match"):
            tune(stack, store, definitions=two)

    def test_fails_on_what_no_tuning_job_passes_on(self, stack: Any, store: ArtifactStore) -> None:
        one = definition(stack, store)
        one.job.request["ExperimentConfig"] = {"ExperimentName": "e"}
        one.job.request["Tags"] = [{"Key": "a", "Value": "b"}]
        one.job.request["AlgorithmSpecification"]["ContainerEntrypoint"] = ["run"]
        with pytest.raises(ConfigurationError) as raised:
            tune(stack, store, definitions=[one])
        refused, tags, entrypoint = raised.value.problems
        assert refused == "definitions[0].job must not set ExperimentConfig, which a tuning job cannot pass on"
        assert tags.endswith("; tags of the tuning job reach every job that it launches")
        assert "definitions[0].job must not set AlgorithmSpecification.ContainerEntrypoint" in entrypoint

    def test_leaves_out_what_asks_for_nothing(self, stack: Any, store: ArtifactStore) -> None:
        one = definition(stack, store)
        one.job.request["ProfilerConfig"] = {"DisableProfiler": True}
        one.job.request["RemoteDebugConfig"] = {"EnableRemoteDebug": False}
        request = tune(stack, store, definitions=[one]).request["TrainingJobDefinition"]
        assert not {"ProfilerConfig", "RemoteDebugConfig"} & set(request)


class TestAccepted:
    @pytest.mark.parametrize(
        "changes",
        [
            {"max_jobs": 1},
            {"ranges": {f"p{n}": RATE for n in range(30)}},
            {"hyperparameters": {f"h{n}": 1 for n in range(99)}},
            {"strategy": TuningStrategy.hyperband()},
            {"strategy": TuningStrategy.grid(), "ranges": {"a": CategoricalParameterRange(values=[1, 2, 3, 4])}},
            {"ranges": {}, "autotune": True},
            {"image": ContainerImage.from_uri("a/b:1"), "objective": TuningObjective.minimize("${Token[Metric.1]}")},
            {"random_seed": 0},
        ],
    )
    def test_takes(self, stack: Any, store: ArtifactStore, changes: dict[str, Any]) -> None:
        tune(stack, store, **changes)

    def test_a_built_in_algorithm_brings_its_metrics(self, stack: Any, store: ArtifactStore) -> None:
        image = ContainerImage.built_in("image-classification")
        channels = [Channel.from_s3(name, store.location(name)) for name in ("train", "validation")]
        cluster = Cluster(instance_type=InstanceType("ml.g4dn.xlarge"))
        job = {"image": image, "cluster": cluster, "channels": channels}
        tune(stack, store, **job, metrics={}, objective=TuningObjective.maximize("validation:accuracy"))

    def test_trap_32_a_framework_image_gets_its_categories_as_json(self, stack: Any, store: ArtifactStore) -> None:
        job = tune(
            stack,
            store,
            image=ContainerImage.from_dlc("pytorch-training", "2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker"),
            ranges={"optimizer": CategoricalParameterRange(values=["adam"])},
        )
        ranges = job.request["HyperParameterTuningJobConfig"]["ParameterRanges"]
        assert ranges["CategoricalParameterRanges"][0]["Values"] == ['"adam"']

    def test_trap_13_gives_a_key_only_to_volumes(self, stack: Any, store: ArtifactStore) -> None:
        def key(id: str, name: str) -> Any:
            instances = [TuningInstanceConfig(instance_type=InstanceType(name))]
            request = tune(stack, store, id, instances=instances).request["TrainingJobDefinition"]
            return request["HyperParameterTuningResourceConfig"].get("VolumeKmsKeyId")

        assert key("A", "ml.m5.xlarge") == store.key.key_arn
        assert key("B", "ml.g5.xlarge") is None

    def test_trap_35_leaves_room_for_the_hash_in_32_characters(self, stack: Any, store: ArtifactStore) -> None:
        job = tune(stack, store, "An_Extraordinarily_Long_Name")
        assert (job.name_prefix, job.kind.hash_length) == ("an-extraordinar", 16)
        assert len(job.name_prefix) + 1 + 16 <= 32

    def test_takes_numbers_that_are_known_at_deployment(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import CfnParameter

        late = int(CfnParameter(stack, "Late", type="Number").value_as_number)
        job = tune(stack, store, max_jobs=late, max_parallel_jobs=late)
        limits = stack.resolve(job.request["HyperParameterTuningJobConfig"]["ResourceLimits"])
        assert limits == {"MaxNumberOfTrainingJobs": {"Ref": "Late"}, "MaxParallelTrainingJobs": {"Ref": "Late"}}

    def test_warns_when_nothing_ends_it(self, stack: Any, store: ArtifactStore) -> None:
        (text,) = warnings_of(tune(stack, store, "A", max_jobs=None))
        assert "sagemaker-constructs:unbounded-tuning" in text
        assert warnings_of(tune(stack, store, "B", max_jobs=1)) == []
        assert warnings_of(tune(stack, store, "C", max_jobs=None, autotune=True)) == []


class TestRoles:
    def test_makes_no_role_and_passes_those_of_its_definitions(self, stack: Any, store: ArtifactStore) -> None:
        shared = ExecutionRole(stack, "Shared")
        definitions = [
            TuningDefinition(job=training(stack, store, id, role=role), objective=LOSS, ranges={"lr": RATE})
            for id, role in (("A", shared), ("B", None), ("C", shared))
        ]
        job = tune(stack, store, definitions=definitions)
        passing = [each for each in job.starter_statements() if each.actions == ("iam:PassRole",)]
        assert [each.resources for each in passing] == [(shared.role_arn, definitions[1].job.role.role_arn)]
        assert list(job.policies) == [each.job.policy for each in definitions]
        assert len(of_type(template_of(stack), "AWS::IAM::Role")) == 2

    def test_its_starter_may_start_and_watch_it_and_nothing_else(self, stack: Any, store: ArtifactStore) -> None:
        own, _, rule = tune(stack, store).starter_statements()
        assert own.actions == (
            "sagemaker:AddTags",
            "sagemaker:CreateHyperParameterTuningJob",
            "sagemaker:DescribeHyperParameterTuningJob",
            "sagemaker:ListTags",
            "sagemaker:StopHyperParameterTuningJob",
        )
        assert own.resources[0].endswith(":hyper-parameter-tuning-job/tune-*")
        assert rule.resources[0].endswith(":rule/StepFunctionsGetEventsForSageMakerTuningJobsRule")

    def test_two_run_in_a_workflow(self, stack: Any, store: ArtifactStore) -> None:
        TrainingWorkflow(stack, "Workflow", steps=[tune(stack, store, "One"), tune(stack, store, "Two")])
        states = definition_of(only(template_of(stack), "AWS::StepFunctions::StateMachine"))["States"]
        assert states["One"]["Resource"].endswith(":states:::sagemaker:createHyperParameterTuningJob.sync")
        assert "HyperParameterTuningJobName" in states["Two"]["Arguments"]


def test_value_objects_of_jobs_start_no_node_process() -> None:
    names = (
        "_tuning_request",
        "_tuning_rules",
        "compilation_target",
        "tracking",
        "parameter_ranges",
        "processing_cluster",
        "processing_datasets",
        "processing_inputs",
        "processing_outputs",
        "processing_script",
        "transform_data",
        "tuning_definition",
        "tuning_strategy",
    )
    code = "import sys;" + "".join(f"import constructs_lib.training.{name};" for name in names)
    code += "print('aws_cdk' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
