"""A place in a bucket, and the rights that reading or writing it takes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from constructs_lib._internal.checks import matches, require
from constructs_lib._internal.expressions import is_late, known_start
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.statements import Statement

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3

# What stands between slashes: no `*`, `?` or `${`, which are wildcards and variables in the policy that names it.
_PART = r"(?:(?!\$\{)[^/*?\x00-\x1f])+"
_PREFIX_SHAPE = "a path inside the bucket without 's3://', wildcards, leading or double slashes, such as 'data/train'"
_PREFIX = rf"(?!s3://)(?:{_PART}(?:/{_PART})*)?"
_OBJECTS_REASON = "The objects below one prefix of one bucket; S3 has no other name for them."
_LATE_REASON = "Which object it is the workflow knows only when it runs; what its key begins with is fixed."
_FOLLOW = "because the rights of a role are for what is below it"


@dataclass(frozen=True, kw_only=True, slots=True)
class S3Location:
    """All objects below one prefix of a bucket; `S3Location.from_bucket(bucket, "data/train")` makes one.

    Attributes:
        bucket_name: The bucket's name; it may be a token.
        bucket_arn: The bucket's ARN.
        prefix: Path without a slash at either end; the empty prefix is the whole bucket. In a workflow it may end in
            what only the execution knows, as `"data/" + execution_input("day")`; rights are for what comes before that.
        key_arn: The KMS key that encrypts the bucket; None when it uses none that we know of.

    Raises:
        ConfigurationError: The prefix is a whole URI, begins with a slash, has an empty part or begins with what only
            an execution knows.
    """

    bucket_name: str
    bucket_arn: str
    prefix: str
    key_arn: str | None = None

    def __post_init__(self) -> None:
        require("S3Location", field_problems(self) or _late_problems(self))
        require(
            "S3Location",
            matches("prefix", self.prefix, _PREFIX, shape=_PREFIX_SHAPE),
            f"prefix must begin with something fixed, {_FOLLOW}, got {self.prefix!r}; "
            "write 'data/' + execution_input(…)"
            if is_late(self.prefix) and not known_start(self.prefix)
            else None,
        )

    @staticmethod
    def from_bucket(bucket: "s3.IBucket", prefix: str) -> "S3Location":
        """The objects of *bucket* below *prefix*; a slash at the end of the prefix is dropped."""
        return S3Location(
            **_of_bucket("S3Location", bucket),
            prefix=prefix.removesuffix("/") if isinstance(prefix, str) else prefix,
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

    @property
    def _known(self) -> str:
        """What the keys begin with, as far as it is known before a workflow runs."""
        return known_start(self._folder)

    def read_statements(self) -> tuple[Statement, ...]:
        """List the prefix and read what is below it, decrypting it."""
        objects = f"{self.bucket_arn}/{self._known}*"
        conditions = {"StringLike": {"s3:prefix": [self._known, f"{self._known}*"]}} if self.prefix else None
        return (
            Statement(actions=("s3:GetObject",), resources=(objects,), wildcard_reason=_OBJECTS_REASON),
            Statement(actions=("s3:ListBucket",), resources=(self.bucket_arn,), conditions=conditions),
            *use_key(self.key_arn, "kms:Decrypt"),
        )

    def write_statements(self) -> tuple[Statement, ...]:
        """Write objects below the prefix, encrypting them; large ones go up in parts."""
        objects = f"{self.bucket_arn}/{self._known}*"
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
        key: The object's key, without a leading slash. In a workflow it may be what only the execution knows, such as
            `execution_input("detail.object.key")` of an event of S3.
        key_arn: The KMS key that encrypts the bucket; None when it uses none that we know of.
        within: The prefix that such an object lies below, where its key begins with what only the execution knows: the
            role gets to read what is there, and the job fails on an object elsewhere. The empty prefix is the whole
            bucket. None for a key that begins with something fixed.

    Raises:
        ConfigurationError: The key is a whole URI, begins with a slash or has an empty part, or `within` is missing or
            of no use.
    """

    bucket_name: str
    bucket_arn: str
    key: str
    key_arn: str | None = None
    within: str | None = None

    def __post_init__(self) -> None:
        require("S3Object", field_problems(self) or _late_problems(self))
        shape = "an object's key without 's3://', wildcards, leading or double slashes, such as 'models/model.tar.gz'"
        require("S3Object", matches("key", self.key, rf"(?!s3://){_PART}(?:/{_PART})*", shape=shape))
        unfixed = is_late(self.key) and not known_start(self.key)
        require(
            "S3Object",
            f"within must say what prefix the object lies below, {_FOLLOW}, where key begins with what only the "
            f"execution knows, got {self.key!r}; write within='incoming', or 'incoming/' + execution_input(…)"
            if unfixed and self.within is None
            else None,
            f"within must be left out where key begins with something fixed, got {self.within!r} with {self.key!r}"
            if self.within is not None and not unfixed
            else None,
            None if self.within is None else matches("within", self.within, _PREFIX, shape=_PREFIX_SHAPE),
            f"within must be fixed, {_FOLLOW}, got {self.within!r}" if is_late(self.within) else None,
        )

    @staticmethod
    def from_bucket(bucket: "s3.IBucket", key: str, *, within: str | None = None) -> "S3Object":
        """The object of *bucket* under *key*; *within* is the prefix of a key that only an execution knows."""
        return S3Object(
            **_of_bucket("S3Object", bucket),
            key=key,
            within=within.removesuffix("/") if isinstance(within, str) else within,
        )

    @property
    def uri(self) -> str:
        """`s3://bucket/key`."""
        return f"s3://{self.bucket_name}/{self.key}"

    def read_statements(self) -> tuple[Statement, ...]:
        """Read this object and no other, decrypting it; of a key that only an execution knows, what it begins with."""
        known = self._known
        objects = Statement(
            actions=("s3:GetObject",),
            resources=(f"{self.bucket_arn}/{self.key if known is None else f'{known}*'}",),
            wildcard_reason=None if known is None else _LATE_REASON,
        )
        return (objects, *use_key(self.key_arn, "kms:Decrypt"))

    def list_statement(self) -> Statement:
        """List the key as a prefix, which SageMaker does before it reads an object as an input."""
        known = self._known
        operator, prefix = ("StringEquals", self.key) if known is None else ("StringLike", f"{known}*")
        only = {operator: {"s3:prefix": prefix}}
        return Statement(actions=("s3:ListBucket",), resources=(self.bucket_arn,), conditions=only)

    @property
    def _known(self) -> str | None:
        """What the key begins with, where that is all that is known before a workflow runs; else None."""
        if self.within is None:
            return known_start(self.key) if is_late(self.key) else None
        return f"{self.within}/" if self.within else ""


