"""A place in a bucket, and the rights that reading or writing it takes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib._internal.checks import matches, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.statements import Statement

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3

# What stands between slashes: no `*`, `?` or `${`, which are wildcards and variables in the policy that names it.
_PART = r"(?:(?!\$\{)[^/*?\x00-\x1f])+"
_PREFIX_SHAPE = "a path inside the bucket without 's3://', wildcards, leading or double slashes, such as 'data/train'"
_OBJECTS_REASON = "The objects below one prefix of one bucket; S3 has no other name for them."


@dataclass(frozen=True, kw_only=True, slots=True)
class S3Location:
    """All objects below one prefix of a bucket; `S3Location.from_bucket(bucket, "data/train")` makes one.

    Attributes:
        bucket_name: The bucket's name; it may be a token.
        bucket_arn: The bucket's ARN.
        prefix: Path without a slash at either end; the empty prefix is the whole bucket.
        key_arn: The KMS key that encrypts the bucket; None when it uses none that we know of.

    Raises:
        ConfigurationError: The prefix is a whole URI, begins with a slash or has an empty part.
    """

    bucket_name: str
    bucket_arn: str
    prefix: str
    key_arn: str | None = None

    def __post_init__(self) -> None:
        require("S3Location", field_problems(self))
        require(
            "S3Location", matches("prefix", self.prefix, rf"(?!s3://)(?:{_PART}(?:/{_PART})*)?", shape=_PREFIX_SHAPE)
        )

    @staticmethod
    def from_bucket(bucket: "s3.IBucket", prefix: str) -> "S3Location":
        """The objects of *bucket* below *prefix*; a slash at the end of the prefix is dropped."""
        _require_bucket("S3Location", bucket)
        key = bucket.encryption_key
        return S3Location(
            bucket_name=bucket.bucket_name,
            bucket_arn=bucket.bucket_arn,
            prefix=prefix.removesuffix("/") if isinstance(prefix, str) else prefix,
            key_arn=key.key_arn if key else None,
        )

    @property
    def uri(self) -> str:
        """`s3://bucket/prefix/`; the slash at the end keeps `data/train` from meaning `data/training` too."""
        return f"s3://{self.bucket_name}/{self._folder}"

    @property
    def destination(self) -> str:
        """Where to write: `s3://bucket/prefix` without a slash at the end, as the API reference has it.

        What is read needs that slash, or `data/train` would mean `data/training` too; what is written gets one anyway.
        """
        return self.uri.removesuffix("/")

    @property
    def _folder(self) -> str:
        return f"{self.prefix}/" if self.prefix else ""

    def read_statements(self) -> tuple[Statement, ...]:
        """List the prefix and read what is below it, decrypting it."""
        objects = f"{self.bucket_arn}/{self._folder}*"
        conditions = {"StringLike": {"s3:prefix": [self._folder, f"{self._folder}*"]}} if self.prefix else None
        return (
            Statement(actions=("s3:GetObject",), resources=(objects,), wildcard_reason=_OBJECTS_REASON),
            Statement(actions=("s3:ListBucket",), resources=(self.bucket_arn,), conditions=conditions),
            *use_key(self.key_arn, "kms:Decrypt"),
        )

    def write_statements(self) -> tuple[Statement, ...]:
        """Write objects below the prefix, encrypting them; large ones go up in parts."""
        objects = f"{self.bucket_arn}/{self._folder}*"
        return (
            Statement(
                actions=("s3:AbortMultipartUpload", "s3:PutObject"),
                resources=(objects,),
                wildcard_reason=_OBJECTS_REASON,
            ),
            # S3 decrypts the parts that it puts together: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
            *use_key(self.key_arn, "kms:Decrypt", "kms:GenerateDataKey"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class S3Object:
    """One object of a bucket, such as a model archive; `S3Object.from_bucket(bucket, "models/m.tar.gz")` makes one.

    Attributes:
        bucket_name: The bucket's name; it may be a token.
        bucket_arn: The bucket's ARN.
        key: The object's key, without a leading slash.
        key_arn: The KMS key that encrypts the bucket; None when it uses none that we know of.
    """

    bucket_name: str
    bucket_arn: str
    key: str
    key_arn: str | None = None

    def __post_init__(self) -> None:
        require("S3Object", field_problems(self))
        shape = "an object's key without 's3://', wildcards, leading or double slashes, such as 'models/model.tar.gz'"
        require("S3Object", matches("key", self.key, rf"(?!s3://){_PART}(?:/{_PART})*", shape=shape))

    @staticmethod
    def from_bucket(bucket: "s3.IBucket", key: str) -> "S3Object":
        """The object of *bucket* under *key*."""
        _require_bucket("S3Object", bucket)
        encryption_key = bucket.encryption_key
        return S3Object(
            bucket_name=bucket.bucket_name,
            bucket_arn=bucket.bucket_arn,
            key=key,
            key_arn=encryption_key.key_arn if encryption_key else None,
        )

    @property
    def uri(self) -> str:
        """`s3://bucket/key`."""
        return f"s3://{self.bucket_name}/{self.key}"

    def read_statements(self) -> tuple[Statement, ...]:
        """Read this object and no other, decrypting it."""
        return (
            Statement(actions=("s3:GetObject",), resources=(f"{self.bucket_arn}/{self.key}",)),
            *use_key(self.key_arn, "kms:Decrypt"),
        )


def _require_bucket(subject: str, bucket: object) -> None:
    fix = "bucket must be a bucket construct such as s3.Bucket.from_bucket_name(…) gives"
    require(subject, None if hasattr(bucket, "bucket_arn") else f"{fix}, got {bucket!r}")


def use_key(key_arn: str | None, *actions: str) -> tuple[Statement, ...]:
    """The right to use a key that may not be there.

    Not narrowed by `kms:ViaService`: SageMaker asks KMS itself too, as where an output is given a key's id, and which
    of its jobs go through S3 alone is not documented. A condition that is wrong fails a job after hours (untested).
    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
    """
    return (Statement(actions=actions, resources=(key_arn,)),) if key_arn else ()
