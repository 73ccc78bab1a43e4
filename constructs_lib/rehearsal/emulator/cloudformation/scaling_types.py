"""`AWS::ApplicationAutoScaling::ScalableTarget` and `ScalingPolicy`."""

from dataclasses import dataclass
from typing import Any

from ministack.services.cloudformation import provisioners

from ..api import ApiError, Request
from ..autoscaling import AutoScaling
from ._properties import as_request

Made = tuple[str, dict[str, Any]]

_KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")


def handlers(autoscaling: AutoScaling) -> dict[str, dict[str, Any]]:
    """The handlers of both types."""
    kinds: dict[str, _Target | _Policy] = {
        "ScalableTarget": _Target(autoscaling),
        "ScalingPolicy": _Policy(autoscaling),
    }
    return {
        f"AWS::ApplicationAutoScaling::{name}": {
            "create": kind.create,
            "update": kind.update,
            "update_with_logical_id": True,
            "delete": kind.delete,
        }
        for name, kind in kinds.items()
    }


@dataclass(frozen=True)
class _Type:
    autoscaling: AutoScaling

    def call(self, operation: str, request: Request, logical_id: str) -> dict[str, Any]:
        """Call the API with template properties, and say which resource it was for where it refuses."""
        typed = as_request(self.autoscaling.api.operation(operation).input_shape, request)
        try:
            return self.autoscaling.call(operation, typed)
        except ApiError as error:
            reason = error.message.removeprefix(f"{operation}: ")
            raise ValueError(
                f"{operation} of {logical_id} was refused: {reason} (Service: ApplicationAutoScaling, "
                f"Status Code: {error.status}, Error Code: {error.code})"
            ) from error

    def forget(self, operation: str, request: Request) -> None:
        """Delete what may be gone already, because SageMaker or the target took it along."""
        try:
            self.autoscaling.call(operation, request)
        except ApiError as error:
            if error.code != "ObjectNotFoundException":
                raise ValueError(f"{operation} was refused: {error.message}") from error


class _Target(_Type):
    def create(self, logical_id: str, properties: Request, stack: str) -> Made:
        actions = properties.get("ScheduledActions", [])
        request = {name: value for name, value in properties.items() if name not in ("ScheduledActions", "Tags")}
        answer = self.call("RegisterScalableTarget", request, logical_id)
        key = _key(properties)
        for action in actions:
            self.call("PutScheduledAction", {**key, **action}, logical_id)
        physical_id = "|".join((key["ResourceId"], key["ScalableDimension"], key["ServiceNamespace"]))
        return physical_id, {"Id": physical_id, "ScalableTargetARN": answer["ScalableTargetARN"]}

    def update(self, physical_id: str, old: Request, new: Request, stack: str, logical_id: str) -> Made:
        # Each part of the key is create-only: with another one, this makes a second target, and CloudFormation
        # removes the first when it cleans up.
        made = self.create(logical_id, new, stack)
        if made[0] == physical_id:
            kept = {action["ScheduledActionName"] for action in new.get("ScheduledActions", [])}
            for action in old.get("ScheduledActions", []):
                if action["ScheduledActionName"] not in kept:
                    name = {"ScheduledActionName": action["ScheduledActionName"]}
                    self.forget("DeleteScheduledAction", {**_key(new), **name})
        return made

    def delete(self, physical_id: str, properties: Request) -> None:
        self.forget("DeregisterScalableTarget", _split(physical_id))


class _Policy(_Type):
    def create(self, logical_id: str, properties: Request, stack: str) -> Made:
        request = {name: value for name, value in properties.items() if name != "ScalingTargetId"}
        request |= self._place(properties)
        request.setdefault("PolicyName", provisioners._physical_name(stack, logical_id, max_len=128))
        arn = self.call("PutScalingPolicy", request, logical_id)["PolicyARN"]
        return arn, {"Arn": arn, "PolicyName": request["PolicyName"]}

    def update(self, physical_id: str, old: Request, new: Request, stack: str, logical_id: str) -> Made:
        return self.create(logical_id, new, stack)

    def delete(self, physical_id: str, properties: Request) -> None:
        name = physical_id.partition(":policyName/")[2]
        self.forget("DeleteScalingPolicy", {**self._place(properties), "PolicyName": name})

    def _place(self, properties: Request) -> dict[str, str]:
        """The target of a policy, which names it by the target's id or by the parts of it."""
        target = properties.get("ScalingTargetId")
        return _split(target) if target else _key(properties)


def _key(properties: Request) -> dict[str, str]:
    return {name: properties[name] for name in _KEY if name in properties}


def _split(physical_id: str) -> dict[str, str]:
    resource, dimension, namespace = physical_id.split("|")
    return {"ServiceNamespace": namespace, "ResourceId": resource, "ScalableDimension": dimension}
