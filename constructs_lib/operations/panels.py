"""What a dashboard shows, as plain values, and its body.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# A dashboard is 24 columns wide.
_COLUMNS, _WIDTH, _HEIGHT = 24, 8, 6
_PERIOD_SECONDS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a graph.

    Attributes:
        namespace: The namespace of its metric.
        name: The metric.
        dimensions: Its dimensions, by name.
        statistic: As CloudWatch spells it.
        label: Its name in the graph.
        unit: One of the graph's units in the metric's own.
        by_minute: Whether it is a count, shown for each minute however far one zooms out.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    label: str
    unit: float = 1
    by_minute: bool = False

    def render(self, number: int) -> list[list[Any]]:
        """The rows of a graph's `metrics`: the metric, and what is calculated of it."""
        id = f"m{number}"
        row: list[Any] = [self.namespace, self.name, *(part for pair in self.dimensions.items() for part in pair)]
        if self.by_minute:
            expression = f"{id} * 60 / PERIOD({id})"
        elif self.unit != 1:
            expression = f"{id} / {self.unit:g}" if self.unit > 1 else f"{id} * {1 / self.unit:g}"
        else:
            return [[*row, {"stat": self.statistic, "label": self.label}]]
        hidden = {"stat": self.statistic, "id": id, "visible": False}
        return [[*row, hidden], [{"expression": expression, "id": f"e{number}", "label": self.label}]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One graph.

    Attributes:
        title: Above it.
        unit: Beside its axis.
        lines: What it shows; a graph without lines is left out.
        limits: Levels to compare with, by their labels.
        period_seconds: What a point sums up, unless one zooms out.
    """

    title: str
    unit: str
    lines: Sequence[Line]
    limits: Mapping[str, float] | None = None
    period_seconds: int = _PERIOD_SECONDS

    def render(self, region: str) -> dict[str, Any]:
        """The widget, without its place."""
        limits = [{"label": label, "value": value} for label, value in (self.limits or {}).items()]
        return {
            "type": "metric",
            "properties": {
                "title": self.title,
                "region": region,
                "view": "timeSeries",
                "period": self.period_seconds,
                "yAxis": {"left": {"label": self.unit, "min": 0, "showUnits": False}},
                "metrics": [row for number, line in enumerate(self.lines) for row in line.render(number)],
                **({"annotations": {"horizontal": limits}} if limits else {}),
            },
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """What is shown of one endpoint, component or workflow.

    Attributes:
        title: Its heading.
        panels: Its graphs.
        alarms: The ARNs of its alarms, whose states stand first.
    """

    title: str
    panels: Sequence[Panel]
    alarms: Sequence[str] = ()


def render_body(sections: Iterable[tuple[Section, str]]) -> dict[str, Any]:
    """The body of a dashboard: a heading for each section, its alarms, and its graphs, three in a row.

    Args:
        sections: What is shown, each with the region that its metrics are in.
    """
    widgets: list[dict[str, Any]] = []
    top = 0
    for section, region in sections:
        for height, row in _rows(section, region):
            for number, widget in enumerate(row):
                width = _WIDTH if widget["type"] == "metric" else _COLUMNS
                widgets.append({"x": number * width, "y": top, "width": width, "height": height, **widget})
            top += height
    return {"widgets": widgets}


def _rows(section: Section, region: str) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    yield 1, [{"type": "text", "properties": {"markdown": f"## {section.title}"}}]
    if section.alarms:
        yield 2, [{"type": "alarm", "properties": {"title": "Alarms", "alarms": list(section.alarms)}}]
    panels = [panel.render(region) for panel in section.panels if panel.lines]
    for start in range(0, len(panels), _COLUMNS // _WIDTH):
        yield _HEIGHT, panels[start : start + _COLUMNS // _WIDTH]
