"""Inference components, each equal member by member to one written by hand from the references.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateInferenceComponent.html, and for the policy of
updates, which CloudFormation keeps with the component,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateInferenceComponent.html
"""

from typing import Any

import pytest

from constructs_lib import (
    Adapter,
    AutoRollback,
    CapacitySize,
    ComputeRequirements,
    Container,
    InferenceComponent,
    MetricsEndpoint,
    Placement,
    PlacementStrategy,
    Rolling,
)
from tests.unit.endpoints.serving import (
    GPU,
    IMAGE,
    IMAGE_URI,
    NEURON,
    Case,
    alarm_in,
    percent,
    policy_as,
    readable,
    served,
    shared,
    side_by_side,
    specification,
    thing,
    without_none,
)
from tests.written_by_hand import same_request

EVERY_MEMBER = {
    "model_data_download_timeout_seconds": 3600,
    "container_startup_health_check_timeout_seconds": 60,
    "compute": ComputeRequirements(min_memory_mb=128, max_memory_mb=4096, cpu_cores=0.25, accelerators=1),
    "placement": Placement(strategy=PlacementStrategy.SPREAD, max_zone_imbalance=100),
    "data_cache": True,
}
EVERY_MEMBER_AS = {
    "ComputeResourceRequirements": {
        "MinMemoryRequiredInMb": 128,
        "MaxMemoryRequiredInMb": 4096,
        "NumberOfCpuCoresRequired": 0.25,
        "NumberOfAcceleratorDevicesRequired": 1,
    },
    "StartupParameters": {
        "ModelDataDownloadTimeoutInSeconds": 3600,
        "ContainerStartupHealthCheckTimeoutInSeconds": 60,
    },
    "SchedulingConfig": {
        "PlacementStrategy": "SPREAD",
        "AvailabilityZoneBalance": {"EnforcementMode": "PERMISSIVE", "MaxImbalance": 100},
    },
    "DataCacheConfig": {"EnableCaching": True},
}
EVERYTHING = Container(
    image=IMAGE,
    artifact=thing("models/m.tar.gz"),
    environment={"SOME_NAME": "x", "other": "1"},
    metrics=MetricsEndpoint(path="/server/metrics", publish_frequency_in_seconds=10),
)
EVERYTHING_AS = {
    "Image": IMAGE_URI,
    "ArtifactUrl": "s3://bucket/models/m.tar.gz",
    "Environment": {"SOME_NAME": "x", "other": "1"},
    "ContainerMetricsConfig": {
        "MetricsEndpoints": [{"MetricsEndpointPath": "/server/metrics", "MetricPublishFrequencyInSeconds": 10}]
    },
}


def component(**changes: Any) -> Any:
    """A component on an endpoint of its own."""

    def build(stack: Any, id: str) -> InferenceComponent:
        arguments = {"specification": specification(), "inference_component_name": f"the-{id}"} | changes
        return shared(stack, f"{id}Host").add_component("Component", **arguments)

    return build


def several(stack: Any, id: str) -> InferenceComponent:
    by_type = {GPU: specification(model=EVERYTHING, **EVERY_MEMBER), NEURON: specification(model=served(stack))}
    return component(specification=by_type, copies=3)(stack, id)  # type: ignore[no-any-return] -- a builder


def of_a_model(stack: Any, id: str) -> InferenceComponent:
    return component(specification=specification(model=served(stack), **EVERY_MEMBER), copies=0)(stack, id)  # type: ignore[no-any-return] -- a builder


def adapter(stack: Any, id: str) -> Adapter:
    base = component(inference_component_name="base")(stack, id)
    return base.add_adapter("Lora", artifact=thing("lora.tar.gz"), inference_component_name=f"the-{id}")  # type: ignore[no-any-return] -- a builder


def tagged_component(stack: Any, id: str) -> InferenceComponent:
    from aws_cdk import Tags

    found = component()(stack, id)
    Tags.of(found).add("team", "vision")
    return found  # type: ignore[no-any-return] -- a builder


def taken_back(stack: Any, id: str) -> InferenceComponent:
    rollback = AutoRollback.on_alarms(alarm_in(stack, "alarm-1"))
    policy = Rolling(
        CapacitySize.percent(50),
        wait_seconds=3600,
        rollback_batch=CapacitySize.copies(20),
        maximum_execution_timeout_seconds=28800,
        rollback=rollback,
    )
    return component(copies=20, deployment=policy)(stack, id)  # type: ignore[no-any-return] -- a builder


SMALLEST = {"Container": {"Image": IMAGE_URI}, "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024}}
COMPONENTS: list[Case] = [
    ("smallest", component(), {"Specification": SMALLEST}),
    ("tags", tagged_component, {"Specification": SMALLEST, "Tags": [{"Key": "team", "Value": "vision"}]}),
    (
        "a model with every member",
        of_a_model,
        {"Specification": {"ModelName": "a-single-model", **EVERY_MEMBER_AS}, "RuntimeConfig": {"CopyCount": 0}},
    ),
    (
        "a container with every member",
        component(specification=specification(model=EVERYTHING, **EVERY_MEMBER)),
        {"Specification": {"Container": EVERYTHING_AS, **EVERY_MEMBER_AS}},
    ),
    (
        "one specification a type",
        several,
        {
            "Specifications": [
                {"InstanceType": "ml.g5.xlarge", "Container": EVERYTHING_AS, **EVERY_MEMBER_AS},
                {
                    "InstanceType": "ml.inf2.xlarge",
                    "ModelName": "a-single-model",
                    "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024},
                },
            ],
            "RuntimeConfig": {"CopyCount": 3},
        },
    ),
    (
        "packed on few machines, not cached",
        component(
            specification=specification(placement=Placement(strategy=PlacementStrategy.BINPACK), data_cache=False)
        ),
        {
            "Specification": {
                **SMALLEST,
                "SchedulingConfig": {
                    "PlacementStrategy": "BINPACK",
                    "AvailabilityZoneBalance": {"EnforcementMode": "PERMISSIVE", "MaxImbalance": 0},
                },
                "DataCacheConfig": {"EnableCaching": False},
            }
        },
    ),
    (
        "batches of copies",
        taken_back,
        {
            "Specification": SMALLEST,
            "RuntimeConfig": {"CopyCount": 20},
            **policy_as(
                "RollingUpdatePolicy",
                ["alarm-1"],
                MaximumBatchSize=percent(50),
                WaitIntervalInSeconds=3600,
                MaximumExecutionTimeoutInSeconds=28800,
                RollbackMaximumBatchSize={"Type": "COPY_COUNT", "Value": 20},
            ),
        },
    ),
    (
        "an adapter",
        adapter,
        {
            "Specification": {
                "BaseInferenceComponentName": "base",
                "Container": {"ArtifactUrl": "s3://bucket/lora.tar.gz"},
            },
            "VariantName": None,
            "RuntimeConfig": None,
        },
    ),
]


@pytest.fixture(scope="module")
def components() -> dict[str, Any]:
    return readable(side_by_side(COMPONENTS))  # type: ignore[no-any-return] -- as it came


@pytest.mark.parametrize("number", [pytest.param(number, id=case[0]) for number, case in enumerate(COMPONENTS)])
def test_is_the_component_written_by_hand(components: dict[str, Any], number: int) -> None:
    name, _, members = COMPONENTS[number]
    common = {
        "InferenceComponentName": f"the-Case{number}",
        "EndpointName": f"<Case{number}Host.EndpointName>",
        "VariantName": "main",
        "RuntimeConfig": {"CopyCount": 1},
    }
    same_request("CreateInferenceComponent", components[name], without_none(common | members))
