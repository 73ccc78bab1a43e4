"""What a replay computes; each expected number is worked out in the comment beside it."""

import time
from typing import Any

import pytest

from constructs_lib import ConfigurationError, ScalingPreview, ScalingReplay, TrafficTrace
from tests.unit.scaling.fragments import (
    BLUE,
    COMPONENT,
    CONCURRENCY,
    COPY,
    QUEUE,
    alarm,
    custom,
    stepping,
    template,
    tracking,
)


def replay(of: dict[str, Any], requests: list[float], **changes: Any) -> ScalingReplay:
    """Replay with machines that start at once and metrics that are seen at once, so that sums stay short."""
    settings = {"requests_per_instance": 20, "start_minutes": 0, "metric_delay_minutes": 0, **changes}
    return ScalingPreview.from_template(of).replay(requests, **settings)


def capacities(of: ScalingReplay) -> list[int]:
    return [each.capacity for each in of.minutes]


def in_service(of: ScalingReplay) -> list[int]:
    return [each.in_service for each in of.minutes]


INVOCATIONS = custom("InvocationsPerInstance", statistic="Sum")


class TestTargetTrackingScalesOut:
    def test_after_three_datapoints_in_proportion(self) -> None:
        # 25 requests on 1 machine are 25 above 10 in minutes 0, 1 and 2; ceil(1 * 25 / 10) = 3 from minute 3 on.
        assert capacities(replay(template(Policy=tracking(10)), [25] * 5)) == [1, 1, 1, 3, 3]

    def test_not_at_its_target(self) -> None:
        assert capacities(replay(template(Policy=tracking(25)), [25] * 20)) == [1] * 20

    def test_not_after_two_datapoints(self) -> None:
        assert capacities(replay(template(Policy=tracking(10)), [25, 25, 5, 25, 25, 5])) == [1] * 6

    def test_sees_metrics_later_by_their_delay(self) -> None:
        # Minutes 0 to 2 are seen at the end of minute 3: 3 machines from minute 4 on.
        assert capacities(replay(template(Policy=tracking(10)), [25] * 6, metric_delay_minutes=1)) == [1, 1, 1, 1, 3, 3]

    def test_a_machine_serves_after_its_start(self) -> None:
        found = replay(template(Policy=tracking(10)), [25] * 10, start_minutes=5)
        # Ordered for minute 3, they serve from minute 3 + 5 = 8 on. Until then 1 machine serves 20 of 25.
        assert capacities(found) == [1, 1, 1] + [3] * 7
        assert in_service(found) == [1] * 8 + [3, 3]
        assert found.totals["failed"] == 8 * (25 - 20)
        # 3 minutes with 1 machine and 7 with 3 are 24 machine minutes = 0.4 hours; serving ones 8 + 2 * 3 = 14 minutes.
        assert found.totals["instance_hours"] == 0.4
        assert found.totals["in_service_hours"] == round(14 / 60, 6)

    def test_the_maximum_clamps_it_and_requests_fail(self) -> None:
        found = replay(template(high=2, Policy=tracking(10)), [50] * 5)
        # ceil(50 / 10) = 5, but 2 are allowed. 3 minutes with 20 served, 2 minutes with 40.
        assert capacities(found) == [1, 1, 1, 2, 2]
        assert [each.failed for each in found.minutes] == [30, 30, 30, 10, 10]
        assert found.totals["served"] == 3 * 20 + 2 * 40

    def test_what_starts_counts_until_the_cooldown_ends(self) -> None:
        policy = tracking(10, ScaleOutCooldown=120)
        found = replay(template(Policy=policy), [25] * 3 + [36] * 6, start_minutes=1)
        # Minute 3: 3 machines, which serve from minute 4 on; its cooldown lasts 2 minutes from there.
        # Minute 3 has 36 on the 1 machine that serves: ceil(1 * 36 / 10) = 4 at its end, a larger scale-out than that
        # before, which its cooldown lets through.
        assert capacities(found)[:5] == [1, 1, 1, 3, 4]

    def test_a_cooldown_holds_back_what_is_not_larger(self) -> None:
        policy = tracking(10, ScaleOutCooldown=180)
        found = replay(template(Policy=policy), [25] * 3 + [36] * 6)
        # Minute 3: 3 machines at once; cooldown until minute 6 begins. Minutes 3, 4, 5 have 12 on each, above 10.
        # Ends of minutes 3 and 4: ceil(1 * 12 / 10) = 2, less than 3. End of minute 5: ceil(3 * 12 / 10) = 4.
        assert capacities(found) == [1, 1, 1, 3, 3, 3, 4, 4, 4]

    def test_high_resolution_within_a_minute(self) -> None:
        metric = "SageMakerVariantConcurrentRequestsPerModelHighResolution"
        # 30 requests a minute of 6 seconds each are 30 / 60 * 6 = 3 in flight; 3 datapoints of 10 s fit in minute 0.
        found = replay(template(Policy=tracking(1, metric)), [30] * 3, seconds_per_request=6)
        assert capacities(found) == [1, 3, 3]


