"""Endpoint configurations, each equal member by member to one written by hand from the API reference.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html and the pages below it; the
members of AWS::SageMaker::EndpointConfig have the same names. All stand in one stack, which is synthesized once.
"""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib import (
    CaptureMode,
    DataCapture,
    InstancePool,
    InstancePools,
    MetricsConfig,
    PrefixAwareRouting,
    RealTimeEndpoint,
    RoutingStrategy,
)
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    KEY_ARN,
    NEURON,
    Case,
    at,
    key_in,
    one_as,
    real_time,
    served,
    side_by_side,
    variant,
    variant_as,
    without_none,
)
from tests.written_by_hand import same_request

RESERVATION = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/winter"
# Clarify has no value objects of its own: the members pass through, in the API's spelling.
CLARIFY = {
    "ClarifyExplainerConfig": {
        "EnableExplanations": "`true`",
        "InferenceConfig": {
            "FeaturesAttribute": "instances",
            "ContentTemplate": '{"instances":$features}',
            "MaxRecordCount": 10,
            "MaxPayloadInMB": 6,
            "ProbabilityIndex": 0,
            "LabelIndex": 1,
            "ProbabilityAttribute": "probability",
            "LabelAttribute": "label",
            "LabelHeaders": ["no", "yes"],
            "FeatureHeaders": ["age", "text"],
            "FeatureTypes": ["numerical", "text"],
        },
        "ShapConfig": {
            "ShapBaselineConfig": {
                "MimeType": "text/csv",
                "ShapBaseline": "1,2",
                "ShapBaselineUri": "s3://bucket/baseline.csv",
            },
            "NumberOfSamples": 5,
            "UseLogit": True,
            "Seed": 7,
            "TextConfig": {"Language": "en", "Granularity": "sentence"},
        },
    }
}


def instance(**changes: Any) -> Callable[[Any, str], Any]:
    """A real-time endpoint whose one variant has other attributes."""
    return lambda stack, id: real_time(stack, id, variants=[variant(stack, **changes)])


def captured(**members: Any) -> dict[str, Any]:
    config = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://bucket/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
    }
    return one_as() | {"DataCaptureConfig": without_none(config | members)}


def tagged(stack: Any, id: str) -> RealTimeEndpoint:
    from aws_cdk import Tags

    endpoint = real_time(stack, id)
    Tags.of(endpoint).add("team", "vision")
    return endpoint


def _with_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_tuples(item) for name, item in value.items()}
    return tuple(value) if isinstance(value, list) else value


EVERY_OPTION = {
    "weight": 0.5,
    "volume_size_gib": 512,
    "model_data_download_timeout_seconds": 3600,
    "container_startup_health_check_timeout_seconds": 60,
    "variant_instance_provision_timeout_seconds": 300,
    "inference_ami_version": "al2-ami-sagemaker-inference-gpu-2",
    "capacity_reservation_arn": RESERVATION,
    "core_dumps": at("dumps", KEY_ARN),
    "ssm_access": True,
    "routing": PrefixAwareRouting(prefix_length=1024, concurrency_threshold=1024),
}
EVERY_OPTION_AS = {
    "InitialVariantWeight": 0.5,
    "VolumeSizeInGB": 512,
    "ModelDataDownloadTimeoutInSeconds": 3600,
    "ContainerStartupHealthCheckTimeoutInSeconds": 60,
    "VariantInstanceProvisionTimeoutInSeconds": 300,
    "InferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-2",
    "CapacityReservationConfig": {
        "CapacityReservationPreference": "capacity-reservations-only",
        "MlReservationArn": RESERVATION,
    },
    "CoreDumpConfig": {"DestinationS3Uri": "s3://bucket/dumps", "KmsKeyId": KEY_ARN},
    "EnableSSMAccess": True,
    "RoutingConfig": {
        "RoutingStrategy": "PREFIX_AWARE",
        "PrefixAwareRoutingConfig": {"PrefixLength": 1024, "ConcurrencyThreshold": 1024},
    },
}


def with_pools(stack: Any, **changes: Any) -> Any:
    pools = InstancePools(InstancePool(CPU), InstancePool(NEURON, model=served(stack, name="compiled")))
    return variant(stack, instance_type=pools, **changes)


POOLS_AS = {
    "InstanceType": None,
    "InstancePools": [
        {"InstanceType": "ml.m5.xlarge", "Priority": 1},
        {"InstanceType": "ml.inf2.xlarge", "Priority": 2, "ModelNameOverride": "compiled"},
    ],
}

