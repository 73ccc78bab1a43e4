"""The steps that look at each inference component: it is in service, and an update does not replace it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed

COMPONENT = "AWS::SageMaker::InferenceComponent"
_FINAL = ("InService", "Failed")


def component_steps(stage: Stage) -> Iterator[Step]:
    """A row for each inference component."""
    for resource in stage.assembly.resources(COMPONENT):
        yield Step("component", resource.label, _step(stage, resource))


def _step(stage: Stage, resource: Resource) -> Callable[[], Outcome]:
    def run() -> Outcome:
        arn = stage.physical_id(resource)
        if arn is None:
            return NOT_CREATED
        described = component_in_service(stage, component_name(stage, arn))
        stage.components[resource.path] = described
        copies = described.get("RuntimeConfig", {}).get("CurrentCopyCount", 0)
        summary = f"InService on {described['EndpointName']}, copies: {copies}"
        return Outcome(summary, {"component": described["InferenceComponentName"], "specification": _what(described)})

    return run


def component_update_step(stage: Stage, resource: Resource, copies: int) -> Step:
    """The row that shows that an update reached the component and did not replace it."""

    def run() -> Outcome:
        before = stage.components.get(resource.path)
        if before is None:
            return NOT_CREATED
        name = before["InferenceComponentName"]
        after = component_in_service(stage, name)
        for member in ("InferenceComponentArn", "CreationTime"):
            if after[member] != before[member]:
                raise StepFailed(f"{name} was replaced: {member} was {before[member]}, is {after[member]}")
        got = after["RuntimeConfig"]["CurrentCopyCount"]
        if got != copies:
            raise StepFailed(f"{name} was not updated: it has {got} copies, and the template asks for {copies}")
        return Outcome(f"same component, {before['RuntimeConfig']['CurrentCopyCount']} → {got} copies")

    return Step("update", resource.label, run)


def component_name(stage: Stage, arn: str) -> str:
    """The name of a component; CloudFormation keeps the ARN, which holds the name in lower case."""
    pages = stage.aws.client("sagemaker").get_paginator("list_inference_components").paginate()
    found = [each for page in pages for each in page["InferenceComponents"] if each["InferenceComponentArn"] == arn]
    return str(found[0]["InferenceComponentName"] if found else arn.rpartition("/")[2])


def component_in_service(stage: Stage, name: str) -> dict[str, Any]:
    """Wait for the component and return its description.

    Raises:
        StepFailed: It ends in another status than InService, or does not end in time.
    """
    client = stage.aws.client("sagemaker")
    described: dict[str, Any] = {}

    def look() -> str:
        described.update(client.describe_inference_component(InferenceComponentName=name))
        return str(described["InferenceComponentStatus"])

    status = stage.wait(f"inference component {name}", look, lambda status: status not in _FINAL)
    if status != "InService":
        raise StepFailed(f"{name} is {status}: {described.get('FailureReason', 'no reason given')}")
    return described


def _what(described: dict[str, Any]) -> object:
    return described.get("Specification") or described.get("Specifications")
