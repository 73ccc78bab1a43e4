"""The bucket of a workload: data, checkpoints, models, captures."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib._internal.acknowledged import acknowledge
from constructs_lib._internal.checks import grantee_problem, removal_problem, require
from constructs_lib._internal.grants import grant, has_managed_policy
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import place_of
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.data_key import DataKey
from constructs_lib.foundation.days import days_problem
from constructs_lib.foundation.s3_location import S3Location, S3Object


class ArtifactStore(Construct):
    """A private bucket: encrypted with your key, reached over TLS only, versioned, its accesses logged.

    Old versions go after 90 days, parts of broken uploads after 7, access logs after a year.

    S3 encrypts each object with the key, whether its writer names one or not. A writer that names another key is not
    denied here: SageMaker names none, an ARN or an id, depending on the job, and what a policy compares with is not
    documented for each (untested). No role of this library may use another key.

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
        noncurrent_version_expiration: Duration | None = None,
        access_log_expiration: Duration | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the bucket and the bucket of its access logs.

        Args:
            scope: The parent construct.
            id: The id in it.
            key: Encrypts the objects; None makes a `DataKey` here.
            noncurrent_version_expiration: How long an object that was deleted or overwritten can be had back, in whole
                days, at least 1; 90 days by default.
            access_log_expiration: How long access logs are kept, in whole days, at least 1; a year by default.
            removal_policy: What becomes of both buckets when the stack goes; they are kept by default.

        Raises:
            ConfigurationError: A time is no whole number of days; each such one is listed.
        """
        super().__init__(scope, id)
        require(
            self,
            argument_problems(ArtifactStore.__init__, locals()),
            removal_problem(removal_policy),
            days_problem("noncurrent_version_expiration", noncurrent_version_expiration, 1),
            days_problem("access_log_expiration", access_log_expiration, 1),
        )
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
                s3.LifecycleRule(
                    expiration=access_log_expiration or Duration.days(365),
                    noncurrent_version_expiration=Duration.days(1),
                )
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
                    noncurrent_version_expiration=noncurrent_version_expiration or Duration.days(90),
                )
            ],
            removal_policy=removal_policy,
        )
        self._log_accesses_to(access_logs)
        acknowledge(
            access_logs,
            "S3DefaultEncryptionKMS",
            "S3 delivers access logs only to a bucket that uses its own keys (SSE-S3).",
        )
        acknowledge(
            access_logs,
            "S3BucketDefaultLockEnabled",
            "S3 delivers access logs to no bucket that locks its objects by default.",
        )
        acknowledge(
            self.bucket,
            "S3BucketDefaultLockEnabled",
            "Jobs write checkpoints anew and the lifecycle removes old versions: a lock would fail both.",
        )
        for bucket in (access_logs, self.bucket):
            acknowledge(
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
                conditions={"StringEquals": {"aws:SourceAccount": place_of(self).account}},
            )
        )

    def location(self, prefix: str) -> S3Location:
        """The objects below *prefix*, such as `data/train`; naming it in a construct is what grants access to it."""
        return S3Location.from_bucket(self.bucket, prefix)

    def artifact(self, key: str, *, within: str | None = None) -> S3Object:
        """One object, such as `models/model.tar.gz`; *within* is the prefix of a key that only an execution knows."""
        return S3Object.from_bucket(self.bucket, key, within=within)

    def grant_read(self, grantee: iam.IGrantable, prefix: str = "") -> iam.Grant:
        """Let *grantee* list and read what is below *prefix*, and decrypt it; the empty prefix is the whole bucket.

        For people and apps, such as one that fetches the answers of an async endpoint. Jobs and models need no grant.

        Raises:
            ConfigurationError: The grantee is none, such as an ARN, or the prefix is no path inside the bucket.
        """
        return self._grant(grantee, self.location(prefix).read_statements(), "kms:Decrypt")

    def grant_write(self, grantee: iam.IGrantable, prefix: str = "") -> iam.Grant:
        """Let *grantee* write objects below *prefix*, and encrypt them; the empty prefix is the whole bucket.

        For people and apps, such as one that puts the requests of an async endpoint. Jobs and models need no grant.

        Raises:
            ConfigurationError: The grantee is none, such as an ARN, or the prefix is no path inside the bucket.
        """
        return self._grant(grantee, self.location(prefix).write_statements(), "kms:Decrypt", "kms:GenerateDataKey")

    def _grant(self, grantee: iam.IGrantable, statements: Sequence[Statement], *key_actions: str) -> iam.Grant:
        """By the grantee's own policy, and by those of bucket and key where that is not enough: in another account."""
        require(self, grantee_problem(grantee))
        # A principal need not say whose account it is of (aws-iam/lib/principals.ts).
        account = getattr(grantee.grant_principal, "principal_account", None)
        of_this_account = account in (None, place_of(self).account)
        if of_this_account and has_managed_policy(grantee):
            return grant(self, grantee, *statements)
        granted = self.key.grant(grantee, *key_actions)
        for statement in statements:
            if self.key.key_arn not in statement.resources:
                granted = granted.combine(self._grant_objects(grantee, statement, of_this_account))
        return granted

    def _grant_objects(self, grantee: iam.IGrantable, statement: Statement, of_this_account: bool) -> iam.Grant:
        """Not by `Grant.add_to_principal_or_resource`, which leaves the conditions out of the bucket's policy.

        The other account could list all of the bucket then (aws-iam/lib/grant.ts).
        """
        actions, resources = list(statement.actions), list(statement.resources)
        granted = iam.Grant.add_to_principal(
            grantee=grantee, actions=actions, resource_arns=resources, conditions=statement.conditions
        )
        if granted.success and of_this_account:
            return granted
        written = iam.PolicyStatement(
            principals=[grantee.grant_principal],
            actions=actions,
            resources=resources,
            conditions=statement.conditions,
        )
        self.bucket.add_to_resource_policy(written)
        return granted
