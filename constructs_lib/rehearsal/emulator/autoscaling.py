"""The Application Auto Scaling control plane."""

import time
import uuid
from collections.abc import Callable, Iterable
from threading import RLock
from typing import Any

from . import neighbours, scaling_alarms, scaling_targets
from .api import Api, ApiError, Request, refused
from .records import Record
from .sagemaker import SageMaker
from .scaling_targets import CONCURRENCY, COPIES, SAGEMAKER, VARIANT, Key, Target

_PAGE = 50


class AutoScaling:
    """Application Auto Scaling of all accounts and regions."""

    def __init__(self, sagemaker: SageMaker, model_data: str | None = None) -> None:
        self.api = Api("application-autoscaling", model_data)
        self._sagemaker = sagemaker
        self._lock = RLock()
        self._operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "RegisterScalableTarget": self._register,
            "DescribeScalableTargets": self._describe_targets,
            "DeregisterScalableTarget": self._deregister,
            "PutScalingPolicy": self._put_policy,
            "DescribeScalingPolicies": self._describe_policies,
            "DeleteScalingPolicy": self._delete_policy,
            "PutScheduledAction": self._put_action,
            "DescribeScheduledActions": self._describe_actions,
            "DeleteScheduledAction": self._delete_action,
            "DescribeScalingActivities": self._describe_activities,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": lambda request: {"Tags": self._tagged(request).tags},
        }

    def call(self, operation: str, request: Request) -> dict[str, Any]:
        """Answer one request.

        Raises:
            ApiError: Application Auto Scaling would refuse it.
        """
        self.api.check(operation, request)
        if operation not in self._operations:
            raise ApiError("UnknownOperationException", f"{operation} is not part of the embedded AWS yet", 501)
        with self._lock:
            return self.api.answer(operation, self._operations[operation](request))

    def _register(self, request: Request) -> dict[str, Any]:
        key = _key(request)
        target = scaling_targets.get(key)
        if target is None:
            missing = [member for member in ("MinCapacity", "MaxCapacity") if member not in request]
            if missing:
                raise refused(f"RegisterScalableTarget: {' and '.join(missing)} must be given to register {key[1]}")
            arn = neighbours.partition_arn("application-autoscaling", f"scalable-target/{uuid.uuid4().hex[:12]}")
            target = Target(arn, {"CreationTime": time.time(), "ScalableTargetARN": arn})
        # No tags here: a target shows them in ListTagsForResource only.
        values = target.values | {name: value for name, value in request.items() if name != "Tags"}
        self._check_capacity(key, values)
        account, _ = neighbours.scope()
        role = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
        service = "aws-service-role/sagemaker.application-autoscaling.amazonaws.com"
        values.setdefault("RoleARN", f"arn:aws:iam::{account}:role/{service}/{role}")
        target.values = values
        target.tags.update(request.get("Tags", {}))
        scaling_targets.add(key, target)
        return {"ScalableTargetARN": target.arn}

    def _check_capacity(self, key: Key, values: dict[str, Any]) -> None:
        low, high = values["MinCapacity"], values["MaxCapacity"]
        if low > high:
            raise refused(f"RegisterScalableTarget: {key[1]}: MinCapacity {low} must not exceed MaxCapacity {high}")
        if key[0] == SAGEMAKER and key[2] == COPIES:
            component = key[1].removeprefix("inference-component/")
            if self._sagemaker.records.get("InferenceComponent", component) is None:
                raise refused(f"RegisterScalableTarget: {key[1]}: could not find inference component {component}")
        if key[0] == SAGEMAKER and key[2] in (VARIANT, CONCURRENCY):
            variant, endpoint = self._variant(key)
            # Only what can wake from zero may go there.
            wakes = "AsyncInferenceConfig" in endpoint.values or "ManagedInstanceScaling" in variant
            if low == 0 and key[2] == VARIANT and not wakes:
                raise refused(
                    f"RegisterScalableTarget: {key[1]}: MinCapacity 0 needs an asynchronous endpoint or inference "
                    "components, and this variant answers in real time; MinCapacity must be at least 1"
                )

    def _variant(self, key: Key) -> tuple[dict[str, Any], Record]:
        parts = key[1].split("/")
        if len(parts) != 4 or parts[0] != "endpoint" or parts[2] != "variant":
            raise refused(f"RegisterScalableTarget: {key[1]} is not shaped endpoint/NAME/variant/NAME")
        endpoint = self._sagemaker.records.get("Endpoint", parts[1])
        variants = endpoint.values["ProductionVariants"] if endpoint else []
        variant = next((variant for variant in variants if variant["VariantName"] == parts[3]), None)
        if endpoint is None or variant is None:
            raise refused(f"RegisterScalableTarget: {key[1]}: could not find variant {parts[3]} of endpoint {parts[1]}")
        return variant, endpoint

    def _describe_targets(self, request: Request) -> dict[str, Any]:
        wanted = request.get("ResourceIds")
        found = [
            target.values
            for target in scaling_targets.all_targets()
            if _is_of(target, request) and (not wanted or target.values["ResourceId"] in wanted)
        ]
        return _page("ScalableTargets", request, found)

    def _deregister(self, request: Request) -> dict[str, Any]:
        if scaling_targets.remove(_key(request)) is None:
            raise _not_found("DeregisterScalableTarget", "scalable target", request)
        return {}

    def _put_policy(self, request: Request) -> dict[str, Any]:
        name, key = request["PolicyName"], _key(request)
        target = self._target("PutScalingPolicy", request)
        previous = target.policies.get(name)
        kind = request.get("PolicyType", (previous or {}).get("PolicyType", "StepScaling"))
        tracking = request.get("TargetTrackingScalingPolicyConfiguration")
        _check_policy(name, key, kind, request)
        place = f"resource/{key[0]}/{key[1]}:policyName/{name}"
        arn = neighbours.partition_arn("autoscaling", f"scalingPolicy:{uuid.uuid4()}:{place}")
        if previous is not None:
            arn = previous["PolicyARN"]
            target.drop_policy(name)
        alarms = scaling_alarms.make(key, arn, tracking) if tracking else []
        values = {"PolicyARN": arn, "PolicyType": kind, "Alarms": alarms, "CreationTime": time.time()}
        target.policies[name] = {**request, **values}
        return target.policies[name]

    def _describe_activities(self, request: Request) -> dict[str, Any]:
        wanted = request.get("ResourceId")
        found = [
            activity
            for target in scaling_targets.all_targets()
            if _is_of(target, request) and wanted in (None, target.values["ResourceId"])
            for activity in target.activities
        ]
        return _page("ScalingActivities", request, found)

    def _describe_policies(self, request: Request) -> dict[str, Any]:
        found = [
            # A step policy is called by alarms of others, which it names as target tracking names its own.
            {**policy, "Alarms": policy["Alarms"] or neighbours.alarms_that_call(policy["PolicyARN"])}
            for target in scaling_targets.all_targets()
            if _is_of(target, request)
            for name, policy in target.policies.items()
            if name in request.get("PolicyNames", [name])
        ]
        return _page("ScalingPolicies", request, found)

    def _delete_policy(self, request: Request) -> dict[str, Any]:
        target = scaling_targets.get(_key(request))
        if target is None or request["PolicyName"] not in target.policies:
            raise _not_found("DeleteScalingPolicy", f"scaling policy {request['PolicyName']}", request)
        target.drop_policy(request["PolicyName"])
        return {}

    def _put_action(self, request: Request) -> dict[str, Any]:
        target = self._target("PutScheduledAction", request)
        name, key = request["ScheduledActionName"], _key(request)
        place = f"resource/{key[0]}/{key[1]}:scheduledActionName/{name}"
        arn = neighbours.partition_arn("autoscaling", f"scheduledAction:{uuid.uuid4()}:{place}")
        values = {"ScheduledActionARN": arn, "CreationTime": time.time()}
        target.actions[name] = {**values, **target.actions.get(name, {}), **request}
        return {}

    def _describe_actions(self, request: Request) -> dict[str, Any]:
        found = [
            action
            for target in scaling_targets.all_targets()
            if _is_of(target, request)
            for name, action in target.actions.items()
            if name in request.get("ScheduledActionNames", [name])
        ]
        return _page("ScheduledActions", request, found)

    def _delete_action(self, request: Request) -> dict[str, Any]:
        target = scaling_targets.get(_key(request))
        if target is None or target.actions.pop(request["ScheduledActionName"], None) is None:
            raise _not_found("DeleteScheduledAction", f"scheduled action {request['ScheduledActionName']}", request)
        return {}

    def _tag(self, request: Request) -> dict[str, Any]:
        self._tagged(request).tags.update(request["Tags"])
        return {}

    def _untag(self, request: Request) -> dict[str, Any]:
        tags = self._tagged(request).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)
        return {}

    def _tagged(self, request: Request) -> Target:
        arn = request["ResourceARN"]
        for target in scaling_targets.all_targets():
            if target.arn == arn:
                return target
        raise ApiError("ResourceNotFoundException", f"could not find scalable target {arn}")

    def _target(self, operation: str, request: Request) -> Target:
        target = scaling_targets.get(_key(request))
        if target is None:
            raise _not_found(operation, "registered scalable target", request)
        return target


