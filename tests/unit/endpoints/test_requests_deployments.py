"""Endpoints, each equal member by member to one written by hand from the references.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html, and for what an update retains
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-endpoint.html
"""

from typing import Any

import pytest

from constructs_lib import (
    AllAtOnce,
    AutoRollback,
    Canary,
    CapacitySize,
    DeploymentPolicy,
    Linear,
    RealTimeEndpoint,
    Rolling,
    VariantProperty,
)
from tests.unit.endpoints.serving import (
    Case,
    alarm_in,
    percent,
    policy_as,
    readable,
    real_time,
    side_by_side,
    variant,
)
from tests.written_by_hand import same_request

NEVER = AutoRollback.never()


def updated(deployment: DeploymentPolicy | None, **changes: Any) -> Any:
    """An endpoint of ten machines with a policy."""

    def build(stack: Any, id: str) -> RealTimeEndpoint:
        return real_time(
            stack, id, variants=[variant(stack, count=10)], deployment=deployment, endpoint_name=f"the-{id}", **changes
        )

    return build


def routed(type: str, wait: int = 600, **size: Any) -> dict[str, Any]:
    return {"TrafficRoutingConfiguration": {"Type": type, "WaitIntervalInSeconds": wait, **size}}


def watched(stack: Any, id: str) -> RealTimeEndpoint:
    """Taken back by alarms of the user's, of which the account has as many as an update may have."""
    alarms = AutoRollback.on_alarms(*(alarm_in(stack, f"alarm-{number}") for number in range(10)))
    return updated(Canary(CapacitySize.percent(50), rollback=alarms))(stack, id)  # type: ignore[no-any-return] -- a builder


def tagged(stack: Any, id: str) -> RealTimeEndpoint:
    from aws_cdk import Tags

    endpoint = updated(None)(stack, id)
    Tags.of(endpoint).add("team", "vision")
    return endpoint  # type: ignore[no-any-return] -- a builder


BLUE_GREEN, ROLLING = "BlueGreenUpdatePolicy", "RollingUpdatePolicy"
ENDPOINTS: list[Case] = [
    ("no policy", updated(None), {}),
    ("tags", tagged, {"Tags": [{"Key": "team", "Value": "vision"}]}),
    (
        "all at once, watched by nothing",
        updated(AllAtOnce(rollback=NEVER)),
        policy_as(BLUE_GREEN, **routed("ALL_AT_ONCE"), TerminationWaitInSeconds=0),
    ),
    (
        "all at once, with the longest waits",
        updated(
            AllAtOnce(
                rollback=NEVER,
                wait_seconds=3600,
                termination_wait_seconds=3600,
                maximum_execution_timeout_seconds=28800,
            )
        ),
        policy_as(
            BLUE_GREEN,
            **routed("ALL_AT_ONCE", 3600),
            TerminationWaitInSeconds=3600,
            MaximumExecutionTimeoutInSeconds=28800,
        ),
    ),
    (
        "a canary, watched by alarms of the user's",
        watched,
        policy_as(
            BLUE_GREEN,
            [f"alarm-{number}" for number in range(10)],
            **routed("CANARY", CanarySize=percent(50)),
            TerminationWaitInSeconds=0,
        ),
    ),
    (
        "a canary of one machine",
        updated(Canary(CapacitySize.instances(1), wait_seconds=0, rollback=NEVER)),
        policy_as(
            BLUE_GREEN,
            **routed("CANARY", 0, CanarySize={"Type": "INSTANCE_COUNT", "Value": 1}),
            TerminationWaitInSeconds=0,
        ),
    ),
    (
        "steps",
        updated(Linear(CapacitySize.percent(10), rollback=NEVER)),
        policy_as(BLUE_GREEN, **routed("LINEAR", LinearStepSize=percent(10)), TerminationWaitInSeconds=0),
    ),
    (
        "batches",
        updated(Rolling(CapacitySize.percent(5), wait_seconds=60, rollback=NEVER)),
        policy_as(ROLLING, MaximumBatchSize=percent(5), WaitIntervalInSeconds=60),
    ),
    (
        "batches, with everything",
        updated(
            Rolling(
                CapacitySize.instances(5),
                wait_seconds=300,
                rollback_batch=CapacitySize.percent(100),
                maximum_execution_timeout_seconds=3600,
                rollback=NEVER,
            )
        ),
        policy_as(
            ROLLING,
            MaximumBatchSize={"Type": "INSTANCE_COUNT", "Value": 5},
            WaitIntervalInSeconds=300,
            MaximumExecutionTimeoutInSeconds=3600,
            RollbackMaximumBatchSize=percent(100),
        ),
    ),
    (
        "weights are retained",
        updated(None, retained=[VariantProperty.DESIRED_WEIGHT]),
        {
            "RetainAllVariantProperties": True,
            "ExcludeRetainedVariantProperties": [
                {"VariantPropertyType": "DesiredInstanceCount"},
                {"VariantPropertyType": "DataCaptureConfig"},
            ],
        },
    ),
    (
        "everything is retained",
        updated(None, retained=list(VariantProperty)),
        {"RetainAllVariantProperties": True, "ExcludeRetainedVariantProperties": []},
    ),
    ("nothing is retained", updated(None, retained=[]), {}),
]


@pytest.fixture(scope="module")
def endpoints() -> dict[str, Any]:
    return readable(side_by_side(ENDPOINTS))  # type: ignore[no-any-return] -- as it came


@pytest.mark.parametrize("number", [pytest.param(number, id=case[0]) for number, case in enumerate(ENDPOINTS)])
def test_is_the_endpoint_written_by_hand(endpoints: dict[str, Any], number: int) -> None:
    name, _, members = ENDPOINTS[number]
    config = f"<Case{number}Config.EndpointConfigName>"
    by_hand = {"EndpointName": f"the-Case{number}", "EndpointConfigName": config, **members}
    same_request("CreateEndpoint", endpoints[name], by_hand)
