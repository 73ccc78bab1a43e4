"""EFS and FSx for Lustre on the embedded AWS: their stacks, and the training jobs that mount them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.rehearsal.test_emulator_support import PULL, STORE, Stack, World, allow, made, refusal, wait_for, world

VPC_RIGHTS = [
    allow(
        [
            f"ec2:{action}"
            for action in (
                "CreateNetworkInterface",
                "CreateNetworkInterfacePermission",
                "DeleteNetworkInterface",
                "DescribeDhcpOptions",
                "DescribeNetworkInterfaces",
                "DescribeSecurityGroups",
                "DescribeSubnets",
                "DescribeVpcs",
            )
        ],
        "*",
    )
]


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def opened(group: str, source: str, first: int, last: int) -> dict[str, Any]:
    return made(
        "EC2::SecurityGroupIngress",
        GroupId=ref(group),
        IpProtocol="tcp",
        FromPort=first,
        ToPort=last,
        SourceSecurityGroupId=ref(source),
    )


def resources(lustre_gib: int = 1200, **more: Any) -> dict[str, Any]:
    groups = {
        name: made("EC2::SecurityGroup", GroupDescription=name, VpcId=ref("Vpc")) for name in ("Jobs", "Files", "Shut")
    }
    return {
        "Vpc": made("EC2::VPC", CidrBlock="10.9.0.0/16"),
        "A": made("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.9.0.0/24", AvailabilityZone="us-east-1a"),
        "B": made("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.9.1.0/24", AvailabilityZone="us-east-1b"),
        "Routes": made("EC2::RouteTable", VpcId=ref("Vpc")),
        "LinkA": made("EC2::SubnetRouteTableAssociation", SubnetId=ref("A"), RouteTableId=ref("Routes")),
        "LinkB": made("EC2::SubnetRouteTableAssociation", SubnetId=ref("B"), RouteTableId=ref("Routes")),
        "S3": made(
            "EC2::VPCEndpoint",
            VpcId=ref("Vpc"),
            ServiceName="com.amazonaws.us-east-1.s3",
            RouteTableIds=[ref("Routes")],
        ),
        **groups,
        "Nfs": opened("Files", "Jobs", 2049, 2049),
        "Lustre988": opened("Files", "Jobs", 988, 988),
        "Lustre1018": opened("Files", "Jobs", 1018, 1023),
        "Efs": made("EFS::FileSystem", Encrypted=True, **more),
        "Target": made("EFS::MountTarget", FileSystemId=ref("Efs"), SubnetId=ref("A"), SecurityGroups=[ref("Files")]),
        "Point": made("EFS::AccessPoint", FileSystemId=ref("Efs"), PosixUser={"Uid": "1000", "Gid": "1000"}),
        "Fsx": made(
            "FSx::FileSystem",
            FileSystemType="LUSTRE",
            StorageCapacity=lustre_gib,
            SubnetIds=[ref("A")],
            SecurityGroupIds=[ref("Files")],
            LustreConfiguration={"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 125},
            Tags=[{"Key": "team", "Value": "vision"}],
        ),
        "Name": made("SSM::Parameter", Name="/mount", Type="String", Value={"Fn::GetAtt": ["Fsx", "LustreMountName"]}),
    }


@dataclass
class Place:
    world: World
    stack: Stack
    role: str
    ids: dict[str, str]

    def job(self, name: str, source: dict[str, str], subnet: str = "A", group: str = "Jobs") -> dict[str, Any]:
        channel = {"ChannelName": "corpus", "DataSource": {"FileSystemDataSource": source}}
        return self.world.job(
            name,
            RoleArn=self.role,
            InputDataConfig=[channel],
            VpcConfig={"Subnets": [self.ids[subnet]], "SecurityGroupIds": [self.ids[group]]},
        )

    def efs(self, mode: str = "ro") -> dict[str, str]:
        return {
            "FileSystemId": self.ids["Efs"],
            "FileSystemType": "EFS",
            "DirectoryPath": "/corpus",
            "FileSystemAccessMode": mode,
        }

    def lustre(self) -> dict[str, str]:
        fsx = self.world.aws.client("fsx").describe_file_systems(FileSystemIds=[self.ids["Fsx"]])["FileSystems"][0]
        return {
            "FileSystemId": self.ids["Fsx"],
            "FileSystemType": "FSxLustre",
            "DirectoryPath": f"/{fsx['LustreConfiguration']['MountName']}/corpus",
            "FileSystemAccessMode": "ro",
        }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with world(tmp_path_factory.mktemp("aws")) as here:
        stack = Stack(here, "files")
        assert stack.create(resources()) == "CREATE_COMPLETE", stack.reasons()
        role = here.make_role("mounting", [*PULL, *STORE, *VPC_RIGHTS])
        yield Place(here, stack, role, stack.physical_ids())


class TestJobs:
    def test_mount_both(self, place: Place) -> None:
        create = place.world.sagemaker.create_training_job
        create(**place.job("efs", place.efs()))
        create(**place.job("lustre", place.lustre()))
        for name in ("efs", "lustre"):
            job = wait_for(
                lambda name=name: place.world.sagemaker.describe_training_job(TrainingJobName=name),
                lambda job: job["TrainingJobStatus"] != "InProgress",
            )
            assert job["TrainingJobStatus"] == "Completed"

    def test_trap_20_fail_without_a_network(self, place: Place) -> None:
        job = place.job("unplugged", place.efs())
        del job["VpcConfig"]

        assert "channel corpus is a file system, so the job needs a VpcConfig" in refusal(
            place.world.sagemaker.create_training_job, **job
        )

    @pytest.mark.parametrize(
        ("kind", "changes", "where", "words"),
        [
            (
                "efs",
                {"FileSystemId": "fs-00000000000000000"},
                {},
                "EFS file system fs-00000000000000000 does not exist",
            ),
            ("lustre", {"FileSystemId": "fs-00000000000000000"}, {}, "file system fs-00000000000000000 does not exist"),
            ("efs", {}, {"subnet": "B"}, "has no mount target in the zones of the job's subnets"),
            ("efs", {}, {"group": "Shut"}, "let no TCP 2049 in from"),
            ("lustre", {}, {"group": "Shut"}, "let no TCP 988 in from"),
            ("lustre", {"DirectoryPath": "/corpus"}, {}, "DirectoryPath must begin with the mount name of"),
        ],
    )
    def test_fail_where_it_cannot_be_mounted(
        self, place: Place, kind: str, changes: dict[str, str], where: dict[str, str], words: str
    ) -> None:
        source = (place.efs() if kind == "efs" else place.lustre()) | changes
        job = place.job("lost", source, **where)

        assert words in refusal(place.world.sagemaker.create_training_job, **job)

    def test_fail_for_a_role_that_may_make_no_interface(self, place: Place) -> None:
        job = place.job("shut-out", place.efs()) | {"RoleArn": place.world.role}

        assert 'is not allowed "ec2:CreateNetworkInterface"' in refusal(
            place.world.sagemaker.create_training_job, **job
        )

    def test_fail_where_the_file_system_has_a_policy_that_the_role_does_not_meet(self, place: Place) -> None:
        efs = place.world.aws.client("efs")
        owner = {"Effect": "Allow", "Principal": {"AWS": place.world.role}, "Action": "elasticfilesystem:*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [owner]})
        efs.put_file_system_policy(FileSystemId=place.ids["Efs"], Policy=policy, BypassPolicyLockoutSafetyCheck=True)
        try:
            job = place.job("unknown", place.efs("rw"))
            words = refusal(place.world.sagemaker.create_training_job, **job)
            assert 'is not allowed "elasticfilesystem:ClientMount" on arn:aws:elasticfilesystem' in words

            rights = allow(["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"], "*")
            role = place.world.make_role("client", [*PULL, *STORE, *VPC_RIGHTS, rights])
            place.world.sagemaker.create_training_job(**job | {"RoleArn": role})
        finally:
            efs.delete_file_system_policy(FileSystemId=place.ids["Efs"])


class TestStack:
    def test_grows_in_place_and_is_deleted(self, place: Place) -> None:
        fsx = place.world.aws.client("fsx")
        before = fsx.describe_file_systems()["FileSystems"][0]
        assert before["DNSName"] == f"{before['FileSystemId']}.fsx.us-east-1.amazonaws.com"
        assert before["Tags"] == [{"Key": "team", "Value": "vision"}]
        mounted = place.world.aws.client("ssm").get_parameter(Name="/mount")["Parameter"]["Value"]
        assert mounted == before["LustreConfiguration"]["MountName"]

        assert place.stack.update(resources(lustre_gib=2400)) == "UPDATE_COMPLETE", place.stack.reasons()
        after = fsx.describe_file_systems()["FileSystems"]
        assert [(system["FileSystemId"], system["StorageCapacity"]) for system in after] == [
            (before["FileSystemId"], 2400)
        ]

        assert place.stack.delete() == "DELETE_COMPLETE"
        assert fsx.describe_file_systems()["FileSystems"] == []
        assert place.world.aws.client("efs").describe_file_systems()["FileSystems"] == []

    def test_fails_for_a_capacity_that_lustre_does_not_have(self, place: Place) -> None:
        stack = Stack(place.world, "odd")

        assert stack.create(resources(lustre_gib=1300)) == "ROLLBACK_COMPLETE"
        assert "StorageCapacity must be 1200 or a multiple of 2400, got 1300" in stack.reasons()
