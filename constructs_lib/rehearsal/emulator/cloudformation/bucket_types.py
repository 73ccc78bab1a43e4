"""`AWS::S3::Bucket`, as far as MiniStack deletes what AWS keeps: a bucket that still holds objects."""

from collections.abc import Callable

from ministack.services import s3

from ..api import Request

BUCKET = "AWS::S3::Bucket"


def guarded(delete: Callable[[str, Request], None]) -> Callable[[str, Request], None]:
    """*delete*, unless there is something in the bucket, be it an older version."""

    def delete_if_empty(physical_id: str, properties: Request) -> None:
        bucket = s3._buckets.get(physical_id)
        if bucket and (bucket["objects"] or s3._bucket_has_versions(physical_id)):
            raise ValueError(
                "The bucket you tried to delete is not empty (Service: S3, Status Code: 409, Bucket: "
                f"{physical_id}, which holds {len(bucket['objects'])} objects)"
            )
        delete(physical_id, properties)

    return delete_if_empty
