"""What a replay found, as totals, a table, JSON and a plot."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from ._simulation import ReplayMinute

_MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class ScalingReplay:
    """The minutes of a replay.

    Attributes:
        template: The template's path, or `the template`.
        target: The logical id of the scalable target.
        kind: What scales, such as `real-time variant`.
        settings: What the replay was asked for.
        notes: What is not simulated, by name and with the reason.
        minutes: Every minute.
    """

    template: str
    target: str
    kind: str
    settings: Mapping[str, Any]
    notes: tuple[str, ...]
    minutes: tuple[ReplayMinute, ...]

    @cached_property
    def totals(self) -> dict[str, float]:
        """Sums and extremes over all minutes.

        `instance_hours` counts machines from their order on, starting ones among them: no more is billed.
        `in_service_hours` counts those that serve. `hours_at_peak` are those of the highest capacity all the time.
        """
        capacities = [each.capacity for each in self.minutes]
        possible = sum(each.in_service for each in self.minutes) * self.settings["requests_per_instance"]
        served = sum(each.served for each in self.minutes)
        changes = [later - earlier for earlier, later in pairwise(capacities)]
        totals = {
            "requests": sum(each.requests for each in self.minutes),
            "served": served,
            "failed": sum(each.failed for each in self.minutes),
            "on_demand": sum(each.on_demand for each in self.minutes),
            "backlog_at_end": self.minutes[-1].backlog,
            "peak_backlog": max(each.backlog for each in self.minutes),
            "minutes_with_failures": sum(each.failed > 0 for each in self.minutes),
            "lowest_capacity": min(capacities),
            "peak_capacity": max(capacities),
            "times_scaled_out": sum(change > 0 for change in changes),
            "times_scaled_in": sum(change < 0 for change in changes),
            "instance_hours": sum(capacities) / _MINUTES_AN_HOUR,
            "in_service_hours": sum(each.in_service for each in self.minutes) / _MINUTES_AN_HOUR,
            "hours_at_peak": max(capacities) * len(capacities) / _MINUTES_AN_HOUR,
            "average_utilization": served / possible if possible else 0.0,
        }
        return {name: _rounded(value) for name, value in totals.items()}

    def to_dict(self) -> dict[str, Any]:
        """All of it, as `--json` prints it."""
        return {
            "template": self.template,
            "target": self.target,
            "kind": self.kind,
            "settings": dict(self.settings),
            "notes": list(self.notes),
            "totals": self.totals,
            "minutes": [_plain(each) for each in self.minutes],
        }

    def table(self, *, every_minute: bool = False) -> str:
        """Rows as text: where something changes, or all of them; then totals and notes."""
        rest = _Rest.of(self.kind)
        lines = [f"{self.target}, {self.kind}", ""]
        lines.append(_row("time (UTC)", "requests", "capacity", "serving", "load", rest.title, "what happened"))
        for each in self.minutes if every_minute else self._changes(rest.field):
            value = getattr(each, rest.field)
            load = f"{each.utilization:.0%}" if each.in_service else "-"
            cells = (_shown(each.requests), str(each.capacity), str(each.in_service), load, _shown(value))
            lines.append(_row(each.time.strftime("%a %d %H:%M"), *cells, "; ".join(each.events)))
        lines += ["", *self._total_lines(rest)]
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join(lines)

    def plot(self, path: str | Path) -> None:
        """Draw requests, capacity and what was left over, as a PNG file; needs the extra `preview`.

        Raises:
            ConfigurationError: matplotlib is not installed, or the file cannot be written.
        """
        from ._plot import draw  # matplotlib takes half a second, and most do not want a picture

        draw(self, path)

    def _changes(self, field: str) -> Iterator[ReplayMinute]:
        before: ReplayMinute | None = None
        for each in self.minutes:
            if (
                before is None
                or each is self.minutes[-1]
                or each.events
                or each.in_service != before.in_service
                or (getattr(each, field) > 0) != (getattr(before, field) > 0)
            ):
                yield each
            before = each

    def _total_lines(self, rest: "_Rest") -> list[str]:
        totals = {name: _shown(value) for name, value in self.totals.items()}
        left = {
            "failed": f"{totals['failed']} failed in {totals['minutes_with_failures']} minutes",
            "backlog": f"{totals['backlog_at_end']} wait at the end, {totals['peak_backlog']} at most",
            "on_demand": f"{totals['on_demand']} went beyond provisioned concurrency",
        }[rest.field]
        changes = f"scaled out {totals['times_scaled_out']} and in {totals['times_scaled_in']} times"
        used = f"{self.totals['average_utilization']:.0%} used"
        peak = f"{totals['hours_at_peak']} with the peak capacity all the time"
        return [
            f"requests: {totals['requests']}, served {totals['served']}; {left}",
            f"capacity: {totals['lowest_capacity']} to {totals['peak_capacity']}, {changes}, {used}",
            f"instance hours: {totals['instance_hours']} ({totals['in_service_hours']} in service); {peak}",
        ]


@dataclass(frozen=True)
class _Rest:
    """The column of what no machine took at once."""

    field: str
    title: str

    @staticmethod
    def of(kind: str) -> "_Rest":
        return {
            "asynchronous variant": _Rest("backlog", "backlog"),
            "provisioned concurrency": _Rest("on_demand", "beyond"),
        }.get(kind, _Rest("failed", "failed"))


def _row(time: str, requests: str, capacity: str, serving: str, load: str, rest: str, events: str) -> str:
    return f"{time:<13} {requests:>9} {capacity:>9} {serving:>8} {load:>5} {rest:>8}  {events}".rstrip()


def _plain(minute: ReplayMinute) -> dict[str, Any]:
    plain = {name: _rounded(value) if isinstance(value, float) else value for name, value in asdict(minute).items()}
    plain["time"] = _text(minute.time)
    plain["events"] = list(minute.events)
    return plain


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ")


def _rounded(value: float) -> float:
    # Sums of floats end in digits that mean nothing.
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _shown(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"
