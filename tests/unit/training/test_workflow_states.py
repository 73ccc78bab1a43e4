"""The states of a workflow, its conditions, its references and the choice of the integration, without Node."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import constructs_lib.contract.optimized_integration as integration
from constructs_lib import ConfigurationError
from constructs_lib.contract import service_model
from constructs_lib.contract.optimized_integration import refused_members
from constructs_lib.training._integration import without_defaults
from constructs_lib.training._job_states import JobNode
from constructs_lib.training._states import ChoiceNode, FailNode, MapNode, Node, ParallelNode, render_machine
from constructs_lib.training.conditions import Condition
from constructs_lib.training.references import JobArtifact, execution_input, map_item, read_names
from constructs_lib.training.steps import Choice, Map, Parallel


def node(name: str, *, sync: bool = True) -> JobNode:
    return JobNode(
        name=name,
        integration="arn:aws:states:::sagemaker:" if sync else "arn:aws:states:::aws-sdk:sagemaker:",
        noun="TrainingJob",
        sync=sync,
        name_member="TrainingJobName",
        name_prefix=name.lower(),
        hash_length=40,
        request={"RoleArn": "role"},
        completed=("Completed",),
        failed=("Failed", "Stopped"),
    )


EVERYTHING: tuple[Node, ...] = (
    node("First"),
    ParallelNode(branches=((node("A"), node("B")), (node("C", sync=False),))),
    MapNode(name="Each", items=(1, 2), nodes=(node("D"),), before=("A", "First"), results=("D",), max_concurrency=40),
    ChoiceNode(
        condition="true",
        then=(node("E"), ChoiceNode(condition="false", then=(FailNode(error="e", cause="c"),), otherwise=())),
        otherwise=(node("F", sync=False),),
    ),
)


def machines(definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield definition
    for state in definition["States"].values():
        for inner in (*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])):
            yield from machines(inner)


@pytest.mark.parametrize(
    "nodes",
    [EVERYTHING, EVERYTHING[:1], EVERYTHING[1:2], EVERYTHING[3:], (node("P", sync=False),)],
    ids=["everything", "job", "parallel", "choice", "poll"],
)
class TestEveryMachine:
    def test_reaches_each_state_and_each_leads_to_one_that_exists(self, nodes: tuple[Node, ...]) -> None:
        for machine in machines(render_machine(nodes)):
            reached = {machine["StartAt"]}
            for state in machine["States"].values():
                following = [state.get("Next"), state.get("Default")]
                following += [branch["Next"] for branch in (*state.get("Catch", ()), *state.get("Choices", ()))]
                reached |= {name for name in following if name}
            assert reached == set(machine["States"])

    def test_each_state_goes_on_or_ends(self, nodes: tuple[Node, ...]) -> None:
        for machine in machines(render_machine(nodes)):
            for name, state in machine["States"].items():
                leaves = [key for key in ("Next", "End") if key in state]
                assert len(leaves) == (0 if state["Type"] in ("Choice", "Fail", "Succeed") else 1), name

    def test_names_of_states_are_unique_and_short(self, nodes: tuple[Node, ...]) -> None:
        names = [name for machine in machines(render_machine(nodes)) for name in machine["States"]]
        assert len(names) == len(set(names))
        assert max(map(len, names)) <= 80

    def test_has_no_variables_whose_scopes_could_clash(self, nodes: tuple[Node, ...]) -> None:
        assert '"Assign"' not in json.dumps(render_machine(nodes))


class TestJob:
    def test_trap_35_derives_the_name_from_the_execution_and_the_attempt(self) -> None:
        name = render_machine([node("Train")])["States"]["Train"]["Arguments"]["TrainingJobName"]
        context = "$states.context"
        assert name == (
            f"{{% 'train-' & $substring($hash({context}.Execution.Id & '/' & {context}.State.EnteredTime & '/' & "
            f"$string({context}.State.RetryCount), 'SHA-1'), 0, 40) %}}"
        )

    @pytest.mark.parametrize("sync", [True, False])
    def test_trap_35_tells_the_items_of_a_map_apart(self, sync: bool) -> None:
        each = MapNode(
            name="Each", items=(1,), nodes=(node("T", sync=sync),), before=(), results=("T",), max_concurrency=1
        )
        inner = render_machine([each])["States"]["Each"]["ItemProcessor"]
        assert "$string($states.context.Map.Item.Index)" in json.dumps(inner["States"][inner["StartAt"]])

    def test_waits_and_starts_anew_when_there_are_no_machines(self) -> None:
        states = render_machine([node("Train")])["States"]
        capacity, _ = states["Why Train failed"]["Choices"]
        assert "'CapacityError') and $states.input.Train.CapacityWaits < 8" in capacity["Condition"]
        assert states[capacity["Next"]] == {"Type": "Wait", "Seconds": 900, "Next": "Train"}

    def test_fails_in_a_state_that_a_redrive_can_leave(self) -> None:
        states = render_machine([node("Train")])["States"]
        assert "Fail" not in {state["Type"] for state in states.values()}
        _, failure = states["Why Train failed"]["Choices"]
        assert "RedriveCount" in failure["Condition"]
        assert "$error(" in failure["Condition"]
        assert failure["Next"] == "Train"

    def test_a_poll_stays_within_the_events_of_an_execution(self) -> None:
        wait = render_machine([node("Train", sync=False)])["States"]["Wait for Train"]["Seconds"]
        assert wait == "{% $min([$floor(30 * $power(1.05, $states.input.Train.Polls)), 1800]) %}"
        elapsed, rounds = 0, 0
        while elapsed < 28 * 86400:
            elapsed += min(int(30 * 1.05**rounds), 1800)
            rounds += 1
        assert rounds * 9 < 25_000


class TestIntegration:
    def test_every_member_of_the_data_is_one_of_the_api(self) -> None:
        data = json.loads((Path(integration.__file__).parent / "optimized_integration.json").read_text())
        for operation, members in data["members"].items():
            shape = service_model("sagemaker").operation_model(operation).input_shape
            assert shape is not None
            assert set(members) <= set(shape.members)
        named = [*data["newer_nested"].values(), *(s for m in data["members"].values() for s in m.values())]
        assert set(named) == set(data["sources"])

    @pytest.mark.parametrize(
        ("operation", "request_", "refused"),
        [
            ("CreateTrainingJob", {"CheckpointConfig": {}, "EnableManagedSpotTraining": True}, []),
            ("CreateTrainingJob", {"RetryStrategy": {}, "Tags": []}, ["RetryStrategy"]),
            (
                "CreateTrainingJob",
                {"ResourceConfig": {"KeepAlivePeriodInSeconds": 60}},
                ["ResourceConfig.KeepAlivePeriodInSeconds"],
            ),
            ("CreateTrainingJob", {"Environment": {"RandomSeed": "1"}, "HyperParameters": {"RandomSeed": "1"}}, []),
            (
                "CreateTrainingJob",
                {"InputDataConfig": [{"DataSource": {"S3DataSource": {"InstanceGroupNames": []}}}]},
                ["InputDataConfig[0].DataSource.S3DataSource.InstanceGroupNames"],
            ),
            (
                "CreateTrainingJob",
                {"OutputDataConfig": {"CompressionType": "NONE"}, "InputDataConfig": [{"CompressionType": "Gzip"}]},
                ["OutputDataConfig.CompressionType"],
            ),
            ("CreateHyperParameterTuningJob", {"Autotune": {"Mode": "Enabled"}}, ["Autotune"]),
            ("CreateTransformJob", {"DataCaptureConfig": {}}, ["DataCaptureConfig"]),
            ("CreateProcessingJob", {"AppSpecification": {"ContainerArguments": ["a"]}}, []),
            ("CreateCompilationJob", {"RoleArn": "r"}, ["RoleArn"]),
        ],
    )
    def test_trap_36_knows_what_may_be_refused(
        self, operation: str, request_: dict[str, Any], refused: list[str]
    ) -> None:
        assert refused_members(operation, request_) == refused

    def test_leaves_out_what_is_false_anyway_and_nothing_else(self) -> None:
        asked = {"EnableInterContainerTrafficEncryption": False, "EnableNetworkIsolation": False, "RetryStrategy": {}}
        left = without_defaults("CreateTrainingJob", asked)
        assert left == {"EnableNetworkIsolation": False, "RetryStrategy": {}}


class _Job:
    """As much of a job as a condition looks at."""

    def __init__(self, noun: str) -> None:
        self.kind = type("Kind", (), {"noun": noun})
        self.node = type("Node", (), {"id": "Tune"})


class TestConditions:
    def test_finds_the_metric_of_the_best_job_of_a_tuning(self) -> None:
        job: Any = _Job("HyperParameterTuningJob")
        found = (
            '$states.input.Tune.BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric[MetricName="it\'s"].Value'
        )
        assert (Condition.metric(job, "it's") < 2).expression == (
            f'($exists({found}) ? {found} : $error("Tune has not reported the metric it\'s")) < 2'
        )

    def test_fails_on_a_job_without_metrics(self) -> None:
        job: Any = _Job("ProcessingJob")
        with pytest.raises(ConfigurationError, match=r"job must be one of the TrainingJobs.*got a ProcessingJob"):
            Condition.metric(job, "loss")

    def test_joins(self) -> None:
        force, day = Condition.input("force").equals(True), Condition.input("detail-type").equals("Night")
        assert (force & ~day).expression == (
            "($states.context.Execution.Input.force = true) and "
            "($not($states.context.Execution.Input.`detail-type` = 'Night'))"
        )
        assert (force | day).expression.count(") or (") == 1

    @pytest.mark.parametrize(
        ("operator", "method"), [(">=", "__ge__"), (">", "__gt__"), ("<=", "__le__"), ("<", "__lt__")]
    )
    def test_compares(self, operator: str, method: str) -> None:
        value = Condition.input("count")
        assert getattr(value, method)(3).expression == f"$states.context.Execution.Input.count {operator} 3"

    def test_fails_on_and_between_conditions(self) -> None:
        one = Condition.input("a") > 1
        with pytest.raises(TypeError, match="join conditions with &"):
            one and one  # noqa: B018 -- the evaluation is the test

    def test_fails_on_a_token(self) -> None:
        with pytest.raises(ConfigurationError, match="must be known at synth, got a token"):
            Condition.input("a").equals("${Token[A.1]}")


class TestReferences:
    def test_name_what_they_read(self) -> None:
        key = "$states.context.Execution.Input.detail.object.key"
        assert execution_input("detail.object.key") == f"{{% $string({key}) %}}"
        assert map_item() == "{% $string($states.input.Item) %}"
        assert map_item("prefix") == "{% $string($states.input.Item.prefix) %}"
        assert read_names(
            {"a": [map_item("x"), {"b": "{% $states.input.Train.Y & $states.input.Two.Z %}"}], "c": 1}
        ) == {
            "Item",
            "Train",
            "Two",
        }

    @pytest.mark.parametrize("path", ["", "a b", "$.a", "a..b", "1a"])
    def test_fails_on_what_is_no_path(self, path: str) -> None:
        with pytest.raises(ConfigurationError, match="path must be names with dots between them"):
            execution_input(path)

    def test_an_artifact_is_read_below_the_names_of_its_job_only(self) -> None:
        artifact = JobArtifact(uri="{% x %}", bucket_arn="arn:b", prefix="out/train-", key_arn="arn:key")
        read, listed, key = artifact.read_statements()
        assert read.resources == ("arn:b/out/train-*",)
        assert listed.conditions == {"StringLike": {"s3:prefix": ["out/train-*"]}}
        assert (key.actions, key.resources) == (("kms:Decrypt",), ("arn:key",))


class TestSteps:
    def test_fails_on_a_parallel_with_one_way_or_an_empty_one(self) -> None:
        with pytest.raises(ConfigurationError, match="branches must be two or more, got 1"):
            Parallel([node("A")])  # type: ignore[list-item] -- nodes stand in for jobs
        with pytest.raises(ConfigurationError, match="each hold at least one step, got an empty one"):
            Parallel([node("A")], [])  # type: ignore[list-item] -- nodes stand in for jobs

    @pytest.mark.parametrize("concurrency", [1, 40])
    def test_a_map_takes_each_concurrency(self, concurrency: int) -> None:
        steps: Any = [node("A")]
        Map(name="Each", items=execution_input("list"), steps=steps, max_concurrency=concurrency)

    def test_fails_on_a_map_of_nothing(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Map(name="Each", items=[], steps=[], max_concurrency=41)
        text = str(raised.value)
        assert "steps must hold at least one step" in text
        assert "items must hold at least one item" in text
        assert "max_concurrency must be between 1 and 40, got 41" in text

    def test_fails_on_items_that_are_a_plain_text(self) -> None:
        steps: Any = [node("A")]
        with pytest.raises(ConfigurationError, match=r"items must be a list or execution_input\(…\), got 'abc'"):
            Map(name="Each", items="abc", steps=steps)

    def test_fails_on_a_choice_of_nothing(self) -> None:
        with pytest.raises(ConfigurationError, match="then must hold at least one step where otherwise holds none"):
            Choice(condition=Condition.input("a") > 1)
