"""The steps for what starts or tells by itself: schedules that start state machines, rules that pass events on."""

from __future__ import annotations

import time
from collections.abc import Iterator

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._jobs import execution_ended
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed, counted

_RULE, _SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"
# Events pass through a thread of their own, some of them just after an execution has ended.
_LAST_EVENTS_SECONDS = 1.0


def event_steps(stage: Stage) -> Iterator[Step]:
    """A row for each schedule, and one for all that was delivered; none for an app without rules and schedules."""
    resources = [*stage.assembly.resources(_RULE, _SCHEDULE)]
    for resource in resources:
        if resource.properties.get("ScheduleExpression"):
            yield Step("schedule", resource.label, _Schedule(stage, resource).run)
    if resources:
        yield Step("events", "rules and schedules", lambda: _delivered(stage))


class _Schedule:
    """A rule or schedule whose time comes now, once."""

    def __init__(self, stage: Stage, resource: Resource) -> None:
        self._stage = stage
        self._resource = resource

    def run(self) -> Outcome:
        name = self._stage.physical_id(self._resource)
        if name is None:
            return NOT_CREATED
        arn, targets = self._described(name)
        machines = [target for target in targets if ":states:" in target]
        before = {machine: self._executions(machine) for machine in machines}
        if not self._stage.aws.fire(arn):
            raise StepFailed(f"{arn} is not there")
        refused = [entry for entry in self._stage.aws.deliveries()["undelivered"] if entry["rule"] == arn]
        if refused:
            raise StepFailed(refused[0]["reason"], details={"undelivered": refused})
        started = [
            execution
            for machine in machines
            for execution in self._executions(machine)
            if execution not in before[machine]
        ]
        if len(started) < len(machines):
            raise StepFailed(f"{counted(len(machines), 'state machine')} to start, {len(started)} started")
        for execution in started:
            execution_ended(self._stage, execution, self._resource)
        summary = f"started {counted(len(started), 'execution')}, SUCCEEDED" if started else "fired"
        return Outcome(summary, {"executions": started, "targets": targets})

    def _described(self, name: str) -> tuple[str, list[str]]:
        """Its ARN and those of its targets."""
        if self._resource.type == _SCHEDULE:
            group = self._resource.properties.get("GroupName", "default")
            found = self._stage.aws.client("scheduler").get_schedule(Name=name, GroupName=group)
            return found["Arn"], [found["Target"]["Arn"]]
        client = self._stage.aws.client("events")
        targets = client.list_targets_by_rule(Rule=name)["Targets"]
        return client.describe_rule(Name=name)["Arn"], [target["Arn"] for target in targets]

    def _executions(self, machine: str) -> list[str]:
        pages = self._stage.aws.client("stepfunctions").get_paginator("list_executions")
        return [
            execution["executionArn"]
            for page in pages.paginate(stateMachineArn=machine)
            for execution in page["executions"]
        ]


def _delivered(stage: Stage) -> Outcome:
    time.sleep(_LAST_EVENTS_SECONDS)
    seen = stage.aws.deliveries()
    if seen["undelivered"]:
        lines = [f"{entry['event']} to {entry['target']}: {entry['reason']}" for entry in seen["undelivered"]]
        text = "\n".join(dict.fromkeys(lines))
        raise StepFailed(lines[0], text=text, details={"undelivered": seen["undelivered"]})
    kinds = sorted({entry["event"] for entry in seen["delivered"]})
    summary = f"{counted(len(seen['delivered']), 'event')} delivered" + (f": {', '.join(kinds)}" if kinds else "")
    return Outcome(summary, {"delivered": seen["delivered"]})