class TestTargetTrackingScalesIn:
    def test_after_all_fifteen_datapoints(self) -> None:
        # 20 requests on 4 machines are 5, below 9 = 90 % of 10, in minutes 0 to 14; then ceil(4 * 5 / 10) = 2.
        found = replay(template(Policy=tracking(10)), [20] * 17, initial_capacity=4)
        assert capacities(found) == [4] * 15 + [2, 2]

    def test_one_datapoint_above_begins_the_fifteen_anew(self) -> None:
        # 40 / 4 = 10 in minute 10 is not below 9: minutes 11 to 25 are the next fifteen, 2 machines from minute 26 on.
        found = replay(template(Policy=tracking(10)), [20] * 10 + [40] + [20] * 17, initial_capacity=4)
        assert capacities(found) == [4] * 26 + [2, 2]

    @pytest.mark.parametrize(("requests", "expected"), [(360, 40), (359, 36)])
    def test_below_ninety_percent_and_not_at_it(self, requests: float, expected: int) -> None:
        # 360 / 40 = 9 is not below 9. 359 / 40 = 8.975 is: ceil(40 * 8.975 / 10) = 36.
        found = replay(template(high=50, Policy=tracking(10)), [requests] * 16, initial_capacity=40)
        assert capacities(found)[-1] == expected

    def test_not_where_one_machine_less_would_be_above_the_target(self) -> None:
        # 17 / 2 = 8.5 is below 9, but ceil(2 * 8.5 / 10) = 2.
        assert capacities(replay(template(Policy=tracking(10)), [17] * 40, initial_capacity=2)) == [2] * 40

    def test_without_traffic_to_the_minimum(self) -> None:
        # SageMaker publishes zero: ceil(4 * 0 / 10) = 0, and 1 is the minimum.
        assert capacities(replay(template(Policy=tracking(10)), [0] * 16, initial_capacity=4)) == [4] * 15 + [1]

    def test_not_on_missing_data(self) -> None:
        # No request, no latency: the metric has no datapoints, and nothing may be concluded from that.
        policy = tracking(1000, custom("ModelLatency"))
        assert capacities(replay(template(Policy=policy), [0] * 40, initial_capacity=4)) == [4] * 40

    def test_one_missing_datapoint_begins_the_fifteen_anew(self) -> None:
        # Minute 10 has no request and so no latency; minutes 11 to 25 are the next fifteen.
        policy = tracking(1_000_000_000, custom("ModelLatency"))
        found = replay(template(Policy=policy), [4] * 10 + [0] + [4] * 16, initial_capacity=4)
        assert capacities(found) == [4] * 26 + [1]

    def test_the_time_before_the_trace_is_no_data_even_if_filled(self) -> None:
        metric = {"MetricName": "InvocationsPerInstance", "Namespace": "AWS/SageMaker", "Dimensions": BLUE}
        queries = [
            {"Id": "m", "MetricStat": {"Metric": metric, "Stat": "Sum"}, "ReturnData": False},
            {"Id": "e", "Expression": "FILL(m, 0)"},
        ]
        found = replay(template(Policy=tracking(10, {"Metrics": queries})), [4] * 16, initial_capacity=4)
        assert capacities(found) == [4] * 15 + [1]

    def test_a_cooldown_holds_the_next_one(self) -> None:
        policy = tracking(10, ScaleInCooldown=600)
        found = replay(template(Policy=policy), [40] * 15 + [20] * 20, initial_capacity=8)
        # Minute 15: ceil(8 * 5 / 10) = 4. Then 20 / 4 = 5 is below 9, as in each of the last 15 minutes, but the
        # cooldown of 10 minutes ends when minute 25 begins: ceil(4 * 5 / 10) = 2.
        assert capacities(found) == [8] * 15 + [4] * 10 + [2] * 10

    def test_scaling_out_ends_its_cooldown(self) -> None:
        policy = tracking(10, ScaleInCooldown=6000)
        found = replay(template(Policy=policy), [40] * 15 + [80] * 3 + [40] * 17, initial_capacity=8)
        # Minute 15: 4. 80 / 4 = 20 in minutes 15 to 17: ceil(4 * 20 / 10) = 8 in minute 18. 40 / 8 = 5 from there on:
        # 15 minutes later, in minute 33, 4 again, though 100 minutes are not over.
        assert capacities(found) == [8] * 15 + [4] * 3 + [8] * 15 + [4] * 2

    def test_machines_that_still_start_go_first(self) -> None:
        action = {
            "ScheduledActionName": "Up",
            "Schedule": "at(2026-01-05T00:01:00)",
            "ScalableTargetAction": {"MinCapacity": 4},
        }
        down = {
            "ScheduledActionName": "Down",
            "Schedule": "at(2026-01-05T00:03:00)",
            "ScalableTargetAction": {"MaxCapacity": 4},
        }
        down["ScalableTargetAction"] = {"MinCapacity": 1, "MaxCapacity": 2}
        found = replay(template(ScheduledActions=[action, down]), [0] * 12, initial_capacity=2, start_minutes=5)
        # 2 of the 4 start in minute 1 and would serve from minute 6 on; minute 3 takes 2 away: the 2 that serve stay.
        assert capacities(found) == [2, 4, 4] + [2] * 9
        assert in_service(found) == [2] * 12

    def test_disabled_it_never_shrinks(self) -> None:
        policy = tracking(10, DisableScaleIn=True)
        found = replay(template(Policy=policy), [25] * 3 + [1] * 200)
        assert capacities(found) == [1] * 3 + [3] * 200


