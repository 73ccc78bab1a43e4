"""What the steps share: the embedded AWS, the assembly, the command line, and what earlier steps saw."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from constructs_lib.rehearsal._assembly import Assembly, Resource
from constructs_lib.rehearsal._cdk import Cdk
from constructs_lib.rehearsal._steps import Aws, Outcome, StepFailed


@dataclass(frozen=True)
class Caller:
    """A role of the app that does something of its own.

    Attributes:
        role: Its ARN.
        aws: The AWS as it sees it: each request is signed with its credentials.
        statements: Those of all its policies.
    """

    role: str
    aws: Aws
    statements: tuple[dict[str, Any], ...]


@dataclass
class Stage:
    """Handed to each subject's `steps(stage)`.

    Attributes:
        folder: Private to this run, removed at its end.
        timeout: Seconds that a job or an endpoint may take.
        inputs: Construct path of a state machine to the input of its execution, or of an asynchronous endpoint to the
            bucket and the key of the object that it is asked with.
        wide: Construct path of a role that may do more than it does to the reason.
        endpoints: Construct path to the description of each endpoint as it was deployed first.
        components: Construct path to the description of each inference component as it was deployed first.
        feature_groups: Construct path to the description of each feature group as it was deployed first.
        notebooks: Construct path to the description of each notebook instance as it was deployed first.
        workflows: Construct path to the ARN of each state machine that was run.
        caller: Who asks endpoints, and puts and reads what that takes; None for the account.
    """

    aws: Aws
    assembly: Assembly
    cdk: Cdk
    folder: Path
    timeout: float
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    wide: dict[str, str] = field(default_factory=dict)
    endpoints: dict[str, dict[str, Any]] = field(default_factory=dict)
    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    feature_groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    notebooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    workflows: dict[str, str] = field(default_factory=dict)
    caller: Caller | None = None

    def asking(self, service: str) -> Any:
        """A client for what the caller does; everything else is done by the account."""
        return (self.caller.aws if self.caller else self.aws).client(service)

    def physical_ids(self, stack: str) -> dict[str, str]:
        """Logical to physical id of what *stack* has at this moment."""
        pages = self.aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        return {
            summary["LogicalResourceId"]: summary["PhysicalResourceId"]
            for page in pages
            for summary in page["StackResourceSummaries"]
            if summary.get("PhysicalResourceId") and summary["ResourceStatus"] != "DELETE_COMPLETE"
        }

    def physical_id(self, resource: Resource) -> str | None:
        """The id of *resource*, or None where its condition is false.

        Raises:
            StepFailed: CloudFormation does not have it, and no condition says why.
        """
        found = self.physical_ids(resource.stack).get(resource.logical_id)
        if found is None and not resource.conditional:
            raise StepFailed(f"{resource.logical_id} of stack {resource.stack} was not created")
        return found

    def wait(self, what: str, look: Callable[[], str], pending: Callable[[str], bool]) -> str:
        """Look again and again until the status is not *pending*, and return it.

        Raises:
            StepFailed: It still is after `timeout` seconds.
        """
        until = time.monotonic() + self.timeout
        while pending(status := look()):
            if time.monotonic() > until:
                raise StepFailed(f"{what} is still {status} after {self.timeout:.0f} s (--timeout gives it longer)")
            time.sleep(0.25)
        return status


NOT_CREATED = Outcome("not created: its condition is false")
