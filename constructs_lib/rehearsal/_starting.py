"""Roles that were granted the start of a workflow start it, with credentials of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._invoking import is_denied
from constructs_lib.rehearsal._jobs import execution_ended
from constructs_lib.rehearsal._policies import allowing, listed, matches
from constructs_lib.rehearsal._stage import Caller, Stage

_START = "states:StartExecution"
# What these start, they start by themselves, in the rows of schedules and runs.
_BY_THEMSELVES = ("events", "pipes", "sagemaker", "scheduler", "states")


def start_as(stage: Stage, caller: Caller) -> int:
    """Let a role start each workflow that was run before and that a statement of its own names, and wait for its end.

    Whether it may is in what the embedded AWS keeps of its requests.

    Returns:
        How many workflows it was let try.
    """
    started = 0
    for path, machine in _named(stage, caller):
        started += 1
        given = json.dumps(stage.inputs.get(path, {}))
        try:
            answer = caller.aws.client("stepfunctions").start_execution(stateMachineArn=machine, input=given)
        except ClientError as error:
            if not is_denied(error):
                raise
            continue
        resource = next(each for each in stage.assembly.resources() if each.path == path)
        execution_ended(stage, answer["executionArn"], resource)
    return started


def _named(stage: Stage, caller: Caller) -> Iterator[tuple[str, str]]:
    patterns = [each for statement in allowing(caller.statements, _START) for each in listed(statement.get("Resource"))]
    if patterns and not _starts_by_itself(stage, caller.role):
        yield from (
            (path, machine)
            for path, machine in stage.workflows.items()
            if any(matches(machine, pattern) for pattern in patterns)
        )


def _starts_by_itself(stage: Stage, role: str) -> bool:
    trust = stage.aws.client("iam").get_role(RoleName=role.rpartition("/")[2])["Role"]["AssumeRolePolicyDocument"]
    principals = [statement.get("Principal") for statement in listed(trust.get("Statement"))]
    services = [
        each for principal in principals if isinstance(principal, dict) for each in listed(principal.get("Service"))
    ]
    return any(str(service).partition(".")[0] in _BY_THEMSELVES for service in services)
