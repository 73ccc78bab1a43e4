"""Scaling policies of SageMaker: which kind, for which target, on which metric, to which value."""

from collections.abc import Iterator
from typing import Any

from .._cloudformation import resource_shape
from .._model import raw_model
from .._nearest import nearest
from .._scaling import (
    INSTANCES,
    POLICY,
    TARGET,
    Policy,
    config_of,
    endpoint_of,
    policies,
    references,
    variants_of,
)
from ..published_metrics import PREDEFINED, EndpointKind, dimension_problem, published
from . import Fault, Resource, Severity, Template, known, member, number, rule

_POLICY = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html"
_TRACKING = (
    "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html"
)
_PREDEFINED = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html"
_METRICS = "https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html"
_ASYNC = "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html"
_FROM_ZERO = "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html"
_PREDICTIVE = (
    "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-predictive-scaling.html"
)
_SERVERLESS = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html"
_CLOUDFORMATION = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-applicationautoscaling-scalingpolicy.html"
)

_TRACKED = "TargetTrackingScalingPolicyConfiguration"
_CONFIGURATIONS = {"TargetTrackingScaling": _TRACKED, "StepScaling": "StepScalingPolicyConfiguration"}
# What wakes each kind of target from zero: the metric that says somebody waits while nothing runs.
_WAKING = {"variant": "HasBacklogWithoutCapacity", "component": "NoCapacityInvocationFailures"}
# A fraction of 1, not percents: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html
_FRACTIONS = ("SageMakerVariantProvisionedConcurrencyUtilization",)


