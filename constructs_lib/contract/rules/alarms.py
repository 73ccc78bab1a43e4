"""Alarms on SageMaker: metrics that it publishes, and how they are evaluated."""

import re
from collections.abc import Iterator
from typing import Any

from .._alarms import Watched, alarms, watched
from .._model import raw_model
from .._nearest import nearest
from .._scaling import config_of, endpoint_of, is_asynchronous, variants_of
from ..metric_math import unknown_ids
from ..published_metrics import NAMESPACES, EndpointKind, dimension_problem, longest_look_back, published
from . import UNKNOWN, Fault, Reference, Resource, Severity, Template, known, member, number, rule

_METRICS = "https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html"
_ASYNC = "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html"
_ALARM = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_QUERY = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html"
_ENDPOINT = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-endpoint.html"
)

_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_MISSING = ("breaching", "notBreaching", "ignore", "missing")
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
_EXTENDED = re.compile(
    r"(p\d{1,2}(\.\d{1,10})?|p100|IQM|(tm|wm|tc|ts)\d{1,2}(\.\d{1,10})?|(TM|WM|PR|TC|TS)\([\d.%:]+\))"
)


@rule("AL101", "an alarm looks at a metric that SageMaker publishes, with its dimensions", source=_METRICS)
def unpublished(template: Template) -> Iterator[Fault]:
    for metric in template.once(watched):
        dimensions = metric.dimensions
        if metric.namespace is None or metric.name is None or dimensions is None:
            continue
        problem = dimension_problem(metric.namespace, metric.name, [name for name, _ in dimensions])
        if problem is not None:
            yield metric.alarm.fault(
                metric.at("Dimensions" if published(metric.namespace, metric.name) else "MetricName"),
                f"{problem}; CloudWatch takes it, and the alarm never sees data",
                fix="write namespace, name and dimensions as SageMaker publishes them",
                value=metric.name,
            )


@rule("AL102", "a dimension holds the name of the endpoint, not its ARN", source=_ENDPOINT)
def arn_in_dimension(template: Template) -> Iterator[Fault]:
    for metric in _ours(template):
        for name, value in metric.dimensions or ():
            wanted = {
                "EndpointName": "AWS::SageMaker::Endpoint",
                "InferenceComponentName": "AWS::SageMaker::InferenceComponent",
            }
            for part in template.parts(value) if name in wanted else ():
                if (
                    isinstance(part, Reference)
                    and not part.attribute
                    and part.resource is not None
                    and part.resource.type == wanted[name]
                ):
                    yield metric.alarm.fault(
                        metric.at("Dimensions"),
                        f"{name} must be a name; Ref of {part.logical_id} is its ARN, under which nothing is published",
                        fix=f"write the name, for an endpoint with Fn::GetAtt {part.logical_id}.EndpointName",
                        value=value,
                    )


@rule("AL103", "the variant that an alarm looks at is one of the endpoint", source=_METRICS)
def unknown_variant(template: Template) -> Iterator[Fault]:
    for metric in _ours(template):
        dimensions = dict(metric.dimensions or ())
        endpoint = endpoint_of(template, dimensions.get("EndpointName"))
        config = config_of(endpoint) if endpoint is not None else None
        variants, variant = variants_of(config), dimensions.get("VariantName")
        shadows = config.get("ShadowProductionVariants", []) if config is not None else []
        if variants is None or not isinstance(variant, str) or not isinstance(shadows, list):
            continue
        names = [item["VariantName"] for item in variants]
        if variant not in [*names, *(member(item, "VariantName") for item in shadows)]:
            yield metric.alarm.fault(
                metric.at("Dimensions"),
                f"VariantName must be a variant of the endpoint ({', '.join(names)}), got {variant}",
                fix=f"write {nearest(variant, names) or names[0] if names else 'its name'}",
                value=variant,
            )


