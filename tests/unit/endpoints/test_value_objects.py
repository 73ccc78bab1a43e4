"""Variants, capture, guardrails and components as values: both ends of each range, and the words of each refusal."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib import (
    CaptureMode,
    ComponentVariant,
    ComputeRequirements,
    Container,
    DataCapture,
    InstancePool,
    InstancePools,
    ManagedInstanceScaling,
    MetricsConfig,
    ModelArtifact,
    ModelKind,
    Placement,
    PlacementStrategy,
    ProductionVariant,
    ScaleInStrategy,
    ServerlessVariant,
)
from tests.conftest import REPOSITORY
from tests.unit.endpoints.serving import CPU, GPU, IMAGE, LATE, at, refusal, specification, thing

# Stands for a model where little is asked for, so that no Node starts.
MODEL: Any = SimpleNamespace(model_name="a-model", kind=ModelKind.SINGLE, from_marketplace=False)


def scaling(**changes: Any) -> ManagedInstanceScaling:
    return ManagedInstanceScaling(**({"min_instance_count": 0, "max_instance_count": 1} | changes))


def serverless(**changes: Any) -> ServerlessVariant:
    return ServerlessVariant(**({"name": "a", "model": MODEL, "memory_mb": 1024, "max_concurrency": 5} | changes))


def test_the_values_start_no_node() -> None:
    modules = "component_specification component_variant data_capture deployment metrics_config production_variant"
    imports = "; ".join(f"import constructs_lib.endpoints.{name}" for name in f"{modules} serverless_variant".split())
    command = f"{imports}; import sys; sys.exit('jsii' in sys.modules or 'aws_cdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], cwd=REPOSITORY, check=False).returncode == 0


class TestVariants:
    @pytest.mark.parametrize("memory", [1024, 2048, 3072, 4096, 5120, 6144, LATE])
    def test_trap_25_takes_each_step_of_memory(self, memory: int) -> None:
        serverless(memory_mb=memory)

    @pytest.mark.parametrize("memory", [1023, 1500, 6145, 7168])
    def test_trap_25_fails_between_the_steps(self, memory: Any) -> None:
        problem = f"memory_mb must be one of 1024, 2048, 3072, 4096, 5120, 6144, got {memory!r}"
        assert refusal(lambda: serverless(memory_mb=memory)) == problem

    @pytest.mark.parametrize("pair", [(1, None), (1, 1), (5, 5), (LATE, 7), (5, LATE)])
    def test_trap_25_takes_as_many_warm_ones_as_there_may_be(self, pair: tuple[int, int | None]) -> None:
        serverless(max_concurrency=pair[0], provisioned_concurrency=pair[1])

    def test_trap_25_fails_on_more_warm_ones_than_there_may_be(self) -> None:
        problem = refusal(lambda: serverless(provisioned_concurrency=6))
        assert problem == (
            "max_concurrency must not be below provisioned_concurrency (6), got 5; raise max_concurrency or lower "
            "provisioned_concurrency"
        )

    @pytest.mark.parametrize("wrong", [0, 1.5, "5", True])
    def test_fails_on_what_is_no_number_of_requests(self, wrong: Any) -> None:
        words = f"must be a whole number{' of at least 1' if wrong == 0 else ''}, got {wrong!r}"
        assert refusal(lambda: serverless(max_concurrency=wrong)) == f"max_concurrency {words}"
        assert refusal(lambda: serverless(provisioned_concurrency=wrong)) == f"provisioned_concurrency {words}"

    @pytest.mark.parametrize("wrong", ["a-model", None, 5, []])
    def test_fails_on_what_is_no_model(self, wrong: Any) -> None:
        problem = f"model must be a Model construct, or Model.from_model_name(…), got {wrong!r}"
        assert refusal(lambda: serverless(model=wrong)) == problem
        assert refusal(lambda: ProductionVariant("a", model=wrong, instance_type=CPU)) == problem

    def test_fails_on_a_model_that_only_a_workflow_makes(self) -> None:
        late: Any = SimpleNamespace(model_name="{% $states.input.Make.ModelName %}", kind=ModelKind.SINGLE)
        for build in (
            lambda: serverless(model=late),
            lambda: ProductionVariant("a", model=late, instance_type=CPU),
            lambda: InstancePool(CPU, model=late),
            lambda: specification(model=late),
        ):
            problem = refusal(build)
            assert problem.startswith("model must be there when the stack is deployed, and a workflow makes this one")

    @pytest.mark.parametrize("wrong", [None, 5, 1.5, ["a"]])
    def test_fails_on_what_is_no_name(self, wrong: Any) -> None:
        problem = f"name must be text, got {wrong!r}"
        assert refusal(lambda: ProductionVariant(wrong, model=MODEL, instance_type=CPU)) == problem
        assert refusal(lambda: ComponentVariant(wrong, CPU)) == problem
        assert refusal(lambda: serverless(name=wrong)) == problem

    @pytest.mark.parametrize("wrong", ["ml.m5.xlarge", None, 5, [CPU]])
    def test_fails_on_what_is_no_machine(self, wrong: Any) -> None:
        problem = refusal(lambda: ProductionVariant("a", model=MODEL, instance_type=wrong))
        assert (
            problem
            == f"instance_type must be such as InstanceType('ml.g5.xlarge') or such as InstancePools(…), got {wrong!r}"
        )
        assert "instance_type must be such as" in refusal(lambda: ComponentVariant("a", wrong))
        assert "instance_type must be such as" in refusal(lambda: InstancePool(wrong))

    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            ({"routing": "RANDOM"}, "routing must be one of RoutingStrategy.LEAST_OUTSTANDING_REQUESTS, "),
            ({"routing": ""}, "routing must be one of RoutingStrategy.LEAST_OUTSTANDING_REQUESTS, "),
            ({"core_dumps": "s3://bucket/dumps"}, "core_dumps must be such as store.location('data'), got "),
            ({"ssm_access": "yes"}, "ssm_access must be True or False, got 'yes'"),
            ({"ssm_access": None}, "ssm_access must be True or False, got None"),
        ],
    )
    def test_fails_on_options_of_the_wrong_kind(self, options: dict[str, Any], problem: str) -> None:
        assert problem in refusal(lambda: ProductionVariant("a", model=MODEL, instance_type=CPU, **options))
        assert problem in refusal(lambda: ComponentVariant("a", CPU, **options))

    def test_fails_on_pools_that_are_none_or_repeat_a_type(self) -> None:
        assert refusal(lambda: InstancePools(GPU)) == f"pools[0] must be such as InstancePool(…), got {GPU!r}"  # type: ignore[arg-type] -- the slip under test
        problem = refusal(lambda: InstancePools(InstancePool(GPU), InstancePool(CPU), InstancePool(GPU)))
        assert problem == "instance types of the pools must be unique, got 'ml.g5.xlarge' more than once"

    def test_trap_23_fails_on_a_model_in_the_pools_of_components(self) -> None:
        pools = InstancePools(InstancePool(GPU, model=MODEL))
        problem = refusal(lambda: ComponentVariant("a", pools))
        assert problem == "instance_type must hold pools without a model, because the components bring theirs"

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"modes": []}, "modes must hold CaptureMode.INPUT, CaptureMode.OUTPUT or both, got none"),
            ({"modes": "Input"}, "modes must be a list of CaptureMode, got 'Input'"),
            (
                {"modes": ["input"]},
                "modes[0] must be one of CaptureMode.INPUT, CaptureMode.OUTPUT, got 'input'; write CaptureMode.INPUT",
            ),
            ({"modes": [CaptureMode.INPUT] * 2}, "modes must be unique, got 'Input' more than once"),
            ({"enabled": None}, "enabled must be True or False, got None"),
        ],
    )
    def test_fails_on_a_capture_of_no_side(self, values: dict[str, Any], problem: str) -> None:
        assert refusal(lambda: DataCapture(location=at("c"), **values)) == problem

    def test_trap_29_a_weight_of_zero_stays_zero(self) -> None:
        assert ProductionVariant("a", model=MODEL, instance_type=CPU, weight=0).render()["InitialVariantWeight"] == 0


class TestManagedInstanceScaling:
    @pytest.mark.parametrize("pair", [(0, 1), (1, 1), (0, 1000), (LATE, 1), (5, LATE)])
    def test_takes_both_ends(self, pair: tuple[int, int]) -> None:
        scaling(min_instance_count=pair[0], max_instance_count=pair[1])

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"min_instance_count": -1}, "min_instance_count must be a whole number of at least 0, got -1"),
            ({"max_instance_count": 0}, "max_instance_count must be a whole number of at least 1, got 0"),
            ({"min_instance_count": None}, "min_instance_count must be a whole number, got None"),
            ({"max_instance_count": 1.5}, "max_instance_count must be a whole number, got 1.5"),
            (
                {"min_instance_count": 2},
                "max_instance_count must not be below min_instance_count (2), got 1; raise max_instance_count or lower "
                "min_instance_count",
            ),
            (
                {"scale_in": "IDLE_RELEASE"},
                "scale_in must be one of ScaleInStrategy.IDLE_RELEASE, ScaleInStrategy.CONSOL",
            ),
            (
                {"scale_in_maximum_step_size": 1},
                "scale_in must be ScaleInStrategy.CONSOLIDATION where a step size or a cooldown is given, got None",
            ),
            (
                {"scale_in": ScaleInStrategy.IDLE_RELEASE, "scale_in_cooldown_minutes": 5},
                "scale_in must be ScaleInStrategy.CONSOLIDATION where a step size or a cooldown is given, got <Scale",
            ),
        ],
    )
    def test_fails_on_what_is_not_possible(self, values: dict[str, Any], problem: str) -> None:
        assert refusal(lambda: scaling(**values)).startswith(problem)

    def test_fails_on_what_is_no_scaling(self) -> None:
        problem = refusal(lambda: ComponentVariant("a", CPU, managed_instance_scaling=3))  # type: ignore[arg-type] -- the slip under test
        assert problem == "managed_instance_scaling must be such as ManagedInstanceScaling(…), got 3"


class TestComponents:
    @pytest.mark.parametrize(
        "values",
        [
            {"min_memory_mb": 128, "max_memory_mb": 128},
            {"min_memory_mb": 128, "cpu_cores": 0.25, "accelerators": 1},
            {"min_memory_mb": LATE, "max_memory_mb": 128},
            {"min_memory_mb": 4096, "max_memory_mb": LATE, "cpu_cores": LATE, "accelerators": LATE},
        ],
    )
    def test_takes_the_least(self, values: dict[str, Any]) -> None:
        ComputeRequirements(**values)

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"min_memory_mb": 127}, "min_memory_mb must be a whole number of at least 128, got 127"),
            ({"min_memory_mb": None}, "min_memory_mb must be a whole number, got None"),
            ({"max_memory_mb": 127}, "max_memory_mb must be a whole number of at least 128, got 127"),
            ({"max_memory_mb": 1023}, "max_memory_mb must not be below min_memory_mb (1024), got 1023; raise max_mem"),
            ({"cpu_cores": 0}, "cpu_cores must be a number above 0, got 0"),
            ({"cpu_cores": "1"}, "cpu_cores must be a number, got '1'"),
            ({"accelerators": 0}, "accelerators must be a number above 0, got 0"),
            ({"accelerators": [1]}, "accelerators must be a number, got [1]"),
        ],
    )
    def test_fails_below_it(self, values: dict[str, Any], problem: str) -> None:
        assert refusal(lambda: ComputeRequirements(**({"min_memory_mb": 1024} | values))).startswith(problem)

    @pytest.mark.parametrize("imbalance", [0, 100, LATE])
    def test_takes_both_ends_of_imbalance(self, imbalance: int) -> None:
        Placement(strategy=PlacementStrategy.SPREAD, max_zone_imbalance=imbalance)

    @pytest.mark.parametrize("imbalance", [-1, 101, None, 0.5, "1"])
    def test_fails_on_another_imbalance_or_strategy(self, imbalance: Any) -> None:
        rule = "between 0 and 100" if imbalance in (-1, 101) else "a whole number"
        problem = refusal(lambda: Placement(strategy=PlacementStrategy.SPREAD, max_zone_imbalance=imbalance))
        assert problem == f"max_zone_imbalance must be {rule}, got {imbalance!r}"
        problem = refusal(lambda: Placement(strategy="SPREAD"))  # type: ignore[arg-type] -- the slip under test
        assert "strategy must be one of PlacementStrategy.SPREAD, PlacementStrategy.BINPACK, got 'SPREAD'" in problem

    @pytest.mark.parametrize("wrong", ["a-model", None, 5, [Container(image=IMAGE)]])
    def test_fails_on_what_is_neither_a_model_nor_a_container(self, wrong: Any) -> None:
        problem = refusal(lambda: specification(model=wrong))
        assert problem == f"model must be a Model construct or Container(image=…), got {wrong!r}"

    @pytest.mark.parametrize("kind", [ModelKind.MULTI_MODEL, ModelKind.PIPELINE, ModelKind.DIRECT])
    def test_trap_23_fails_on_a_model_of_several_containers(self, kind: ModelKind) -> None:
        problem = refusal(
            lambda: specification(model=SimpleNamespace(model_name="a", kind=kind, from_marketplace=False))
        )
        rule = "model must be a Model of one container, which is all that a component runs, got one of kind"
        assert problem == f"{rule} {kind}"

    @pytest.mark.parametrize(
        "container",
        [
            Container.from_model_package("a-package"),
            Container(image=IMAGE, artifact=at("folder")),
            Container(image=IMAGE, additional_artifacts={"lora": thing("a.tar.gz")}),
            Container(image=IMAGE, artifact=ModelArtifact.from_archive(thing("a.tar.gz"), accept_eula=True)),
        ],
    )
    def test_fails_on_a_container_that_needs_a_model(self, container: Container) -> None:
        problem = refusal(lambda: specification(model=container))
        rule = "model must be a Model construct where it is more than an image and one gzipped tar"
        assert problem == f"{rule}, got a Container"

    @pytest.mark.parametrize(("argument", "wrong"), [("compute", 1024), ("compute", None), ("placement", "SPREAD")])
    def test_fails_on_other_wrong_kinds(self, argument: str, wrong: Any) -> None:
        assert refusal(lambda: specification(**{argument: wrong})).startswith(f"{argument} must be ")


class TestCaptureAndMetrics:
    @pytest.mark.parametrize("frequency", [10, 30, 60, 120, 180, 240, 300, None, LATE])
    def test_takes_each_frequency(self, frequency: int | None) -> None:
        MetricsConfig(publish_frequency_seconds=frequency)

    @pytest.mark.parametrize("frequency", [0, 9, 11, 301])
    def test_fails_between_them(self, frequency: Any) -> None:
        problem = refusal(lambda: MetricsConfig(publish_frequency_seconds=frequency))
        rule = "publish_frequency_seconds must be one of 10, 30, 60, 120, 180, 240, 300"
        assert problem == f"{rule}, got {frequency!r}"

    @pytest.mark.parametrize("wrong", ["s3://bucket/capture", None, 5, thing("capture")])
    def test_trap_30_fails_without_a_place(self, wrong: Any) -> None:
        problem = refusal(lambda: DataCapture(location=wrong))
        assert problem == f"location must be such as store.location('data'), got {wrong!r}"

    @pytest.mark.parametrize("wrong", ["text/csv", None, 5])
    def test_trap_30_fails_on_types_that_are_no_list(self, wrong: Any) -> None:
        words = f"must be a list of text, got {wrong!r}"
        assert refusal(lambda: DataCapture(location=at("c"), csv_content_types=wrong)) == f"csv_content_types {words}"
        assert refusal(lambda: DataCapture(location=at("c"), json_content_types=wrong)) == f"json_content_types {words}"
