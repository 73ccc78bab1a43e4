"""What matters in the templates of the stacks with an endpoint; the snapshots show the whole of them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conftest import REPOSITORY, context_of_cdk_json
from tests.templates import granted, of_type, only

HOSTING = (
    "AbTesting",
    "AsyncInference",
    "InferenceComponents",
    "InferencePipeline",
    "MultiContainer",
    "MultiModel",
    "RealTime",
    "Serverless",
)

Templates = Mapping[str, dict[str, Any]]


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    policies = of_type(template, "AWS::IAM::ManagedPolicy").values()
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def after(text: str, part: str) -> list[str]:
    """What follows *part* in the texts of a template, up to the end of each text."""
    return [piece.partition('"')[0] for piece in text.split(part)[1:]]


@pytest.mark.parametrize("name", HOSTING)
class TestEveryHostingStack:
    def test_gives_out_the_name_of_its_one_endpoint(self, name: str, templates: Templates) -> None:
        template = templates[f"DeepLearning-{name}"]
        (endpoint,) = of_type(template, "AWS::SageMaker::Endpoint")
        assert template["Outputs"]["EndpointName"]["Value"] == {"Fn::GetAtt": [endpoint, "EndpointName"]}

    def test_lets_one_role_ask_the_endpoint_and_only_tasks_take_it_on(self, name: str, templates: Templates) -> None:
        template = templates[f"DeepLearning-{name}"]
        (endpoint,) = of_type(template, "AWS::SageMaker::Endpoint")
        asks, *others = granted(template)
        assert listed(asks["Resource"])[0] == {"Ref": endpoint}
        assert all(action.startswith("sagemaker:InvokeEndpoint") for action in listed(asks["Action"]))
        assert bool(others) is (name == "AsyncInference")
        role = of_type(template, "AWS::IAM::Role")[template["Outputs"]["CallerRoleArn"]["Value"]["Fn::GetAtt"][0]]
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert set(trust["Condition"]) == {"StringEquals", "ArnLike"}

    def test_tells_the_topic_of_the_foundation_and_shows_what_it_tells(self, name: str, templates: Templates) -> None:
        template = templates[f"DeepLearning-{name}"]
        topic = templates["DeepLearning-Foundation"]["Outputs"]["AlarmTopicArn"]["Value"]["Ref"]
        alarms = of_type(template, "AWS::CloudWatch::Alarm")
        silent = [id for id, each in alarms.items() if topic not in json.dumps(each["AlarmActions"])]
        assert [id for id in silent if "WakeUpAlarm" not in id] == []
        body = json.dumps(only(template, "AWS::CloudWatch::Dashboard")["DashboardBody"])
        assert [id for id in alarms if f'"{id}"' not in body] == silent
        (endpoint,) = of_type(template, "AWS::SageMaker::Endpoint")
        assert f'["{endpoint}", "EndpointName"]' in body

    def test_reads_its_own_archives_and_no_others(self, name: str, templates: Templates) -> None:
        template = templates[f"DeepLearning-{name}"]
        kinds = ("AWS::SageMaker::Model", "AWS::SageMaker::InferenceComponent")
        used = [path for kind in kinds for path in after(json.dumps(of_type(template, kind)), '"/models/')]
        reading = json.dumps([each for each in statements(template) if "s3:GetObject" in each["Action"]])
        readable = after(reading, '"/models/')
        assert used
        assert sorted(path.removesuffix("*") for path in readable) == sorted(used)
        assert [path for path in readable if "*" in path] == (["multi-model/*"] if name == "MultiModel" else [])

    def test_finds_its_archives_in_the_rehearsal(self, name: str, templates: Templates) -> None:
        seeded = json.loads((REPOSITORY / "rehearsal.json").read_text())["objects"]
        keys = seeded["DeepLearning-Foundation/Store/Bucket"]
        used = after(json.dumps(templates[f"DeepLearning-{name}"]["Resources"]), '"/models/')
        missing = [path for path in used if not any(f"{key}*".startswith(f"models/{path.rstrip('*')}") for key in keys)]
        assert missing == []

    def test_is_cut_off_the_network_where_its_kind_can_be(self, name: str, templates: Templates) -> None:
        template = templates[f"DeepLearning-{name}"]
        kind = "EndpointConfig" if name == "InferenceComponents" else "Model"
        made = of_type(template, f"AWS::SageMaker::{kind}").values()
        assert made
        for properties in made:
            assert properties["EnableNetworkIsolation"] is (name != "Serverless")
            assert ("VpcConfig" in properties) is (name != "Serverless")


class TestAbTesting:
    def test_shares_the_traffic_and_scales_both_variants(self, templates: Templates) -> None:
        template = templates["DeepLearning-AbTesting"]
        variants = only(template, "AWS::SageMaker::EndpointConfig")["ProductionVariants"]
        assert {each["VariantName"]: each["InitialVariantWeight"] for each in variants} == {
            "current": 90,
            "candidate": 10,
        }
        assert len(of_type(template, "AWS::ApplicationAutoScaling::ScalingPolicy")) == 2

    def test_takes_an_update_back_on_its_own_alarms(self, templates: Templates) -> None:
        template = templates["DeepLearning-AbTesting"]
        deployment = only(template, "AWS::SageMaker::Endpoint")["DeploymentConfig"]
        routing = deployment["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
        named = [alarm["AlarmName"] for alarm in deployment["AutoRollbackConfiguration"]["Alarms"]]
        assert routing["CanarySize"] == {"Type": "CAPACITY_PERCENT", "Value": 10}
        alarms = of_type(template, "AWS::CloudWatch::Alarm")
        assert named == [{"Ref": alarm} for alarm in alarms if "Rollback" in alarm]

    @pytest.mark.parametrize(("percent", "weights"), [(0, [100, 0]), (100, [0, 100])])
    def test_gives_one_of_them_everything(self, percent: int, weights: list[int]) -> None:
        from aws_cdk import App
        from aws_cdk.assertions import Template

        from stacks.ab_testing import AbTestingStack
        from stacks.foundation import FoundationStack
        from stacks.settings import Settings

        settings = Settings.from_context(context_of_cdk_json() | {"ab_testing.candidate_percent": percent})
        app = App()
        foundation = FoundationStack(app, "Foundation", settings=settings)
        stack = AbTestingStack(app, "AbTesting", foundation=foundation, settings=settings)
        variants = only(Template.from_stack(stack).to_json(), "AWS::SageMaker::EndpointConfig")["ProductionVariants"]
        assert [each["InitialVariantWeight"] for each in variants] == weights


class TestAsyncInference:
    def test_trap_9_its_role_may_publish_before_the_endpoint_is_configured(self, templates: Templates) -> None:
        template = templates["DeepLearning-AsyncInference"]
        (config,) = (
            each for each in template["Resources"].values() if each["Type"] == "AWS::SageMaker::EndpointConfig"
        )
        (policy,) = config["DependsOn"]
        (publish,) = (each for each in statements(template) if each["Action"] == "sns:Publish")
        assert publish in template["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"]
        topics = config["Properties"]["AsyncInferenceConfig"]["OutputConfig"]["NotificationConfig"]
        assert sorted(map(json.dumps, publish["Resource"])) == sorted(map(json.dumps, topics.values()))

    def test_encrypts_topics_and_answers_with_the_key_of_the_foundation(self, templates: Templates) -> None:
        template = templates["DeepLearning-AsyncInference"]
        output = only(template, "AWS::SageMaker::EndpointConfig")["AsyncInferenceConfig"]["OutputConfig"]
        keys = [topic["KmsMasterKeyId"] for topic in of_type(template, "AWS::SNS::Topic").values()]
        assert keys == [output["KmsKeyId"]] * 2


class TestInferenceComponents:
    def test_two_components_and_an_adapter_share_machines_that_sagemaker_counts(self, templates: Templates) -> None:
        template = templates["DeepLearning-InferenceComponents"]
        made = of_type(template, "AWS::SageMaker::InferenceComponent").values()
        adapters = [each for each in made if "BaseInferenceComponentName" in each["Specification"]]
        assert (len(made), len(adapters)) == (3, 1)
        (variant,) = only(template, "AWS::SageMaker::EndpointConfig")["ProductionVariants"]
        assert variant["ManagedInstanceScaling"] == {
            "Status": "ENABLED",
            "MinInstanceCount": 0,
            "MaxInstanceCount": 3,
        }


def test_the_app_synthesizes_without_a_warning(assembly: Any) -> None:
    found = [
        entry["data"]
        for file in (assembly / "manifest.json", *assembly.glob("*.metadata.json"))
        for entry in warnings(json.loads(file.read_text()))
    ]
    assert found == []


def warnings(content: Any) -> list[dict[str, Any]]:
    """The entries of metadata that are warnings, wherever they are."""
    if isinstance(content, list):
        return [entry for item in content for entry in warnings(item)]
    if not isinstance(content, dict):
        return []
    if content.get("type") == "aws:cdk:warning":
        return [content]
    return [entry for item in content.values() for entry in warnings(item)]