@rule("AL104", "an alarm looks at a metric that its endpoint publishes", source=_ASYNC)
def other_kind(template: Template) -> Iterator[Fault]:
    """(TRAPS 21)"""
    for metric in _ours(template):
        listed = published(metric.namespace or "", metric.name or "")
        endpoint = endpoint_of(template, dict(metric.dimensions or ()).get("EndpointName"))
        config = config_of(endpoint) if endpoint is not None else None
        if listed is None or config is None:
            continue
        asynchronous = is_asynchronous(config)
        only_queued = listed.kinds == {EndpointKind.ASYNCHRONOUS}
        waits = "AsyncInferenceConfig" not in config.properties
        if (asynchronous and EndpointKind.ASYNCHRONOUS not in listed.kinds) or (waits and only_queued):
            kind = "asynchronous endpoints" if asynchronous else "endpoints whose caller waits"
            yield metric.alarm.fault(
                metric.at("MetricName"),
                f"{listed.name} is not a metric of {kind}, so the alarm never sees data",
                fix="look at a metric of that kind of endpoint",
                value=listed.name,
            )


@rule("AL105", "a period is 10, 20 or 30 seconds, or whole minutes", source=_ALARM)
def period(template: Template) -> Iterator[Fault]:
    for metric in template.once(watched):
        value = number(member(metric.statistics, "Period"))
        if value is not None and value not in (10, 20, 30) and (value < 60 or value % 60):
            yield metric.alarm.fault(
                _beside(metric, "Period"),
                f"Period must be 10, 20, 30 or a multiple of 60 seconds, got {value}",
                fix="write whole minutes in seconds",
                value=value,
            )


@rule("AL106", "a period is not shorter than the metric is published", source=_ALARM, severity=Severity.WARNING)
def too_fine(template: Template) -> Iterator[Fault]:
    for metric in template.once(watched):
        listed = published(metric.namespace or "", metric.name or "")
        value = number(member(metric.statistics, "Period"))
        if (
            listed is not None
            and value in (10, 20, 30)
            and value < listed.seconds
            and not _is_frequent(template, metric)
        ):
            yield metric.alarm.fault(
                _beside(metric, "Period"),
                f"Period must be at least {listed.seconds} seconds for {listed.name}, which is published that often, "
                f"got {value}; the alarm lapses into INSUFFICIENT_DATA between",
                fix=f"write {listed.seconds}",
                value=value,
            )


@rule("AL107", "an alarm looks back a day at most, or a week in periods of an hour or more", source=_ALARM)
def window(template: Template) -> Iterator[Fault]:
    for metric in template.once(watched):
        value, count = number(member(metric.statistics, "Period")), number(metric.alarm.get("EvaluationPeriods"))
        if value is None or count is None:
            continue
        most = longest_look_back(value)
        if value * count > most:
            yield metric.alarm.fault(
                "EvaluationPeriods",
                f"EvaluationPeriods times Period must be at most {most} seconds for a period of {value}, "
                f"got {count} x {value} = {value * count}",
                fix=f"write {int(most // value)} or less",
                value=count,
            )


@rule("AL108", "an alarm asks for no more data points than it looks at", source=_ALARM)
def data_points(template: Template) -> Iterator[Fault]:
    for alarm in template.once(alarms):
        points, count = number(alarm.get("DatapointsToAlarm")), number(alarm.get("EvaluationPeriods"))
        if count is not None and count < 1:
            yield alarm.fault(
                "EvaluationPeriods", f"EvaluationPeriods must be at least 1, got {count}", fix="write 1", value=count
            )
        elif points is not None and (points < 1 or (count is not None and points > count)):
            yield alarm.fault(
                "DatapointsToAlarm",
                f"DatapointsToAlarm must be between 1 and EvaluationPeriods ({count}), got {points}",
                fix="lower it or raise EvaluationPeriods",
                value=points,
            )


@rule("AL109", "an alarm on a metric has a statistic or an extended one", source=_ALARM)
def one_statistic(template: Template) -> Iterator[Fault]:
    for alarm in template.once(alarms):
        given = [name for name in ("Statistic", "ExtendedStatistic") if name in alarm.properties]
        if "MetricName" in alarm.properties and len(given) != 1:
            yield alarm.fault(
                given[0] if given else "Statistic",
                f"exactly one of Statistic and ExtendedStatistic must be there, got {' and '.join(given) or 'neither'}",
                fix="keep one; percentiles such as p99 are extended",
                value=given,
            )


