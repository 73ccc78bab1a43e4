"""The statements of a role of the app, inline and attached."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from constructs_lib.rehearsal._stage import Stage


def statements(stage: Stage, role: str) -> Iterator[dict[str, Any]]:
    """Every statement of the policies of the role with this ARN."""
    iam, name = stage.aws.client("iam"), role.rpartition("/")[2]
    for policy in iam.list_role_policies(RoleName=name).get("PolicyNames", ()):
        yield from _of(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
    for attached in iam.list_attached_role_policies(RoleName=name).get("AttachedPolicies", ()):
        arn = attached["PolicyArn"]
        if ":iam::aws:" not in arn:
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            yield from _of(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def listed(value: Any) -> list[Any]:
    """The values of a member of a statement, which may be one without a list around it."""
    return value if isinstance(value, list) else [] if value is None else [value]


def matches(value: str, pattern: str) -> bool:
    """Whether a text is covered by a resource or a value of a statement."""
    # IAM knows `*` and `?` only; a bracket stands for itself.
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from listed(document.get("Statement"))
