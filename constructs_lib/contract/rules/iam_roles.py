"""Roles against what uses them: who assumes them, and what their work needs."""

from collections.abc import Iterator

from .._policies import ROLE, Statement, arn_pattern, may, policies, rights
from .._states import STATE_MACHINE, Request, requests
from .._structure import MODEL, Structure, containers, endpoint_configs, meant, variants
from .._unresolved import is_unresolved
from . import Fault, Reference, Resource, Severity, Template, rule

_ROLES = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"
_MACHINES = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html"
_SAGEMAKER = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html"
_PREFIXES = "https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoint-security.html"
_ASYNC = "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html"

_WARNING = Severity.WARNING
_REPOSITORY = "AWS::ECR::Repository"
_TOPIC_POLICY = "AWS::SNS::TopicPolicy"
_PULLING = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:GetAuthorizationToken")
# What the service does itself when it waits: https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
_WAITING = ("events:PutTargets", "events:PutRule", "events:DescribeRule")


@rule("IA151", "the role of a state machine lets Step Functions assume it", source=_MACHINES)
def machine_trust(template: Template) -> Iterator[Fault]:
    for machine in template.of_type(STATE_MACHINE):
        yield from _trust(machine)


def _trust(machine: Resource) -> Iterator[Fault]:
    role = machine.template.target(machine.properties.get("RoleArn"), ROLE)
    trust = [one for one in machine.template.once(policies) if one.resource is role and one.kind == "trust"]
    if role is None or not trust:
        return
    given = trust[0].document.get("Statement")
    listed = given if isinstance(given, list) else [given]
    for body in listed:
        if not isinstance(body, dict) or is_unresolved(body):
            return
        principal = body.get("Principal")
        named = principal.get("Service") if isinstance(principal, dict) else principal
        for text in named if isinstance(named, list) else [named]:
            # A reference, everybody, or the service, in the form of any region.
            if is_unresolved(text) or is_unresolved(principal) or text == "*":
                return
            if isinstance(text, str) and text.partition(".")[0] == "states":
                return
    yield role.fault(
        "AssumeRolePolicyDocument",
        f"{machine.logical_id} gives this role to states.amazonaws.com, which the trust policy does not let assume it",
        fix='add the principal {"Service": "states.amazonaws.com"}',
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
        if any(key in members or f"{key}.$" in members for key in ("RoleArn", "ExecutionRoleArn")):
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
    for model, role, granted in _run_by(template):
        for container, path in _artifacts(model):
            location = _location(container, path)
            if not may(granted, "s3:GetObject", f"{location}*"):
                yield _may_not(
                    role,
                    "s3:GetObject" if not may(granted, "s3:GetObject") else f"s3:GetObject on {location}",
                    f"{model.resource.logical_id} reads its artifacts with it",
                    "allow s3:GetObject on the artifacts, and s3:ListBucket on a prefix",
                )


@rule("IA157", "the role of a model may list a prefix that it reads", source=_PREFIXES, severity=Severity.WARNING)
def list_prefixes(template: Template) -> Iterator[Fault]:
    """(TRAPS 15)"""
    for model, role, granted in _run_by(template):
        for container, path in _artifacts(model):
            several = container.get("Mode") == "MultiModel"
            uncompressed = container.get("ModelDataSource.S3DataSource.S3DataType") == "S3Prefix"
            bucket = _location(container, path).partition("/")[0]
            # Without the right to read, the role lacks more than this.
            if (several or uncompressed) and may(granted, "s3:GetObject") and not may(granted, "s3:ListBucket", bucket):
                yield _may_not(
                    role,
                    "s3:ListBucket",
                    f"{model.resource.logical_id} reads a prefix with it",
                    "allow s3:ListBucket on the bucket, limited by s3:prefix",
                )


@rule("IA158", "the role of a model may pull its image", source=_ROLES, severity=Severity.WARNING)
def pull_image(template: Template) -> Iterator[Fault]:
    """(TRAPS 16)"""
    for model, role, granted in _run_by(template):
        for container in containers(model):
            if not _is_own_image(container) or container.get("ImageConfig.RepositoryAccessMode") == "Vpc":
                continue
            for action in _PULLING:
                if not may(granted, action):
                    yield _may_not(
                        role,
                        action,
                        f"{model.resource.logical_id} pulls an image of this account with it",
                        f"allow {', '.join(_PULLING)}, the last on *",
                    )


@rule("IA159", "the role of an asynchronous endpoint may publish to its topics", source=_ASYNC, severity=_WARNING)
def publish(template: Template) -> Iterator[Fault]:
    """(TRAPS 9, 14)"""
    for config in endpoint_configs(template):
        notified = config.below("AsyncInferenceConfig.OutputConfig.NotificationConfig")
        for name in ("SuccessTopic", "ErrorTopic"):
            topic = template.target(notified.raw(name), "AWS::SNS::Topic")
            for role in roles_of(config) if topic is not None and not _has_policy(topic) else ():
                granted = rights(role)
                if granted is not None and not may(granted, "sns:Publish"):
                    yield _may_not(
                        role,
                        "sns:Publish",
                        f"{config.resource.logical_id} publishes to {name} with it",
                        "allow sns:Publish on the topic",
                    )


def _has_policy(topic: Resource) -> bool:
    """Whether a policy of the topic's own may let the role in."""
    own = topic.template
    listed = [one for policy in own.of_type(_TOPIC_POLICY) for _, one in policy.items("Topics")]
    return any(own.target(one) is topic for one in listed)


def roles_of(config: Structure) -> list[Resource]:
    """The roles of the template that the models of an endpoint configuration run with."""
    template = config.template
    models = [model for variant in variants(config) if (model := meant(variant, "ModelName", MODEL)) is not None]
    found = [template.target(model.raw("ExecutionRoleArn"), ROLE) for model in models]
    return list({role.logical_id: role for role in found if role is not None}.values())


def _may_not(role: Resource, what: str, why: str, fix: str) -> Fault:
    return role.fault("", f"the role lacks {what}: {why}", fix=fix, value=what)


def _run_by(template: Template) -> Iterator[tuple[Structure, Resource, list[Statement]]]:
    """Each model whose role is in the template and is known in full: the model, the role, its rights."""
    for resource in template.of_type(MODEL):
        model = Structure(resource, "", resource.properties)
        role = template.target(model.raw("ExecutionRoleArn"), ROLE)
        granted = rights(role) if role is not None else None
        if role is not None and granted is not None:
            yield model, role, granted


def _artifacts(model: Structure) -> Iterator[tuple[Structure, str]]:
    """Each container with artifacts, and where they are said; nothing where a bucket's own policy may let the role in.

    What another account or service gives need not be in S3.
    """
    for container in containers(model):
        for path in ("ModelDataUrl", "ModelDataSource.S3DataSource.S3Uri"):
            bucket = model.template.target(container.raw(path), "AWS::S3::Bucket")
            places = [model.template, *([bucket.template] if bucket else [])]
            letting = [policy for place in places for policy in place.of_type("AWS::S3::BucketPolicy")]
            if container.has(path) and not any(map(_lets_in, letting)):
                yield container, path


def _location(container: Structure, path: str) -> str:
    """The ARN of what is at an address of S3, as a pattern."""
    text = arn_pattern(container.template, container.raw(path), apart=True)
    return f"arn:aws:s3:::{text.removeprefix('s3://')}" if text.startswith("s3://") else "*"


def _is_own_image(container: Structure) -> bool:
    """Whether the image is of a repository of the template, or of its account, which no policy of AWS's lets in."""
    first, *rest = container.template.parts(container.raw("Image")) or [""]
    if not isinstance(first, Reference):
        return False
    repository = first.resource if first.attribute == "RepositoryUri" else None
    if repository is not None:
        return repository.type == _REPOSITORY and "RepositoryPolicyText" not in repository.properties
    return first.logical_id == "AWS::AccountId" and bool(rest) and str(rest[0]).startswith(".dkr.ecr.")


def _lets_in(policy: Resource) -> bool:
    """Whether a bucket policy allows something, perhaps to a role of the template."""
    mine = [one for one in policy.template.once(policies) if one.resource is policy]
    return not mine or any(statement.allows for statement in mine[0].statements)
