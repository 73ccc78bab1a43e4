"""The two alarms that a target tracking policy makes for itself."""

import uuid
from typing import Any

from . import neighbours
from .scaling_targets import Key

# What a predefined metric of SageMaker stands for: metric, namespace and statistic.
_PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "AWS/SageMaker", "Sum"),
    "SageMakerVariantProvisionedConcurrencyUtilization": (
        "ServerlessProvisionedConcurrencyUtilization",
        "AWS/SageMaker",
        "Maximum",
    ),
    "SageMakerInferenceComponentInvocationsPerCopy": ("InvocationsPerCopy", "AWS/SageMaker", "Sum"),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (
        "ConcurrentRequestsPerModel",
        "AWS/SageMaker",
        "Maximum",
    ),
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": (
        "ConcurrentRequestsPerCopy",
        "AWS/SageMaker",
        "Maximum",
    ),
}


def make(key: Key, policy_arn: str, configuration: dict[str, Any]) -> list[dict[str, str]]:
    """Make the alarms of a policy and return them as PutScalingPolicy does."""
    target = float(configuration["TargetValue"])
    # Scaling in waits longer and leaves a margin, as the service documents it.
    wanted = [("AlarmHigh", "GreaterThanThreshold", target, 3)]
    if not configuration.get("DisableScaleIn"):
        wanted.append(("AlarmLow", "LessThanThreshold", target * 0.9, 15))
    made = []
    for kind, comparison, threshold, periods in wanted:
        name = f"TargetTracking-{key[1]}-{kind}-{uuid.uuid4()}"
        arn = neighbours.partition_arn("cloudwatch", f"alarm:{name}")
        alarm = {
            "AlarmName": name,
            "AlarmArn": arn,
            "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy_arn}.",
            "ComparisonOperator": comparison,
            "Threshold": threshold,
            "EvaluationPeriods": periods,
            "AlarmActions": [policy_arn],
            "ActionsEnabled": True,
            "StateValue": "INSUFFICIENT_DATA",
            "StateReason": "Unchecked: Initial alarm creation",
            "TreatMissingData": "missing",
            **_metric(key[1], configuration),
        }
        neighbours.put_alarm(alarm)
        made.append({"AlarmName": name, "AlarmARN": arn})
    return made


def _metric(resource_id: str, configuration: dict[str, Any]) -> dict[str, Any]:
    custom = configuration.get("CustomizedMetricSpecification")
    if custom and "Metrics" in custom:
        return {"Metrics": custom["Metrics"]}
    if custom:
        return {
            "MetricName": custom["MetricName"],
            "Namespace": custom["Namespace"],
            "Statistic": custom["Statistic"],
            "Dimensions": custom.get("Dimensions", []),
            "Period": 60,
        }
    predefined = configuration["PredefinedMetricSpecification"]["PredefinedMetricType"]
    metric, namespace, statistic = _PREDEFINED.get(predefined, (predefined, "AWS/SageMaker", "Average"))
    parts = resource_id.split("/")
    dimensions = [{"Name": "EndpointName", "Value": parts[1]}] if parts[0] == "endpoint" else []
    if len(parts) == 4:
        dimensions.append({"Name": "VariantName", "Value": parts[3]})
    return {
        "MetricName": metric,
        "Namespace": namespace,
        "Statistic": statistic,
        "Dimensions": dimensions,
        "Period": 60,
    }
