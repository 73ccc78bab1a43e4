"""The traffic that a preview replays: requests, minute by minute."""

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn

from constructs_lib.errors import ConfigurationError

_HEADER = ["minute", "requests"]
_MINUTES_A_DAY = 1440
# Ten weeks; more is a slip, such as a trace in seconds.
_LONGEST = 70 * _MINUTES_A_DAY
# More than anybody serves, and few enough for sums to stay numbers.
MOST_REQUESTS = 1e12


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
            _refuse(f"it must have between 1 and {_LONGEST} minutes, got {_counted(self.requests)}")
        for minute, value in enumerate(self.requests):
            if not _is_number(value) or not 0 <= value <= MOST_REQUESTS:
                _refuse(f"requests of minute {minute} must be a number from 0 to {MOST_REQUESTS:g}, got {value!r}")

    @staticmethod
    def of(requests: Iterable[float]) -> "TrafficTrace":
        """A trace from numbers, one a minute.

        Raises:
            ConfigurationError: They are no numbers that can be gone through.
        """
        if not isinstance(requests, Iterable):
            _refuse(f"requests must be numbers, one a minute, got {requests!r}")
        return TrafficTrace(_up_to_the_limit(requests))

    @staticmethod
    def from_csv(path: str | Path) -> "TrafficTrace":
        """Read a file with the header `minute,requests` and one row a minute: 0, 1, 2, … without a gap.

        Raises:
            ConfigurationError: The file cannot be read, or a row is not of that shape; the first such line is named.
        """
        if not isinstance(path, str | Path):
            _refuse(f"path must be that of a CSV file, got {path!r}")
        try:
            with Path(path).open(encoding="utf-8-sig", newline="") as file:
                return TrafficTrace(_up_to_the_limit(_rows(path, file)))
        except (OSError, UnicodeError) as error:
            _refuse(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}")

    @staticmethod
    def daily(*, low: float, peak: float, days: int = 1) -> "TrafficTrace":
        """A smooth day, repeated: *low* requests a minute at 02:00 and *peak* at 14:00, on a cosine between them.

        Raises:
            ConfigurationError: `low` is above `peak` or negative, or `days` is not a whole number from 1 to 70.
        """
        problems = []
        if not _is_number(low) or not _is_number(peak) or not 0 <= low <= peak <= MOST_REQUESTS:
            rule = f"0 <= low <= peak <= {MOST_REQUESTS:g}"
            problems.append(f"low and peak must be numbers with {rule}, got {low!r} and {peak!r}")
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= _LONGEST // _MINUTES_A_DAY:
            problems.append(f"days must be a whole number from 1 to {_LONGEST // _MINUTES_A_DAY}, got {days!r}")
        if problems:
            raise ConfigurationError("the daily curve", problems)
        day = [
            round((low + peak) / 2 - (peak - low) / 2 * math.cos(2 * math.pi * (minute - 120) / _MINUTES_A_DAY), 3)
            for minute in range(_MINUTES_A_DAY)
        ]
        return TrafficTrace(tuple(day) * days)


def _up_to_the_limit(requests: Iterable[float]) -> tuple[float, ...]:
    # One more than is allowed tells that there are too many; nobody waits for the rest.
    return tuple(islice(requests, _LONGEST + 1))


def _counted(requests: Sequence[float]) -> str:
    return f"more than {_LONGEST}" if len(requests) > _LONGEST else str(len(requests))


def _rows(path: str | Path, file: Iterable[str]) -> Iterator[float]:
    reader = csv.reader(file)
    rows = ((reader.line_num, row) for row in reader if row)
    try:
        header = next(rows, None)
        if header is None:
            _refuse(f"{path} is empty; its first line must be minute,requests")
        names = [name.strip() for name in header[1]]
        if names != _HEADER:
            _refuse(f"{path} must begin with the header minute,requests, got {','.join(names)[:80]!r}")
        minute = -1
        for minute, (line, row) in enumerate(rows):
            yield _requests(path, line, row, minute)
        if minute < 0:
            _refuse(f"{path} has a header and no minute under it")
    except csv.Error as error:
        _refuse(f"line {reader.line_num} of {path} cannot be read: {error}")


def _requests(path: str | Path, line: int, row: Sequence[str], minute: int) -> float:
    where = f"line {line} of {path}"
    if len(row) != 2:
        _refuse(f"{where} must have two values, minute and requests, got {','.join(row)[:80]!r}")
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
        _refuse(f"{name} in {where} must be a number, got {value.strip()[:80]!r}")
    return number


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refuse(problem: str) -> NoReturn:
    raise ConfigurationError("the trace", [problem])
