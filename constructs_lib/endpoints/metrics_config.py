"""How finely an endpoint measures itself."""

from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import one_of, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given

# In the words of the API reference only, not in botocore's model.
_FREQUENCIES = (10, 30, 60, 120, 180, 240, 300)


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricsConfig:
    """What is measured besides the usual, and how often it is published.

    The enhanced metrics are the usual ones, split by `InstanceId` and `ContainerId`. SageMaker makes those ids up, so
    no `metric_…` method can name such a series: show them with a search, as in
    `SEARCH('{AWS/SageMaker,EndpointName,VariantName,InstanceId} MetricName="ModelLatency"', 'Average')`. What the
    containers tell goes by names of their own.

    Attributes:
        enhanced_metrics: Use and invocations of each machine and container, not only of the variant.
        detailed_observability: What the containers' own Prometheus endpoint tells, and each GPU and machine. Without a
            `MetricsConfig` the service has it on.
        publish_frequency_seconds: 10, 30, 60, 120, 180, 240 or 300; None is a minute. Without enhanced metrics it
            holds for utilization only.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricsConfig.html
    """

    enhanced_metrics: bool = True
    detailed_observability: bool = False
    publish_frequency_seconds: int | None = None

    def __post_init__(self) -> None:
        frequency = self.publish_frequency_seconds
        require("MetricsConfig", field_problems(self))
        require(
            "MetricsConfig",
            one_of("publish_frequency_seconds", frequency, _FREQUENCIES) if frequency is not None else None,
        )

    def render(self) -> dict[str, Any]:
        """The `MetricsConfig` member."""
        return given(
            EnableEnhancedMetrics=self.enhanced_metrics,
            # Written out, because the service switches on what is left out.
            EnableDetailedObservability=self.detailed_observability,
            MetricPublishFrequencyInSeconds=self.publish_frequency_seconds,
        )
