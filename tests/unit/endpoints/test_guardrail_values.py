"""Guardrails as values: both ends of each size, wait and threshold, and the words of each refusal."""

from typing import Any

import pytest

from constructs_lib import (
    AllAtOnce,
    AutoRollback,
    Canary,
    CapacitySize,
    Linear,
    Rolling,
)
from constructs_lib.endpoints.deployment import DeploymentPolicy, Fleet
from tests.unit.endpoints.serving import LATE, refusal

FLEET = Fleet.of("instances", 10)
COPIES = Fleet.of("copies", 20)
UNKNOWN = Fleet.of("instances", LATE)
percent, instances, copies = CapacitySize.percent, CapacitySize.instances, CapacitySize.copies


def found(policy: DeploymentPolicy, fleet: Fleet = FLEET) -> list[str]:
    return [problem for problem in policy.problems(fleet) if problem is not None]


class TestSizesOfGuardrails:
    @pytest.mark.parametrize(
        ("policy", "fleet"),
        [
            (Canary(percent(1)), FLEET),
            (Canary(percent(50)), FLEET),
            (Canary(instances(1)), FLEET),
            (Canary(instances(5)), FLEET),
            (Linear(percent(10)), FLEET),
            (Linear(percent(50)), FLEET),
            (Linear(instances(5)), FLEET),
            (Rolling(percent(5)), FLEET),
            (Rolling(percent(50), rollback_batch=percent(1)), FLEET),
            (Rolling(instances(5), rollback_batch=instances(10)), FLEET),
            (Rolling(percent(50), rollback_batch=percent(100)), FLEET),
            (Rolling(copies(10), rollback_batch=copies(20)), COPIES),
            (Canary(instances(1000)), UNKNOWN),
            (Linear(instances(1)), UNKNOWN),
            (Linear(instances(1)), FLEET),
            (Rolling(copies(1)), COPIES),
            (Rolling(copies(5), rollback_batch=copies(1)), Fleet.of("copies", 100)),
            (Canary(instances(1)), Fleet.of("instances", 2, 200)),
            (Canary(percent(LATE)), FLEET),
            (Linear(instances(LATE)), FLEET),
            (Rolling(copies(LATE), rollback_batch=percent(LATE)), COPIES),
        ],
    )
    def test_trap_6_takes_both_ends_and_what_is_known_at_deployment(self, policy: Any, fleet: Fleet) -> None:
        assert found(policy, fleet) == []

    @pytest.mark.parametrize(
        ("policy", "problem"),
        [
            (Canary(percent(0)), "deployment.size must be a whole number of at least 1, got 0"),
            (Canary(percent(51)), "deployment.size must be between 1 and 50 percent of the capacity, got 51"),
            (Linear(percent(9)), "deployment.step must be between 10 and 50 percent of the capacity, got 9"),
            (Linear(percent(51)), "deployment.step must be between 10 and 50 percent of the capacity, got 51"),
            (Rolling(percent(4)), "deployment.batch must be between 5 and 50 percent of the capacity, got 4"),
            (Rolling(percent(51)), "deployment.batch must be between 5 and 50 percent of the capacity, got 51"),
            (
                Rolling(percent(50), rollback_batch=percent(101)),
                "deployment.rollback_batch must be between 1 and 100 percent of the capacity, got 101",
            ),
            (
                Rolling(percent(50), rollback_batch=instances(11)),
                "deployment.rollback_batch must be at most 100 percent of the instances, of which there are 10 at "
                "first, got 11; have more of them or give CapacitySize.percent(…)",
            ),
            (
                Canary(instances(6)),
                "deployment.size must be at most 50 percent of the instances, of which there are 10 at first, got 6; "
                "have more of them or give CapacitySize.percent(…)",
            ),
            (
                Rolling(copies(1)),
                "deployment.batch must be CapacitySize.percent(…) or CapacitySize.instances(…), got "
                "CapacitySize(type='COPY_COUNT', value=1)",
            ),
        ],
    )
    def test_fails_beyond_them(self, policy: DeploymentPolicy, problem: str) -> None:
        assert found(policy) == [problem]

    @pytest.mark.parametrize(
        ("policy", "fleet", "argument", "bound"),
        [
            (
                Linear(instances(1)),
                Fleet.of("instances", 20),
                "step",
                "10 percent of the instances, of which there are 20",
            ),
            (
                Linear(instances(1)),
                Fleet.of("instances", 2, 11),
                "step",
                "10 percent of the instances, of which there are 11",
            ),
            (
                Rolling(instances(1)),
                Fleet.of("instances", 21),
                "batch",
                "5 percent of the instances, of which there are 21",
            ),
            (Rolling(copies(1)), Fleet.of("copies", 30), "batch", "5 percent of the copies, of which there are 30"),
        ],
    )
    def test_trap_6_fails_below_the_share_of_the_largest_variant(
        self, policy: DeploymentPolicy, fleet: Fleet, argument: str, bound: str
    ) -> None:
        fix = "move more of them at once or give CapacitySize.percent(…)"
        assert found(policy, fleet) == [f"deployment.{argument} must be at least {bound} at first, got 1; {fix}"]

    @pytest.mark.parametrize("wrong", [1.5, "ten", None, True])
    def test_fails_on_what_is_no_whole_number(self, wrong: Any) -> None:
        for make in (percent, instances, copies):
            assert refusal(lambda make=make: make(wrong)) == f"value must be a whole number, got {wrong!r}"

    def test_fails_on_what_is_no_kind_of_size(self) -> None:
        problem = refusal(lambda: CapacitySize("MACHINES", 1))
        assert problem == "type must be one of 'CAPACITY_PERCENT', 'INSTANCE_COUNT', 'COPY_COUNT', got 'MACHINES'"

    def test_fails_on_machines_where_copies_are_updated(self) -> None:
        (problem,) = found(Rolling(instances(1)), COPIES)
        assert problem.startswith("deployment.batch must be CapacitySize.percent(…) or CapacitySize.copies(…), got")

    @pytest.mark.parametrize("wrong", ["10", None, 10, [percent(1)]])
    @pytest.mark.parametrize(("kind", "argument"), [(Canary, "size"), (Linear, "step"), (Rolling, "batch")])
    def test_fails_on_what_is_no_size(self, kind: Any, argument: str, wrong: Any) -> None:
        assert refusal(lambda: kind(wrong)) == f"{argument} must be such as CapacitySize.percent(…), got {wrong!r}"

    def test_fails_on_a_batch_back_that_is_no_size(self) -> None:
        assert refusal(lambda: Rolling(percent(5), rollback_batch=5)).startswith("rollback_batch must be such as Cap")  # type: ignore[arg-type] -- the slip under test

    @pytest.mark.parametrize("build", [AllAtOnce, lambda **rest: Canary(percent(1), **rest)])
    def test_fails_on_what_is_no_rollback(self, build: Any) -> None:
        problem = refusal(lambda: build(rollback="an-alarm"))
        assert problem == "rollback must be such as AutoRollback(…), .on_alarms(…) or .never(), got 'an-alarm'"


