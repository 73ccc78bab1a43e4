"""Scaling policies of SageMaker that are refused, or that never act."""

from typing import Any

from . import Examples, Json
from .scaling_targets import CONCURRENCY, INSTANCES, NAME, copies, endpoint, serverless, target

INVOCATIONS = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
BACKLOG: Json = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "ApproximateBacklogSizePerInstance",
    "Dimensions": [{"Name": "EndpointName", "Value": NAME}],
    "Statistic": "Average",
}


def policy(id: str = "Policy", **changes: Any) -> Json:
    properties = {
        "PolicyName": id,
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": {"Ref": "Target"},
        **changes,
    }
    kept = {name: value for name, value in properties.items() if value is not None}
    return {id: {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": kept}}


def tracking(id: str = "Policy", **changes: Any) -> Json:
    """A policy that tracks invocations; a member that is None is left out."""
    members = {"TargetValue": 100, "PredefinedMetricSpecification": INVOCATIONS, **changes}
    kept = {name: value for name, value in members.items() if value is not None}
    return policy(id, TargetTrackingScalingPolicyConfiguration=kept)


def customized(**changes: Any) -> Json:
    return tracking(PredefinedMetricSpecification=None, CustomizedMetricSpecification={**BACKLOG, **changes})


def stepping(id: str = "Steps", **changes: Any) -> Json:
    members = {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        **changes,
    }
    kept = {name: value for name, value in members.items() if value is not None}
    return policy(id, PolicyType="StepScaling", StepScalingPolicyConfiguration=kept)


def alarm(id: str = "Alarm", **changes: Any) -> Json:
    """An alarm that calls the policy `Steps` once something waits while nothing runs."""
    properties = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": [{"Name": "EndpointName", "Value": NAME}],
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 2,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
        "AlarmActions": [{"Ref": "Steps"}],
        **changes,
    }
    kept = {name: value for name, value in properties.items() if value is not None}
    return {id: {"Type": "AWS::CloudWatch::Alarm", "Properties": kept}}


def real_time(*policies: Json) -> Json:
    return {**endpoint(), **target(), **{id: value for policy in policies for id, value in policy.items()}}


def queued(*policies: Json, low: int = 1) -> Json:
    found = {id: value for policy in policies for id, value in policy.items()}
    return {**endpoint(asynchronous=True), **target(MinCapacity=low), **found}


WOKEN = queued(customized(), stepping(), alarm(), low=0)
UTILIZATION = {"PredefinedMetricType": "SageMakerVariantProvisionedConcurrencyUtilization"}


def utilization(value: float) -> Json:
    return {
        **serverless(),
        **target(ScalableDimension=CONCURRENCY),
        **tracking(TargetValue=value, PredefinedMetricSpecification=UTILIZATION),
    }


EXAMPLES = {
    "AS201": Examples(
        fails={"predictive scaling": real_time(policy(PolicyType="PredictiveScaling"))},
        passes={"target tracking": real_time(tracking())},
    ),
    "AS202": Examples(
        fails={
            "no configuration": real_time(policy()),
            "the configuration of the other type": queued(
                alarm(),
                policy(
                    "Steps",
                    PolicyType="StepScaling",
                    TargetTrackingScalingPolicyConfiguration={
                        "TargetValue": 1,
                        "CustomizedMetricSpecification": BACKLOG,
                    },
                ),
            ),
        },
        passes={"the configuration of the type": real_time(tracking())},
    ),
    "AS203": Examples(
        fails={
            "a namespace alone": policy(
                ScalingTargetId=None,
                ServiceNamespace="sagemaker",
                TargetTrackingScalingPolicyConfiguration={
                    "TargetValue": 1,
                    "PredefinedMetricSpecification": INVOCATIONS,
                },
            )
        },
        passes={
            "a scalable target": real_time(tracking()),
            "all three": policy(
                ScalingTargetId=None,
                ServiceNamespace="sagemaker",
                ScalableDimension=INSTANCES,
                ResourceId="endpoint/e/variant/blue",
                TargetTrackingScalingPolicyConfiguration={
                    "TargetValue": 1,
                    "PredefinedMetricSpecification": INVOCATIONS,
                },
            ),
        },
    ),
    "AS204": Examples(
        fails={
            "both": queued(tracking(CustomizedMetricSpecification=BACKLOG, PredefinedMetricSpecification={})),
            "neither": real_time(tracking(PredefinedMetricSpecification=None)),
        },
        passes={"a predefined metric": real_time(tracking()), "a customized one": queued(customized())},
    ),
    "AS205": Examples(
        fails={
            "the metric of another dimension": {**copies(), **tracking()},
            "the metric of another service": real_time(
                tracking(PredefinedMetricSpecification={"PredefinedMetricType": "ECSServiceAverageCPUUtilization"})
            ),
            "a misspelt metric": real_time(
                tracking(PredefinedMetricSpecification={"PredefinedMetricType": "SageMakerVariantInvocations"})
            ),
        },
        passes={
            "the metric of instances": real_time(tracking()),
            "the metric of copies": {
                **copies(),
                **tracking(
                    PredefinedMetricSpecification={
                        "PredefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"
                    }
                ),
            },
        },
    ),
    "AS206": Examples(
        fails={"invocations of an asynchronous endpoint": queued(tracking())},
        passes={"its queue": queued(customized()), "invocations of a real-time one": real_time(tracking())},
    ),
    "AS207": Examples(
        fails={
            "a dimension too many": queued(
                customized(Dimensions=[*BACKLOG["Dimensions"], {"Name": "VariantName", "Value": "blue"}])
            ),
            "a misspelt metric": queued(customized(MetricName="ApproximateBacklogPerInstance")),
            "another namespace": queued(customized(Namespace="/aws/sagemaker/Endpoints")),
        },
        passes={
            "the queue of the endpoint": queued(customized()),
            "a metric of one's own": queued(customized(Namespace="Own", MetricName="Waiting", Dimensions=[])),
        },
    ),
    "AS208": Examples(
        fails={"zero": real_time(tracking(TargetValue=0))},
        passes={
            "a fraction": real_time(tracking(TargetValue=0.1)),
            "a parameter": real_time(tracking(TargetValue={"Ref": "P"})),
        },
    ),
    "AS209": Examples(
        fails={"percents": utilization(70)}, passes={"a fraction": utilization(0.7), "all": utilization(1)}
    ),
    "AS210": Examples(
        fails={"a negative one": real_time(tracking(ScaleInCooldown=-1))},
        passes={"none": real_time(tracking(ScaleInCooldown=0))},
    ),
    "AS211": Examples(
        fails={
            "two of one name": real_time(
                tracking(),
                {"Other": {**tracking()["Policy"]}},
            )
        },
        passes={"two of two names": real_time(tracking(), tracking("Other"))},
    ),
    "AS212": Examples(
        fails={
            "no step policy": queued(customized(), low=0),
            "an alarm on another metric": queued(
                customized(), stepping(), alarm(MetricName="ApproximateBacklogSize"), low=0
            ),
        },
        passes={"a step policy and its alarm": WOKEN, "a floor of one": queued(customized())},
    ),
    "AS213": Examples(
        fails={"no alarm": queued(stepping())},
        passes={
            "an alarm": queued(stepping(), alarm()),
            "an alarm whose actions are not known": queued(stepping(), alarm(AlarmActions=[{"Ref": "Actions"}])),
        },
    ),
}
