"""What tasks of a state machine call, and how they wait for it."""

import re
from collections.abc import Iterator
from typing import Any

from .._functions import pieces
from .._model import service_of_sdk, services
from .._nearest import nearest
from .._states import STATE_MACHINE
from .._unresolved import is_unresolved
from . import Fault, Severity, State, Template, rule, states

_RESOURCE = "https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html"
_PATTERNS = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html"
_SDK = "https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"
_EXPRESS = "https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html"

_INTEGRATION = re.compile(
    r"arn:[^:]*:states:::(?P<sdk>aws-sdk:)?(?P<service>[\w*-]+):(?P<action>[\w*]+)(\.(?P<pattern>.+))?"
)
_ARN = re.compile(r"arn:[^:]*:[a-z0-9*-]+:[^:]*:[^:]*:.+", re.DOTALL)
_KNOWN = ("sync", "sync:2", "waitForTaskToken")
# Only the execution of another state machine has a second form:
# https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
_OF_SERVICES = ("sync", "waitForTaskToken")


@rule("SF161", "the Resource of a task is an ARN", source=_RESOURCE)
def malformed_arn(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        resource = state.body.get("Resource")
        if state.body.get("Type") != "Task" or "Resource" not in state.body:
            continue
        text = _text(resource)
        # A reference may be all of it, or end in the middle of a name.
        if text is None or "*" in text:
            continue
        integration = ":states:::" in text
        if not (_INTEGRATION if integration else _ARN).fullmatch(text):
            yield state.machine.fault(
                f"{state.path}.Resource",
                f"Resource of {state.name} must be an ARN such as arn:aws:states:::service:action, got {text!r}",
                fix="write the ARN of a function, an activity or an integration",
                value=resource,
            )


@rule("SF162", "a task waits in a way that Step Functions has", source=_PATTERNS)
def unknown_pattern(template: Template) -> Iterator[Fault]:
    for state, match in _calls(template):
        pattern = match["pattern"]
        known = _KNOWN if match["sdk"] or match["service"] == "states" else _OF_SERVICES
        if pattern and "*" not in pattern and "*" not in match["service"] and pattern not in known:
            yield state.machine.fault(
                f"{state.path}.Resource",
                f"{state.name} must wait with one of {', '.join(f'.{name}' for name in known)}, got .{pattern}",
                fix="write one of those, or nothing to go on at once",
                value=pattern,
            )


@rule("SF163", "a call through the SDK integration does not wait with .sync", source=_SDK)
def sync_of_sdk(template: Template) -> Iterator[Fault]:
    for state, match in _calls(template):
        # SageMaker's calls have a rule of their own, which knows what waits.
        if match["sdk"] and match["pattern"] in ("sync", "sync:2") and not match["service"].startswith("sagemaker"):
            yield state.machine.fault(
                f"{state.path}.Resource",
                f"{state.name} calls {match['service']} through the SDK integration with .{match['pattern']}, which "
                "only optimized integrations have",
                fix="take aws-sdk: out where the service is optimized, or wait with a Wait state and a call",
                value=match["pattern"],
            )


@rule("SF164", "a task that waits for a token hands the token on", source=_PATTERNS, severity=Severity.WARNING)
def no_token(template: Template) -> Iterator[Fault]:
    for state, match in _calls(template):
        given = state.body.get("Arguments" if state.jsonata else "Parameters")
        if match["pattern"] != "waitForTaskToken" or not isinstance(given, dict) or _unknown(given):
            continue
        # The whole context holds the token too.
        if not any(re.search(r"Task\.Token|\$\$['\"]?$|states\.context\s*[^.\w]", text) for text in _texts(given)):
            yield state.machine.fault(
                state.path,
                f"{state.name} waits for a token and gives the token to nobody, so it waits until it times out",
                fix='hand it on, as in "Token.$": "$$.Task.Token"',
            )


@rule("SF165", "an action of the SDK integration is spelled in camel case", source=_SDK, severity=Severity.WARNING)
def camel_case(template: Template) -> Iterator[Fault]:
    for state, match in _calls(template):
        action = match["action"]
        if action[:1].isupper():
            yield state.machine.fault(
                f"{state.path}.Resource",
                f"the action of {state.name} must begin with a small letter, got {action}",
                fix=f"write {action[0].lower()}{action[1:]}",
                value=action,
            )


@rule("SF166", "an express state machine does not wait for jobs or tokens", source=_EXPRESS)
def express_waits(template: Template) -> Iterator[Fault]:
    express = _express(template)
    for state, match in _calls(template):
        if match["pattern"] in _KNOWN and state.machine.logical_id in express:
            yield state.machine.fault(
                f"{state.path}.Resource",
                f"{state.name} waits with .{match['pattern']}, which a state machine of type EXPRESS cannot",
                fix="make the type STANDARD, or call without waiting",
                value=match["pattern"],
            )


@rule("SF167", "an express state machine has no distributed maps and no activities", source=_EXPRESS)
def express_only(template: Template) -> Iterator[Fault]:
    express = _express(template)
    for state in template.once(states):
        if state.machine.logical_id not in express:
            continue
        processor = state.body.get("ItemProcessor")
        config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
        distributed = isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"
        activity = re.fullmatch(r"arn:[^:]*:states:[^:]*:[^:]*:activity:.*", _text(state.body.get("Resource")) or "")
        if distributed or activity:
            yield state.machine.fault(
                state.path,
                f"{state.name} is {'a distributed map' if distributed else 'an activity'}, which a state machine of "
                "type EXPRESS cannot have",
                fix="make the type STANDARD",
            )


@rule("SF168", "the type of a state machine is STANDARD or EXPRESS", source=_EXPRESS)
def machine_type(template: Template) -> Iterator[Fault]:
    for machine in template.of_type(STATE_MACHINE):
        type = machine.get("StateMachineType", "STANDARD")
        if isinstance(type, str) and type not in ("STANDARD", "EXPRESS"):
            yield machine.fault(
                "StateMachineType",
                f"StateMachineType must be one of STANDARD, EXPRESS, got {type!r}",
                fix="write one of those",
                value=type,
            )


@rule("SF169", "a call of SageMaker spells the service as Step Functions does", source=_SDK)
def misspelt_service(template: Template) -> Iterator[Fault]:
    """The SDK integrations name services as the SDK for Java does, so only a near miss of SageMaker's is told."""
    for state, match in _calls(template):
        service = match["service"]
        own = [name.replace("-", "") for name in services() if name.startswith("sagemaker")]
        names = own if match["sdk"] else ["sagemaker"]
        close = nearest(service, names, 0.8)
        if "*" in service or close is None or service in names or service_of_sdk(service) in services():
            continue
        yield state.machine.fault(
            f"{state.path}.Resource",
            f"{state.name} calls {service}, which is no service of Step Functions; did you mean {close}?",
            fix=f"write {close}",
            value=service,
        )


def _express(template: Template) -> set[str]:
    machines = template.of_type(STATE_MACHINE)
    return {machine.logical_id for machine in machines if machine.get("StateMachineType") == "EXPRESS"}


def _calls(template: Template) -> Iterator[tuple[State, re.Match[str]]]:
    """Each task that calls an integration."""
    for state in template.once(states):
        match = _INTEGRATION.fullmatch(_text(state.body.get("Resource")) or "")
        if state.body.get("Type") == "Task" and match:
            yield state, match


def _text(resource: Any) -> str | None:
    """The ARN with `*` for each reference in it; None where it is no text at all."""
    if not isinstance(resource, str | dict):
        return None
    return "".join(piece if isinstance(piece, str) and not is_unresolved(piece) else "*" for piece in pieces(resource))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def _unknown(value: Any) -> bool:
    """Whether a reference may hold the token, which an expression cannot hide."""
    if isinstance(value, list):
        return any(map(_unknown, value))
    if isinstance(value, str) and value.startswith("{%"):
        return "${Token[" in value
    if is_unresolved(value):
        return True
    return isinstance(value, dict) and any(map(_unknown, value.values()))