class TestSeveralPolicies:
    def test_the_larger_wins(self) -> None:
        both = template(
            First=tracking(6), Second=tracking(20, custom("CPUUtilization", namespace="/aws/sagemaker/Endpoints"))
        )
        # 30 requests: ceil(30 / 6) = 5. 30 of 60 are 50 % of the CPU: ceil(50 / 20) = 3. Both are due in minute 3.
        assert capacities(replay(both, [30] * 4, requests_per_instance=60)) == [1, 1, 1, 5]

    def test_tracking_scales_in_only_if_all_agree(self) -> None:
        # 20 on 4: 5 is below 9 for the first. 20 of 240 are 8.3 % of the CPU, not below 8.1 = 90 % of 9.
        cpu = custom("CPUUtilization", namespace="/aws/sagemaker/Endpoints")
        found = replay(
            template(First=tracking(10), Second=tracking(9, cpu)),
            [20] * 40,
            requests_per_instance=60,
            initial_capacity=4,
        )
        assert capacities(found) == [4] * 40
        # One that may not scale in has no say: ceil(4 * 5 / 10) = 2 in minute 15.
        found = replay(
            template(First=tracking(10), Second=tracking(9, cpu, DisableScaleIn="true")),
            [20] * 16,
            requests_per_instance=60,
            initial_capacity=4,
        )
        assert capacities(found) == [4] * 15 + [2]

    def test_a_step_scales_in_though_tracking_does_not_agree(self) -> None:
        fewer = alarm("Less", INVOCATIONS, 10, ComparisonOperator="LessThanThreshold")
        # 36 / 4 = 9 is not below 9 for tracking, but below 10 for the alarm: one machine less each minute until
        # 36 / 3 = 12 is not.
        found = replay(
            template(Policy=tracking(20), Less=stepping((None, 0, -1)), Few=fewer), [36] * 4, initial_capacity=4
        )
        assert capacities(found) == [4, 3, 3, 3]


