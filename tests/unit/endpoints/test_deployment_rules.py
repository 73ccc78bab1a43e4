"""What guardrails and components refuse, in the words of the arguments; nothing here is synthesized."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from constructs_lib import (
    AllAtOnce,
    Canary,
    CapacitySize,
    ComponentVariant,
    InferenceComponent,
    InstanceType,
    Linear,
    ManagedInstanceScaling,
    Rolling,
    ScaleInStrategy,
    VariantProperty,
)
from constructs_lib.endpoints.inference_component import Adapter
from tests.unit.endpoints.serving import (
    GPU,
    LATE,
    pooled,
    real_time,
    refusal,
    shared,
    specification,
    thing,
    variant,
    warnings_of,
)

INF1 = InstanceType("ml.inf1.xlarge")
SIX = [InstanceType(f"ml.m5.{size}") for size in ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge")]


@pytest.fixture(scope="module")
def stack() -> Any:
    """One stack for all: what is refused leaves nothing in it that is synthesized."""
    from aws_cdk import App, Stack

    return Stack(App(), "Stack")


@pytest.fixture(scope="module")
def ids() -> Iterator[str]:
    return (f"E{number}" for number in count())


class TestDeployment:
    @pytest.mark.parametrize("argument", ["wait_seconds", "termination_wait_seconds"])
    def test_trap_6_holds_both_ends_of_waits(self, stack: Any, ids: Iterator[str], argument: str) -> None:
        for value in (0, 3600, LATE):
            real_time(stack, next(ids), deployment=AllAtOnce(**{argument: value}))
        for value in (-1, 3601):
            policy = AllAtOnce(**{argument: value})
            problem = refusal(lambda policy=policy: real_time(stack, next(ids), deployment=policy))
            assert problem.startswith(f"deployment.{argument} must be ")

    def test_trap_6_holds_both_ends_of_the_timeout(self, stack: Any, ids: Iterator[str]) -> None:
        for value in (600, 28800, LATE):
            policy = AllAtOnce(wait_seconds=0, maximum_execution_timeout_seconds=value)
            real_time(stack, next(ids), deployment=policy)
        for value in (599, 28801):
            for policy in (
                AllAtOnce(wait_seconds=0, maximum_execution_timeout_seconds=value),
                Rolling(CapacitySize.percent(50), wait_seconds=0, maximum_execution_timeout_seconds=value),
            ):
                problem = refusal(lambda policy=policy: real_time(stack, next(ids), deployment=policy))
                assert problem.startswith("deployment.maximum_execution_timeout_seconds must be ")

    def test_trap_6_fails_on_batches_of_several_variants(self, stack: Any, ids: Iterator[str]) -> None:
        two = [variant(stack, "a"), variant(stack, "b")]
        policy = Rolling(CapacitySize.percent(50))
        problem = refusal(lambda: real_time(stack, next(ids), variants=two, deployment=policy))
        assert problem == (
            "deployment must not be Rolling with several variants, got 2; give AllAtOnce(…), Canary(…) or Linear(…) "
            "(TRAPS 6)"
        )

    def test_trap_6_measures_machines_by_the_smallest_variant(self, stack: Any, ids: Iterator[str]) -> None:
        variants = [variant(stack, "a", count=10), variant(stack, "b", count=2)]
        real_time(stack, next(ids), variants=variants, deployment=Canary(CapacitySize.instances(1)))

        def build() -> object:
            return real_time(stack, next(ids), variants=variants, deployment=Canary(CapacitySize.instances(2)))

        assert "of which there are 2 at first, got 2" in refusal(build)
        step = lambda: real_time(  # noqa: E731 -- called by the helper
            stack, next(ids), variants=[variant(stack, "a", count=20)], deployment=Linear(CapacitySize.instances(1))
        )
        assert "at least 10 percent of the instances, of which there are 20 at first, got 1" in refusal(step)
        late = [variant(stack, "a", count=LATE)]
        real_time(stack, next(ids), variants=late, deployment=Canary(CapacitySize.instances(2)))

    @pytest.mark.parametrize("wrong", ["canary", 10, CapacitySize.percent(10)])
    def test_fails_on_what_is_no_policy(self, stack: Any, ids: Iterator[str], wrong: Any) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), deployment=wrong))
        assert problem == f"deployment must be such as AllAtOnce(…), Canary(…), Linear(…) or Rolling(…), got {wrong!r}"

    @pytest.mark.parametrize("wrong", [VariantProperty.DESIRED_WEIGHT, "DesiredWeight", 5])
    def test_trap_3_fails_on_what_is_no_list_of_properties(self, stack: Any, ids: Iterator[str], wrong: Any) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), retained=wrong))
        assert problem == f"retained must be a list of VariantProperty, got {wrong!r}"

    def test_trap_3_fails_on_an_unknown_property(self, stack: Any, ids: Iterator[str]) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), retained=["DesiredWeight"]))
        assert problem.startswith("retained[0] must be one of VariantProperty.DESIRED_INSTANCE_COUNT")
        assert problem.endswith("got 'DesiredWeight'; write VariantProperty.DESIRED_WEIGHT")

    @pytest.mark.parametrize(("minutes", "wait", "warned"), [(1, 179, 1), (1, 180, 0), (10, 719, 1), (10, 720, 0)])
    def test_warns_of_a_bake_that_ends_before_the_alarms_speak(
        self, stack: Any, ids: Iterator[str], minutes: int, wait: int, warned: int
    ) -> None:
        from constructs_lib import AutoRollback

        policy = AllAtOnce(wait_seconds=wait, rollback=AutoRollback(minutes=minutes))
        found = warnings_of(real_time(stack, next(ids), deployment=policy))
        assert len(found) == warned
        quiet = AllAtOnce(wait_seconds=wait, rollback=AutoRollback.never())
        assert warnings_of(real_time(stack, next(ids), deployment=quiet)) == []

    @pytest.mark.parametrize(
        ("policy", "machines", "warned"),
        [
            (Canary(CapacitySize.percent(10)), 1, True),
            (Linear(CapacitySize.percent(50)), 1, True),
            (Canary(CapacitySize.percent(10)), 2, False),
            (Canary(CapacitySize.percent(10)), LATE, False),
            (AllAtOnce(), 1, False),
            (Rolling(CapacitySize.percent(50)), 1, False),
        ],
    )
    def test_trap_6_warns_of_one_machine_of_which_no_part_can_move(
        self, stack: Any, ids: Iterator[str], policy: Any, machines: Any, warned: bool
    ) -> None:
        variants = [variant(stack, count=machines)]
        found = warnings_of(real_time(stack, next(ids), variants=variants, deployment=policy))
        assert [text for text in found if "sagemaker-constructs:traffic-moves-at-once/main" in text] == found
        assert len(found) == warned

    def test_warns_where_guardrails_do_not_apply(self, stack: Any, ids: Iterator[str]) -> None:
        old = [variant(stack, instance_type=INF1)]
        guarded = warnings_of(real_time(stack, next(ids), variants=old, deployment=AllAtOnce()))
        plain = warnings_of(real_time(stack, next(ids), variants=old))
        assert [text.count("guardrails-do-not-apply/main") for text in guarded] == [0, 1]
        assert not any("guardrails" in text for text in plain)


@pytest.fixture(scope="module")
def endpoint(stack: Any, ids: Iterator[str]) -> Any:
    return shared(stack, next(ids))


class TestComponents:
    @pytest.mark.parametrize(
        ("values", "argument"),
        [
            ({"scale_in_maximum_step_size": 0}, "scale_in_maximum_step_size"),
            ({"scale_in_maximum_step_size": 101}, "scale_in_maximum_step_size"),
            ({"scale_in_cooldown_minutes": 4}, "scale_in_cooldown_minutes"),
            ({"scale_in_cooldown_minutes": 1441}, "scale_in_cooldown_minutes"),
        ],
    )
    def test_trap_23_fails_on_scaling_out_of_range(
        self, stack: Any, ids: Iterator[str], values: dict[str, int], argument: str
    ) -> None:
        scaling = ManagedInstanceScaling(
            min_instance_count=0, max_instance_count=1, scale_in=ScaleInStrategy.CONSOLIDATION, **values
        )
        machines = ComponentVariant("main", GPU, managed_instance_scaling=scaling)
        problem = refusal(lambda: shared(stack, next(ids), variant=machines))
        assert problem.startswith(f"variant.managed_instance_scaling.{argument} must be ")

    @pytest.mark.parametrize("copies", [0, 1, 1000, LATE])
    def test_trap_22_takes_no_copies_and_many(self, endpoint: Any, ids: Iterator[str], copies: int) -> None:
        endpoint.add_component(next(ids), specification=specification(), copies=copies)

    @pytest.mark.parametrize("copies", [-1, 1.5, "1", [1], True])
    def test_fails_on_other_copies(self, endpoint: Any, ids: Iterator[str], copies: Any) -> None:
        problem = refusal(lambda: endpoint.add_component(next(ids), specification=specification(), copies=copies))
        assert problem == f"copies must be a whole number of at least 0, got {copies!r}"

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"model_data_download_timeout_seconds": 59}, "model_data_download_timeout_seconds must be at least 60"),
            ({"model_data_download_timeout_seconds": 3601}, "model_data_download_timeout_seconds must be at most 3600"),
            (
                {"container_startup_health_check_timeout_seconds": 59},
                "container_startup_health_check_timeout_seconds must",
            ),
        ],
    )
    def test_fails_on_a_specification_that_the_api_refuses(
        self, endpoint: Any, ids: Iterator[str], values: dict[str, Any], words: str
    ) -> None:
        wrong = specification(**values)
        problem = refusal(lambda: endpoint.add_component(next(ids), specification=wrong))
        assert problem.startswith(f"specification.{words}")
        problem = refusal(lambda: endpoint.add_component(next(ids), specification={GPU: wrong}))
        assert problem.startswith(f"specification[0].{words}")

    def test_takes_one_to_five_types(self, stack: Any, ids: Iterator[str]) -> None:
        endpoint = shared(stack, next(ids), variant=pooled(*SIX[:5]))
        for number in (1, 5):
            endpoint.add_component(next(ids), specification=dict.fromkeys(SIX[:number], specification()))
        for number in (0, 6):
            several = dict.fromkeys(SIX[:number], specification())

            def build(several: Any = several) -> object:
                return endpoint.add_component(next(ids), specification=several)

            assert refusal(build).startswith("specification must ")

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [
            ("specification", "model"),
            ("specification", None),
            ("specification", {"ml.g5.xlarge": specification()}),
            ("specification", {GPU: "model"}),
            ("deployment", AllAtOnce()),
            ("deployment", "rolling"),
        ],
    )
    def test_fails_on_wrong_kinds(self, endpoint: Any, ids: Iterator[str], argument: str, wrong: Any) -> None:
        arguments = {"specification": specification()} | {argument: wrong}
        assert f"{argument} must be " in refusal(lambda: endpoint.add_component(next(ids), **arguments))

    @pytest.mark.parametrize("wrong", ["an-endpoint", None, 5])
    def test_fails_on_what_is_no_endpoint_and_no_base(self, stack: Any, ids: Iterator[str], wrong: Any) -> None:
        def build() -> object:
            return InferenceComponent(stack, next(ids), endpoint=wrong, specification=specification())

        assert refusal(build) == f"endpoint must be an InferenceComponentEndpoint, got {wrong!r}"

        def adapt() -> object:
            return Adapter(stack, next(ids), base=wrong, artifact=thing("a.tar.gz"))

        assert refusal(adapt) == f"base must be such as InferenceComponent(…), got {wrong!r}"

    def test_fails_on_an_adapter_that_is_no_object(self, endpoint: Any, ids: Iterator[str]) -> None:
        base = endpoint.add_component(next(ids), specification=specification())
        problem = refusal(lambda: base.add_adapter("A", artifact="s3://bucket/a.tar.gz"))
        assert problem.startswith("artifact must be such as store.artifact('models/model.tar.gz'), got ")

    def test_trap_6_measures_batches_by_the_copies(self, endpoint: Any, ids: Iterator[str]) -> None:
        def rolled(size: CapacitySize, copies: int) -> Any:
            return endpoint.add_component(
                next(ids), specification=specification(), copies=copies, deployment=Rolling(size)
            )

        rolled(CapacitySize.copies(1), 2)
        rolled(CapacitySize.copies(5), 0)
        assert "of which there are 2 at first, got 2" in refusal(lambda: rolled(CapacitySize.copies(2), 2))
        assert "of which there are 30 at first, got 1" in refusal(lambda: rolled(CapacitySize.copies(1), 30))
        assert "CapacitySize.copies(…), got" in refusal(lambda: rolled(CapacitySize.instances(1), 2))
        assert "must be between 5 and 50 percent" in refusal(lambda: rolled(CapacitySize.percent(4), 2))
