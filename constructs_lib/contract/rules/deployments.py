"""How an update reaches machines and copies: sizes, waits and the alarms that take it back."""

from collections.abc import Iterator
from typing import Any

from .._structure import ENDPOINT, ENDPOINT_CONFIG, Structure, components, endpoints, found_in, meant
from . import UNKNOWN, Fault, Reference, Resource, Severity, Template, number, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_ROUTING = f"{_API}/API_TrafficRoutingConfig.html"
_ROLLING = f"{_API}/API_RollingUpdatePolicy.html"

_ALARM = "AWS::CloudWatch::Alarm"


def _rolling(template: Template) -> list[Structure]:
    """The rolling policies of endpoints and of inference components."""
    updated = [*endpoints(template), *components(template)]
    return [one.below("DeploymentConfig.RollingUpdatePolicy") for one in updated]


def _routing(template: Template) -> list[Structure]:
    path = "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration"
    return [endpoint.below(path) for endpoint in endpoints(template)]


def _percent(structure: Structure, member: str) -> float | None:
    """The size as a share of a hundred; None for a number of machines or copies, and for what is not known."""
    size = structure.below(member)
    return number(size.get("Value")) if size.get("Type") == "CAPACITY_PERCENT" else None


def _outside(structure: Structure, member: str, low: int, high: int) -> Iterator[Fault]:
    percent = _percent(structure, member)
    if percent is not None and not low <= percent <= high:
        yield structure.fault(
            f"{member}.Value",
            f"{member} must be between {low} and {high} percent of the capacity, got {percent}",
            fix="write a share in that range",
            value=percent,
        )


@rule("SM261", "an update is blue/green or rolling, not both", source=f"{_API}/API_DeploymentConfig.html")
def one_policy(template: Template) -> Iterator[Fault]:
    for endpoint in endpoints(template):
        config = endpoint.below("DeploymentConfig")
        if config.has("BlueGreenUpdatePolicy") and config.has("RollingUpdatePolicy"):
            yield config.fault(
                "RollingUpdatePolicy",
                "RollingUpdatePolicy must not be beside BlueGreenUpdatePolicy",
                fix="keep one of them",
            )


@rule("SM262", "a canary is at most half of the capacity", source=_ROUTING)
def canary_size(template: Template) -> Iterator[Fault]:
    for routing in _routing(template):
        yield from _outside(routing, "CanarySize", 1, 50)


@rule("SM263", "a linear step is 10 to 50 percent of the capacity", source=_ROUTING)
def linear_step(template: Template) -> Iterator[Fault]:
    for routing in _routing(template):
        yield from _outside(routing, "LinearStepSize", 10, 50)


@rule("SM264", "a rolling batch is 5 to 50 percent of the capacity", source=_ROLLING)
def rolling_batch(template: Template) -> Iterator[Fault]:
    for policy in _rolling(template):
        yield from _outside(policy, "MaximumBatchSize", 5, 50)
        yield from _outside(policy, "RollbackMaximumBatchSize", 1, 100)


@rule("SM265", "the size of a step is that of the traffic's type", source=_ROUTING)
def size_of_type(template: Template) -> Iterator[Fault]:
    sizes = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize", "ALL_AT_ONCE": None}
    for routing in _routing(template):
        kind = routing.get("Type")
        if not isinstance(kind, str) or kind not in sizes:
            continue
        wanted = sizes[kind]
        if wanted and routing.lacks(wanted):
            yield routing.fault(wanted, f"{wanted} must be given where Type is {kind}, got none", fix="add it")
        for size in filter(None, sizes.values()):
            if size != wanted and routing.has(size):
                yield routing.fault(size, f"{size} must not be given where Type is {kind}", fix="take it out")


@rule("SM266", "the time of an update is more than its waits", source=f"{_API}/API_BlueGreenUpdatePolicy.html")
def time_for_waits(template: Template) -> Iterator[Fault]:
    for endpoint in endpoints(template):
        policy = endpoint.below("DeploymentConfig.BlueGreenUpdatePolicy")
        routing = policy.below("TrafficRoutingConfiguration")
        step = _percent(routing, "LinearStepSize") if routing.get("Type") == "LINEAR" else None
        ends = number(policy.get("TerminationWaitInSeconds", 0))
        yield from _too_short(policy, routing, step, ends)
    for rolling in _rolling(template):
        yield from _too_short(rolling, rolling, _percent(rolling, "MaximumBatchSize"), 0)


