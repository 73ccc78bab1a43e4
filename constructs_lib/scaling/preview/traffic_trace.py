"""The traffic that a preview replays: requests, minute by minute."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from constructs_lib.errors import ConfigurationError

_HEADER = ["minute", "requests"]
_MINUTES_A_DAY = 1440
# Ten weeks; more is a slip, such as a trace in seconds.
_LONGEST = 70 * _MINUTES_A_DAY


@dataclass(frozen=True, slots=True)
class TrafficTrace:
    """Requests of each minute, from minute 0 on.

    Attributes:
        requests: One number a minute, 0 or more; `from_csv` reads them from a file, `daily` makes a curve.

    Raises:
        ConfigurationError: There is no minute, or a number is negative or not finite; the first one is named.
    """

    requests: tuple[float, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.requests, tuple):
            _refuse(
                f"requests must be a tuple of numbers, got {self.requests!r}; TrafficTrace.of(…) takes any iterable"
            )
        if not 0 < len(self.requests) <= _LONGEST:
            _refuse(f"it must have between 1 and {_LONGEST} minutes, got {len(self.requests)}")
        for minute, value in enumerate(self.requests):
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
                _refuse(f"requests of minute {minute} must be a number of 0 or more, got {value!r}")

    @staticmethod
    def of(requests: Iterable[float]) -> "TrafficTrace":
        """A trace from numbers, one a minute."""
        return TrafficTrace(tuple(requests))

    @staticmethod
    def from_csv(path: str | Path) -> "TrafficTrace":
        """Read a file with the header `minute,requests` and one row a minute: 0, 1, 2, … without a gap.

        Raises:
            ConfigurationError: The file cannot be read, or a row is not of that shape; the first such line is named.
        """
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            _refuse(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}")
        rows = [(number, row) for number, row in enumerate(csv.reader(io.StringIO(text)), start=1) if row]
        if not rows:
            _refuse(f"{path} is empty; its first line must be minute,requests")
        header = [name.strip() for name in rows[0][1]]
        if header != _HEADER:
            _refuse(f"{path} must begin with the header minute,requests, got {','.join(header)!r}")
        if len(rows) == 1:
            _refuse(f"{path} has a header and no minute under it")
        return TrafficTrace(tuple(_requests(path, line, row, minute) for minute, (line, row) in enumerate(rows[1:])))

    @staticmethod
    def daily(*, low: float, peak: float, days: int = 1) -> "TrafficTrace":
        """A smooth day, repeated: *low* requests a minute at 02:00 and *peak* at 14:00, on a cosine between them.

        Raises:
            ConfigurationError: `low` is above `peak` or negative, or `days` is not a whole number from 1 to 70.
        """
        problems = []
        if not _is_number(low) or not _is_number(peak) or not 0 <= low <= peak:
            problems.append(f"low and peak must be numbers with 0 <= low <= peak, got {low!r} and {peak!r}")
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= _LONGEST // _MINUTES_A_DAY:
            problems.append(f"days must be a whole number from 1 to {_LONGEST // _MINUTES_A_DAY}, got {days!r}")
        if problems:
            raise ConfigurationError("the daily curve", problems)
        day = [
            round((low + peak) / 2 - (peak - low) / 2 * math.cos(2 * math.pi * (minute - 120) / _MINUTES_A_DAY), 3)
            for minute in range(_MINUTES_A_DAY)
        ]
        return TrafficTrace(tuple(day) * days)


def _requests(path: str | Path, line: int, row: Sequence[str], minute: int) -> float:
    where = f"line {line} of {path}"
    if len(row) != 2:
        _refuse(f"{where} must have two values, minute and requests, got {','.join(row)!r}")
    given, requests = (_number(where, name, value) for name, value in zip(_HEADER, row, strict=True))
    if given != minute:
        _refuse(
            f"{where} must be minute {minute}, got {row[0].strip()}: minutes start at 0 and rise by 1 without a gap"
        )
    if requests < 0:
        _refuse(f"requests in {where} must be 0 or more, got {row[1].strip()}")
    return requests


def _number(where: str, name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        _refuse(f"{name} in {where} must be a number, got {value.strip()!r}")
    return number


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _refuse(problem: str) -> NoReturn:
    raise ConfigurationError("the trace", [problem])
