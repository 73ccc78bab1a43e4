"""Where a container tells metrics of its own."""

from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import one_of, require
from constructs_lib._internal.kinds import field_problems

# The API reference gives them in words only, beside the `Source:` below.
_FREQUENCIES = (10, 30, 60, 120, 180, 240, 300)


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricsEndpoint:
    """A page in Prometheus' format on port 8080 of the container, read when an endpoint's detailed observability is on.

    Attributes:
        path: Shaped `/server/metrics`, at most 256 characters.
        publish_frequency_in_seconds: How often its metrics go to CloudWatch: every 10, 30, 60, 120, 180, 240 or 300
            seconds. None means 60.

    Raises:
        ConfigurationError: It is another number of seconds.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricsEndpoint.html
    """

    path: str = "/metrics"
    publish_frequency_in_seconds: int | None = None

    def __post_init__(self) -> None:
        frequency = self.publish_frequency_in_seconds
        field = "publish_frequency_in_seconds"
        require("MetricsEndpoint", field_problems(self))
        require("MetricsEndpoint", one_of(field, frequency, _FREQUENCIES) if frequency is not None else None)

    def render(self) -> dict[str, Any]:
        """The member of `MetricsEndpoints`."""
        endpoint: dict[str, Any] = {"MetricsEndpointPath": self.path}
        if self.publish_frequency_in_seconds is not None:
            endpoint["MetricPublishFrequencyInSeconds"] = self.publish_frequency_in_seconds
        return endpoint