@rule("AS201", "predictive scaling is not for SageMaker", source=_PREDICTIVE)
def predictive(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        if policy.resource.get("PolicyType") == "PredictiveScaling":
            yield policy.resource.fault(
                "PolicyType",
                "PolicyType must be TargetTrackingScaling or StepScaling for SageMaker, got PredictiveScaling, "
                "which Application Auto Scaling has for ECS only",
                fix="write TargetTrackingScaling, or schedule the capacity on the scalable target",
                value="PredictiveScaling",
            )


@rule("AS202", "a policy has the configuration of its type, and no other", source=_CLOUDFORMATION)
def configuration(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        type = policy.resource.get("PolicyType")
        wanted = _CONFIGURATIONS.get(type) if isinstance(type, str) else None
        if wanted is None:
            continue
        for name in _CONFIGURATIONS.values():
            if (name in policy.resource.properties) != (name == wanted):
                verb = "must be there" if name == wanted else "must not be there"
                yield policy.resource.fault(
                    name, f"{name} {verb} for PolicyType {type}", fix=f"give {wanted} alone", value=type
                )


@rule("AS203", "a policy is for one scalable target", source=_CLOUDFORMATION)
def target(template: Template) -> Iterator[Fault]:
    for policy in template.of_type(POLICY):
        triple = [name for name in ("ResourceId", "ScalableDimension", "ServiceNamespace") if name in policy.properties]
        dimension = str(policy.get("ScalableDimension"))
        ours = dimension.startswith("sagemaker:") or policy.get("ServiceNamespace") == "sagemaker"
        # A name that the type does not have may be meant for it, and is another rule's.
        nothing = "ResourceId" not in triple and _has_known_names(policy)
        if (ours or nothing) and len(triple) < 3 and "ScalingTargetId" not in policy.properties:
            yield policy.fault(
                "ScalingTargetId",
                "ScalingTargetId is required where ResourceId, ScalableDimension and ServiceNamespace are not all "
                f"there, got {', '.join(triple) or 'none'}",
                fix="refer to the scalable target with ScalingTargetId",
            )


@rule("AS204", "a policy tracks one metric, predefined or customized", source=_TRACKING)
def one_metric(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        tracked = policy.resource.get(_TRACKED)
        if not isinstance(tracked, dict) or not known(tracked):
            continue
        names = [name for name in ("PredefinedMetricSpecification", "CustomizedMetricSpecification") if name in tracked]
        if len(names) != 1:
            yield policy.resource.fault(
                _TRACKED,
                "exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be there, "
                f"got {' and '.join(names) or 'neither'}",
                fix="keep one",
                value=names,
            )


@rule("AS205", "a predefined metric is one of what is scaled", source=_PREDEFINED)
def predefined(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        type = _predefined(policy)
        if type is None or policy.dimension is None:
            continue
        fitting = [name for name, metric in PREDEFINED.items() if metric.scalable_dimension == policy.dimension]
        # One that is new to this list is not a fault.
        if type in fitting or (type not in PREDEFINED and type.startswith("SageMaker") and type in _metric_types()):
            continue
        if fitting:
            yield policy.resource.fault(
                f"{_TRACKED}.PredefinedMetricSpecification.PredefinedMetricType",
                f"PredefinedMetricType must be {' or '.join(fitting)} for {policy.dimension}, got {type}",
                fix=f"write {nearest(type, fitting) or fitting[0]}",
                value=type,
            )


@rule("AS206", "an asynchronous endpoint is scaled on its queue", source=_ASYNC)
def asynchronous(template: Template) -> Iterator[Fault]:
    """(TRAPS 21)"""
    for policy in template.once(policies):
        if policy.scaled is None or policy.scaled.kind != "variant" or not policy.scaled.is_asynchronous:
            continue
        predefined = PREDEFINED.get(_predefined(policy) or "")
        named = [(predefined.namespace, predefined.name)] if predefined and policy.dimension == INSTANCES else []
        named += [(space, name) for _, space, name, _ in _customized(policy)]
        for space, name in named:
            metric = published(space, name)
            if metric is not None and EndpointKind.ASYNCHRONOUS not in metric.kinds:
                yield policy.resource.fault(
                    _TRACKED,
                    f"{name} is not a metric of asynchronous endpoints, so the policy never sees data",
                    fix="track ApproximateBacklogSizePerInstance of AWS/SageMaker, by EndpointName only",
                    value=name,
                )


@rule("AS207", "a customized metric is one that SageMaker publishes, with its dimensions", source=_METRICS)
def unpublished(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        for path, space, name, dimensions in _customized(policy):
            problem = dimension_problem(space, name, dimensions) if dimensions is not None else None
            if problem is not None:
                yield policy.resource.fault(path, problem, fix="write it as SageMaker does", value=name)


@rule("AS208", "a policy tracks a value above 0", source=_TRACKING)
def target_value(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        value = number(policy.resource.get(f"{_TRACKED}.TargetValue"))
        if value is not None and value <= 0:
            yield policy.resource.fault(
                f"{_TRACKED}.TargetValue",
                f"TargetValue must be above 0, got {value}",
                fix="write what one instance or copy can bear",
                value=value,
            )


@rule("AS209", "a utilization of provisioned concurrency is tracked as a fraction of 1", source=_SERVERLESS)
def fraction(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        value = number(policy.resource.get(f"{_TRACKED}.TargetValue"))
        if _predefined(policy) in _FRACTIONS and value is not None and value > 1:
            yield policy.resource.fault(
                f"{_TRACKED}.TargetValue",
                f"TargetValue must be at most 1 for {_predefined(policy)}, a fraction, got {value}",
                fix=f"write {value / 100 if value <= 100 else 0.7}",
                value=value,
            )


@rule("AS210", "a cooldown is not negative", source=_TRACKING)
def cooldown(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        for path in (
            f"{_TRACKED}.ScaleInCooldown",
            f"{_TRACKED}.ScaleOutCooldown",
            "StepScalingPolicyConfiguration.Cooldown",
        ):
            value = number(policy.resource.get(path))
            if value is not None and value < 0:
                name = path.rpartition(".")[2]
                yield policy.resource.fault(
                    path, f"{name} must be at least 0 seconds, got {value}", fix="write 0 or more", value=value
                )


@rule("AS211", "the policies of one scalable target have names of their own", source=_POLICY)
def names(template: Template) -> Iterator[Fault]:
    seen: dict[tuple[Any, ...], Policy] = {}
    for policy in template.once(policies):
        name = policy.resource.get("PolicyName")
        if not isinstance(name, str) or policy.scaled is None or not policy.scaled.readable:
            continue
        first = seen.setdefault((name, policy.dimension, policy.scaled.parts), policy)
        if first is not policy:
            yield policy.resource.fault(
                "PolicyName",
                f"PolicyName must be unique for one target, got {name}, which {first.resource.logical_id} has; "
                "the later one replaces the earlier",
                fix="name it otherwise",
                value=name,
            )


@rule("AS212", "what goes down to zero has a policy that wakes it", source=_FROM_ZERO, severity=Severity.WARNING)
def asleep(template: Template) -> Iterator[Fault]:
    """(TRAPS 21, 23)"""
    waking = template.once(_alarm_metrics)
    for policy in template.once(policies):
        # Told once a target, at the first of its policies; a target without any is somebody else's to scale.
        target = policy.target
        if target is None or number(target.resource.get("MinCapacity")) != 0 or waking is None:
            continue
        own = [other for other in template.once(policies) if other.target is target]
        metric = _WAKING[target.scaled.kind] if target.scaled.kind else None
        if (
            own[0] is not policy
            or metric is None
            or (target.scaled.kind == "variant" and not target.scaled.is_asynchronous)
        ):
            continue
        if not any(metric in waking.get(other.resource.logical_id, ()) for other in own):
            called = sorted({name for other in own for name in waking.get(other.resource.logical_id, ())})
            yield target.resource.fault(
                "MinCapacity",
                f"{target.scaled.written()} goes down to 0, and no step policy wakes it on {metric}"
                + (f"; there is one on {', '.join(called)}" if called else ""),
                fix=f"add a StepScaling policy, called by an alarm on {metric} >= 1",
                value=0,
            )


@rule("AS213", "a step policy is called by an alarm", source=_POLICY, severity=Severity.WARNING)
def uncalled(template: Template) -> Iterator[Fault]:
    called = template.once(_alarm_metrics)
    if called is None:
        return
    elsewhere = {part.logical_id for part in references(template, template.raw.get("Outputs"))}
    for policy in template.once(policies):
        id = policy.resource.logical_id
        if policy.resource.get("PolicyType") == "StepScaling" and id not in called and id not in elsewhere:
            yield policy.resource.fault(
                "PolicyType",
                f"no alarm of this template has {id} among its actions, so its steps are never taken",
                fix=f"add {{Ref: {id}}} to AlarmActions of an alarm",
                value="StepScaling",
            )


@rule("AS214", "what a policy names as its scalable target is one", source=_CLOUDFORMATION)
def other_target(template: Template) -> Iterator[Fault]:
    for policy in template.of_type(POLICY):
        meant = template.target(policy.properties.get("ScalingTargetId"))
        if meant is not None and meant.type.startswith("AWS::SageMaker::"):
            yield policy.fault(
                "ScalingTargetId",
                f"ScalingTargetId must be that of an {TARGET}, got {meant.logical_id}, an {meant.type}",
                fix="refer to the scalable target that registers it",
                value=meant.logical_id,
            )


@rule("AS215", "the variant whose metric is tracked is one of the endpoint", source=_METRICS)
def unknown_variant(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        for path, metric in _metrics(policy):
            listed = member(metric, "Dimensions")
            items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
            values = {item.get("Name"): item.get("Value") for item in items if isinstance(item.get("Name"), str)}
            endpoint = endpoint_of(template, values.get("EndpointName"))
            variants, variant = variants_of(config_of(endpoint) if endpoint else None), values.get("VariantName")
            names = [item["VariantName"] for item in variants or ()]
            if variants is not None and isinstance(variant, str) and variant not in names:
                yield policy.resource.fault(
                    f"{path}.Dimensions",
                    f"VariantName must be a variant of the endpoint ({', '.join(names)}), got {variant}",
                    fix=f"write {nearest(variant, names) or names[0] if names else 'its name'}",
                    value=variant,
                )


def _has_known_names(policy: Resource) -> bool:
    shape = resource_shape(POLICY)
    return shape is not None and set(policy.properties) <= set(shape.members)


def _predefined(policy: Policy) -> str | None:
    type = policy.resource.get(f"{_TRACKED}.PredefinedMetricSpecification.PredefinedMetricType")
    return type if isinstance(type, str) else None


def _metric_types() -> list[str]:
    types: list[str] = raw_model("application-autoscaling")["shapes"]["MetricType"]["enum"]
    return types


def _customized(policy: Policy) -> Iterator[tuple[str, str, str, list[str] | None]]:
    """Path, namespace, name and names of dimensions of each metric; None for dimensions that are not known."""
    for where, metric in _metrics(policy):
        space, name = member(metric, "Namespace"), member(metric, "MetricName")
        if isinstance(space, str) and isinstance(name, str):
            listed = member(metric, "Dimensions", [])
            names: list[Any] = [member(item, "Name") for item in listed] if isinstance(listed, list) else [None]
            yield where, space, name, names if all(isinstance(item, str) for item in names) else None


def _metrics(policy: Policy) -> Iterator[tuple[str, Any]]:
    """Path and structure of each customized metric."""
    path = f"{_TRACKED}.CustomizedMetricSpecification"
    yield path, policy.resource.get(path)
    for where, query in policy.resource.items(f"{path}.Metrics"):
        yield f"{where}.MetricStat.Metric", member(query, "MetricStat.Metric")


def _alarm_metrics(template: Template) -> dict[str, set[str]] | None:
    """Logical id of each resource that alarms call, to the metrics of those; None where a call is not known."""
    called: dict[str, set[str]] = {}
    for alarm in template.of_type("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        watched = [query for _, query in alarm.items("Metrics")]
        metrics = [alarm.get("MetricName"), *(member(query, "MetricStat.Metric.MetricName") for query in watched)]
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            actions = alarm.get(name, [])
            for action in actions if isinstance(actions, list) else [None]:
                if not isinstance(action, str) and template.target(action) is None:
                    return None
                meant = None if isinstance(action, str) else template.target(action)
                if meant is not None:
                    called.setdefault(meant.logical_id, set()).update(x for x in metrics if isinstance(x, str))
    return called
