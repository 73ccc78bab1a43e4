"""Empties the buckets that the destroy is to delete: CloudFormation deletes none that holds anything, here as there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import counted

_BUCKET = "AWS::S3::Bucket"
# What `auto_delete_objects=True` of the CDK makes: a function that empties the bucket as its stack goes.
_EMPTIES_ITSELF = "Custom::S3AutoDeleteObjects"


def empty_buckets(stage: Stage) -> Iterator[str]:
    """Empty each bucket that its template does not retain; say of each what an account would have done."""
    emptying = {_referred(resource) for resource in stage.assembly.resources(_EMPTIES_ITSELF)}
    for resource in stage.assembly.resources(_BUCKET):
        bucket = None if resource.retained else stage.physical_id(resource)
        count = _empty(stage.aws.client("s3"), bucket) if bucket else 0
        if not count:
            continue
        emptied = f"emptied {resource.label} of {counted(count, 'object')}"
        if (resource.stack, resource.logical_id) in emptying:
            yield f"{emptied}, as its own function does in an account"
        else:
            yield f"{emptied}: in an account the destroy fails until somebody does that"


def _referred(resource: Resource) -> tuple[str, str]:
    name = resource.properties.get("BucketName")
    return resource.stack, str(name.get("Ref")) if isinstance(name, dict) else ""


def _empty(s3: Any, bucket: str) -> int:
    count = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            s3.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])
            count += 1
    return count
