"""The steps that go through CloudFormation with the CDK command line: bootstrap, deploy, destroy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._assembly import Assembly, Stack
from constructs_lib.rehearsal._buckets import BUCKET, FIX
from constructs_lib.rehearsal._cdk import CdkProcess
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed, counted

_STANDARD_QUALIFIER = "hnb659fds"


def bootstrap_step(stage: Stage, environment: str) -> Step:
    def run() -> Outcome:
        qualifiers = sorted({stack.qualifier for stack in stage.assembly.stacks if stack.qualifier is not None})
        for qualifier in qualifiers:
            arguments = ["bootstrap", environment, "--app", str(stage.assembly.folder)]
            if qualifier != _STANDARD_QUALIFIER:
                arguments += ["--qualifier", qualifier, "--toolkit-stack-name", toolkit_name(qualifier)]
            process = stage.cdk.run(*arguments)
            if process.wait() != 0:
                raise StepFailed("cdk bootstrap failed", text=process.tail(), details={"output": process.lines})
        if not qualifiers:
            return Outcome("no stack needs it")
        return Outcome(", ".join(map(toolkit_name, qualifiers)))

    return Step("bootstrap", environment, run)


def toolkit_name(qualifier: str) -> str:
    return "CDKToolkit" if qualifier == _STANDARD_QUALIFIER else f"CDKToolkit-{qualifier}"


def deploy_steps(stage: Stage, name: str = "deploy", folder: Path | None = None) -> Iterator[Step]:
    """One `cdk deploy` of every stack, with a row for each; *folder* is the assembly if not the stage's own."""
    call = _Call(
        stage,
        "deploy",
        folder or stage.assembly.folder,
        # The command line waits five seconds between two looks at a stack, so stacks that need not wait do not.
        ("--progress", "events", "--require-approval", "never", "--concurrency", "8"),
    )
    for stack in stage.assembly.stacks:
        yield Step(name, stack.display_name, _row(call, stack, _created))


def destroy_steps(stage: Stage) -> Iterator[Step]:
    """One `cdk destroy` of every stack, with a row for each."""
    call = _Call(stage, "destroy", stage.assembly.folder, ("--force",))
    for stack in reversed(stage.assembly.stacks):
        yield Step("destroy", stack.display_name, _row(call, stack, _deleted))


class _Call:
    """A call of the command line that goes through every stack; started by the first row that waits for it."""

    def __init__(self, stage: Stage, verb: str, folder: Path, arguments: tuple[str, ...]) -> None:
        self.stage = stage
        self.verb = verb
        self._folder = folder
        self._arguments = arguments
        self._process: CdkProcess | None = None

    def wait_for(self, stack: Stack) -> None:
        process = self._process = self._process or self._start()
        last = stack == (self.stage.assembly.stacks[-1] if self.verb == "deploy" else self.stage.assembly.stacks[0])
        done = process.wait_for(lambda line: _says_done(line, stack))
        # The last row waits for the end too: a command that fails after its last stack has failed.
        if (last or not done) and process.wait() != 0:
            raise explain(self.stage, process, self.verb)

    def _start(self) -> CdkProcess:
        # `--all` leaves out the stacks of stages when the app has stacks outside of them.
        staged = any(stack.folder != self.stage.assembly.folder for stack in self.stage.assembly.stacks)
        everything = "**" if staged else "--all"
        return self.stage.cdk.run(self.verb, everything, "--app", str(self._folder), *self._arguments)


def _says_done(line: str, stack: Stack) -> bool:
    text = line.strip().removeprefix("✅").strip()
    return line.strip().startswith("✅") and text in {
        stack.display_name,
        f"{stack.display_name} (no changes)",
        f"{stack.display_name}: destroyed",
    }


def _row(call: _Call, stack: Stack, outcome: Callable[[Stage, Stack], Outcome]) -> Callable[[], Outcome]:
    def run() -> Outcome:
        call.wait_for(stack)
        return outcome(call.stage, stack)

    return run


def _created(stage: Stage, stack: Stack) -> Outcome:
    ids = stage.physical_ids(stack.name)
    status = stage.aws.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"][0]["StackStatus"]
    return Outcome(f"{counted(len(ids), 'resource')}, {status}", {"status": status, "resources": ids})


