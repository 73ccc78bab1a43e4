"""Scales the machines of one variant with its load."""

from typing import Any

from aws_cdk import aws_applicationautoscaling as autoscaling
from constructs import Construct

from constructs_lib._internal.checks import above_zero, at_least, between, require, whole
from constructs_lib._internal.rendering import camel_case

_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_NAMESPACE = "sagemaker"


class VariantScaling(Construct):
    """The scalable target of one variant; `endpoint.auto_scale("blue", …)` makes it, `scale_on_…` adds its policies."""

    def __init__(
        self, scope: Construct, id: str, *, endpoint_name: str, variant: str, min_capacity: int, max_capacity: int
    ) -> None:
        """Register the variant.

        Args:
            scope: The parent construct.
            id: The id in it: the variant's name.
            endpoint_name: The endpoint's name as its attribute, so that it is there before its target (TRAPS 5).
            variant: The variant's name.
            min_capacity: Machines that are always there, at least 1: a real-time variant cannot scale to zero.
            max_capacity: The most machines, not below `min_capacity`.

        Raises:
            ConfigurationError: The capacities are not possible; both are listed.

        Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
        """
        super().__init__(scope, id)
        require(
            self.node.path,
            _min_capacity_problem(min_capacity),
            whole("max_capacity", max_capacity, 0) or _below(max_capacity, min_capacity),
        )
        self._target = autoscaling.CfnScalableTarget(
            self,
            "Resource",
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=f"endpoint/{endpoint_name}/variant/{variant}",
            min_capacity=min_capacity,
            max_capacity=max_capacity,
        )

    def scale_on_invocations(
        self,
        *,
        per_minute: float,
        scale_in_cooldown_seconds: int = 300,
        scale_out_cooldown_seconds: int = 60,
        disable_scale_in: bool = False,
    ) -> "VariantScaling":
        """Hold the requests that each machine serves at *per_minute*.

        Args:
            per_minute: Requests a machine and a minute, above 0: half of what one machine can take leaves time to grow.
            scale_in_cooldown_seconds: Rest after machines were taken away, 0 or more.
            scale_out_cooldown_seconds: Rest after machines were added, 0 or more.
            disable_scale_in: Only ever add machines.

        Returns:
            This target, for another policy.

        Raises:
            ConfigurationError: A number is out of range; all are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html
        """
        require(
            self.node.path,
            above_zero("per_minute", per_minute),
            _cooldown_problem("scale_in_cooldown_seconds", scale_in_cooldown_seconds),
            _cooldown_problem("scale_out_cooldown_seconds", scale_out_cooldown_seconds),
        )
        configuration: dict[str, Any] = {
            "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
            "TargetValue": per_minute,
            "ScaleInCooldown": scale_in_cooldown_seconds,
            "ScaleOutCooldown": scale_out_cooldown_seconds,
            "DisableScaleIn": disable_scale_in,
        }
        require(self.node.path, "it scales on invocations already" if self.node.try_find_child("Invocations") else None)
        autoscaling.CfnScalingPolicy(
            self,
            "Invocations",
            # Unique in the target, and the target is unique in the account: two stacks cannot meet here.
            policy_name="Invocations",
            policy_type="TargetTrackingScaling",
            scaling_target_id=self._target.ref,
            **camel_case({"TargetTrackingScalingPolicyConfiguration": configuration}),
        )
        return self


# The service names no upper end; a day keeps out a value in milliseconds.
_LONGEST_COOLDOWN = 86400


def _min_capacity_problem(value: Any) -> str | None:
    problem = whole("min_capacity", value, 1)
    if problem and value == 0:
        return f"{problem}; a real-time variant cannot scale to zero, an asynchronous endpoint can"
    return problem


def _below(most: int, least: Any) -> str | None:
    return at_least("max_capacity", most, "min_capacity", least) if isinstance(least, int) else None


def _cooldown_problem(field: str, value: Any) -> str | None:
    return whole(field, value, 0) or between(field, value, 0, _LONGEST_COOLDOWN)
