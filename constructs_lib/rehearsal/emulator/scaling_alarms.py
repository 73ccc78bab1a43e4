"""The two alarms that a target tracking policy makes for itself."""

import uuid
from typing import Any

from . import neighbours
from .scaling_targets import CONCURRENCY, COPIES, VARIANT, Key

# What a predefined metric of SageMaker stands for: metric, statistic, period in seconds and scalable dimension. Those
# of high resolution are looked at every ten seconds.
# https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-policy.html
_PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum", 60, VARIANT),
    "SageMakerVariantProvisionedConcurrencyUtilization": (
        "ServerlessProvisionedConcurrencyUtilization",
        "Maximum",
        60,
        CONCURRENCY,
    ),
    "SageMakerInferenceComponentInvocationsPerCopy": ("InvocationsPerCopy", "Sum", 60, COPIES),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": ("ConcurrentRequestsPerModel", "Maximum", 10, VARIANT),
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": (
        "ConcurrentRequestsPerCopy",
        "Maximum",
        10,
        COPIES,
    ),
}


def dimension_of(predefined: str) -> str | None:
    """The scalable dimension that a predefined metric is for; None for one that is not SageMaker's."""
    found = _PREDEFINED.get(predefined)
    return found[3] if found else None


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
        return {"Metrics": [_query(query) for query in custom["Metrics"]]}
    if custom:
        return {
            "MetricName": custom["MetricName"],
            "Namespace": custom["Namespace"],
            "Statistic": custom["Statistic"],
            "Dimensions": custom.get("Dimensions", []),
            "Period": 60,
        }
    predefined = configuration["PredefinedMetricSpecification"]["PredefinedMetricType"]
    metric, statistic, period, _ = _PREDEFINED.get(predefined, (predefined, "Average", 60, ""))
    return {
        "MetricName": metric,
        "Namespace": "AWS/SageMaker",
        "Statistic": statistic,
        "Dimensions": _dimensions(resource_id),
        "Period": period,
    }


def _dimensions(resource_id: str) -> list[dict[str, str]]:
    """`endpoint/NAME/variant/NAME` or `inference-component/NAME` as the dimensions of its metrics."""
    parts = resource_id.split("/")
    if parts[0] == "inference-component":
        return [{"Name": "InferenceComponentName", "Value": parts[1]}]
    dimensions = [{"Name": "EndpointName", "Value": parts[1]}] if parts[0] == "endpoint" else []
    return dimensions + ([{"Name": "VariantName", "Value": parts[3]}] if len(parts) == 4 else [])


def _query(query: dict[str, Any]) -> dict[str, Any]:
    """A metric query of a policy as an alarm has it, which states the period that a policy leaves open."""
    if "MetricStat" not in query:
        return query
    return {**query, "MetricStat": {"Period": 60, **query["MetricStat"]}}
