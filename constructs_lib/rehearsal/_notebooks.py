"""The steps that look at each notebook instance, and what its role and people do with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._compare import differences
from constructs_lib.rehearsal._policies import listed, matches, statements
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed

NOTEBOOK = "AWS::SageMaker::NotebookInstance"
_FINAL = ("InService", "Stopped", "Failed")
_OBJECTS = "arn:aws:s3:::"
_READ, _WRITE, _LIST = "s3:GetObject", "s3:PutObject", "s3:ListBucket"
# What the service describes otherwise than the template names it.
_DESCRIBED = {"SecurityGroupIds": "SecurityGroups", "LifecycleConfigName": "NotebookInstanceLifecycleConfigName"}
_NOT_DESCRIBED = ("Tags",)
_DENIED = ("AccessDenied", "AccessDeniedException")


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
        did = _work(stage, str(described["RoleArn"]))
        where = f"in {described['SubnetId']}" if "SubnetId" in described else "outside any VPC of the account"
        key = str(described.get("KmsKeyId", "")).rpartition("/")[2]
        summary = f"InService {where}, {f'under key {key}' if key else 'under no key of the account'}; opens"
        if did:
            summary += f"; its role {', '.join(did)}"
        return Outcome(summary, {"notebook": described["NotebookInstanceName"], "role": did})

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


def use_as(stage: Stage, role: str) -> None:
    """Let *role* do with each notebook what a statement of its own names: see, open, stop and start it.

    Whether it may is in what the embedded AWS keeps of its requests.
    """
    for described in stage.notebooks.values():
        granted = set(_granted(stage, role, str(described["NotebookInstanceArn"])))
        if granted:
            _use(stage, role, described, granted)


def _use(stage: Stage, role: str, described: Mapping[str, Any], granted: set[str]) -> None:
    name = str(described["NotebookInstanceName"])
    account, person = stage.aws.client("sagemaker"), stage.aws.acting_as(role, "sagemaker").client("sagemaker")
    if "DescribeNotebookInstance" in granted:
        with _unless_denied():
            person.describe_notebook_instance(NotebookInstanceName=name)
    if "CreatePresignedNotebookInstanceUrl" in granted:
        with _unless_denied():
            _open(person, described)
    steps = (
        ("StopNotebookInstance", "stop_notebook_instance", "Stopped"),
        ("StartNotebookInstance", "start_notebook_instance", "InService"),
    )
    if granted.isdisjoint(action for action, _, _ in steps):
        return
    for action, call, status in steps:
        try:
            getattr(person if action in granted else account, call)(NotebookInstanceName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _DENIED:
                raise
            # So that the next role finds it as this one did.
            getattr(account, call)(NotebookInstanceName=name)
        _settled(stage, name, status)


def _granted(stage: Stage, role: str, arn: str) -> Iterator[str]:
    for statement in statements(stage, role):
        if statement["Effect"] == "Allow" and any(matches(arn, each) for each in listed(statement.get("Resource"))):
            for action in listed(statement.get("Action")):
                if action.startswith("sagemaker:") and "*" not in action:
                    yield action.removeprefix("sagemaker:")


def _work(stage: Stage, role: str) -> list[str]:
    """Let the role of a notebook list, read and write in each place that its statements name, as code in it would."""
    account, own = stage.aws.client("s3"), stage.aws.acting_as(role, "s3").client("s3")
    buckets = {each["Name"] for each in account.list_buckets()["Buckets"]}
    done: dict[str, list[str]] = {"listed": [], "read": [], "wrote": []}
    for action, bucket, prefix in dict.fromkeys(_places(stage, role)):
        if bucket not in buckets:
            continue
        place = {"Bucket": bucket, "Key": f"{prefix}cdk-rehearse-{uuid.uuid4()}.txt"}
        with _unless_denied():
            if action == _LIST:
                own.list_objects_v2(Bucket=bucket, Prefix=prefix)
                done["listed"].append(prefix)
                continue
            try:
                writer = own if action == _WRITE else account
                writer.put_object(**place, Body=b"rehearsed")
                if action == _READ:
                    own.get_object(**place)["Body"].read()
                done["wrote" if action == _WRITE else "read"].append(prefix)
            finally:
                account.delete_object(**place)
    return [f"{verb} {', '.join(each or 'anywhere' for each in places)}" for verb, places in done.items() if places]


def _places(stage: Stage, role: str) -> Iterator[tuple[str, str, str]]:
    """Action, bucket and prefix of each place in S3 that the statements of *role* name."""
    for statement in statements(stage, role):
        if statement["Effect"] != "Allow":
            continue
        actions = [action for action in (_READ, _WRITE, _LIST) if action in listed(statement.get("Action"))]
        for resource in listed(statement.get("Resource")):
            bucket, _, path = str(resource).removeprefix(_OBJECTS).partition("/")
            if not actions or not str(resource).startswith(_OBJECTS) or "*" in bucket:
                continue
            for action in actions:
                wanted = _prefixes(statement.get("Condition", {})) if action == _LIST else [path]
                yield from (
                    (action, bucket, each[:-1]) for each in wanted if each.endswith("*") and "*" not in each[:-1]
                )


def _prefixes(conditions: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """The prefixes that a statement lets list; all of them where it names none."""
    named = [value for keys in conditions.values() for value in listed(keys.get("s3:prefix"))]
    return named or ["*"]


@contextmanager
def _unless_denied() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        # A refusal for its rights is kept with the role's requests, and the role's own row says it.
        if error.response["Error"]["Code"] not in _DENIED:
            raise


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
