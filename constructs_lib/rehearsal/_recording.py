"""Roles that were granted records of feature groups put, get and delete them, with credentials of their own."""

from __future__ import annotations

from constructs_lib.rehearsal._feature_groups import created, require_same
from constructs_lib.rehearsal._feature_records import Group
from constructs_lib.rehearsal._invoking import unless_denied
from constructs_lib.rehearsal._policies import granted
from constructs_lib.rehearsal._stage import Caller, Stage

_PUT, _GET = "sagemaker:PutRecord", "sagemaker:GetRecord"
_GET_BATCH, _DELETE = "sagemaker:BatchGetRecord", "sagemaker:DeleteRecord"


def record_as(stage: Stage, caller: Caller) -> None:
    """Let a role do with a record of each feature group what a statement of its own names.

    Whether it may is in what the embedded AWS keeps of its requests.

    Raises:
        StepFailed: Another record is answered than was put, or one that was deleted.
    """
    for described in stage.feature_groups.values():
        actions = granted(caller.statements, (_PUT, _GET, _GET_BATCH, _DELETE), described["FeatureGroupArn"])
        if actions:
            # An update may have added features since it was described.
            _use(stage, caller, created(stage, described["FeatureGroupName"]), actions)


def _use(stage: Stage, caller: Caller, group: Group, actions: frozenset[str]) -> None:
    if _PUT in actions:
        record = group.record()
        with unless_denied():
            group.put(caller.aws, record)
            if group.is_online:
                require_same(group, caller.role, record, group.kept(stage.aws))
    for action, look in ((_GET, group.kept), (_GET_BATCH, group.kept_of_batch)):
        if action in actions and group.is_online:
            with unless_denied():
                require_same(group, caller.role, group.kept(stage.aws), look(caller.aws))
    if _DELETE in actions:
        with unless_denied():
            group.delete_other(caller.aws, stage.aws)
