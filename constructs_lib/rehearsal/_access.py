"""The steps that show least privilege: what each role did was allowed, and what lies beside it is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._invoking import invoke_as
from constructs_lib.rehearsal._notebooks import use_as
from constructs_lib.rehearsal._probes import Probe, probes
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Details, Outcome, Step, StepFailed, counted

ROLE = "AWS::IAM::Role"
UNUSED = Outcome("not used: nothing that the rehearsal does is done with it")


def access_steps(stage: Stage) -> Iterator[Step]:
    """A row for each role of the app."""
    for resource in stage.assembly.resources(ROLE):
        role = _Role(stage, resource)
        yield Step("access", resource.label, role.check, after_failure=role.denied)


class _Role:
    def __init__(self, stage: Stage, resource: Resource) -> None:
        self._stage = stage
        self._resource = resource

    def check(self) -> Outcome:
        if self._stage.physical_id(self._resource) is None:
            return NOT_CREATED
        found = self._found()
        if found is None:
            return UNUSED
        limited = invoke_as(self._stage, found["role"])
        use_as(self._stage, found["role"])
        requests = self._requests()
        if denied := self.denied():
            raise denied
        if not requests:
            return UNUSED
        tried = probes(requests, limited)
        decisions = self._stage.aws.probes(found["role"], [vars_of(probe) for probe in tried])
        return self._proven(requests, tried, decisions)

    def denied(self) -> StepFailed | None:
        """What the role was denied while it was at work; None where it was not."""
        requests = self._requests()
        denied = [request for request in requests if not request["allowed"]]
        if not denied:
            return None
        lines = [f"{each['action']} on {each['resource']}: {each['reason']}" for each in denied]
        text = "\n".join(
            f"{self._resource.label} was denied {line}" + _missing(each)
            for line, each in zip(lines, denied, strict=True)
        )
        return StepFailed(f"was denied {lines[0]}", text=text, details={"requests": requests})

    def _proven(self, requests: list[dict[str, Any]], tried: list[Probe], decisions: list[dict[str, Any]]) -> Outcome:
        details: Details = {
            "requests": requests,
            "probes": [
                {**vars_of(probe), "decision": "allowed" if decision["allowed"] else "refused"}
                for probe, decision in zip(tried, decisions, strict=True)
            ],
        }
        unknown = sorted({arn for each in [*requests, *decisions] for arn in each["unknown"]})
        let_in = [
            probe
            for probe, decision in zip(tried, decisions, strict=True)
            if decision["allowed"] and not decision["unknown"]
        ]
        summary = f"{counted(len(requests), 'request')} allowed"
        if unknown:
            return Outcome(f"{summary}; nothing is proven: what {', '.join(unknown)} allows is not known here", details)
        reason = self._stage.wide.get(self._resource.path)
        if let_in and reason is None:
            lines = [f"{self._resource.label} may {probe.words()}" for probe in let_in]
            more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
            raise StepFailed(f"{lines[0]}{more}", text="\n".join(lines), details=details)
        summary += f", {counted(len(tried) - len(let_in), 'neighbour')} refused"
        if let_in and reason is not None:
            summary += f", {len(let_in)} not, since it is wide: {reason}"
        return Outcome(summary, details)

    def _found(self) -> dict[str, Any] | None:
        own = (self._resource.stack, self._resource.logical_id)
        return next((each for each in self._stage.aws.access() if (each["stack"], each["logical_id"]) == own), None)

    def _requests(self) -> list[dict[str, Any]]:
        found = self._found()
        return list(found["requests"]) if found else []


def vars_of(probe: Probe) -> dict[str, Any]:
    """A probe as the embedded AWS takes it and the report shows it."""
    return {"action": probe.action, "resource": probe.resource, "keys": dict(probe.keys)}


def _missing(request: Mapping[str, Any]) -> str:
    return f"\n  it lacks {json.dumps(request['missing'])}" if request["missing"] else ""
