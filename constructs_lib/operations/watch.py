"""What an alarm watches, as a plain value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import is_token

# Every metric that is watched comes each minute, those of queues each five at times.
PERIOD_SECONDS = 300
_BASIC = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """One metric, and from where on it is too much.

    Attributes:
        id: The id of its alarm.
        about: What is wrong when it rings, for who is woken; the construct is named behind it.
        namespace: The namespace of the metric.
        name: The metric.
        dimensions: Its dimensions, by name.
        statistic: What a period of five minutes is summed up to, as CloudWatch spells it.
        threshold: What is too much, in units that people use, such as percent.
        unit: One of those in the metric's own unit.
        reached: Whether the threshold itself is too much, as of counts.
        periods: How many periods in a row must be bad.
        missing: What a period without data counts as, in CloudWatch's word. Without requests, machines or copies there
            is none, and nothing wrong.
    """

    id: str
    about: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    threshold: float
    unit: float = 1
    reached: bool = False
    periods: int = 1
    missing: str = "notBreaching"

    def render(self, topic_arn: str, whose: str) -> dict[str, Any]:
        """The properties of `AWS::CloudWatch::Alarm`.

        There is no action for OK: each alarm becomes OK a while after it is made, and a deployment would tell of all.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        """
        return {
            "AlarmDescription": f"{self.about}: {whose}",
            "AlarmActions": [topic_arn],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold" if self.reached else "GreaterThanThreshold",
            "EvaluationPeriods": self.periods,
            "TreatMissingData": self.missing,
            **self._looked_at(),
        }

    def _looked_at(self) -> dict[str, Any]:
        metric = {
            "Namespace": self.namespace,
            "MetricName": self.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in self.dimensions.items()],
        }
        if self.unit == 1 or not is_token(self.threshold):
            statistic = "Statistic" if self.statistic in _BASIC else "ExtendedStatistic"
            # Rounded, because 35 percent is a share of 0.35 and not of 0.35000000000000003.
            threshold = self.threshold if self.unit == 1 else round(self.threshold * self.unit, 12)
            return {**metric, statistic: self.statistic, "Period": PERIOD_SECONDS, "Threshold": threshold}
        # CloudFormation cannot calculate with a number of its own, so the metric takes on the number's unit.
        queries = [
            {
                "Id": "m",
                "MetricStat": {"Metric": metric, "Stat": self.statistic, "Period": PERIOD_SECONDS},
                "ReturnData": False,
            },
            {"Id": "e", "Expression": f"{1 / self.unit:.12g} * m", "Label": self.name},
        ]
        return {"Metrics": queries, "Threshold": self.threshold}