def _late_problems(place: S3Location | S3Object) -> list[str]:
    """What the rights of a role name, and no workflow can fill in."""
    arns = {"bucket_arn": place.bucket_arn, "key_arn": place.key_arn}
    return [
        f"{name} must be fixed, because the rights of a role are for it, got {arn!r}"
        for name, arn in arns.items()
        if is_late(arn)
    ]


# What is known of a bucket, which each of the many places in it would ask the jsii kernel for in five calls.
_BUCKETS: "WeakKeyDictionary[s3.IBucket, dict[str, Any]]" = WeakKeyDictionary()


def _of_bucket(subject: str, bucket: "s3.IBucket") -> dict[str, Any]:
    """Name and ARN of a bucket, and its key's ARN."""
    fix = "bucket must be a bucket construct such as s3.Bucket.from_bucket_name(…) gives"
    known = _BUCKETS.get(bucket) if hasattr(type(bucket), "encryption_key") else None
    if known is None:
        require(subject, None if hasattr(bucket, "encryption_key") else f"{fix}, got {bucket!r}")
        key = bucket.encryption_key
        known = _BUCKETS[bucket] = {
            "bucket_name": bucket.bucket_name,
            "bucket_arn": bucket.bucket_arn,
            "key_arn": key.key_arn if key else None,
        }
    return known


def use_key(key_arn: str | None, *actions: str) -> tuple[Statement, ...]:
    """The right to use a key that may not be there.

    Not narrowed by `kms:ViaService`: SageMaker asks KMS itself too, as where an output is given a key's id, and which
    of its jobs go through S3 alone is not documented. A condition that is wrong fails a job after hours (untested).
    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
    """
    return (Statement(actions=actions, resources=(key_arn,)),) if key_arn else ()
