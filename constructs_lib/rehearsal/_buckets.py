"""The steps that empty the buckets which the destroy is to delete, as somebody has to do in an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._stage import NOT_CREATED, Stage
from constructs_lib.rehearsal._steps import Outcome, Step, counted

BUCKET = "AWS::S3::Bucket"
FIX = "empty it first, older versions too, or retain it, or give it auto_delete_objects=True"
# What `auto_delete_objects=True` of the CDK makes: a function that empties the bucket as its stack goes.
_EMPTIES_ITSELF = "Custom::S3AutoDeleteObjects"


def empty_steps(stage: Stage) -> Iterator[Step]:
    """A row for each bucket that its template does not retain; none for an app that keeps all of its data."""
    resources = [*stage.assembly.resources(BUCKET)]
    emptying = {_target(each, each.properties.get("BucketName")) for each in stage.assembly.resources(_EMPTIES_ITSELF)}
    logging = {_target(each, _log_bucket(each)): each.label for each in resources}
    for resource in resources:
        if not resource.retained:
            own = (resource.stack, resource.logical_id)
            yield Step("empty", resource.label, _step(stage, resource, own in emptying, logging.get(own)))


def _step(stage: Stage, resource: Resource, by_itself: bool, logs_of: str | None) -> Callable[[], Outcome]:
    def run() -> Outcome:
        bucket = stage.physical_id(resource)
        if bucket is None:
            return NOT_CREATED
        count = _empty(stage.aws.client("s3"), bucket)
        details = {"bucket": bucket, "removed": count, "by_itself": by_itself}
        if by_itself:
            return Outcome(f"{counted(count, 'object')} removed, as its own function does in an account", details)
        fails = f"in an account the destroy would fail with BucketNotEmpty: {FIX}"
        if count:
            return Outcome(f"{counted(count, 'object')} removed; {fails}", details)
        if logs_of:
            return Outcome(f"holds nothing here; with access logs of {logs_of} in it, {fails}", details)
        return Outcome("holds nothing", details)

    return run


def _log_bucket(resource: Resource) -> Any:
    return (resource.properties.get("LoggingConfiguration") or {}).get("DestinationBucketName")


def _target(resource: Resource, reference: Any) -> tuple[str, str]:
    """The stack and the logical id that a reference within the stack of *resource* names."""
    return resource.stack, str(reference.get("Ref")) if isinstance(reference, dict) else ""


def _empty(s3: Any, bucket: str) -> int:
    count = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            s3.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])
            count += 1
    return count