CASES: list[Case] = [
    ("smallest", real_time, one_as()),
    ("count and weight", instance(count=3, weight=0), one_as(InitialInstanceCount=3, InitialVariantWeight=0)),
    (
        "every option of a variant",
        instance(**EVERY_OPTION),
        one_as(**EVERY_OPTION_AS),
    ),
    (
        "routing by load",
        instance(routing=RoutingStrategy.LEAST_OUTSTANDING_REQUESTS),
        one_as(RoutingConfig={"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}),
    ),
    (
        "routing at random",
        instance(routing=RoutingStrategy.RANDOM),
        one_as(RoutingConfig={"RoutingStrategy": "RANDOM"}),
    ),
    (
        "routing by cache",
        instance(routing=RoutingStrategy.KV_AWARE),
        one_as(RoutingConfig={"RoutingStrategy": "KV_AWARE"}),
    ),
    (
        "core dumps without a key",
        instance(core_dumps=at("dumps")),
        one_as(CoreDumpConfig={"DestinationS3Uri": "s3://bucket/dumps"}),
    ),
    ("pools of machines", lambda stack, id: real_time(stack, id, variants=[with_pools(stack)]), one_as(**POOLS_AS)),
    (
        "ten variants",
        lambda stack, id: real_time(stack, id, variants=[variant(stack, f"v{n}", weight=n) for n in range(10)]),
        {"ProductionVariants": [variant_as(VariantName=f"v{n}", InitialVariantWeight=n) for n in range(10)]},
    ),
    (
        "a shadow with every option",
        lambda stack, id: real_time(stack, id, shadow_variant=with_pools(stack, **{**EVERY_OPTION, "name": "shadow"})),
        one_as() | {"ShadowProductionVariants": [variant_as(VariantName="shadow", **(EVERY_OPTION_AS | POOLS_AS))]},
    ),
    (
        "a shadow on one type",
        lambda stack, id: real_time(stack, id, shadow_variant=variant(stack, "shadow", weight=0.1)),
        one_as() | {"ShadowProductionVariants": [variant_as(VariantName="shadow", InitialVariantWeight=0.1)]},
    ),
    ("a key", lambda stack, id: real_time(stack, id, key=key_in(stack)), one_as() | {"KmsKeyId": KEY_ARN}),
    ("tags", tagged, one_as() | {"Tags": [{"Key": "team", "Value": "vision"}]}),
    (
        "a capture of everything",
        lambda stack, id: real_time(stack, id, capture=DataCapture(location=at("capture", KEY_ARN))),
        # The volumes take the key, too.
        captured(KmsKeyId=KEY_ARN) | {"KmsKeyId": KEY_ARN},
    ),
    (
        "a capture of nothing, in Base64",
        lambda stack, id: real_time(
            stack,
            id,
            capture=DataCapture(location=at("capture"), percent=0, csv_content_types=(), json_content_types=[]),
        ),
        captured(InitialSamplingPercentage=0, CaptureContentTypeHeader=None),
    ),
    (
        "a capture of one type",
        lambda stack, id: real_time(
            stack,
            id,
            capture=DataCapture(
                location=at("capture"), percent=50, csv_content_types=["text/plain"], json_content_types=()
            ),
        ),
        captured(InitialSamplingPercentage=50, CaptureContentTypeHeader={"CsvContentTypes": ["text/plain"]}),
    ),
    (
        "a capture of answers only",
        lambda stack, id: real_time(
            stack, id, capture=DataCapture(location=at("capture"), modes=[CaptureMode.OUTPUT], percent=1)
        ),
        captured(InitialSamplingPercentage=1, CaptureOptions=[{"CaptureMode": "Output"}]),
    ),
    (
        "a capture that is off",
        lambda stack, id: real_time(stack, id, capture=DataCapture(location=at("capture"), enabled=False)),
        captured(EnableCapture=False),
    ),
    (
        "variants of which none gets traffic",
        lambda stack, id: real_time(stack, id, variants=[variant(stack, name, weight=0) for name in ("a", "b")]),
        {"ProductionVariants": [variant_as(VariantName=name, InitialVariantWeight=0) for name in ("a", "b")]},
    ),
    (
        "a reservation without a disk of its own",
        instance(capacity_reservation_arn=RESERVATION, instance_type=GPU, count=4, ssm_access=False),
        one_as(
            InstanceType="ml.g5.xlarge",
            InitialInstanceCount=4,
            CapacityReservationConfig=EVERY_OPTION_AS["CapacityReservationConfig"],
        ),
    ),
    (
        "finer metrics",
        lambda stack, id: real_time(
            stack, id, metrics=MetricsConfig(detailed_observability=True, publish_frequency_seconds=10)
        ),
        one_as()
        | {
            "MetricsConfig": {
                "EnableEnhancedMetrics": True,
                "EnableDetailedObservability": True,
                "MetricPublishFrequencyInSeconds": 10,
            }
        },
    ),
    (
        "utilization every five minutes",
        lambda stack, id: real_time(
            stack, id, metrics=MetricsConfig(enhanced_metrics=False, publish_frequency_seconds=300)
        ),
        # The service takes what is left out for on, in each configuration that is new.
        one_as()
        | {
            "MetricsConfig": {
                "EnableEnhancedMetrics": False,
                "EnableDetailedObservability": False,
                "MetricPublishFrequencyInSeconds": 300,
            }
        },
    ),
    (
        "explanations",
        lambda stack, id: real_time(stack, id, explainer_config=CLARIFY),
        one_as() | {"ExplainerConfig": CLARIFY},
    ),
    (
        "explanations with tuples for lists",
        lambda stack, id: real_time(stack, id, explainer_config=_with_tuples(CLARIFY)),
        one_as() | {"ExplainerConfig": CLARIFY},
    ),
]


@pytest.fixture(scope="module")
def rendered() -> dict[str, Any]:
    return side_by_side(CASES, "Config")


def test_no_case_is_there_twice() -> None:
    assert len({name for name, _, _ in CASES}) == len(CASES)


@pytest.mark.parametrize(("name", "wanted"), [pytest.param(name, wanted, id=name) for name, _, wanted in CASES])
def test_is_the_configuration_written_by_hand(rendered: dict[str, Any], name: str, wanted: dict[str, Any]) -> None:
    same_request("CreateEndpointConfig", rendered[name], wanted)
