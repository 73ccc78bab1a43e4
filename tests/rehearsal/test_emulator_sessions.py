"""Requests to S3, KMS and Step Functions with credentials of a role of the account."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.test_emulator_support import ACCOUNT, BUCKET, Stack, World, made, world

OWNER = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
OBJECTS = {"Fn::Sub": "${Store.Arn}/own/*"}
KEY = {"Fn::GetAtt": ["Key", "Arn"]}
STATEMENTS: dict[str, dict[str, Any]] = {
    "objects": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": OBJECTS},
    "list": {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": {"Fn::GetAtt": ["Store", "Arn"]},
        "Condition": {"StringLike": {"s3:prefix": "own/*"}},
    },
    "decrypt": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY},
    "encrypt": {"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": KEY},
    "start": {"Effect": "Allow", "Action": "states:StartExecution", "Resource": {"Ref": "Flow"}},
}


def role(*rights: str) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [STATEMENTS[right] for right in rights]}
    return made(
        "IAM::Role",
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
        Policies=[{"PolicyName": "own", "PolicyDocument": document}],
    )


class Deployed:
    """A bucket with a key of its own, a workflow, and roles with all of the rights and with some."""

    def __init__(self, here: World) -> None:
        self.here = here
        flow = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
        states = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
        sealed = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
        stack = Stack(here, "sessions")
        status = stack.create(
            {
                "Key": made("KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [OWNER]}),
                "Store": made("S3::Bucket", BucketEncryption={"ServerSideEncryptionConfiguration": [sealed]}),
                "FlowRole": made("IAM::Role", AssumeRolePolicyDocument={"Statement": [states]}),
                "Flow": made(
                    "StepFunctions::StateMachine",
                    RoleArn={"Fn::GetAtt": ["FlowRole", "Arn"]},
                    DefinitionString=json.dumps(flow),
                ),
                "Full": role(*STATEMENTS),
                "Keyless": role("objects", "list"),
                "Idle": role("list"),
            }
        )
        assert status == "CREATE_COMPLETE", stack.reasons()
        self.ids = stack.physical_ids()
        self.bucket, self.machine = self.ids["Store"], self.ids["Flow"]
        here.aws.client("s3").put_object(Bucket=self.bucket, Key="own/there.json", Body=b"there")

    def client(self, name: str, service: str) -> Any:
        return self.here.aws.acting_as(self.arn(name)).client(service)

    def arn(self, name: str) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{self.ids[name]}"

    def refused(self, name: str, service: str, operation: str, **request: Any) -> str:
        with pytest.raises(ClientError) as raised:
            getattr(self.client(name, service), operation)(**request)
        assert raised.value.response["Error"]["Code"].startswith("AccessDenied")
        return str(raised.value)

    def kept(self, name: str) -> list[dict[str, Any]]:
        (found,) = [each["requests"] for each in self.here.aws.access() if each["logical_id"] == name]
        return list(found)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with world(tmp_path_factory.mktemp("aws")) as here:
        yield Deployed(here)


class TestObjects:
    def test_are_put_read_and_listed_and_each_request_is_kept(self, deployed: Deployed) -> None:
        s3 = deployed.client("Full", "s3")
        s3.put_object(Bucket=deployed.bucket, Key="own/new.json", Body=b"new")
        assert s3.get_object(Bucket=deployed.bucket, Key="own/new.json")["Body"].read() == b"new"
        assert len(s3.list_objects_v2(Bucket=deployed.bucket, Prefix="own/")["Contents"]) == 2

        kept = deployed.kept("Full")
        assert [(each["action"], each["place"], each["allowed"]) for each in kept][:5] == [
            ("s3:PutObject", "own/", True),
            ("kms:GenerateDataKey", None, True),
            ("s3:GetObject", "own/", True),
            ("kms:Decrypt", None, True),
            ("s3:ListBucket", "own/", True),
        ]
        assert kept[3]["keys"] == {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
        assert kept[4]["keys"] == {"s3:prefix": "own/"}

    @pytest.mark.parametrize(
        ("operation", "action", "request_"),
        [
            ("get_object", "s3:GetObject", {"Key": "other/a"}),
            ("put_object", "s3:PutObject", {"Key": "other/a", "Body": b"x"}),
            ("delete_object", "s3:DeleteObject", {"Key": "own/there.json"}),
            ("list_objects_v2", "s3:ListBucket", {"Prefix": "other/"}),
            ("list_objects_v2", "s3:ListBucket", {}),
        ],
    )
    def test_fails_beside_them(self, deployed: Deployed, operation: str, action: str, request_: dict[str, Any]) -> None:
        words = deployed.refused("Full", "s3", operation, Bucket=deployed.bucket, **request_)

        assert f"is not authorized to perform: {action} on resource: arn:aws:s3:::{deployed.bucket}" in words

    def test_fails_to_look_at_one_beside_them(self, deployed: Deployed) -> None:
        with pytest.raises(ClientError) as raised:
            deployed.client("Full", "s3").head_object(Bucket=deployed.bucket, Key="other/a")

        # The answer to HEAD has no body, and so no words.
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert deployed.kept("Full")[-1]["allowed"] is False

    def test_fails_in_another_bucket(self, deployed: Deployed) -> None:
        deployed.refused("Full", "s3", "get_object", Bucket=BUCKET, Key="models/m.tar.gz")

    def test_fails_to_copy_from_where_it_may_not_read(self, deployed: Deployed) -> None:
        source = {"Bucket": BUCKET, "Key": "models/m.tar.gz"}
        words = deployed.refused("Full", "s3", "copy_object", Bucket=deployed.bucket, Key="own/copy", CopySource=source)

        assert "is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::artifacts/models/m.tar.gz" in words

    @pytest.mark.parametrize(
        ("operation", "action", "more"),
        [("get_object", "kms:Decrypt", {}), ("put_object", "kms:GenerateDataKey", {"Body": b"x"})],
    )
    def test_fails_for_a_key_that_may_not_be_used(
        self, deployed: Deployed, operation: str, action: str, more: dict[str, Any]
    ) -> None:
        words = deployed.refused("Keyless", "s3", operation, Bucket=deployed.bucket, Key="own/there.json", **more)

        assert f"is not authorized to perform: {action} on resource: arn:aws:kms:" in words
        assert deployed.kept("Keyless")[-1]["missing"]["Action"] == action

    def test_the_account_may_do_everything_and_is_not_kept(self, deployed: Deployed) -> None:
        before = sum(len(each["requests"]) for each in deployed.here.aws.access())
        deployed.here.aws.client("s3").put_object(Bucket=deployed.bucket, Key="other/b", Body=b"x")

        assert sum(len(each["requests"]) for each in deployed.here.aws.access()) == before


class TestOthers:
    def test_a_workflow_is_started_by_who_may(self, deployed: Deployed) -> None:
        deployed.client("Full", "stepfunctions").start_execution(stateMachineArn=deployed.machine)
        words = deployed.refused("Idle", "stepfunctions", "start_execution", stateMachineArn=deployed.machine)

        assert f"is not authorized to perform: states:StartExecution on resource: {deployed.machine}" in words
        assert deployed.kept("Idle")[-1]["action"] == "states:StartExecution"

    def test_a_key_is_used_by_who_may(self, deployed: Deployed) -> None:
        key = deployed.ids["Key"]
        deployed.client("Full", "kms").generate_data_key(KeyId=key, KeySpec="AES_256")

        assert "kms:GenerateDataKey" in deployed.refused(
            "Idle", "kms", "generate_data_key", KeyId=key, KeySpec="AES_256"
        )

    def test_fails_for_credentials_of_nobody(self, deployed: Deployed) -> None:
        nobody = boto3.client(
            "s3",
            region_name="us-east-1",
            endpoint_url=deployed.here.aws.endpoint_url,
            aws_access_key_id="ASIANOBODYATALL00000",
            aws_secret_access_key="secret",
            aws_session_token="token",
        )
        with pytest.raises(ClientError) as raised:
            nobody.get_object(Bucket=deployed.bucket, Key="own/there.json")
        assert raised.value.response["Error"]["Code"] == "InvalidAccessKeyId"
