"""Channels, clusters, hyperparameters and metrics, without Node."""

import subprocess
import sys

import pytest

from constructs_lib import Channel, Cluster, ConfigurationError, InputMode, InstanceType, S3DataDistribution, S3Location
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.training.hyperparameters import encode, hyperparameter_problems, metric_problems

TRAIN = S3Location(bucket_name="b", bucket_arn="arn:b", prefix="data/train")


class TestChannel:
    def test_renders_what_is_given_and_no_more(self) -> None:
        assert Channel.from_s3("train", TRAIN).render() == {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": "s3://b/data/train/",
                    "S3DataDistributionType": "FullyReplicated",
                }
            },
        }

    def test_renders_every_choice(self) -> None:
        channel = Channel.from_s3(
            "train",
            TRAIN,
            mode=InputMode.FAST_FILE,
            content_type="text/csv",
            distribution=S3DataDistribution.SHARDED,
        ).render()
        assert (channel["InputMode"], channel["ContentType"]) == ("FastFile", "text/csv")
        assert channel["DataSource"]["S3DataSource"]["S3DataDistributionType"] == "ShardedByS3Key"


class TestCluster:
    def test_trap_13_gives_a_key_only_to_volumes(self) -> None:
        with_volume = Cluster(instance_type=InstanceType("ml.m5.xlarge")).render("arn:key")
        with_disks = Cluster(instance_type=InstanceType("ml.g4dn.xlarge")).render("arn:key")
        assert with_volume["VolumeKmsKeyId"] == "arn:key"
        assert "VolumeKmsKeyId" not in with_disks

    def test_renders_the_machines(self) -> None:
        assert Cluster(instance_type=InstanceType("ml.m5.xlarge"), count=3, volume_gib=7).render(None) == {
            "InstanceType": "ml.m5.xlarge",
            "InstanceCount": 3,
            "VolumeSizeInGB": 7,
        }

    def test_fails_without_a_machine(self) -> None:
        with pytest.raises(ConfigurationError, match="count must be at least 1, got 0"):
            Cluster(instance_type=InstanceType("ml.m5.xlarge"), count=0)


class TestHyperparameters:
    def test_trap_32_is_plain_text_for_built_in_algorithms(self) -> None:
        values = {"layers": 18, "rate": 0.001, "shape": "3,224,224"}
        assert encode(values, HyperparameterEncoding.PLAIN) == {"layers": "18", "rate": "0.001", "shape": "3,224,224"}

    def test_trap_32_is_json_for_framework_images(self) -> None:
        values = {"layers": 18, "flag": True, "name": "resnet"}
        assert encode(values, HyperparameterEncoding.JSON) == {"layers": "18", "flag": "true", "name": '"resnet"'}

    def test_fails_on_truth_in_plain_text_and_on_what_is_no_text(self) -> None:
        problems = hyperparameter_problems({"flag": True, "list": [1]}, HyperparameterEncoding.PLAIN)
        assert problems[0].startswith("hyperparameters['flag'] is plain text for this image")
        assert problems[1] == "hyperparameters['list'] must be text, a number or a truth value, got [1]"
        assert hyperparameter_problems({"flag": True}, HyperparameterEncoding.JSON) == []


class TestMetrics:
    def test_trap_34_takes_an_expression_with_a_group(self) -> None:
        assert metric_problems({"loss": "loss=([0-9.]+)", "late": "${Token[Regex.1]}"}) == []

    def test_trap_34_fails_on_one_that_does_not_compile_or_finds_nothing(self) -> None:
        broken, empty = metric_problems({"a": "loss=(", "b": "loss="})
        assert broken.startswith("metrics['a'] must be a regular expression, got 'loss=('")
        assert empty.startswith("metrics['b'] must have a group around the number")


def test_value_objects_start_no_node_process() -> None:
    modules = (
        "compute.instance_type",
        "containers.encoding",
        "endpoints.data_capture",
        "endpoints.production_variant",
        "foundation.s3_location",
        "models.container",
        "training.channels",
        "training.cluster",
        "training._request",
        "training._integration",
        "training._job_states",
        "training._plan",
        "training._states",
        "training.conditions",
        "training.references",
        "training.steps",
    )
    code = (
        "import sys;"
        + "".join(f"import constructs_lib.{name};" for name in modules)
        + "print('aws_cdk' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("module", ["constructs_lib", "constructs_lib.contract"])
def test_importing_the_package_starts_no_node_process(module: str) -> None:
    code = f"import sys, {module}; print('aws_cdk' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