class TestStepScaling:
    @pytest.mark.parametrize(
        ("requests", "expected"),
        [
            (9, 1),  # below the threshold
            (10, 2),  # 10 - 10 = 0: the first step, its lower bound belongs to it
            (29, 2),
            (30, 4),  # 30 - 10 = 20: the second step, the upper bound of the first does not belong to it
        ],
    )
    def test_two_steps(self, requests: float, expected: int) -> None:
        of = template(Policy=stepping((0, 20, 1), (20, None, 3)), Alarm=alarm("Policy", INVOCATIONS, 10))
        assert capacities(replay(of, [requests, 0])) == [1, expected]

    @pytest.mark.parametrize(("requests", "expected"), [(41, 4), (40, 3), (21, 3), (20, 2)])
    def test_two_steps_down(self, requests: float, expected: int) -> None:
        # On 4 machines: 10.25 is above 10; 10 - 10 = 0 and 5.25 - 10 = -4.75 lie in (-5, 0]; 5 - 10 = -5 does not.
        below = alarm("Policy", INVOCATIONS, 10, ComparisonOperator="LessThanOrEqualToThreshold")
        of = template(Policy=stepping((None, -5, -2), (-5, 0, -1)), Alarm=below)
        assert capacities(replay(of, [requests, requests], initial_capacity=4)) == [4, expected]

    def test_in_the_cooldown_only_the_difference_is_added(self) -> None:
        of = template(Policy=stepping((0, 20, 2), (20, None, 3), Cooldown=300), Alarm=alarm("Policy", INVOCATIONS, 10))
        # Minute 0: 15 asks for +2: 3. Minute 1: 45 / 3 = 15 asks for +2 again: 1 + 2 = 3, nothing.
        # Minute 2: 105 / 3 = 35 asks for +3: 1 + 3 = 4, one more.
        assert capacities(replay(of, [15, 45, 105, 0])) == [1, 3, 3, 4]

    def test_in_the_cooldown_a_smaller_step_removes_nothing(self) -> None:
        of = template(Policy=stepping((0, 20, 1), (20, None, 3), Cooldown=300), Alarm=alarm("Policy", INVOCATIONS, 10))
        # Minute 0: 35 asks for +3: 4. Minute 1: 60 / 4 = 15 asks for +1: 1 + 1 = 2, and 4 are there.
        assert capacities(replay(of, [35, 60, 60])) == [1, 4, 4]

    def test_calls_each_minute_while_in_alarm_without_a_cooldown(self) -> None:
        of = template(Policy=stepping((0, None, 1)), Alarm=alarm("Policy", INVOCATIONS, 10))
        # 100, 100/2, 100/3, … stay at 10 or above: one more machine each minute.
        assert capacities(replay(of, [100] * 5)) == [1, 2, 3, 4, 5]

    @pytest.mark.parametrize(
        ("change", "smallest", "start", "expected"),
        [
            (25, 0, 7, 8),  # 1.75 is cut to 1
            (25, 2, 7, 9),  # MinAdjustmentMagnitude 2
            (5, 0, 7, 8),  # 0.35 is at least 1
            (-25, 0, 7, 6),  # -1.75 is cut to -1
            (-5, 0, 7, 6),  # -0.35 is at least -1
            (200, 0, 4, 10),  # 4 + 8 = 12, and the maximum is 10
            (0, 2, 4, 4),  # nothing is nothing, whatever MinAdjustmentMagnitude says
        ],
    )
    def test_percent(self, change: int, smallest: int, start: int, expected: int) -> None:
        policy = stepping((0, None, change), AdjustmentType="PercentChangeInCapacity", MinAdjustmentMagnitude=smallest)
        of = template(Policy=policy, Alarm=alarm("Policy", custom("Invocations", statistic="Sum"), 1))
        assert capacities(replay(of, [5, 0], initial_capacity=start)) == [start, expected]

    def test_in_the_cooldown_of_an_increase_a_decrease_is_counted_from_what_is_there(self) -> None:
        below = alarm("Policy", INVOCATIONS, 10, ComparisonOperator="LessThanThreshold")
        of = template(
            Policy=stepping((None, 0, -1), (0, None, 2), Cooldown=300), High=alarm("Policy", INVOCATIONS, 10), Low=below
        )
        # Minute 0: 1 + 2 = 3. Minute 1: 9 / 3 = 3 is below 10: 3 - 1 = 2, not 1 - 1.
        assert capacities(replay(of, [15, 9, 20])) == [1, 3, 2]

    def test_missing_data_that_counts_as_breaching_begins_with_the_trace(self) -> None:
        missing = alarm("Policy", custom("ModelLatency"), 10, EvaluationPeriods=3, TreatMissingData="breaching")
        of = template(Policy=stepping((None, None, 1)), Quiet=missing)
        # Without any datapoint no step can be chosen. With that of minute 0 the window of three is full at the end of
        # minute 2; a minute later it holds none.
        assert capacities(replay(of, [0, 0, 0, 0, 0])) == [1] * 5
        assert capacities(replay(of, [20, 0, 0, 0, 0])) == [1, 1, 1, 2, 2]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"ActionsEnabled": False}, "its actions are not enabled"),
            ({"EvaluationWindow": {"WallClockWindow": {}}}, "its evaluation window follows the clock"),
            ({"DatapointsToAlarm": 2}, "it asks for 2 of 1 datapoints"),
            ({"EvaluationPeriods": 1_000_000}, "1000000 periods of 60 seconds are more than CloudWatch looks at"),
            ({"EvaluationPeriods": 1441}, "1441 periods of 60 seconds are more than CloudWatch looks at"),
            ({"EvaluationPeriods": 169, "Period": 3600}, "169 periods of 3600 seconds are more than"),
            ({"Period": 86460}, "a period of 86460 seconds cannot be simulated"),
            ({"Period": 45}, "a period of 45 seconds cannot be simulated"),
            ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "cannot be simulated"),
            ({"Dimensions": [{"Name": "EndpointName", "Value": "other"}, BLUE[1]]}, "is that of EndpointName other"),
        ],
    )
    def test_an_alarm_that_cannot_be_simulated_is_named(self, changes: dict[str, Any], words: str) -> None:
        of = template(Policy=stepping((0, None, 1)), Alarm=alarm("Policy", INVOCATIONS, 10, **changes))
        of["Resources"]["Target"]["Properties"]["ResourceId"] = "endpoint/chat/variant/blue"
        first, second = replay(of, [50] * 5).notes[:2]
        assert first.startswith("alarm Alarm of policy Policy is not simulated: ")
        assert words in first
        assert second.startswith("policy Policy is not simulated: no alarm of the template")

    @pytest.mark.parametrize(("requests", "expected"), [(5, 2), (0, 1)])
    def test_no_request_is_a_zero_in_every_statistic(self, requests: float, expected: int) -> None:
        of = template(
            Policy=stepping((0, None, 1)), Alarm=alarm("Policy", custom("Invocations", statistic="Maximum"), 1)
        )
        assert capacities(replay(of, [requests, 0])) == [1, expected]

    def test_older_datapoints_stand_in_for_missing_ones(self) -> None:
        slow = alarm("Policy", custom("ModelLatency"), 2_000_000, EvaluationPeriods=2, DatapointsToAlarm=1)
        of = template(Policy=stepping((None, None, 1)), Slow=slow)
        # Latency at full load is 60 / 20 = 3 seconds: minute 0 breaches, minute 1 (2 of 40 served) does not, minute 2
        # has none, so that minutes 1 and 0 are judged again: one machine more after each.
        assert capacities(replay(of, [20, 2, 0, 0])) == [1, 2, 3, 4]

    def test_the_time_before_the_trace_is_missing_even_if_filled(self) -> None:
        metric = {"MetricName": "InvocationsPerInstance", "Namespace": "AWS/SageMaker", "Dimensions": BLUE}
        queries = [
            {"Id": "m", "MetricStat": {"Metric": metric, "Stat": "Sum", "Period": 60}, "ReturnData": False},
            {"Id": "e", "Expression": "FILL(m, 0)"},
        ]
        low = {"Metrics": queries, "ComparisonOperator": "LessThanThreshold", "EvaluationPeriods": 3}
        of = template(Policy=stepping((None, 0, -1), Cooldown=600), Low=alarm("Policy", {}, 10, **low))
        # Minutes 0, 1 and 2 are the three.
        assert capacities(replay(of, [4] * 4, initial_capacity=4)) == [4, 4, 4, 3]

    def test_sixty_seconds_of_ten_add_up(self) -> None:
        ten = alarm("Policy", custom("Invocations", statistic="Sum"), 5, Period=10)
        of = template(Policy=stepping((0, None, 1)), Alarm=ten)
        # 30 in a minute are 5 in ten seconds, 29 are less.
        assert capacities(replay(of, [30, 29, 0])) == [1, 2, 2]

    def test_a_default_cooldown_is_five_minutes(self) -> None:
        policy = stepping((0, None, 1))
        del policy["Properties"]["StepScalingPolicyConfiguration"]["Cooldown"]
        of = template(Policy=policy, Alarm=alarm("Policy", INVOCATIONS, 10))
        # Minute 1: 2, until minute 6 begins; its end, minute 6, sees 3.
        assert capacities(replay(of, [100] * 8)) == [1] + [2] * 5 + [3] * 2

    def test_exact_capacity(self) -> None:
        of = template(
            Policy=stepping((0, None, 6), AdjustmentType="ExactCapacity"), Alarm=alarm("Policy", INVOCATIONS, 10)
        )
        assert capacities(replay(of, [15, 0])) == [1, 6]

    def test_datapoints_to_alarm_of_the_evaluation_periods(self) -> None:
        two_of_three = alarm("Policy", INVOCATIONS, 10, EvaluationPeriods=3, DatapointsToAlarm=2)
        of = template(Policy=stepping((None, None, 1)), Alarm=two_of_three)
        # Minute 0 breaches alone; with minute 2 they are two of three.
        assert capacities(replay(of, [15, 1, 15, 0])) == [1, 1, 1, 2]

    def test_a_period_of_five_minutes_slides(self) -> None:
        five = alarm("Policy", custom("Invocations", statistic="Sum"), 50, Period=300)
        of = template(Policy=stepping((0, None, 1), Cooldown=3600), Alarm=five)
        # 9 + 9 + 9 + 9 + 14 = 50 in minutes 1 to 5.
        assert capacities(replay(of, [0, 9, 9, 9, 9, 14, 0])) == [1] * 6 + [2]

    def test_aggregates_the_datapoints_of_the_alarm(self) -> None:
        two = alarm("Policy", INVOCATIONS, 10, EvaluationPeriods=2)
        steps = ((0, 20, 1), (20, None, 3))
        for aggregation, expected in (("Average", 2), ("Minimum", 2), ("Maximum", 4)):
            of = template(Policy=stepping(*steps, MetricAggregationType=aggregation), Alarm=two)
            # 14 and 36: average 25 - 10 = 15 and minimum 4 are in the first step, the maximum 26 is in the second.
            assert capacities(replay(of, [14, 36, 0]))[2] == expected