@rule("AL110", "a statistic is one that CloudWatch has", source=_ALARM)
def statistic(template: Template) -> Iterator[Fault]:
    for metric in template.once(watched):
        basic: list[str] = raw_model("cloudwatch")["shapes"]["Statistic"]["enum"]
        for name in ("Statistic", "ExtendedStatistic", "Stat"):
            value = member(metric.statistics, name)
            if not isinstance(value, str):
                continue
            is_basic, is_extended = value in basic, _EXTENDED.fullmatch(value) is not None
            if not {"Statistic": is_basic, "ExtendedStatistic": is_extended, "Stat": is_basic or is_extended}[name]:
                allowed = "a form such as p99 or tm90" if name == "ExtendedStatistic" else ", ".join(basic)
                yield metric.alarm.fault(
                    _beside(metric, name),
                    f"{name} must be {allowed}, got {value}",
                    fix=f"write {nearest(value, basic) or 'one of those'}",
                    value=value,
                )


@rule("AL111", "a unit is the one that the metric is published in", source=_METRICS)
def unit(template: Template) -> Iterator[Fault]:
    for metric in template.once(watched):
        listed = published(metric.namespace or "", metric.name or "")
        value = member(metric.statistics, "Unit")
        if listed is not None and listed.unit and isinstance(value, str) and value != listed.unit:
            yield metric.alarm.fault(
                _beside(metric, "Unit"),
                f"Unit must be {listed.unit} for {listed.name}, got {value}; with another the alarm never sees data",
                fix="take it out, and write the threshold in that unit",
                value=value,
            )


@rule("AL112", "an alarm is on a metric or on several, not on both", source=_ALARM)
def one_form(template: Template) -> Iterator[Fault]:
    for alarm in template.once(alarms):
        single = [
            name
            for name in ("MetricName", "Namespace", "Dimensions", "Period", "Statistic", "ExtendedStatistic", "Unit")
            if name in alarm.properties
        ]
        if "Metrics" in alarm.properties and single:
            yield alarm.fault(
                single[0],
                f"{', '.join(single)} must not be there beside Metrics",
                fix="put them into MetricStat of a query",
                value=single,
            )


@rule("AL113", "each query of an alarm has an id of its own that starts with a small letter", source=_QUERY)
def query_ids(template: Template) -> Iterator[Fault]:
    for alarm in template.once(alarms):
        seen: set[str] = set()
        for path, query in alarm.items("Metrics"):
            id = member(query, "Id")
            if isinstance(id, str) and (id in seen or not re.fullmatch(r"[a-z][A-Za-z0-9_]{0,254}", id)):
                problem = "be unique" if id in seen else "start with a small letter and hold letters, digits and _"
                yield alarm.fault(f"{path}.Id", f"Id must {problem}, got {id}", fix="name it otherwise", value=id)
            seen.add(str(id))


@rule("AL114", "an expression names queries of its alarm", source=_QUERY)
def expression(template: Template) -> Iterator[Fault]:
    for alarm in template.once(alarms):
        queries = list(alarm.items("Metrics"))
        ids = [member(query, "Id") for _, query in queries]
        if not all(isinstance(id, str) for id in ids):
            continue
        for path, query in queries:
            text = member(query, "Expression")
            for word in unknown_ids(text, ids) if isinstance(text, str) else ():
                yield alarm.fault(
                    f"{path}.Expression",
                    f"Expression must name ids of this alarm ({', '.join(ids)}), got {word}",
                    fix=f"write {nearest(word, ids) or 'the id of a query'}",
                    value=text,
                )


@rule("AL115", "one query of an alarm returns data", source=_QUERY)
def return_data(template: Template) -> Iterator[Fault]:
    for alarm in template.once(alarms):
        queries = [query for _, query in alarm.items("Metrics")]
        flags = [member(query, "ReturnData", True) for query in queries]
        # Anomaly detection returns the metric and its band.
        if not queries or "ThresholdMetricId" in alarm.properties or any(flag is UNKNOWN for flag in flags):
            continue
        returned = sum(str(flag).lower() == "true" for flag in flags)
        if returned != 1:
            yield alarm.fault(
                "Metrics",
                f"ReturnData must be true in exactly one query, and is where it is missing; got {returned}",
                fix="set it to false in the others",
                value=returned,
            )


