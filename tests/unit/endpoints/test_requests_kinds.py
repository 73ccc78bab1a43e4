"""Configurations of the other kinds, each equal member by member to one written by hand from the API reference.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html and the pages below it.
"""

from typing import Any

import pytest

from constructs_lib import (
    AsyncEndpoint,
    ComponentVariant,
    InferenceComponentEndpoint,
    InferencePipelineEndpoint,
    InstancePool,
    InstancePools,
    InstanceType,
    ManagedInstanceScaling,
    MetricsConfig,
    ModelKind,
    MultiContainerEndpoint,
    MultiModelEndpoint,
    Network,
    RoutingStrategy,
    ScaleInStrategy,
    ServerlessEndpoint,
    ServerlessVariant,
)
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    KEY_ARN,
    ROLE_ARN,
    Case,
    at,
    key_in,
    one_as,
    role_in,
    served,
    shared,
    side_by_side,
    topic_in,
    variant,
    without_none,
)
from tests.written_by_hand import same_request

SUCCESSES = "arn:aws:sns:us-east-1:123456789012:successes"
FAILURES = "arn:aws:sns:us-east-1:123456789012:failures"


def shared_variant(**changes: Any) -> dict[str, Any]:
    """The smallest variant for components."""
    members = {"VariantName": "main", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}
    return without_none(members | changes)


def components(**changes: Any) -> dict[str, Any]:
    return {
        "ProductionVariants": [shared_variant(**changes)],
        "ExecutionRoleArn": ROLE_ARN,
        "EnableNetworkIsolation": True,
    }


def queued(stack: Any, id: str, **changes: Any) -> AsyncEndpoint:
    return AsyncEndpoint(stack, id, **({"variant": variant(stack), "output": at("out")} | changes))


def queued_as(**config: Any) -> dict[str, Any]:
    output = {"S3OutputPath": "s3://bucket/out"} | config.pop("OutputConfig", {})
    return one_as() | {"AsyncInferenceConfig": {"OutputConfig": output, **config}}


def serverless(stack: Any, id: str, **changes: Any) -> ServerlessEndpoint:
    arguments = {"memory_mb": 1024, "max_concurrency": 1} | changes
    return ServerlessEndpoint(stack, id, variant=ServerlessVariant("main", served(stack), **arguments))


def serverless_as(**members: Any) -> dict[str, Any]:
    rest = {"VariantName": "main", "ModelName": "a-single-model", "InitialVariantWeight": 1} | members
    return {"ProductionVariants": [rest]}


