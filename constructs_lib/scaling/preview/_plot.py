"""Draws a replay; the only file that needs matplotlib."""

from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from .scaling_replay import ScalingReplay


def draw(replay: "ScalingReplay", path: str | Path) -> None:
    """Write *replay* to *path* as a PNG of two panels: traffic with what was left over, and machines."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        problem = "it needs matplotlib: pip install matplotlib, which the extra `preview` of this package brings"
        raise ConfigurationError("the plot", [problem]) from None
    hours = [each.minute / 60 for each in replay.minutes]
    left = [each.failed + each.on_demand + each.backlog for each in replay.minutes]
    per_machine = replay.settings["requests_per_instance"]
    figure = Figure(figsize=(7, 4), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    traffic, machines = figure.subplots(2, 1, sharex=True)
    traffic.plot(hours, [each.requests for each in replay.minutes], color="#1f5fa8", linewidth=1.2, label="requests")
    room = [each.in_service * per_machine for each in replay.minutes]
    traffic.plot(
        hours, room, color="#7a7a7a", linewidth=1, linestyle="--", drawstyle="steps-post", label="could be served"
    )
    traffic.fill_between(
        hours, left, step="post", color="#c0392b", alpha=0.7, linewidth=0, label=_left_over(replay.kind)
    )
    traffic.set_ylabel("a minute")
    machines.plot(
        hours,
        [each.capacity for each in replay.minutes],
        color="#b9770e",
        drawstyle="steps-post",
        linewidth=1,
        label="wanted",
    )
    serving = [each.in_service for each in replay.minutes]
    machines.fill_between(hours, serving, step="post", color="#2e8b57", alpha=0.5, linewidth=0, label="in service")
    machines.set_ylabel("machines")
    machines.set_xlabel(f"hours from {replay.minutes[0].time:%a %d %b %Y %H:%M} UTC")
    for axes in (traffic, machines):
        axes.set_ylim(bottom=0)
        axes.margins(x=0)
        axes.grid(visible=True, alpha=0.25)
        axes.legend(loc="upper left", fontsize="small", frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
    if not isinstance(path, str | Path):
        raise ConfigurationError("the plot", [f"path must be that of a file to write, got {path!r}"])
    try:
        # Without the version of matplotlib in it, the same replay gives the same file.
        figure.savefig(path, format="png", metadata={"Software": None})
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no name of a file"
        raise ConfigurationError("the plot", [f"{path!r} cannot be written: {reason}"]) from None


def _left_over(kind: str) -> str:
    return {"asynchronous variant": "backlog", "provisioned concurrency": "beyond provisioned"}.get(kind, "failed")
