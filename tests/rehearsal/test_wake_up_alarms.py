"""The wake-up alarms as the library renders them, deployed by CloudFormation and fed with what they watch."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_cdk import App, Stack

import constructs_lib as sm
from tests.rehearsal.test_emulator_support import BUCKET, IMAGE, World, wait_for, world
from tests.rehearsal.test_emulator_support import Stack as Deployed
from tests.templates import of_type, template_of


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.aws.client("ecr").create_repository(repositoryName="serving")
        yield account


def container() -> sm.Container:
    artifact = sm.S3Object(bucket_name=BUCKET, bucket_arn=f"arn:aws:s3:::{BUCKET}", key="models/m.tar.gz")
    return sm.Container(image=sm.ContainerImage.from_uri(IMAGE), artifact=artifact)


def queue(stack: Stack) -> None:
    place = sm.S3Location(bucket_name=BUCKET, bucket_arn=f"arn:aws:s3:::{BUCKET}", prefix="queue")
    model = sm.Model(stack, "Model", container=container())
    variant = sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge"))
    endpoint = sm.AsyncEndpoint(stack, "Queue", variant=variant, inputs=place, output=place)
    endpoint.auto_scale(min_capacity=0, max_capacity=3).scale_on_backlog(per_instance=4)


def component(stack: Stack) -> None:
    variant = sm.ComponentVariant("main", sm.InstanceType("ml.g5.12xlarge"))
    endpoint = sm.InferenceComponentEndpoint(stack, "Shared", variant=variant)
    part = endpoint.add_component(
        "Chat",
        specification=sm.ComponentSpecification(model=container(), compute=sm.ComputeRequirements(min_memory_mb=1024)),
    )
    part.auto_scale(min_capacity=0, max_capacity=3).scale_on_invocations(per_minute=60)


def fall_asleep_queue(here: World, resource_id: str) -> Callable[[], int]:
    endpoint = resource_id.split("/")[1]
    shift = [{"VariantName": "main", "DesiredInstanceCount": 0}]
    here.sagemaker.update_endpoint_weights_and_capacities(EndpointName=endpoint, DesiredWeightsAndCapacities=shift)

    def capacity() -> int:
        (variant,) = here.sagemaker.describe_endpoint(EndpointName=endpoint)["ProductionVariants"]
        return int(variant["CurrentInstanceCount"])

    return capacity


def fall_asleep_component(here: World, resource_id: str) -> Callable[[], int]:
    name = resource_id.split("/")[1]
    here.sagemaker.update_inference_component_runtime_config(
        InferenceComponentName=name, DesiredRuntimeConfig={"CopyCount": 0}
    )

    def capacity() -> int:
        shown = here.sagemaker.describe_inference_component(InferenceComponentName=name)
        return int(shown["RuntimeConfig"]["CurrentCopyCount"])

    return capacity


class TestWakeUpAlarm:
    @pytest.mark.parametrize(
        ("make", "fall_asleep", "metric"),
        [
            pytest.param(queue, fall_asleep_queue, "HasBacklogWithoutCapacity", id="trap_21_queue"),
            pytest.param(component, fall_asleep_component, "NoCapacityInvocationFailures", id="trap_23_component"),
        ],
    )
    def test_of_the_library_rings_on_its_metric_and_brings_up_the_first(
        self, here: World, make: Any, fall_asleep: Any, metric: str
    ) -> None:
        stack = Stack(App(builtin_cloud_formation_validation=False), f"Wakes{make.__name__.capitalize()}")
        make(stack)
        resources = template_of(stack)["Resources"]
        deployed = Deployed(here, stack.stack_name)
        assert deployed.create(resources) == "CREATE_COMPLETE", deployed.reasons()
        ids = deployed.physical_ids()
        (alarm_id,) = of_type({"Resources": resources}, "AWS::CloudWatch::Alarm")
        (target_id,) = of_type({"Resources": resources}, "AWS::ApplicationAutoScaling::ScalableTarget")
        capacity = fall_asleep(here, ids[target_id].split("|")[0])
        wait_for(capacity, lambda found: found == 0)
        watch = here.aws.client("cloudwatch")

        def alarm() -> Any:
            return watch.describe_alarms(AlarmNames=[ids[alarm_id]])["MetricAlarms"][0]

        assert (alarm()["MetricName"], alarm()["StateValue"]) == (metric, "INSUFFICIENT_DATA")
        # Where the service publishes it, which is not where the alarm says that it looks.
        own = ids[target_id].split("|")[0].split("/")[1]
        name = "EndpointName" if make is queue else "InferenceComponentName"
        datum = {"MetricName": metric, "Dimensions": [{"Name": name, "Value": own}], "Value": 1}
        watch.put_metric_data(Namespace="AWS/SageMaker", MetricData=[datum])

        wait_for(lambda: alarm()["StateValue"], lambda state: state == "ALARM")
        wait_for(capacity, lambda found: found == 1)