CASES: list[Case] = [
    (
        "many models",
        lambda stack, id: MultiModelEndpoint(
            stack, id, variants=[variant(stack, model=served(stack, ModelKind.MULTI_MODEL))], key=key_in(stack)
        ),
        one_as(ModelName="a-multi-model-model") | {"KmsKeyId": KEY_ARN},
    ),
    (
        "many containers",
        lambda stack, id: MultiContainerEndpoint(
            stack, id, variants=[variant(stack, model=served(stack, ModelKind.DIRECT))], metrics=MetricsConfig()
        ),
        one_as(ModelName="a-direct-model")
        | {"MetricsConfig": {"EnableEnhancedMetrics": True, "EnableDetailedObservability": False}},
    ),
    (
        "a pipeline",
        lambda stack, id: InferencePipelineEndpoint(
            stack, id, variants=[variant(stack, model=served(stack, ModelKind.PIPELINE))]
        ),
        one_as(ModelName="a-pipeline-model"),
    ),
    (
        "smallest serverless",
        serverless,
        serverless_as(ServerlessConfig={"MemorySizeInMB": 1024, "MaxConcurrency": 1}),
    ),
    (
        "largest serverless",
        lambda stack, id: serverless(
            stack, id, memory_mb=6144, max_concurrency=200, provisioned_concurrency=200, weight=0
        ),
        serverless_as(
            InitialVariantWeight=0,
            ServerlessConfig={"MemorySizeInMB": 6144, "MaxConcurrency": 200, "ProvisionedConcurrency": 200},
        ),
    ),
    ("smallest async", queued, queued_as()),
    (
        "everything async",
        lambda stack, id: queued(
            stack,
            id,
            output=at("out", KEY_ARN),
            failures=at("failures", KEY_ARN),
            inputs=at("in"),
            success_topic=topic_in(stack, "successes"),
            error_topic=topic_in(stack, "failures"),
            include_response_in_topics=True,
            max_concurrent_invocations_per_instance=1000,
        ),
        queued_as(
            ClientConfig={"MaxConcurrentInvocationsPerInstance": 1000},
            OutputConfig={
                "S3FailurePath": "s3://bucket/failures",
                "KmsKeyId": KEY_ARN,
                "NotificationConfig": {
                    "SuccessTopic": SUCCESSES,
                    "ErrorTopic": FAILURES,
                    "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"],
                },
            },
        )
        # The volumes take the key, too.
        | {"KmsKeyId": KEY_ARN},
    ),
    (
        "async that tells of failures only",
        lambda stack, id: queued(
            stack, id, error_topic=topic_in(stack, "failures"), max_concurrent_invocations_per_instance=1
        ),
        queued_as(
            ClientConfig={"MaxConcurrentInvocationsPerInstance": 1},
            OutputConfig={"NotificationConfig": {"ErrorTopic": FAILURES}},
        ),
    ),
    (
        "async with answers in one topic",
        lambda stack, id: queued(
            stack, id, success_topic=topic_in(stack, "successes"), include_response_in_topics=True, key=key_in(stack)
        ),
        queued_as(
            OutputConfig={
                "NotificationConfig": {
                    "SuccessTopic": SUCCESSES,
                    "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC"],
                }
            }
        )
        | {"KmsKeyId": KEY_ARN},
    ),
    ("smallest for components", shared, components()),
    (
        "components under managed scaling",
        lambda stack, id: shared(
            stack,
            id,
            variant=ComponentVariant(
                "main",
                GPU,
                managed_instance_scaling=ManagedInstanceScaling(
                    min_instance_count=0,
                    max_instance_count=5,
                    scale_in=ScaleInStrategy.CONSOLIDATION,
                    scale_in_maximum_step_size=100,
                    scale_in_cooldown_minutes=1440,
                ),
            ),
            network_isolation=False,
            metrics=MetricsConfig(publish_frequency_seconds=30),
            key=key_in(stack),
        ),
        components(
            ManagedInstanceScaling={
                "Status": "ENABLED",
                "MinInstanceCount": 0,
                "MaxInstanceCount": 5,
                "ScaleInPolicy": {"Strategy": "CONSOLIDATION", "MaximumStepSize": 100, "CooldownInMinutes": 1440},
            }
        )
        | {
            "EnableNetworkIsolation": False,
            "MetricsConfig": {
                "EnableEnhancedMetrics": True,
                "EnableDetailedObservability": False,
                "MetricPublishFrequencyInSeconds": 30,
            },
            "KmsKeyId": KEY_ARN,
        },
    ),
    (
        "components on any of two types",
        lambda stack, id: shared(
            stack,
            id,
            variant=ComponentVariant(
                "main",
                InstancePools(InstancePool(GPU), InstancePool(InstanceType("ml.g6.xlarge"))),
                count=2,
                managed_instance_scaling=ManagedInstanceScaling(
                    min_instance_count=1, max_instance_count=1, scale_in=ScaleInStrategy.IDLE_RELEASE
                ),
                ssm_access=True,
                routing=RoutingStrategy.KV_AWARE,
            ),
        ),
        components(
            InstanceType=None,
            InstancePools=[
                {"InstanceType": "ml.g5.xlarge", "Priority": 1},
                {"InstanceType": "ml.g6.xlarge", "Priority": 2},
            ],
            InitialInstanceCount=2,
            ManagedInstanceScaling={
                "Status": "ENABLED",
                "MinInstanceCount": 1,
                "MaxInstanceCount": 1,
                "ScaleInPolicy": {"Strategy": "IDLE_RELEASE"},
            },
            EnableSSMAccess=True,
            RoutingConfig={"RoutingStrategy": "KV_AWARE"},
        ),
    ),
    (
        "components in a network, cut off",
        lambda stack, id: InferenceComponentEndpoint(
            stack,
            id,
            variant=ComponentVariant("main", CPU, volume_size_gib=1),
            role=role_in(stack),
            network=Network(stack, "Network"),
            network_isolation=True,
        ),
        components(InstanceType="ml.m5.xlarge", VolumeSizeInGB=1)
        | {
            "VpcConfig": {
                "SecurityGroupIds": [{"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}],
                "Subnets": [
                    {"Fn::GetAtt": ["NetworkSubnet18D1B2567", "SubnetId"]},
                    {"Fn::GetAtt": ["NetworkSubnet29A0E8491", "SubnetId"]},
                ],
            },
            "EnableNetworkIsolation": True,
        },
    ),
]


@pytest.fixture(scope="module")
def rendered() -> dict[str, Any]:
    return side_by_side(CASES, "Config")


@pytest.mark.parametrize(("name", "wanted"), [pytest.param(name, wanted, id=name) for name, _, wanted in CASES])
def test_is_the_configuration_written_by_hand(rendered: dict[str, Any], name: str, wanted: dict[str, Any]) -> None:
    same_request("CreateEndpointConfig", rendered[name], wanted)
