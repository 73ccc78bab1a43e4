"""The conditions that policies narrow themselves with: each is asked of a request, and a wrong one refuses it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.rehearsal.test_emulator_support import (
    ACCOUNT,
    BUCKET,
    PULL,
    STORE,
    Stack,
    World,
    allow,
    made,
    refusal,
    variant,
    world,
)

READ = f'is not allowed "s3:GetObject" on arn:aws:s3:::{BUCKET}/models/m.tar.gz'


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def trusting(service: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition} if condition else statement]}


class TestTrust:
    @pytest.mark.parametrize(
        ("name", "condition"),
        [
            ("account", {"StringEquals": {"aws:SourceAccount": "210987654321"}}),
            ("source", {"ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:*"}}),
        ],
    )
    def test_trap_11_fails_for_another(self, here: World, name: str, condition: dict[str, Any]) -> None:
        role = here.make_role(
            f"trusts-another-{name}", [*PULL, *STORE], trusting("sagemaker.amazonaws.com", **condition)
        )

        assert "does not let that principal in" in refusal(here.model, "m", ExecutionRoleArn=role)

    def test_trap_11_takes_the_own(self, here: World) -> None:
        condition = {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:*"},
        }
        role = here.make_role("trusts", [*PULL, *STORE], trusting("sagemaker.amazonaws.com", **condition))

        here.model("trusted", ExecutionRoleArn=role)

    @pytest.mark.parametrize(("name", "account"), [("own", ACCOUNT), ("other", "210987654321")])
    def test_of_a_workflow_is_asked_when_it_is_made(self, here: World, name: str, account: str) -> None:
        condition = {"StringEquals": {"aws:SourceAccount": account}}
        definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
        stack = Stack(here, f"flow-{name}")
        status = stack.create(
            {
                "Role": made("IAM::Role", AssumeRolePolicyDocument=trusting("states.amazonaws.com", **condition)),
                "Flow": made(
                    "StepFunctions::StateMachine",
                    RoleArn={"Fn::GetAtt": ["Role", "Arn"]},
                    DefinitionString=json.dumps(definition),
                ),
            }
        )

        assert status == ("CREATE_COMPLETE" if name == "own" else "ROLLBACK_COMPLETE"), stack.reasons()
        wrong = "principal states.amazonaws.com, nor the regional one is authorized to assume the provided role"
        assert (wrong in stack.reasons()) == (name == "other")
        # What was refused is not there.
        machines = here.aws.client("stepfunctions").list_state_machines()["stateMachines"]
        assert any(machine["name"].startswith("flow-other") for machine in machines) is False


class TestBuckets:
    def reading(self, here: World, name: str, **statement: Any) -> str | None:
        """What a model is told that reads from a bucket with this policy."""
        s3 = here.aws.client("s3")
        policy = {
            "Sid": "Guard",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        } | statement
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [policy]}))
        try:
            here.model(name)
        except here.sagemaker.exceptions.ClientError as error:
            return str(error)
        finally:
            s3.delete_bucket_policy(Bucket=BUCKET)
        return None

    def test_let_in_what_is_encrypted_in_transit(self, here: World) -> None:
        tls = {"Bool": {"aws:SecureTransport": "false"}}

        assert self.reading(here, "tls", Effect="Deny", Condition=tls) is None

    def test_fails_for_a_deny_that_meets_the_request(self, here: World) -> None:
        # The same statement the other way round: that it is read at all shows here.
        tls = {"Bool": {"aws:SecureTransport": "true"}}

        assert READ in str(self.reading(here, "no-tls", Effect="Deny", Condition=tls))

    def test_fails_for_a_deny_on_the_prefix(self, here: World) -> None:
        assert READ in str(self.reading(here, "p", Effect="Deny", Resource=f"arn:aws:s3:::{BUCKET}/models/*"))
        assert self.reading(here, "beside", Effect="Deny", Resource=f"arn:aws:s3:::{BUCKET}/data/*") is None


class TestKeys:
    def sealed(self, here: World, name: str, via: str) -> dict[str, Any]:
        s3, bucket = here.aws.client("s3"), f"sealed-{name}"
        key = here.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        s3.create_bucket(Bucket=bucket)
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        s3.put_object(Bucket=bucket, Key="m.tar.gz", Body=b"content")
        only = {"StringEquals": {"kms:ViaService": via}}
        statements = [allow(["s3:GetObject"], f"arn:aws:s3:::{bucket}/*"), allow(["kms:Decrypt"], key, Condition=only)]
        role = here.make_role(bucket, [*PULL, *statements])
        container = {"Image": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/serving:1"}
        artifact = {"ModelDataUrl": f"s3://{bucket}/m.tar.gz"}
        return {"ExecutionRoleArn": role, "PrimaryContainer": container | artifact}

    def test_are_used_through_the_service_that_asks(self, here: World) -> None:
        here.model("via-s3", **self.sealed(here, "s3", "s3.us-east-1.amazonaws.com"))

    def test_fails_through_another_service(self, here: World) -> None:
        words = refusal(here.model, "via-ec2", **self.sealed(here, "ec2", "ec2.us-east-1.amazonaws.com"))

        assert 'is not allowed "kms:Decrypt" on arn:aws:kms:' in words

    def test_fails_for_a_volume_key_that_may_be_lent_to_anybody_but_a_service(self, here: World) -> None:
        key = here.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        grant = allow(["kms:CreateGrant"], key, Condition={"Bool": {"kms:GrantIsForAWSResource": "false"}})
        role = here.make_role("lends-to-others", [*PULL, *STORE, grant])
        cluster = {**here.job("")["ResourceConfig"], "InstanceType": "ml.m5.xlarge", "VolumeKmsKeyId": key}
        job = here.job("lent-to-others", RoleArn=role, ResourceConfig=cluster)

        assert f'is not allowed "kms:CreateGrant" on {key}' in refusal(here.sagemaker.create_training_job, **job)

    @pytest.mark.parametrize(
        ("name", "groups"),
        [("any", "*"), ("other", "/aws/other*"), ("none", "")],
    )
    def test_of_a_log_group_let_the_logs_in(self, here: World, name: str, groups: str) -> None:
        owner = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}
        arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{groups}"
        logs = {
            "Effect": "Allow",
            "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}},
        }
        statements = [{**each, "Resource": "*"} for each in ([owner, logs] if groups else [owner])]
        stack = Stack(here, f"logs-{name}")
        status = stack.create(
            {
                "Key": made("KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": statements}),
                "Logs": made("Logs::LogGroup", LogGroupName=f"/of/{name}", KmsKeyId={"Fn::GetAtt": ["Key", "Arn"]}),
            }
        )

        assert status == ("CREATE_COMPLETE" if name == "any" else "ROLLBACK_COMPLETE"), stack.reasons()
        wrong = f"is not allowed to be used with Arn 'arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/of/{name}'"
        assert (wrong in stack.reasons()) == (name != "any")


class TestTopics:
    def test_fails_for_a_topic_that_denies_what_is_encrypted(self, here: World) -> None:
        sns = here.aws.client("sns")
        topic = sns.create_topic(Name="told")["TopicArn"]
        role = here.make_role("tells", [*PULL, *STORE, allow(["sns:Publish"], topic)])
        here.model("tells", ExecutionRoleArn=role)
        output = {"S3OutputPath": f"s3://{BUCKET}/out", "NotificationConfig": {"SuccessTopic": topic}}

        def config(name: str, secure: str) -> None:
            deny = {"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
            policy = {"Statement": [{**deny, "Condition": {"Bool": {"aws:SecureTransport": secure}}}]}
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
            here.config(name, variant("blue", "tells"), AsyncInferenceConfig={"OutputConfig": output})

        config("told", "false")
        assert f'role {role} is not allowed "sns:Publish" on {topic}' in refusal(config, "not-told", "true")


# Every condition that the app writes into a policy, with where it is asked.
_ASKED = {
    ("AWS::EC2::VPCEndpoint", "aws:PrincipalAccount"): "test_emulator_ways.py",
    ("AWS::EC2::VPCEndpoint", "aws:PrincipalIsAWSService"): "test_emulator_ways.py",
    ("AWS::EC2::VPCEndpoint", "aws:ResourceAccount"): "test_emulator_ways.py",
    ("AWS::EFS::FileSystem", "elasticfilesystem:AccessedViaMountTarget"): "test_emulator_file_systems.py",
    ("AWS::IAM::ManagedPolicy", "cloudwatch:namespace"): "the access row of each job",
    ("AWS::IAM::ManagedPolicy", "iam:PassedToService"): "test_emulator_states.py",
    ("AWS::IAM::ManagedPolicy", "kms:GrantIsForAWSResource"): "above",
    ("AWS::IAM::ManagedPolicy", "kms:ViaService"): "test_emulator_feature_store.py",
    ("AWS::IAM::ManagedPolicy", "s3:prefix"): "test_rehearse_access.py",
    ("AWS::IAM::Role", "aws:MultiFactorAuthPresent"): "not asked: the rehearsal is nobody with a second factor",
    ("AWS::IAM::Role", "aws:SourceAccount"): "above, for sagemaker, states, events and flow logs; not for ecs-tasks",
    ("AWS::IAM::Role", "aws:SourceArn"): "above, for sagemaker; not for ecs-tasks",
    ("AWS::KMS::Key", "aws:SourceAccount"): "test_telling_alarms.py",
    ("AWS::KMS::Key", "aws:SourceArn"): "test_telling_alarms.py",
    ("AWS::KMS::Key", "kms:EncryptionContext:aws:logs:arn"): "above",
    ("AWS::S3::BucketPolicy", "aws:SecureTransport"): "above",
    ("AWS::S3::BucketPolicy", "aws:SourceAccount"): "not asked: nothing delivers access logs here",
    ("AWS::SNS::TopicPolicy", "aws:SecureTransport"): "above",
    ("AWS::SNS::TopicPolicy", "aws:SourceAccount"): "test_telling_alarms.py",
    ("AWS::SNS::TopicPolicy", "aws:SourceArn"): "test_telling_alarms.py",
    ("AWS::SQS::QueuePolicy", "aws:SecureTransport"): "above, of a topic: the evaluator is the same",
    ("AWS::SQS::QueuePolicy", "aws:SourceArn"): "test_emulator_events.py",
}


def test_every_condition_of_the_app_is_known(templates: Mapping[str, dict[str, Any]]) -> None:
    resources = [resource for template in templates.values() for resource in template["Resources"].values()]
    found = {
        (resource["Type"], key)
        for resource in resources
        for statement in _statements(resource.get("Properties", {}))
        for keys in statement.get("Condition", {}).values()
        for key in keys
    }

    assert found == _ASKED.keys()


def _statements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for entry in value:
            yield from _statements(entry)
    elif isinstance(value, dict):
        if "Effect" in value:
            yield value
        for entry in value.values():
            yield from _statements(entry)
