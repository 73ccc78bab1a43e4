"""The steps for each feature group: records go in and come back, and an update that adds a feature keeps the group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._feature_records import Group, Record
from constructs_lib.rehearsal._policies import listed, statements
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Aws, Outcome, Step, StepFailed

FEATURE_GROUP = "AWS::SageMaker::FeatureGroup"
_ROLE = "AWS::IAM::Role"

# Who asks, as the row says it, and the AWS that is asked.
_Caller = tuple[str, Aws]


def feature_group_steps(stage: Stage) -> Iterator[Step]:
    """A row for each feature group."""
    for resource in stage.assembly.resources(FEATURE_GROUP):
        yield Step("features", resource.label, _step(stage, resource))


def feature_group_update_step(stage: Stage, resource: Resource, features: int) -> Step:
    """The row that shows that an update added a feature, and did not replace the group and lose its records."""

    def run() -> Outcome:
        before = stage.feature_groups.get(resource.path)
        if before is None:
            return NOT_CREATED
        name = before["FeatureGroupName"]
        group = _created(stage, name)
        for member in ("FeatureGroupArn", "CreationTime"):
            if group.described[member] != before[member]:
                was, now = before[member], group.described[member]
                raise StepFailed(f"{name} was replaced: {member} was {was}, is {now}")
        got = len(group.features)
        if got != features:
            raise StepFailed(f"{name} was not updated: it has {got} features, and the template asks for {features}")
        summary = f"same group, {len(before['FeatureDefinitions'])} → {got} features"
        if not group.is_online:
            return Outcome(summary)
        if group.kept(stage.aws) is None:
            raise StepFailed(f"{name} lost its record in the update")
        record = group.record()
        group.put(stage.aws, record)
        _require_same(group, "the account", record, group.kept(stage.aws))
        return Outcome(f"{summary}; the record is still answered, and takes what was added")

    return Step("update", resource.label, run)


def _step(stage: Stage, resource: Resource) -> Callable[[], Outcome]:
    def run() -> Outcome:
        name = stage.physical_id(resource)
        if name is None:
            return NOT_CREATED
        group = _created(stage, name)
        stage.feature_groups[resource.path] = group.described
        record = group.record()
        told = ", ".join(_worked_with(stage, group, record))
        if group.is_offline:
            told += f", found in {_created(stage, name).found_offline(stage.aws)}"
        return Outcome(f"a record {told}", {"feature_group": name, "record": record})

    return run


def _worked_with(stage: Stage, group: Group, record: Record) -> Iterator[str]:
    """Put, get and delete as each role that was granted it, or else, for the first two, as the account."""
    granted = _granted(stage, group.arn)
    account: list[_Caller] = [("the account", stage.aws)]
    putting = granted.get("PutRecord", account)
    for _, aws in putting:
        group.put(aws, record)
    yield f"put by {_named(putting)}"
    if group.is_online:
        batches = granted.get("BatchGetRecord", [])
        getting = granted.get("GetRecord", [] if batches else account)
        for label, aws in getting:
            _require_same(group, label, record, group.kept(aws))
        for label, aws in batches:
            _require_same(group, label, record, group.kept_of_batch(aws))
        yield f"got by {_named([*getting, *batches])}"
    if deleting := granted.get("DeleteRecord"):
        for _, aws in deleting:
            group.delete_other(aws, stage.aws)
        yield f"deleted by {_named(deleting)}"


def _granted(stage: Stage, arn: str) -> dict[str, list[_Caller]]:
    """Operation to the roles of the app that a statement of their own lets do it with the group of this ARN."""
    found: dict[str, list[_Caller]] = {}
    for role in stage.assembly.resources(_ROLE):
        name = stage.physical_id(role)
        if name is None:
            continue
        caller = str(stage.aws.client("iam").get_role(RoleName=name)["Role"]["Arn"])
        actions = {action for each in statements(stage, caller) if _is_about(each, arn) for action in _actions(each)}
        for action in actions:
            operation = action.removeprefix("sagemaker:")
            found.setdefault(operation, []).append((role.label, stage.aws.acting_as(caller)))
    return found


def _actions(statement: dict[str, Any]) -> list[str]:
    return [str(each) for each in listed(statement.get("Action"))]


def _is_about(statement: dict[str, Any], arn: str) -> bool:
    # IAM knows `*` and `?` only; a bracket stands for itself.
    patterns = [str(each).replace("[", "[[]") for each in listed(statement.get("Resource"))]
    return statement["Effect"] == "Allow" and any(fnmatchcase(arn, pattern) for pattern in patterns)


def _named(callers: Iterable[_Caller]) -> str:
    return " and ".join(dict.fromkeys(label for label, _ in callers))


def _created(stage: Stage, name: str) -> Group:
    """Wait for the group.

    Raises:
        StepFailed: It is not created, or not in time.
    """
    client = stage.aws.client("sagemaker")
    described: dict[str, Any] = {}

    def look() -> str:
        described.update(client.describe_feature_group(FeatureGroupName=name))
        return str(described["FeatureGroupStatus"])

    status = stage.wait(f"feature group {name}", look, lambda status: status == "Creating")
    if status != "Created":
        raise StepFailed(f"{name} is {status}: {described.get('FailureReason', 'no reason given')}")
    return Group(described)


def _require_same(group: Group, caller: str, put: Record, got: Record | None) -> None:
    if got != put:
        details = {"put": put, "got": got}
        raise StepFailed(f"{group.name} answered {caller} another record than was put", details=details)