class TestScheduledActions:
    def test_raises_the_floor_at_once_and_leaves_the_rest_to_policies(self) -> None:
        actions = [
            {
                "ScheduledActionName": "Morning",
                "Schedule": "at(2026-01-05T08:00:00)",
                "ScalableTargetAction": {"MinCapacity": 4},
            },
            {
                "ScheduledActionName": "Later",
                "Schedule": "at(2026-01-05T08:10:00)",
                "ScalableTargetAction": {"MinCapacity": 1},
            },
        ]
        of = template(Policy=tracking(10), ScheduledActions=actions)
        found = replay(of, [4] * 30, start="2026-01-05T07:58", start_minutes=3)
        # 08:00 is minute 2: 4 machines, which serve from minute 5 on. 08:10 is minute 12: the floor falls, and as 4 / 1
        # and 4 / 4 were below 9 for 15 minutes, the policy takes them away at the end of minute 14, the fifteenth.
        assert capacities(found) == [1] * 2 + [4] * 13 + [1] * 15
        assert in_service(found)[4:6] == [1, 4]
        assert found.minutes[2].events == ("Morning sets 4 to 10", "1 to 4 by Morning")

    @pytest.mark.parametrize(
        ("start", "limits", "note"),
        [
            # A Sunday: Friday 20:00 was the last.
            (
                "2026-01-11T10:00",
                (1, 1),
                "1 to 1 at first, by Open of Mon 2026-01-05 06:00, then Close of Fri 2026-01-09 20:00",
            ),
            (
                "2026-01-12T05:59",
                (1, 1),
                "1 to 1 at first, by Open of Mon 2026-01-05 06:00, then Close of Fri 2026-01-09 20:00",
            ),
            # What runs in minute 0 is an event of it.
            (
                "2026-01-12T06:00",
                (3, 6),
                "1 to 1 at first, by Open of Mon 2026-01-05 06:00, then Close of Fri 2026-01-09 20:00",
            ),
            (
                "2026-01-12T06:01",
                (3, 6),
                "3 to 6 at first, by Close of Fri 2026-01-09 20:00, then Open of Mon 2026-01-12 06:00",
            ),
        ],
    )
    def test_of_the_time_before_the_trace_is_in_force(self, start: str, limits: tuple[int, int], note: str) -> None:
        actions = [
            {"ScheduledActionName": name, "Schedule": f"cron({cron})", "ScalableTargetAction": limits_then}
            for name, cron, limits_then in (
                ("Open", "0 6 ? * MON *", {"MinCapacity": 3, "MaxCapacity": 6}),
                ("Close", "0 20 ? * FRI *", {"MinCapacity": 1, "MaxCapacity": 1}),
            )
        ]
        found = replay(template(ScheduledActions=actions), [0], start=start, initial_capacity=limits[0])
        assert (found.minutes[0].minimum, found.minutes[0].maximum) == limits
        assert found.minutes[0].capacity == limits[0]
        assert f"the limits are {note}" in found.notes

    def test_of_more_than_31_days_before_the_trace_is_not(self) -> None:
        def limits_after(days: int) -> int:
            action = {"ScheduledActionName": "Up", "Schedule": "at(2026-01-05T00:00:00)"}
            of = template(ScheduledActions=[{**action, "ScalableTargetAction": {"MinCapacity": 3}}])
            return replay(of, [0], start=f"2026-02-0{days}").minutes[0].minimum

        # 5 January and 31 days are 5 February.
        assert (limits_after(5), limits_after(6)) == (3, 1)

    def test_of_the_time_before_the_trace_needs_no_note_where_the_limits_are_those_of_the_template(self) -> None:
        action = {"ScheduledActionName": "Same", "Schedule": "rate(1 hour)", "StartTime": "2026-01-01T00:00:00Z"}
        of = template(ScheduledActions=[{**action, "ScalableTargetAction": {"MinCapacity": 1}}], Policy=tracking(10))
        assert replay(of, [0]).notes == ()

    def test_that_has_ended_stays_in_force(self) -> None:
        action = {
            "ScheduledActionName": "Sale",
            "Schedule": "cron(0 8 * * ? *)",
            "EndTime": "2026-01-03T00:00:00Z",
            "ScalableTargetAction": {"MinCapacity": 3},
        }
        assert capacities(replay(template(ScheduledActions=[action]), [0])) == [3]

    def test_lowers_the_ceiling_at_once(self) -> None:
        action = {
            "ScheduledActionName": "Night",
            "Schedule": "rate(5 minutes)",
            "ScalableTargetAction": {"MaxCapacity": 2},
        }
        assert capacities(replay(template(ScheduledActions=[action]), [0] * 7, initial_capacity=6)) == [6] * 5 + [2] * 2

    def test_a_weekend_over_the_change_to_summer_time(self) -> None:
        actions = [
            {
                "ScheduledActionName": name,
                "Schedule": f"cron(0 {hour} ? * SAT,SUN *)",
                "Timezone": "Europe/Berlin",
                "ScalableTargetAction": {"MinCapacity": low, "MaxCapacity": high},
            }
            for name, hour, low, high in (("Open", 8, 3, 5), ("Close", 20, 1, 1))
        ]
        found = capacities(replay(template(ScheduledActions=actions), [0] * 4 * 1440, start="2026-03-27"))
        # Friday the 27th is minute 0. Saturday 08:00 is 07:00 UTC: 1440 + 420 = 1860; 20:00 is 19:00 UTC: 2580.
        # On Sunday the clock jumped at 02:00: 08:00 is 06:00 UTC: 2880 + 360 = 3240; 20:00 is 18:00 UTC: 3960.
        changes = [minute for minute in range(1, len(found)) if found[minute] != found[minute - 1]]
        assert changes == [1860, 2580, 3240, 3960]
        assert (found[0], found[1860], found[2580], found[3240], found[3960]) == (1, 3, 1, 3, 1)

    def test_limits_that_contradict_each_other_fail_and_change_nothing(self) -> None:
        action = {
            "ScheduledActionName": "Up",
            "Schedule": "rate(1 minute)",
            "ScalableTargetAction": {"MinCapacity": 11},
        }
        found = replay(template(ScheduledActions=[action]), [0] * 2)
        assert found.minutes[1].events == ("Up fails: a minimum of 11 is above the maximum of 10",)
        assert capacities(found) == [1, 1]

    @pytest.mark.parametrize(
        ("name", "expected"), [("DynamicScalingInSuspended", 4), ("DynamicScalingOutSuspended", 1)]
    )
    def test_policies_that_are_suspended_do_nothing(self, name: str, expected: int) -> None:
        start = 4 if name == "DynamicScalingInSuspended" else 1
        requests = 1 if name == "DynamicScalingInSuspended" else 50
        of = template(Policy=tracking(10), SuspendedState={name: True})
        assert capacities(replay(of, [requests] * 20, initial_capacity=start)) == [expected] * 20

    def test_does_not_run_where_it_is_suspended(self) -> None:
        action = {"ScheduledActionName": "Up", "Schedule": "rate(1 minute)", "ScalableTargetAction": {"MinCapacity": 3}}
        of = template(ScheduledActions=[action], SuspendedState={"ScheduledScalingSuspended": True})
        assert capacities(replay(of, [0] * 5)) == [1] * 5


