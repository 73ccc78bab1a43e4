"""What the scaling and alarm rows say when the service has something else than the template asks for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from constructs_lib.rehearsal._assembly import Environment, Resource, Stack
from constructs_lib.rehearsal._scaling import scaling_steps
from constructs_lib.rehearsal._steps import Outcome, StepFailed
from tests.rehearsal.test_rehearse_checks import Canned, stage_with

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ALARM = "AWS::CloudWatch::Alarm"
PLACE = {
    "ResourceId": "endpoint/Chat/variant/blue",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "ServiceNamespace": "sagemaker",
}
POLICY_ARN = "arn:aws:autoscaling:us-east-1:1:scalingPolicy:1:resource/sagemaker/endpoint/Chat/variant/blue:policy"
PHYSICAL = {
    "Endpoint": "arn:aws:sagemaker:us-east-1:1:endpoint/chat",
    "Target": "endpoint/Chat/variant/blue|sagemaker:variant:DesiredInstanceCount|sagemaker",
    "Policy": POLICY_ARN,
    "Alarm": "wake",
}
BLUE = [{"Name": "EndpointName", "Value": "Chat"}, {"Name": "VariantName", "Value": "blue"}]


def run(kind: str, properties: dict[str, Any], **answers: dict[str, Any]) -> Outcome:
    """Read one resource back from services that answer as told; `autoscaling` and `cloudwatch` are those."""
    logical_id = kind.rpartition("::")[2].removeprefix("Scalable").removeprefix("Scaling")
    resource = Resource("S", logical_id, kind, f"S/{logical_id}", {"Properties": properties})
    stack = Stack("S", "S", "S", Path(), "S.json", Environment("1", "r"), (), None, False, (resource,))
    summaries = [
        {"LogicalResourceId": name, "PhysicalResourceId": physical, "ResourceStatus": "CREATE_COMPLETE"}
        for name, physical in PHYSICAL.items()
    ]
    clients = {
        "cloudformation": Canned({"list_stack_resources": {"StackResourceSummaries": summaries}}),
        "application-autoscaling": Canned(answers.get("autoscaling", {})),
        "cloudwatch": Canned(answers.get("cloudwatch", {})),
    }
    stage = stage_with(clients, stacks=(stack,))
    stage.endpoints["S/Endpoint"] = {"EndpointArn": PHYSICAL["Endpoint"], "EndpointName": "Chat"}
    return next(scaling_steps(stage)).run()


def failure(kind: str, properties: dict[str, Any], **answers: dict[str, Any]) -> str:
    with pytest.raises(StepFailed) as caught:
        run(kind, properties, **answers)
    return caught.value.summary


class TestAlarm:
    ASKED: ClassVar[dict[str, Any]] = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        # In another order than the service has them, and by reference.
        "Dimensions": [
            {"Name": "VariantName", "Value": "blue"},
            {"Name": "EndpointName", "Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}},
        ],
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 2,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "missing",
        "AlarmActions": [{"Ref": "Policy"}],
        "Tags": [{"Key": "team", "Value": "a"}],
    }
    GOT: ClassVar[dict[str, Any]] = {
        **{name: value for name, value in ASKED.items() if name != "Tags"},
        "AlarmName": "wake",
        "Dimensions": BLUE,
        "Threshold": 1.0,
        "AlarmActions": [POLICY_ARN],
        "StateValue": "OK",
    }

    def answers(self, **changes: Any) -> dict[str, Any]:
        got = {name: value for name, value in (self.GOT | changes).items() if value is not None}
        return {"describe_alarms": {"MetricAlarms": [got]}}

    def test_that_is_as_asked_is_told(self) -> None:
        outcome = run(ALARM, self.ASKED, cloudwatch=self.answers())
        assert outcome.summary == "HasBacklogWithoutCapacity GreaterThanOrEqualToThreshold 1, 1 action"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"MetricName": "Backlog"}, "MetricName: expected 'HasBacklogWithoutCapacity', got 'Backlog'"),
            ({"Namespace": "/aws/sagemaker/Endpoints"}, "Namespace: expected 'AWS/SageMaker'"),
            ({"Dimensions": BLUE[:1]}, "Dimensions[1].Name: expected 'VariantName', got None"),
            ({"Dimensions": [{**BLUE[0], "Value": "chat"}, BLUE[1]]}, "Dimensions[0].Value: expected 'Chat'"),
            ({"Dimensions": [*BLUE, {"Name": "X", "Value": "y"}]}, "Dimensions: expected '2 items', got '3 items'"),
            ({"Statistic": "Sum"}, "Statistic: expected 'Average', got 'Sum'"),
            ({"Period": 300}, "Period: expected 60, got 300"),
            ({"EvaluationPeriods": 1}, "EvaluationPeriods: expected 2, got 1"),
            ({"DatapointsToAlarm": None}, "DatapointsToAlarm: expected 2, got None"),
            ({"Threshold": 2.0}, "Threshold: expected 1, got 2.0"),
            ({"ComparisonOperator": "LessThanThreshold"}, "ComparisonOperator: expected 'GreaterThanOr"),
            ({"TreatMissingData": "breaching"}, "TreatMissingData: expected 'missing', got 'breaching'"),
            ({"AlarmActions": []}, f"AlarmActions[0]: expected '{POLICY_ARN}', got None"),
            ({"AlarmActions": [POLICY_ARN, "arn:other"]}, "AlarmActions: expected '1 items', got '2 items'"),
        ],
    )
    def test_fails_for_one_that_is_another(self, changes: dict[str, Any], words: str) -> None:
        assert words in failure(ALARM, self.ASKED, cloudwatch=self.answers(**changes))

    def test_fails_for_another_expression(self) -> None:
        asked = {"Metrics": [{"Id": "e", "Expression": "a / b"}], "Threshold": 1}
        got = self.answers(Metrics=[{"Id": "e", "Expression": "a * b"}], MetricName=None)
        words = "Metrics[0].Expression: expected 'a / b', got 'a * b'"
        assert words in failure(ALARM, asked, cloudwatch=got)

    def test_fails_for_one_that_is_not_there(self) -> None:
        got = {"describe_alarms": {"MetricAlarms": []}}
        assert failure(ALARM, self.ASKED, cloudwatch=got) == "the alarms wake are not there"


class TestTracking:
    """The policy tracks 600 requests a machine; its alarms are those of the service."""

    CONFIGURATION: ClassVar[dict[str, Any]] = {
        "TargetValue": 600.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
    }
    BASE: ClassVar[dict[str, Any]] = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "InvocationsPerInstance",
        "Dimensions": BLUE,
        "Period": 60,
        "AlarmActions": [POLICY_ARN],
    }
    HIGH: ClassVar[dict[str, Any]] = {
        **BASE,
        "AlarmName": "h",
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 600.0,
    }
    LOW: ClassVar[dict[str, Any]] = {
        **BASE,
        "AlarmName": "l",
        "ComparisonOperator": "LessThanThreshold",
        "Threshold": 540.0,
    }

    def answers(self, *alarms: dict[str, Any], **configuration: Any) -> dict[str, Any]:
        policy = {
            **PLACE,
            "PolicyName": "calls",
            "PolicyType": "TargetTrackingScaling",
            "PolicyARN": POLICY_ARN,
            "TargetTrackingScalingPolicyConfiguration": self.CONFIGURATION | configuration,
            "Alarms": [{"AlarmName": alarm["AlarmName"]} for alarm in alarms],
        }
        return {
            "autoscaling": {"describe_scaling_policies": {"ScalingPolicies": [policy]}},
            "cloudwatch": {"describe_alarms": {"MetricAlarms": list(alarms)}},
        }

    def asked(self, **configuration: Any) -> dict[str, Any]:
        return {
            "PolicyName": "calls",
            "PolicyType": "TargetTrackingScaling",
            "ScalingTargetId": {"Ref": "Target"},
            "TargetTrackingScalingPolicyConfiguration": self.CONFIGURATION | configuration,
        }

    def test_with_both_alarms_is_told(self) -> None:
        outcome = run(POLICY, self.asked(), **self.answers(self.HIGH, self.LOW))
        assert outcome.summary == "TargetTrackingScaling at 600, 2 alarms"

    def test_that_scales_in_never_has_one_alarm(self) -> None:
        run(POLICY, self.asked(DisableScaleIn=True), **self.answers(self.HIGH, DisableScaleIn=True))

    @pytest.mark.parametrize(
        ("high", "low", "words"),
        [
            ({"Threshold": 601.0}, {}, "alarm h of the policy has another Threshold: expected 600.0, got 601.0"),
            ({}, {"Threshold": 600.0}, "alarm l of the policy has another Threshold: expected 540.0, got 600.0"),
            ({"MetricName": "Invocations"}, {}, "has another MetricName: expected 'InvocationsPerInstance'"),
            ({}, {"AlarmActions": []}, "alarm l of the policy has another AlarmActions[0]"),
            ({"Dimensions": BLUE[:1]}, {}, "has another Dimensions[1].Name: expected 'VariantName', got None"),
            (
                {},
                {"ComparisonOperator": "GreaterThanThreshold"},
                "the alarms of the policy must be GreaterThanThreshold and LessThanThreshold, "
                "got GreaterThanThreshold and GreaterThanThreshold",
            ),
        ],
    )
    def test_fails_for_an_alarm_that_is_another(self, high: dict[str, Any], low: dict[str, Any], words: str) -> None:
        answers = self.answers(self.HIGH | high, self.LOW | low)
        assert words in failure(POLICY, self.asked(), **answers)

    def test_fails_without_the_alarm_that_scales_in(self) -> None:
        words = "must be GreaterThanThreshold and LessThanThreshold, got GreaterThanThreshold"
        assert words in failure(POLICY, self.asked(), **self.answers(self.HIGH))

    def test_fails_for_an_alarm_too_many(self) -> None:
        another = {**self.HIGH, "AlarmName": "another"}
        words = "got GreaterThanThreshold and GreaterThanThreshold and LessThanThreshold"
        assert words in failure(POLICY, self.asked(), **self.answers(another, self.HIGH, self.LOW))

    def test_fails_without_any_alarm(self) -> None:
        assert "has no alarms" in failure(POLICY, self.asked(), **self.answers())

    def test_fails_for_another_customized_metric(self) -> None:
        metric = {"Namespace": "Shop", "MetricName": "Orders", "Statistic": "Average"}
        custom = {"CustomizedMetricSpecification": metric, "PredefinedMetricSpecification": None}
        alarms = [{**alarm, **metric, "Dimensions": [], "Statistic": "Sum"} for alarm in (self.HIGH, self.LOW)]
        asked = {name: value for name, value in self.asked(**custom).items() if value is not None}
        words = "has another Statistic: expected 'Average', got 'Sum'"
        assert words in failure(POLICY, asked, **self.answers(*alarms, **custom))

    def test_fails_for_a_member_that_the_service_does_not_have(self) -> None:
        answers = self.answers(self.HIGH, self.LOW)
        words = "TargetTrackingScalingPolicyConfiguration.ScaleInCooldown: expected 60, got None"
        assert words in failure(POLICY, self.asked(ScaleInCooldown=60), **answers)
        assert "Surprise: expected 1, got None" in failure(POLICY, self.asked() | {"Surprise": 1}, **answers)


class TestTarget:
    def answers(self, *actions: dict[str, Any], **changes: Any) -> dict[str, Any]:
        target = {**PLACE, "MinCapacity": 1, "MaxCapacity": 4, **changes}
        return {
            "autoscaling": {
                "describe_scalable_targets": {"ScalableTargets": [target]},
                "describe_scheduled_actions": {"ScheduledActions": list(actions)},
            }
        }

    def asked(self, **changes: Any) -> dict[str, Any]:
        name = {"Fn::GetAtt": ["Endpoint", "EndpointName"]}
        resource_id = {"Fn::Join": ["", ["endpoint/", name, "/variant/blue"]]}
        return {**PLACE, "ResourceId": resource_id, "MinCapacity": 1, "MaxCapacity": 4, "Tags": [], **changes}

    def test_as_asked_is_told(self) -> None:
        assert run(TARGET, self.asked(), **self.answers()).summary == "1 to 4, endpoint/Chat/variant/blue"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"MinCapacity": 2}, "MinCapacity: expected 1, got 2"),
            ({"ResourceId": "endpoint/chat/variant/blue"}, "ResourceId: expected 'endpoint/Chat/variant/blue'"),
        ],
    )
    def test_fails_for_one_that_is_another(self, changes: dict[str, Any], words: str) -> None:
        assert words in failure(TARGET, self.asked(), **self.answers(**changes))

    def test_fails_for_a_suspension_that_the_service_does_not_have(self) -> None:
        asked = self.asked(SuspendedState={"DynamicScalingInSuspended": True})
        words = "SuspendedState.DynamicScalingInSuspended: expected True, got None"
        assert words in failure(TARGET, asked, **self.answers())

    def test_compares_the_time_of_a_schedule(self) -> None:
        action = {"ScheduledActionName": "sale", "Schedule": "rate(1 day)"}
        asked = self.asked(ScheduledActions=[{**action, "StartTime": "2026-11-27T08:00:00Z"}])
        at_eight, at_nine = (datetime(2026, 11, 27, hour, tzinfo=UTC) for hour in (8, 9))
        run(TARGET, asked, **self.answers({**action, "StartTime": at_eight}))
        assert "StartTime" in failure(TARGET, asked, **self.answers({**action, "StartTime": at_nine}))
