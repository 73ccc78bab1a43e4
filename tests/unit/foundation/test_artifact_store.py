"""The bucket: how it is kept, and whom it lets in."""

from typing import Any

import pytest

from constructs_lib import ArtifactStore, ConfigurationError, DataKey
from tests.templates import granted, of_type, only, template_of


def resolved(stack: Any, value: str) -> Any:
    return stack.resolve(value)


def role_of(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


class TestArtifactStore:
    def test_is_private_encrypted_versioned_and_logged(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        template = template_of(stack)
        bucket = of_type(template, "AWS::S3::Bucket")[stack.get_logical_id(store.node.default_child)]
        encryption = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["LoggingConfiguration"]["DestinationBucketName"] == {"Ref": "StoreAccessLogs087BBF22"}

    def test_refuses_plain_http(self, stack: Any) -> None:
        ArtifactStore(stack, "Store")
        policies = of_type(template_of(stack), "AWS::S3::BucketPolicy").values()
        assert len(policies) == 2
        for policy in policies:
            denied = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
            assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_uses_the_key_that_it_is_given(self, stack: Any) -> None:
        key = DataKey(stack, "Key")
        store = ArtifactStore(stack, "Store", key=key)
        assert store.location("data").key_arn == key.key_arn
        assert len(of_type(template_of(stack), "AWS::KMS::Key")) == 1

    def test_two_in_one_stack(self, stack: Any) -> None:
        ArtifactStore(stack, "One")
        ArtifactStore(stack, "Two")
        assert len(of_type(template_of(stack), "AWS::S3::Bucket")) == 4

    @pytest.mark.parametrize("flag", [True, False])
    def test_logs_accesses_whatever_the_feature_flag_says(self, flag: bool) -> None:
        from aws_cdk import App, Stack

        stack = Stack(App(context={"@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": flag}), "Stack")
        ArtifactStore(stack, "Store")
        assert "AccessControl" not in str(template_of(stack))

    def test_both_buckets_are_closed_owned_and_tls_only(self, stack: Any) -> None:
        ArtifactStore(stack, "Store")
        template = template_of(stack)
        assert len(of_type(template, "AWS::S3::BucketPolicy")) == 2
        for bucket in of_type(template, "AWS::S3::Bucket").values():
            assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
            assert len(bucket["PublicAccessBlockConfiguration"]) == 4
            assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
            assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}

    def test_the_logs_take_deliveries_for_this_account_only(self, stack: Any) -> None:
        ArtifactStore(stack, "Store")
        policies = of_type(template_of(stack), "AWS::S3::BucketPolicy").values()
        (delivery,) = (s for p in policies for s in p["PolicyDocument"]["Statement"] if s["Effect"] == "Allow")
        assert delivery["Principal"] == {"Service": "logging.s3.amazonaws.com"}
        assert delivery["Action"] == "s3:PutObject"
        assert delivery["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}

    def test_forgets_after_the_usual_times(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        buckets = of_type(template_of(stack), "AWS::S3::Bucket")
        (data,) = buckets.pop(stack.get_logical_id(store.node.default_child))["LifecycleConfiguration"]["Rules"]
        assert data["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
        assert data["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
        assert "ExpirationInDays" not in data, "data itself stays"
        ((logs,),) = (bucket["LifecycleConfiguration"]["Rules"] for bucket in buckets.values())
        assert (logs["ExpirationInDays"], logs["NoncurrentVersionExpiration"]) == (365, {"NoncurrentDays": 1})

    def test_forgets_after_other_times_when_asked(self, stack: Any) -> None:
        from aws_cdk import Duration

        ArtifactStore(
            stack, "Store", noncurrent_version_expiration=Duration.days(1), access_log_expiration=Duration.days(90)
        )
        rules = [
            bucket["LifecycleConfiguration"]["Rules"][0]
            for bucket in of_type(template_of(stack), "AWS::S3::Bucket").values()
        ]
        assert sorted(rule.get("ExpirationInDays", 0) for rule in rules) == [0, 90]
        assert {rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules} == {1}

    def test_fails_on_times_that_are_no_days(self, stack: Any) -> None:
        from aws_cdk import Duration

        with pytest.raises(ConfigurationError) as raised:
            ArtifactStore(
                stack, "Store", noncurrent_version_expiration=Duration.hours(36), access_log_expiration=Duration.days(0)
            )
        assert raised.value.problems == (
            "noncurrent_version_expiration must be a whole number of days, at least 1, got 1 day 12 hours",
            "access_log_expiration must be a whole number of days, at least 1, got 0 days",
        )


class TestCallers:
    def test_an_app_reads_one_prefix_and_decrypts(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        store.grant_read(role_of(stack), "async/out")
        bucket, key = resolved(stack, store.bucket.bucket_arn), resolved(stack, store.key.key_arn)
        assert granted(template_of(stack)) == [
            {
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": {"Fn::Join": ["", [bucket, "/async/out/*"]]},
            },
            {
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": bucket,
                "Condition": {"StringLike": {"s3:prefix": ["async/out/", "async/out/*"]}},
            },
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key},
        ]

    def test_an_app_writes_one_prefix_and_encrypts(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        store.grant_write(role_of(stack), "async/in")
        bucket, key = resolved(stack, store.bucket.bucket_arn), resolved(stack, store.key.key_arn)
        assert granted(template_of(stack)) == [
            {
                "Effect": "Allow",
                "Action": ["s3:AbortMultipartUpload", "s3:PutObject"],
                "Resource": {"Fn::Join": ["", [bucket, "/async/in/*"]]},
            },
            {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": key},
        ]

    def test_the_empty_prefix_is_the_whole_bucket(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        store.grant_read(role_of(stack))
        read, listing, _ = granted(template_of(stack))
        assert read["Resource"]["Fn::Join"][1][1] == "/*"
        assert "Condition" not in listing

    def test_another_account_is_let_in_by_bucket_and_key_below_the_prefix_only(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        store = ArtifactStore(stack, "Store")
        store.grant_read(iam.AccountPrincipal("222222222222"), "shared")
        template = template_of(stack)
        assert not of_type(template, "AWS::IAM::Policy")
        policies = of_type(template, "AWS::S3::BucketPolicy").values()
        let_in = [s for p in policies for s in p["PolicyDocument"]["Statement"] if "222222222222" in str(s)]
        assert [statement["Action"] for statement in let_in] == ["s3:GetObject", "s3:ListBucket"]
        assert let_in[1]["Condition"] == {"StringLike": {"s3:prefix": ["shared/", "shared/*"]}}
        (key,) = (s for s in only(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"] if "222222222222" in str(s))
        assert key["Action"] == "kms:Decrypt"

    def test_a_principal_without_policies_is_let_in_by_the_bucket(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        ArtifactStore(stack, "Store").grant_write(iam.ServicePrincipal("transfer.amazonaws.com"), "in")
        policies = of_type(template_of(stack), "AWS::S3::BucketPolicy").values()
        (let_in,) = (s for p in policies for s in p["PolicyDocument"]["Statement"] if "transfer" in str(s))
        assert let_in["Action"] == ["s3:AbortMultipartUpload", "s3:PutObject"]

    def test_a_role_of_another_account_is_let_in_by_the_bucket(self) -> None:
        from aws_cdk import App, Environment, Stack
        from aws_cdk import aws_iam as iam

        stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
        other = iam.Role.from_role_arn(stack, "Other", "arn:aws:iam::222222222222:role/reader")
        ArtifactStore(stack, "Store").grant_read(other, "shared")
        policies = of_type(template_of(stack), "AWS::S3::BucketPolicy").values()
        let_in = [s for p in policies for s in p["PolicyDocument"]["Statement"] if "222222222222" in str(s)]
        assert [statement["Action"] for statement in let_in] == ["s3:GetObject", "s3:ListBucket"]

    def test_a_role_of_the_same_account_leaves_the_bucket_policy_alone(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        assert store.grant_read(role_of(stack), "x").success
        assert "Caller" not in str(of_type(template_of(stack), "AWS::S3::BucketPolicy"))

    @pytest.mark.parametrize("wrong", [None, "arn:aws:iam::123456789012:role/reader"])
    def test_fails_on_what_is_no_grantee(self, stack: Any, wrong: Any) -> None:
        store = ArtifactStore(stack, "Store")
        for grant in (store.grant_read, store.grant_write):
            with pytest.raises(ConfigurationError) as raised:
                grant(wrong)
            assert raised.value.problems == (
                f"grantee must be a role, user or function to give rights to, got {wrong!r}",
            )

    def test_fails_on_what_was_imported_without_its_role(self, stack: Any) -> None:
        from aws_cdk import aws_lambda as lambda_

        arn = "arn:aws:lambda:us-east-1:123456789012:function:reader"
        reader = lambda_.Function.from_function_arn(stack, "Reader", arn)
        store = ArtifactStore(stack, "Store")
        for grant in (store.grant_read, store.grant_write):
            with pytest.raises(ConfigurationError, match="grantee must have a role that is known"):
                grant(reader)

    def test_takes_a_principal_of_ones_own_that_says_nothing_of_its_account(self, stack: Any) -> None:
        import jsii
        from aws_cdk import aws_iam as iam

        behind = iam.ServicePrincipal("transfer.amazonaws.com")

        @jsii.implements(iam.IPrincipal)
        class Own:
            @property
            def assume_role_action(self) -> str:
                return "sts:AssumeRole"

            @property
            def policy_fragment(self) -> Any:
                return behind.policy_fragment

            @property
            def grant_principal(self) -> Any:
                return self

            def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
                return iam.AddToPrincipalPolicyResult(statement_added=False)

        own: Any = Own()
        ArtifactStore(stack, "Store").grant_write(own, "in")
        assert "transfer.amazonaws.com" in str(of_type(template_of(stack), "AWS::S3::BucketPolicy"))

    def test_a_user_of_the_same_account_gets_no_inline_policy(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        ArtifactStore(stack, "Store").grant_read(iam.User(stack, "Reader"), "x")
        template = template_of(stack)
        assert not of_type(template, "AWS::IAM::Policy")
        assert [statement["Action"] for statement in granted(template)] == [
            "s3:GetObject",
            "s3:ListBucket",
            "kms:Decrypt",
        ]

    def test_fails_on_a_prefix_that_is_none(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="prefix must be a path inside the bucket"):
            ArtifactStore(stack, "Store").grant_read(role_of(stack), "s3://bucket/x")
