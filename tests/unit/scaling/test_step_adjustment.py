"""Steps, on their own and together; without Node."""

from typing import Any

import pytest

from constructs_lib import AdjustmentType, ConfigurationError, StepAdjustment
from constructs_lib.scaling.step_adjustment import steps_problems

CHANGE = AdjustmentType.CHANGE_IN_CAPACITY
TOKEN = -1.8881545897087626e289  # as the CDK writes a number that is known at deployment


def problems(*steps: Any, adjustment_type: AdjustmentType = CHANGE) -> list[str]:
    return list(steps_problems(steps, adjustment_type))


class TestStepAdjustment:
    def test_is_the_member_of_the_request(self) -> None:
        assert StepAdjustment(change=2, from_breach=10, to_breach=20).render() == {
            "MetricIntervalLowerBound": 10,
            "MetricIntervalUpperBound": 20,
            "ScalingAdjustment": 2,
        }

    def test_begins_at_the_threshold_and_has_no_end_unless_told(self) -> None:
        assert StepAdjustment(change=1).render() == {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}

    def test_may_begin_at_minus_infinity(self) -> None:
        assert StepAdjustment(change=-1, from_breach=None, to_breach=0).render() == {
            "MetricIntervalUpperBound": 0,
            "ScalingAdjustment": -1,
        }

    def test_takes_numbers_that_are_known_at_deployment(self) -> None:
        StepAdjustment(change=1, from_breach=5, to_breach=TOKEN)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ({"change": 1.5}, "change must be a whole number, got 1.5"),
            ({"change": True}, "change must be a whole number, got True"),
            ({"change": 1, "from_breach": float("nan")}, "from_breach must be a number, got nan"),
            ({"change": 1, "to_breach": float("inf")}, "to_breach must be a number, got inf"),
            ({"change": 1, "from_breach": float("-inf")}, "from_breach must be a number, got -inf"),
            ({"change": 1, "from_breach": "a"}, "from_breach must be a number, got 'a'"),
            ({"change": 1, "to_breach": float("inf")}, "to_breach must be a number, got inf"),
            ({"change": 1, "from_breach": float("nan")}, "from_breach must be a number, got nan"),
            ({"change": 1, "from_breach": 5, "to_breach": 5}, "to_breach must be above from_breach (5), got 5"),
            ({"change": 1, "from_breach": None}, "from_breach or to_breach must be a number, got None for both"),
        ],
    )
    def test_fails_on_what_is_no_step(self, arguments: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            StepAdjustment(**arguments)
        assert raised.value.problems == (words,)


class TestStepsTogether:
    def test_may_lie_side_by_side_in_any_order(self) -> None:
        assert problems(StepAdjustment(change=3, from_breach=10), StepAdjustment(change=1, to_breach=10)) == []

    def test_fails_on_a_gap(self) -> None:
        steps = StepAdjustment(change=1, to_breach=10), StepAdjustment(change=3, from_breach=11)
        assert problems(*steps) == ["steps must leave no gap, got none between 10 and 11"]

    def test_fails_on_an_overlap(self) -> None:
        steps = StepAdjustment(change=1, to_breach=10), StepAdjustment(change=3, from_breach=9)
        assert problems(*steps) == ["steps must not overlap, got one until 10 and one from 9"]

    def test_fails_on_two_open_ends(self) -> None:
        assert problems(StepAdjustment(change=1), StepAdjustment(change=3, from_breach=9)) == [
            "steps must not overlap, got one until inf and one from 9"
        ]

    def test_fails_where_the_step_farthest_from_the_threshold_ends(self) -> None:
        assert problems(StepAdjustment(change=1, to_breach=10)) == [
            "steps must hold one without to_breach, because one ends above the threshold, got none from 10"
        ]
        assert problems(StepAdjustment(change=-1, from_breach=-10, to_breach=0)) == [
            "steps must hold one with from_breach=None, because one begins below the threshold, got none until -10"
        ]

    def test_may_end_and_begin_at_the_threshold(self) -> None:
        assert problems(StepAdjustment(change=-1, from_breach=None, to_breach=0)) == []
        assert problems(StepAdjustment(change=1, from_breach=0)) == []

    def test_fails_on_none_and_on_what_is_no_step(self) -> None:
        assert problems() == ["steps must hold at least one StepAdjustment, got none"]
        assert problems("one") == ["steps must be StepAdjustment(change=…), got 'one'"]

    def test_bounds_known_at_deployment_are_not_compared(self) -> None:
        assert problems(StepAdjustment(change=1, to_breach=TOKEN), StepAdjustment(change=1, from_breach=-5)) == []

    def test_fails_on_an_exact_capacity_below_zero(self) -> None:
        exact = AdjustmentType.EXACT_CAPACITY
        assert problems(StepAdjustment(change=0), adjustment_type=exact) == []
        assert problems(StepAdjustment(change=-1), adjustment_type=exact) == [
            "change must be at least 0 with AdjustmentType.EXACT_CAPACITY, got -1"
        ]
