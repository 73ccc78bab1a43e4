"""Inputs: what they may be, what they grant, and what a file system takes."""

from typing import Any

import pytest

from constructs_lib import Channel, ConfigurationError, ContainerImage, InputMode, Network, execution_input
from constructs_lib.training.channels import Compression, RecordWrapper
from constructs_lib.training.cluster import HeterogeneousCluster, InstanceGroup
from tests.templates import of_type, template_of
from tests.unit.training.training_jobs import CPU, at, job_in, statements_of, thing, warnings_of


def group_in(stack: Any, id: str = "Files") -> Any:
    from aws_cdk import aws_ec2 as ec2

    return ec2.SecurityGroup.from_security_group_id(stack, id, f"sg-{id.lower()}", allow_all_outbound=False)


def efs_in(stack: Any) -> Any:
    from aws_cdk import aws_efs as efs

    return efs.FileSystem.from_file_system_attributes(
        stack, "Efs", security_group=group_in(stack), file_system_id="fs-12345678"
    )


def lustre_in(stack: Any) -> Any:
    from aws_cdk import aws_fsx as fsx

    return fsx.LustreFileSystem.from_lustre_file_system_attributes(
        stack, "Lustre", dns_name="fast", file_system_id="fs-0123456789abcdef0", security_group=group_in(stack)
    )


def ports(template: dict[str, Any], direction: str) -> list[tuple[int, int]]:
    rules = of_type(template, f"AWS::EC2::SecurityGroup{direction}").values()
    return sorted((rule["FromPort"], rule["ToPort"]) for rule in rules if "mount" in rule["Description"])


class TestRights:
    def test_a_manifest_and_what_it_lists_may_be_read(self, stack: Any) -> None:
        job_in(stack, channels=[Channel.from_manifest("train", thing("lists/m"), data=[at("images"), at("more")])])
        (reading,) = (s for s in statements_of(stack) if s["Action"] == ["s3:GetObject"] and len(s["Resource"]) == 1)
        assert reading["Resource"] == ["arn:aws:s3:::bucket/lists/m"]
        (below,) = (s for s in statements_of(stack) if s["Action"] == ["s3:GetObject"] and len(s["Resource"]) == 2)
        assert below["Resource"] == ["arn:aws:s3:::bucket/images/*", "arn:aws:s3:::bucket/more/*"]

    def test_one_model_may_be_listed_and_read_and_nothing_beside_it(self, stack: Any) -> None:
        job_in(stack, channels=[Channel.from_model(thing("old/model.tar.gz"))])
        reading = [s for s in statements_of(stack) if set(s["Action"]) & {"s3:GetObject", "s3:ListBucket"}]
        assert [(s["Action"], s["Resource"], s.get("Condition")) for s in reading] == [
            (["s3:GetObject"], ["arn:aws:s3:::bucket/old/model.tar.gz"], None),
            (
                ["s3:ListBucket"],
                ["arn:aws:s3:::bucket"],
                {"StringEquals": {"s3:prefix": "old/model.tar.gz"}},
            ),
        ]

    def test_content_of_a_hub_may_be_described_in_its_hub(self, stack: Any) -> None:
        arn = "arn:aws:sagemaker:us-east-1:123456789012:hub-content/ours/DataSet/talks/1.0.0"
        (statement,) = Channel.from_dataset("train", arn).statements()
        assert statement.resources == (arn, "arn:aws:sagemaker:us-east-1:123456789012:hub/ours")

    def test_content_that_is_known_at_deployment_is_taken_as_it_is(self) -> None:
        (statement,) = Channel.from_dataset("train", "${Token[Arn.1]}").statements()
        assert statement.resources == ("${Token[Arn.1]}",)

    @pytest.mark.parametrize(
        ("read_only", "actions"),
        [
            (True, ["elasticfilesystem:ClientMount"]),
            (False, ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]),
        ],
    )
    def test_efs_is_mounted_and_written_only_as_asked(self, stack: Any, read_only: bool, actions: list[str]) -> None:
        channel = Channel.from_efs("data", efs_in(stack), "/data", read_only=read_only)
        job_in(stack, channels=[channel], network=Network(stack, "Network"))
        (mounting,) = (s for s in statements_of(stack) if s["Action"][0].startswith("elasticfilesystem:"))
        assert mounting["Action"] == actions
        assert "file-system/fs-12345678" in str(mounting["Resource"])

    def test_lustre_asks_iam_for_nothing(self, stack: Any) -> None:
        assert Channel.from_fsx_lustre("data", lustre_in(stack), "/fsx").statements() == ()


