"""What scales: a target, its policies and its schedule. Each kind of endpoint has a class of its own made of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self, Unpack, cast

from aws_cdk import Duration, Stack, TimeZone
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib._internal.checks import (
    at_least,
    between,
    is_a,
    is_token,
    level,
    matches,
    nearest,
    require,
    whole,
)
from constructs_lib._internal.kinds import kind_problems
from constructs_lib._internal.rendering import camel_case, given
from constructs_lib._internal.warnings import warn
from constructs_lib.scaling.customized_metric import render_metric
from constructs_lib.scaling.options import SuspendedState, TrackingOptions, WakeUp
from constructs_lib.scaling.scheduled_action import action_problems, beyond_problem, render_action
from constructs_lib.scaling.step_adjustment import AdjustmentType, StepAdjustment, steps_problems
from constructs_lib.scaling.step_alarm import alarm_problems

# The service names no upper end; a day keeps out a value in milliseconds.
_LONGEST_COOLDOWN = 86400
# `\p{Print}` of the API model, with its lengths.
_POLICY_NAME = "[ -~]{1,256}"


class Scaling(Construct):
    """A scalable target of Application Auto Scaling; an endpoint's `auto_scale(…)` makes it.

    Several policies may be added. Application Auto Scaling takes the largest capacity that any of them asks for, and
    takes capacity away only when all agree. There is no predictive policy: the service has it for ECS alone.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
    """

    _dimension: ClassVar[str]
    _fewest: ClassVar[int]
    # Why there cannot be fewer.
    _why_fewest: ClassVar[str] = ""
    _wake_up: WakeUp | None = None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        resource_id: str,
        min_capacity: int,
        max_capacity: int,
        suspended: SuspendedState | None,
    ) -> None:
        """Register the target.

        Args:
            scope: The parent construct.
            id: The id in it.
            resource_id: As the service names the target; it holds the endpoint's name as an attribute, so that the
                endpoint is there before its target (TRAPS 5).
            min_capacity: The fewest.
            max_capacity: The most, not below `min_capacity`.
            suspended: What is left alone; None scales.

        Raises:
            ConfigurationError: The capacities are not possible; both are listed.

        Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
        """
        super().__init__(scope, id)
        require(
            self,
            self._capacity_problems(min_capacity, max_capacity),
            "max_capacity must be at least 1, got 0; nothing would ever run"
            if self._fewest == 0 and max_capacity == 0 and not isinstance(max_capacity, bool)
            else None,
        )
        self._target = autoscaling.CfnScalableTarget(
            self,
            "Resource",
            service_namespace="sagemaker",
            scalable_dimension=self._dimension,
            resource_id=resource_id,
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            **camel_case(given(SuspendedState=suspended.render() if suspended is not None else None)),
        )
        self._limits = (min_capacity, max_capacity)
        self._scheduled: list[dict[str, Any]] = []
        # Of the children that were made here; asking the tree for each costs a call into the jsii kernel.
        self._ids = {"Resource"}
        self._wake_from(min_capacity)

    def scale_on_metric(
        self,
        id: str,
        *,
        metric: cloudwatch.IMetric,
        target_value: float,
        **options: Unpack[TrackingOptions],
    ) -> Self:
        """Hold any metric, or metric math, at *target_value*.

        The metric must fall when capacity is added, as a mean over machines does; a sum over all of them does not.

        Args:
            id: Names the policy; unique in this target.
            metric: A metric of this account and region, or a `MathExpression`.
            target_value: Above 0.
            options: Cooldowns and `disable_scale_in`, see `TrackingOptions`.

        Returns:
            This target, for another policy.

        Raises:
            ConfigurationError: A number is out of range; all are listed.

        Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
        """
        require((self, id), _id_problem(id))
        custom = {"CustomizedMetricSpecification": render_metric(f"{self.node.path}/{id}", metric, Stack.of(self))}
        return self._track(id, custom, "target_value", target_value, options)

    def scale_on_steps(
        self,
        id: str,
        *,
        metric: cloudwatch.IMetric,
        threshold: float,
        steps: Sequence[StepAdjustment],
        comparison: cloudwatch.ComparisonOperator = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        adjustment_type: AdjustmentType = AdjustmentType.CHANGE_IN_CAPACITY,
        min_adjustment_magnitude: int | None = None,
        cooldown_seconds: int = 300,
        evaluation_periods: int = 1,
        datapoints_to_alarm: int | None = None,
        treat_missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.MISSING,
    ) -> Self:
        """Change the capacity in steps, by how far *metric* is beyond *threshold*.

        Args:
            id: Names the policy and its alarm; unique in this target.
            metric: What the alarm watches.
            threshold: Where the alarm begins.
            steps: At least one; together without gap or overlap, counted from the threshold.
            comparison: On which side of the threshold it is bad.
            adjustment_type: Whether the numbers of the steps are added, percent, or the capacity itself.
            min_adjustment_magnitude: The least change, with `PERCENT_CHANGE_IN_CAPACITY` only.
            cooldown_seconds: Rest after a change, 0 to 86400.
            evaluation_periods: Periods of the metric that are looked at, 1 or more.
            datapoints_to_alarm: How many of them must be bad, at most `evaluation_periods`; None means all.
            treat_missing_data: What a period without data counts as.

        Returns:
            This target, for another policy.

        Raises:
            ConfigurationError: The steps do not fit together, or a number is out of range; all are listed.

        Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html
        """
        magnitude = min_adjustment_magnitude
        percent = adjustment_type is AdjustmentType.PERCENT_CHANGE_IN_CAPACITY
        require(
            (self, id),
            _id_problem(id) or self._new_policy_problem(id),
            steps_problems(steps, adjustment_type)
            if isinstance(steps, Sequence)
            else [f"steps must be a list of StepAdjustment, got {steps!r}"],
            kind_problems("threshold", threshold, float),
            kind_problems("treat_missing_data", treat_missing_data, cloudwatch.TreatMissingData),
            is_a("adjustment_type", adjustment_type, AdjustmentType, "an AdjustmentType"),
            whole("min_adjustment_magnitude", magnitude, 1) if magnitude is not None else None,
            f"min_adjustment_magnitude needs AdjustmentType.PERCENT_CHANGE_IN_CAPACITY, got {adjustment_type!r}"
            if magnitude is not None and not percent
            else None,
            _cooldown_problem("cooldown_seconds", cooldown_seconds),
            alarm_problems(metric, steps, comparison, evaluation_periods, datapoints_to_alarm, Stack.of(self)),
        )
        self._add_steps(
            id,
            given(
                AdjustmentType=adjustment_type.value,
                Cooldown=cooldown_seconds,
                MetricAggregationType="Average",
                MinAdjustmentMagnitude=magnitude,
                StepAdjustments=[step.render() for step in steps],
            ),
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=evaluation_periods,
            datapoints_to_alarm=datapoints_to_alarm,
            treat_missing_data=treat_missing_data,
        )
        return self

    def scale_on_schedule(
        self,
        id: str,
        *,
        schedule: autoscaling.Schedule,
        min_capacity: int | None = None,
        max_capacity: int | None = None,
        time_zone: TimeZone | None = None,
        start_time: datetime | None = None,
        end_time: datetime | None = None,
    ) -> Self:
        """Change the limits at certain times; capacity below the new floor or above the new ceiling follows at once.

        Args:
            id: Names the action; unique in this target.
            schedule: `Schedule.cron(…)`, `Schedule.rate(…)` or `Schedule.at(…)` of `aws_applicationautoscaling`.
            min_capacity: The new floor; None leaves it.
            max_capacity: The new ceiling; None leaves it. Of the two one at least is given.
            time_zone: Of the schedule and its times, such as `TimeZone.EUROPE_ZURICH`; None is UTC.
            start_time: When it begins to count; one without a zone is UTC. None is now.
            end_time: When it ends to count; None is never.

        Returns:
            This target, for another policy.

        Raises:
            ConfigurationError: The limits or times are not possible, or the name is taken or none; all problems are
                listed. One limit that is beyond every other one known so far is a warning.

        Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScheduledAction.html
        """
        given_limits = min_capacity is not None or max_capacity is not None
        floor = self._limits[0] if min_capacity is None else min_capacity
        ceiling = max_capacity
        require(
            (self, id),
            action_problems(id, schedule, time_zone, start_time, end_time, self._scheduled),
            None if given_limits else "min_capacity or max_capacity must be given, got neither",
            self._capacity_problems(min_capacity if min_capacity is not None else self._fewest, ceiling)
            if given_limits
            else None,
        )
        limits = given(MinCapacity=min_capacity, MaxCapacity=max_capacity)
        self._warn_beyond(id, limits)
        self._scheduled.append(render_action(id, schedule, time_zone, start_time, end_time, limits))
        self._target.scheduled_actions = camel_case({"Actions": self._scheduled})["actions"]
        self._wake_from(floor)
        return self

    def _track(
        self,
        id: str,
        metric: Mapping[str, Any],
        argument: str,
        target_value: float,
        options: TrackingOptions,
        *,
        factor: float = 1,
        most: float | None = None,
    ) -> Self:
        """Add a target-tracking policy; the metric counts in *factor* times what the user's *argument* counts in."""
        scale_in_cooldown_seconds = options.get("scale_in_cooldown_seconds", 300)
        scale_out_cooldown_seconds = options.get("scale_out_cooldown_seconds", 60)
        disable_scale_in = options.get("disable_scale_in", False)
        known = list(TrackingOptions.__annotations__)
        require(
            (self, id),
            (f"{name} is no option of the policy{nearest(name, known)}" for name in options if name not in known),
            self._new_policy_problem(id),
            level(argument, target_value, factor=factor)
            or (between(argument, target_value, 0, most) if most is not None else None),
            _cooldown_problem("scale_in_cooldown_seconds", scale_in_cooldown_seconds),
            _cooldown_problem("scale_out_cooldown_seconds", scale_out_cooldown_seconds),
            is_a("disable_scale_in", disable_scale_in, bool, "True or False"),
            f"{argument} must be known at synth, because it is written in another unit"
            if factor != 1 and is_token(target_value)
            else None,
        )
        configuration = {
            **metric,
            # Rounded, because 70 percent is a share of 0.7 and not of 0.7000000000000001.
            "TargetValue": target_value if factor == 1 else round(target_value * factor, 12),
            "ScaleInCooldown": scale_in_cooldown_seconds,
            "ScaleOutCooldown": scale_out_cooldown_seconds,
            "DisableScaleIn": disable_scale_in,
        }
        self._add_policy(id, "TargetTrackingScaling", {"TargetTrackingScalingPolicyConfiguration": configuration})
        return self

    def _concurrency(
        self, high_resolution: bool, predefined: str, metric_name: str, dimensions: Mapping[str, str]
    ) -> dict[str, Any]:
        """Requests under way: each ten seconds as the predefined metric, each minute as a customized one."""
        require(f"{self.node.path}/Concurrency", is_a("high_resolution", high_resolution, bool, "True or False"))
        if high_resolution:
            return self._predefined(predefined)
        return self._customized("AWS/SageMaker", metric_name, dimensions, statistic="Maximum")

    def _predefined(self, metric_type: str) -> dict[str, Any]:
        return {"PredefinedMetricSpecification": {"PredefinedMetricType": metric_type}}

    def _customized(
        self, namespace: str, metric_name: str, dimensions: Mapping[str, str], *, statistic: str = "Average"
    ) -> dict[str, Any]:
        return {
            "CustomizedMetricSpecification": {
                "MetricName": metric_name,
                "Namespace": namespace,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                "Statistic": statistic,
            }
        }

    def _add_policy(self, id: str, policy_type: str, configuration: Mapping[str, Any]) -> autoscaling.CfnScalingPolicy:
        self._ids.add(id)
        return autoscaling.CfnScalingPolicy(
            self,
            id,
            # Unique in the target, and the target is unique in the account: two stacks cannot meet here.
            policy_name=id,
            policy_type=policy_type,
            scaling_target_id=self._target.ref,
            **camel_case(configuration),
        )

    def _add_steps(self, id: str, configuration: Mapping[str, Any], **alarm: Any) -> None:
        policy = self._add_policy(id, "StepScaling", {"StepScalingPolicyConfiguration": configuration})
        self._ids.add(f"{id}Alarm")
        resource = cloudwatch.Alarm(
            self, f"{id}Alarm", alarm_description=f"Changes the capacity of {self.node.path}", **alarm
        )
        cast(cloudwatch.CfnAlarm, resource.node.default_child).alarm_actions = [policy.ref]

    def _wake_from(self, floor: Any) -> None:
        """Where the floor is zero, nothing is measured at the bottom: a policy of its own brings up the first one.

        A floor that is known only at deployment may be zero; above it the policy never has anything to do.
        """
        wake_up = self._wake_up
        never_zero = not is_token(floor) and floor > 0
        if wake_up is None or never_zero or "WakeUp" in self._ids:
            return
        self._add_steps(
            "WakeUp",
            {
                "AdjustmentType": AdjustmentType.CHANGE_IN_CAPACITY.value,
                "Cooldown": wake_up.cooldown_seconds,
                "MetricAggregationType": wake_up.statistic,
                "StepAdjustments": [StepAdjustment(change=1).render()],
            },
            metric=cloudwatch.Metric(
                namespace="AWS/SageMaker",
                metric_name=wake_up.metric_name,
                dimensions_map=dict(wake_up.dimensions),
                statistic=wake_up.statistic,
                period=Duration.seconds(wake_up.period_seconds),
            ),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=wake_up.periods,
            datapoints_to_alarm=wake_up.periods,
            treat_missing_data=cloudwatch.TreatMissingData.MISSING,
        )

    def _capacity_problems(self, low: Any, high: Any) -> list[str | None]:
        problem = whole("min_capacity", low, self._fewest)
        if problem and low == 0 and self._why_fewest:
            problem = f"{problem}; {self._why_fewest}"
        if high is None:
            return [problem]
        wrong = whole("max_capacity", high, 0)
        below = at_least("max_capacity", high, "min_capacity", low) if isinstance(low, int) and not wrong else None
        return [problem, wrong or below]

    def _warn_beyond(self, id: str, limits: Mapping[str, Any]) -> None:
        problem = beyond_problem(limits, self._limits, self._scheduled)
        if problem is not None:
            fails = "it fails when it runs, unless a later action has moved that before"
            warn(self, f"schedule-beyond-limits/{id}", f"{id} {problem}; {fails}")

    def _new_policy_problem(self, id: str) -> str | None:
        taken = id in self._ids or f"{id}Alarm" in self._ids  # step policies have an alarm beside them
        return f"there is a policy {id!r} already; take another id, or one policy for each metric" if taken else None


def _id_problem(id: Any) -> str | None:
    if is_token(id):
        return f"id must be known at synth, got {id!r}"
    return matches("id", id, _POLICY_NAME, shape="a name of 1 to 256 printable ASCII characters")


def _cooldown_problem(field: str, value: Any) -> str | None:
    return whole(field, value, 0) or between(field, value, 0, _LONGEST_COOLDOWN)
