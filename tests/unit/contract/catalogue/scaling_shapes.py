"""Scaling policies, scalable targets and alarms that are not as their type has them."""

from . import Examples
from .alarms import latency
from .scaling_policies import alarm as waking
from .scaling_policies import customized, policy, queued, real_time, stepping, tracking
from .scaling_targets import endpoint, target

EXAMPLES = {
    "AS501": Examples(
        fails={
            "a misspelt member of a policy": real_time(tracking(ScaleInCoolDown=60)),
            "a misspelt target of a policy": real_time(
                {"Policy": {**tracking(ScalingTargetID={"Ref": "Target"})["Policy"]}}
            ),
            "a misspelt property of a target": {**endpoint(), **target(SuspendState={})},
            "a misspelt target alone": policy(ScalingTargetId=None, ScalingTargetID={"Ref": "Target"}),
        },
        passes={
            "their names": real_time(tracking(ScaleInCooldown=60)),
            "another service": target(
                ResourceId="service/c/s",
                ScalableDimension="ecs:service:DesiredCount",
                ServiceNamespace="ecs",
                SuspendState={},
            ),
        },
    ),
    "AS502": Examples(
        fails={
            "a word for seconds": real_time(tracking(ScaleInCooldown="abc")),
            "a word for a bound": {**endpoint(), **target(MaxCapacity="many")},
            "a structure for a list": queued(customized(Dimensions={"Name": "EndpointName", "Value": "e"})),
        },
        passes={
            "a number as text, which CloudFormation converts": real_time(tracking(ScaleInCooldown="60")),
            "a parameter": real_time(tracking(ScaleInCooldown={"Ref": "Cooldown"})),
        },
    ),
    "AS503": Examples(
        fails={
            "another statistic": queued(customized(Statistic="Avg")),
            "another type of policy": real_time(tracking(), policy("Other", PolicyType="TargetTracking")),
            "another aggregation": queued(stepping(MetricAggregationType="Avg"), waking()),
        },
        passes={"those of the API": queued(customized(), stepping(MetricAggregationType="Maximum"), waking())},
    ),
    "AL121": Examples(
        fails={
            "a misspelt name": latency(TreatMissingDatas="ignore"),
            "a misspelt period": latency(Period=None, Perod=60),
        },
        passes={"its names": latency(TreatMissingData="ignore")},
    ),
    "AL122": Examples(
        fails={
            "a word for a number": latency(Threshold="high"),
            "a text for a list": latency(AlarmActions="arn:aws:sns:a"),
        },
        passes={"a number as text": latency(Threshold="5"), "a parameter": latency(Threshold={"Ref": "Threshold"})},
    ),
    "AL123": Examples(
        fails={"none": latency(Period=None)},
        passes={"one": latency(), "a parameter": latency(Period={"Ref": "Period"})},
    ),
}
