"""Notebooks in the rehearsal: what their rows show, and what they say when something is not as it should be."""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib.rehearsal._assembly import Resource
from constructs_lib.rehearsal._change import CHANGES
from constructs_lib.rehearsal._notebooks import notebook_steps, notebook_update_step
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import StepFailed
from tests.rehearsal.test_emulator_support import ACCOUNT, World, allow, made, world
from tests.rehearsal.test_rehearse_access import below, deployed, listing, role, row
from tests.rehearsal.test_rehearse_checks import Canned, stage_with

TYPE = "AWS::SageMaker::NotebookInstance"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/sagemaker/NotebookInstances:*"
KEY = {"Fn::GetAtt": ["Key", "Arn"]}
# Just what the notebook below does.
WORK: dict[str, Any] = {
    "logs": allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], GROUP),
    "read": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": below("data/")},
    "list": listing("data/"),
    "write": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": below("notes/")},
    "key": {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": KEY},
}
PASSED = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def on_it(*actions: str) -> dict[str, Any]:
    names = [f"sagemaker:{action}" for action in actions]
    return {"Effect": "Allow", "Action": names, "Resource": {"Ref": "Notebook"}}


EC2 = f"arn:aws:ec2:us-east-1:{ACCOUNT}"
# Just what somebody does who stops and starts it.
STARTS: dict[str, Any] = {
    "own": on_it("DescribeNotebookInstance", "StartNotebookInstance", "StopNotebookInstance"),
    "pass": {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": {"Fn::GetAtt": ["Role", "Arn"]},
        "Condition": PASSED,
    },
    "interface": allow(["ec2:CreateNetworkInterface"], f"{EC2}:network-interface/*"),
    "subnet": {
        "Effect": "Allow",
        "Action": "ec2:CreateNetworkInterface",
        "Resource": [{"Fn::Sub": f"{EC2}:subnet/${{Subnet}}"}, {"Fn::Sub": f"{EC2}:security-group/${{Group.GroupId}}"}],
    },
    "see": allow([f"ec2:Describe{each}" for each in ("NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")], "*"),
    "key": {"Effect": "Allow", "Action": ["kms:DescribeKey", "kms:CreateGrant"], "Resource": KEY},
}


