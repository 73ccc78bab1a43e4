"""Reads what scales a target from the template, and says what of it cannot be simulated."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from constructs_lib.contract.published_metrics import PREDEFINED, longest_look_back, published
from constructs_lib.errors import ConfigurationError

from ._alarms import COMPARISONS, Alarm
from ._math import query
from ._metrics import QUEUE_METRICS, Kind, Reading, metric_problem, reading
from ._policies import Plan, ScheduledAction, Step, StepScaling, TargetTracking
from ._schedule import read_schedule
from ._template import ALARM, MOST_CAPACITY, POLICY, Properties, Target, Template, items, members, refuse

# What SageMaker targets get where a policy names none.
# https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html#target-tracking-cooldown
_COOLDOWN = 300
# What a template that is not shaped as CloudFormation says, or an intrinsic in the place of a list, leads to.
_MISSHAPEN = (AttributeError, KeyError, TypeError)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_DAY = 86400
_NOT_SHAPED = "it is not written out as the CloudFormation reference shapes it"


def read_plan(template: Template, target: Target, kind: Kind, origin: datetime) -> Plan:
    """Read what scales *target*; *origin* is the time of the first minute."""
    reader = _Reader(template, target, kind, [])
    minimum = template.whole(target.properties.get("MinCapacity"), f"MinCapacity of {target.logical_id}")
    maximum = template.whole(target.properties.get("MaxCapacity"), f"MaxCapacity of {target.logical_id}")
    if minimum > maximum:
        refuse(f"MinCapacity of {target.logical_id} ({minimum}) must not be above its MaxCapacity ({maximum})")
    suspended = members(target.properties.get("SuspendedState"), f"SuspendedState of {target.logical_id}")
    tracking: list[TargetTracking] = []
    stepping: list[StepScaling] = []
    for name, properties in policies_of(template, target):
        try:
            read = reader.policy(name, properties)
        except _SkippedError as error:
            reader.notes.append(f"policy {name} is not simulated: {error}")
            continue
        except _MISSHAPEN:
            reader.notes.append(f"policy {name} is not simulated: {_NOT_SHAPED}")
            continue
        if isinstance(read, TargetTracking):
            tracking.append(read)
        else:
            stepping.append(read)
    actions = () if _true(suspended.get("ScheduledScalingSuspended")) else reader.actions(origin)
    if not tracking and not stepping and not actions:
        reader.notes.append(f"nothing in the template scales {target.logical_id}: its capacity stays as it is")
    return Plan(
        minimum,
        maximum,
        tuple(tracking),
        tuple(stepping),
        actions,
        not _true(suspended.get("DynamicScalingInSuspended")),
        not _true(suspended.get("DynamicScalingOutSuspended")),
        tuple(reader.notes),
    )


def policies_of(template: Template, target: Target) -> list[tuple[str, Properties]]:
    """Logical id and properties of the target's policies."""
    return [
        (name, properties)
        for name, properties in template.of_type(POLICY)
        if template.refers_to(properties.get("ScalingTargetId"), target.logical_id)
        or (
            template.text(properties.get("ResourceId", "")) == target.resource_id
            and template.text(properties.get("ScalableDimension", "")) == target.dimension
        )
    ]


def tracks_a_queue(template: Template, target: Target) -> bool:
    """Whether a policy of the target looks at a metric that only asynchronous endpoints publish."""
    policies = policies_of(template, target)
    watched: list[Any] = [properties for _, properties in policies]
    watched += [
        alarm for _, alarm in template.of_type(ALARM) if any(_calls(template, alarm, name) for name, _ in policies)
    ]
    return any(name in QUEUE_METRICS for each in watched for name in _metric_names(each))


