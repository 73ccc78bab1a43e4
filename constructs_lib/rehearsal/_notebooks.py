"""The steps that look at each notebook instance, and what people do with it, with credentials of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._compare import differences
from constructs_lib.rehearsal._invoking import is_denied
from constructs_lib.rehearsal._policies import granted
from constructs_lib.rehearsal._stage import NOT_CREATED, Caller, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed

NOTEBOOK = "AWS::SageMaker::NotebookInstance"
_FINAL = ("InService", "Stopped", "Failed")
_SEE, _OPEN = "sagemaker:DescribeNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"
_STOP, _START = "sagemaker:StopNotebookInstance", "sagemaker:StartNotebookInstance"
# What the service describes otherwise than the template names it.
_DESCRIBED = {"SecurityGroupIds": "SecurityGroups", "LifecycleConfigName": "NotebookInstanceLifecycleConfigName"}
_NOT_DESCRIBED = ("Tags",)


def notebook_steps(stage: Stage) -> Iterator[Step]:
    """A row for each notebook instance."""
    for resource in stage.assembly.resources(NOTEBOOK):
        yield Step("notebook", resource.label, _step(stage, resource))


def _step(stage: Stage, resource: Resource) -> Callable[[], Outcome]:
    def run() -> Outcome:
        arn = stage.physical_id(resource)
        if arn is None:
            return NOT_CREATED
        described = _in_service(stage, _name(stage, arn))
        stage.notebooks[resource.path] = described
        wrong = [str(each) for each in differences(_as_described(resource.properties), described)]
        if wrong:
            raise StepFailed(f"is not as the template asks: {wrong[0]}", text="\n".join(wrong))
        _open(stage.aws.client("sagemaker"), described)
        where = f"in {described['SubnetId']}" if "SubnetId" in described else "outside any VPC of the account"
        key = str(described.get("KmsKeyId", "")).rpartition("/")[2]
        summary = f"InService {where}, {f'under key {key}' if key else 'under no key of the account'}; opens"
        return Outcome(summary, {"notebook": described["NotebookInstanceName"]})

    return run


def notebook_update_step(stage: Stage, resource: Resource, size: int) -> Step:
    """The row that shows that an update reached the notebook and did not replace it."""

    def run() -> Outcome:
        before = stage.notebooks.get(resource.path)
        if before is None:
            return NOT_CREATED
        name = str(before["NotebookInstanceName"])
        after = _in_service(stage, name)
        for member in ("NotebookInstanceArn", "CreationTime"):
            if after[member] != before[member]:
                raise StepFailed(f"{name} was replaced: {member} was {before[member]}, is {after[member]}")
        if after["VolumeSizeInGB"] != size:
            raise StepFailed(
                f"{name} was not updated: it has {after['VolumeSizeInGB']} GB, the template asks for {size}"
            )
        return Outcome(f"same notebook, {before['VolumeSizeInGB']} → {size} GB")

    return Step("update", resource.label, run)


def has_notebook(stage: Stage, role: str) -> bool:
    """Whether a notebook runs with the role of this ARN, so that code in it does what the role may."""
    return any(described["RoleArn"] == role for described in stage.notebooks.values())


def use_as(stage: Stage, caller: Caller) -> int:
    """Let a role do with each notebook what a statement of its own names: see, open, stop and start it.

    Whether it may is in what the embedded AWS keeps of its requests.

    Returns:
        How many notebooks it was let use.
    """
    used = 0
    for described in stage.notebooks.values():
        actions = granted(caller.statements, (_SEE, _OPEN, _STOP, _START), str(described["NotebookInstanceArn"]))
        if actions:
            _use(stage, caller, described, actions)
            used += 1
    return used


def _use(stage: Stage, caller: Caller, described: Mapping[str, Any], actions: frozenset[str]) -> None:
    name = str(described["NotebookInstanceName"])
    account, own = stage.aws.client("sagemaker"), caller.aws.client("sagemaker")
    if _SEE in actions:
        _tried(partial(own.describe_notebook_instance, NotebookInstanceName=name))
    if _OPEN in actions:
        _tried(partial(_open, own, described))
    if actions.isdisjoint((_STOP, _START)):
        return
    for action, call, status in (
        (_STOP, "stop_notebook_instance", "Stopped"),
        (_START, "start_notebook_instance", "InService"),
    ):
        does = action in actions and _tried(partial(getattr(own, call), NotebookInstanceName=name))
        if not does:
            # So that the next role finds it as this one did.
            getattr(account, call)(NotebookInstanceName=name)
        _settled(stage, name, status)


def _tried(request: Callable[[], object]) -> bool:
    """Whether a request was let through; a refusal for rights is kept with the role's requests and said in its row."""
    try:
        request()
    except ClientError as error:
        if not is_denied(error):
            raise
        return False
    return True


def _open(client: Any, described: Mapping[str, Any]) -> None:
    client.create_presigned_notebook_instance_url(NotebookInstanceName=described["NotebookInstanceName"])


def _as_described(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {_DESCRIBED.get(name, name): value for name, value in properties.items() if name not in _NOT_DESCRIBED}


def _name(stage: Stage, arn: str) -> str:
    """The name of a notebook; CloudFormation keeps the ARN, which holds the name in lower case."""
    pages = stage.aws.client("sagemaker").get_paginator("list_notebook_instances").paginate()
    names = {
        each["NotebookInstanceArn"]: each["NotebookInstanceName"]
        for page in pages
        for each in page["NotebookInstances"]
    }
    return str(names.get(arn, arn.rpartition("/")[2]))


def _in_service(stage: Stage, name: str) -> dict[str, Any]:
    return _settled(stage, name, "InService")


def _settled(stage: Stage, name: str, wanted: str) -> dict[str, Any]:
    """Wait for the notebook and return its description.

    Raises:
        StepFailed: It ends in another status than *wanted*, or does not end in time.
    """
    client = stage.aws.client("sagemaker")
    described: dict[str, Any] = {}

    def look() -> str:
        described.clear()
        described.update(client.describe_notebook_instance(NotebookInstanceName=name))
        return str(described["NotebookInstanceStatus"])

    status = stage.wait(f"notebook {name}", look, lambda status: status not in _FINAL)
    if status != wanted:
        raise StepFailed(f"{name} is {status}: {described.get('FailureReason', 'no reason given')}")
    return described
