"""One rehearsal from beginning to end: the order of the steps, and that nothing of it stays behind."""

from __future__ import annotations

import platform
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.errors import ConfigurationError
from constructs_lib.rehearsal import _data
from constructs_lib.rehearsal._access import access_steps
from constructs_lib.rehearsal._assembly import UNKNOWN_ACCOUNT, UNKNOWN_REGION, Assembly, Environment, Resource
from constructs_lib.rehearsal._buckets import empty_steps
from constructs_lib.rehearsal._cdk import Cdk, cdk_version
from constructs_lib.rehearsal._change import Change, write_changed_copy
from constructs_lib.rehearsal._components import COMPONENT, component_steps, component_update_step
from constructs_lib.rehearsal._endpoints import endpoint_steps, update_step
from constructs_lib.rehearsal._events import event_steps
from constructs_lib.rehearsal._feature_groups import FEATURE_GROUP, feature_group_steps, feature_group_update_step
from constructs_lib.rehearsal._jobs import job_steps
from constructs_lib.rehearsal._leftovers import Inventory, inventory_step, nothing_left_step
from constructs_lib.rehearsal._notebooks import NOTEBOOK, notebook_steps, notebook_update_step
from constructs_lib.rehearsal._report import FAILED, NOT_RUN, PASSED, Report, Row
from constructs_lib.rehearsal._ringing import ringing_steps
from constructs_lib.rehearsal._scaling import scaling_steps
from constructs_lib.rehearsal._stacks import bootstrap_step, deploy_steps, destroy_steps
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import Details, Outcome, Step, StepFailed, counted
from constructs_lib.rehearsal._synth import synthesize
from constructs_lib.rehearsal._table import Table
from constructs_lib.rehearsal.embedded import EmbeddedAws

_DEFAULT = Environment("123456789012", "us-east-1")
_T = TypeVar("_T")
_AFTER_SYNTH = ("bootstrap", "deploy", "run", "endpoint", "scaling", "update", "destroy", "clean")


@dataclass(frozen=True)
class Options:
    """What the command line asked for.

    Attributes:
        app: The command that runs the app, or a folder that holds an assembly; None leaves it to `cdk.json`.
        cdk: The command that starts the CDK command line.
        data: A `rehearsal.json`; None if there is none.
        timeout: Seconds that a job or an endpoint may take.
    """

    app: str | None
    context: tuple[str, ...]
    cdk: tuple[str, ...]
    data: Path | None
    timeout: float
    skip_update: bool


