"""The dashboard of endpoints, components and workflows."""

import json
import re
from typing import Any

import pytest

from constructs_lib import (
    AlarmTopic,
    AllAtOnce,
    Cluster,
    Container,
    ContainerImage,
    Dashboard,
    DataKey,
    EndpointBase,
    InferenceComponentEndpoint,
    MetricsConfig,
    MultiContainerEndpoint,
    MultiContainerModel,
    ProductionVariant,
    TrainingJob,
    TrainingWorkflow,
)
from constructs_lib.contract.published_metrics import dimension_problem
from tests.templates import of_type, only, template_of
from tests.unit.endpoints.serving import (
    CPU,
    IMAGE,
    at,
    readable,
    real_time,
    refusal,
    shared,
    specification,
    variant,
)
from tests.unit.endpoints.test_alarms import every_kind

DASHBOARD = "AWS::CloudWatch::Dashboard"


def workflow(stack: Any, id: str = "Workflow", **changes: Any) -> TrainingWorkflow:
    job = TrainingJob(
        stack,
        f"{id}Job",
        image=ContainerImage.from_uri("123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1"),
        cluster=Cluster(instance_type=CPU),
        output=at("models"),
    )
    return TrainingWorkflow(stack, id, steps=[job], **changes)


def body_of(template: dict[str, Any]) -> dict[str, Any]:
    """The body of the one dashboard, with each reference as a short text in its place."""
    written: dict[str, Any] = json.loads(readable(only(template, DASHBOARD)["DashboardBody"]))
    return written


def titles(body: dict[str, Any]) -> list[str]:
    return [w["properties"]["markdown"] for w in body["widgets"] if w["type"] == "text"]


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    """Every kind of endpoint, scaled and with alarms that come later, and a workflow."""
    from aws_cdk import App, Duration, Stack
    from aws_cdk import aws_events as events

    stack = Stack(App(), "Stack")
    endpoints = list(every_kind(stack))
    containers = {name: Container(image=IMAGE) for name in ("one", "two")}
    direct = MultiContainerModel(stack, "Containers", containers=containers)
    named = [ProductionVariant("main", model=direct, instance_type=CPU)]
    endpoints.append(MultiContainerEndpoint(stack, "Named", variants=named))
    flow = workflow(stack, schedule=events.Schedule.rate(Duration.days(1)))
    Dashboard(stack, "Dashboard", endpoints=endpoints, workflows=[flow])
    endpoints[0].auto_scale("a", min_capacity=1, max_capacity=4).scale_on_invocations(per_minute=60)
    topic = AlarmTopic(stack, "Topic", key=DataKey(stack, "Key"))
    for each in (*endpoints, flow):
        each.add_alarms(topic)
    (host,) = (each for each in endpoints if isinstance(each, InferenceComponentEndpoint))
    host.add_component("Late", specification=specification())
    return body_of(template_of(stack))


