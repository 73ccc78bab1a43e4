"""The statements of a role of the app, inline and attached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from constructs_lib.rehearsal._stage import Stage

_OBJECTS = "arn:aws:s3:::"


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


def allowing(statements: Iterable[dict[str, Any]], action: str) -> Iterator[dict[str, Any]]:
    """Those of the statements that allow *action*, by its name or by a pattern of its service."""
    service = f"{action.partition(':')[0]}:"
    for statement in statements:
        patterns = [str(each) for each in listed(statement.get("Action")) if str(each).startswith(service)]
        if statement["Effect"] == "Allow" and any(matches(action.lower(), each.lower()) for each in patterns):
            yield statement


def granted(statements: Iterable[dict[str, Any]], actions: Iterable[str], arn: str) -> frozenset[str]:
    """Those of the actions that a statement allows on the resource of this ARN."""
    return frozenset(
        action
        for action in actions
        for statement in allowing(statements, action)
        if any(matches(arn, str(each)) for each in listed(statement.get("Resource")))
    )


def places(statement: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The parts of buckets whose objects a statement names: the bucket, and what the keys begin with."""
    for resource in listed(statement.get("Resource")):
        bucket, _, path = resource.removeprefix(_OBJECTS).partition("/")
        if resource.startswith(_OBJECTS) and path.endswith("*") and "*" not in bucket + path[:-1]:
            yield bucket, path[:-1]


def matches(value: str, pattern: str) -> bool:
    """Whether a pattern of a policy covers *value*; IAM knows `*` and `?` only, and a bracket stands for itself."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def listed(value: Any) -> list[Any]:
    """The values of a member of a statement, which may be one without a list around it."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from listed(document.get("Statement"))