class TestFromZero:
    def test_an_asynchronous_endpoint_wakes_and_sleeps(self) -> None:
        of = template(
            low=0,
            Track=tracking(4, custom("ApproximateBacklogSizePerInstance", QUEUE)),
            Wake=stepping((0, None, 1), Cooldown=300),
            Waiting=alarm("Wake", custom("HasBacklogWithoutCapacity", QUEUE), 1, EvaluationPeriods=2),
        )
        found = replay(of, [0, 0, 6] + [0] * 25, requests_per_instance=2, start_minutes=3)
        # 6 wait without capacity in minutes 2 and 3, two periods: 1 machine from minute 4, in service from minute 7.
        # It takes 2 a minute of 30 seconds each: 4, 2, 0 are left, and 2 / 60 * 30 = 1 is under way beside them.
        # 5 is not below 3.6 = 90 % of 4, 3 and 1 are: minutes 8 to 22 are the fifteen, ceil(1 * 0 / 4) = 0 from 23 on.
        assert found.kind == "asynchronous variant"
        assert capacities(found) == [0] * 4 + [1] * 19 + [0] * 5
        assert [each.backlog for each in found.minutes][:11] == [0, 0, 6, 6, 6, 6, 6, 4, 2, 0, 0]
        assert found.totals["failed"] == 0
        assert found.totals["peak_backlog"] == 6

    def test_a_queue_is_also_what_is_under_way(self) -> None:
        of = template(Track=tracking(0.5, custom("ApproximateBacklogSizePerInstance", QUEUE)))
        # 1 machine takes 2 a minute of 30 seconds each: nothing waits, but 2 / 60 * 30 = 1 is under way at any time,
        # which is above 0.5: ceil(1 * 1 / 0.5) = 2 from minute 3 on, with half a request on each.
        found = replay(of, [2] * 5, requests_per_instance=2)
        assert capacities(found) == [1, 1, 1, 2, 2]
        assert found.totals["peak_backlog"] == 0

    def test_a_queue_has_nothing_under_way_without_a_machine(self) -> None:
        size = alarm("Wake", custom("ApproximateBacklogSize", QUEUE), 6)
        of = template(low=0, Wake=stepping((0, None, 1), Cooldown=3600), Waiting=size)
        # 6 wait in minute 1; 5 in minute 0 are not enough.
        assert capacities(replay(of, [5, 1, 0], requests_per_instance=2)) == [0, 0, 1]

    def test_a_component_wakes_on_failures(self) -> None:
        of = template(
            low=0,
            dimension=COMPONENT,
            Wake=stepping((0, None, 1), Cooldown=300),
            Refused=alarm("Wake", custom("NoCapacityInvocationFailures", COPY, "Sum"), 1),
        )
        found = replay(of, [0, 5, 5, 5, 5, 5], start_minutes=2)
        # 5 fail in minute 1: 1 copy from minute 2, in service from minute 4. 3 minutes of 5 fail.
        assert capacities(found) == [0, 0, 1, 1, 1, 1]
        assert [each.failed for each in found.minutes] == [0, 5, 5, 5, 0, 0]

    def test_tracking_alone_never_wakes(self) -> None:
        of = template(low=0, Track=tracking(4, custom("ApproximateBacklogSizePerInstance", QUEUE)))
        assert capacities(replay(of, [6] * 60)) == [0] * 60


