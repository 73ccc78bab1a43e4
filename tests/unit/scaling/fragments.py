"""Template fragments as the CloudFormation reference shapes them, for the preview."""

from typing import Any

VARIANT = "sagemaker:variant:DesiredInstanceCount"
COMPONENT = "sagemaker:inference-component:DesiredCopyCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
_RESOURCE_IDS: dict[str, Any] = {
    VARIANT: {"Fn::Join": ["", ["endpoint/", {"Fn::GetAtt": ["Endpoint", "EndpointName"]}, "/variant/blue"]]},
    COMPONENT: {"Fn::Sub": "inference-component/${Component.InferenceComponentName}"},
    CONCURRENCY: "endpoint/chat/variant/blue",
}
BLUE = [{"Name": "EndpointName", "Value": "chat"}, {"Name": "VariantName", "Value": "blue"}]
QUEUE = [{"Name": "EndpointName", "Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}}]
COPY = [{"Name": "InferenceComponentName", "Value": {"Fn::GetAtt": ["Component", "InferenceComponentName"]}}]


def template(*, low: Any = 1, high: Any = 10, dimension: str = VARIANT, **resources: Any) -> dict[str, Any]:
    """A template with the target `Target`; `ScheduledActions` goes into it, anything else beside it."""
    properties = {
        "ServiceNamespace": "sagemaker",
        "ScalableDimension": dimension,
        "ResourceId": _RESOURCE_IDS[dimension],
        "MinCapacity": low,
        "MaxCapacity": high,
    }
    for name in ("ScheduledActions", "SuspendedState"):
        if name in resources:
            properties[name] = resources.pop(name)
    return {
        "Resources": {
            "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": properties},
            **resources,
        }
    }


def tracking(target: float, metric: Any = "SageMakerVariantInvocationsPerInstance", **changes: Any) -> dict[str, Any]:
    """A target tracking policy; *metric* is a predefined one by name, or a CustomizedMetricSpecification."""
    specification = (
        {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}}
        if isinstance(metric, str)
        else {"CustomizedMetricSpecification": metric}
    )
    configuration = {"TargetValue": target, "ScaleInCooldown": 0, "ScaleOutCooldown": 0, **specification, **changes}
    return _policy("TargetTrackingScaling", configuration)


def custom(name: str, dimensions: Any = BLUE, statistic: str = "Average", namespace: str = "AWS/SageMaker") -> Any:
    """One metric, as a CustomizedMetricSpecification and as the part of an alarm."""
    return {"MetricName": name, "Namespace": namespace, "Dimensions": dimensions, "Statistic": statistic}


def stepping(*steps: tuple[float | None, float | None, int], **changes: Any) -> dict[str, Any]:
    """A step policy of (lower, upper, adjustment), called by whatever names it."""
    written = [
        {
            name: value
            for name, value in zip(
                ("MetricIntervalLowerBound", "MetricIntervalUpperBound", "ScalingAdjustment"), step, strict=True
            )
            if value is not None
        }
        for step in steps
    ]
    configuration = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": written, "Cooldown": 0, **changes}
    return _policy("StepScaling", configuration)


def alarm(policy: str, metric: Any, threshold: float, **changes: Any) -> dict[str, Any]:
    """An alarm of one period of a minute that calls *policy* at *threshold* and above."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            **metric,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "EvaluationPeriods": 1,
            "Period": 60,
            "AlarmActions": [{"Ref": policy}],
            **changes,
        },
    }


def _policy(kind: str, configuration: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
        "Properties": {
            "PolicyName": kind,
            "PolicyType": kind,
            "ScalingTargetId": {"Ref": "Target"},
            f"{kind}PolicyConfiguration": configuration,
        },
    }