def _deleted(stage: Stage, stack: Stack) -> Outcome:
    kept = [resource.label for resource in stack.resources if resource.retained]
    summary = f"{counted(len(kept), 'resource')} retained as the template says" if kept else ""
    return Outcome(summary, {"retained": kept})


def explain(stage: Stage, process: CdkProcess, verb: str) -> StepFailed:
    """Say which stack failed, which resource and construct, and the reason: from CloudFormation's own events."""
    details: dict[str, object] = {"command": process.tail(), "stack": None, "resource": None}
    for stack in stage.assembly.stacks:
        event = _first_failure(stage.aws.client("cloudformation"), stack)
        if event is not None:
            logical_id, reason = event["LogicalResourceId"], event.get("ResourceStatusReason", "")
            path = next((item.label for item in stack.resources if item.logical_id == logical_id), logical_id)
            full = event["ResourceType"] == BUCKET and "not empty" in reason
            fix = FIX if full else _missing_object(stage, reason)
            details |= {"stack": stack.name, "resource": logical_id, "construct": path, "reason": reason}
            text = [
                f"stack     {stack.name}",
                f"resource  {logical_id} ({event['ResourceType']})",
                f"construct {path}",
                f"reason    {reason}",
                *([f"fix       {fix}"] if fix else []),
                "",
                f"The last lines of cdk {verb}:",
                process.tail(),
            ]
            # Which bucket it is and what to do about it are worth more than the words of S3.
            said = f"{path} is not empty, so it cannot be deleted: {FIX}" if full else f"{logical_id}: {reason}"
            return StepFailed(f"{stack.name}: {said}", text="\n".join(text), details=details)
    # A change set that is refused as a whole leaves no event on any resource; then the message names types.
    refused = _refused_types(stage.assembly, process)
    details["resources"] = refused
    return StepFailed(
        _last_error(process) or f"cdk {verb} failed",
        text="\n".join([*refused, *([""] if refused else []), f"The last lines of cdk {verb}:", process.tail()]),
        details=details,
    )


def _missing_object(stage: Stage, reason: str) -> str | None:
    """How a bucket of the app gets the model that was not found in it; None where that is not the reason."""
    found = re.search(r"Could not find model data at s3://([^/\s]+)/(\S+?)\.(?=\s|$)", reason)
    if found is None:
        return None
    for stack in stage.assembly.stacks:
        # Events, because a stack that was rolled back has no resource left.
        events = _events(stage.aws.client("cloudformation"), stack)
        buckets = {event["LogicalResourceId"] for event in events if event.get("PhysicalResourceId") == found[1]}
        path = next((each.label for each in stack.resources if each.logical_id in buckets), None)
        if path is not None:
            says = json.dumps({"objects": {path: {found[2]: "FILE"}}})
            return f"rehearsal.json says what a bucket holds: {says}, with FILE beside it"
    return None


def _events(cloudformation: Any, stack: Stack) -> list[dict[str, Any]]:
    """What has happened to a stack, newest first; nothing where it was not deployed."""
    try:
        pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack.name)
        return [event for page in pages for event in page["StackEvents"]]
    except ClientError:
        return []


def _first_failure(cloudformation: Any, stack: Stack) -> dict[str, Any] | None:
    events = _events(cloudformation, stack)
    failed = [
        event
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
        and "cancelled" not in event.get("ResourceStatusReason", "").lower()
    ]
    # What failed first is the cause; the stack's own event only repeats it.
    own = [event for event in failed if event["LogicalResourceId"] != stack.name]
    causes = own or failed
    return causes[-1] if causes else None


def _refused_types(assembly: Assembly, process: CdkProcess) -> list[str]:
    # The lines of the progress name types as well, those of resources that are fine.
    message = "\n".join(line for line in process.tail(4).splitlines() if " | " not in line)
    types = set(re.findall(r"\w+(?:::\w+){2,}", message))
    return [
        f"stack {resource.stack}, resource {resource.logical_id} ({resource.type}), construct {resource.label}"
        for resource in assembly.resources()
        if resource.type in types
    ]


def _last_error(process: CdkProcess) -> str:
    lines = [line.strip() for line in process.lines if line.strip()]
    return next((line for line in reversed(lines) if "failed" in line.lower() or "error" in line.lower()), "")
