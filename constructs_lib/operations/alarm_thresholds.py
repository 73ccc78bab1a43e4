"""From when on the alarms of endpoints and components ring."""

from dataclasses import dataclass

from constructs_lib._internal.checks import above_zero, between, known_at_synth, level, require, whole
from constructs_lib._internal.kinds import field_problems

# An alarm with periods of five minutes looks back a day at most:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_PERIOD_MINUTES, _DAY_MINUTES = 5, 1440
_PERCENTS = ("error_percent", "memory_percent", "disk_percent", "gpu_memory_percent", "concurrency_percent")
_NUMBERS = (*_PERCENTS, "model_latency_ms", "failed_requests", "oldest_request_minutes", "without_capacity_minutes")


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmThresholds:
    """From when on the alarms of an endpoint or a component ring.

    An endpoint has the alarms whose metrics its kind publishes; what is said here of others has no meaning for it.

    Attributes:
        error_percent: Answers of a hundred with a 5xx status, within five minutes, that are too many; above 0 to 100.
        model_latency_ms: What the slowest of a hundred answers may take of the containers' time, within five minutes,
            in milliseconds; above 0. None is half of what the kind of endpoint allows: 30 seconds, and half an hour
            for an asynchronous one.
        memory_percent: Memory in use on one machine, or by the copies of a component, all through a quarter of an hour;
            above 0 to 100. None has no alarm of it.
        disk_percent: Disk in use on one machine, as of memory. None has no alarm of it.
        gpu_memory_percent: Memory in use on the GPUs of one machine, as of memory. None has no alarm of it, as for
            servers that take all of it when they start.
        concurrency_percent: Requests under way on a serverless endpoint, of a hundred that it takes at once, all
            through a quarter of an hour; above 0 to 100. Beyond all of them requests are refused.
        failed_requests: Requests of an asynchronous endpoint that failed within five minutes, or that expired, from
            which on it rings; at least 1.
        oldest_request_minutes: How long the oldest request of an asynchronous endpoint may wait; above 0. Bringing up a
            machine from none takes some ten minutes.
        without_capacity_minutes: How long requests of a component may fail for want of a copy, 5 to 1440 in steps of 5;
            it must be known at synth. The first requests to a component at zero copies fail, and bring one up.

    Raises:
        ConfigurationError: A number is not possible; all are listed.
    """

    error_percent: float = 5
    model_latency_ms: float | None = None
    memory_percent: float | None = 90
    disk_percent: float | None = 85
    gpu_memory_percent: float | None = 95
    concurrency_percent: float = 90
    failed_requests: int = 1
    oldest_request_minutes: float = 60
    without_capacity_minutes: int = 30

    def __post_init__(self) -> None:
        kinds = field_problems(self)
        told = {problem.split()[0] for problem in kinds}
        require("AlarmThresholds", kinds, (self._problem(name) for name in _NUMBERS if name not in told))

    def _problem(self, name: str) -> str | None:
        """What is wrong with a number that is one."""
        value = getattr(self, name)
        if value is None:
            return None
        match name:
            case "model_latency_ms":
                return level(name, value, factor=1000)
            case "failed_requests":
                return whole(name, value, 1) or level(name, value)
            case "oldest_request_minutes":
                return level(name, value, factor=60)
            case "without_capacity_minutes":
                return _minutes_problem(name, value)
        return above_zero(name, value) or between(name, value, 0, 100, unit="percent")


def _minutes_problem(name: str, minutes: int) -> str | None:
    late = known_at_synth(name, minutes, "it is counted in periods of five minutes")
    if late is not None or (minutes % _PERIOD_MINUTES == 0 and _PERIOD_MINUTES <= minutes <= _DAY_MINUTES):
        return late
    return f"{name} must be a multiple of {_PERIOD_MINUTES} from {_PERIOD_MINUTES} to {_DAY_MINUTES}, got {minutes!r}"
