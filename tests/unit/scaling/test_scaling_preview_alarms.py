"""How alarms are judged where datapoints are missing, and when schedules run."""

from datetime import UTC, datetime, timedelta

import pytest

from constructs_lib.scaling.preview._alarms import Alarm, State
from constructs_lib.scaling.preview._schedule import read_schedule

OK, ALARM, NONE = State.OK, State.ALARM, State.INSUFFICIENT_DATA
KEEPS = None


def alarm(datapoints: int, missing: str) -> Alarm:
    return Alarm("Alarm", "m", lambda *_: None, 60, 3, datapoints, 1, "GreaterThanOrEqualToThreshold", missing)


class TestMissingData:
    # The two tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html, the newest
    # datapoint on the right: M of 3, then missing, ignore, breaching, notBreaching.
    @pytest.mark.parametrize(
        ("datapoints", "shown", "states"),
        [
            (3, "0-X-X", (OK, OK, OK, OK)),
            (3, "0----", (OK, OK, OK, OK)),
            (3, "-----", (NONE, KEEPS, ALARM, OK)),
            (3, "0XX-X", (ALARM, ALARM, ALARM, ALARM)),
            (3, "--X--", (ALARM, KEEPS, ALARM, OK)),
            (2, "0-X-X", (ALARM, ALARM, ALARM, ALARM)),
            (2, "00X0X", (ALARM, ALARM, ALARM, ALARM)),
            (2, "0-X--", (OK, OK, ALARM, OK)),
            (2, "----0", (OK, OK, ALARM, OK)),
            (2, "---X-", (ALARM, KEEPS, ALARM, OK)),
            # "The alarm does not go immediately into ALARM state."
            (3, "----X", (OK, OK, ALARM, OK)),
            (3, "---X-", (OK, OK, ALARM, OK)),
        ],
    )
    def test_as_the_user_guide_shows_it(self, datapoints: int, shown: str, states: tuple[State | None, ...]) -> None:
        values = [{"0": 0.0, "X": 1.0, "-": None}[each] for each in reversed(shown)]
        for missing, expected in zip(("missing", "ignore", "breaching", "notBreaching"), states, strict=True):
            for before in State:
                assert alarm(datapoints, missing).state(values, before) is (before if expected is KEEPS else expected)


def runs(expression: str, first: str, days: int = 1, **changes: str | None) -> list[str]:
    """When it runs, in UTC."""
    origin = datetime.fromisoformat(first).replace(tzinfo=UTC)
    schedule = read_schedule(expression, **{"zone": "UTC", "start": None, "end": None, **changes}, origin=origin)  # type: ignore[arg-type] -- texts
    moments = (origin + timedelta(minutes=minute) for minute in range(days * 1440))
    return [f"{moment:%d %H:%M}" for moment in moments if schedule.fires(moment)]


class TestSchedule:
    @pytest.mark.parametrize(
        ("expression", "days", "expected"),
        [
            # The 1st of January 2026 is a Thursday.
            ("cron(15 10,14 * * ? *)", 1, ["01 10:15", "01 14:15"]),
            ("cron(0/30 8-9 * * ? *)", 1, ["01 08:00", "01 08:30", "01 09:00", "01 09:30"]),
            ("cron(0 8 ? * MON-FRI *)", 7, ["01 08:00", "02 08:00", "05 08:00", "06 08:00", "07 08:00"]),
            ("cron(0 8 ? * 7,1 *)", 7, ["03 08:00", "04 08:00"]),
            ("cron(0 8 ? * FRI-MON *)", 7, ["02 08:00", "03 08:00", "04 08:00", "05 08:00"]),
            ("cron(0 8 L * ? *)", 31, ["31 08:00"]),
            ("cron(0 8 ? * THU#2 *)", 31, ["08 08:00"]),
            ("cron(0 8 ? JAN 6L 2026)", 31, ["30 08:00"]),
            ("cron(0 8 ? FEB * *)", 31, []),
            ("at(2026-01-01T08:00:30)", 1, ["01 08:00"]),
            ("rate(6 hours)", 1, ["01 06:00", "01 12:00", "01 18:00"]),
        ],
    )
    def test_runs(self, expression: str, days: int, expected: list[str]) -> None:
        assert runs(expression, "2026-01-01", days) == expected

    def test_in_a_time_zone(self) -> None:
        assert runs("at(2026-01-01T08:00:00)", "2026-01-01", zone="America/New_York") == ["01 13:00"]

    def test_an_hour_that_is_skipped_or_lived_twice(self) -> None:
        # 02:30 does not exist in Berlin on the 29th of March 2026, and is there twice on the 25th of October.
        assert runs("cron(30 2 * * ? *)", "2026-03-28T12:00", 2, zone="Europe/Berlin") == ["30 00:30"]
        assert runs("cron(30 2 * * ? *)", "2026-10-24T12:00", 1, zone="Europe/Berlin") == ["25 00:30"]

    def test_between_its_start_and_its_end(self) -> None:
        found = runs("cron(0 * * * ? *)", "2026-01-01", start="2026-01-01T08:30:00Z", end="2026-01-01T10:00:00Z")
        # It runs at its start, too.
        assert found == ["01 08:30", "01 09:00", "01 10:00"]

    @pytest.mark.parametrize(
        ("expression", "zone", "words"),
        [
            ("0 8 * * *", "UTC", "is neither at"),
            ("rate(0 minutes)", "UTC", "is not shaped rate"),
            ("at(tomorrow)", "UTC", "is not shaped at"),
            ("cron(60 8 * * ? *)", "UTC", "the cron field '60' cannot be read"),
            ("cron(0 8 15W * ? *)", "UTC", "the cron value '15W' cannot be read"),
            ("cron(0 8 * * ? *)", "Mars/Olympus", "the time zone 'Mars/Olympus' is not known"),
        ],
    )
    def test_fails_on_what_cannot_be_read(self, expression: str, zone: str, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            runs(expression, "2026-01-01", zone=zone)
