"""Alarms, policies and capacity on the embedded AWS: what a metric sets off, and how an endpoint wakes from zero."""

from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.rehearsal.emulator import alarm_math
from tests.rehearsal.test_emulator_support import (
    BUCKET,
    Stack,
    World,
    hosting,
    made,
    refusal,
    variant,
    wait_for,
    world,
)

COPIES = "sagemaker:inference-component:DesiredCopyCount"
INSTANCES = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.model("base")
        account.endpoint("shared", hosting(), ExecutionRoleArn=account.role)
        yield account


class Target:
    """A target with policies, reached through boto3."""

    def __init__(self, here: World, resource: str, dimension: str, low: int, high: int) -> None:
        self.scaling, self.watch = here.aws.client("application-autoscaling"), here.aws.client("cloudwatch")
        self.sagemaker, self.parts = here.sagemaker, resource.split("/")
        self.key = {"ServiceNamespace": "sagemaker", "ResourceId": resource, "ScalableDimension": dimension}
        self.scaling.register_scalable_target(**self.key, MinCapacity=low, MaxCapacity=high)

    def step(self, name: str, *steps: dict[str, int], kind: str = "ChangeInCapacity", **more: Any) -> str:
        config = {"AdjustmentType": kind, "StepAdjustments": list(steps), **more}
        request = {**self.key, "PolicyName": name, "PolicyType": "StepScaling"}
        return str(self.scaling.put_scaling_policy(**request, StepScalingPolicyConfiguration=config)["PolicyARN"])

    def track(self, name: str, value: float, **metric: Any) -> Any:
        request = {**self.key, "PolicyName": name, "PolicyType": "TargetTrackingScaling"}
        config = {"TargetValue": value, **metric}
        return self.scaling.put_scaling_policy(**request, TargetTrackingScalingPolicyConfiguration=config)["Alarms"]

    def alarm(self, name: str, metric: str, policy: str, **dimensions: str) -> None:
        self.watch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=[policy],
        )

    def publish(self, metric: str, value: float, **dimensions: str) -> None:
        named = [{"Name": key, "Value": text} for key, text in dimensions.items()]
        datum = {"MetricName": metric, "Dimensions": named, "Value": value}
        self.watch.put_metric_data(Namespace="AWS/SageMaker", MetricData=[datum])

    def capacity(self) -> int:
        if self.parts[0] == "inference-component":
            shown = self.sagemaker.describe_inference_component(InferenceComponentName=self.parts[1])
            return int(shown["RuntimeConfig"]["CurrentCopyCount"])
        (shown,) = self.sagemaker.describe_endpoint(EndpointName=self.parts[1])["ProductionVariants"]
        if self.key["ScalableDimension"] == CONCURRENCY:
            return int(shown["CurrentServerlessConfig"]["ProvisionedConcurrency"])
        return int(shown["CurrentInstanceCount"])

    def reaches(self, wanted: int) -> None:
        wait_for(self.capacity, lambda capacity: capacity == wanted)

    def state(self, alarm: str) -> str:
        return str(self.watch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"][0]["StateValue"])


def queue(here: World, name: str) -> Target:
    """An asynchronous endpoint at zero, with a step policy that wakes it."""
    config = {"OutputConfig": {"S3OutputPath": f"s3://{BUCKET}/{name}"}}
    here.endpoint(name, variant("blue", "base"), AsyncInferenceConfig=config)
    target = Target(here, f"endpoint/{name}/variant/blue", INSTANCES, 0, 3)
    policy = target.step("wake", {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1})
    target.alarm(f"{name}-asleep", "HasBacklogWithoutCapacity", policy, EndpointName=name)
    shift = [{"VariantName": "blue", "DesiredInstanceCount": 0}]
    here.sagemaker.update_endpoint_weights_and_capacities(EndpointName=name, DesiredWeightsAndCapacities=shift)
    assert target.capacity() == 0
    return target


def component(here: World, name: str) -> Target:
    here.component(name, "shared", RuntimeConfig={"CopyCount": 0})
    target = Target(here, f"inference-component/{name}", COPIES, 0, 3)
    policy = target.step("wake", {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1})
    target.alarm(f"{name}-asleep", "NoCapacityInvocationFailures", policy, InferenceComponentName=name)
    return target


class TestWaking:
    def test_trap_21_a_metric_wakes_a_queue(self, here: World) -> None:
        target = queue(here, "told")
        target.publish("HasBacklogWithoutCapacity", 1, EndpointName="other")
        target.publish("HasBacklogWithoutCapacity", 1, EndpointName="told", VariantName="blue")
        assert (target.state("told-asleep"), target.capacity()) == ("INSUFFICIENT_DATA", 0)

        target.publish("HasBacklogWithoutCapacity", 1, EndpointName="told")
        target.reaches(1)
        assert target.state("told-asleep") == "ALARM"
        activity = target.scaling.describe_scaling_activities(**target.key)["ScalingActivities"][0]
        assert activity["Description"] == "Setting desired capacity to 1."
        assert "monitor alarm told-asleep in state ALARM" in activity["Cause"]

    def test_trap_21_a_request_wakes_a_queue_and_is_answered(self, here: World) -> None:
        target = queue(here, "asked")
        runtime = here.aws.client("sagemaker-runtime")
        answer = runtime.invoke_endpoint_async(EndpointName="asked", InputLocation=here.put("asked-in/1"))

        target.reaches(1)
        wait_for(lambda: here.keys("asked/"), bool)
        assert here.read(answer["OutputLocation"])

    def test_trap_23_a_metric_wakes_a_component(self, here: World) -> None:
        target = component(here, "heard")
        target.publish("NoCapacityInvocationFailures", 1, InferenceComponentName="heard")

        target.reaches(1)

    def test_trap_23_a_request_wakes_a_component(self, here: World) -> None:
        target = component(here, "called")
        runtime = here.aws.client("sagemaker-runtime")
        ask = {"EndpointName": "shared", "InferenceComponentName": "called", "Body": b""}
        assert "has no capacity to process this request" in refusal(runtime.invoke_endpoint, **ask)

        target.reaches(1)
        assert runtime.invoke_endpoint(**ask)["InvokedProductionVariant"] == "blue"

    def test_target_tracking_alone_wakes_nothing(self, here: World) -> None:
        here.component("flat", "shared", RuntimeConfig={"CopyCount": 0})
        target = Target(here, "inference-component/flat", COPIES, 0, 3)
        kind = "SageMakerInferenceComponentInvocationsPerCopy"
        high, _ = target.track("calls", 5, PredefinedMetricSpecification={"PredefinedMetricType": kind})
        target.publish("InvocationsPerCopy", 50, InferenceComponentName="flat")

        assert (target.state(high["AlarmName"]), target.capacity()) == ("ALARM", 0)


class TestStepPolicy:
    @pytest.mark.parametrize(
        ("kind", "more", "value", "capacity"),
        [
            ("ChangeInCapacity", {}, 1, 3),
            ("ChangeInCapacity", {}, 20, 6),
            ("ExactCapacity", {}, 20, 4),
            ("PercentChangeInCapacity", {}, 20, 3),
            ("PercentChangeInCapacity", {"MinAdjustmentMagnitude": 2}, 20, 4),
            ("ChangeInCapacity", {}, 500, 8),
        ],
    )
    def test_goes_by_its_steps_and_keeps_to_the_bounds(
        self, here: World, kind: str, more: dict[str, int], value: float, capacity: int
    ) -> None:
        name = f"steps-{kind.lower()}-{value}-{len(more)}"
        here.endpoint(name, variant("blue", "base", InitialInstanceCount=2))
        target = Target(here, f"endpoint/{name}/variant/blue", INSTANCES, 1, 8)
        steps = [
            {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
            {"MetricIntervalLowerBound": 10, "MetricIntervalUpperBound": 100, "ScalingAdjustment": 4},
            {"MetricIntervalLowerBound": 100, "ScalingAdjustment": 50},
        ]
        target.alarm(name, "Load", target.step("load", *steps, kind=kind, **more), EndpointName=name)
        target.publish("Load", value, EndpointName=name)

        target.reaches(capacity)

    def test_names_the_alarms_that_call_it(self, here: World) -> None:
        target = queue(here, "named")
        (policy,) = target.scaling.describe_scaling_policies(**target.key)["ScalingPolicies"]

        assert [alarm["AlarmName"] for alarm in policy["Alarms"]] == ["named-asleep"]

    def test_fails_without_steps(self, here: World) -> None:
        target = queue(here, "stepless")

        assert "must have AdjustmentType and StepAdjustments" in refusal(target.step, "none")


class TestTargetTracking:
    @pytest.mark.parametrize(
        ("predefined", "dimension", "metric", "period"),
        [
            ("SageMakerInferenceComponentInvocationsPerCopy", COPIES, "InvocationsPerCopy", 60),
            (
                "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
                COPIES,
                "ConcurrentRequestsPerCopy",
                10,
            ),
            ("SageMakerVariantConcurrentRequestsPerModelHighResolution", INSTANCES, "ConcurrentRequestsPerModel", 10),
        ],
    )
    def test_alarms_have_the_dimensions_of_what_is_scaled(
        self, here: World, predefined: str, dimension: str, metric: str, period: int
    ) -> None:
        name = f"dims-{metric.lower()}"
        if dimension == COPIES:
            here.component(name, "shared")
            target = Target(here, f"inference-component/{name}", COPIES, 1, 3)
            expected = {"InferenceComponentName": name}
        else:
            here.endpoint(name, variant("blue", "base"))
            target = Target(here, f"endpoint/{name}/variant/blue", INSTANCES, 1, 3)
            expected = {"EndpointName": name, "VariantName": "blue"}
        high, _ = target.track("calls", 5, PredefinedMetricSpecification={"PredefinedMetricType": predefined})

        (alarm,) = target.watch.describe_alarms(AlarmNames=[high["AlarmName"]])["MetricAlarms"]
        assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == expected
        assert (alarm["MetricName"], alarm["Period"]) == (metric, period)
        other = INSTANCES if dimension == COPIES else COPIES
        wrong = (
            "SageMakerVariantInvocationsPerInstance"
            if dimension == COPIES
            else ("SageMakerInferenceComponentInvocationsPerCopy")
        )
        words = refusal(target.track, "wrong", 5, PredefinedMetricSpecification={"PredefinedMetricType": wrong})
        assert f"is for the scalable dimension {other}" in words

    def test_moves_in_proportion_both_ways(self, here: World) -> None:
        here.endpoint("tracked", variant("blue", "base", InitialInstanceCount=2))
        target = Target(here, "endpoint/tracked/variant/blue", INSTANCES, 1, 8)
        metric = {
            "MetricName": "Load",
            "Namespace": "AWS/SageMaker",
            "Statistic": "Maximum",
            "Dimensions": [{"Name": "EndpointName", "Value": "tracked"}],
        }
        target.track("load", 10, CustomizedMetricSpecification=metric)
        target.publish("Load", 25, EndpointName="tracked")

        target.reaches(5)

    def test_metric_math_moves_it_too(self, here: World) -> None:
        here.endpoint("computed", variant("blue", "base", InitialInstanceCount=1))
        target = Target(here, "endpoint/computed/variant/blue", INSTANCES, 1, 8)

        def query(name: str, metric: str) -> dict[str, Any]:
            found = {"Namespace": "AWS/SageMaker", "MetricName": metric, "Dimensions": []}
            return {"Id": name, "MetricStat": {"Metric": found, "Stat": "Maximum"}, "ReturnData": False}

        metrics = [
            query("waiting", "Waiting"),
            query("serving", "Serving"),
            {"Id": "share", "Expression": "waiting / serving", "ReturnData": True},
        ]
        target.track("share", 10, CustomizedMetricSpecification={"Metrics": metrics})
        target.publish("Serving", 2)
        assert target.capacity() == 1
        target.publish("Waiting", 60)

        target.reaches(3)

    def test_keeps_several_policies_beside_each_other(self, here: World) -> None:
        target = queue(here, "several")
        backlog = {
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Namespace": "AWS/SageMaker",
            "Statistic": "Average",
            "Dimensions": [{"Name": "EndpointName", "Value": "several"}],
        }
        target.track("backlog", 5, CustomizedMetricSpecification=backlog)
        found = target.scaling.describe_scaling_policies(**target.key)["ScalingPolicies"]

        assert {policy["PolicyName"]: len(policy["Alarms"]) for policy in found} == {"wake": 1, "backlog": 2}

    def test_fails_with_no_metric_or_two(self, here: World) -> None:
        target = queue(here, "metricless")

        assert "exactly one of PredefinedMetricSpecification" in refusal(target.track, "none", 5)


class TestPredictive:
    def test_is_kept_as_it_was_given(self, here: World) -> None:
        target = queue(here, "foreseen")
        pair = {"PredefinedMetricType": "ECSServiceCPUUtilization"}
        config = {"MetricSpecifications": [{"TargetValue": 40.0, "PredefinedMetricPairSpecification": pair}]}
        name = {**target.key, "PolicyName": "foresight", "PolicyType": "PredictiveScaling"}
        target.scaling.put_scaling_policy(**name, PredictiveScalingPolicyConfiguration=config)

        found = target.scaling.describe_scaling_policies(**target.key, PolicyNames=["foresight"])["ScalingPolicies"]
        assert found[0]["PredictiveScalingPolicyConfiguration"] == config
        assert "belong together" in refusal(target.scaling.put_scaling_policy, **name)


class TestServerless:
    def test_provisioned_concurrency_moves(self, here: World) -> None:
        config = {"MemorySizeInMB": 2048, "MaxConcurrency": 10, "ProvisionedConcurrency": 1}
        here.endpoint("warm", {"VariantName": "blue", "ModelName": "base", "ServerlessConfig": config})
        target = Target(here, "endpoint/warm/variant/blue", CONCURRENCY, 1, 8)
        kind = "SageMakerVariantProvisionedConcurrencyUtilization"
        target.track("use", 0.5, PredefinedMetricSpecification={"PredefinedMetricType": kind})
        target.publish("ServerlessProvisionedConcurrencyUtilization", 1, EndpointName="warm", VariantName="blue")

        target.reaches(2)


class TestAlarmOfATemplate:
    def test_may_compute_its_metric(self, here: World) -> None:
        def query(name: str, metric: str) -> dict[str, Any]:
            stat = {"Metric": {"Namespace": "Own", "MetricName": metric}, "Period": 60, "Stat": "Sum"}
            return {"Id": name, "MetricStat": stat, "ReturnData": False}

        metrics = [query("bad", "Bad"), query("all", "All"), {"Id": "rate", "Expression": "100 * bad / all"}]
        alarm = made(
            "CloudWatch::Alarm",
            AlarmName="rate",
            Metrics=metrics,
            EvaluationPeriods=1,
            Threshold=5,
            ComparisonOperator="GreaterThanThreshold",
        )
        stack = Stack(here, "computed-alarm")
        assert stack.create({"Rate": alarm}) == "CREATE_COMPLETE", stack.reasons()
        watch = here.aws.client("cloudwatch")
        (shown,) = watch.describe_alarms(AlarmNames=["rate"])["MetricAlarms"]
        assert [each["Id"] for each in shown["Metrics"]] == ["bad", "all", "rate"]
        data = [{"MetricName": "All", "Value": 100}, {"MetricName": "Bad", "Value": 6}]
        watch.put_metric_data(Namespace="Own", MetricData=data)

        assert watch.describe_alarms(AlarmNames=["rate"])["MetricAlarms"][0]["StateValue"] == "ALARM"
        assert stack.delete() == "DELETE_COMPLETE"


class TestMath:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("a + b * 2", 7.0),
            ("(a + b) / -a", -4.0),
            ("a / (b - 3)", None),
            ("FILL(a, 0)", None),
            ("a +", None),
            ("MAX(METRICS())", 3.0),
            ("1000 * MIN(METRICS())", 1000.0),
            ("AVG(METRICS()) + SUM(METRICS())", 6.0),
            ("MAX(a)", None),
        ],
    )
    def test_four_operations_and_one_value_of_all(self, expression: str, value: float | None) -> None:
        queries = [{"Id": "a", "ReturnData": False}, {"Id": "b", "ReturnData": False}]
        result = {"Id": "c", "Expression": expression}

        assert alarm_math.value([*queries, result], {"a": 1.0, "b": 3.0}) == value
        assert alarm_math.value([*queries, result], {"a": None, "b": None}) is None
