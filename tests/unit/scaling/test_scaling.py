"""Targets, policies, alarms and schedules as they stand in the template."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from constructs_lib import (
    AdjustmentType,
    AsyncScaling,
    ComponentScaling,
    ConcurrencyScaling,
    ConfigurationError,
    StepAdjustment,
    SuspendedState,
    VariantScaling,
)
from constructs_lib.contract.published_metrics import dimension_problem
from tests.templates import of_type, only, template_of

TARGET, POLICY, ALARM = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::Alarm",
)


def variant(stack: Any, **changes: Any) -> VariantScaling:
    limits: dict[str, Any] = {"min_capacity": 1, "max_capacity": 4}
    return VariantScaling(stack, "Scaling", endpoint_name="e", variant="v", **(limits | changes))


def queue(stack: Any, **changes: Any) -> AsyncScaling:
    limits: dict[str, Any] = {"min_capacity": 1, "max_capacity": 4}
    return AsyncScaling(stack, "Scaling", endpoint_name="e", variant="v", **(limits | changes))


def component(stack: Any, **changes: Any) -> ComponentScaling:
    limits: dict[str, Any] = {"min_capacity": 1, "max_capacity": 4}
    return ComponentScaling(stack, "Scaling", inference_component_name="c", **(limits | changes))


def warm(stack: Any, **changes: Any) -> ConcurrencyScaling:
    limits: dict[str, Any] = {"min_capacity": 1, "max_capacity": 4}
    return ConcurrencyScaling(stack, "Scaling", endpoint_name="e", variant="v", **(limits | changes))


def tracking(stack: Any) -> dict[str, Any]:
    found: dict[str, Any] = only(template_of(stack), POLICY)["TargetTrackingScalingPolicyConfiguration"]
    return found


def metric(**changes: Any) -> Any:
    from aws_cdk import aws_cloudwatch as cloudwatch

    return cloudwatch.Metric(**({"namespace": "Shop", "metric_name": "Orders"} | changes))


def schedule(expression: str = "cron(0 20 ? * FRI *)") -> Any:
    from aws_cdk import aws_applicationautoscaling as autoscaling

    return autoscaling.Schedule.expression(expression)


class TestTargets:
    @pytest.mark.parametrize(
        ("kind", "resource_id", "dimension"),
        [
            (variant, "endpoint/e/variant/v", "sagemaker:variant:DesiredInstanceCount"),
            (queue, "endpoint/e/variant/v", "sagemaker:variant:DesiredInstanceCount"),
            (component, "inference-component/c", "sagemaker:inference-component:DesiredCopyCount"),
            (warm, "endpoint/e/variant/v", "sagemaker:variant:DesiredProvisionedConcurrency"),
        ],
    )
    def test_is_named_as_the_service_names_it(
        self, stack: Any, kind: Callable[..., Any], resource_id: str, dimension: str
    ) -> None:
        kind(stack)
        assert only(template_of(stack), TARGET) == {
            "ServiceNamespace": "sagemaker",
            "ResourceId": resource_id,
            "ScalableDimension": dimension,
            "MinCapacity": 1,
            "MaxCapacity": 4,
        }

    def test_may_be_suspended(self, stack: Any) -> None:
        variant(stack, suspended=SuspendedState(scale_in=True))
        assert only(template_of(stack), TARGET)["SuspendedState"] == {
            "DynamicScalingInSuspended": True,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        }

    def test_takes_limits_that_are_known_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        low, high = (CfnParameter(stack, id, type="Number").value_as_number for id in ("Low", "High"))
        variant(stack, min_capacity=low, max_capacity=high).scale_on_invocations(per_minute=low)
        target = only(template_of(stack), TARGET)
        assert (target["MinCapacity"], target["MaxCapacity"]) == ({"Ref": "Low"}, {"Ref": "High"})
        assert tracking(stack)["TargetValue"] == {"Ref": "Low"}

    @pytest.mark.parametrize(
        ("kind", "reason"), [(variant, "cannot scale to zero"), (warm, "leave provisioned_concurrency out")]
    )
    def test_trap_22_fails_on_none_where_the_service_cannot(
        self, stack: Any, kind: Callable[..., Any], reason: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=reason):
            kind(stack, min_capacity=0)

    @pytest.mark.parametrize("kind", [queue, component])
    def test_trap_22_queues_and_components_may_have_none(self, stack: Any, kind: Callable[..., Any]) -> None:
        kind(stack, min_capacity=0)
        assert only(template_of(stack), TARGET)["MinCapacity"] == 0

    @pytest.mark.parametrize(
        ("limits", "words"),
        [
            ({"min_capacity": 5}, "max_capacity must not be below min_capacity (5), got 4; raise max_capacity or"),
            ({"min_capacity": 1.5}, "min_capacity must be a whole number of at least 1, got 1.5"),
            ({"max_capacity": None}, "max_capacity must be a whole number of at least 0, got None"),
            ({"max_capacity": "4"}, "max_capacity must be a whole number of at least 0, got '4'"),
            ({"suspended": True}, "suspended must be SuspendedState(…), got True"),
        ],
    )
    def test_fails_on_limits_that_are_none(self, stack: Any, limits: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            variant(stack, **limits)
        assert str(raised.value).startswith(f"Stack/Scaling is not valid:\n- {words}")


# What each policy looks at: predefined type, or namespace, metric, dimensions. The dimensions of customized metrics are
# held against constructs_lib.contract.published_metrics, where each metric names the page that it was read on.
VARIANT, ENDPOINT, COMPONENT = (
    {"EndpointName": "e", "VariantName": "v"},
    {"EndpointName": "e"},
    {"InferenceComponentName": "c"},
)
INSTANCES, COPIES = "/aws/sagemaker/Endpoints", "/aws/sagemaker/InferenceComponents"
TRACKED: list[tuple[Callable[..., Any], str, dict[str, float], float, Any]] = [
    (variant, "invocations", {"per_minute": 600}, 600, "SageMakerVariantInvocationsPerInstance"),
    (variant, "concurrency", {"per_instance": 5}, 5, "SageMakerVariantConcurrentRequestsPerModelHighResolution"),
    (variant, "cpu_utilization", {"percent": 60}, 60, (INSTANCES, "CPUUtilization", VARIANT)),
    (variant, "memory_utilization", {"percent": 60}, 60, (INSTANCES, "MemoryUtilization", VARIANT)),
    (variant, "gpu_utilization", {"percent": 60}, 60, (INSTANCES, "GPUUtilization", VARIANT)),
    (variant, "gpu_memory_utilization", {"percent": 60}, 60, (INSTANCES, "GPUMemoryUtilization", VARIANT)),
    (variant, "model_latency", {"milliseconds": 250}, 250_000, ("AWS/SageMaker", "ModelLatency", VARIANT)),
    (queue, "backlog", {"per_instance": 4}, 4, ("AWS/SageMaker", "ApproximateBacklogSizePerInstance", ENDPOINT)),
    (queue, "cpu_utilization", {"percent": 60}, 60, (INSTANCES, "CPUUtilization", VARIANT)),
    (queue, "model_latency", {"milliseconds": 250}, 250_000, ("AWS/SageMaker", "ModelLatency", VARIANT)),
    (component, "invocations", {"per_minute": 60}, 60, "SageMakerInferenceComponentInvocationsPerCopy"),
    (
        component,
        "concurrency",
        {"per_copy": 5},
        5,
        "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
    ),
    (component, "cpu_utilization", {"percent": 60}, 60, (COPIES, "CPUUtilizationNormalized", COMPONENT)),
    (component, "memory_utilization", {"percent": 60}, 60, (COPIES, "MemoryUtilizationNormalized", COMPONENT)),
    (component, "gpu_utilization", {"percent": 60}, 60, (COPIES, "GPUUtilizationNormalized", COMPONENT)),
    (component, "gpu_memory_utilization", {"percent": 60}, 60, (COPIES, "GPUMemoryUtilizationNormalized", COMPONENT)),
    (warm, "utilization", {"percent": 70}, 0.7, "SageMakerVariantProvisionedConcurrencyUtilization"),
]


class TestTargetTracking:
    @pytest.mark.parametrize(("kind", "what", "target", "value", "seen"), TRACKED)
    def test_looks_at_what_the_service_publishes(
        self, stack: Any, kind: Callable[..., Any], what: str, target: dict[str, float], value: float, seen: Any
    ) -> None:
        getattr(kind(stack), f"scale_on_{what}")(**target)
        configuration = tracking(stack)
        assert configuration["TargetValue"] == value
        if isinstance(seen, str):
            assert configuration["PredefinedMetricSpecification"] == {"PredefinedMetricType": seen}
            return
        namespace, name, dimensions = seen
        assert configuration["CustomizedMetricSpecification"] == {
            "Namespace": namespace,
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            "Statistic": "Average",
        }
        assert dimension_problem(namespace, name, dimensions) is None

    def test_trap_21_a_queue_has_no_scaling_on_invocations(self) -> None:
        assert not hasattr(AsyncScaling, "scale_on_invocations")
        assert not hasattr(AsyncScaling, "scale_on_concurrency")

    def test_there_is_no_predictive_policy(self) -> None:
        # The API reference: "PredictiveScaling — Only supported for Amazon ECS."
        assert not [name for name in dir(VariantScaling) if "predict" in name or "forecast" in name]

    @pytest.mark.parametrize("percent", [0.1, 100])
    def test_takes_both_ends_of_a_percentage(self, stack: Any, percent: float) -> None:
        variant(stack).scale_on_memory_utilization(percent=percent)

    def test_cores_of_a_machine_are_added_up(self, stack: Any) -> None:
        variant(stack).scale_on_cpu_utilization(percent=200)
        assert tracking(stack)["TargetValue"] == 200

    @pytest.mark.parametrize(
        ("percent", "words"),
        [
            (0, "percent must be a number above 0, got 0"),
            (100.1, "percent must be between 0 and 100, got 100.1"),
            ("70", "percent must be a number above 0, got '70'"),
        ],
    )
    def test_fails_on_a_percentage_out_of_range(self, stack: Any, percent: Any, words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            variant(stack).scale_on_memory_utilization(percent=percent)
        assert raised.value.problems == (words,)

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (
                {"scale_in_cooldown_seconds": -1},
                "scale_in_cooldown_seconds must be a whole number of at least 0, got -1",
            ),
            (
                {"scale_out_cooldown_seconds": 86401},
                "scale_out_cooldown_seconds must be between 0 and 86400, got 86401",
            ),
            ({"disable_scale_in": "no"}, "disable_scale_in must be True or False, got 'no'"),
        ],
    )
    def test_fails_on_options_out_of_range(self, stack: Any, options: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            variant(stack).scale_on_invocations(per_minute=1, **options)
        (problem,) = raised.value.problems
        assert problem.startswith(words)

    def test_fails_on_a_latency_that_is_known_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        late = CfnParameter(stack, "Latency", type="Number").value_as_number
        with pytest.raises(ConfigurationError, match="milliseconds must be known at synth, because it is written in"):
            variant(stack).scale_on_model_latency(milliseconds=late)

    def test_several_policies_on_one_target(self, stack: Any) -> None:
        variant(stack).scale_on_invocations(per_minute=9).scale_on_gpu_utilization(percent=70, disable_scale_in=True)
        policies = of_type(template_of(stack), POLICY).values()
        assert [policy["PolicyName"] for policy in policies] == ["Invocations", "GpuUtilization"]
        assert len({str(policy["ScalingTargetId"]) for policy in policies}) == 1


class TestAnyMetric:
    def test_tracks_a_metric_of_ones_own(self, stack: Any) -> None:
        from aws_cdk import aws_cloudwatch as cloudwatch

        own = metric(dimensions_map={"Team": "a"}, statistic="Maximum", unit=cloudwatch.Unit.COUNT_PER_SECOND)
        variant(stack).scale_on_metric("Orders", metric=own, target_value=7, scale_in_cooldown_seconds=0)
        assert tracking(stack) == {
            "CustomizedMetricSpecification": {
                "Namespace": "Shop",
                "MetricName": "Orders",
                "Dimensions": [{"Name": "Team", "Value": "a"}],
                "Statistic": "Maximum",
                "Unit": "Count/Second",
            },
            "TargetValue": 7,
            "ScaleInCooldown": 0,
            "ScaleOutCooldown": 60,
            "DisableScaleIn": False,
        }

    def test_tracks_metric_math_over_metric_math(self, stack: Any) -> None:
        from aws_cdk import aws_cloudwatch as cloudwatch

        share = cloudwatch.MathExpression(expression="a / 2", using_metrics={"a": metric()})
        whole = cloudwatch.MathExpression(expression="s * 100", using_metrics={"s": share})
        variant(stack).scale_on_metric("Share", metric=whole, target_value=50)
        stat = {"Metric": {"Namespace": "Shop", "MetricName": "Orders"}, "Stat": "Average"}
        assert tracking(stack)["CustomizedMetricSpecification"] == {
            "Metrics": [
                {"Id": "a", "MetricStat": stat, "ReturnData": False},
                {"Id": "s", "Expression": "a / 2", "ReturnData": False},
                {"Id": "result", "Expression": "s * 100", "ReturnData": True},
            ]
        }

    def test_fails_on_a_metric_of_another_region(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="one of this account and region, got Orders of eu-west-1"):
            variant(stack).scale_on_metric("Far", metric=metric(region="eu-west-1"), target_value=1)

    def test_takes_a_metric_that_names_the_policys_own_account_and_region(self) -> None:
        from aws_cdk import App, Environment, Stack

        environment = Environment(account="123456789012", region="eu-west-1")
        stack = Stack(App(), "Stack", env=environment)
        attached = metric().attach_to(stack)
        variant(stack).scale_on_metric("Near", metric=attached, target_value=1)
        assert tracking(stack)["CustomizedMetricSpecification"]["MetricName"] == "Orders"

    @pytest.mark.parametrize("place", [{"region": "us-east-1"}, {"account": "210987654321"}])
    def test_fails_on_a_metric_of_another_place_than_the_stack(self, place: dict[str, str]) -> None:
        from aws_cdk import App, Environment, Stack

        stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
        with pytest.raises(ConfigurationError) as raised:
            variant(stack).scale_on_metric("Far", metric=metric(**place), target_value=1)
        (elsewhere,) = place.values()
        assert raised.value.problems == (f"metric must be one of this account and region, got Orders of {elsewhere}",)

    def test_tracks_a_percentile(self, stack: Any) -> None:
        variant(stack).scale_on_metric("Slowest", metric=metric(statistic="p99"), target_value=1)
        stat = {"Metric": {"Namespace": "Shop", "MetricName": "Orders"}, "Stat": "p99"}
        assert tracking(stack)["CustomizedMetricSpecification"] == {
            "Metrics": [{"Id": "result", "MetricStat": stat, "ReturnData": True}]
        }

    def test_names_a_metric_once_that_two_expressions_use(self, stack: Any) -> None:
        from aws_cdk import aws_cloudwatch as cloudwatch

        halves = {
            id: cloudwatch.MathExpression(expression=f"m * {id[-1]}", using_metrics={"m": metric()})
            for id in ("h1", "h2")
        }
        both = cloudwatch.MathExpression(expression="h1 + h2", using_metrics=halves)
        variant(stack).scale_on_metric("Both", metric=both, target_value=1)
        queries = tracking(stack)["CustomizedMetricSpecification"]["Metrics"]
        assert [query["Id"] for query in queries] == ["m", "h1", "h2", "result"]

    def test_fails_on_the_id_of_the_whole(self, stack: Any) -> None:
        from aws_cdk import aws_cloudwatch as cloudwatch

        twice = cloudwatch.MathExpression(expression="result * 2", using_metrics={"result": metric()})
        with pytest.raises(ConfigurationError, match="no id twice, and 'result' is that of the whole, got 'result'"):
            variant(stack).scale_on_metric("Twice", metric=twice, target_value=1)

    def test_fails_on_what_is_no_metric(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="metric must be a Metric or MathExpression of the CDK, got 'm'"):
            variant(stack).scale_on_metric("Text", metric="m", target_value=1)  # type: ignore[arg-type] -- the slip under test

    def test_fails_on_an_id_that_is_taken(self, stack: Any) -> None:
        scaling = variant(stack).scale_on_metric("Orders", metric=metric(), target_value=1)
        with pytest.raises(ConfigurationError, match="there is a policy 'Orders' already; take another id"):
            scaling.scale_on_metric("Orders", metric=metric(), target_value=1)


class TestSteps:
    def test_an_alarm_calls_the_policy(self, stack: Any) -> None:
        from aws_cdk import Duration

        variant(stack).scale_on_steps(
            "Rush",
            metric=metric(period=Duration.minutes(1)),
            threshold=100,
            steps=[StepAdjustment(change=10, to_breach=50), StepAdjustment(change=30, from_breach=50)],
            adjustment_type=AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
            min_adjustment_magnitude=2,
            cooldown_seconds=120,
            evaluation_periods=3,
            datapoints_to_alarm=2,
        )
        template = template_of(stack)
        (policy_id,) = of_type(template, POLICY)
        assert only(template, POLICY)["StepScalingPolicyConfiguration"] == {
            "AdjustmentType": "PercentChangeInCapacity",
            "MetricAggregationType": "Average",
            "MinAdjustmentMagnitude": 2,
            "Cooldown": 120,
            "StepAdjustments": [
                {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 50, "ScalingAdjustment": 10},
                {"MetricIntervalLowerBound": 50, "ScalingAdjustment": 30},
            ],
        }
        assert only(template, ALARM) == {
            "AlarmActions": [{"Ref": policy_id}],
            "AlarmDescription": "Changes the capacity of Stack/Scaling",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 100,
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2,
            "Namespace": "Shop",
            "MetricName": "Orders",
            "Period": 60,
            "Statistic": "Average",
            "TreatMissingData": "missing",
        }

    def test_fails_with_every_problem_at_once(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            variant(stack).scale_on_steps(
                "Rush", metric=metric(), threshold=1, steps=[], min_adjustment_magnitude=1, evaluation_periods=0
            )
        assert raised.value.problems == (
            "steps must hold at least one StepAdjustment, got none",
            "min_adjustment_magnitude needs AdjustmentType.PERCENT_CHANGE_IN_CAPACITY, got "
            "<AdjustmentType.CHANGE_IN_CAPACITY: 'ChangeInCapacity'>",
            "evaluation_periods must be a whole number of at least 1, got 0",
        )

    @pytest.mark.parametrize(
        ("argument", "wrong", "words"),
        [
            ("threshold", "5", "threshold must be a number, got '5'"),
            ("threshold", None, "threshold must be a number, got None"),
            ("comparison", ">", "comparison must be one of ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD, "),
            ("treat_missing_data", "ignore", "treat_missing_data must be one of TreatMissingData."),
            (
                "datapoints_to_alarm",
                3,
                "evaluation_periods must not be below datapoints_to_alarm (3), got 2; raise evaluation_periods or "
                "lower datapoints_to_alarm",
            ),
        ],
    )
    def test_fails_on_an_alarm_that_is_none(self, stack: Any, argument: str, wrong: Any, words: str) -> None:
        arguments: dict[str, Any] = {"threshold": 1, "steps": [StepAdjustment(change=1)], "evaluation_periods": 2}
        with pytest.raises(ConfigurationError) as raised:
            variant(stack).scale_on_steps("Rush", metric=metric(), **(arguments | {argument: wrong}))
        (problem,) = raised.value.problems
        assert problem.startswith(words)

    def test_takes_numbers_of_the_alarm_that_are_known_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        late = CfnParameter(stack, "Late", type="Number").value_as_number
        variant(stack).scale_on_steps(
            "Rush", metric=metric(), threshold=late, steps=[StepAdjustment(change=1)], datapoints_to_alarm=1
        )
        assert only(template_of(stack), ALARM)["Threshold"] == {"Ref": "Late"}

    def test_fails_on_an_id_whose_alarm_is_taken(self, stack: Any) -> None:
        scaling = variant(stack).scale_on_metric("RushAlarm", metric=metric(), target_value=1)
        with pytest.raises(ConfigurationError, match="there is a policy 'Rush' already"):
            scaling.scale_on_steps("Rush", metric=metric(), threshold=1, steps=[StepAdjustment(change=1)])


class TestSchedule:
    def test_the_weekend_of_the_chapter(self, stack: Any) -> None:
        from aws_cdk import TimeZone

        scaling = variant(stack, min_capacity=2)
        scaling.scale_on_schedule(
            "WeekendBegins", schedule=schedule(), min_capacity=1, max_capacity=1, time_zone=TimeZone.EUROPE_ZURICH
        ).scale_on_schedule("WeekendEnds", schedule=schedule("cron(0 6 ? * MON *)"), min_capacity=2, max_capacity=4)
        assert only(template_of(stack), TARGET)["ScheduledActions"] == [
            {
                "ScheduledActionName": "WeekendBegins",
                "Schedule": "cron(0 20 ? * FRI *)",
                "Timezone": "Europe/Zurich",
                "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 1},
            },
            {
                "ScheduledActionName": "WeekendEnds",
                "Schedule": "cron(0 6 ? * MON *)",
                "ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 4},
            },
        ]

    def test_may_begin_and_end(self, stack: Any) -> None:
        start, end = datetime(2026, 12, 1), datetime(2027, 1, 1, tzinfo=UTC)
        variant(stack).scale_on_schedule(
            "Sale", schedule=schedule("rate(1 day)"), max_capacity=9, start_time=start, end_time=end
        )
        (action,) = only(template_of(stack), TARGET)["ScheduledActions"]
        assert (action["StartTime"], action["EndTime"]) == ("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")
        assert action["ScalableTargetAction"] == {"MaxCapacity": 9}

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ({}, "min_capacity or max_capacity must be given, got neither"),
            ({"min_capacity": 3, "max_capacity": 2}, "max_capacity must not be below min_capacity (3), got 2"),
            ({"min_capacity": 0}, "min_capacity must be a whole number of at least 1, got 0; a variant that answers"),
            ({"max_capacity": 1, "time_zone": "CET"}, "time_zone must be a TimeZone of the CDK, such as TimeZone.EUR"),
            (
                {"max_capacity": 1, "schedule": "rate(1 day)"},
                "schedule must be autoscaling.Schedule.cron(…), got 'rate",
            ),
        ],
    )
    def test_fails_on_actions_that_are_none(self, stack: Any, arguments: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            variant(stack).scale_on_schedule("Action", **({"schedule": schedule()} | arguments))
        assert f"- {words}" in str(raised.value)

    def test_fails_on_a_name_that_is_taken(self, stack: Any) -> None:
        scaling = variant(stack).scale_on_schedule("Night", schedule=schedule(), max_capacity=2)
        with pytest.raises(ConfigurationError, match="there is a scheduled action 'Night' already"):
            scaling.scale_on_schedule("Night", schedule=schedule(), max_capacity=2)


class TestToZeroAndBack:
    def test_trap_21_a_queue_wakes_on_a_backlog_without_capacity(self, stack: Any) -> None:
        queue(stack, min_capacity=0).scale_on_backlog(per_instance=4)
        template = template_of(stack)
        policy_id, policy = next(
            (id, each) for id, each in of_type(template, POLICY).items() if each["PolicyType"] == "StepScaling"
        )
        assert policy["StepScalingPolicyConfiguration"] == {
            "AdjustmentType": "ChangeInCapacity",
            "MetricAggregationType": "Average",
            "Cooldown": 300,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        }
        assert only(template, ALARM) == {
            "AlarmActions": [{"Ref": policy_id}],
            "AlarmDescription": "Changes the capacity of Stack/Scaling",
            "Namespace": "AWS/SageMaker",
            "MetricName": "HasBacklogWithoutCapacity",
            "Dimensions": [{"Name": "EndpointName", "Value": "e"}],
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 2,
            "DatapointsToAlarm": 2,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "missing",
        }
        assert dimension_problem("AWS/SageMaker", "HasBacklogWithoutCapacity", {"EndpointName": "e"}) is None

    def test_trap_23_a_component_wakes_on_a_request_that_failed_for_want_of_a_copy(self, stack: Any) -> None:
        component(stack, min_capacity=0)
        alarm = only(template_of(stack), ALARM)
        assert (alarm["MetricName"], alarm["Namespace"]) == ("NoCapacityInvocationFailures", "AWS/SageMaker")
        assert alarm["Dimensions"] == [{"Name": "InferenceComponentName", "Value": "c"}]
        assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Maximum", 30, 1)
        assert dimension_problem("AWS/SageMaker", alarm["MetricName"], {"InferenceComponentName": "c"}) is None

    @pytest.mark.parametrize("kind", [queue, component, variant])
    def test_needs_no_waking_above_zero(self, stack: Any, kind: Callable[..., Any]) -> None:
        kind(stack)
        assert of_type(template_of(stack), ALARM) == {}

    @pytest.mark.parametrize("kind", [queue, component])
    def test_wakes_where_the_floor_may_be_zero_at_deployment(self, stack: Any, kind: Callable[..., Any]) -> None:
        from aws_cdk import CfnParameter

        kind(stack, min_capacity=CfnParameter(stack, "Fewest", type="Number").value_as_number)
        assert len(of_type(template_of(stack), ALARM)) == 1

    def test_a_schedule_that_lowers_the_floor_to_zero_needs_waking_too(self, stack: Any) -> None:
        scaling = queue(stack)
        scaling.scale_on_schedule("Night", schedule=schedule(), min_capacity=0)
        scaling.scale_on_schedule("Later", schedule=schedule(), min_capacity=0)
        assert len(of_type(template_of(stack), ALARM)) == 1
