"""Reads alarms back: those of the templates, and those that a target tracking policy makes for itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from constructs_lib.contract.published_metrics import PREDEFINED, published
from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._compare import differences
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import StepFailed, counted

ALARM = "AWS::CloudWatch::Alarm"

# "Typically more than 10% lower" than the target; the embedded service takes 90 % of it.
# https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
_IN_SHARE = 0.9


def read_alarm(stage: Stage, resource: Resource, physical: str) -> tuple[dict[str, Any], str]:
    """An alarm of a template as CloudWatch has it, and what to say of it."""
    (alarm,) = _found(stage, [physical])
    watched = alarm.get("MetricName") or counted(len(alarm.get("Metrics", ())), "metric")
    calls = counted(len(alarm.get("AlarmActions", ())), "action")
    return alarm, f"{watched} {alarm['ComparisonOperator']} {alarm['Threshold']:g}, {calls}"


def check_tracking_alarms(stage: Stage, policy: Mapping[str, Any]) -> None:
    """The alarms that drive a target tracking policy: one above its target and, if it scales in, one well below it.

    Raises:
        StepFailed: One is missing, or looks at something else than the policy says.
    """
    names = [alarm["AlarmName"] for alarm in policy.get("Alarms", ())]
    if not names:
        raise StepFailed("the target tracking policy has no alarms, so nothing would ever scale")
    alarms = _found(stage, names)
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    target = configuration["TargetValue"]
    sides = {"GreaterThanThreshold": target}
    if not configuration.get("DisableScaleIn"):
        sides["LessThanThreshold"] = target * _IN_SHARE
    got = {alarm["ComparisonOperator"]: alarm for alarm in alarms}
    if sorted(got) != sorted(sides) or len(alarms) != len(sides):
        found = _listed(alarm["ComparisonOperator"] for alarm in alarms)
        raise StepFailed(f"the alarms of the policy must be {_listed(sides)}, got {found}")
    for side, threshold in sides.items():
        expected = {"Threshold": threshold, "AlarmActions": [policy["PolicyARN"]], **_watched(policy, configuration)}
        wrong = list(differences(in_order(expected), in_order(got[side])))
        if wrong:
            raise StepFailed(f"alarm {got[side]['AlarmName']} of the policy has another {wrong[0]}")


def in_order(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """*alarm* with its dimensions by name: their order means nothing."""
    found = dict(alarm)
    if isinstance(found.get("Dimensions"), list):
        found["Dimensions"] = sorted(found["Dimensions"], key=lambda each: str(each.get("Name")))
    return found


def _found(stage: Stage, names: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.aws.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    missing = set(names) - {alarm["AlarmName"] for alarm in found}
    if missing:
        raise StepFailed(f"the alarms {', '.join(sorted(missing))} are not there")
    return found


def _watched(policy: Mapping[str, Any], configuration: Mapping[str, Any]) -> dict[str, Any]:
    """What the alarms look at, as the policy says it."""
    if custom := configuration.get("CustomizedMetricSpecification"):
        # The service looks at each minute, whatever the metric is made of.
        return {**custom} if "Metrics" in custom else {"Dimensions": [], **custom, "Period": 60}
    predefined = PREDEFINED.get(configuration["PredefinedMetricSpecification"]["PredefinedMetricType"])
    if predefined is None:  # a metric of another service
        return {}
    metric = published(predefined.namespace, predefined.name)
    # endpoint/<name>/variant/<name>, or inference-component/<name>
    values = str(policy["ResourceId"]).split("/")[1::2]
    return {
        "Namespace": predefined.namespace,
        "MetricName": predefined.name,
        "Dimensions": [
            {"Name": name, "Value": value} for name, value in zip(predefined.dimensions, values, strict=True)
        ],
        "Period": metric.seconds if metric is not None else 60,
    }


def _listed(names: Iterable[str]) -> str:
    return " and ".join(names) or "none"