class TestPorts:
    def test_trap_20_efs_is_reached_on_its_port_from_the_workloads(self, stack: Any) -> None:
        channel = Channel.from_efs("data", efs_in(stack), "/data")
        job_in(stack, channels=[channel], network=Network(stack, "Network"))
        template = template_of(stack)
        workloads = {"Fn::GetAtt": ["NetworkWorkloadGroup0A0FB7CC", "GroupId"]}
        (way_in,) = (
            rule
            for rule in of_type(template, "AWS::EC2::SecurityGroupIngress").values()
            if rule["GroupId"] == "sg-files"
        )
        assert (way_in["FromPort"], way_in["ToPort"]) == (2049, 2049)
        assert way_in["SourceSecurityGroupId"] == workloads
        (way_out,) = (
            rule
            for rule in of_type(template, "AWS::EC2::SecurityGroupEgress").values()
            if rule["GroupId"] == workloads and rule["DestinationSecurityGroupId"] == "sg-files"
        )
        assert (way_out["FromPort"], way_out["ToPort"]) == (2049, 2049)

    def test_trap_20_lustre_is_reached_on_all_its_ports_and_answers(self, stack: Any) -> None:
        channel = Channel.from_fsx_lustre("data", lustre_in(stack), "/fsx")
        job_in(stack, channels=[channel], network=Network(stack, "Network"))
        template = template_of(stack)
        assert ports(template, "Ingress") == [(988, 988), (1018, 1023)]
        assert ports(template, "Egress") == [(988, 988), (1018, 1023)]
        answers = [
            rule
            for rule in of_type(template, "AWS::EC2::SecurityGroupIngress").values()
            if rule.get("SourceSecurityGroupId") == "sg-files"
        ]
        assert sorted((rule["FromPort"], rule["ToPort"]) for rule in answers) == [(988, 988), (1018, 1023)]

    def test_two_jobs_of_one_network_open_it_once(self, stack: Any) -> None:
        network, channel = Network(stack, "Network"), Channel.from_efs("data", efs_in(stack), "/data")
        job_in(stack, "One", channels=[channel], network=network)
        job_in(stack, "Two", channels=[channel], network=network)
        assert ports(template_of(stack), "Ingress") == ports(template_of(stack), "Egress") == [(2049, 2049)]

    def test_a_file_system_of_another_stack_waits_for_the_network_and_not_the_other_way(self, stack: Any) -> None:
        from aws_cdk import Stack

        files = Stack(stack.node.root, "Storage")
        network, channel = Network(stack, "Network"), Channel.from_efs("data", efs_in(files), "/data")
        job_in(Stack(stack.node.root, "Jobs"), channels=[channel], network=network)
        assert ports(template_of(files), "Ingress") == [(2049, 2049)]
        assert ports(template_of(stack), "Ingress") == []

    def test_trap_20_fails_without_a_network(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"channel 'data' mounts a file system \(EFS\).*takes a network"):
            job_in(stack, channels=[Channel.from_efs("data", efs_in(stack), "/data")])


class TestPaths:
    def test_fails_on_a_path_that_is_not_full(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"begins with a slash, such as '/fsx/data/train', got 'fsx'"):
            Channel.from_fsx_lustre("data", lustre_in(stack), "fsx")

    def test_takes_a_path_that_is_known_at_deployment(self, stack: Any) -> None:
        Channel.from_efs("data", efs_in(stack), "${Token[Path.1]}/data")