class TestDashboard:
    def test_shows_each_endpoint_its_components_and_workflows(self, body: dict[str, Any]) -> None:
        assert titles(body) == [
            f"## Stack/{name}"
            for name in (
                *("RealTime", "MultiModel", "MultiContainer", "Pipeline", "Serverless", "Async"),
                *("Host", "Host/Chat", "Host/Chat/French", "Host/Late"),
                *("Named", "Workflow"),
            )
        ]

    def test_trap_21_every_metric_is_published_with_these_dimensions(self, body: dict[str, Any]) -> None:
        rows = [row for widget in body["widgets"] for row in widget["properties"].get("metrics", [])]
        metrics = [row for row in rows if isinstance(row[0], str)]
        assert len(metrics) > 100
        for namespace, name, *rest in metrics:
            assert dimension_problem(namespace, name, rest[:-1:2]) is None, (namespace, name, rest)

    def test_every_calculation_names_a_metric_of_its_graph(self, body: dict[str, Any]) -> None:
        graphs = [widget["properties"]["metrics"] for widget in body["widgets"] if widget["type"] == "metric"]
        for rows in graphs:
            ids = [row[-1].get("id") for row in rows if row[-1].get("id")]
            assert len(ids) == len(set(ids))
            for row in rows:
                if "expression" in row[-1]:
                    assert row[-1]["expression"].split()[0] in ids

    def test_names_the_endpoint_and_the_region(self, body: dict[str, Any]) -> None:
        graph = next(widget for widget in body["widgets"] if widget["type"] == "metric")
        assert graph["properties"]["region"] == "<AWS::Region>"
        assert graph["properties"]["metrics"][0] == [
            "AWS/SageMaker",
            "Invocations",
            "EndpointName",
            "<RealTime.EndpointName>",
            "VariantName",
            "a",
            {"stat": "Sum", "id": "m0", "visible": False},
        ]

    def test_shows_the_limits_of_scaling(self, body: dict[str, Any]) -> None:
        drawn = [
            widget["properties"]["annotations"] for widget in body["widgets"] if "annotations" in widget["properties"]
        ]
        assert drawn == [{"horizontal": [{"label": "at least", "value": 1}, {"label": "at most", "value": 4}]}]

    def test_shows_alarms_that_came_later(self, body: dict[str, Any]) -> None:
        shown = [arn for widget in body["widgets"] for arn in widget["properties"].get("alarms", [])]
        assert len(shown) == len(set(shown))
        for one in ("RealTimeAlarmsVariantsaErrors", "HostLateAlarmsNoCapacity", "WorkflowAlarmsNotStarted"):
            assert f"<{one}.Arn>" in shown

    def test_shows_containers_that_are_asked_by_name(self, body: dict[str, Any]) -> None:
        (graph,) = (w for w in body["widgets"] if w["properties"].get("title") == "Traffic of containers")
        labels = [row[0]["label"] for row in graph["properties"]["metrics"] if isinstance(row[0], dict)]
        assert labels == ["one: requests", "two: requests"]

    def test_counts_machines_that_tell_more_often(self, stack: Any) -> None:
        endpoint = real_time(stack, metrics=MetricsConfig(publish_frequency_seconds=10))
        Dashboard(stack, "Dashboard", endpoints=[endpoint])
        (graph,) = (w for w in body_of(template_of(stack))["widgets"] if w["properties"].get("title") == "Machines")
        assert graph["properties"]["metrics"][1][0]["expression"] == "m0 * 10 / PERIOD(m0)"

    def test_limits_of_two_variants_bear_their_names(self, stack: Any) -> None:
        endpoint = real_time(stack, variants=[variant(stack, "a"), variant(stack, "b")])
        for name in ("a", "b"):
            endpoint.auto_scale(name, min_capacity=1, max_capacity=2)
        Dashboard(stack, "Dashboard", endpoints=[endpoint])
        drawn = [w["properties"].get("annotations") for w in body_of(template_of(stack))["widgets"]]
        (limits,) = (each["horizontal"] for each in drawn if each)
        assert [limit["label"] for limit in limits] == ["a: at least", "a: at most", "b: at least", "b: at most"]

    def test_shows_alarms_that_take_an_update_back(self, stack: Any) -> None:
        Dashboard(stack, "Dashboard", endpoints=[real_time(stack, deployment=AllAtOnce())])
        (shown,) = (w["properties"]["alarms"] for w in body_of(template_of(stack))["widgets"] if w["type"] == "alarm")
        assert shown == ["<EndpointRollbackErrors.Arn>", "<EndpointRollbackLatency.Arn>"]

    def test_of_another_stack_shows_no_alarms_which_would_be_exports(self) -> None:
        from aws_cdk import App, Stack

        app = App()
        there, here = Stack(app, "There"), Stack(app, "Here")
        endpoint = real_time(there, deployment=AllAtOnce())
        Dashboard(here, "Dashboard", endpoints=[endpoint], dashboard_name="all")
        assert only(template_of(here), DASHBOARD)["DashboardName"] == "all"
        exports = template_of(there)["Outputs"]
        assert [name for name in exports if "Rollback" in name] == [] and len(exports) == 1

    def test_of_another_region_is_read_there(self) -> None:
        from aws_cdk import App, Environment, Stack

        app = App()
        there, here = (
            Stack(app, region, env=Environment(account="123456789012", region=region), cross_region_references=True)
            for region in ("eu-west-1", "us-east-1")
        )
        Dashboard(here, "Dashboard", endpoints=[real_time(there, endpoint_name="chat")], workflows=[workflow(here)])
        found = re.findall(r'"region":"([a-z0-9-]+)"', readable(only(template_of(here), DASHBOARD)["DashboardBody"]))
        # What another region has is nothing there: a graph without a line.
        assert set(found) == {"eu-west-1", "us-east-1"}
        assert found == sorted(found)

    def test_takes_a_name_and_limits_that_are_known_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        endpoint = real_time(stack)
        most = CfnParameter(stack, "Most", type="Number").value_as_number
        endpoint.auto_scale("main", min_capacity=1, max_capacity=most)
        Dashboard(stack, "Dashboard", endpoints=[endpoint], dashboard_name=CfnParameter(stack, "Name").value_as_string)
        dashboard = only(template_of(stack), DASHBOARD)
        assert dashboard["DashboardName"] == {"Ref": "Name"}
        assert '{"label":"at most","value":<Most>}' in readable(dashboard["DashboardBody"])

    def test_fails_with_nothing_to_show_and_a_name_that_is_none(self, stack: Any) -> None:
        assert refusal(lambda: Dashboard(stack, "Dashboard", dashboard_name="my board")).splitlines() == [
            "endpoints or workflows must hold something to show, got none",
            "dashboard_name must be letters, digits, dashes and underscores, got 'my board'",
        ]

    def test_fails_on_what_is_imported_or_something_else(self, stack: Any) -> None:
        imported: Any = EndpointBase.from_endpoint_name(stack, "Imported", "theirs")
        said = refusal(lambda: Dashboard(stack, "Dashboard", endpoints=[imported, "chat"], workflows=[5])).splitlines()
        assert [line.split(", got")[0] for line in said] == [
            "endpoints[0] must be an endpoint that was made here, and none that is imported",
            "endpoints[1] must be an endpoint that was made here, and none that is imported",
            "workflows[0] must be a workflow that was made here, and none that is imported",
        ]

    def test_fails_on_what_is_there_twice_or_in_the_wrong_list(self, stack: Any) -> None:
        endpoint, training = real_time(stack), workflow(stack)
        wrong: Any = {
            "endpoints": [endpoint, training, endpoint, type(endpoint)],
            "workflows": [endpoint],
            "dashboard_name": "ä",
        }
        said = refusal(lambda: Dashboard(stack, "Dashboard", **wrong)).splitlines()
        assert [line.split(", got")[0] for line in said] == [
            "endpoints[1] must be an endpoint that was made here, and none that is imported",
            "endpoints[3] must be an endpoint that was made here, and none that is imported",
            "endpoints must be unique",
            "workflows[0] must be a workflow that was made here, and none that is imported",
            "dashboard_name must be letters, digits, dashes and underscores",
        ]
        assert "got 'Stack/Endpoint' more than once" in said[2]

    def test_fails_on_all_kinds_of_mistakes_at_once(self, stack: Any) -> None:
        wrong: Any = {"endpoints": ["chat"], "workflows": "x", "dashboard_name": 5}
        said = refusal(lambda: Dashboard(stack, "Dashboard", **wrong)).splitlines()
        assert [line.split(" must")[0] for line in said] == ["workflows", "dashboard_name", "endpoints[0]"]

    def test_shows_metrics_of_another_region_where_they_are(self) -> None:
        from aws_cdk import App, Environment, Stack

        app = App()
        here, there = (
            Stack(app, name, env=Environment(account="123456789012", region=region))
            for name, region in (("Here", "eu-west-1"), ("There", "us-west-2"))
        )
        shown = [real_time(there, endpoint_name="theirs"), real_time(here, endpoint_name="ours")]
        Dashboard(here, "Dashboard", endpoints=shown)
        widgets = body_of(template_of(here))["widgets"]
        regions = [widget["properties"]["region"] for widget in widgets if widget["type"] == "metric"]
        assert list(dict.fromkeys(regions)) == ["us-west-2", "eu-west-1"]
        assert regions == sorted(regions, reverse=True)

    def test_fails_on_what_is_of_another_account(self) -> None:
        from aws_cdk import App, Environment, Stack

        app = App()
        here, there = (
            Stack(app, name, env=Environment(account=account, region="eu-west-1"))
            for name, account in (("Here", "123456789012"), ("There", "210987654321"))
        )
        said = refusal(lambda: Dashboard(here, "Dashboard", endpoints=[real_time(there)]))
        whose = "account 123456789012, whose metrics the dashboard shows"
        assert said == f"endpoints[0] must be of {whose}, got one of 210987654321"

    def test_is_one_resource(self, stack: Any) -> None:
        dashboard = Dashboard(stack, "Dashboard", endpoints=[shared(stack), real_time(stack, "Other")])
        assert dashboard.node.default_child is not None
        assert len(of_type(template_of(stack), DASHBOARD)) == 1