class TestProvisionedConcurrency:
    def test_tracks_utilization_and_sends_the_rest_beyond(self) -> None:
        of = template(dimension=CONCURRENCY, Policy=tracking(0.5, "SageMakerVariantProvisionedConcurrencyUtilization"))
        found = replay(of, [30] * 4)
        # 20 of 30 fit in one unit, all of it used: ceil(1 * 1 / 0.5) = 2 from minute 3 on. 10 a minute go beyond.
        assert capacities(found) == [1, 1, 1, 2]
        assert [each.on_demand for each in found.minutes] == [10, 10, 10, 0]
        assert found.totals["failed"] == 0


class TestMetricMath:
    def test_is_computed_from_the_metrics_it_names(self) -> None:
        def stat(identity: str, name: str) -> Any:
            metric = {"MetricName": name, "Namespace": "AWS/SageMaker", "Dimensions": BLUE}
            return {"Id": identity, "MetricStat": {"Metric": metric, "Stat": "Sum"}, "ReturnData": False}

        metrics = {
            "Metrics": [
                {"Id": "whole", "Expression": "MAX([half * 2, FILL(m2, 0)])", "ReturnData": True},
                {"Id": "half", "Expression": "m1 / 2", "ReturnData": False},
                stat("m1", "InvocationsPerInstance"),
                stat("m2", "Invocations"),
            ]
        }
        # 25 on each machine and 25 in all: 25 above 10, ceil(1 * 25 / 10) = 3.
        assert capacities(replay(template(Policy=tracking(10, metrics)), [25] * 4)) == [1, 1, 1, 3]

    def test_a_division_by_zero_is_a_missing_datapoint(self) -> None:
        queries = [
            {
                "Id": name,
                "MetricStat": {
                    "Metric": {"MetricName": "Invocations", "Namespace": "AWS/SageMaker", "Dimensions": BLUE},
                    "Stat": "Sum",
                },
                "ReturnData": False,
            }
            for name in ("m1", "m2")
        ]
        queries.append({"Id": "share", "Expression": "m1 / m2"})
        found = replay(template(Policy=tracking(10, {"Metrics": queries})), [0] * 40, initial_capacity=4)
        assert capacities(found) == [4] * 40


class TestInitialCapacity:
    @pytest.mark.parametrize(("given", "expected"), [(0, 1), (1, 1), (10, 10), (11, 10)])
    def test_lies_within_the_limits(self, given: int, expected: int) -> None:
        found = replay(template(Policy=tracking(10)), [1], initial_capacity=given)
        assert found.minutes[0].capacity == expected
        assert len(found.notes) == (given != expected)


