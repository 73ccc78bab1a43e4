"""What an endpoint may not be, and what a deployment may not do, in the words that the embedded AWS refuses it with."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.test_emulator_support import (
    ARTIFACT,
    BUCKET,
    IMAGE,
    Stack,
    World,
    hosting,
    made,
    refusal,
    variant,
    wait_for,
    world,
)

ANSWERS = {"OutputConfig": {"S3OutputPath": f"s3://{BUCKET}/answers"}}
PAIR = [{"Image": IMAGE, "ContainerHostname": name, "ModelDataUrl": ARTIFACT} for name in ("a", "b")]
CAPTURE = {
    "InitialSamplingPercentage": 10,
    "DestinationS3Uri": f"s3://{BUCKET}/capture",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}


def serverless(name: str = "blue", model: str = "base", memory: int = 2048, most: int = 5, **more: Any) -> Any:
    config = {"MemorySizeInMB": memory, "MaxConcurrency": most}
    if "warm" in more:
        config["ProvisionedConcurrency"] = more.pop("warm")
    return {"VariantName": name, "ModelName": model, "ServerlessConfig": config, **more}


def multi(url: str) -> dict[str, Any]:
    return {"Image": IMAGE, "Mode": "MultiModel", "ModelDataUrl": url}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.model("base")
        account.model("many", PrimaryContainer=multi(f"s3://{BUCKET}/many/"))
        account.model("pair", PrimaryContainer=None, Containers=PAIR)
        account.model("apart", EnableNetworkIsolation=True)
        yield account


class TestShadow:
    @pytest.mark.parametrize(
        ("variants", "shadows", "changes", "words"),
        [
            (["base", "base"], ["base"], {}, "exactly one production and one shadow variant, got 2 and 1"),
            (["base"], ["base", "base"], {}, "exactly one production and one shadow variant, got 1 and 2"),
            (["many"], ["base"], {}, "has several containers or models, which excludes shadow variants"),
            (["base"], ["pair"], {}, "has several containers or models, which excludes shadow variants"),
            (["base"], ["base"], {"AsyncInferenceConfig": ANSWERS}, "an asynchronous endpoint cannot have a shadow"),
        ],
    )
    def test_trap_24_fails(
        self, here: World, variants: list[str], shadows: list[str], changes: dict[str, Any], words: str
    ) -> None:
        asked = [variant(f"v{at}", model) for at, model in enumerate(variants)]
        dark = [variant(f"s{at}", model) for at, model in enumerate(shadows)]

        assert words in refusal(here.config, "c", *asked, ShadowProductionVariants=dark, **changes)

    def test_trap_24_fails_for_a_serverless_one(self, here: World) -> None:
        words = refusal(here.config, "c", serverless(), ShadowProductionVariants=[serverless("dark")])

        assert "blue is serverless, which excludes shadow variants" in words


class TestServerless:
    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            (serverless(memory=1500), "MemorySizeInMB must be a multiple of 1024, got 1500"),
            (serverless(memory=7168), "MemorySizeInMB"),
            (serverless(most=201), "MaxConcurrency"),
            (serverless(most=5, warm=6), "ProvisionedConcurrency 6 must not exceed MaxConcurrency 5"),
            (serverless(InitialInstanceCount=1), "InitialInstanceCount is for variants with instances"),
            (serverless(model="many"), "a multi-model is not supported"),
            (serverless(model="pair"), "a model with several containers is not supported"),
            (serverless(model="apart"), "a model under network isolation is not supported"),
        ],
    )
    def test_trap_25_fails(self, here: World, asked: Any, words: str) -> None:
        assert words in refusal(here.config, "c", asked)

    def test_trap_25_fails_for_a_model_in_a_vpc(self, here: World) -> None:
        ec2 = here.aws.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
        here.model("inside", VpcConfig={"Subnets": [subnet], "SecurityGroupIds": [group]})

        assert "a model in a VPC is not supported" in refusal(here.config, "c", serverless(model="inside"))

    @pytest.mark.parametrize(
        ("more", "changes", "words"),
        [
            ([variant("green", "base")], {}, "serverless variants and variants with instances exclude each other"),
            ([], {"DataCaptureConfig": CAPTURE}, "DataCaptureConfig is not supported for serverless variants"),
            ([], {"AsyncInferenceConfig": ANSWERS}, "AsyncInferenceConfig is not supported for serverless variants"),
        ],
    )
    def test_trap_25_fails_beside(self, here: World, more: list[Any], changes: dict[str, Any], words: str) -> None:
        assert words in refusal(here.config, "c", serverless(), *more, **changes)

    def test_takes_both_ends(self, here: World) -> None:
        here.config("least", serverless(memory=1024, most=1, warm=1))
        here.config("most", serverless(memory=6144, most=200, warm=200))


class TestVariants:
    def test_trap_26_fails_for_more_than_ten(self, here: World) -> None:
        variants = [variant(f"v{at}", "base") for at in range(11)]

        assert "ProductionVariants must be at most 10 items, got 11" in refusal(here.config, "c", *variants)
        here.config("ten", *variants[:10])

    def test_fails_for_several_asynchronous_ones(self, here: World) -> None:
        asked = [variant(name, "base") for name in ("blue", "green")]

        assert "an asynchronous endpoint has one variant" in refusal(
            here.config, "c", *asked, AsyncInferenceConfig=ANSWERS
        )

    @pytest.mark.parametrize(
        ("scaling", "words"),
        [
            ({"MinInstanceCount": 3, "MaxInstanceCount": 2}, "MinInstanceCount 3 must not exceed MaxInstanceCount 2"),
            ({"MinInstanceCount": 2, "MaxInstanceCount": 3}, "InitialInstanceCount 1 must be between 2 and 3"),
        ],
    )
    def test_fails_for_bounds_of_managed_instances(self, here: World, scaling: Any, words: str) -> None:
        asked = hosting(ManagedInstanceScaling=scaling)

        assert words in refusal(here.config, "c", asked, ExecutionRoleArn=here.role)

    def test_trap_23_fails_for_managed_instances_of_a_model(self, here: World) -> None:
        asked = variant("blue", "base", ManagedInstanceScaling={"MaxInstanceCount": 2})

        assert "has a ModelName, which excludes ManagedInstanceScaling" in refusal(here.config, "c", asked)


class TestModels:
    @pytest.mark.parametrize("url", [ARTIFACT, f"s3://{BUCKET}/many"])
    def test_trap_27_fails_for_no_prefix(self, here: World, url: str) -> None:
        words = refusal(here.model, "m", PrimaryContainer=multi(url))

        assert f"must be a prefix that ends in '/', got {url}" in words

    @pytest.mark.parametrize(
        ("names", "direct", "words"),
        [
            (["a", "a"], True, "several containers of m are named a"),
            (["a", None], True, "1 of the 2 containers of m have a ContainerHostname; direct invocation needs one"),
            ([None, None], True, "0 of the 2 containers of m have a ContainerHostname; direct invocation needs one"),
            (["a", None], False, "1 of the 2 containers of m have a ContainerHostname; give it to all or to none"),
            (["a"], True, "direct invocation of m needs several Containers"),
        ],
    )
    def test_trap_26_fails(self, here: World, names: list[str | None], direct: bool, words: str) -> None:
        containers = [{"Image": IMAGE} | ({"ContainerHostname": name} if name else {}) for name in names]
        mode = {"InferenceExecutionConfig": {"Mode": "Direct" if direct else "Serial"}}

        assert words in refusal(here.model, "m", PrimaryContainer=None, Containers=containers, **mode)


def routing(kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": kind, "WaitIntervalInSeconds": 600, **changes}
        }
    }


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def rolling(value: int) -> dict[str, Any]:
    return {"RollingUpdatePolicy": {"MaximumBatchSize": percent(value), "WaitIntervalInSeconds": 60}}


@pytest.fixture(scope="class")
def served(here: World) -> World:
    here.endpoint("served", variant("blue", "base"))
    here.config("served-next", variant("blue", "base"))
    here.config("served-renamed", variant("green", "base"))
    here.config("served-two", variant("blue", "base"), variant("green", "base"))
    here.config("served-light", serverless())
    return here


class TestDeployment:
    @pytest.mark.parametrize(
        ("config", "words"),
        [
            (routing("CANARY", CanarySize=percent(51)), "CanarySize must be between 1 and 50 percent, got 51"),
            (routing("LINEAR", LinearStepSize=percent(9)), "LinearStepSize must be between 10 and 50 percent, got 9"),
            (routing("LINEAR", LinearStepSize=percent(51)), "LinearStepSize must be between 10 and 50 percent, got 51"),
            (routing("CANARY"), "type CANARY needs CanarySize and nothing else"),
            (routing("ALL_AT_ONCE", CanarySize=percent(10)), "type ALL_AT_ONCE has no size"),
            (rolling(4), "MaximumBatchSize must be between 5 and 50 percent, got 4"),
            (rolling(51), "MaximumBatchSize must be between 5 and 50 percent, got 51"),
            ({**routing("ALL_AT_ONCE"), **rolling(50)}, "got both"),
            (
                {"BlueGreenUpdatePolicy": {**routing("ALL_AT_ONCE")["BlueGreenUpdatePolicy"],
                 "MaximumExecutionTimeoutInSeconds": 600}},
                "MaximumExecutionTimeoutInSeconds 600 must be more than the 600 s",
            ),
            (
                {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "none"}]}},
                "could not find the alarm none of AutoRollbackConfiguration",
            ),
        ],
    )  # fmt: skip
    def test_trap_6_fails(self, served: World, config: Any, words: str) -> None:
        update = {"EndpointName": "served", "EndpointConfigName": "served-next", "DeploymentConfig": config}

        assert words in refusal(served.sagemaker.update_endpoint, **update)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("served-renamed", "it has blue, and served-renamed has green"),
            ("served-light", "DeploymentConfig is not supported for serverless variants"),
            ("served-two", "RollingUpdatePolicy is for one variant, got 2"),
        ],
    )
    def test_trap_6_fails_for_other_variants(self, served: World, name: str, words: str) -> None:
        update = {"EndpointName": "served", "EndpointConfigName": name, "DeploymentConfig": rolling(50)}

        assert words in refusal(served.sagemaker.update_endpoint, **update)

    @pytest.mark.parametrize(
        "config",
        [
            routing("CANARY", CanarySize=percent(50)),
            routing("LINEAR", LinearStepSize=percent(10)),
            rolling(5),
        ],
    )
    def test_trap_6_takes_the_ends(self, served: World, config: Any) -> None:
        update = {"EndpointName": "served", "EndpointConfigName": "served-next", "DeploymentConfig": config}
        served.sagemaker.update_endpoint(**update)

        assert served.settled("served")["LastDeploymentConfig"] == config


class TestRollback:
    def template(self, role: str, count: int) -> dict[str, Any]:
        guard = {
            **routing("ALL_AT_ONCE"),
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": {"Ref": "Errors"}}]},
        }
        return {
            "Errors": made(
                "CloudWatch::Alarm",
                AlarmName="guard",
                Namespace="Own",
                MetricName="Errors",
                Statistic="Sum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanOrEqualToThreshold",
            ),
            "Config": made(
                "SageMaker::EndpointConfig", ProductionVariants=[variant("blue", "base", InitialInstanceCount=count)]
            ),
            "Endpoint": made(
                "SageMaker::Endpoint",
                EndpointConfigName={"Fn::GetAtt": ["Config", "EndpointConfigName"]},
                DeploymentConfig=guard,
            ),
        }

    def test_an_alarm_brings_the_old_configuration_back_and_fails_the_stack(self, here: World) -> None:
        stack, watch = Stack(here, "guarded"), here.aws.client("cloudwatch")
        assert stack.create(self.template(here.role, 1)) == "CREATE_COMPLETE", stack.reasons()
        before = self.endpoint(here)
        watch.put_metric_data(Namespace="Own", MetricData=[{"MetricName": "Errors", "Value": 2}])
        wait_for(
            lambda: watch.describe_alarms(AlarmNames=["guard"])["MetricAlarms"][0]["StateValue"],
            lambda state: state == "ALARM",
        )

        assert stack.update(self.template(here.role, 2)) == "UPDATE_ROLLBACK_COMPLETE"
        assert "the deployment was rolled back, because alarm guard is in ALARM" in stack.reasons()
        after = self.endpoint(here)
        assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", before["EndpointConfigName"])
        assert after["ProductionVariants"][0]["CurrentInstanceCount"] == 1
        assert after["CreationTime"] == before["CreationTime"]
        watch.set_alarm_state(AlarmName="guard", StateValue="OK", StateReason="repaired")
        assert stack.update(self.template(here.role, 2)) == "UPDATE_COMPLETE", stack.reasons()
        assert self.endpoint(here)["ProductionVariants"][0]["CurrentInstanceCount"] == 2
        assert stack.delete() == "DELETE_COMPLETE"

    def test_it_is_seen_in_the_status(self, here: World) -> None:
        events, sqs = here.aws.client("events"), here.aws.client("sqs")
        queue = sqs.create_queue(QueueName="states")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = {"source": ["aws.sagemaker"], "detail": {"EndpointStatus": ["ROLLING_BACK"]}}
        events.put_rule(Name="states", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="states", Targets=[{"Id": "1", "Arn": arn}])
        watch = here.aws.client("cloudwatch")
        watch.put_metric_alarm(
            AlarmName="rings",
            Namespace="Own",
            MetricName="Rings",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        watch.set_alarm_state(AlarmName="rings", StateValue="ALARM", StateReason="for the test")
        here.endpoint("rings", variant("blue", "base"))
        here.config("rings-next", variant("blue", "base"))
        guard = {**routing("ALL_AT_ONCE"), "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "rings"}]}}
        here.sagemaker.update_endpoint(EndpointName="rings", EndpointConfigName="rings-next", DeploymentConfig=guard)

        message = wait_for(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), bool)[0]
        assert json.loads(message["Body"])["detail"]["EndpointName"] == "rings"
        assert here.settled("rings")["EndpointConfigName"] == "rings"

    def endpoint(self, here: World) -> Any:
        name = here.sagemaker.list_endpoints(NameContains="guarded-")["Endpoints"][0]["EndpointName"]
        return here.sagemaker.describe_endpoint(EndpointName=name)
