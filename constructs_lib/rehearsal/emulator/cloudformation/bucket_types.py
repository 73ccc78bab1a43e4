"""`AWS::S3::Bucket`, where MiniStack leaves out its key, and deletes what AWS keeps: a bucket with objects."""

from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import s3

from ..api import Request

BUCKET = "AWS::S3::Bucket"


def guarded(delete: Callable[[str, Request], None]) -> Callable[[str, Request], None]:
    """*delete*, unless there is something in the bucket, be it an older version."""

    def delete_if_empty(physical_id: str, properties: Request) -> None:
        bucket = s3._buckets.get(physical_id)
        if bucket and (bucket["objects"] or s3._bucket_has_versions(physical_id)):
            raise ValueError(
                "The bucket you tried to delete is not empty (Service: S3, Status Code: 409, Error Code: "
                f"BucketNotEmpty, Bucket: {physical_id}, which holds {len(bucket['objects'])} objects, not counting "
                "older versions)"
            )
        delete(physical_id, properties)

    return delete_if_empty


def encrypt(bucket: str, properties: Request) -> None:
    """Let a bucket encrypt with the KMS key of its template, which roles then have to be allowed as well."""
    rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    defaults = [rule.get("ServerSideEncryptionByDefault", {}) for rule in rules]
    # Without a key of its own it is S3's, which whoever may use the bucket may use.
    wanted = next((default for default in defaults if default.get("KMSMasterKeyID")), None)
    if wanted is None:
        s3._delete_bucket_encryption(bucket)
        return
    configuration = Element("ServerSideEncryptionConfiguration")
    default = SubElement(SubElement(configuration, "Rule"), "ApplyServerSideEncryptionByDefault")
    for member in ("SSEAlgorithm", "KMSMasterKeyID"):
        SubElement(default, member).text = str(wanted[member])
    status, _, answer = s3._put_bucket_encryption(bucket, tostring(configuration))
    if status >= 400:
        raise ValueError(f"the encryption of {bucket} was refused: {answer!r}")
