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
from constructs_lib.contract import published_metrics
from constructs_lib.contract.published_metrics import EndpointKind, PublishedMetric, dimension_problem
from tests.templates import of_type, only, template_of
from tests.unit.endpoints.serving import warnings_of

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


def metric_of(namespace: str, name: str) -> PublishedMetric:
    found = published_metrics.published(namespace, name)
    assert found is not None
    return found


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
    def test_fails_on_a_ceiling_of_none(self, stack: Any, kind: Callable[..., Any]) -> None:
        with pytest.raises(ConfigurationError, match="max_capacity must be at least 1, got 0; nothing would ever run"):
            kind(stack, min_capacity=0, max_capacity=0)

    @pytest.mark.parametrize("kind", [queue, component])
    def test_trap_22_queues_and_components_may_have_none(self, stack: Any, kind: Callable[..., Any]) -> None:
        kind(stack, min_capacity=0)
        assert only(template_of(stack), TARGET)["MinCapacity"] == 0

    @pytest.mark.parametrize(
        ("limits", "words"),
        [
            ({"min_capacity": 5}, "max_capacity must not be below min_capacity (5), got 4; raise max_capacity or"),
            ({"min_capacity": 1.5}, "min_capacity must be a whole number, got 1.5"),
            ({"max_capacity": None}, "max_capacity must be a whole number, got None"),
            ({"max_capacity": "4"}, "max_capacity must be a whole number, got '4'"),
            ({"suspended": True}, "suspended must be such as SuspendedState(…), got True"),
        ],
    )
    def test_fails_on_limits_that_are_none(self, stack: Any, limits: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            variant(stack, **limits)
        assert str(raised.value).startswith(f"Stack/Scaling is not valid:\n- {words}")


# What each policy looks at: namespace, metric, dimensions, and the page where it is written. Predefined metrics name no
# dimensions: the service takes those of the scalable target, which the second table has.
VARIANT, ENDPOINT, COMPONENT = (
    {"EndpointName": "e", "VariantName": "v"},
    {"EndpointName": "e"},
    {"InferenceComponentName": "c"},
)
MEAN = "Average"
MEMORY, GPU_MEMORY = "MemoryUtilizationNormalized", "GPUMemoryUtilizationNormalized"
PER_MACHINE, PER_COPY = "InvocationsPerInstance", "InvocationsPerCopy"
IN_VARIANT, IN_COPY = "ConcurrentRequestsPerModel", "ConcurrentRequestsPerCopy"
UTILIZATION = "ServerlessProvisionedConcurrencyUtilization"
BY_VARIANT = "SageMakerVariantInvocationsPerInstance"
AT_VARIANT = "SageMakerVariantConcurrentRequestsPerModelHighResolution"
BY_COPY = "SageMakerInferenceComponentInvocationsPerCopy"
AT_COPY = "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"
WARM = "SageMakerVariantProvisionedConcurrencyUtilization"
REQUESTS, INSTANCES, COPIES = "AWS/SageMaker", "/aws/sagemaker/Endpoints", "/aws/sagemaker/InferenceComponents"
GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
METRICS, QUEUE = f"{GUIDE}/monitoring-cloudwatch.html", f"{GUIDE}/async-inference-monitor.html"
AUTOSCALING = "https://docs.aws.amazon.com/autoscaling/application/userguide/monitoring-cloudwatch.html"
SLOW = {"high_resolution": False}
KINDS = {
    variant: EndpointKind.REAL_TIME,
    queue: EndpointKind.ASYNCHRONOUS,
    component: EndpointKind.INFERENCE_COMPONENT,
    warm: EndpointKind.SERVERLESS,
}
Tracked = tuple[Callable[..., Any], str, dict[str, Any], float, tuple[str, str, dict[str, str], str], str]
CUSTOMIZED: list[Tracked] = [
    # kind, what, target, value, (namespace, metric, dimensions, statistic), source
    (variant, "cpu_utilization", {"percent": 60}, 60, (INSTANCES, "CPUUtilization", VARIANT, MEAN), METRICS),
    (variant, "memory_utilization", {"percent": 60}, 60, (INSTANCES, "MemoryUtilization", VARIANT, MEAN), METRICS),
    (variant, "gpu_utilization", {"percent": 60}, 60, (INSTANCES, "GPUUtilization", VARIANT, MEAN), METRICS),
    (variant, "gpu_memory_utilization", {"percent": 9}, 9, (INSTANCES, "GPUMemoryUtilization", VARIANT, MEAN), METRICS),
    (variant, "model_latency", {"milliseconds": 250}, 250_000, (REQUESTS, "ModelLatency", VARIANT, MEAN), METRICS),
    (variant, "concurrency", {"per_instance": 5, **SLOW}, 5, (REQUESTS, IN_VARIANT, VARIANT, "Maximum"), METRICS),
    (queue, "backlog", {"per_instance": 4}, 4, (REQUESTS, "ApproximateBacklogSizePerInstance", ENDPOINT, MEAN), QUEUE),
    (queue, "cpu_utilization", {"percent": 60}, 60, (INSTANCES, "CPUUtilization", VARIANT, MEAN), METRICS),
    (queue, "memory_utilization", {"percent": 60}, 60, (INSTANCES, "MemoryUtilization", VARIANT, MEAN), METRICS),
    (queue, "gpu_utilization", {"percent": 60}, 60, (INSTANCES, "GPUUtilization", VARIANT, MEAN), METRICS),
    (queue, "gpu_memory_utilization", {"percent": 9}, 9, (INSTANCES, "GPUMemoryUtilization", VARIANT, MEAN), METRICS),
    (queue, "model_latency", {"milliseconds": 250}, 250_000, (REQUESTS, "ModelLatency", VARIANT, MEAN), METRICS),
    (component, "cpu_utilization", {"percent": 6}, 6, (COPIES, "CPUUtilizationNormalized", COMPONENT, MEAN), METRICS),
    (component, "memory_utilization", {"percent": 6}, 6, (COPIES, MEMORY, COMPONENT, MEAN), METRICS),
    (component, "gpu_utilization", {"percent": 6}, 6, (COPIES, "GPUUtilizationNormalized", COMPONENT, MEAN), METRICS),
    (component, "gpu_memory_utilization", {"percent": 6}, 6, (COPIES, GPU_MEMORY, COMPONENT, MEAN), METRICS),
    (component, "model_latency", {"milliseconds": 250}, 250_000, (REQUESTS, "ModelLatency", COMPONENT, MEAN), METRICS),
    (component, "concurrency", {"per_copy": 5, **SLOW}, 5, (REQUESTS, IN_COPY, COMPONENT, "Maximum"), METRICS),
]
Predefined = tuple[Callable[..., Any], str, dict[str, float], float, str, tuple[str, str, dict[str, str]], str]
PREDEFINED: list[Predefined] = [
    # kind, what, target, value, type, (namespace, metric, dimensions), source
    (variant, "invocations", {"per_minute": 600}, 600, BY_VARIANT, (REQUESTS, PER_MACHINE, VARIANT), AUTOSCALING),
    (variant, "concurrency", {"per_instance": 5}, 5, AT_VARIANT, (REQUESTS, IN_VARIANT, VARIANT), AUTOSCALING),
    (component, "invocations", {"per_minute": 60}, 60, BY_COPY, (REQUESTS, PER_COPY, COMPONENT), AUTOSCALING),
    (component, "concurrency", {"per_copy": 5}, 5, AT_COPY, (REQUESTS, IN_COPY, COMPONENT), AUTOSCALING),
    (warm, "utilization", {"percent": 70}, 0.7, WARM, (REQUESTS, UTILIZATION, VARIANT), AUTOSCALING),
]


class TestTargetTracking:
    @pytest.mark.parametrize(("kind", "what", "target", "value", "seen", "source"), CUSTOMIZED)
    def test_looks_at_what_the_service_publishes(
        self, stack: Any, kind: Any, what: str, target: dict[str, Any], value: float, seen: Any, source: str
    ) -> None:
        getattr(kind(stack), f"scale_on_{what}")(**target)
        configuration = tracking(stack)
        namespace, name, dimensions, statistic = seen
        assert configuration["TargetValue"] == value
        assert configuration["CustomizedMetricSpecification"] == {
            "Namespace": namespace,
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            "Statistic": statistic,
        }
        self.is_published(kind, namespace, name, dimensions, statistic)
        assert metric_of(namespace, name).page == source

    @pytest.mark.parametrize(("kind", "what", "target", "value", "predefined", "seen", "source"), PREDEFINED)
    def test_predefined_metrics_stand_for_what_the_service_publishes(
        self,
        stack: Any,
        kind: Any,
        what: str,
        target: dict[str, float],
        value: float,
        predefined: str,
        seen: tuple[str, str, dict[str, str]],
        source: str,
    ) -> None:
        getattr(kind(stack), f"scale_on_{what}")(**target)
        configuration = tracking(stack)
        assert configuration["TargetValue"] == value
        assert configuration["PredefinedMetricSpecification"] == {"PredefinedMetricType": predefined}
        namespace, name, dimensions = seen
        # The table of the library, read on the page of the source.
        known = published_metrics.PREDEFINED[predefined]
        assert (known.namespace, known.name, known.dimensions) == (namespace, name, tuple(dimensions))
        assert known.scalable_dimension == only(template_of(stack), TARGET)["ScalableDimension"]
        assert source == AUTOSCALING
        self.is_published(kind, namespace, name, dimensions)

    def test_the_tables_hold_every_metric_that_can_be_tracked(self) -> None:
        own = {"scale_on_metric", "scale_on_steps", "scale_on_schedule"}
        kinds = {variant: VariantScaling, queue: AsyncScaling, component: ComponentScaling, warm: ConcurrencyScaling}
        offered = {
            (kind, name.removeprefix("scale_on_"))
            for kind, of in kinds.items()
            for name in dir(of)
            if name.startswith("scale_on_") and name not in own
        }
        assert offered == {(row[0], row[1]) for row in (*CUSTOMIZED, *PREDEFINED)}

    @pytest.mark.parametrize("kind", [variant, component])
    def test_fails_on_a_resolution_that_is_no_choice(self, stack: Any, kind: Any) -> None:
        name = "per_instance" if kind is variant else "per_copy"
        with pytest.raises(ConfigurationError, match="high_resolution must be True or False, got 60"):
            kind(stack).scale_on_concurrency(**{name: 5, "high_resolution": 60})

    def is_published(
        self, kind: Any, namespace: str, name: str, dimensions: dict[str, str], statistic: str | None = None
    ) -> None:
        assert dimension_problem(namespace, name, dimensions) is None
        metric = metric_of(namespace, name)
        # By this kind of endpoint, under just these dimensions.
        assert any(set(each.dimensions) == set(dimensions) and KINDS[kind] in each.kinds for each in metric.series)
        assert statistic is None or statistic in metric.statistics

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
            (float("nan"), "percent must be a number above 0, got nan"),
        ],
    )
    def test_fails_on_a_percentage_out_of_range(self, stack: Any, percent: Any, words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            variant(stack).scale_on_memory_utilization(percent=percent)
        assert raised.value.problems == (words,)

    @pytest.mark.parametrize("per_minute", [float("inf"), float("nan"), 10**400, float("-inf")])
    def test_fails_on_a_target_that_no_json_can_say(self, stack: Any, per_minute: float) -> None:
        with pytest.raises(ConfigurationError, match="per_minute must be a number above 0, got"):
            variant(stack).scale_on_invocations(per_minute=per_minute)

    def test_fails_on_a_target_that_its_unit_makes_infinite(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"milliseconds is too large, got 1e\+307"):
            variant(stack).scale_on_model_latency(milliseconds=1e307)

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
            (
                {"scale_in_cooldown": 60},
                "scale_in_cooldown is no option of the policy; did you mean 'scale_in_cooldown_seconds'",
            ),
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

    @pytest.mark.parametrize("id", ["", None, 5, "Überlast", "a\n", "m" * 257, "${Token[A.1]}"])
    def test_fails_on_an_id_that_is_no_name(self, stack: Any, id: Any) -> None:
        with pytest.raises(ConfigurationError, match="id must be"):
            variant(stack).scale_on_metric(id, metric=metric(), target_value=1)
        with pytest.raises(ConfigurationError, match="id must be"):
            variant_steps(variant(beside(stack)), id)

    @pytest.mark.parametrize(
        ("expression", "words"),
        [
            ("a / b", r"metric must name ids of using_metrics \('a', 'orders'\), got 'b' in 'a / b'"),
            ("order * 2", "got 'order' in 'order \\* 2'; did you mean 'orders'"),
            ("SUM(SEARCH('Shop', 'Sum'))", "metric must return one time series, and SEARCH returns several"),
        ],
    )
    def test_fails_on_math_that_no_alarm_can_compute(self, stack: Any, expression: str, words: str) -> None:
        from aws_cdk import aws_cloudwatch as cloudwatch

        math = cloudwatch.MathExpression(expression=expression, using_metrics={"a": metric(), "orders": metric()})
        with pytest.raises(ConfigurationError, match=words):
            variant(stack).scale_on_metric("Math", metric=math, target_value=1)
        with pytest.raises(ConfigurationError, match=words):
            variant_steps(variant(beside(stack)), "Math", metric=math)

    def test_fails_on_an_id_that_is_taken(self, stack: Any) -> None:
        scaling = variant(stack).scale_on_metric("Orders", metric=metric(), target_value=1)
        with pytest.raises(ConfigurationError, match="there is a policy 'Orders' already; take another id"):
            scaling.scale_on_metric("Orders", metric=metric(), target_value=1)


def beside(stack: Any) -> Any:
    from constructs import Construct

    return Construct(stack, "Other")


def variant_steps(scaling: VariantScaling, id: Any, **changes: Any) -> None:
    arguments: dict[str, Any] = {"metric": metric(), "threshold": 1, "steps": [StepAdjustment(change=1)]}
    scaling.scale_on_steps(id, **(arguments | changes))


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

    @pytest.mark.parametrize(
        "name", ["GREATER_THAN_UPPER_THRESHOLD", "LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD"]
    )
    def test_fails_on_a_comparison_with_a_band(self, stack: Any, name: str) -> None:
        from aws_cdk import aws_cloudwatch as cloudwatch

        with pytest.raises(ConfigurationError, match=f"one with a fixed threshold .*, got ComparisonOperator.{name}"):
            variant_steps(variant(stack), "Rush", comparison=getattr(cloudwatch.ComparisonOperator, name))

    @pytest.mark.parametrize(("seconds", "most"), [(60, 1440), (10, 8640), (3600, 168), (86400, 7)])
    def test_fails_on_an_alarm_that_looks_back_too_far(self, stack: Any, seconds: int, most: int) -> None:
        from aws_cdk import Duration
        from aws_cdk import aws_cloudwatch as cloudwatch

        period = Duration.seconds(seconds)
        math = cloudwatch.MathExpression(expression="a * 2", using_metrics={"a": metric()}, period=period)
        for looked_at in (metric(period=period), math):
            with pytest.raises(ConfigurationError, match=f"evaluation_periods must be at most {most} with a period of"):
                variant_steps(variant(stack), "Rush", metric=looked_at, evaluation_periods=most + 1)
            stack.node.try_remove_child("Scaling")
        variant_steps(variant(stack), "Rush", metric=metric(period=period), evaluation_periods=most)

    def test_fails_on_a_metric_of_another_region(self, stack: Any) -> None:
        from aws_cdk import aws_cloudwatch as cloudwatch

        far = metric(region="eu-west-1")
        math = cloudwatch.MathExpression(expression="a * 2", using_metrics={"a": far})
        for looked_at in (far, math):
            with pytest.raises(ConfigurationError, match="metric must be one of this region, got Orders of eu-west-1"):
                variant_steps(variant(stack), "Rush", metric=looked_at)
            stack.node.try_remove_child("Scaling")

    def test_takes_a_metric_of_another_account(self) -> None:
        from aws_cdk import App, Environment, Stack

        stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
        variant_steps(variant(stack), "Rush", metric=metric(account="210987654321", region="eu-west-1"))
        assert len(of_type(template_of(stack), ALARM)) == 1

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

    @pytest.mark.parametrize("id", ["", "a/b", "8:00", "a|b", " a", "a ", "a\n", 5, None, "a" * 257])
    def test_fails_on_a_name_that_the_service_refuses(self, stack: Any, id: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"id must be a name of 1 to 256 characters without : / \| and"):
            variant(stack).scale_on_schedule(id, schedule=schedule(), max_capacity=2)

    def test_takes_a_name_of_words(self, stack: Any) -> None:
        variant(stack).scale_on_schedule("Über Nacht, 20.00", schedule=schedule(), max_capacity=2)

    @pytest.mark.parametrize("hours", [0, -1])
    def test_fails_on_an_end_that_is_not_after_the_start(self, stack: Any, hours: int) -> None:
        start = datetime(2026, 12, 1, 8)
        end = datetime(2026, 12, 1, 8 + hours, tzinfo=UTC)
        with pytest.raises(
            ConfigurationError, match=r"end_time must be after start_time \(2026-12-01T08:00:00\+00:00\)"
        ):
            variant(stack).scale_on_schedule(
                "Sale", schedule=schedule(), max_capacity=2, start_time=start, end_time=end
            )

    @pytest.mark.parametrize(
        ("limits", "words"),
        [
            ({"max_capacity": 1}, "Night sets max_capacity 1 below the minimum of 2; give min_capacity, too"),
            ({"min_capacity": 5}, "Night sets min_capacity 5 above the maximum of 4; give max_capacity, too"),
        ],
    )
    def test_warns_of_one_limit_beyond_the_other(self, stack: Any, limits: dict[str, int], words: str) -> None:
        scaling = variant(stack, min_capacity=2).scale_on_schedule("Night", schedule=schedule(), **limits)
        (warning,) = warnings_of(scaling)
        assert words in warning
        assert "schedule-beyond-limits/Night" in warning

    @pytest.mark.parametrize(
        "limits", [{"max_capacity": 2}, {"min_capacity": 4}, {"min_capacity": 1, "max_capacity": 1}]
    )
    def test_is_quiet_where_the_limits_fit(self, stack: Any, limits: dict[str, int]) -> None:
        scaling = variant(stack, min_capacity=2).scale_on_schedule("Night", schedule=schedule(), **limits)
        assert warnings_of(scaling) == []

    def test_is_quiet_where_another_action_has_made_room(self, stack: Any) -> None:
        scaling = variant(stack, min_capacity=2)
        scaling.scale_on_schedule("Evening", schedule=schedule(), min_capacity=1)
        scaling.scale_on_schedule("Night", schedule=schedule(), max_capacity=1)
        assert warnings_of(scaling) == []

    def test_is_quiet_where_a_limit_is_known_at_deployment_only(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        low = CfnParameter(stack, "Low", type="Number").value_as_number
        scaling = variant(stack, min_capacity=low).scale_on_schedule("Night", schedule=schedule(), max_capacity=1)
        assert warnings_of(scaling) == []

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
