"""The alarms that take an update back: what they watch, from when on they speak, and who waits for whom."""

from typing import Any, ClassVar

import pytest

from constructs_lib import (
    AllAtOnce,
    AsyncEndpoint,
    AutoRollback,
    Canary,
    CapacitySize,
    ComponentVariant,
    InferenceComponentEndpoint,
    Rolling,
)
from tests.templates import of_type, only, template_of
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    alarm_in,
    at,
    properties,
    readable,
    real_time,
    refusal,
    resource,
    specification,
    variant,
)


def metric(name: str, endpoint: str, variant: str) -> dict[str, Any]:
    return {
        "Dimensions": [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}],
        "MetricName": name,
        "Namespace": "AWS/SageMaker",
    }


@pytest.fixture(scope="module")
def built() -> tuple[dict[str, Any], dict[str, Any]]:
    """The template, and the endpoints in it by what is special in them."""
    from aws_cdk import App, CfnParameter, Stack

    stack = Stack(App(), "Stack")
    number = CfnParameter(stack, "Number", type="Number").value_as_number
    two = [variant(stack, "a"), variant(stack, "b")]
    late = AutoRollback(error_percent=number, model_latency_ms=number, minutes=number)  # type: ignore[arg-type] -- a number of CloudFormation is a float
    host = InferenceComponentEndpoint(stack, "Host", variant=ComponentVariant("main", GPU))
    shadow = variant(stack, "shadow")
    by_name = {
        "one": real_time(stack, "One", deployment=AllAtOnce()),
        "two": real_time(stack, "Two", variants=two, deployment=Canary(CapacitySize.percent(10))),
        "shadowed": real_time(stack, "Shadowed", shadow_variant=shadow, deployment=AllAtOnce()),
        "strict": real_time(
            stack,
            "Strict",
            deployment=AllAtOnce(rollback=AutoRollback(error_percent=0.35, model_latency_ms=20, minutes=3)),
        ),
        "late": real_time(stack, "Late", deployment=AllAtOnce(rollback=late)),
        "named": real_time(stack, "Named", endpoint_name="Prod", deployment=AllAtOnce()),
        "async": AsyncEndpoint(
            stack, "Async", variant=variant(stack), output=at("out"), deployment=Rolling(CapacitySize.percent(50))
        ),
        "component": host.add_component(
            "Part", specification=specification(), deployment=Rolling(CapacitySize.percent(50))
        ),
    }
    return template_of(stack), by_name


