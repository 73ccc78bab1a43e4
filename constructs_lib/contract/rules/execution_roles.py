"""The roles that SageMaker takes on."""

import re
from collections.abc import Iterator
from typing import Any

from .._dependencies import waits_for
from .._structure import MODEL, Structure, everything, found_in
from . import Fault, Resource, Severity, Template, known, rule

_ROLES = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"
_ROLE = "AWS::IAM::Role"
_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
# What SageMaker reads while it makes a model.
_READS = re.compile(r"\*|(s3|ecr):")


@rule("SM287", "a model waits for the policies of its role", source=_ROLES, severity=Severity.WARNING)
def waits_for_policy(template: Template) -> Iterator[Fault]:
    for model in found_in(template, MODEL):
        role = template.target(model.raw("ExecutionRoleArn"), _ROLE)
        if role is None or role.properties.get("Policies"):
            continue
        policies = [one for one in template.of_type(*_POLICIES) if _is_on(template, one, role) and _lets_read(one)]
        # One that it waits for shows that somebody chose what it needs; one that names the model cannot come before it.
        if any(waits_for(model.resource, one) or waits_for(one, model.resource) for one in policies):
            continue
        for policy in policies:
            yield model.fault(
                "",
                f"the model should depend on {policy.logical_id}, the policy of its role: made before it, the model "
                "has no access to its data",
                fix=f"add {policy.logical_id} to DependsOn",
            )


def _is_on(template: Template, policy: Resource, role: Resource) -> bool:
    roles = policy.properties.get("Roles", [policy.properties.get("RoleName")])
    return any(template.target(one, _ROLE) is role for one in (roles if isinstance(roles, list) else ()))


def _lets_read(policy: Resource) -> bool:
    statements = policy.get("PolicyDocument.Statement")
    for statement in statements if isinstance(statements, list) else [statements]:
        actions = statement.get("Action") if isinstance(statement, dict) else None
        for action in actions if isinstance(actions, list) else [actions]:
            if isinstance(action, str) and _READS.match(action):
                return True
    return False


@rule("SM288", "a role that SageMaker takes on trusts SageMaker", source=_ROLES)
def trusts_sagemaker(template: Template) -> Iterator[Fault]:
    for structure, member in _given_roles(template):
        role = template.target(structure.raw(member), _ROLE)
        if role and not _may_trust(role):
            yield structure.fault(
                member,
                f"{member} must be of a role that trusts sagemaker.amazonaws.com, got {role.logical_id}",
                fix="add the service to AssumeRolePolicyDocument of the role, or give another role",
                value=structure.raw(member),
            )


def _given_roles(template: Template) -> Iterator[tuple[Structure, str]]:
    for owner in everything(template):
        for member in ("ExecutionRoleArn", "RoleArn"):
            yield owner, member
        for definition in [owner.below("TrainingJobDefinition"), *owner.items("TrainingJobDefinitions")]:
            yield definition, "RoleArn"


def _may_trust(role: Resource) -> bool:
    """Whether its trust names the service, or holds what only a deployment knows."""
    statements = role.get("AssumeRolePolicyDocument.Statement")
    if not isinstance(statements, list | dict):
        return True
    return any(map(_may_name, statements if isinstance(statements, list) else [statements]))


def _may_name(statement: Any) -> bool:
    principal = statement.get("Principal") if isinstance(statement, dict) else None
    services = principal.get("Service", []) if isinstance(principal, dict) and known(principal) else None
    if services is None or not known(services):
        return True
    for service in services if isinstance(services, list) else [services]:
        if not isinstance(service, str) or service.startswith("sagemaker.") or "*" in service:
            return True
    return False
