"""Application Auto Scaling on the embedded AWS, and what it means for an endpoint."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.test_emulator_support import World, refusal, variant, world

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
TRACKING = {
    "TargetValue": 100.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.model("base")
        account.endpoint("scaled", variant("blue", "base"), variant("green", "base"))
        yield account


def of(endpoint: str, name: str = "blue") -> dict[str, str]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/{name}",
        "ScalableDimension": DIMENSION,
    }


class TestTarget:
    def test_is_registered_with_its_tags(self, here: World) -> None:
        scaling = here.aws.client("application-autoscaling")
        arn = scaling.register_scalable_target(**of("scaled"), MinCapacity=1, MaxCapacity=4, Tags={"a": "1"})
        scaling.register_scalable_target(**of("scaled"), MaxCapacity=5)

        target = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"][0]
        assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 5)
        assert "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint" in target["RoleARN"]
        tags = scaling.list_tags_for_resource(ResourceARN=arn["ScalableTargetARN"])["Tags"]
        assert tags == {"a": "1"}

    @pytest.mark.parametrize(
        ("endpoint", "low", "high", "words"),
        [
            ("none", 1, 2, "could not find variant blue of endpoint none"),
            ("scaled", 3, 2, "MinCapacity 3 must not exceed MaxCapacity 2"),
            ("scaled", 0, 2, "MinCapacity 0 needs an asynchronous endpoint or inference components"),
        ],
    )
    def test_fails(self, here: World, endpoint: str, low: int, high: int, words: str) -> None:
        scaling = here.aws.client("application-autoscaling")

        assert words in refusal(scaling.register_scalable_target, **of(endpoint), MinCapacity=low, MaxCapacity=high)

    def test_fails_for_a_request_that_the_model_refuses(self, here: World) -> None:
        scaling = here.aws.client("application-autoscaling")
        place = {**of("scaled"), "ScalableDimension": "sagemaker:variant:Count"}
        words = refusal(scaling.register_scalable_target, **place, MinCapacity=1, MaxCapacity=2)

        assert f"the nearest of which is {DIMENSION}" in words

    def test_fails_to_go_twice(self, here: World) -> None:
        scaling = here.aws.client("application-autoscaling")

        assert "no scalable target found" in refusal(scaling.deregister_scalable_target, **of("scaled", "red"))


class TestPolicy:
    def test_makes_alarms_that_go_with_it(self, here: World) -> None:
        scaling, watch = here.aws.client("application-autoscaling"), here.aws.client("cloudwatch")
        place = of("scaled", "green")
        scaling.register_scalable_target(**place, MinCapacity=1, MaxCapacity=4)
        request = {**place, "PolicyName": "calls", "PolicyType": "TargetTrackingScaling"}
        made = scaling.put_scaling_policy(**request, TargetTrackingScalingPolicyConfiguration=TRACKING)

        names = [alarm["AlarmName"] for alarm in made["Alarms"]]
        prefix = f"TargetTracking-{place['ResourceId']}-Alarm"
        assert [name.removeprefix(prefix)[:4] for name in names] == ["High", "Low-"]
        alarms = watch.describe_alarms(AlarmNames=names)["MetricAlarms"]
        assert {alarm["MetricName"] for alarm in alarms} == {"InvocationsPerInstance"}
        assert {alarm["AlarmActions"][0] for alarm in alarms} == {made["PolicyARN"]}
        again = scaling.put_scaling_policy(**request, TargetTrackingScalingPolicyConfiguration=TRACKING)
        assert again["PolicyARN"] == made["PolicyARN"]
        scaling.deregister_scalable_target(**place)
        assert not watch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
        assert not scaling.describe_scaling_policies(**place)["ScalingPolicies"]

    def test_fails_without_its_target(self, here: World) -> None:
        scaling = here.aws.client("application-autoscaling")
        words = refusal(
            scaling.put_scaling_policy,
            **of("scaled", "red"),
            PolicyName="calls",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=TRACKING,
        )

        assert "(ObjectNotFoundException)" in words
        assert "no registered scalable target found" in words


class TestScheduledAction:
    def test_comes_and_goes(self, here: World) -> None:
        scaling = here.aws.client("application-autoscaling")
        here.endpoint("timed", variant("blue", "base"))
        place = of("timed")
        scaling.register_scalable_target(**place, MinCapacity=1, MaxCapacity=4)
        name = {"ScheduledActionName": "night"}
        scaling.put_scheduled_action(
            **place, **name, Schedule="cron(0 20 * * ? *)", ScalableTargetAction={"MinCapacity": 1}
        )

        found = scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"]
        assert [action["ScheduledActionName"] for action in found] == ["night"]
        scaling.delete_scheduled_action(**place, **name)
        assert "no scheduled action night found" in refusal(scaling.delete_scheduled_action, **place, **name)


class TestEndpoint:
    def test_trap_4_fails_to_change_the_instance_type_of_a_scaled_variant(self, here: World) -> None:
        scaling = here.aws.client("application-autoscaling")
        here.endpoint("typed", variant("blue", "base"))
        scaling.register_scalable_target(**of("typed"), MinCapacity=1, MaxCapacity=2)
        here.config("typed-2", variant("blue", "base", InstanceType="ml.g5.2xlarge"))
        update = {"EndpointName": "typed", "EndpointConfigName": "typed-2"}
        words = refusal(here.sagemaker.update_endpoint, **update)

        assert 'cannot change the instance type of variant "blue"' in words
        assert "from ml.g5.xlarge to ml.g5.2xlarge" in words
        scaling.deregister_scalable_target(**of("typed"))
        here.sagemaker.update_endpoint(**update)

    def test_takes_the_target_of_a_variant_that_goes_along(self, here: World) -> None:
        scaling = here.aws.client("application-autoscaling")
        here.endpoint("shrinks", variant("blue", "base"), variant("green", "base"))
        scaling.register_scalable_target(**of("shrinks"), MinCapacity=1, MaxCapacity=2)
        here.config("shrinks-2", variant("green", "base"))
        here.sagemaker.update_endpoint(EndpointName="shrinks", EndpointConfigName="shrinks-2")
        # Only once it is gone: an update that is rolled back keeps the variant and what scales it.
        assert scaling.describe_scalable_targets(**of_service("shrinks"))["ScalableTargets"]
        here.settled("shrinks")

        assert not scaling.describe_scalable_targets(**of_service("shrinks"))["ScalableTargets"]


def of_service(endpoint: str) -> dict[str, Any]:
    return {"ServiceNamespace": "sagemaker", "ResourceIds": [of(endpoint)["ResourceId"]]}
