"""The body of a dashboard, without Node: units, places, and nothing that its kind does not publish."""

from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.contract.published_metrics import EndpointKind, published
from constructs_lib.operations.hosting_panels import component_panels, container_panels, queue_panels, variant_panels
from constructs_lib.operations.panels import Line, Panel, Section, render_body
from constructs_lib.operations.workflow_watches import workflow_panels

VARIANTS = {name: {"EndpointName": "e", "VariantName": name} for name in ("a", "b")}
CONTAINER = {"first": {"EndpointName": "e", "VariantName": "a", "ContainerName": "first"}}
COMPONENT = {"InferenceComponentName": "c"}
TIMES = [*(f"{name}: {label}" for label in ("half (p50)", "nine of ten (p90)", "99 of 100 (p99)") for name in "ab")]


def of_kind(kind: EndpointKind, gpus: bool = True) -> list[Panel]:
    """All that is shown of an endpoint of a kind, with its component."""
    panels = variant_panels(kind, VARIANTS, gpus=gpus, limits={})
    if kind is EndpointKind.ASYNCHRONOUS:
        panels += queue_panels({"EndpointName": "e"})
    if kind is EndpointKind.DIRECT:
        panels += container_panels(CONTAINER)
    if kind is EndpointKind.INFERENCE_COMPONENT:
        panels += component_panels(COMPONENT, copies=True, gpus=gpus)
    return [panel for panel in panels if panel.lines]


def lines_of(panels: list[Panel]) -> Iterator[Line]:
    return (line for panel in panels for line in panel.lines)


WAITING = ["Traffic", "Errors", "Latency of the model", "Other latency", "Machines"]
OF_CONTAINERS = ["Traffic of containers", "Errors of containers", "Latency of containers"]
OF_COMPONENTS = [
    "Traffic",
    "Errors",
    "Latency of the model",
    "Requests under way on a copy",
    "Utilization of what copies reserve",
]


class TestEachKind:
    @pytest.mark.parametrize(
        ("kind", "titles"),
        [
            (EndpointKind.REAL_TIME, [*WAITING, "Utilization"]),
            (EndpointKind.PIPELINE, [*WAITING, "Utilization"]),
            (EndpointKind.DIRECT, [*WAITING, "Utilization", *OF_CONTAINERS]),
            (EndpointKind.MULTI_MODEL, [*WAITING, "Loaded models", "Utilization"]),
            (EndpointKind.SERVERLESS, [*WAITING[:4], "Concurrency", "Utilization"]),
            (EndpointKind.ASYNCHRONOUS, [*WAITING, "Utilization", "Backlog", "Oldest request"]),
            (
                EndpointKind.INFERENCE_COMPONENT,
                ["Machines", "Utilization", "Reserved by components", *OF_COMPONENTS],
            ),
        ],
    )
    def test_has_its_graphs(self, kind: EndpointKind, titles: list[str]) -> None:
        assert [panel.title for panel in of_kind(kind)] == titles

    @pytest.mark.parametrize("kind", EndpointKind)
    @pytest.mark.parametrize("gpus", [True, False])
    def test_trap_21_shows_what_it_publishes_and_as_it_publishes_it(self, kind: EndpointKind, gpus: bool) -> None:
        for line in lines_of(of_kind(kind, gpus)):
            metric = published(line.namespace, line.name)
            assert metric is not None, line
            (kinds,) = (each.kinds for each in metric.series if set(each.dimensions) == set(line.dimensions))
            assert kind in kinds, line
            percentile = line.statistic.startswith("p") and "Percentiles" in metric.statistics
            assert percentile or line.statistic in metric.statistics, line
            assert gpus or "GPU" not in line.name

    @pytest.mark.parametrize("kind", sorted(set(EndpointKind) - {EndpointKind.INFERENCE_COMPONENT}))
    def test_shows_latency_by_percentiles_in_milliseconds(self, kind: EndpointKind) -> None:
        (panel,) = (panel for panel in of_kind(kind) if panel.title == "Latency of the model")
        assert panel.unit == "ms"
        assert [line.label for line in panel.lines] == TIMES
        assert {(line.name, line.unit) for line in panel.lines} == {("ModelLatency", 1000)}

    def test_an_adapter_has_answers_only(self) -> None:
        panels = component_panels(COMPONENT, copies=False, gpus=True)
        assert [panel.title for panel in panels] == OF_COMPONENTS[:3]
        assert "NoCapacityInvocationFailures" not in [line.name for line in lines_of(panels)]

    def test_a_workflow_without_a_queue_shows_none(self) -> None:
        assert [panel.title for panel in workflow_panels("arn", "queue") if panel.lines] == [
            "Executions",
            "Time of executions",
            "Starts that did not happen",
        ]
        assert [panel.title for panel in workflow_panels("arn", None) if panel.lines] == [
            "Executions",
            "Time of executions",
        ]