def template(work: Mapping[str, Any] = WORK, person: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    owner = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}
    sealed = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
    properties = {
        "InstanceType": "ml.t3.medium",
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "KmsKeyId": KEY,
        "SubnetId": {"Ref": "Subnet"},
        "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}],
        "DirectInternetAccess": "Disabled",
        "Tags": [{"Key": "team", "Value": "vision"}],
    }
    return {
        "Key": made("KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [{**owner, "Resource": "*"}]}),
        "Store": made("S3::Bucket", BucketEncryption={"ServerSideEncryptionConfiguration": [sealed]}),
        "Vpc": made("EC2::VPC", CidrBlock="10.2.0.0/16"),
        "Subnet": made("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.2.0.0/24"),
        "Group": made("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, GroupDescription="of notebooks"),
        "Role": role("sagemaker", dict(work)),
        "Notebook": made("SageMaker::NotebookInstance", **properties | changes),
        **({"Person": role("lambda", dict(person))} if person is not None else {}),
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def looked_at(here: World, name: str, **changes: Any) -> tuple[Stage, str]:
    """A stage with the template deployed, and what the row of its notebook says."""
    stage = deployed(here, name, template(**changes))
    (step,) = notebook_steps(stage)
    return stage, step.run().summary


class TestNotebook:
    def test_shows_its_network_and_key_and_lets_its_role_work(self, here: World) -> None:
        stage, said = looked_at(here, "right")
        ids = stage.physical_ids("right")
        key = ids["Key"].rpartition("/")[2]
        assert said == f"InService in {ids['Subnet']}, under key {key}; opens"
        assert row(stage, "Role").run().summary == "8 requests allowed, 14 neighbours refused"
        keys = here.aws.client("s3").list_objects_v2(Bucket=ids["Store"]).get("Contents", [])
        assert [each["Key"] for each in keys] == ["data/0.jpg"], "what was put for it is removed"

    def test_says_what_it_lacks(self, here: World) -> None:
        changes = {member: {"Ref": "AWS::NoValue"} for member in ("KmsKeyId", "SubnetId", "SecurityGroupIds")}
        logs = {"logs": WORK["logs"]}
        _, said = looked_at(here, "bare", work=logs, **changes, DirectInternetAccess="Enabled")
        assert said == "InService outside any VPC of the account, under no key of the account; opens"

    def test_a_role_that_may_not_use_the_key_fails_its_own_row(self, here: World) -> None:
        work = {name: statement for name, statement in WORK.items() if name != "key"}
        stage, _ = looked_at(here, "locked", work=work)
        with pytest.raises(StepFailed, match="was denied kms:") as raised:
            row(stage, "Role").run()
        assert "no statement of its policies allows it" in str(raised.value)

    def test_a_role_that_may_not_log_fails_its_own_row(self, here: World) -> None:
        stage, _ = looked_at(here, "silent", work={name: WORK[name] for name in WORK if name != "logs"})
        with pytest.raises(StepFailed, match="was denied logs:CreateLogGroup"):
            row(stage, "Role").run()

    def test_a_role_that_reads_next_door_is_found(self, here: World) -> None:
        wide = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::Sub": "${Store.Arn}/d*"}}
        stage, _ = looked_at(here, "wide", work=WORK | {"wide": wide})
        with pytest.raises(StepFailed, match=r"may read s3://.*/data-neighbour/"):
            row(stage, "Role").run()

    @pytest.mark.parametrize(
        ("described", "problem"),
        [
            ({"RootAccess": "Enabled"}, "is not as the template asks: RootAccess: expected 'Disabled', got 'Enabled'"),
            ({"SecurityGroups": ["sg-2"]}, "SecurityGroups[0]: expected 'sg-1', got 'sg-2'"),
            ({"NotebookInstanceStatus": "Failed", "FailureReason": "no capacity"}, "notes is Failed: no capacity"),
            ({"NotebookInstanceStatus": "Stopped"}, "notes is Stopped: no reason given"),
            ({"NotebookInstanceStatus": "Pending"}, "notebook notes is still Pending after 0 s"),
        ],
    )
    def test_fails(self, described: dict[str, Any], problem: str) -> None:
        properties = {"RootAccess": "Disabled", "SecurityGroupIds": ["sg-1"], "Tags": [{"Key": "a", "Value": "b"}]}
        resource = Resource("Lab", "Notebook", TYPE, "Lab/Notebook", {"Properties": properties})
        stage = with_answers(BEFORE | described, resource)
        (step,) = notebook_steps(stage)
        with pytest.raises(StepFailed) as raised:
            step.run()
        assert problem in raised.value.summary


BEFORE = {
    "NotebookInstanceName": "notes",
    "NotebookInstanceArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:notebook-instance/notes",
    "NotebookInstanceStatus": "InService",
    "RootAccess": "Disabled",
    "SecurityGroups": ["sg-1"],
    "VolumeSizeInGB": 5,
    "CreationTime": 1,
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/notes",
}


def with_answers(described: Mapping[str, Any], resource: Resource) -> Stage:
    ids = {
        "StackResourceSummaries": [
            {
                "LogicalResourceId": "Notebook",
                "PhysicalResourceId": BEFORE["NotebookInstanceArn"],
                "ResourceStatus": "CREATE_COMPLETE",
            }
        ]
    }
    clients = {
        "sagemaker": Canned(
            {"describe_notebook_instance": described, "list_notebook_instances": {"NotebookInstances": []}}
        ),
        "cloudformation": Canned({"list_stack_resources": ids}),
    }
    stack = SimpleNamespace(resources=(resource,))
    return stage_with(clients, stacks=(stack,))  # type: ignore[arg-type] -- all that is looked at


class TestUpdate:
    NOTEBOOK = Resource("Lab", "Notebook", TYPE, "Lab/Notebook", {})

    @pytest.mark.parametrize(
        ("after", "problem"),
        [
            ({"CreationTime": 2, "VolumeSizeInGB": 6}, "notes was replaced: CreationTime was 1, is 2"),
            ({}, "notes was not updated: it has 5 GB, the template asks for 6"),
        ],
    )
    def test_fails(self, after: dict[str, Any], problem: str) -> None:
        stage = with_answers(BEFORE | after, self.NOTEBOOK)
        stage.notebooks[self.NOTEBOOK.path] = dict(BEFORE)
        with pytest.raises(StepFailed) as raised:
            notebook_update_step(stage, self.NOTEBOOK, 6).run()
        assert raised.value.summary == problem

    def test_passes_for_the_same_one_with_more(self) -> None:
        stage = with_answers(BEFORE | {"VolumeSizeInGB": 6}, self.NOTEBOOK)
        stage.notebooks[self.NOTEBOOK.path] = dict(BEFORE)
        assert notebook_update_step(stage, self.NOTEBOOK, 6).run().summary == "same notebook, 5 → 6 GB"

    @pytest.mark.parametrize(
        ("properties", "change"),
        [
            ({}, [("VolumeSizeInGB", 5, 6)]),
            ({"VolumeSizeInGB": 50}, [("VolumeSizeInGB", 50, 51)]),
            ({"VolumeSizeInGB": 16384}, []),
            ({"VolumeSizeInGB": {"Ref": "Size"}}, []),
        ],
    )
    def test_a_volume_grows(self, properties: dict[str, Any], change: list[Any]) -> None:
        assert list(CHANGES[TYPE](properties)) == change
        assert properties.get("VolumeSizeInGB", 5) == (change[0][2] if change else properties["VolumeSizeInGB"])


class TestPeople:
    def test_somebody_opens_it_and_no_other(self, here: World) -> None:
        person = {"open": on_it("CreatePresignedNotebookInstanceUrl", "DescribeNotebookInstance")}
        stage, _ = looked_at(here, "opened", person=person)
        assert row(stage, "Person").run().summary == "2 requests allowed, 2 neighbours refused"

    def test_somebody_who_may_open_any_is_found(self, here: World) -> None:
        any_one = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:notebook-instance/*"
        person = {"open": allow(["sagemaker:CreatePresignedNotebookInstanceUrl"], any_one)}
        stage, _ = looked_at(here, "any", person=person)
        with pytest.raises(StepFailed, match=r"may do sagemaker:CreatePresignedNotebookInstanceUrl on .*-neighbour"):
            row(stage, "Person").run()

    def test_somebody_stops_and_starts_it(self, here: World) -> None:
        stage, _ = looked_at(here, "kept", person=STARTS)
        said = row(stage, "Person").run().summary
        assert said == "13 requests allowed, 7 neighbours refused"
        (described,) = stage.notebooks.values()
        name = described["NotebookInstanceName"]
        now = here.sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"]
        assert now == "InService"

    @pytest.mark.parametrize("lacking", ["pass", "interface", "subnet", "see", "key"])
    def test_somebody_who_may_not_do_all_that_starting_takes_fails(self, here: World, lacking: str) -> None:
        person = {name: statement for name, statement in STARTS.items() if name != lacking}
        stage, _ = looked_at(here, f"lacks-{lacking}", person=person)
        with pytest.raises(StepFailed, match=r"was denied (iam|ec2|kms):"):
            row(stage, "Person").run()
        (described,) = stage.notebooks.values()
        name = described["NotebookInstanceName"]
        now = here.sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"]
        assert now == "InService", "the account has started it again"
