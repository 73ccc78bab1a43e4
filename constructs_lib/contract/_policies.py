"""The policies of a template, and what they let a role do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ._template import Reference, Resource, Template
from ._unresolved import is_unresolved
from .iam import matches, overlaps

Json = dict[str, Any]

ROLE = "AWS::IAM::Role"
# Type to the property that holds a policy about the resource itself.
_OF_RESOURCES = {
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
    "AWS::ECR::Repository": "RepositoryPolicyText",
}
_IDENTITIES = (ROLE, "AWS::IAM::User", "AWS::IAM::Group")
_OF_IDENTITIES = (
    *("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"),
    *("AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"),
)
# What stands for a reference, where a pattern is to be compared with ARNs of a known form.
_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012"}


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """One policy document.

    Attributes:
        resource: The resource that holds it.
        path: Where, as in `Policies[0].PolicyDocument`.
        kind: `identity`, `trust`, or `resource`.
        document: The document.
    """

    resource: Resource = field(repr=False)
    path: str
    kind: str
    document: Json

    @property
    def statements(self) -> Iterator["Statement"]:
        """Each statement that is known; one alone need not be in a list."""
        given = self.document.get("Statement")
        listed = given if isinstance(given, list) else [given]
        for index, body in enumerate(listed):
            if isinstance(body, dict) and not is_unresolved(body):
                where = f"{self.path}.Statement[{index}]" if isinstance(given, list) else f"{self.path}.Statement"
                yield Statement(self, where, body)


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement of a policy."""

    policy: Policy
    path: str
    body: Json

    @property
    def allows(self) -> bool:
        """Whether it allows something."""
        return self.body.get("Effect") == "Allow"

    def texts(self, key: str) -> list[tuple[str, str]]:
        """Where and what of each text under *key* that is known; one alone need not be in a list."""
        return [
            (path, value) for path, value in self.values(key) if isinstance(value, str) and not is_unresolved(value)
        ]

    def values(self, key: str) -> list[tuple[str, Any]]:
        """Where and what of each value under *key*."""
        given = self.body.get(key, [])
        if isinstance(given, list):
            return [(f"{self.path}.{key}[{index}]", value) for index, value in enumerate(given)]
        return [(f"{self.path}.{key}", given)]


def policies(template: Template) -> list[Policy]:
    """Every policy of the template that is known; use it through `template.once`."""
    found: list[Policy] = []
    for resource in template.resources.values():
        if resource.type == ROLE:
            found += _policy(resource, "AssumeRolePolicyDocument", "trust")
        if resource.type in _IDENTITIES:
            for path, inline in resource.items("Policies"):
                document = inline.get("PolicyDocument") if isinstance(inline, dict) else None
                if isinstance(document, dict) and not is_unresolved(document):
                    found.append(Policy(resource, f"{path}.PolicyDocument", "identity", document))
        if resource.type in _OF_IDENTITIES:
            found += _policy(resource, "PolicyDocument", "identity")
        if resource.type in _OF_RESOURCES:
            found += _policy(resource, _OF_RESOURCES[resource.type], "resource")
    return found


def _policy(resource: Resource, key: str, kind: str) -> Iterator[Policy]:
    document = resource.get(key)
    if isinstance(document, dict):
        yield Policy(resource, key, kind, document)


def statements(template: Template) -> list[Statement]:
    """Every statement of every policy; use it through `template.once`."""
    return [statement for policy in template.once(policies) for statement in policy.statements]


def rights(role: Resource) -> list[Statement] | None:
    """What the policies of the template let *role* do; None where something else may say more or less."""
    template = role.template
    attached = role.properties.get("ManagedPolicyArns", [])
    if "PermissionsBoundary" in role.properties or not isinstance(attached, list) or _leaves(role):
        return None
    holders = [role]
    for value in attached:
        managed = template.target(value, "AWS::IAM::ManagedPolicy")
        if managed is None:
            return None
        holders.append(managed)
    for holder in template.of_type(*_OF_IDENTITIES):
        listed = holder.properties.get("Roles", [holder.properties.get("RoleName")])
        for value in listed if isinstance(listed, list) else [None]:
            if template.target(value, ROLE) is role:
                holders.append(holder)
            elif template.target(value, ROLE) is None:
                # A name, or a reference to elsewhere: it may be this role.
                return None
    found = [
        one for one in template.once(statements) if one.policy.resource in holders and one.policy.kind == "identity"
    ]
    for statement in found:
        if any(is_unresolved(value) for _, value in statement.values("Action")) or "Effect" not in statement.body:
            return None
    documents = sum(holder.type != ROLE for holder in holders) + len(list(role.items("Policies")))
    seen = {id(one.policy.document) for one in found}
    return found if len(seen) >= documents else None


def _leaves(role: Resource) -> bool:
    """Whether another template may add to the role: its name or ARN is an output."""
    outputs = role.template.raw.get("Outputs")
    values = [output.get("Value") for output in outputs.values() if isinstance(output, dict)] if isinstance(
        outputs, dict
    ) else []  # fmt: skip
    return any(role.template.target(value) is role for value in values)


def may(granted: list[Statement], action: str, on: str | None = None) -> bool:
    """Whether a statement allows *action* on something, as far as its text tells.

    Args:
        granted: The statements, as of `rights`.
        action: As in `s3:GetObject`.
        on: A pattern as of `arn_pattern(…, apart=True)`: whether it is allowed on some of what that stands for.
    """
    return any(
        statement.allows and _names(statement, action) and (on is None or _reaches(statement, on))
        for statement in granted
    )


def _names(statement: Statement, action: str) -> bool:
    if "NotAction" in statement.body:
        return True
    return any(matches(text.lower(), action.lower()) for _, text in statement.texts("Action"))


def _reaches(statement: Statement, on: str) -> bool:
    template = statement.policy.resource.template
    given = [arn_pattern(template, value, apart=True) for _, value in statement.values("Resource")]
    return "Resource" not in statement.body or any(overlaps(pattern, on) for pattern in given)


def arn_pattern(template: Template, value: Any, *, apart: bool = False) -> str:
    """A resource of a statement as a pattern: a reference is what its ARN looks like, or `*` where it may be any.

    With *apart*, each bucket of the template has a name of its own.
    """
    text = ""
    for part in template.parts(value):
        if isinstance(part, str):
            text += part
        elif isinstance(part, Reference):
            text += _pattern_of(part, apart)
        else:
            text += "*"
    return re.sub(r"\$\{[^}]*\}", "*", text)


def _pattern_of(reference: Reference, apart: bool) -> str:
    type = reference.resource.type if reference.resource else ""
    if type == "AWS::S3::Bucket":
        name = _bucket_name(reference) if apart else "bucket"
        return f"arn:aws:s3:::{name}" if reference.attribute == "Arn" else "*" if reference.attribute else name
    if type == ROLE and reference.attribute == "Arn":
        return "arn:aws:iam::123456789012:role/role"
    if type == "AWS::KMS::Key" and reference.attribute == "Arn":
        return "arn:aws:kms:eu-west-1:123456789012:key/key"
    return _PSEUDO.get(reference.logical_id, "*")


def _bucket_name(reference: Reference) -> str:
    """The name that a template gives a bucket, or one that no other bucket has."""
    name = reference.resource.get("BucketName") if reference.resource else None
    # No bucket has a capital or a slash in its name; a function may give any.
    return name if isinstance(name, str) else f"Bucket-{reference.logical_id}" if name is None else "*"
