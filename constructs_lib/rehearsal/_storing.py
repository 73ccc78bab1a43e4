"""Roles that are let into buckets put, read and list objects there, with credentials of their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._invoking import is_denied
from constructs_lib.rehearsal._policies import allowing, listed, places
from constructs_lib.rehearsal._stage import Caller, Stage

_PUT, _GET, _LIST = "s3:PutObject", "s3:GetObject", "s3:ListBucket"
_BUCKET, _PREFIX = "arn:aws:s3:::", "s3:prefix"
Place = tuple[str, str]


def use_storage(stage: Stage, caller: Caller) -> None:
    """Let a role put, read and list once in each part of a bucket that its policies name and that it has not used.

    Whether it may is in what the embedded AWS keeps of its requests: rights to the key of a bucket that are missing
    show here, and rights to what lies beside the part. What it has used a part of already is left alone: that its
    policies name more than that part is what its row is to show. What is put is removed by the account.
    """
    account, own = stage.aws.client("s3"), caller.aws.client("s3")
    buckets = {bucket["Name"] for bucket in account.list_buckets()["Buckets"]}
    done = _done(stage, caller.role)
    for action in (_PUT, _GET):
        for bucket, prefix in _objects(caller, action):
            if bucket in buckets and not _used(done, action, bucket, prefix):
                key = f"{prefix}cdk-rehearse-{uuid.uuid4()}"
                putting = own if action == _PUT else account
                _try(putting.put_object, Bucket=bucket, Key=key, Body=b"{}")
                if action == _GET:
                    _try(own.get_object, Bucket=bucket, Key=key)
                account.delete_object(Bucket=bucket, Key=key)
    for bucket, prefix in _listings(caller):
        if bucket in buckets and not _used(done, _LIST, bucket, prefix):
            _try(own.list_objects_v2, Bucket=bucket, Prefix=prefix)


def _used(done: set[tuple[str, str, str]], action: str, bucket: str, prefix: str) -> bool:
    return any(each[:2] == (action, bucket) and each[2].startswith(prefix) for each in done)


def _done(stage: Stage, role: str) -> set[tuple[str, str, str]]:
    found: list[dict[str, Any]] = next((each["requests"] for each in stage.aws.access() if each["role"] == role), [])
    return {
        (each["action"], each["resource"].removeprefix(_BUCKET).partition("/")[0], each["place"])
        for each in found
        if each["place"] is not None
    }


def _objects(caller: Caller, action: str) -> Iterator[Place]:
    named = [
        place
        for statement in allowing(caller.statements, action)
        # What a condition asks of a request is not known here.
        if not statement.get("Condition")
        for place in places(statement)
    ]
    yield from dict.fromkeys(named)


def _listings(caller: Caller) -> Iterator[Place]:
    """What a role may list: the prefixes that the statement names, or else those of the objects that it reads."""
    read = list(_objects(caller, _GET))
    found: list[Place] = []
    for statement in allowing(caller.statements, _LIST):
        conditions = statement.get("Condition", {})
        named = [
            str(value).removesuffix("*")
            for operator, keys in conditions.items()
            if operator in ("StringLike", "StringEquals")
            for value in listed(keys.get(_PREFIX))
        ]
        for bucket in (str(each).removeprefix(_BUCKET) for each in listed(statement.get("Resource"))):
            within = named if conditions else [prefix for place, prefix in read if place == bucket]
            found += [(bucket, prefix) for prefix in within if not set(bucket + prefix) & set("*?")]
    yield from dict.fromkeys(found)


def _try(request: Callable[..., Any], **members: Any) -> None:
    try:
        request(**members)
    except ClientError as error:
        if not is_denied(error):
            raise