def line(**changes: Any) -> Line:
    plain: dict[str, Any] = {
        "namespace": "N",
        "name": "M",
        "dimensions": {"D": "1", "E": "2"},
        "statistic": "Average",
        "label": "one",
    }
    return Line(**plain | changes)


class TestLines:
    def test_a_metric_in_its_own_unit_is_shown_as_it_is(self) -> None:
        assert line().render(3) == [["N", "M", "D", "1", "E", "2", {"stat": "Average", "label": "one"}]]

    @pytest.mark.parametrize(
        ("changes", "expression"),
        [
            ({"unit": 1000}, "m3 / 1000"),
            ({"unit": 60_000}, "m3 / 60000"),
            ({"unit": 1 / 100}, "m3 * 100"),
            # The sum of a period grows with it, and CloudWatch takes a longer one where one zooms out.
            ({"by_minute": True}, "m3 * 60 / PERIOD(m3)"),
        ],
    )
    def test_another_unit_is_calculated(self, changes: dict[str, Any], expression: str) -> None:
        assert line(**changes).render(3) == [
            ["N", "M", "D", "1", "E", "2", {"stat": "Average", "id": "m3", "visible": False}],
            [{"expression": expression, "id": "e3", "label": "one"}],
        ]


class TestBody:
    def test_is_headings_alarms_and_three_graphs_in_a_row(self) -> None:
        panels = [Panel(title=str(number), unit="ms", lines=[line()]) for number in range(4)]
        empty = Panel(title="nothing", unit="ms", lines=[])
        sections = [Section(title="E", panels=[empty, *panels], alarms=["arn"]), Section(title="F", panels=[])]
        body = render_body((section, "r") for section in sections)
        places = [
            (widget["type"], widget["x"], widget["y"], widget["width"], widget["height"]) for widget in body["widgets"]
        ]
        assert places == [
            ("text", 0, 0, 24, 1),
            ("alarm", 0, 1, 24, 2),
            ("metric", 0, 3, 8, 6),
            ("metric", 8, 3, 8, 6),
            ("metric", 16, 3, 8, 6),
            ("metric", 0, 9, 8, 6),
            ("text", 0, 15, 24, 1),
        ]
        assert body["widgets"][0]["properties"] == {"markdown": "## E"}
        assert body["widgets"][1]["properties"] == {"title": "Alarms", "alarms": ["arn"]}

    def test_a_graph_has_its_unit_and_the_levels_to_compare_with(self) -> None:
        panel = Panel(title="Machines", unit="machines", lines=[line()], limits={"at least": 1, "at most": 4})
        assert panel.render("r")["properties"] == {
            "title": "Machines",
            "region": "r",
            "view": "timeSeries",
            "period": 60,
            "yAxis": {"left": {"label": "machines", "min": 0, "showUnits": False}},
            "metrics": [["N", "M", "D", "1", "E", "2", {"stat": "Average", "label": "one"}]],
            "annotations": {
                "horizontal": [{"label": "at least", "value": 1}, {"label": "at most", "value": 4}],
            },
        }