class TestWaitsOfGuardrails:
    @pytest.mark.parametrize(
        "policy",
        [
            AllAtOnce(wait_seconds=500, termination_wait_seconds=99, maximum_execution_timeout_seconds=600),
            Canary(percent(1), wait_seconds=599, maximum_execution_timeout_seconds=600),
            Linear(percent(50), wait_seconds=299, maximum_execution_timeout_seconds=599),
            Linear(percent(34), wait_seconds=199, maximum_execution_timeout_seconds=600),
            Linear(instances(4), wait_seconds=199, maximum_execution_timeout_seconds=600),
            Canary(instances(1), wait_seconds=599, maximum_execution_timeout_seconds=600),
            Rolling(percent(34), wait_seconds=199, maximum_execution_timeout_seconds=600),
            Rolling(instances(4), wait_seconds=199, maximum_execution_timeout_seconds=600),
            AllAtOnce(wait_seconds=LATE, maximum_execution_timeout_seconds=600),
            AllAtOnce(termination_wait_seconds=LATE, maximum_execution_timeout_seconds=600),
            AllAtOnce(maximum_execution_timeout_seconds=LATE),
            Linear(percent(LATE), wait_seconds=599, maximum_execution_timeout_seconds=600),
            Rolling(percent(LATE), wait_seconds=599, maximum_execution_timeout_seconds=600),
            Rolling(percent(5), wait_seconds=LATE, maximum_execution_timeout_seconds=600),
        ],
    )
    def test_trap_6_takes_a_timeout_above_the_waits(self, policy: DeploymentPolicy) -> None:
        assert found(policy) == []

    @pytest.mark.parametrize(
        ("policy", "waits"),
        [
            (
                AllAtOnce(wait_seconds=500, termination_wait_seconds=100, maximum_execution_timeout_seconds=600),
                "wait_seconds and termination_wait_seconds: 600 s",
            ),
            (
                Canary(percent(1), wait_seconds=600, maximum_execution_timeout_seconds=600),
                "wait_seconds and termination_wait_seconds: 600 s",
            ),
            (
                Linear(percent(34), wait_seconds=200, maximum_execution_timeout_seconds=600),
                "3 times wait_seconds and termination_wait_seconds: 600 s",
            ),
            (
                Linear(
                    percent(50), wait_seconds=290, termination_wait_seconds=20, maximum_execution_timeout_seconds=600
                ),
                "2 times wait_seconds and termination_wait_seconds: 600 s",
            ),
            (
                Linear(instances(4), wait_seconds=200, maximum_execution_timeout_seconds=600),
                "3 times wait_seconds and termination_wait_seconds: 600 s",
            ),
            (
                Rolling(instances(5), wait_seconds=300, maximum_execution_timeout_seconds=600),
                "2 times wait_seconds: 600 s",
            ),
            (
                Rolling(percent(34), wait_seconds=200, maximum_execution_timeout_seconds=600),
                "3 times wait_seconds: 600 s",
            ),
        ],
    )
    def test_trap_6_fails_on_a_timeout_that_the_waits_use_up(self, policy: DeploymentPolicy, waits: str) -> None:
        rule = "deployment.maximum_execution_timeout_seconds must be more than the waits"
        assert found(policy) == [f"{rule} ({waits} in all), got 600"]

    def test_trap_6_counts_a_wait_for_each_batch_of_the_largest_fleet_and_one_where_it_is_not_known(self) -> None:
        policy = Rolling(instances(1), wait_seconds=300, maximum_execution_timeout_seconds=600)
        assert "(2 times wait_seconds: 600 s in all)" in found(policy, Fleet.of("instances", 2))[-1]
        assert found(policy, UNKNOWN) == []
        by_copies = Rolling(copies(5), wait_seconds=150, maximum_execution_timeout_seconds=600)
        assert "(4 times wait_seconds: 600 s in all)" in found(by_copies, COPIES)[-1]


