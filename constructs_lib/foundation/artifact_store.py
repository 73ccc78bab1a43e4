"""The bucket of a workload: data, checkpoints, models, captures."""

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.foundation.data_key import DataKey
from constructs_lib.foundation.s3_location import S3Location, S3Object


class ArtifactStore(Construct):
    """A private bucket: encrypted with your key, reached over TLS only, versioned, its accesses logged.

    Old versions go after 90 days, parts of broken uploads after 7, access logs after a year.

    Attributes:
        bucket: The bucket, for what this class does not offer.
        key: The key that encrypts it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: kms.IKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the bucket and the bucket of its access logs.

        Args:
            scope: The parent construct.
            id: The id in it.
            key: Encrypts the objects; None makes a `DataKey` here.
            removal_policy: What becomes of both buckets when the stack goes; they are kept by default.
        """
        super().__init__(scope, id)
        self.key: kms.IKey = key or DataKey(self, "Key", removal_policy=removal_policy)
        access_logs = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(expiration=Duration.days(365), noncurrent_version_expiration=Duration.days(1))
            ],
            removal_policy=removal_policy,
        )
        self.bucket: s3.IBucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            # One data key for many objects: fewer KMS requests while a job reads thousands of small files.
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                    noncurrent_version_expiration=Duration.days(90),
                )
            ],
            removal_policy=removal_policy,
        )
        self._log_accesses_to(access_logs)
        _acknowledge(
            access_logs,
            "S3DefaultEncryptionKMS",
            "S3 delivers access logs only to a bucket that uses its own keys (SSE-S3).",
        )
        for bucket in (access_logs, self.bucket):
            _acknowledge(
                bucket,
                "S3BucketReplicationEnabled",
                "A second region is the choice of a recovery plan, not of a workload; versions guard against deletion.",
            )

    def _log_accesses_to(self, access_logs: s3.Bucket) -> None:
        """By a bucket policy, whatever the feature flags of the app say.

        The CDK's own `server_access_logs_bucket` uses an ACL unless `@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy`
        is set, and refuses that beside `BUCKET_OWNER_ENFORCED`.
        """
        resource = self.bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)  # noqa: S101 -- narrows the type; the CDK made it a line above
        resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=access_logs.bucket_name
        )
        self.node.default_child = resource
        access_logs.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[access_logs.arn_for_objects("*")],
                # The bucket's ARN would make each of the two wait for the other.
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )

    def location(self, prefix: str) -> S3Location:
        """The objects below *prefix*, such as `data/train`; naming it in a construct is what grants access to it."""
        return S3Location.from_bucket(self.bucket, prefix)

    def artifact(self, key: str) -> S3Object:
        """One object, such as `models/model.tar.gz`."""
        return S3Object.from_bucket(self.bucket, key)


def _acknowledge(bucket: s3.IBucket, rule: str, reason: str) -> None:
    acknowledgment = Acknowledgment(id=f"NIST.800.53.R5::NIST.800.53.R5-{rule}", reason=reason)
    Validations.of(bucket).acknowledge(acknowledgment)
