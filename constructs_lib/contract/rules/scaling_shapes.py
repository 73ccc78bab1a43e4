"""Scaling policies, scalable targets and alarms against their CloudFormation types and the requests made of them."""

from collections.abc import Iterator

from .._alarms import alarms, watched
from .._cloudformation import resource_shape
from .._problem import Problem
from .._problem import Rule as Kind
from .._scaling import POLICY, policies, targets
from .._walker import Walk
from . import Fault, Resource, Template, member, rule

_TYPES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApplicationAutoScaling.html"
_POLICY = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html"
_ALARM = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html"

# These have rules of their own, which know more of them.
_ELSEWHERE = ("ScalableDimension", "ServiceNamespace", "PredefinedMetricType", "AdjustmentType")

Found = list[tuple[Resource, Problem]]


@rule("AS501", "a property of a scaling policy or target is one that the type has", source=_TYPES)
def unknown_property(template: Template) -> Iterator[Fault]:
    yield from _faults(template.once(_scaling), "unknown", "take it out, or write the name as the type has it")


@rule("AS502", "a value of a scaling policy or target is of the kind that the property takes", source=_TYPES)
def wrong_type(template: Template) -> Iterator[Fault]:
    yield from _faults(template.once(_scaling), "type", "write a value of that kind")


@rule("AS503", "a value of a scaling policy is one of those that the API lists", source=_POLICY)
def unknown_value(template: Template) -> Iterator[Fault]:
    found = [one for one in template.once(_scaling) if one[1].path.rpartition(".")[2] not in _ELSEWHERE]
    yield from _faults(found, "enum", "write one of those values, in the API's spelling")


@rule("AL121", "a property of an alarm is one that the type has", source=_ALARM)
def unknown_alarm_property(template: Template) -> Iterator[Fault]:
    yield from _faults(template.once(_alarming), "unknown", "take it out, or write the name as the type has it")


@rule("AL122", "a value of an alarm is of the kind that the property takes", source=_ALARM)
def wrong_alarm_type(template: Template) -> Iterator[Fault]:
    yield from _faults(template.once(_alarming), "type", "write a value of that kind")


@rule("AL123", "an alarm on a metric has a period", source=_ALARM)
def no_period(template: Template) -> Iterator[Fault]:
    misspelt = {alarm.logical_id for alarm, problem in template.once(_alarming) if problem.rule == "unknown"}
    for metric in template.once(watched):
        if member(metric.statistics, "Period") is None and metric.alarm.logical_id not in misspelt:
            path = f"{metric.path.rpartition('.')[0]}.Period" if metric.path else "Period"
            yield metric.alarm.fault(path, "Period is required for an alarm on a metric, got none", fix="add it")


def _faults(found: Found, kind: Kind, fix: str) -> Iterator[Fault]:
    for resource, problem in found:
        if problem.rule == kind:
            yield resource.fault(problem.path, problem.message, fix=fix, value=problem.value)


def _scaling(template: Template) -> Found:
    """Every difference of what scales SageMaker, and of policies that name nothing to scale."""
    ours = {target.resource.logical_id for target in template.once(targets)}
    ours |= {policy.resource.logical_id for policy in template.once(policies)}
    return [
        found
        for resource in template.resources.values()
        if resource.logical_id in ours
        or (resource.type == POLICY and not {"ScalingTargetId", "ResourceId"} & set(resource.properties))
        for found in _problems(resource)
    ]


def _alarming(template: Template) -> Found:
    """Every difference of the alarms that look at SageMaker."""
    return [found for alarm in template.once(alarms) for found in _problems(alarm)]


def _problems(resource: Resource) -> Iterator[tuple[Resource, Problem]]:
    shape = resource_shape(resource.type)
    if shape is not None:
        for problem in Walk(loose=True, by_path=False).problems(shape, resource.properties):
            yield resource, problem