@rule("AL116", "an alarm compares as CloudWatch does, with a threshold", source=_ALARM)
def comparison(template: Template) -> Iterator[Fault]:
    operators: list[str] | None = None
    for alarm in template.once(alarms):
        operators = operators or raw_model("cloudwatch")["shapes"]["ComparisonOperator"]["enum"]
        value = alarm.get("ComparisonOperator")
        band = "ThresholdMetricId" in alarm.properties
        if isinstance(value, str) and value not in operators:
            fix = f"write {nearest(value, operators) or operators[0]}"
            yield alarm.fault(
                "ComparisonOperator",
                f"ComparisonOperator must be {', '.join(operators)}, got {value}",
                fix=fix,
                value=value,
            )
        elif band == ("Threshold" in alarm.properties):
            yield alarm.fault(
                "Threshold",
                f"exactly one of Threshold and ThresholdMetricId must be there, got {'both' if band else 'neither'}",
                fix="keep one",
            )


@rule("AL117", "the actions of an alarm are at most five ARNs each", source=_ALARM)
def actions(template: Template) -> Iterator[Fault]:
    for alarm in template.once(alarms):
        for name in _ACTIONS:
            given = alarm.get(name)
            if isinstance(given, list) and len(given) > 5:
                yield alarm.fault(name, f"{name} must hold at most 5 actions, got {len(given)}", fix="use one topic")
            for path, action in alarm.items(name):
                if isinstance(action, str) and known(action) and not action.startswith("arn:"):
                    yield alarm.fault(
                        path,
                        f"{name} must hold ARNs, got {action}",
                        fix="refer to a topic or a scaling policy with Ref",
                        value=action,
                    )


@rule("AL118", "missing data is treated in a way that CloudWatch knows", source=_ALARM)
def missing_data(template: Template) -> Iterator[Fault]:
    for alarm in template.once(alarms):
        value = alarm.get("TreatMissingData")
        if isinstance(value, str) and value not in _MISSING:
            yield alarm.fault(
                "TreatMissingData",
                f"TreatMissingData must be {', '.join(_MISSING)}, got {value}",
                fix=f"write {nearest(value, _MISSING) or 'one of those'}",
                value=value,
            )


@rule("AL119", "an alarm that wakes an endpoint sees its metric at 1", source=_ASYNC)
def wakes_too_late(template: Template) -> Iterator[Fault]:
    """The metric is 0 or 1, so a threshold above it, or beyond 1, never holds. (TRAPS 21)"""
    for metric in template.once(watched):
        threshold = number(metric.alarm.get("Threshold"))
        operator = metric.alarm.get("ComparisonOperator")
        if metric.name != "HasBacklogWithoutCapacity" or threshold is None or metric.path:
            continue
        reached = {"GreaterThanOrEqualToThreshold": threshold <= 1, "GreaterThanThreshold": threshold < 1}
        if isinstance(operator, str) and not reached.get(operator, True):
            yield metric.alarm.fault(
                "Threshold",
                f"Threshold must be reached by 1, the most that {metric.name} is, got {operator} {threshold}",
                fix="write GreaterThanOrEqualToThreshold 1",
                value=threshold,
            )


def _ours(template: Template) -> Iterator[Watched]:
    for metric in template.once(watched):
        if metric.namespace in NAMESPACES:
            yield metric


def _beside(metric: Watched, name: str) -> str:
    return f"{metric.path.rpartition('.')[0]}.{name}" if metric.path else name


def _is_frequent(template: Template, metric: Watched) -> bool:
    """Whether the endpoint publishes more often than usual, or is not known."""
    endpoint: Resource | None = endpoint_of(template, dict(metric.dimensions or ()).get("EndpointName"))
    config = config_of(endpoint) if endpoint is not None else None
    settings: Any = config.get("MetricsConfig") if config is not None else UNKNOWN
    return settings is not None
