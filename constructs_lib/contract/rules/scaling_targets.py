"""Scalable targets of SageMaker: what is scaled, along which dimension, between which bounds."""

from collections.abc import Iterator

from .._nearest import nearest
from .._scaling import COMPONENT, CONCURRENCY, COPIES, ENDPOINT, INSTANCES, Target, targets, variants_of
from . import Fault, Reference, Severity, Template, member, number, rule

_TARGET = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html"
_CLOUDFORMATION = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-applicationautoscaling-scalabletarget.html"
)
_ENDPOINT = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-endpoint.html"
)
_PREREQUISITES = "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html"
_ASYNC = "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html"
_SERVERLESS = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html"

_BY_KIND = {"variant": (INSTANCES, CONCURRENCY), "component": (COPIES,)}


@rule("AS101", "the resource id of a scalable target names a variant or an inference component", source=_TARGET)
def resource_id(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        scaled = target.scaled
        if scaled.kind:
            continue
        if not scaled.readable:
            target.resource.skip("ResourceId")
            continue
        yield target.resource.fault(
            "ResourceId",
            f"ResourceId must be endpoint/<name>/variant/<name> or inference-component/<name>, got {scaled.written()}",
            fix="write it in one of those forms, with the name of the endpoint from Fn::GetAtt EndpointName",
            value=scaled.written(),
        )


@rule("AS102", "the scalable dimension is one of what the resource id names", source=_TARGET)
def dimension(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        allowed = _BY_KIND.get(target.scaled.kind, (INSTANCES, CONCURRENCY, COPIES))
        if target.dimension is None or target.dimension in allowed:
            continue
        close = nearest(target.dimension, allowed)
        yield target.resource.fault(
            "ScalableDimension",
            f"ScalableDimension must be {' or '.join(allowed)} for {target.scaled.written()}, got {target.dimension}",
            fix=f"write {close or allowed[0]}",
            value=target.dimension,
        )


@rule("AS103", "the service namespace of a scalable target is the one of its dimension", source=_TARGET)
def namespace(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        given = target.resource.get("ServiceNamespace")
        if isinstance(given, str) and given != "sagemaker":
            yield target.resource.fault(
                "ServiceNamespace",
                f"ServiceNamespace must be sagemaker for {target.dimension or target.scaled.written()}, got {given}",
                fix="write sagemaker",
                value=given,
            )


@rule("AS104", "a resource id holds the name of the endpoint, not its ARN", source=_ENDPOINT)
def arn_in_resource_id(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        for part in target.scaled.parts:
            if isinstance(part, Reference) and part.resource is not None and not part.attribute:
                # The type of a component has no attribute with its name: what names it is a property of its own.
                fixes = {
                    ENDPOINT: f"use Fn::GetAtt {part.logical_id}.EndpointName",
                    COMPONENT: "set InferenceComponentName, write that name here and add DependsOn",
                }
                fix = fixes.get(part.resource.type)
                if fix is not None:
                    yield target.resource.fault(
                        "ResourceId",
                        f"ResourceId must hold a name; Ref of {part.logical_id} is its ARN",
                        fix=fix,
                        value=target.scaled.written(),
                    )


@rule("AS105", "the variant that is scaled is one of the endpoint", source=_TARGET)
def unknown_variant(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        scaled = target.scaled
        variants = variants_of(scaled.config)
        if scaled.kind != "variant" or scaled.variant_name is None or variants is None:
            continue
        names = [variant["VariantName"] for variant in variants]
        if scaled.variant_name not in names:
            yield target.resource.fault(
                "ResourceId",
                f"ResourceId must name a variant of the endpoint ({', '.join(names)}), got {scaled.variant_name}",
                fix=f"write {nearest(scaled.variant_name, names) or names[0] if names else 'its name'}",
                value=scaled.written(),
            )


@rule(
    "AS106",
    "a scalable target waits for the endpoint that it names",
    source=_CLOUDFORMATION,
    severity=Severity.WARNING,
)
def no_order(template: Template) -> Iterator[Fault]:
    """(TRAPS 5)"""
    for target in template.once(targets):
        made = target.scaled.component if target.scaled.kind == "component" else target.scaled.endpoint
        waits = target.resource.attributes.get("DependsOn")
        if (
            not target.scaled.by_name
            or made is None
            or made.logical_id in ([waits] if isinstance(waits, str) else waits or ())
        ):
            continue
        yield target.resource.fault(
            "ResourceId",
            f"ResourceId names {made.logical_id} of this template by text, so nothing makes it wait for that",
            fix=f"add DependsOn {made.logical_id}, or build it with Fn::GetAtt EndpointName",
            value=target.scaled.written(),
        )


@rule("AS107", "a scalable target has both bounds", source=_CLOUDFORMATION)
def missing_bounds(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        for name in ("MinCapacity", "MaxCapacity"):
            if name not in target.resource.properties:
                yield target.resource.fault(name, f"{name} is required, and missing", fix="add it")


@rule("AS108", "the lower bound of a scalable target is not above the upper one", source=_TARGET)
def crossed_bounds(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        low, high = _bounds(target)
        if low is not None and high is not None and low > high:
            yield target.resource.fault(
                "MinCapacity",
                f"MinCapacity must not exceed MaxCapacity ({high}), got {low}",
                fix="lower it or raise MaxCapacity",
                value=low,
            )


@rule("AS109", "the bounds of a scalable target are not negative, and the upper one is at least 1", source=_TARGET)
def bounds_too_low(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        for name, value, least in zip(("MinCapacity", "MaxCapacity"), _bounds(target), (0, 1), strict=True):
            if value is not None and value < least:
                yield target.resource.fault(
                    name, f"{name} must be at least {least}, got {value}", fix=f"write {least} or more", value=value
                )


@rule("AS110", "a variant whose caller waits keeps at least one instance", source=_ASYNC)
def zero_real_time(template: Template) -> Iterator[Fault]:
    """(TRAPS 22)"""
    for target in template.once(targets):
        scaled = target.scaled
        if target.dimension != INSTANCES or scaled.kind != "variant" or not scaled.is_plain:
            continue
        actions = [
            (f"{path}.ScalableTargetAction.MinCapacity", number(member(action, "ScalableTargetAction.MinCapacity")))
            for path, action in target.resource.items("ScheduledActions")
        ]
        for path, low in [("MinCapacity", number(target.resource.get("MinCapacity"))), *actions]:
            if low == 0:
                yield target.resource.fault(
                    path,
                    f"MinCapacity must be at least 1 for the real-time variant {scaled.variant_name}, got 0",
                    fix="write 1; only asynchronous endpoints and inference components go down to 0",
                    value=0,
                )


@rule("AS111", "the dimension of a variant is the one that it has", source=_SERVERLESS)
def wrong_capacity(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        variant = target.scaled.variant
        if target.scaled.kind != "variant" or variant is None or target.dimension not in (INSTANCES, CONCURRENCY):
            continue
        serverless = "ServerlessConfig" in variant
        if serverless == (target.dimension == INSTANCES):
            given = "serverless" if serverless else "no serverless variant"
            yield target.resource.fault(
                "ScalableDimension",
                f"ScalableDimension must be {CONCURRENCY if serverless else INSTANCES}: "
                f"{target.scaled.variant_name} is {given}, got {target.dimension}",
                fix="write the dimension of the variant",
                value=target.dimension,
            )


@rule(
    "AS112",
    "provisioned concurrency is scaled where there is some, and within what the variant serves",
    source=_SERVERLESS,
)
def provisioned_concurrency(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        serverless = member(target.scaled.variant, "ServerlessConfig")
        if target.dimension != CONCURRENCY or not isinstance(serverless, dict):
            continue
        most, high = number(serverless.get("MaxConcurrency")), number(target.resource.get("MaxCapacity"))
        if "ProvisionedConcurrency" not in serverless:
            yield target.resource.fault(
                "ScalableDimension",
                f"{target.scaled.variant_name} has no ProvisionedConcurrency, so there is none to scale",
                fix="set ServerlessConfig.ProvisionedConcurrency",
                value=target.dimension,
            )
        elif most is not None and high is not None and high > most:
            yield target.resource.fault(
                "MaxCapacity",
                f"MaxCapacity must not exceed MaxConcurrency of the variant ({most}), got {high}",
                fix="lower it or raise MaxConcurrency",
                value=high,
            )


@rule("AS113", "a variant on burstable ml.t2 instances is not scaled", source=_PREREQUISITES)
def burstable(template: Template) -> Iterator[Fault]:
    for target in template.once(targets):
        type = member(target.scaled.variant, "InstanceType")
        if target.dimension == INSTANCES and isinstance(type, str) and type.startswith("ml.t2."):
            yield target.resource.fault(
                "ResourceId",
                f"{target.scaled.variant_name} runs on {type}, and burstable instances cannot be scaled",
                fix="choose another instance type, such as ml.m5.large",
                value=type,
            )


@rule("AS114", "one dimension of a variant or a component has one scalable target", source=_CLOUDFORMATION)
def twice(template: Template) -> Iterator[Fault]:
    seen: dict[tuple[object, ...], Target] = {}
    for target in template.once(targets):
        if not target.scaled.readable or target.dimension is None:
            continue
        first = seen.setdefault((target.scaled.parts, target.dimension), target)
        if first is not target:
            yield target.resource.fault(
                "ResourceId",
                f"{target.scaled.written()} is registered with {target.dimension} twice; "
                f"{first.resource.logical_id} does it too",
                fix="keep one scalable target and give it all policies",
                value=target.scaled.written(),
            )


def _bounds(target: Target) -> tuple[int | float | None, int | float | None]:
    return number(target.resource.get("MinCapacity")), number(target.resource.get("MaxCapacity"))
