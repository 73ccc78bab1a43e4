"""What exists in the control planes, apart for each account and region."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import events, neighbours
from .nouns import Noun


@dataclass
class Record:
    """One resource or job.

    Attributes:
        noun: What it is.
        key: The values of the noun's identity members.
        arn: Its ARN.
        values: Every member that Describe or a summary may ask for.
        tags: Its tags.
        physical_id: What CloudFormation knows it by, where CloudFormation made it.
        generation: Counts its changes, so that what was planned for an older state is dropped.
        before: Its values before the update that is under way; empty where none is.
        rolled_back: Why its last update was undone; empty where it was not.
    """

    noun: Noun
    key: tuple[str, ...]
    arn: str
    values: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    physical_id: str = ""
    generation: int = 0
    before: dict[str, Any] = field(default_factory=dict)
    rolled_back: str = ""

    @property
    def name(self) -> str:
        """Its own name."""
        return self.key[self.noun.identity.index(self.noun.name_member)]

    @property
    def status(self) -> str | None:
        """Its status; None where it has none."""
        return self.values.get(self.noun.status_member) if self.noun.status_member else None

    @status.setter
    def status(self, status: str) -> None:
        if self.noun.status_member:
            self.values[self.noun.status_member] = status
            events.state_changed(self)

    @property
    def settled(self) -> bool:
        """Whether its status will stay as it is."""
        passing = (self.noun.starting, *map(self.noun.spelled, ("updating", "stopping", "rollingback")))
        return self.status is None or self.status not in passing

    def touch(self) -> None:
        """Note that it changed now."""
        self.generation += 1
        now = time.time()
        self.values.update(LastModifiedTime=now, LastModifiedAt=now, LastUpdatedTime=now)


class Records:
    """Every record of one service."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str, str, tuple[str, ...]], Record] = {}

    def add(self, record: Record) -> None:
        """Keep *record* in the account and region of the current request."""
        self._records[*neighbours.scope(), record.noun.name, record.key] = record

    def remove(self, record: Record) -> None:
        """Forget *record*."""
        self._records.pop((*neighbours.scope(), record.noun.name, record.key), None)

    def get(self, noun: str, *key: str) -> Record | None:
        """The record with this identity, or with this ARN or physical id where one value is given."""
        found = self._records.get((*neighbours.scope(), noun, key))
        if found is None and len(key) == 1:
            found = next((record for record in self.all(noun) if key[0] in (record.arn, record.physical_id)), None)
        return found

    def all(self, noun: str | None = None) -> Iterator[Record]:
        """The records of one noun, or all, in the account and region of the current request, oldest first."""
        here = neighbours.scope()
        for (account, region, name, _), record in list(self._records.items()):
            if (account, region) == here and noun in (None, name):
                yield record

    def with_arn(self, arn: str) -> Record | None:
        """The record with this ARN."""
        return next((record for record in self.all() if record.arn == arn), None)