class TestAutoRollback:
    @pytest.mark.parametrize(
        "values",
        [
            {"error_percent": 0.001},
            {"error_percent": 100},
            {"model_latency_ms": 0.1},
            {"minutes": 1},
            {"minutes": 1440},
            {"error_percent": LATE, "model_latency_ms": LATE, "minutes": LATE},
        ],
    )
    def test_takes_both_ends(self, values: dict[str, Any]) -> None:
        AutoRollback(**values)

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"error_percent": 0}, "error_percent must be a number above 0, got 0"),
            ({"error_percent": 100.1}, "error_percent must be between 0 and 100 percent, got 100.1"),
            ({"error_percent": None}, "error_percent must be a number, got None"),
            ({"error_percent": "5"}, "error_percent must be a number, got '5'"),
            ({"model_latency_ms": 0}, "model_latency_ms must be a number above 0, got 0"),
            ({"model_latency_ms": 1e308}, "model_latency_ms is too large, got 1e+308; no metric goes beyond 2^360"),
            ({"model_latency_ms": [1]}, "model_latency_ms must be a number, got [1]"),
            ({"error_percent": float("nan")}, "error_percent must be a number, got nan"),
            ({"model_latency_ms": float("inf")}, "model_latency_ms must be a number, got inf"),
            ({"watches_by_itself": "x"}, "watches_by_itself must be True or False, got 'x'"),
            (
                {"alarm_names": "my-alarm"},
                "alarm_names must be a list of names; AutoRollback.on_alarms(…) takes alarms, got 'my-alarm'",
            ),
            (
                {"alarm_names": None},
                "alarm_names must be a list of names; AutoRollback.on_alarms(…) takes alarms, got None",
            ),
            ({"alarm_names": 5}, "alarm_names must be a list of names; AutoRollback.on_alarms(…) takes alarms, got 5"),
            (
                {"alarm_names": [None]},
                "alarm_names must be a list of names; AutoRollback.on_alarms(…) takes alarms, got [None]",
            ),
            ({"minutes": 0}, "minutes must be a whole number of at least 1, got 0"),
            ({"minutes": 1441}, "minutes must be between 1 and 1440, got 1441"),
            ({"minutes": 1.5}, "minutes must be a whole number, got 1.5"),
            ({"minutes": True}, "minutes must be a whole number, got True"),
        ],
    )
    def test_fails_beyond_them(self, values: dict[str, Any], problem: str) -> None:
        assert refusal(lambda: AutoRollback(**values)) == problem

    def test_fails_without_an_alarm_and_on_its_name(self) -> None:
        none = "alarms must hold at least one alarm, got none; AutoRollback.never() watches nothing"
        assert refusal(lambda: AutoRollback.on_alarms()) == none
        problem = refusal(lambda: AutoRollback.on_alarms("an-alarm"))  # type: ignore[arg-type] -- the slip under test
        assert problem == "alarms must be alarm constructs such as Alarm.from_alarm_name(…) gives, got 'an-alarm'"