def _metric_names(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        own = [value["MetricName"]] if isinstance(value.get("MetricName"), str) else []
        return own + [name for each in value.values() for name in _metric_names(each)]
    if isinstance(value, list):
        return [name for each in value for name in _metric_names(each)]
    return []


def _calls(template: Template, alarm: Properties, policy: str) -> bool:
    actions = alarm.get("AlarmActions")
    return isinstance(actions, list) and any(template.refers_to(action, policy) for action in actions)


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


class _SkippedError(ValueError):
    """A policy, an alarm or an action that cannot be simulated, and why."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the parts of a plan and collects what it must leave out."""

    template: Template
    target: Target
    kind: Kind
    notes: list[str]

    def policy(self, name: str, properties: Properties) -> TargetTracking | StepScaling:
        kind = properties.get("PolicyType")
        if kind == "TargetTrackingScaling" or "TargetTrackingScalingPolicyConfiguration" in properties:
            return self._tracking(name, properties.get("TargetTrackingScalingPolicyConfiguration") or {})
        if kind == "StepScaling" or "StepScalingPolicyConfiguration" in properties:
            return self._stepping(name, properties.get("StepScalingPolicyConfiguration") or {})
        if kind == "PredictiveScaling":
            raise _SkippedError("predictive scaling needs two weeks of history, which no template has")
        raise _SkippedError(f"its type {kind!r} is not known here")

    def _tracking(self, name: str, configuration: Properties) -> TargetTracking:
        if predefined := configuration.get("PredefinedMetricSpecification"):
            read, period, words = self._predefined(predefined.get("PredefinedMetricType"))
        else:
            read, period, words = self._watched(configuration.get("CustomizedMetricSpecification") or {})
        target = self._number(configuration, "TargetValue", name)
        if target <= 0:
            raise _SkippedError(f"its TargetValue {target:g} is not above 0")
        return TargetTracking(
            name,
            words,
            read,
            period,
            target,
            self._number(configuration, "ScaleOutCooldown", name, _COOLDOWN) / 60,
            self._number(configuration, "ScaleInCooldown", name, _COOLDOWN) / 60,
            not _true(configuration.get("DisableScaleIn")),
        )

    def _predefined(self, name: Any) -> tuple[Reading, int, str]:
        predefined = PREDEFINED.get(str(name))
        metric = published(predefined.namespace, predefined.name) if predefined is not None else None
        if metric is None:
            raise _SkippedError(f"the predefined metric {name} cannot be simulated")
        if problem := metric_problem(self.kind, metric.name, None, None):
            raise _SkippedError(problem)
        # The service looks as often as the metric comes, at the statistic that the metric is made for.
        # https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-policy.html
        return reading(metric.name, metric.statistic), metric.seconds, metric.name

    def _stepping(self, name: str, configuration: Properties) -> StepScaling:
        alarms = []
        for logical_id, alarm in self.template.of_type(ALARM):
            if not _calls(self.template, alarm, name):
                continue
            try:
                alarms.append(self._alarm(logical_id, alarm))
            except _SkippedError as error:
                self.notes.append(f"alarm {logical_id} of policy {name} is not simulated: {error}")
        if not alarms:
            raise _SkippedError("no alarm of the template that can be simulated calls it")
        kind = configuration.get("AdjustmentType")
        if kind not in ("ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"):
            raise _SkippedError(f"its AdjustmentType {kind!r} is not known here")
        return StepScaling(
            name,
            tuple(alarms),
            tuple(self._step(name, step) for step in configuration.get("StepAdjustments") or ()),
            kind,
            int(self._number(configuration, "MinAdjustmentMagnitude", name, 0)),
            self._number(configuration, "Cooldown", name, _COOLDOWN) / 60,
            str(configuration.get("MetricAggregationType", "Average")),
        )

    def _step(self, name: str, step: Properties) -> Step:
        adjustment = self._number(step, "ScalingAdjustment", name)
        if abs(adjustment) > MOST_CAPACITY:
            raise _SkippedError(f"its ScalingAdjustment {adjustment:g} is beyond what the service takes")
        return Step(
            self._number(step, "MetricIntervalLowerBound", name, -math.inf),
            self._number(step, "MetricIntervalUpperBound", name, math.inf),
            adjustment,
        )

    def _alarm(self, name: str, properties: Properties) -> Alarm:
        comparison = properties.get("ComparisonOperator")
        if comparison not in COMPARISONS:
            raise _SkippedError(f"its ComparisonOperator {comparison} cannot be simulated")
        if "WallClockWindow" in (properties.get("EvaluationWindow") or {}):
            raise _SkippedError("its evaluation window follows the clock")
        if str(properties.get("ActionsEnabled", True)).lower() == "false":
            raise _SkippedError("its actions are not enabled")
        read, period, words = self._watched(properties)
        periods = int(self._number(properties, "EvaluationPeriods", name))
        datapoints = int(self._number(properties, "DatapointsToAlarm", name, periods))
        if not 1 <= datapoints <= periods:
            raise _SkippedError(f"it asks for {datapoints} of {periods} datapoints")
        if periods * period > longest_look_back(period):
            raise _SkippedError(f"{periods} periods of {period} seconds are more than CloudWatch looks at")
        return Alarm(
            name,
            words,
            read,
            period,
            periods,
            datapoints,
            self._number(properties, "Threshold", name),
            comparison,
            str(properties.get("TreatMissingData", "missing")),
        )

    def _watched(self, properties: Properties) -> tuple[Reading, int, str]:
        """The metric of an alarm or of a customized specification: one metric, or metric math."""
        if "Metrics" not in properties:
            statistic = properties.get("ExtendedStatistic") or properties.get("Statistic") or "Average"
            read, period = self._metric(properties, statistic, properties.get("Period", 60))
            return read, period, str(properties.get("MetricName"))
        try:
            read, period = query(properties["Metrics"], self._metric_stat)
        except (_SkippedError, ConfigurationError):
            raise
        except ValueError as error:
            raise _SkippedError(str(error)) from None
        (words,) = [each for each in properties["Metrics"] if each.get("ReturnData", True)]
        return read, period, str(words.get("Expression") or words["MetricStat"]["Metric"]["MetricName"])

    def _metric_stat(self, stat: Mapping[str, Any]) -> tuple[Reading, int]:
        return self._metric(stat["Metric"], stat["Stat"], stat.get("Period", 60))

    def _metric(self, metric: Properties, statistic: Any, period: Any) -> tuple[Reading, int]:
        names = frozenset(str(each.get("Name")) for each in metric.get("Dimensions") or ())
        problem = metric_problem(self.kind, str(metric.get("MetricName")), names, str(metric.get("Namespace")))
        if problem or (problem := self._another_resource(metric)):
            raise _SkippedError(problem)
        seconds = int(self.template.number(period, "the period of a metric"))
        if seconds not in (10, 20, 30) and (seconds < 60 or seconds % 60 or seconds > _DAY):
            raise _SkippedError(f"a period of {seconds} seconds cannot be simulated")
        try:
            return reading(str(metric["MetricName"]), str(statistic)), seconds
        except ValueError as error:
            raise _SkippedError(str(error)) from None

    def _another_resource(self, metric: Properties) -> str | None:
        # endpoint/<name>/variant/<name>, or inference-component/<name>
        own = dict(zip(("EndpointName", "VariantName"), self.target.resource_id.split("/")[1::2], strict=False))
        if self.kind is Kind.COMPONENT:
            own = {"InferenceComponentName": self.target.resource_id.partition("/")[2]}
        for dimension in metric.get("Dimensions") or ():
            name, value = str(dimension.get("Name")), self.template.text(dimension.get("Value"))
            # A reference and a written name may be the same at deployment; two written names are not.
            if name in own and "$" not in value + own[name] and value != own[name]:
                return f"{metric.get('MetricName')} is that of {name} {value}, and the target is {own[name]}"
        return None

    def actions(self, origin: datetime) -> tuple[ScheduledAction, ...]:
        found = []
        written = self.target.properties.get("ScheduledActions")
        for position, action in enumerate(items(written, f"ScheduledActions of {self.target.logical_id}")):
            name = f"number {position + 1}"
            try:
                name = str(action.get("ScheduledActionName", name))
                found.append(self._action(name, action, origin))
            except _MISSHAPEN:
                self.notes.append(f"scheduled action {name} is not simulated: {_NOT_SHAPED}")
            except ConfigurationError:
                raise
            except ValueError as error:
                self.notes.append(f"scheduled action {name} is not simulated: {error}")
        return tuple(found)

    def _action(self, name: str, action: Properties, origin: datetime) -> ScheduledAction:
        schedule = read_schedule(
            self.template.text(action["Schedule"]),
            zone=str(action.get("Timezone") or "UTC"),
            start=action.get("StartTime"),
            end=action.get("EndTime"),
            origin=origin,
        )
        limits = action.get("ScalableTargetAction") or {}
        low, high = (self._limit(limits, field, name) for field in ("MinCapacity", "MaxCapacity"))
        return ScheduledAction(name, schedule, low, high)

    def _limit(self, limits: Properties, field: str, name: str) -> int | None:
        return None if limits.get(field) is None else self.template.whole(limits[field], f"{field} of {name}")

    def _number(self, properties: Properties, field: str, name: str, default: float | None = None) -> float:
        if default is not None and properties.get(field) is None:
            return default
        return self.template.number(properties.get(field), f"{field} of {name}")
