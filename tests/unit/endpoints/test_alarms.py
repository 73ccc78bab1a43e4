"""The alarms that tell a topic of endpoints and components: what each kind has, and that none is there twice."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from constructs_lib import (
    AlarmThresholds,
    AlarmTopic,
    AllAtOnce,
    AsyncEndpoint,
    AutoRollback,
    CapacitySize,
    ComponentVariant,
    DataKey,
    EndpointBase,
    InferenceComponentEndpoint,
    InferencePipelineEndpoint,
    InstancePool,
    InstancePools,
    InstanceType,
    ModelKind,
    MultiContainerEndpoint,
    MultiModelEndpoint,
    Rolling,
    ServerlessEndpoint,
    ServerlessVariant,
)
from constructs_lib.contract._alarms import Watched, metrics_of
from constructs_lib.contract._check import check
from constructs_lib.contract._template import views
from constructs_lib.contract.published_metrics import dimension_problem
from tests.templates import granted, of_type, template_of
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    at,
    readable,
    real_time,
    refusal,
    served,
    shared,
    specification,
    thing,
    topic_in,
    variant,
)

ALARM = "AWS::CloudWatch::Alarm"
FOUR_GPUS = InstanceType("ml.g5.12xlarge")


def at_home() -> tuple[Any, Any]:
    """A stack whose place is known, and a topic in it."""
    from aws_cdk import App, Environment, Stack

    stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))
    return stack, AlarmTopic(stack, "Topic")


def every_kind(stack: Any) -> Iterator[Any]:
    """An endpoint of each kind, and one of a name only."""

    def of(kind: ModelKind, **changes: Any) -> Any:
        return [variant(stack, model=served(stack, kind), **changes)]

    yield real_time(stack, "RealTime", variants=[variant(stack, "a", instance_type=FOUR_GPUS), variant(stack, "b")])
    yield MultiModelEndpoint(stack, "MultiModel", variants=of(ModelKind.MULTI_MODEL, instance_type=GPU))
    yield MultiContainerEndpoint(stack, "MultiContainer", variants=of(ModelKind.DIRECT))
    yield InferencePipelineEndpoint(stack, "Pipeline", variants=of(ModelKind.PIPELINE))
    lambda_like = ServerlessVariant("main", model=served(stack), memory_mb=1024, max_concurrency=5)
    yield ServerlessEndpoint(stack, "Serverless", variant=lambda_like)
    yield AsyncEndpoint(stack, "Async", variant=variant(stack), output=at("out"))
    host = InferenceComponentEndpoint(stack, "Host", variant=ComponentVariant("main", GPU))
    chat = host.add_component("Chat", specification=specification())
    chat.add_adapter("French", artifact=thing("french.tar.gz"))
    yield host


@pytest.fixture(scope="module")
def built() -> dict[str, Any]:
    """One template with every kind of endpoint and its alarms."""
    from aws_cdk import App, Stack

    stack = Stack(App(), "Stack")
    topic = AlarmTopic(stack, "Topic", key=DataKey(stack, "Key"))
    for endpoint in every_kind(stack):
        endpoint.add_alarms(topic)
    imported = EndpointBase.from_endpoint_name(stack, "Imported", "theirs")
    imported.add_alarms(topic, variants=["main"], thresholds=AlarmThresholds(model_latency_ms=100))
    return template_of(stack)


def alarms_of(template: dict[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    """The alarms whose logical id begins with *prefix*, by the rest of it without the hash."""
    return {
        logical_id[len(prefix) : -8]: readable(properties)
        for logical_id, properties in of_type(template, ALARM).items()
        if logical_id.startswith(prefix)
    }


def watched(template: dict[str, Any]) -> list[Watched]:
    (read,) = views("Stack", template, {})
    return [metric for resource in read.of_type(ALARM) for metric in metrics_of(resource)]


class TestEveryKind:
    @pytest.mark.parametrize(
        ("endpoint", "expected"),
        [
            (
                "RealTime",
                [
                    *(f"Variantsa{id}" for id in ("Errors", "Latency", "Memory", "Disk", "GpuMemory")),
                    *(f"Variantsb{id}" for id in ("Errors", "Latency", "Memory", "Disk")),
                ],
            ),
            ("MultiModel", [f"Variantsmain{id}" for id in ("Errors", "Latency", "Memory", "Disk", "GpuMemory")]),
            ("MultiContainer", [f"Variantsmain{id}" for id in ("Errors", "Latency", "Memory", "Disk")]),
            ("Pipeline", [f"Variantsmain{id}" for id in ("Errors", "Latency", "Memory", "Disk")]),
            ("Serverless", [f"Variantsmain{id}" for id in ("Errors", "Latency", "Concurrency", "Memory")]),
            (
                "Async",
                [
                    "OldestRequest",
                    *(f"Variantsmain{id}" for id in ("Latency", "Failures", "Expired", "Memory", "Disk")),
                ],
            ),
            ("Host", [f"Variantsmain{id}" for id in ("Memory", "Disk", "GpuMemory")]),
            ("Imported", [f"Variantsmain{id}" for id in ("Errors", "Latency", "Memory")]),
        ],
    )
    def test_has_its_alarms(self, built: dict[str, Any], endpoint: str, expected: list[str]) -> None:
        assert sorted(alarms_of(built, f"{endpoint}Alarms")) == sorted(expected)

    def test_components_and_adapters_have_theirs(self, built: dict[str, Any]) -> None:
        assert sorted(alarms_of(built, "HostChatAlarms")) == ["Errors", "Latency", "Memory", "NoCapacity"]
        assert sorted(alarms_of(built, "HostChatFrenchAlarms")) == ["Errors", "Latency"]

    def test_tells_the_topic(self, built: dict[str, Any]) -> None:
        assert {str(alarm["AlarmActions"]) for alarm in alarms_of(built).values()} == {"['<Topic>']"}

    def test_waits_for_the_endpoint_and_says_whose_it_is(self, built: dict[str, Any]) -> None:
        assert alarms_of(built, "RealTimeAlarms")["VariantsaGpuMemory"] == {
            "AlarmDescription": "The memory of a machine's GPUs is nearly full: variant a of Stack/RealTime",
            "AlarmActions": ["<Topic>"],
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 3,
            "TreatMissingData": "notBreaching",
            "Namespace": "/aws/sagemaker/Endpoints",
            "MetricName": "GPUMemoryUtilization",
            "Dimensions": [
                {"Name": "EndpointName", "Value": "<RealTime.EndpointName>"},
                {"Name": "VariantName", "Value": "a"},
            ],
            "Statistic": "Maximum",
            "Period": 300,
            "Threshold": 380,
        }

    def test_half_an_hour_is_too_long_for_an_asynchronous_answer(self, built: dict[str, Any]) -> None:
        latest = {name: alarms_of(built, f"{name}Alarms")["VariantsmainLatency"] for name in ("Async", "Pipeline")}
        assert {name: alarm["Threshold"] for name, alarm in latest.items()} == {
            "Async": 1_800_000_000,
            "Pipeline": 30_000_000,
        }

    def test_trap_21_every_metric_is_published_with_these_dimensions(self, built: dict[str, Any]) -> None:
        found = watched(built)
        assert len(found) == len(of_type(built, ALARM))
        for metric in found:
            dimensions = [name for name, _ in metric.dimensions or ()]
            assert dimension_problem(metric.namespace or "", metric.name or "", dimensions) is None, metric

    def test_the_contract_finds_nothing_wrong_with_any(self, built: dict[str, Any]) -> None:
        found = [each for each in check({"Stack": built}).findings if each.rule.startswith(("AL", "SE52"))]
        assert found == []

    def test_fails_to_be_told_twice(self, stack: Any) -> None:
        for endpoint in every_kind(stack):
            endpoint.add_alarms(topic_in(stack, "one"))
            assert "it has alarms already, of its own or by its endpoint" in refusal(
                lambda endpoint=endpoint: endpoint.add_alarms(topic_in(stack, "two"))
            )

    def test_fails_on_what_is_no_topic_and_no_threshold(self, stack: Any) -> None:
        endpoint = real_time(stack)
        assert refusal(lambda: endpoint.add_alarms("arn:aws:sns:us-east-1:1:t", thresholds=5)).splitlines() == [  # type: ignore[arg-type] -- the slips under test
            "topic must be such as sns.Topic(…), got 'arn:aws:sns:us-east-1:1:t'",
            "thresholds must be such as AlarmThresholds(…), got 5",
        ]
        # Nothing was made of it.
        endpoint.add_alarms(topic_in(stack, "topic"))

    def test_returns_them_for_a_composite_one(self, stack: Any) -> None:
        from aws_cdk import aws_cloudwatch as cloudwatch

        made = real_time(stack).add_alarms(topic_in(stack, "topic"))
        rules = [cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in made]
        cloudwatch.CompositeAlarm(stack, "Any", alarm_rule=cloudwatch.AlarmRule.any_of(*rules))
        assert len(made) == len(of_type(template_of(stack), ALARM)) == 4


class TestVariants:
    def test_a_shadow_wakes_nobody(self, stack: Any) -> None:
        real_time(stack, shadow_variant=variant(stack, "shadow")).add_alarms(topic_in(stack, "topic"))
        assert "shadow" not in str(of_type(template_of(stack), ALARM))

    def test_a_name_that_cloudformation_fills_in_is_no_id(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        name = CfnParameter(stack, "Name").value_as_string
        real_time(stack, variants=[variant(stack, name)]).add_alarms(topic_in(stack, "topic"))
        assert "VariantsVariant0Errors" in alarms_of(template_of(stack), "EndpointAlarms")

    def test_machines_of_several_types_have_no_number_of_gpus(self, stack: Any) -> None:
        pools = InstancePools(InstancePool(GPU), InstancePool(FOUR_GPUS))
        real_time(stack, variants=[variant(stack, instance_type=pools)]).add_alarms(topic_in(stack, "topic"))
        assert "VariantsmainGpuMemory" not in alarms_of(template_of(stack), "EndpointAlarms")

    def test_thresholds_are_the_users(self, stack: Any) -> None:
        thresholds = AlarmThresholds(error_percent=1, model_latency_ms=200, memory_percent=None, disk_percent=50)
        real_time(stack).add_alarms(topic_in(stack, "topic"), thresholds=thresholds)
        found = alarms_of(template_of(stack), "EndpointAlarmsVariantsmain")
        assert {id: alarm["Threshold"] for id, alarm in found.items()} == {
            "Errors": 0.01,
            "Latency": 200_000,
            "Disk": 50,
        }

    def test_an_imported_endpoint_has_latency_where_it_is_asked_for(self, stack: Any) -> None:
        imported = EndpointBase.from_endpoint_name(stack, "Imported", "theirs")
        imported.add_alarms(topic_in(stack, "topic"), variants=["a", "b"])
        found = alarms_of(template_of(stack), "ImportedAlarmsVariants")
        assert sorted(found) == ["aErrors", "aMemory", "bErrors", "bMemory"]

    def test_fails_on_variants_of_an_imported_endpoint_that_are_none(self, stack: Any) -> None:
        imported = EndpointBase.from_endpoint_name(stack, "Imported", "theirs")
        topic = topic_in(stack, "topic")
        assert "variants must name at least one" in refusal(lambda: imported.add_alarms(topic, variants=[]))
        assert "variants must be unique" in refusal(lambda: imported.add_alarms(topic, variants=["a", "a"]))
        assert "variants must be a list of text" in refusal(lambda: imported.add_alarms(topic, variants="main"))
        wrong = ["", "a/b", "x" * 64, "grün", "{% $states.input.x %}", "a", "a"]
        problems = refusal(lambda: imported.add_alarms(topic, variants=wrong)).splitlines()
        for number in range(5):
            assert any(problem.startswith(f"variants[{number}] must ") for problem in problems), number
        assert "variants must be unique, got 'a' more than once" in problems
        assert not any(problem.startswith("variants[5]") for problem in problems)

    def test_fails_on_variants_and_other_things_at_once(self, stack: Any) -> None:
        imported: Any = EndpointBase.from_endpoint_name(stack, "Imported", "theirs")
        problems = refusal(lambda: imported.add_alarms("topic", variants=["a/b", 1], thresholds=5)).splitlines()
        assert [problem.split(" must ")[0] for problem in problems] == [
            "topic",
            "variants[1]",
            "thresholds",
            "variants[0]",
        ]

    def test_fails_on_variants_whose_number_only_the_deployment_knows(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        imported = EndpointBase.from_endpoint_name(stack, "Imported", "theirs")
        names = CfnParameter(stack, "Names", type="CommaDelimitedList").value_as_list
        said = refusal(lambda: imported.add_alarms(topic_in(stack, "topic"), variants=names))
        assert "variants must be known when the app is synthesized, because each has alarms of its own" in said

    @pytest.mark.parametrize("names", [["${Token[Name.1]}", "Variant0"], ["Variant1", "${Token[Name.1]}"]])
    def test_a_name_that_is_filled_in_takes_nobodys_place(self, stack: Any, names: list[str]) -> None:
        from aws_cdk import CfnParameter

        late = CfnParameter(stack, "Name").value_as_string
        known = [late if "Token" in name else name for name in names]
        topic = topic_in(stack, "topic")
        imported = EndpointBase.from_endpoint_name(stack, "Imported", "theirs")
        assert len(imported.add_alarms(topic, variants=known)) == 4
        endpoint = real_time(
            stack,
            variants=[variant(stack, name) for name in known],
            deployment=AllAtOnce(rollback=AutoRollback.never()),
        )
        assert len(endpoint.add_alarms(topic)) == 8

    def test_fails_on_a_topic_and_an_endpoint_of_another_region(self) -> None:
        from aws_cdk import App, Environment, Stack
        from aws_cdk import aws_sns as sns

        stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
        arn = "arn:aws:sagemaker:us-west-2:210987654321:endpoint/theirs"
        imported = EndpointBase.from_endpoint_arn(stack, "Imported", arn)
        topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:us-east-1:123456789012:topic")
        problems = refusal(lambda: imported.add_alarms(topic, variants=["a"])).splitlines()
        assert [problem.split(",")[0] for problem in problems] == [
            "topic must be one of eu-west-1",
            "it is of 210987654321 in us-west-2",
        ]
        refused = "topic must be one of eu-west-1, where the alarms are, got one of us-east-1"
        for owner in (
            real_time(stack),
            shared(stack, "Shared"),
            shared(stack, "Many").add_component("C", specification=specification(model=served(stack))),
        ):
            assert refusal(lambda: owner.add_alarms(topic)) == refused  # noqa: B023 -- called at once

    def test_an_endpoint_of_a_region_that_is_not_known_is_taken(self, stack: Any) -> None:
        arn = "arn:aws:sagemaker:us-west-2:210987654321:endpoint/theirs"
        imported = EndpointBase.from_endpoint_arn(stack, "Imported", arn)
        assert imported.add_alarms(topic_in(stack, "topic"), variants=["a"])

    def test_fails_where_the_metrics_of_an_imported_endpoint_are_elsewhere(self) -> None:
        stack, topic = at_home()
        for region, account in (("eu-west-1", "123456789012"), ("us-east-1", "210987654321")):
            arn = f"arn:aws:sagemaker:{region}:{account}:endpoint/theirs"
            imported = EndpointBase.from_endpoint_arn(stack, region, arn)
            # An alarm of this stack would see no data, and be content with it.
            said = refusal(lambda imported=imported: imported.add_alarms(topic, variants=["main"]))
            assert f"of {account} in {region}" in said and "alarms of 123456789012 in us-east-1 see no metric" in said
        here = EndpointBase.from_endpoint_arn(stack, "Here", "arn:aws:sagemaker:us-east-1:123456789012:endpoint/theirs")
        assert len(here.add_alarms(topic, variants=["main"])) == 2

    def test_fails_on_a_topic_of_another_region(self) -> None:
        from aws_cdk import aws_sns as sns

        stack, _ = at_home()
        topic = sns.Topic.from_topic_arn(stack, "Theirs", "arn:aws:sns:eu-west-1:123456789012:topic")
        host = shared(stack, "Host")
        component = host.add_component("Chat", specification=specification())
        imported = EndpointBase.from_endpoint_name(stack, "Imported", "theirs")
        for add in (
            lambda: real_time(stack).add_alarms(topic),
            lambda: component.add_alarms(topic),
            lambda: imported.add_alarms(topic, variants=["main"]),
        ):
            assert "topic must be one of us-east-1" in refusal(add)

    def test_fails_on_a_topic_of_the_app_in_another_account_and_takes_an_imported_one(self) -> None:
        from aws_cdk import App, Environment, Stack
        from aws_cdk import aws_sns as sns

        app = App()
        here, there = (
            Stack(app, name, env=Environment(account=account, region="us-east-1"))
            for name, account in (("Here", "123456789012"), ("There", "210987654321"))
        )
        endpoint = real_time(here)
        theirs = sns.Topic(there, "Topic", topic_name="alarms")
        assert "topic must be one of 123456789012" in refusal(lambda: endpoint.add_alarms(theirs))
        # What its policy says is its owner's to know.
        imported = sns.Topic.from_topic_arn(here, "Theirs", "arn:aws:sns:us-east-1:210987654321:alarms")
        assert endpoint.add_alarms(imported)

    def test_fails_on_a_rule_that_takes_their_place(self, stack: Any) -> None:
        endpoint = real_time(stack)
        assert "needs it for one of its own" in refusal(lambda: endpoint.on_state_change("Alarms"))


class TestRollback:
    """Alarms that take an update back are told of, and not made a second time."""

    def test_the_alarm_of_errors_is_the_one_that_is_there(self, stack: Any) -> None:
        real_time(stack, deployment=AllAtOnce()).add_alarms(topic_in(stack, "topic"))
        template = template_of(stack)
        told = {id: alarm["AlarmActions"] for id, alarm in alarms_of(template, "EndpointRollback").items()}
        arn = "arn:aws:sns:us-east-1:123456789012:topic"
        assert told == {"Errors": [arn], "Latency": [arn]}
        # Latency is another one: the mean takes an update back, and the slowest of a hundred answers wake somebody.
        assert sorted(alarms_of(template, "EndpointAlarmsVariantsmain")) == ["Disk", "Latency", "Memory"]

    @pytest.mark.parametrize(
        "deployment",
        [None, AllAtOnce(rollback=AutoRollback.never()), AllAtOnce(rollback=AutoRollback(error_percent=1))],
    )
    def test_where_there_is_none_or_another_one_is_made(self, stack: Any, deployment: Any) -> None:
        real_time(stack, deployment=deployment).add_alarms(topic_in(stack, "topic"))
        assert "Errors" in alarms_of(template_of(stack), "EndpointAlarmsVariantsmain")

    def test_components_do_the_same(self, stack: Any) -> None:
        host = shared(stack)
        host.add_component("Chat", specification=specification(), deployment=Rolling(CapacitySize.percent(50)))
        host.add_alarms(topic_in(stack, "topic"))
        template = template_of(stack)
        assert all(alarm["AlarmActions"] for alarm in alarms_of(template, "EndpointChatRollback").values())
        assert "Errors" not in alarms_of(template, "EndpointChatAlarms")

    def test_keeps_an_action_of_the_users_own(self, stack: Any) -> None:
        from aws_cdk import aws_cloudwatch_actions as actions

        endpoint = real_time(stack, deployment=AllAtOnce())
        alarm = endpoint.node.find_child("Rollback").node.find_child("Errors")
        alarm.add_alarm_action(actions.SnsAction(topic_in(stack, "mine")))
        endpoint.add_alarms(topic_in(stack, "topic"))
        found = alarms_of(template_of(stack), "EndpointRollback")["Errors"]["AlarmActions"]
        assert [arn.rpartition(":")[2] for arn in found] == ["mine", "topic"]


@pytest.fixture(scope="module")
def acknowledged(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    """Where cdk-nag took a reason for a missing action, and where one was given."""
    import json

    import cdk_nag
    from aws_cdk import App, Stack, Validations
    from aws_cdk import aws_cloudwatch as cloudwatch

    folder = tmp_path_factory.mktemp("out")
    app = App(outdir=str(folder))
    stack = Stack(app, "Stack")
    topic = topic_in(stack, "topic")
    real_time(stack, "Silent", deployment=AllAtOnce())
    real_time(stack, "Told", deployment=AllAtOnce()).add_alarms(topic)
    host = shared(stack, "Host")
    host.add_alarms(topic)
    host.add_component("Late", specification=specification(), deployment=Rolling(CapacitySize.percent(50)))
    own: Any = real_time(stack, "Own", deployment=AllAtOnce()).node.find_child("Rollback")
    for alarm in own.node.children:
        alarm.node.default_child.insufficient_data_actions = [topic.topic_arn]
    Validations.of(app).add_plugins(cdk_nag.NIST80053R5Checks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):  # of other rules: no key, no network
        app.synth()
    (report,) = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    assert "CloudWatchAlarmAction" not in str(report.get("violations"))
    suppressed = [
        construct["constructPath"].removesuffix("/Resource")
        for each in report["suppressedViolations"]
        if each["ruleName"].endswith("CloudWatchAlarmAction")
        for construct in each["violatingConstructs"]
    ]
    alarms = [each for each in stack.node.find_all() if isinstance(each, cloudwatch.Alarm)]
    given = [each.node.path for each in alarms if "CloudWatchAlarmAction" in str([m.data for m in each.node.metadata])]
    assert len(alarms) == 8
    return sorted(suppressed), given


class TestAcknowledgement:
    """That an alarm has no action is right while it only takes updates back, and only then."""

    SILENT: ClassVar[list[str]] = ["Stack/Silent/Rollback/Errors", "Stack/Silent/Rollback/Latency"]

    def test_is_made_where_nobody_is_told(self, acknowledged: tuple[list[str], list[str]]) -> None:
        assert acknowledged[0] == self.SILENT

    def test_is_not_left_behind_where_somebody_is(self, acknowledged: tuple[list[str], list[str]]) -> None:
        assert acknowledged[1] == self.SILENT


class TestComponents:
    def test_one_that_comes_later_has_alarms_too(self, stack: Any) -> None:
        host = shared(stack)
        host.add_alarms(topic_in(stack, "topic"), thresholds=AlarmThresholds(error_percent=1))
        host.add_component("Late", specification=specification()).add_adapter("French", artifact=thing("a.tar.gz"))
        template = template_of(stack)
        assert alarms_of(template, "EndpointLateAlarms")["Errors"]["Threshold"] == 0.01
        assert sorted(alarms_of(template, "EndpointLateFrenchAlarms")) == ["Errors", "Latency"]

    def test_one_with_thresholds_of_its_own_keeps_them(self, stack: Any) -> None:
        host = shared(stack)
        chat = host.add_component("Chat", specification=specification())
        chat.add_alarms(topic_in(stack, "one"), thresholds=AlarmThresholds(without_capacity_minutes=5))
        host.add_alarms(topic_in(stack, "two"))
        found = alarms_of(template_of(stack), "EndpointChatAlarms")["NoCapacity"]
        assert (found["EvaluationPeriods"], found["AlarmActions"][0].rpartition(":")[2]) == (1, "one")

    def test_machines_without_gpus_have_no_alarm_of_them(self, stack: Any) -> None:
        shared(stack, variant=ComponentVariant("main", CPU)).add_alarms(topic_in(stack, "topic"))
        assert sorted(alarms_of(template_of(stack), "EndpointAlarmsVariantsmain")) == ["Disk", "Memory"]

    def test_fails_on_a_component_in_their_place(self, stack: Any) -> None:
        host = shared(stack)
        assert "needs it for one of its own" in refusal(
            lambda: host.add_component("Alarms", specification=specification())
        )
        chat = host.add_component("Chat", specification=specification())
        assert "needs it for one of its own" in refusal(lambda: chat.add_adapter("Alarms", artifact=thing("a.tar.gz")))


class TestOperators:
    """Who operates an endpoint sees its alarms, whichever comes first."""

    def seen(self, stack: Any) -> list[str]:
        statements = [each for each in granted(template_of(stack)) if "cloudwatch:DescribeAlarms" in each["Action"]]
        found = (readable(each["Resource"]) for each in statements)
        return sorted(arn for resource in found for arn in (resource if isinstance(resource, list) else [resource]))

    @pytest.mark.parametrize("first", ["alarms", "operator"])
    def test_sees_all_of_them(self, stack: Any, first: str) -> None:
        from aws_cdk import aws_iam as iam

        operator = iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
        host = shared(stack)
        host.add_component("Chat", specification=specification(), deployment=Rolling(CapacitySize.percent(50)))
        steps = [lambda: host.add_alarms(topic_in(stack, "topic")), lambda: host.grant_operator(operator)]
        for step in steps if first == "alarms" else reversed(steps):
            step()
        host.add_component("Late", specification=specification())
        assert self.seen(stack) == sorted(
            [
                *(f"<EndpointAlarmsVariantsmain{id}.Arn>" for id in ("Memory", "Disk", "GpuMemory")),
                *(f"<EndpointChatAlarms{id}.Arn>" for id in ("Latency", "Memory", "NoCapacity")),
                *(f"<EndpointChatRollback{id}.Arn>" for id in ("Errors", "Latency")),
                *(f"<EndpointLateAlarms{id}.Arn>" for id in ("Errors", "Latency", "Memory", "NoCapacity")),
            ]
        )

    def test_sees_more_than_one_policy_holds(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        operator = iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
        host = shared(stack)
        for number in range(20):
            host.add_component(f"Component{number}", specification=specification())
        host.add_alarms(topic_in(stack, "topic"))
        host.grant_operator(operator)
        template = template_of(stack)
        policies = [name for name in of_type(template, "AWS::IAM::ManagedPolicy") if "SageMakerGrants" in name]
        assert len(policies) > 1
        seen = str([of_type(template, "AWS::IAM::ManagedPolicy")[name] for name in policies])
        assert all(name in seen for name in of_type(template, ALARM))