class TestModes:
    @pytest.mark.parametrize(
        ("choice", "words"),
        [
            ({"compression": Compression.GZIP}, "compression of channel 'a'"),
            ({"record_wrapper": RecordWrapper.RECORD_IO}, "record_wrapper of channel 'a'"),
            (
                {"compression": Compression.GZIP, "record_wrapper": RecordWrapper.RECORD_IO},
                "compression and record_wrapper of channel 'a'",
            ),
        ],
    )
    def test_fails_on_what_only_pipe_mode_does(self, stack: Any, choice: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError, match=f"{words} works in Pipe mode only, got mode File"):
            job_in(stack, channels=[Channel.from_s3("a", at("a"), **choice)])

    def test_the_mode_of_the_job_counts_where_the_channel_says_none(self, stack: Any) -> None:
        job_in(
            stack,
            input_mode=InputMode.PIPE,
            channels=[Channel.from_s3("a", at("a"), compression=Compression.GZIP)],
        )

    def test_nothing_is_unpacked_or_wrapped_in_file_mode(self, stack: Any) -> None:
        channel = Channel.from_s3("a", at("a"), compression=Compression.NONE, record_wrapper=RecordWrapper.NONE)
        rendered = job_in(stack, channels=[channel]).request["InputDataConfig"][0]
        assert (rendered["CompressionType"], rendered["RecordWrapperType"]) == ("None", "None")

    def test_trap_40_warns_of_pipe_mode_where_there_is_another(self, stack: Any) -> None:
        (text,) = warnings_of(job_in(stack, channels=[Channel.from_s3("a", at("a"), mode=InputMode.PIPE)]))
        assert "FastFile mode has replaced" in text
        assert "sagemaker-constructs:pipe-mode/a" in text

    def test_warns_of_a_type_that_the_algorithm_does_not_read(self, stack: Any) -> None:
        channels = [Channel.from_s3("train", at("a"), content_type="image/png")]
        (text,) = warnings_of(job_in(stack, image=ContainerImage.built_in("kmeans"), channels=channels))
        assert "kmeans is not documented to read 'image/png' in channel 'train', but " in text
        assert "application/x-recordio-protobuf, text/csv; see https://" in text
        assert "sagemaker-constructs:content-type/train" in text

    @pytest.mark.parametrize("mode", [InputMode.PIPE, InputMode.FAST_FILE])
    def test_warns_of_a_mode_that_the_algorithm_is_not_fed_in_and_of_nothing_else(
        self, stack: Any, mode: InputMode
    ) -> None:
        image = ContainerImage.built_in("object2vec")
        (text,) = warnings_of(job_in(stack, image=image, channels=[Channel.from_s3("train", at("a"), mode=mode)]))
        assert f"object2vec is documented for File mode, and channel 'train' is read in {mode.value} mode" in text
        assert "sagemaker-constructs:input-mode/train" in text

    @pytest.mark.parametrize("late", ["${Token[Late.1]}", execution_input("type")])
    def test_says_nothing_of_types_that_are_known_only_later(self, stack: Any, late: str) -> None:
        channels = [Channel.from_s3("train", at("a"), content_type=late, mode=InputMode.FAST_FILE)]
        assert warnings_of(job_in(stack, image=ContainerImage.built_in("kmeans"), channels=channels)) == []

    def test_an_augmented_manifest_has_no_other_mode_to_warn_of(self, stack: Any) -> None:
        channel = Channel.from_augmented_manifest("a", thing("m"), data=[at("i")], attribute_names=["source-ref"])
        assert warnings_of(job_in(stack, channels=[channel])) == []

    def test_fails_on_an_augmented_manifest_without_attributes(self) -> None:
        with pytest.raises(ConfigurationError, match="attribute_names must name at least one member"):
            Channel.from_augmented_manifest("a", thing("m"), data=[], attribute_names=[])

    def test_fails_on_more_attributes_than_the_api_takes(self, stack: Any) -> None:
        names = [f"a{number}" for number in range(17)]
        channel = Channel.from_augmented_manifest("a", thing("m"), data=[at("i")], attribute_names=names)
        with pytest.raises(ConfigurationError, match=r"AttributeNames must .*16"):
            job_in(stack, channels=[channel])


class TestGroups:
    CLUSTER = HeterogeneousCluster(instance_groups=[InstanceGroup(name="prepare", instance_type=CPU)])

    def test_fails_on_a_group_that_the_cluster_has_not(self, stack: Any) -> None:
        channel = Channel.from_s3("a", at("a"), instance_groups=["prepair"])
        with pytest.raises(
            ConfigurationError, match="hold 'prepair', which the cluster has not; did you mean 'prepare'"
        ):
            job_in(stack, cluster=self.CLUSTER, channels=[channel])

    def test_fails_on_a_group_without_a_cluster_of_groups(self, stack: Any) -> None:
        channel = Channel.from_s3("a", at("a"), instance_groups=["prepare"])
        with pytest.raises(ConfigurationError, match="need a HeterogeneousCluster, got 'prepare' without one"):
            job_in(stack, channels=[channel])

    def test_takes_a_group_that_is_known_at_deployment(self, stack: Any) -> None:
        channel = Channel.from_s3("a", at("a"), instance_groups=["${Token[Group.1]}"])
        job_in(stack, cluster=self.CLUSTER, channels=[channel])


def test_equal_channels_are_equal() -> None:
    assert Channel.from_s3("a", at("a")) == Channel.from_s3("a", at("a"))
    assert hash(Channel.from_s3("a", at("a"))) == hash(Channel.from_s3("a", at("a")))


def test_fails_on_a_name_that_occurs_twice_or_is_none(stack: Any) -> None:
    channels = [Channel.from_s3("a", at("a")), Channel.from_s3("a", at("b")), Channel.from_s3("b c", at("c"))]
    with pytest.raises(ConfigurationError) as raised:
        job_in(stack, channels=channels)
    assert "channels must be unique, got 'a' more than once" in str(raised.value)
    assert "channels[2].ChannelName" in str(raised.value)
