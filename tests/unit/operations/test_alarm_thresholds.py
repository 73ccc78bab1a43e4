"""The thresholds of alarms, without Node."""

from typing import Any

import pytest

from constructs_lib import AlarmThresholds, ConfigurationError
from tests.unit.endpoints.serving import LATE, refusal


class TestAlarmThresholds:
    @pytest.mark.parametrize(
        "changes",
        [
            {"error_percent": 0.1},
            {"error_percent": 100},
            {"model_latency_ms": 0.5},
            {"memory_percent": None, "disk_percent": None, "gpu_memory_percent": None},
            {"concurrency_percent": 100},
            {"failed_requests": 1},
            {"oldest_request_minutes": 0.5},
            {"without_capacity_minutes": 5},
            {"without_capacity_minutes": 1440},
        ],
    )
    def test_takes_both_ends_of_each_range(self, changes: dict[str, Any]) -> None:
        AlarmThresholds(**changes)

    def test_takes_numbers_that_are_known_at_deployment(self) -> None:
        others = ("memory_percent", "disk_percent", "gpu_memory_percent", "concurrency_percent", "failed_requests")
        AlarmThresholds(
            error_percent=LATE, model_latency_ms=LATE, oldest_request_minutes=LATE, **dict.fromkeys(others, LATE)
        )

    def test_fails_on_all_that_is_wrong_at_once(self) -> None:
        assert refusal(
            lambda: AlarmThresholds(
                error_percent=0,
                model_latency_ms=0,
                memory_percent=101,
                disk_percent=-1,
                gpu_memory_percent=0,
                concurrency_percent=100.5,
                failed_requests=0,
                oldest_request_minutes=0,
                without_capacity_minutes=7,
            )
        ).splitlines() == [
            "error_percent must be a number above 0, got 0",
            "memory_percent must be between 0 and 100 percent, got 101",
            "disk_percent must be a number above 0, got -1",
            "gpu_memory_percent must be a number above 0, got 0",
            "concurrency_percent must be between 0 and 100 percent, got 100.5",
            "model_latency_ms must be a number above 0, got 0",
            "failed_requests must be a whole number of at least 1, got 0",
            "oldest_request_minutes must be a number above 0, got 0",
            "without_capacity_minutes must be a multiple of 5 from 5 to 1440, got 7",
        ]

    def test_fails_on_wrong_kinds_and_wrong_numbers_at_once(self) -> None:
        wrong: Any = {"error_percent": 0, "disk_percent": "x", "failed_requests": 0.5, "without_capacity_minutes": "7"}
        assert refusal(lambda: AlarmThresholds(memory_percent=101, **wrong)).splitlines() == [
            "disk_percent must be a number, got 'x'",
            "failed_requests must be a whole number, got 0.5",
            "without_capacity_minutes must be a whole number, got '7'",
            "error_percent must be a number above 0, got 0",
            "memory_percent must be between 0 and 100 percent, got 101",
        ]

    # Infinity, which is what 1e308 times a thousand is, ends Node: it is no JSON.
    @pytest.mark.parametrize(
        ("name", "factor"), [("model_latency_ms", 1000), ("oldest_request_minutes", 60), ("failed_requests", 1)]
    )
    def test_fails_on_what_no_metric_can_be(self, name: str, factor: int) -> None:
        most = 2**360 // factor
        AlarmThresholds(**{name: most})  # type: ignore[arg-type] -- which of them it is
        for beyond in (most * 2, 10**300):
            assert f"{name} is too large" in refusal(lambda: AlarmThresholds(**{name: beyond}))  # noqa: B023  # type: ignore[arg-type] -- as above

    @pytest.mark.parametrize("minutes", [0, 1445, LATE])
    def test_fails_on_minutes_that_are_no_periods(self, minutes: int) -> None:
        with pytest.raises(ConfigurationError, match=r"without_capacity_minutes must be (a multiple of 5|known)"):
            AlarmThresholds(without_capacity_minutes=minutes)

    def test_equal_thresholds_are_equal(self) -> None:
        assert len({AlarmThresholds(), AlarmThresholds(error_percent=5)}) == 1