class TestOwnAlarms:
    SHARED: ClassVar[dict[str, Any]] = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "TreatMissingData": "notBreaching",
    }

    def alarms(self, built: Any, name: str) -> list[dict[str, Any]]:
        template, by_name = built
        return [properties(template, by_name[name], f"Rollback/{child}/Resource") for child in ("Errors", "Latency")]

    def test_watches_the_share_of_errors_and_the_latency_of_one_variant(self, built: Any) -> None:
        name = properties(built[0], built[1]["one"])["EndpointName"]
        assert name.startswith("stack-one-")
        minute = {"Period": 60, "Statistic": "Average"}
        what = "takes an update of Stack/One back"
        assert self.alarms(built, "one") == [
            {
                **self.SHARED,
                **metric("Invocation5XXErrors", name, "main"),
                **minute,
                "Threshold": 0.05,
                "AlarmDescription": f"Share of answers with a 5xx status; {what}",
            },
            {
                **self.SHARED,
                **metric("ModelLatency", name, "main"),
                **minute,
                # 30 seconds in microseconds.
                "Threshold": 30_000_000,
                "AlarmDescription": f"Mean time of the containers; {what}",
            },
        ]

    def test_watches_the_variant_that_fares_worst(self, built: Any) -> None:
        name = properties(built[0], built[1]["two"])["EndpointName"]
        errors, latency = self.alarms(built, "two")
        for alarm, metric_name in ((errors, "Invocation5XXErrors"), (latency, "ModelLatency")):
            expression, *stats = alarm["Metrics"]
            assert expression["Expression"] == "MAX(METRICS())"
            assert [stat["MetricStat"] for stat in stats] == [
                {"Metric": metric(metric_name, name, variant), "Period": 60, "Stat": "Average"} for variant in "ab"
            ]
            assert [stat["ReturnData"] for stat in stats] == [False, False]
        assert [errors["Threshold"], latency["Threshold"]] == [0.05, 30_000_000]

    def test_does_not_watch_a_shadow(self, built: Any) -> None:
        assert [alarm["Dimensions"][1]["Value"] for alarm in self.alarms(built, "shadowed")] == ["main", "main"]

    def test_takes_thresholds_of_the_user(self, built: Any) -> None:
        alarms = self.alarms(built, "strict")
        assert [alarm["Threshold"] for alarm in alarms] == [0.0035, 20_000]
        assert [alarm["EvaluationPeriods"] for alarm in alarms] == [3, 3]

    def test_a_threshold_of_cloudformation_is_in_the_unit_of_the_argument(self, built: Any) -> None:
        errors, latency = self.alarms(built, "late")
        late = {"Ref": "Number"}
        assert [errors["Threshold"], latency["Threshold"], errors["EvaluationPeriods"]] == [late, late, late]
        assert errors["Metrics"][0]["Expression"] == "100 * MAX(METRICS())"
        assert latency["Metrics"][0]["Expression"] == "0.001 * MAX(METRICS())"

    def test_an_async_endpoint_may_take_longer(self, built: Any) -> None:
        assert self.alarms(built, "async")[1]["Threshold"] == 30 * 60 * 1_000_000

    def test_a_component_is_watched_by_its_name(self, built: Any) -> None:
        name = properties(built[0], built[1]["component"])["InferenceComponentName"]
        for alarm in self.alarms(built, "component"):
            assert alarm["Dimensions"] == [{"Name": "InferenceComponentName", "Value": name}]

    def test_the_endpoint_names_its_alarms_and_no_alarm_the_endpoint(self, built: Any) -> None:
        template, by_name = built
        for name in ("one", "component"):
            config = readable(properties(template, by_name[name])["DeploymentConfig"]["AutoRollbackConfiguration"])
            path = {"one": "One", "component": "HostPart"}[name]
            assert config == {"Alarms": [{"AlarmName": f"<{path}Rollback{id}>"} for id in ("Errors", "Latency")]}
            for alarm in self.alarms(built, name):
                # Else each would wait for the other.
                assert all(isinstance(dimension["Value"], str) for dimension in alarm["Dimensions"])
            assert "DependsOn" not in resource(template, by_name[name], "Rollback/Errors/Resource")

    def test_trap_28_dimensions_keep_the_capitals_of_the_name(self, built: Any) -> None:
        assert self.alarms(built, "named")[0]["Dimensions"][0]["Value"] == "Prod"


class TestAlarmsOfTheUser:
    def test_are_the_only_ones(self, stack: Any) -> None:
        policy = AllAtOnce(rollback=AutoRollback.on_alarms(alarm_in(stack, "mine")))
        real_time(stack, deployment=policy)
        template = template_of(stack)
        assert of_type(template, "AWS::CloudWatch::Alarm") == {}
        rollback = only(template, "AWS::SageMaker::Endpoint")["DeploymentConfig"]["AutoRollbackConfiguration"]
        assert rollback == {"Alarms": [{"AlarmName": "mine"}]}

    def test_never_means_none(self, stack: Any) -> None:
        real_time(stack, deployment=AllAtOnce(rollback=AutoRollback.never()))
        template = template_of(stack)
        assert of_type(template, "AWS::CloudWatch::Alarm") == {}
        assert "AutoRollbackConfiguration" not in only(template, "AWS::SageMaker::Endpoint")["DeploymentConfig"]

    def test_without_a_policy_there_is_no_alarm(self, stack: Any) -> None:
        real_time(stack)
        template = template_of(stack)
        assert of_type(template, "AWS::CloudWatch::Alarm") == {}
        assert "DeploymentConfig" not in only(template, "AWS::SageMaker::Endpoint")

    def test_fails_on_more_than_ten_of_the_users_and_the_endpoints_together(self, stack: Any) -> None:
        eleven = AutoRollback.on_alarms(*(alarm_in(stack, f"a{number}") for number in range(11)))
        problem = refusal(lambda: real_time(stack, "One", deployment=AllAtOnce(rollback=eleven)))
        assert problem.startswith("deployment.rollback.alarm_names must be at most 10 items, got 11")
        both = AutoRollback(alarm_names=tuple(f"a{number}" for number in range(9)))
        problem = refusal(lambda: real_time(stack, "Two", deployment=AllAtOnce(rollback=both)))
        assert problem.startswith("deployment.rollback.alarm_names must be at most 10 items, got 11")
        host = InferenceComponentEndpoint(stack, "Host", variant=ComponentVariant("main", CPU))
        rolling = Rolling(CapacitySize.percent(50), rollback=both)

        def build() -> object:
            return host.add_component("C", specification=specification(), deployment=rolling)

        assert "alarm_names must be at most 10 items, got 11" in refusal(build)