def _check_policy(name: str, key: Key, kind: str, request: Request) -> None:
    """Refuse a policy whose type and configuration do not belong together, or that its target cannot have."""
    for each in ("StepScaling", "TargetTrackingScaling", "PredictiveScaling"):
        member = f"{each}PolicyConfiguration"
        if (kind == each) != (member in request):
            raise refused(
                f"PutScalingPolicy: {name} of {key[1]}: {member} and PolicyType {each} belong together, got {kind}"
            )
    tracking = request.get("TargetTrackingScalingPolicyConfiguration")
    if tracking is not None:
        given = [f"{each}MetricSpecification" for each in ("Predefined", "Customized")]
        if sum(member in tracking for member in given) != 1:
            raise refused(f"PutScalingPolicy: {name} of {key[1]} must have exactly one of {' and '.join(given)}")
        metric = tracking.get(given[0], {}).get("PredefinedMetricType", "")
        dimension = scaling_alarms.dimension_of(metric)
        if dimension not in (None, key[2]):
            raise refused(
                f"PutScalingPolicy: {name} of {key[1]}: predefined metric type {metric} is for the scalable dimension "
                f"{dimension}, got {key[2]}"
            )
    steps = request.get("StepScalingPolicyConfiguration", {})
    if steps and not ("AdjustmentType" in steps and steps.get("StepAdjustments")):
        raise refused(f"PutScalingPolicy: {name} of {key[1]} must have AdjustmentType and StepAdjustments")


def _key(request: Request) -> Key:
    return request["ServiceNamespace"], request["ResourceId"], request["ScalableDimension"]


def _is_of(target: Target, request: Request) -> bool:
    members = ("ServiceNamespace", "ResourceId", "ScalableDimension")
    return all(request.get(member, target.values[member]) == target.values[member] for member in members)


def _not_found(operation: str, what: str, request: Request) -> ApiError:
    namespace, resource, dimension = _key(request)
    return ApiError(
        "ObjectNotFoundException",
        f"{operation}: no {what} found for service namespace: {namespace}, resource ID: {resource}, scalable "
        f"dimension: {dimension}",
    )


def _page(member: str, request: Request, found: Iterable[dict[str, Any]]) -> dict[str, Any]:
    everything = list(found)
    start = int(request.get("NextToken", 0))
    end = start + int(request.get("MaxResults", _PAGE))
    return {member: everything[start:end]} | ({"NextToken": str(end)} if end < len(everything) else {})
