"""The steps for each feature group: records go in and come back, and an update that adds a feature keeps the group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._feature_records import Group, Record
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed

FEATURE_GROUP = "AWS::SageMaker::FeatureGroup"


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
        group = created(stage, name)
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
        require_same(group, "the account", record, group.kept(stage.aws))
        return Outcome(f"{summary}; the record is still answered, and takes what was added")

    return Step("update", resource.label, run)


def _step(stage: Stage, resource: Resource) -> Callable[[], Outcome]:
    def run() -> Outcome:
        name = stage.physical_id(resource)
        if name is None:
            return NOT_CREATED
        group = created(stage, name)
        stage.feature_groups[resource.path] = group.described
        record = group.record()
        group.put(stage.aws, record)
        told = "put"
        if group.is_online:
            require_same(group, "the account", record, group.kept(stage.aws))
            told += " and got"
        if group.is_offline:
            told += f", found in {created(stage, name).found_offline(stage.aws)}"
        return Outcome(f"a record {told}", {"feature_group": name, "record": record})

    return run


def created(stage: Stage, name: str) -> Group:
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


def require_same(group: Group, caller: str, put: Record | None, got: Record | None) -> None:
    """Refuse an answer that is not what was put.

    Raises:
        StepFailed: It is another record.
    """
    if got != put:
        details = {"put": put, "got": got}
        raise StepFailed(f"{group.name} answered {caller} another record than was put", details=details)
