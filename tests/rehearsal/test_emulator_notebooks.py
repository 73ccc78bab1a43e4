"""Notebook instances on the embedded AWS: their states, what is refused, and what CloudFormation does by itself."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from constructs_lib.contract import service_model
from constructs_lib.rehearsal.emulator.cfn_types import CREATE_ONLY
from tests.rehearsal.test_emulator_support import ACCOUNT, Stack, World, allow, made, refusal, wait_for, world

TYPE = "SageMaker::NotebookInstance"
SCRIPT = b64encode(b"#!/bin/sh\n").decode()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def create(here: World, name: str, **changes: Any) -> Any:
    request = {"NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "RoleArn": here.role}
    return here.sagemaker.create_notebook_instance(**request | changes)


def settled(here: World, name: str, status: str = "InService") -> Any:
    return wait_for(
        lambda: here.sagemaker.describe_notebook_instance(NotebookInstanceName=name),
        lambda found: found["NotebookInstanceStatus"] == status,
    )


def network(here: World) -> tuple[str, str]:
    ec2 = here.aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    return subnet, ec2.create_security_group(GroupName=f"of-{vpc}", Description="x", VpcId=vpc)["GroupId"]


class TestLife:
    def test_starts_stops_changes_and_goes(self, here: World) -> None:
        name = {"NotebookInstanceName": "life"}
        arn = create(here, "life")["NotebookInstanceArn"]
        assert arn == f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:notebook-instance/life"
        first = settled(here, "life")
        assert (first["VolumeSizeInGB"], first["RootAccess"], first["DirectInternetAccess"]) == (
            5,
            "Enabled",
            "Enabled",
        )
        assert first["InstanceMetadataServiceConfiguration"] == {"MinimumInstanceMetadataServiceVersion": "1"}
        assert first["Url"] == "life.notebook.us-east-1.sagemaker.aws"

        here.sagemaker.stop_notebook_instance(**name)
        settled(here, "life", "Stopped")
        here.sagemaker.update_notebook_instance(**name, VolumeSizeInGB=8, RootAccess="Disabled")
        assert here.sagemaker.describe_notebook_instance(**name)["NotebookInstanceStatus"] == "Updating"
        changed = settled(here, "life", "Stopped")
        assert (changed["VolumeSizeInGB"], changed["RootAccess"]) == (8, "Disabled")
        here.sagemaker.start_notebook_instance(**name)
        assert settled(here, "life")["CreationTime"] == first["CreationTime"]
        found = here.sagemaker.list_notebook_instances(NameContains="life")["NotebookInstances"]
        assert [(each["NotebookInstanceName"], each["NotebookInstanceStatus"]) for each in found] == [
            ("life", "InService")
        ]

        here.sagemaker.stop_notebook_instance(**name)
        settled(here, "life", "Stopped")
        here.sagemaker.delete_notebook_instance(**name)
        assert "Could not find notebook instance" in refusal(here.sagemaker.describe_notebook_instance, **name)

    def test_shows_its_network_and_opens(self, here: World) -> None:
        subnet, group = network(here)
        create(here, "Placed", SubnetId=subnet, SecurityGroupIds=[group], DirectInternetAccess="Disabled")
        found = settled(here, "Placed")
        assert (found["SubnetId"], found["SecurityGroups"]) == (subnet, [group])
        assert found["NetworkInterfaceId"].startswith("eni-")
        url = here.sagemaker.create_presigned_notebook_instance_url(NotebookInstanceName="Placed")["AuthorizedUrl"]
        assert url.startswith("https://placed.notebook.us-east-1.sagemaker.aws?authToken=")

    def test_an_update_takes_scripts_and_repositories_away(self, here: World) -> None:
        scripts = {"NotebookInstanceLifecycleConfigName": "scripts"}
        here.sagemaker.create_notebook_instance_lifecycle_config(**scripts, OnStart=[{"Content": SCRIPT}])
        create(
            here,
            "loose",
            LifecycleConfigName="scripts",
            DefaultCodeRepository="https://github.com/x/y",
            AdditionalCodeRepositories=["https://github.com/x/z"],
        )
        assert settled(here, "loose")["NotebookInstanceLifecycleConfigName"] == "scripts"
        here.sagemaker.stop_notebook_instance(NotebookInstanceName="loose")
        settled(here, "loose", "Stopped")
        here.sagemaker.update_notebook_instance(
            NotebookInstanceName="loose",
            DisassociateLifecycleConfig=True,
            DisassociateDefaultCodeRepository=True,
            DisassociateAdditionalCodeRepositories=True,
        )
        left = settled(here, "loose", "Stopped")
        gone = ("NotebookInstanceLifecycleConfigName", "DefaultCodeRepository", "AdditionalCodeRepositories")
        assert [member for member in gone if member in left] == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"NotebookInstanceName": "a_b"}, "NotebookInstanceName must match the pattern"),
            ({"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}, "which does not exist"),
            ({"KmsKeyId": "none"}, "could not find KMS key none"),
            ({"SubnetId": "subnet-none"}, "the subnet 'subnet-none' does not exist"),
            ({"DirectInternetAccess": "Disabled"}, "DirectInternetAccess of refused needs a SubnetId, got 'Disabled'"),
            ({"SecurityGroupIds": ["sg-1"]}, "SecurityGroupIds of refused needs a SubnetId, got ['sg-1']"),
            ({"LifecycleConfigName": "none"}, "Could not find notebook instance lifecycle config"),
            ({"DefaultCodeRepository": "none"}, "Could not find code repository"),
            ({"AdditionalCodeRepositories": ["none"]}, "Could not find code repository"),
        ],
    )
    def test_fails_to_be_made(self, here: World, changes: dict[str, Any], words: str) -> None:
        assert words in refusal(create, here, **({"name": "refused"} | rename(changes)))

    def test_fails_for_a_role_that_lets_nobody_in(self, here: World) -> None:
        trust = {"Version": "2012-10-17", "Statement": []}
        role = here.make_role("closed", [allow(["s3:GetObject"], "*")], trust)
        assert "has a trust policy that does not let that principal in" in refusal(create, here, "shut", RoleArn=role)

    def test_fails_to_be_changed_started_or_deleted_while_it_runs(self, here: World) -> None:
        create(here, "busy")
        settled(here, "busy")
        name = {"NotebookInstanceName": "busy"}
        arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:notebook-instance/busy"
        for call, state in (
            (here.sagemaker.update_notebook_instance, "Updating"),
            (here.sagemaker.start_notebook_instance, "Pending"),
            (here.sagemaker.delete_notebook_instance, "Deleting"),
        ):
            words = f"Status (InService) not in ([Stopped, Failed]). Unable to transition to ({state}) for Notebook "
            assert f"{words}Instance ({arn})." in refusal(call, **name)

    def test_fails_to_be_stopped_or_opened_while_it_does_not_run(self, here: World) -> None:
        create(here, "idle")
        name = {"NotebookInstanceName": "idle"}
        settled(here, "idle")
        here.sagemaker.stop_notebook_instance(**name)
        settled(here, "idle", "Stopped")
        assert "Status (Stopped) not in ([InService])" in refusal(here.sagemaker.stop_notebook_instance, **name)
        opened = refusal(here.sagemaker.create_presigned_notebook_instance_url, **name)
        assert "notebook-instance/idle is Stopped, and only one that is InService can be opened" in opened

    def test_fails_to_take_on_a_role_that_is_not_there(self, here: World) -> None:
        create(here, "other-role")
        settled(here, "other-role")
        name = {"NotebookInstanceName": "other-role"}
        here.sagemaker.stop_notebook_instance(**name)
        settled(here, "other-role", "Stopped")
        words = refusal(here.sagemaker.update_notebook_instance, **name, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/none")
        assert "UpdateNotebookInstance: could not assume role" in words

    def test_fails_to_shrink(self, here: World) -> None:
        create(here, "large", VolumeSizeInGB=10)
        settled(here, "large")
        here.sagemaker.stop_notebook_instance(NotebookInstanceName="large")
        settled(here, "large", "Stopped")
        words = refusal(here.sagemaker.update_notebook_instance, NotebookInstanceName="large", VolumeSizeInGB=9)
        assert "has 10 GB and cannot shrink to 9 GB" in words

    def test_fails_for_a_script_that_is_not_base64(self, here: World) -> None:
        words = refusal(
            here.sagemaker.create_notebook_instance_lifecycle_config,
            NotebookInstanceLifecycleConfigName="plain",
            OnCreate=[{"Content": "#!/bin/sh"}],
        )
        assert "OnCreate of plain is not base64" in words


class TestStack:
    def template(self, here: World, **changes: Any) -> dict[str, Any]:
        scripts = {"Fn::GetAtt": ["Scripts", "NotebookInstanceLifecycleConfigName"]}
        right = {
            "InstanceType": "ml.t3.medium",
            "RoleArn": here.role,
            "LifecycleConfigName": scripts,
            "VolumeSizeInGB": "5",
        }
        properties = {name: value for name, value in (right | changes).items() if value is not None}
        hook = [{"Content": {"Fn::Base64": "#!/bin/sh\n"}}]
        return {
            "Scripts": made(f"{TYPE}LifecycleConfig", OnStart=hook),
            "Notebook": made(TYPE, **properties),
        }

    def described(self, here: World, stack: Stack) -> Any:
        arn = stack.physical_ids()["Notebook"]
        found = here.sagemaker.list_notebook_instances()["NotebookInstances"]
        (name,) = (each["NotebookInstanceName"] for each in found if each["NotebookInstanceArn"] == arn)
        return here.sagemaker.describe_notebook_instance(NotebookInstanceName=name)

    def test_changes_in_place_or_replaces_and_is_deleted_while_it_runs(self, here: World) -> None:
        stack = Stack(here, "notes")
        assert stack.create(self.template(here)) == "CREATE_COMPLETE", stack.reasons()
        first = self.described(here, stack)
        assert first["NotebookInstanceLifecycleConfigName"].startswith("notes-Scripts-")

        larger = self.template(here, VolumeSizeInGB=6, InstanceType="ml.m5.xlarge", LifecycleConfigName=None)
        assert stack.update(larger) == "UPDATE_COMPLETE", stack.reasons()
        second = self.described(here, stack)
        assert second["NotebookInstanceArn"] == first["NotebookInstanceArn"]
        assert second["CreationTime"] == first["CreationTime"]
        assert (second["VolumeSizeInGB"], second["InstanceType"]) == (6, "ml.m5.xlarge")
        assert "NotebookInstanceLifecycleConfigName" not in second
        assert second["NotebookInstanceStatus"] == "InService"

        other = self.template(here, VolumeSizeInGB=6, PlatformIdentifier="notebook-al2-v3")
        assert stack.update(other) == "UPDATE_COMPLETE", stack.reasons()
        third = self.described(here, stack)
        assert third["NotebookInstanceArn"] != first["NotebookInstanceArn"]

        assert stack.delete() == "DELETE_COMPLETE"
        assert not here.sagemaker.list_notebook_instances(NameContains="notes-")["NotebookInstances"]

    def test_one_that_stands_still_stays_so(self, here: World) -> None:
        stack = Stack(here, "still")
        assert stack.create(self.template(here)) == "CREATE_COMPLETE", stack.reasons()
        name = self.described(here, stack)["NotebookInstanceName"]
        here.sagemaker.stop_notebook_instance(NotebookInstanceName=name)
        settled(here, name, "Stopped")
        assert stack.update(self.template(here, VolumeSizeInGB=7)) == "UPDATE_COMPLETE", stack.reasons()
        assert settled(here, name, "Stopped")["VolumeSizeInGB"] == 7
        assert stack.delete() == "DELETE_COMPLETE"

    def test_fails_to_shrink(self, here: World) -> None:
        stack = Stack(here, "shrinks")
        assert stack.create(self.template(here, VolumeSizeInGB=9)) == "CREATE_COMPLETE", stack.reasons()
        assert stack.update(self.template(here, VolumeSizeInGB=8)) == "UPDATE_ROLLBACK_COMPLETE"
        assert "has 9 GB and cannot shrink to 8 GB" in stack.reasons()

    def test_replaces_for_what_cloudformation_calls_create_only(self) -> None:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", f"AWS::{TYPE}").schema
        create_only = {pointer.rpartition("/")[2] for pointer in schema["createOnlyProperties"]}
        changed = set(service_model("sagemaker").operation_model("UpdateNotebookInstance").input_shape.members)
        assert create_only & changed - {"NotebookInstanceName"} == CREATE_ONLY["NotebookInstance"]


def rename(changes: dict[str, Any]) -> dict[str, Any]:
    return {"name" if member == "NotebookInstanceName" else member: value for member, value in changes.items()}