def _too_short(policy: Structure, waiting: Structure, step: float | None, ends: float | None) -> Iterator[Fault]:
    wait = number(waiting.get("WaitIntervalInSeconds", 0))
    timeout = number(policy.get("MaximumExecutionTimeoutInSeconds"))
    if wait is None or ends is None or timeout is None:
        return
    # A share that is refused already, such as none at all, says nothing of the number of steps.
    steps = -(-100 // int(step)) if step is not None and step >= 1 else 1
    waits = steps * wait + ends
    if timeout <= waits:
        yield policy.fault(
            "MaximumExecutionTimeoutInSeconds",
            f"MaximumExecutionTimeoutInSeconds must be more than all waits ({steps} times WaitIntervalInSeconds and "
            f"TerminationWaitInSeconds: {waits} s), got {timeout}",
            fix="raise it, or wait less",
            value=timeout,
        )


@rule("SM267", "a rolling update has one variant on machines", source=f"{_GUIDE}/deployment-guardrails-exclusions.html")
def rolling_exclusions(template: Template) -> Iterator[Fault]:
    for endpoint in endpoints(template):
        config = meant(endpoint, "EndpointConfigName", ENDPOINT_CONFIG)
        if config is None or endpoint.lacks("DeploymentConfig.RollingUpdatePolicy"):
            continue
        own = config.items("ProductionVariants")
        serverless = any(variant.has("ServerlessConfig") for variant in own)
        if serverless or len(own) > 1:
            given = "a serverless one" if serverless else str(len(own))
            yield endpoint.fault(
                "DeploymentConfig.RollingUpdatePolicy",
                f"RollingUpdatePolicy must be used with one variant that has machines, got {given}",
                fix="write a BlueGreenUpdatePolicy, or take the policy out",
            )


@rule(
    "SM270",
    "an update of a serverless variant shifts all requests at once",
    source=f"{_GUIDE}/deployment-guardrails.html",
    severity=Severity.WARNING,
)
def guarded_serverless(template: Template) -> Iterator[Fault]:
    """Guardrails are for real-time and asynchronous endpoints, the guide says; not what becomes of others. (TRAPS 6)"""
    for endpoint in endpoints(template):
        config = meant(endpoint, "EndpointConfigName", ENDPOINT_CONFIG)
        path = "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration"
        kind = endpoint.get(f"{path}.Type")
        serverless = config is not None and any(
            one.has("ServerlessConfig") for one in config.items("ProductionVariants")
        )
        if serverless and kind in ("CANARY", "LINEAR"):
            yield endpoint.fault(
                f"{path}.Type",
                f"Type should be ALL_AT_ONCE where a variant is serverless, got {kind}",
                fix="write ALL_AT_ONCE, or give the variant machines",
                value=kind,
            )


def _alarms(structure: Structure) -> list[Structure]:
    return structure.items("DeploymentConfig.AutoRollbackConfiguration.Alarms")


@rule("SM268", "a rollback alarm is named, not given by its ARN", source=f"{_API}/API_Alarm.html")
def alarm_name(template: Template) -> Iterator[Fault]:
    for updated in [*endpoints(template), *components(template)]:
        for alarm in _alarms(updated):
            parts = template.parts(alarm.raw("AlarmName"))
            first = parts[0] if parts else None
            is_arn = isinstance(first, Reference) and len(parts) == 1 and first.attribute == "Arn"
            if is_arn or (isinstance(first, str) and first.startswith("arn:")):
                yield alarm.fault(
                    "AlarmName",
                    "AlarmName must be the name of an alarm, got its ARN",
                    fix="refer to the alarm with Ref",
                    value=alarm.raw("AlarmName"),
                )


@rule(
    "SM269",
    "a rollback alarm watches the endpoint that it takes back",
    source=f"{_GUIDE}/deployment-guardrails-configuration.html",
    severity=Severity.WARNING,
)
def alarm_of_another(template: Template) -> Iterator[Fault]:
    for endpoint in found_in(template, ENDPOINT):
        for alarm in _alarms(endpoint):
            resource = template.target(alarm.raw("AlarmName"), _ALARM)
            watched = list(_watched(resource)) if resource else []
            if watched and all(_is_another(value, endpoint) for value in watched):
                yield alarm.fault(
                    "AlarmName",
                    "AlarmName should be of an alarm on this endpoint, got one whose dimension EndpointName is another",
                    fix="watch the endpoint that is updated",
                    value=alarm.raw("AlarmName"),
                )


def _watched(alarm: Resource) -> Iterator[Any]:
    """The values of the dimension EndpointName, of a metric or of each in an expression."""
    properties = Structure(alarm, "", alarm.properties)
    metrics = [one.below("MetricStat.Metric") for one in properties.items("Metrics")]
    for metric in [properties, *metrics]:
        for dimension in metric.items("Dimensions"):
            if dimension.get("Name") == "EndpointName":
                yield dimension.raw("Value")


def _is_another(value: Any, endpoint: Structure) -> bool:
    """Whether *value* is for sure the name of an endpoint that is not this one."""
    referred = endpoint.template.target(value, ENDPOINT)
    if referred is not None:
        return referred.logical_id != endpoint.resource.logical_id
    own = endpoint.get("EndpointName", UNKNOWN)
    return isinstance(value, str) and isinstance(own, str) and value.lower() != own.lower()
