"""Roles against what uses them: who assumes them, and what their work needs."""

from collections.abc import Iterator

from .._cloudformation import PREFIX
from .._policies import ROLE, may, policies, rights
from .._states import STATE_MACHINE, Request, requests
from .._unresolved import is_unresolved
from . import Fault, Resource, Severity, Template, rule

_ROLES = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"
_MACHINES = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html"
_SAGEMAKER = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html"

# What the service does itself when it waits: https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
_WAITING = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
_RUN_AS = ("RoleArn", "ExecutionRoleArn")


@rule("IA151", "Step Functions may assume the role of a state machine", source=_MACHINES)
def machine_trust(template: Template) -> Iterator[Fault]:
    for machine in template.of_type(STATE_MACHINE):
        yield from _trust(machine, "RoleArn", "states")


@rule("IA152", "SageMaker may assume the role that it is given", source=_ROLES)
def sagemaker_trust(template: Template) -> Iterator[Fault]:
    for resource in template.resources.values():
        if resource.type.startswith(PREFIX):
            for key in _RUN_AS:
                yield from _trust(resource, key, "sagemaker")


def _trust(user: Resource, key: str, service: str) -> Iterator[Fault]:
    role = user.template.target(user.properties.get(key), ROLE)
    trust = [one for one in user.template.once(policies) if one.resource is role and one.kind == "trust"]
    if role is None or not trust:
        return
    given = trust[0].document.get("Statement")
    listed = given if isinstance(given, list) else [given]
    if not all(isinstance(body, dict) and not is_unresolved(body) for body in listed):
        return
    for body in listed:
        principal = body.get("Principal")
        named = principal.get("Service") if isinstance(principal, dict) else principal
        for text in named if isinstance(named, list) else [named]:
            # A reference, everybody, or the service, in the form of any region.
            if is_unresolved(text) or is_unresolved(principal) or text == "*":
                return
            if isinstance(text, str) and text.partition(".")[0] == service:
                return
    yield role.fault(
        "AssumeRolePolicyDocument",
        f"{user.logical_id} gives this role to {service}.amazonaws.com, which the trust policy does not let assume it",
        fix=f'add the principal {{"Service": "{service}.amazonaws.com"}}',
    )


@rule(
    "IA153", "the role of a state machine may start what its states start", source=_SAGEMAKER, severity=Severity.WARNING
)
def start_jobs(template: Template) -> Iterator[Fault]:
    for request, role in _started(template):
        action = f"sagemaker:{request.operation}"
        if request.optimized:
            yield from _lacks(request, role, action, f"{request.state.name} calls it")


@rule(
    "IA154", "the role of a state machine may pass the roles of its jobs", source=_SAGEMAKER, severity=Severity.WARNING
)
def pass_roles(template: Template) -> Iterator[Fault]:
    for request, role in _started(template):
        members = request.members or {}
        if any(key in members or f"{key}.$" in members for key in _RUN_AS):
            yield from _lacks(request, role, "iam:PassRole", f"{request.state.name} gives SageMaker a role")


@rule("IA155", "the role of a state machine may wait for jobs", source=_SAGEMAKER, severity=Severity.WARNING)
def wait_for_jobs(template: Template) -> Iterator[Fault]:
    for request, role in _started(template):
        if request.optimized and request.pattern == "sync":
            for action in _WAITING:
                yield from _lacks(
                    request, role, action, f"{request.state.name} waits with .sync through a rule of events"
                )


def _lacks(request: Request, role: Resource, action: str, why: str) -> Iterator[Fault]:
    granted = rights(role)
    if granted is not None and not may(granted, action):
        yield role.fault("", f"the role lacks {action}: {why}", fix=f"allow {action}", value=action)


def _started(template: Template) -> Iterator[tuple[Request, Resource]]:
    """Each call of SageMaker in a state machine whose role is in the template, and the role."""
    for request in template.once(requests):
        role = template.target(request.machine.properties.get("RoleArn"), ROLE)
        # Another role may be assumed for the call.
        if role is not None and request.service == "sagemaker" and "Credentials" not in request.state.body:
            yield request, role


@rule("IA156", "the role of a model may read its artifacts", source=_ROLES, severity=Severity.WARNING)
def read_artifacts(template: Template) -> Iterator[Fault]:
    open_buckets = template.of_type("AWS::S3::BucketPolicy")
    for model in template.of_type("AWS::SageMaker::Model"):
        role = template.target(model.properties.get("ExecutionRoleArn"), ROLE)
        granted = rights(role) if role is not None else None
        primary = model.get("PrimaryContainer")
        containers = [primary, *(container for _, container in model.items("Containers"))]
        reads = any(isinstance(one, dict) and ("ModelDataUrl" in one or "ModelDataSource" in one) for one in containers)
        # A policy of the bucket may let the role in.
        if role is None or granted is None or not reads or any(_lets_in(policy, role) for policy in open_buckets):
            continue
        if not may(granted, "s3:GetObject"):
            yield role.fault(
                "",
                f"the role lacks s3:GetObject: {model.logical_id} reads its artifacts with it",
                fix="allow s3:GetObject on the artifacts, and s3:ListBucket on a prefix",
                value="s3:GetObject",
            )


def _lets_in(policy: Resource, role: Resource) -> bool:
    """Whether a bucket policy allows something to more than services, which may be this role."""
    mine = [one for one in policy.template.once(policies) if one.resource is policy]
    return not mine or any(statement.allows for statement in mine[0].statements)