class Rehearsal:
    """Runs the steps in *folder*, which is private to it, and fills in a report as it goes."""

    def __init__(self, options: Options, *, folder: Path, table: Table, shield: Callable[[], None]) -> None:
        """Prepare it; *shield* is called before the cleaning up, which no signal should cut short."""
        self._shield = shield
        self.report = Report()
        self._options = options
        self._folder = folder
        self._table = table
        self._cleanup = ExitStack()
        self._cdk: Cdk | None = None
        self._aws: EmbeddedAws | None = None
        self._stage: Stage | None = None
        self._planned: list[Step] = []
        self._environment = _DEFAULT

    def run(self) -> None:
        """Go through the steps; how they ended is in the report. Everything that was started is ended.

        Raises:
            ConfigurationError: The set-up is wrong, rather than the app; the report has the step.
        """
        # Read before anything takes time: a file that cannot be read is known at once.
        data = _data.read_data(self._options.data) if self._options.data else None
        try:
            self._table.header()
            first = [Step("start", "embedded AWS", self._start), Step("synth", self._app_name(), self._synth)]
            if data:
                first.append(Step("data", str(self._options.data), lambda: self._locate(data)))
            later = [Step(name, "", lambda: Outcome("")) for name in _AFTER_SYNTH]
            if self._run(first, then=later):
                self._run(self._planned)
        finally:
            self._shield()
            self._cleanup.close()

    def _run(self, steps: Iterable[Step], then: Iterable[Step] = ()) -> bool:
        """Run *steps* until one fails; from there on every row, those of *then* too, is "not run"."""
        remaining = iter([*steps])
        for step in remaining:
            self._table.start(step.name, step.subject)
            since = time.monotonic()
            row, text = Row(step.name, step.subject, FAILED, summary="interrupted"), ""
            try:
                outcome = step.run()
                row = self._row(step, PASSED, since, outcome.summary, outcome.details)
            except StepFailed as failure:
                row, text = self._row(step, FAILED, since, failure.summary, failure.details), failure.text
            except ConfigurationError as error:
                row = self._row(step, FAILED, since, f"{error.subject}: {error.problems[0]}", {"error": str(error)})
                raise
            except (ClientError, BotoCoreError) as error:
                row = self._row(step, FAILED, since, str(error), self._log())
            except Exception as error:  # a bug of ours or an app nobody thought of: still a row, a report, a clean end
                details = {"traceback": traceback.format_exc(), **self._log()}
                summary, _, text = f"unexpected {type(error).__name__}: {error}".partition("\n")
                row = self._row(step, FAILED, since, summary, details)
            finally:
                self._end(row, text)
                if row.status == FAILED:
                    for skipped in [*remaining, *then]:
                        self._skip(skipped)
            if row.status == FAILED:
                return False
        return True

    def _skip(self, step: Step) -> None:
        row, text = Row(step.name, step.subject, NOT_RUN), ""
        # Where the embedded AWS has died, the step that noticed says so.
        with suppress(ClientError, BotoCoreError, OSError):
            if step.after_failure is not None and (known := step.after_failure()):
                row, text = Row(step.name, step.subject, FAILED, 0.0, known.summary, known.details), known.text
        self._end(row, text)

    def _end(self, row: Row, text: str = "") -> None:
        self.report.rows.append(row)
        self._table.end(row, text)

    def _row(self, step: Step, status: str, since: float, summary: str, details: Details) -> Row:
        if self._aws is not None and step.name in ("deploy", "update", "destroy"):
            self.report.resource_types = self._resource_types()
        return Row(
            step.name,
            step.subject,
            status,
            time.monotonic() - since,
            " ".join(summary.split()),
            details,
        )

    def _resource_types(self) -> dict[str, str]:
        try:
            return self._aws.resources() if self._aws is not None else {}
        except OSError:  # it has died, which the step that noticed says
            return dict(self.report.resource_types)

    def _log(self) -> dict[str, object]:
        return {"embedded_aws_log": self._aws.log()} if self._aws is not None else {}

    def _app_name(self) -> str:
        return self._options.app or "cdk.json"

    def _start(self) -> Outcome:
        self._start_aws(_DEFAULT)
        self.report.versions |= {
            "aws-cdk": cdk_version(self._options.cdk[-1]),
            "boto3": metadata.version("boto3"),
            "python": platform.python_version(),
        }
        return Outcome(self._aws.endpoint_url if self._aws else "")

    def _start_aws(self, environment: Environment) -> None:
        self._cleanup.close()
        place = self._folder / f"{environment.account}-{environment.region}"
        place.mkdir()
        self._environment = environment
        self._aws = self._cleanup.enter_context(
            EmbeddedAws(folder=place, account=environment.account, region=environment.region)
        )
        self._cdk = Cdk(self._options.cdk, folder=self._folder, aws=self._aws.environment())
        self._cleanup.callback(self._cdk.close)

    def _synth(self) -> Outcome:
        assembly = synthesize(_required(self._cdk), self._options.app, self._options.context, self._folder / "assembly")
        if assembly.library_version:
            self.report.versions["aws-cdk-lib"] = assembly.library_version
        environment = _one_environment(assembly)
        restarted = environment != self._environment
        if restarted:
            self._start_aws(environment)
        self._stage = Stage(_required(self._aws), assembly, _required(self._cdk), self._folder, self._options.timeout)
        self._planned = [*self._plan(self._stage)]
        resources = sum(1 for _ in assembly.resources())
        summary = f"{counted(len(assembly.stacks), 'stack')}, {counted(resources, 'resource')}"
        nested = [resource.label for resource in assembly.resources("AWS::CloudFormation::Stack")]
        if nested:
            summary += f"; what nested stacks hold is deployed and destroyed, not exercised: {', '.join(nested)}"
        if restarted:
            summary += f"; the embedded AWS is {environment} now, at {_required(self._aws).endpoint_url}"
        return Outcome(summary, {"environment": str(environment)})

    def _locate(self, data: _data.Data) -> Outcome:
        stage = _required(self._stage)
        path = self._options.data or _data.DEFAULT
        data, without = _data.without_others(data, stage.assembly)
        objects = _data.locate(data.objects, path, stage.assembly)
        stage.inputs.update(_data.inputs_of(data, path, stage.assembly))
        stage.wide.update(_data.wide_of(data, path, stage.assembly))
        stage.aws.seed(objects)
        count = sum(len(keys) for keys in data.objects.values())
        summary = f"{counted(count, 'object')} for {counted(len(data.objects), 'bucket')}"
        if data.inputs:
            summary += f", {counted(len(data.inputs), 'input')}"
        if data.wide:
            summary += f", {counted(len(data.wide), 'wide role')}"
        if without:
            summary += f"; left out, because the app has no such stack: {', '.join(without)}"
        return Outcome(summary, vars(data))

    def _plan(self, stage: Stage) -> Iterator[Step]:
        """Every step after the synth, in order: the whole table is known before the first stack is deployed."""
        yield bootstrap_step(stage, str(self._environment))
        yield from deploy_steps(stage)
        # What is put into them may be what a job is trained on.
        yield from feature_group_steps(stage)
        yield from job_steps(stage)
        yield from component_steps(stage)
        yield from endpoint_steps(stage)
        yield from notebook_steps(stage)
        yield from scaling_steps(stage)
        yield from ringing_steps(stage)
        if not self._options.skip_update:
            yield from self._update_steps(stage)
        yield from event_steps(stage)
        yield from access_steps(stage)
        inventory = Inventory()
        yield inventory_step(stage, inventory)
        yield from empty_steps(stage)
        yield from destroy_steps(stage)
        yield nothing_left_step(stage, inventory)

    def _update_steps(self, stage: Stage) -> Iterator[Step]:
        copy = self._folder / "changed"
        changes = write_changed_copy(stage.assembly, copy)
        if not changes:
            yield Step("update", "every stack", lambda: Outcome("nothing to update"))
            return
        summary = ", ".join(f"{change.logical_id} {change.before} → {change.after}" for change in changes)
        details = {"changes": [vars(change) for change in changes]}
        yield Step("update", "capacities, features", lambda: Outcome(summary, details))
        yield from deploy_steps(stage, "update", copy)
        for endpoint in stage.assembly.resources("AWS::SageMaker::Endpoint"):
            yield update_step(stage, endpoint, changed=_is_changed(endpoint, changes))
        for change in changes:
            resource = next(
                r for r in stage.assembly.stack(change.stack).resources if r.logical_id == change.logical_id
            )
            if resource.type == COMPONENT:
                yield component_update_step(stage, resource, change.after)
            elif resource.type == FEATURE_GROUP:
                yield feature_group_update_step(stage, resource, change.after)
            elif resource.type == NOTEBOOK:
                yield notebook_update_step(stage, resource, change.after)


def _required(value: _T | None) -> _T:
    if value is None:
        raise RuntimeError("an earlier step did not run")
    return value


def _is_changed(endpoint: Resource, changes: Iterable[Change]) -> bool:
    reference = endpoint.properties.get("EndpointConfigName")
    config = None
    if isinstance(reference, dict):
        target = reference.get("Ref") or reference.get("Fn::GetAtt")
        config = target[0] if isinstance(target, list) else target
    return any(change.stack == endpoint.stack and change.logical_id == config for change in changes)


def _one_environment(assembly: Assembly) -> Environment:
    """The environment of every stack, with what the app leaves open filled in."""
    if not assembly.stacks:
        raise StepFailed("the app has no stack")
    named = [stack.environment for stack in assembly.stacks]
    accounts = sorted({each.account for each in named} - {UNKNOWN_ACCOUNT})
    regions = sorted({each.region for each in named} - {UNKNOWN_REGION})
    if len(accounts) > 1 or len(regions) > 1:
        text = ", ".join(sorted({str(each) for each in named}))
        raise StepFailed(f"several accounts or regions are not supported yet: {text}")
    return Environment((accounts or [_DEFAULT.account])[0], (regions or [_DEFAULT.region])[0])
