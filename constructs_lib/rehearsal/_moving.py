"""The steps that make each target scale: out when its metric is too high, and from zero when a request comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._components import component_in_service
from constructs_lib.rehearsal._hosted import hosted
from constructs_lib.rehearsal._kinds import invoke
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, StepFailed

_COPIES = "sagemaker:inference-component:DesiredCopyCount"
_CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
_WAIT = 5.0


@dataclass(frozen=True)
class _Target:
    """A registered target of SageMaker, with its policies."""

    stage: Stage
    values: dict[str, Any]
    policies: list[dict[str, Any]]

    @property
    def parts(self) -> list[str]:
        return str(self.values["ResourceId"]).split("/")

    @property
    def dimension(self) -> str:
        return str(self.values["ScalableDimension"])

    def capacity(self) -> int:
        if self.dimension == _COPIES:
            shown = component_in_service(self.stage, self.parts[1])
            return int(shown["RuntimeConfig"]["CurrentCopyCount"])
        variant = self._variant()
        if self.dimension == _CONCURRENCY:
            return int(variant.get("CurrentServerlessConfig", {}).get("ProvisionedConcurrency", 0))
        return int(variant.get("CurrentInstanceCount", 0))

    def set_capacity(self, capacity: int) -> None:
        client = self.stage.aws.client("sagemaker")
        if self.dimension == _COPIES:
            component_in_service(self.stage, self.parts[1])
            client.update_inference_component_runtime_config(
                InferenceComponentName=self.parts[1], DesiredRuntimeConfig={"CopyCount": capacity}
            )
            return
        shift: dict[str, Any] = {"VariantName": self.parts[3]}
        if self.dimension == _CONCURRENCY:
            most = self._variant()["CurrentServerlessConfig"]["MaxConcurrency"]
            shift["ServerlessUpdateConfig"] = {"MaxConcurrency": most, "ProvisionedConcurrency": capacity}
        else:
            shift["DesiredInstanceCount"] = capacity
        client.update_endpoint_weights_and_capacities(EndpointName=self.parts[1], DesiredWeightsAndCapacities=[shift])

    def reaches(self, wanted: Callable[[int], bool]) -> bool:
        until = time.monotonic() + _WAIT
        while not wanted(self.capacity()):
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _variant(self) -> dict[str, Any]:
        shown = self.stage.aws.client("sagemaker").describe_endpoint(EndpointName=self.parts[1])
        return next(dict(each) for each in shown["ProductionVariants"] if each["VariantName"] == self.parts[3])


def exercise(stage: Stage, resource: Resource) -> Callable[[], Outcome]:
    """Scale one target in every way that its policies have, and leave it with the capacity that it had."""

    def run() -> Outcome:
        physical = stage.physical_id(resource)
        if physical is None:
            return NOT_CREATED
        target = _read(stage, physical)
        before = target.capacity()
        said = [*_out(target, before), *_from_zero(stage, target)]
        if target.capacity() != before:
            target.set_capacity(before)
            if not target.reaches(lambda capacity: capacity == before):
                raise StepFailed(f"{target.values['ResourceId']} did not go back to {before}")
        return Outcome("; ".join(said) or "nothing moves it but schedules", {"capacity": before})

    return run


def _read(stage: Stage, physical: str) -> _Target:
    resource_id, dimension, namespace = physical.split("|")
    client = stage.aws.client("application-autoscaling")
    key = {"ServiceNamespace": namespace, "ScalableDimension": dimension}
    values = client.describe_scalable_targets(**key, ResourceIds=[resource_id])["ScalableTargets"][0]
    policies = client.describe_scaling_policies(**key, ResourceId=resource_id)["ScalingPolicies"]
    return _Target(stage, values, policies)


def _out(target: _Target, before: int) -> Iterator[str]:
    """Let the metric of each target tracking policy be far too high, once."""
    for policy in target.policies:
        tracking: dict[str, Any] = policy.get("TargetTrackingScalingPolicyConfiguration", {})
        alarm = _high_alarm(target.stage, policy) if tracking else None
        if alarm is None or "MetricName" not in alarm:
            continue
        now = target.capacity()
        if now == 0 or now >= target.values["MaxCapacity"]:
            yield f"{policy['PolicyName']} not tried at a capacity of {now}"
            continue
        _publish(target.stage, alarm, float(tracking["TargetValue"]) * 10)
        if not target.reaches(now.__lt__):
            raise StepFailed(
                f"{policy['PolicyName']} left the capacity at {now}, though {alarm['MetricName']} was at ten times its "
                "target"
            )
        yield f"{policy['PolicyName']} took it from {now} to {target.capacity()}"
        target.set_capacity(before)
        target.reaches(lambda capacity: capacity == before)


def _high_alarm(stage: Stage, policy: dict[str, Any]) -> dict[str, Any] | None:
    names = [alarm["AlarmName"] for alarm in policy.get("Alarms", ())]
    found = stage.aws.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"] if names else []
    return next((dict(alarm) for alarm in found if alarm["ComparisonOperator"].startswith("GreaterThan")), None)


def _publish(stage: Stage, alarm: dict[str, Any], value: float) -> None:
    datum = {"MetricName": alarm["MetricName"], "Dimensions": alarm.get("Dimensions", []), "Value": value}
    stage.aws.client("cloudwatch").put_metric_data(Namespace=alarm["Namespace"], MetricData=[datum])


def _from_zero(stage: Stage, target: _Target) -> Iterator[str]:
    """Go to zero, as the policies do after a quiet time, and let a request come."""
    if target.values["MinCapacity"] > 0 or target.dimension == _CONCURRENCY:
        return
    target.set_capacity(0)
    if not target.reaches(lambda capacity: capacity == 0):
        raise StepFailed(f"{target.values['ResourceId']} did not go to zero")
    waker = [policy for policy in target.policies if policy["PolicyType"] == "StepScaling"]
    if not waker:
        # A schedule may be what wakes it, and that is for the app to decide.
        yield "goes to zero, where no request wakes it: that takes a step policy"
        return
    for policy in waker:
        _calm(stage, policy)
    asked = _ask_component if target.dimension == _COPIES else _ask_endpoint
    asked(stage, target)
    if not target.reaches(lambda capacity: capacity > 0):
        names = ", ".join(alarm["AlarmName"] for policy in waker for alarm in policy.get("Alarms", ()))
        raise StepFailed(
            f"{target.values['ResourceId']} stays at zero after a request: the alarms {names} do not see it; "
            f"do their metric and their dimensions fit?"
        )
    yield f"goes to zero, and a request wakes it to {target.capacity()}"


def _calm(stage: Stage, policy: dict[str, Any]) -> None:
    for alarm in policy.get("Alarms", ()):
        stage.aws.client("cloudwatch").set_alarm_state(
            AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="the rehearsal begins at zero"
        )


def _ask_component(stage: Stage, target: _Target) -> None:
    component = component_in_service(stage, target.parts[1])
    with suppress(ClientError):  # there is no copy to answer, which is what the alarm is to see
        stage.aws.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=component["EndpointName"], InferenceComponentName=target.parts[1], Body=b"{}"
        )


def _ask_endpoint(stage: Stage, target: _Target) -> None:
    described = stage.aws.client("sagemaker").describe_endpoint(EndpointName=target.parts[1])
    path = next((path for path, each in stage.endpoints.items() if each["EndpointName"] == target.parts[1]), "")
    # It waits for the answer, which comes only from an endpoint that has woken; what it says is not what counts here.
    with suppress(StepFailed):
        invoke(_impatient(stage), hosted(stage, path, described))


def _impatient(stage: Stage) -> Stage:
    return Stage(**{**vars(stage), "timeout": min(stage.timeout, _WAIT)})
