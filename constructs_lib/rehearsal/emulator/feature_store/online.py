"""The online store: the latest record of each identifier, apart for each account and region."""

import time
from dataclasses import dataclass
from threading import Lock
from typing import Any

from .. import neighbours
from ..records import Record

Value = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """What is kept of one identifier.

    Attributes:
        features: As `GetRecord` answers them.
        event: Seconds since 1970.
        expires: The same, of the moment when it is gone; None where it stays.
        deleted: Whether it was deleted softly: it is not answered, and an older record does not come back.
    """

    features: tuple[Value, ...]
    event: float
    expires: float | None = None
    deleted: bool = False

    @property
    def answered(self) -> bool:
        """Whether `GetRecord` answers it."""
        return not self.deleted and (self.expires is None or self.expires > time.time())


_lock = Lock()
_stores: dict[tuple[str, str, str], dict[str, Stored]] = {}


def look(group: Record, identifier: str) -> Stored | None:
    """What is kept of *identifier*; None where nothing is."""
    with _lock:
        return _stores.get(_key(group), {}).get(identifier)


def keep(group: Record, identifier: str, stored: Stored | None) -> None:
    """Keep *stored*, or with None nothing any more."""
    with _lock:
        records = _stores.setdefault(_key(group), {})
        records.pop(identifier, None)
        if stored is not None:
            records[identifier] = stored


def forget(group: Record) -> None:
    """Keep nothing of *group*."""
    with _lock:
        _stores.pop(_key(group), None)


def _key(group: Record) -> tuple[str, str, str]:
    return (*neighbours.scope(), group.name)