class TestWhatIsNotSimulated:
    @pytest.mark.parametrize(
        ("policy", "words"),
        [
            (tracking(10, custom("QueueDepth", namespace="Mine")), "the metric Mine QueueDepth cannot be simulated"),
            (tracking(10, custom("MemoryUtilization")), "MemoryUtilization cannot be simulated; did you mean"),
            (
                tracking(10, custom("Invocations", namespace="/aws/sagemaker/Endpoints")),
                "Invocations is not in /aws/sagemaker/Endpoints; it is in AWS/SageMaker: it never sees data",
            ),
            (
                tracking(10, custom("CPUUtilization")),
                "CPUUtilization is not in AWS/SageMaker; it is in /aws/sagemaker/Endpoints: it never sees data",
            ),
            (
                tracking(10, custom("CPUUtilization", namespace="aws/sagemaker/Endpoints")),
                "has no metrics; SageMaker writes /aws/sagemaker/Endpoints: it never sees data",
            ),
            (
                tracking(10, custom("InvocationsPerInstance", QUEUE)),
                "published under EndpointName, VariantName, not under",
            ),
            (
                tracking(10, custom("InvocationsPerInstance", statistic="tm99")),
                "the statistic 'tm99' cannot be simulated",
            ),
            (tracking(10, "ECSServiceAverageCPUUtilization"), "the predefined metric ECSService"),
            (tracking(10, "SageMakerInferenceComponentInvocationsPerCopy"), "Real-time variants do not publish"),
            (tracking(10, {"Metrics": [{"Id": "a", "Expression": "RATE(b)"}]}), "the expression 'RATE(b)' cannot be"),
            (stepping((0, None, 1)), "no alarm of the template that can be simulated calls it"),
        ],
    )
    def test_is_named_with_its_reason(self, policy: dict[str, Any], words: str) -> None:
        (note, *_) = replay(template(Policy=policy), [1]).notes
        assert note.startswith("policy Policy is not simulated: ")
        assert words in note

    @pytest.mark.parametrize("target", [0, -1])
    def test_a_target_that_nothing_can_be_held_at(self, target: float) -> None:
        assert f"its TargetValue {target} is not above 0" in replay(template(Policy=tracking(target)), [1]).notes[0]

    @pytest.mark.parametrize("written", [{"Fn::If": ["A", [], []]}, [5], 5])
    def test_what_is_not_written_out_is_named(self, written: Any) -> None:
        of = template(
            Tracking=tracking(10, {"Metrics": written}),
            Stepping=stepping((0, None, 1)),
            Alarm=alarm("Stepping", INVOCATIONS, 10),
            ScheduledActions=written if isinstance(written, list) else [written],
        )
        of["Resources"]["Stepping"]["Properties"]["StepScalingPolicyConfiguration"]["StepAdjustments"] = written
        for name in ("policy Tracking", "policy Stepping", "scheduled action number 1"):
            assert any(note.startswith(f"{name} is not simulated: ") for note in replay(of, [1]).notes)

    def test_predictive_scaling_is_named(self) -> None:
        policy = tracking(10)
        policy["Properties"] = {"PolicyType": "PredictiveScaling", "ScalingTargetId": {"Ref": "Target"}}
        assert "predictive scaling needs two weeks of history" in replay(template(Policy=policy), [1]).notes[0]

    def test_trap_21_invocations_of_an_asynchronous_endpoint_are_not_published(self) -> None:
        of = template(
            Policy=tracking(10),
            Wake=stepping((0, None, 1)),
            Waiting=alarm("Wake", custom("HasBacklogWithoutCapacity", QUEUE), 1),
        )
        assert "Asynchronous variants do not publish InvocationsPerInstance" in replay(of, [1]).notes[0]

    def test_trap_21_a_backlog_under_wrong_dimensions_never_sees_data(self) -> None:
        policy = tracking(4, custom("ApproximateBacklogSizePerInstance", BLUE))
        assert replay(template(Policy=policy), [1]).notes[0].endswith("EndpointName, VariantName: it never sees data")

    def test_a_schedule_that_cannot_be_read_is_named(self) -> None:
        action = {"ScheduledActionName": "Up", "Schedule": "cron(0 8 * *)", "ScalableTargetAction": {"MinCapacity": 3}}
        note = replay(template(ScheduledActions=[action]), [1]).notes[0]
        assert note == "scheduled action Up is not simulated: cron(0 8 * *) must have six fields: " + (
            "minutes, hours, day of month, month, day of week, year"
        )

    def test_trap_22_a_minimum_of_zero_without_components_is_named(self) -> None:
        assert "MinCapacity 0" in replay(template(low=0, Policy=tracking(10)), [1]).notes[0]


class TestReplay:
    def test_is_the_same_each_time_and_fast(self) -> None:
        of = template(
            Policy=tracking(30), Second=tracking(50, custom("CPUUtilization", namespace="/aws/sagemaker/Endpoints"))
        )
        trace = TrafficTrace.daily(low=5, peak=300)
        since = time.process_time()
        first = ScalingPreview.from_template(of).replay(trace, requests_per_instance=60)
        assert time.process_time() - since < 1
        assert first.to_dict() == ScalingPreview.from_template(of).replay(trace, requests_per_instance=60).to_dict()

    def test_no_request_is_lost(self) -> None:
        found = replay(template(Policy=tracking(10)), [float(minute % 97) for minute in range(500)], start_minutes=4)
        assert (
            found.totals["served"] + found.totals["failed"]
            == found.totals["requests"]
            == sum(minute % 97 for minute in range(500))
        )

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"requests_per_instance": 0}, "requests_per_instance must be a number from 1e-06 to 1e+12, got 0"),
            ({"requests_per_instance": "12"}, "requests_per_instance must be a number from 1e-06 to 1e+12, got '12'"),
            (
                {"requests_per_instance": float("nan")},
                "requests_per_instance must be a number from 1e-06 to 1e+12, got nan",
            ),
            ({"requests_per_instance": 1e-320}, "requests_per_instance must be a number from 1e-06 to 1e+12"),
            ({"start": "9999-12-31T23:50"}, "the year of start must be between 1971 and 2198, got 9999"),
            ({"start": "0001-01-01T00:00+05:00"}, "start must be a date and time such as"),
            ({"start_minutes": -1}, "start_minutes must be a whole number of at least 0, got -1"),
            ({"start_minutes": 1.5}, "start_minutes must be a whole number of at least 0, got 1.5"),
            ({"metric_delay_minutes": -1}, "metric_delay_minutes must be a whole number of at least 0"),
            ({"seconds_per_request": 0}, "seconds_per_request must be a number from 1e-06"),
            ({"full_load_percent": 0}, "full_load_percent must be a number from 1e-06"),
            ({"initial_capacity": -1}, "initial_capacity must be a whole number of at least 0"),
            ({"start": "monday"}, "start must be a date and time such as '2026-01-05T00:00', got 'monday'"),
        ],
    )
    def test_fails_on_numbers_out_of_range(self, changes: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            replay(template(), [1], **changes)
        assert words in str(raised.value)

    def test_fails_on_a_trace_of_another_kind(self) -> None:
        with pytest.raises(ConfigurationError, match="trace must be a TrafficTrace, numbers or a path, got 5"):
            replay(template(), 5)  # type: ignore[arg-type] -- the slip under test
