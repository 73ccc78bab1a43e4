"""CloudWatch alarms as far as scaling and people need them: exact dimensions, metric math, policies and topics.

MiniStack takes every metric of a name for an alarm's own, whatever its dimensions, and calls topics only, whether they
let it in or not.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import cloudwatch

from . import alarm_math

_NAMESPACE = "AWS/SageMaker"
_POLICY = ":autoscaling:"
_BREACHES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}

_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}

# (ARN of the policy, the alarm, its value at this moment) -> None
Act = Callable[[str, Mapping[str, Any], float | None], None]


# (ARN of the topic, ARN of the alarm) -> whether it is told
MayTell = Callable[[str, str], bool]


def install(act: Act, may_tell: MayTell) -> None:
    """Evaluate alarms by their dimensions, tell the topics that let them in, and call *act* for each policy."""
    dispatch = cloudwatch._dispatch_alarm_actions

    def dispatch_to_policies(alarm: Any, old_state: str, new_state: str, reason: str) -> None:
        name = _ACTIONS.get(new_state, "AlarmActions")
        if alarm.get("ActionsEnabled", True):
            own = alarm.get("AlarmArn", "")
            heard = [arn for arn in alarm.get(name) or [] if ":sns:" not in arn or may_tell(arn, own)]
            dispatch({**alarm, name: heard}, old_state, new_state, reason)
        if new_state == "ALARM" and alarm.get("ActionsEnabled", True):
            for arn in alarm.get("AlarmActions") or []:
                if _POLICY in arn:
                    act(arn, alarm, _value(alarm))

    cloudwatch._dispatch_alarm_actions = dispatch_to_policies
    cloudwatch._evaluate_alarm = _evaluate


def publish(metric: str, value: float, **dimensions: str) -> None:
    """Publish a metric of SageMaker's own, and evaluate the alarms."""
    cloudwatch.record_metric(_NAMESPACE, metric, value, dimensions=dimensions)
    cloudwatch._evaluate_all_alarms()


def publish_state(metric: str, value: float, **dimensions: str) -> None:
    """Publish a metric that tells how things stand: the service does so each minute, and the last word counts.

    What it said before goes, because nobody waits here until the window of an alarm has left it behind.
    """
    cloudwatch._metrics.pop((_NAMESPACE, metric, cloudwatch._dims_key(dimensions)), None)
    publish(metric, value, **dimensions)


def _evaluate(alarm: dict[str, Any]) -> None:
    """Give an alarm the state that its data ask for; without data it stays as it is.

    Nobody waits for minutes here: what was published within the whole window of the alarm counts as all its periods.
    """
    value, breaches = _value(alarm), _BREACHES.get(alarm.get("ComparisonOperator", ""))
    if value is None or breaches is None:
        return
    threshold = float(alarm.get("Threshold") or 0)
    old, new = alarm["StateValue"], "ALARM" if breaches(value, threshold) else "OK"
    if old == new:
        return
    reason = f"Threshold Crossed: {value} {alarm['ComparisonOperator']} {threshold}"
    alarm.update(StateValue=new, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _value(alarm: Mapping[str, Any]) -> float | None:
    periods = int(alarm.get("EvaluationPeriods") or 1)
    if not alarm.get("Metrics"):
        statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
        return _statistic(alarm, str(statistic), int(alarm.get("Period") or 60) * periods)
    known = {}
    for query in alarm["Metrics"]:
        if stat := query.get("MetricStat"):
            seconds = int(stat.get("Period") or 60) * periods
            known[query["Id"]] = _statistic(stat["Metric"], stat["Stat"], seconds)
    return alarm_math.value(alarm["Metrics"], known)


def _statistic(metric: Mapping[str, Any], statistic: str, seconds: int) -> float | None:
    dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions") or []}
    key = (metric.get("Namespace"), metric.get("MetricName"), cloudwatch._dims_key(dimensions))
    points = [point for point in cloudwatch._metrics.get(key) or [] if point["Timestamp"] >= time.time() - seconds]
    if not points:
        return None
    found = cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points)
    return None if found is None else float(found)
