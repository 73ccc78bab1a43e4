"""The preview itself: a template, a target in it, and what it does with traffic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from constructs_lib._internal.checks import between, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib.errors import ConfigurationError

from ._initial import initial_capacity_of, kind_of
from ._metrics import Kind, ServiceModel
from ._plan import read_plan
from ._simulation import Simulation
from ._template import Target, Template, the_target
from .scaling_replay import ScalingReplay
from .traffic_trace import MOST_REQUESTS, TrafficTrace

# A Monday, so that a week of traffic begins where people expect it.
DEFAULT_START = "2026-01-05T00:00"
# "The provisioning process takes several minutes": measure yours, it is the machine, the image and the model together.
# https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html
DEFAULT_START_MINUTES = 5
# The datapoint of a minute is whole only after the minute, and alarms are evaluated once a minute.
DEFAULT_METRIC_DELAY = 1
# Those of a cron expression, with room for what ran before the trace.
_YEARS = (1971, 2198)
# With less, what a machine serves in a minute is not worth a machine.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class ScalingPreview:
    """Replays traffic against the scaling policies of a synthesized template; `from_template` makes it.

    It needs no account, no AWS CDK and no Node, and works on the template of any app. `docs/scaling-preview.md` lists
    its rules with their sources and says what it cannot tell.

    Attributes:
        template: The template that was read.
        target: The scalable target in it.
    """

    template: Template
    target: Target

    @staticmethod
    def from_template(
        template: str | Path | Mapping[str, Any],
        *,
        target: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> "ScalingPreview":
        """Read a template.

        Args:
            template: The path of a JSON template such as `cdk.out/Stack.template.json`, or the template itself.
            target: The logical id of the scalable target; None takes the only one there is.
            parameters: Values of the template's parameters; the others have their defaults.

        Raises:
            ConfigurationError: The template cannot be read, or has no such target, or several and none was chosen.
        """
        require("the preview", argument_problems(ScalingPreview.from_template, locals()))
        read = Template.load(template, parameters or {})
        return ScalingPreview(read, the_target(read, target))

    def replay(
        self,
        trace: TrafficTrace | Iterable[float] | str | Path,
        *,
        requests_per_instance: float,
        start_minutes: int = DEFAULT_START_MINUTES,
        metric_delay_minutes: int = DEFAULT_METRIC_DELAY,
        seconds_per_request: float | None = None,
        full_load_percent: float = 100,
        initial_capacity: int | None = None,
        start: str | datetime = DEFAULT_START,
    ) -> ScalingReplay:
        """Let *trace* pass, minute by minute.

        Args:
            trace: A TrafficTrace, numbers of requests a minute, or the path of a CSV file.
            requests_per_instance: What an instance, a copy or a unit of concurrency serves a minute, above 0.
            start_minutes: From the order of a machine to its first request, 0 or more.
            metric_delay_minutes: From the end of a minute until alarms see its datapoints, 0 or more.
            seconds_per_request: How long one takes at full load; None takes 60 / `requests_per_instance`.
            full_load_percent: CPU and GPU utilization of a machine that serves all it can, above 0.
            initial_capacity: Machines at the beginning; None takes the template's, or the minimum if it has none.
            start: When minute 0 begins, for scheduled actions: ISO 8601, in UTC where it names no offset.

        Raises:
            ConfigurationError: A number is out of range, or the template or the trace cannot be used.

        Returns:
            Every minute, totals and notes on what is not simulated.
        """
        require(
            "the preview",
            _number_problem("requests_per_instance", requests_per_instance),
            _count_problem("start_minutes", start_minutes),
            _count_problem("metric_delay_minutes", metric_delay_minutes),
            None if seconds_per_request is None else _number_problem("seconds_per_request", seconds_per_request),
            _number_problem("full_load_percent", full_load_percent),
            None if initial_capacity is None else _count_problem("initial_capacity", initial_capacity),
        )
        origin = _moment(start)
        traffic = _trace(trace)
        kind = kind_of(self.template, self.target)
        written = read_plan(self.template, self.target, kind, origin)
        plan = written.in_force(origin)
        seconds = 60 / requests_per_instance if seconds_per_request is None else seconds_per_request
        model = ServiceModel(kind, requests_per_instance, seconds, full_load_percent)
        wanted = initial_capacity_of(self.template, self.target) if initial_capacity is None else initial_capacity
        capacity = min(max(plan.minimum if wanted is None else wanted, plan.minimum), plan.maximum)
        notes = list(plan.notes)
        if initial_capacity is not None and capacity != initial_capacity:
            notes.append(
                f"initial_capacity {initial_capacity} is outside {plan.minimum} to {plan.maximum}: it is {capacity}"
            )
        if kind is Kind.REAL_TIME and written.minimum == 0:
            notes.append(
                "MinCapacity 0: a real-time variant without components cannot scale to zero, the service refuses it"
            )
        simulation = Simulation(plan, model, origin, start_minutes, metric_delay_minutes, capacity)
        settings = {
            "requests_per_instance": requests_per_instance,
            "start_minutes": start_minutes,
            "metric_delay_minutes": metric_delay_minutes,
            "seconds_per_request": seconds,
            "full_load_percent": full_load_percent,
            "initial_capacity": capacity,
            "start": origin.isoformat(),
        }
        minutes = tuple(simulation.run(traffic.requests))
        return ScalingReplay(self.template.name, self.target.logical_id, kind.value, settings, tuple(notes), minutes)


def _trace(trace: Any) -> TrafficTrace:
    if isinstance(trace, TrafficTrace):
        return trace
    if isinstance(trace, str | Path):
        return TrafficTrace.from_csv(trace)
    if not isinstance(trace, Iterable):
        raise ConfigurationError("the preview", [f"trace must be a TrafficTrace, numbers or a path, got {trace!r}"])
    return TrafficTrace.of(trace)


def _moment(start: Any) -> datetime:
    try:
        moment = start if isinstance(start, datetime) else datetime.fromisoformat(start)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (OverflowError, TypeError, ValueError):
        problem = f"start must be a date and time such as {DEFAULT_START!r}, got {start!r}"
        raise ConfigurationError("the preview", [problem]) from None
    require("the preview", between("the year of start", moment.year, *_YEARS))
    return moment.replace(second=0, microsecond=0)


def _count_problem(field: str, value: Any) -> str | None:
    # Nothing is deployed here, so that no token is ever filled in.
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return None
    return f"{field} must be a whole number of at least 0, got {value!r}"


def _number_problem(field: str, value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and _LEAST <= value <= MOST_REQUESTS:
        return None
    return f"{field} must be a number from {_LEAST:g} to {MOST_REQUESTS:g}, got {value!r}"
