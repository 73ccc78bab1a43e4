"""The steps that use each endpoint: it is in service, and it answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._hosted import hosted
from constructs_lib.rehearsal._kinds import invoke
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed

_FINAL = ("InService", "OutOfService", "Failed", "UpdateRollbackFailed")


def endpoint_steps(stage: Stage) -> Iterator[Step]:
    """A row for each endpoint."""
    for resource in stage.assembly.resources("AWS::SageMaker::Endpoint"):
        yield Step("endpoint", resource.label, _step(stage, resource))


def _step(stage: Stage, resource: Resource) -> Callable[[], Outcome]:
    def run() -> Outcome:
        name = endpoint_name(stage, resource)
        if name is None:
            return NOT_CREATED
        described = in_service(stage, name)
        stage.endpoints[resource.path] = described
        kind, answer = invoke(stage, hosted(stage, resource.path, described))
        details = {"endpoint": name, "kind": kind, "answer": answer, "configuration": described["EndpointConfigName"]}
        return Outcome(f"InService, {kind}: {answer}", details)

    return run


def endpoint_name(stage: Stage, resource: Resource) -> str | None:
    """The endpoint's name; None where its condition is false.

    CloudFormation keeps the ARN, which holds the name in lower case, and the name is compared letter by letter.
    """
    arn = stage.physical_id(resource)
    if arn is None:
        return None
    pages = stage.aws.client("sagemaker").get_paginator("list_endpoints").paginate()
    names = {each["EndpointArn"]: str(each["EndpointName"]) for page in pages for each in page["Endpoints"]}
    return names.get(arn, arn.rpartition("/")[2])


def in_service(stage: Stage, name: str) -> dict[str, Any]:
    """Wait for the endpoint and return its description.

    Raises:
        StepFailed: It ends in another status than InService, or does not end in time.
    """
    client = stage.aws.client("sagemaker")
    described: dict[str, Any] = {}

    def look() -> str:
        described.update(client.describe_endpoint(EndpointName=name))
        return str(described["EndpointStatus"])

    status = stage.wait(f"endpoint {name}", look, lambda status: status not in _FINAL)
    if status != "InService":
        reason = described.get("FailureReason", "no reason given")
        raise StepFailed(f"{name} is {status}: {reason}", details={"endpoint": name, "reason": reason})
    return described


def update_step(stage: Stage, resource: Resource, *, changed: bool) -> Step:
    """The row that shows that an update reached the endpoint and did not replace it."""

    def run() -> Outcome:
        before = stage.endpoints.get(resource.path)
        if before is None:
            return NOT_CREATED
        if not changed:
            return Outcome("nothing to update: its configuration has no capacity of its own")
        name, old = before["EndpointName"], before["EndpointConfigName"]
        after = in_service(stage, name)
        for member in ("EndpointArn", "CreationTime"):
            if after[member] != before[member]:
                raise StepFailed(f"{name} was replaced: {member} was {before[member]}, is {after[member]}")
        if after["EndpointConfigName"] == old:
            raise StepFailed(f"{name} was not updated: it still has the configuration {old}")
        kind, answer = invoke(stage, hosted(stage, resource.path, after))
        _must_be_gone(stage, old)
        return Outcome(
            f"same endpoint, new configuration, {kind}: {answer}",
            {"endpoint": name, "configuration_before": old, "configuration": after["EndpointConfigName"]},
        )

    return Step("update", resource.label, run)


def _must_be_gone(stage: Stage, config: str) -> None:
    client = stage.aws.client("sagemaker")
    until = time.monotonic() + stage.timeout
    while time.monotonic() < until:
        try:
            client.describe_endpoint_config(EndpointConfigName=config)
        except ClientError:
            return
        time.sleep(0.25)
    raise StepFailed(f"the old configuration {config} is still there")
