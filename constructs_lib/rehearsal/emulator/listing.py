"""The List operations: filters, pages and summaries, by the names of their members."""

from collections.abc import Iterable
from typing import Any

from .api import Request, refused
from .nouns import Noun
from .records import Record

_PAGE = 100


def answer(noun: Noun, request: Request, records: Iterable[Record]) -> dict[str, Any]:
    """One page of the records that *request* asks for; the newest first unless it asks for another order."""
    found = [record for record in records if _matches(record, request)]
    if request.get("SortBy") == "Name":
        found.sort(key=lambda record: record.name)
    else:
        found.sort(key=lambda record: float(record.values["CreationTime"]))
    if request.get("SortOrder") != "Ascending":
        found.reverse()
    start = _position(request.get("NextToken"))
    end = start + int(request.get("MaxResults", _PAGE))
    summaries = [record.values for record in found[start:end]]
    return {noun.list_member: summaries} | ({"NextToken": str(end)} if end < len(found) else {})


def _matches(record: Record, request: Request) -> bool:
    if request.get("NameContains", "").lower() not in record.name.lower():
        return False
    if request.get("StatusEquals") not in (None, record.status):
        return False
    for filtered, wanted in request.items():
        member = filtered.removesuffix("Equals")
        if filtered != member and member != "Status" and record.values.get(member) != wanted:
            return False
    return True


def _position(token: str | None) -> int:
    if token is None:
        return 0
    if not token.isdigit():
        raise refused(f"NextToken {token!r} is not one that this operation gave")
    return int(token)
