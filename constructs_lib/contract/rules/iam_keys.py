"""Keys against the roles that write with them."""

from collections.abc import Iterator
from typing import Any

from .._jobs import processings, trainings
from .._policies import ROLE, Statement, may, policies, rights
from .._structure import Structure, endpoint_configs, requested
from .._unresolved import is_unresolved
from . import Fault, Reference, Resource, Severity, Template, rule
from .iam_roles import roles_of

_KEYS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"
_KEY = "AWS::KMS::Key"
_WRITING = "kms:GenerateDataKey"

Use = tuple[Resource, Resource, Structure, str]


@rule("IA160", "a key lets the role use it that writes with it", source=_KEYS, severity=Severity.WARNING)
def key_of_another(template: Template) -> Iterator[Fault]:
    """(TRAPS 14)"""
    for key, role, user, path in _uses(template):
        named, delegated = _named(key, role), _delegated(key)
        granted = rights(role)
        if named or (delegated and (granted is None or may(granted, _WRITING))):
            continue
        account = "its policy gives the key to the account, and the role has no such right"
        whose = account if delegated else "its policy names others"
        yield key.fault(
            "KeyPolicy",
            f"the key must let {role.logical_id} call {_WRITING}, which writes what {user.resource.logical_id} has in "
            f"{path}; {whose}",
            fix=f"name the role in the key's policy with {_WRITING}* and kms:Decrypt, or give the role that right",
            value=role.logical_id,
        )


def _uses(template: Template) -> Iterator[Use]:
    """Each key of the template that a role of it writes with: key, role, what names the key, and where."""
    for config in endpoint_configs(template):
        for path in ("DataCaptureConfig.KmsKeyId", "AsyncInferenceConfig.OutputConfig.KmsKeyId"):
            for role in roles_of(config):
                yield from _use(template, config.raw(path), role, config, path)
        for name in ("SuccessTopic", "ErrorTopic"):
            path = f"AsyncInferenceConfig.OutputConfig.NotificationConfig.{name}"
            topic = template.target(config.raw(path), "AWS::SNS::Topic")
            key = topic.properties.get("KmsMasterKeyId") if topic is not None else None
            for role in roles_of(config):
                yield from _use(template, key, role, config, path)
    written = [(job, "OutputDataConfig.KmsKeyId") for job in trainings(template)]
    written += [(job, "ProcessingOutputConfig.KmsKeyId") for job in processings(template)]
    written += [(job, "OutputConfig.KmsKeyId") for job in requested(template, "CreateCompilationJob")]
    for job, path in written:
        given = template.target(job.raw("RoleArn"), ROLE)
        yield from _use(template, job.raw(path), given, job, path) if given is not None else ()


def _use(template: Template, value: Any, role: Resource, user: Structure, path: str) -> Iterator[Use]:
    key = template.target(value, _KEY)
    if key is not None:
        yield key, role, user, path


def _named(key: Resource, role: Resource) -> bool:
    """Whether the key's own policy lets the role in, or holds what only a deployment knows."""
    if is_unresolved(key.properties.get("KeyPolicy")):
        return True
    for statement in _statements(key):
        if not may([statement], _WRITING) and not any(is_unresolved(one) for _, one in statement.values("Action")):
            continue
        for value in _principals(statement):
            parts = key.template.parts(value)
            known = bool(parts) and all(isinstance(part, str) or _is_known(part) for part in parts)
            meant = key.template.target(value, ROLE)
            if not known or value == "*" or (meant and _place(meant) == _place(role)):
                return True
    return False


def _place(role: Resource) -> tuple[str, str]:
    # Of a template that is seen under several outcomes, an import meets one.
    return role.template.name, role.logical_id


def _delegated(key: Resource) -> bool:
    """Whether the key's policy leaves the decision to the policies of the account, as it does where there is none."""
    if "KeyPolicy" not in key.properties:
        return True
    for statement in _statements(key):
        for value in _principals(statement) if may([statement], _WRITING) else ():
            parts = key.template.parts(value)
            last = parts[-1] if parts else ""
            if (isinstance(last, str) and last.endswith(":root")) or parts == [Reference("AWS::AccountId")]:
                return True
            if isinstance(last, str) and last.isdecimal() and len(parts) == 1:
                return True
    return False


def _is_known(part: Any) -> bool:
    return isinstance(part, Reference) and (part.resource is not None or part.logical_id.startswith("AWS::"))


def _statements(key: Resource) -> Iterator[Statement]:
    for policy in key.template.once(policies):
        if policy.resource is key:
            yield from policy.statements


def _principals(statement: Statement) -> list[Any]:
    """The values of the principals of AWS; those of services are none of them."""
    principal = statement.body.get("Principal")
    given = principal.get("AWS") if isinstance(principal, dict) and not is_unresolved(principal) else principal
    return given if isinstance(given, list) else [] if given is None else [given]
