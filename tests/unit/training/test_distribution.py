"""Distribution: what the images read, and where each way cannot run."""

import json
from typing import Any

import pytest

from constructs_lib import Cluster, ConfigurationError, ContainerImage, ImagePurpose, InstanceType
from constructs_lib.training.cluster import HeterogeneousCluster, InstanceGroup
from constructs_lib.training.container_command import ContainerCommand
from constructs_lib.training.debugging import Debugger
from constructs_lib.training.distribution import Distribution
from constructs_lib.training.model_parallel import ModelParallel
from tests.unit.training.training_jobs import CPU, GPU, at, image_of, job_in, warnings_of

BIG = InstanceType("ml.p4d.24xlarge")
TRAINIUM = InstanceType("ml.trn1.32xlarge")

ALL = {
    "torch": (Distribution.torch(), "pytorch", BIG),
    "mpi": (Distribution.mpi(), "tensorflow", CPU),
    "horovod": (Distribution.horovod(), "mxnet", CPU),
    "smddp": (Distribution.smddp(), "pytorch", BIG),
    "model_parallel_v2": (Distribution.model_parallel_v2(), "pytorch", BIG),
    "parameter_server": (Distribution.parameter_server(), "tensorflow", CPU),
    "multi_worker_mirrored": (Distribution.multi_worker_mirrored(), "tensorflow", CPU),
}


def problems(distribution: Distribution, **changes: Any) -> list[str]:
    given: dict[str, Any] = {"instance_type": BIG, "count": 2, "framework": None, "entry_point": None} | changes
    given.setdefault("framework_version", None)
    machines = Cluster(instance_type=given.pop("instance_type"), count=given.pop("count"))
    return distribution.problems(machines, **given)


class TestEncoding:
    # As `Framework._distribution_configuration` and its like in the SageMaker Python SDK 2.257.7 make them.
    @pytest.mark.parametrize(
        ("distribution", "expected"),
        [
            (
                Distribution.torch(),
                {"sagemaker_torch_distributed_enabled": True, "sagemaker_instance_type": "ml.p4d.24xlarge"},
            ),
            (Distribution.mpi(), {"sagemaker_mpi_enabled": True, "sagemaker_mpi_custom_mpi_options": ""}),
            (
                Distribution.horovod(processes_per_host=8, custom_mpi_options="-x A=1"),
                {
                    "sagemaker_mpi_enabled": True,
                    "sagemaker_mpi_num_of_processes_per_host": 8,
                    "sagemaker_mpi_custom_mpi_options": "-x A=1",
                },
            ),
            (
                Distribution.smddp(),
                {
                    "sagemaker_distributed_dataparallel_enabled": True,
                    "sagemaker_distributed_dataparallel_custom_mpi_options": "",
                    "sagemaker_instance_type": "ml.p4d.24xlarge",
                },
            ),
            (
                Distribution.model_parallel_v2(),
                {
                    "sagemaker_distributed_dataparallel_enabled": False,
                    "sagemaker_torch_distributed_enabled": True,
                    "sagemaker_instance_type": "ml.p4d.24xlarge",
                },
            ),
            (Distribution.parameter_server(), {"sagemaker_parameter_server_enabled": True}),
            (Distribution.multi_worker_mirrored(), {"sagemaker_multi_worker_mirrored_strategy_enabled": True}),
        ],
        ids=lambda value: getattr(value, "method", ""),
    )
    def test_trap_33_is_the_reserved_hyperparameters(
        self, distribution: Distribution, expected: dict[str, Any]
    ) -> None:
        assert distribution.hyperparameters(Cluster(instance_type=BIG, count=2)) == expected

    def test_trap_32_is_json_in_an_image_of_your_own_too(self, stack: Any) -> None:
        made = job_in(stack, distribution=Distribution.mpi(), hyperparameters={"name": "x", "deep": True})
        values = {name: json.loads(text) for name, text in made.request["HyperParameters"].items()}
        assert values["name"] == "x"
        assert values["deep"] is True
        assert values["sagemaker_mpi_enabled"] is True

    def test_no_type_is_named_where_there_are_several(self) -> None:
        groups = [InstanceGroup(name="a", instance_type=CPU), InstanceGroup(name="b", instance_type=GPU)]
        machines = HeterogeneousCluster(instance_groups=groups)
        assert "sagemaker_instance_type" not in Distribution.torch().hyperparameters(machines)
        named = Distribution.smddp(instance_group="b").hyperparameters(machines)
        assert named["sagemaker_instance_type"] == "ml.g5.12xlarge"
        assert named["sagemaker_distribution_instance_groups"] == ["b"]


class TestWhereItRuns:
    @pytest.mark.parametrize("method", ALL)
    def test_takes_what_it_is_made_for(self, method: str) -> None:
        distribution, framework, instance_type = ALL[method]
        assert problems(distribution, framework=framework, instance_type=instance_type, entry_point="train.py") == []

    @pytest.mark.parametrize("method", ALL)
    def test_takes_what_is_not_known_yet(self, method: str) -> None:
        late = InstanceType("${Token[Type.1]}")
        assert problems(ALL[method][0], instance_type=late, count=int(-1.8e289)) == []

    @pytest.mark.parametrize("method", sorted(set(ALL) - {"mpi"}))
    def test_fails_on_a_framework_that_it_is_not_for(self, method: str) -> None:
        distribution, _, instance_type = ALL[method]
        (text,) = problems(distribution, framework="sklearn", instance_type=instance_type)
        assert text.startswith(f"distribution {method} runs with ")
        assert text.endswith("got an image of sklearn")

    def test_fails_on_the_other_framework(self) -> None:
        assert (
            "runs with pytorch, got an image of tensorflow" in problems(Distribution.torch(), framework="tensorflow")[0]
        )
        assert (
            "runs with tensorflow, got an image of pytorch"
            in (problems(Distribution.multi_worker_mirrored(), framework="pytorch")[0])
        )

    @pytest.mark.parametrize("framework", ["huggingface", "huggingface-pytorch", "pytorch-smdistributed"])
    def test_images_that_hold_pytorch_among_more_are_fine(self, framework: str) -> None:
        assert problems(Distribution.torch(), framework=framework) == []

    @pytest.mark.parametrize(
        ("method", "framework", "instance_type", "versions", "words"),
        [
            ("torch", "pytorch", BIG, ("1.12.1", "1.13.1"), "runs with pytorch from 1.13.1 on, got 1.12.1"),
            ("torch", "pytorch", TRAINIUM, ("1.10.2", "1.11"), "runs with pytorch from 1.11 on, got 1.10.2"),
            ("smddp", "pytorch", BIG, ("1.5.1", "1.6.0"), "runs with pytorch from 1.6 on, got 1.5.1"),
            ("smddp", "tensorflow", BIG, ("2.2.2", "2.3"), "runs with tensorflow from 2.3 on, got 2.2.2"),
            ("smddp", "tensorflow", BIG, ("2.12.0", "2.11.1"), "runs with tensorflow before 2.12 only, got 2.12.0"),
            ("model_parallel_v2", "pytorch", BIG, ("2.0.0", "2.0.1"), "runs with pytorch from 2.0.1 on, got 2.0.0"),
            ("model_parallel_v2", "pytorch", BIG, ("1.13", "2.0"), "runs with pytorch from 2.0.1 on, got 1.13"),
            (
                "multi_worker_mirrored",
                "tensorflow",
                BIG,
                ("2.8.4", "2.10"),
                "runs with tensorflow from 2.9 on, got 2.8.4",
            ),
        ],
    )
    def test_fails_on_a_version_whose_images_do_not_hold_it(
        self, method: str, framework: str, instance_type: InstanceType, versions: tuple[str, str], words: str
    ) -> None:
        given = {"framework": framework, "instance_type": instance_type}
        (text,) = problems(ALL[method][0], framework_version=versions[0], **given)
        assert text.startswith(f"distribution {method} {words}; see ")
        assert problems(ALL[method][0], framework_version=versions[1], **given) == []

    @pytest.mark.parametrize("version", [None, "latest", "${Token[Version.1]}"])
    def test_takes_a_version_that_says_nothing(self, version: str | None) -> None:
        assert problems(Distribution.torch(), framework="pytorch", framework_version=version) == []

    @pytest.mark.parametrize(("framework", "version"), [("huggingface", "0.1"), ("pytorch-smdistributed", "0.1")])
    def test_takes_the_version_of_another_software(self, framework: str, version: str) -> None:
        assert problems(Distribution.torch(), framework=framework, framework_version=version) == []

    @pytest.mark.parametrize(("version", "doubted"), [("2.4.1", False), ("2.5.1", True)])
    def test_warns_of_a_version_that_nothing_is_said_of(self, stack: Any, version: str, doubted: bool) -> None:
        job = job_in(
            stack,
            image=image_of("pytorch", framework_version=version),
            distribution=Distribution.smddp(),
            cluster=Cluster(instance_type=BIG, count=2),
        )
        texts = [text for text in warnings_of(job) if "distribution-version" in text]
        assert len(texts) == doubted
        assert all("distribution smddp is documented up to pytorch 2.4.1" in text for text in texts)

    def test_torch_needs_accelerators(self) -> None:
        assert problems(Distribution.torch(), instance_type=CPU) == [
            "distribution torch needs GPUs or Trainium, got ml.m5.xlarge"
        ]
        assert problems(Distribution.torch(), instance_type=TRAINIUM) == []

    @pytest.mark.parametrize("method", ["mpi", "horovod", "parameter_server", "multi_worker_mirrored"])
    def test_fails_on_trainium_where_only_torch_runs(self, method: str) -> None:
        (text,) = problems(ALL[method][0], instance_type=TRAINIUM)
        assert "does not run on Trainium, where Distribution.torch() is the way, got ml.trn1.32xlarge" in text

    @pytest.mark.parametrize("method", ["smddp", "model_parallel_v2"])
    def test_trap_33_fails_on_a_type_that_the_library_is_not_built_for(self, method: str) -> None:
        (text,) = problems(ALL[method][0], instance_type=GPU)
        assert "ml.p4d.24xlarge" in text
        assert text.endswith("got ml.g5.12xlarge")

    @pytest.mark.parametrize("method", ["smddp", "parameter_server"])
    def test_fails_on_one_machine(self, method: str) -> None:
        distribution, framework, instance_type = ALL[method]
        assert problems(distribution, count=2, framework=framework, instance_type=instance_type) == []
        assert problems(distribution, count=1, framework=framework, instance_type=instance_type) == [
            f"distribution {method} needs at least 2 instances, got 1"
        ]

    @pytest.mark.parametrize("method", ["torch", "model_parallel_v2"])
    def test_fails_on_a_script_that_is_not_python(self, method: str) -> None:
        (text,) = problems(ALL[method][0], entry_point="run.sh")
        assert text == f"distribution {method} starts a Python script, got entry_point 'run.sh'"

    def test_the_job_says_so(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            job_in(stack, image=image_of("tensorflow"), distribution=Distribution.torch())
        assert "distribution torch needs GPUs or Trainium, got ml.m5.xlarge" in str(raised.value)
        assert "distribution torch runs with pytorch, got an image of tensorflow" in str(raised.value)

    def test_fails_for_a_built_in_algorithm(self, stack: Any) -> None:
        image = ContainerImage.built_in("image-classification")
        with pytest.raises(ConfigurationError, match="built-in algorithm 'image-classification' distributes itself"):
            job_in(stack, image=image, distribution=Distribution.mpi())

    def test_fails_on_processes_that_are_none(self) -> None:
        with pytest.raises(ConfigurationError, match="processes_per_host must be at least 1, got 0"):
            Distribution.mpi(processes_per_host=0)

    def test_debugger_does_not_watch_parameter_servers(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="does not support parameter servers"):
            job_in(
                stack,
                cluster=Cluster(instance_type=CPU, count=2),
                distribution=Distribution.parameter_server(),
                debugger=Debugger(location=at("tensors")),
            )

    def test_warns_of_the_gpus_that_a_parameter_server_leaves_idle(self, stack: Any) -> None:
        machines = Cluster(instance_type=GPU, count=2)
        (text,) = warnings_of(job_in(stack, cluster=machines, distribution=Distribution.parameter_server()))
        assert "uses one GPU of each machine only" in text
        fine = Cluster(instance_type=CPU, count=2)
        made = job_in(stack, "Fine", cluster=fine, distribution=Distribution.parameter_server())
        assert warnings_of(made) == []


class TestImages:
    """What the image is called by, against what the machines and the distribution need."""

    @pytest.mark.parametrize(
        ("image", "distribution", "words"),
        [
            (("huggingface", "tensorflow"), "torch", "runs with pytorch, got an image of huggingface-tensorflow"),
            (
                ("huggingface", "tensorflow"),
                "model_parallel_v2",
                "runs with pytorch, got an image of huggingface-tensorflow",
            ),
            (
                ("huggingface", "pytorch"),
                "multi_worker_mirrored",
                "runs with tensorflow, got an image of huggingface-pytorch",
            ),
            (
                ("huggingface", "pytorch"),
                "parameter_server",
                "runs with tensorflow or mxnet, got an image of huggingface-pytorch",
            ),
        ],
    )
    def test_fails_on_the_other_base_of_hugging_face(
        self, stack: Any, image: tuple[str, str], distribution: str, words: str
    ) -> None:
        of_repository = ContainerImage.from_dlc(
            f"huggingface-{image[1]}-training", "2.1.0-transformers4.36.0-gpu-py310"
        )
        given_images = (image_of(image[0], base_framework=f"{image[1]}2.8.0"), of_repository)
        for number, given in enumerate(given_images):
            with pytest.raises(ConfigurationError) as raised:
                job_in(
                    stack,
                    f"Train{number}",
                    image=given,
                    cluster=Cluster(instance_type=BIG, count=2),
                    distribution=ALL[distribution][0],
                )
            assert f"distribution {distribution} {words}" in str(raised.value)

    def test_the_base_of_an_image_of_the_catalogue_is_known(self) -> None:
        image = ContainerImage.from_framework(
            "huggingface", version="4.56.2", purpose=ImagePurpose.TRAINING, base_framework="pytorch"
        )
        framework, version = image.distributed_on
        assert framework == "huggingface-pytorch"
        assert image.base_framework == f"pytorch{version}"
        assert image.device == "gpu"

    def test_fails_on_an_old_base(self) -> None:
        (text,) = problems(Distribution.torch(), framework="huggingface-pytorch", framework_version="1.10.2")
        assert "runs with pytorch from 1.13.1 on, got 1.10.2" in text

    @pytest.mark.parametrize(
        ("repository", "tag", "device"),
        [
            ("pytorch-training", "2.5.1-gpu-py311", "gpu"),
            ("pytorch-training", "2.5.1-cpu-py311", "cpu"),
            ("pytorch", "2.14-cu133-amzn2023-sagemaker", "gpu"),
            ("pytorch-training-neuronx", "2.1.2-neuronx-py310", "neuron"),
            ("pytorch-training", "latest", None),
            ("pytorch-training", "${Token[Tag.1]}-gpu", None),
        ],
    )
    def test_the_name_tells_the_device(self, repository: str, tag: str, device: str | None) -> None:
        assert ContainerImage.from_dlc(repository, tag).device == device

    @pytest.mark.parametrize(
        ("method", "instance_type", "device", "words"),
        [
            ("torch", TRAINIUM, "gpu", "needs a Neuron image on ml.trn1.32xlarge, got one for GPU"),
            ("torch", TRAINIUM, "cpu", "needs a Neuron image on ml.trn1.32xlarge, got one for CPU"),
            ("torch", GPU, "neuron", "needs an image for GPUs on ml.g5.12xlarge, got one for Neuron"),
            ("smddp", BIG, "cpu", "needs an image for GPUs, which alone hold its library, got one for CPU"),
        ],
    )
    def test_fails_on_an_image_for_other_devices(
        self, method: str, instance_type: InstanceType, device: str, words: str
    ) -> None:
        (text,) = problems(ALL[method][0], instance_type=instance_type, device=device)
        assert text.startswith(f"distribution {method} {words}; see https://")

    @pytest.mark.parametrize(
        ("method", "instance_type", "device"),
        [("torch", TRAINIUM, "neuron"), ("torch", GPU, "gpu"), ("torch", GPU, "cpu"), ("mpi", CPU, "gpu")],
    )
    def test_takes_an_image_for_the_devices(self, method: str, instance_type: InstanceType, device: str) -> None:
        assert problems(ALL[method][0], instance_type=instance_type, device=device) == []

    @pytest.mark.parametrize(("device", "warned"), [("cpu", True), ("gpu", False)])
    def test_warns_of_devices_that_the_image_cannot_use(self, stack: Any, device: str, warned: bool) -> None:
        made = job_in(
            stack,
            image=image_of("pytorch", device=device),
            cluster=Cluster(instance_type=GPU),
            distribution=Distribution.torch(),
        )
        assert any("distribution-device" in text for text in warnings_of(made)) == warned

    @pytest.mark.parametrize(
        ("repository", "warned"),
        [("pytorch-training", True), ("smdistributed-modelparallel", False), (None, False)],
    )
    def test_warns_where_the_library_may_be_missing(self, stack: Any, repository: str | None, warned: bool) -> None:
        made = job_in(
            stack,
            image=image_of("pytorch", repository=repository, framework_version="2.5.1"),
            cluster=Cluster(instance_type=BIG, count=2),
            distribution=Distribution.model_parallel_v2(),
        )
        assert any("distribution-library" in text for text in warnings_of(made)) == warned

    def test_fails_on_an_image_that_serves(self, stack: Any) -> None:
        image = ContainerImage.from_dlc("pytorch-inference", "2.5.1-gpu-py311")
        with pytest.raises(ConfigurationError, match="image must be one for training: what starts a training job"):
            job_in(stack, image=image)
        job_in(stack, "Other", image=image, command=ContainerCommand(entrypoint=["python"]))


class TestGroups:
    MACHINES = HeterogeneousCluster(
        instance_groups=[
            InstanceGroup(name="prepare", instance_type=CPU),
            InstanceGroup(name="train", instance_type=BIG, count=2),
        ]
    )

    def test_only_the_group_that_does_it_is_looked_at(self) -> None:
        distribution = Distribution.smddp(instance_group="train")
        assert distribution.problems(self.MACHINES, framework="pytorch", framework_version=None, entry_point=None) == []

    def test_fails_when_no_group_is_named(self) -> None:
        (text,) = Distribution.mpi().problems(self.MACHINES, framework=None, framework_version=None, entry_point=None)
        assert "distribution mpi must name one instance_group, because the groups differ" in text

    def test_fails_on_a_group_that_is_none(self) -> None:
        found = Distribution.mpi(instance_group="trian").problems(
            self.MACHINES, framework=None, framework_version=None, entry_point=None
        )
        assert "no group of the cluster: 'trian'; did you mean 'train'" in found[0]

    def test_fails_on_a_group_without_groups(self) -> None:
        found = problems(Distribution.mpi(instance_group="train"))
        assert found == ["instance_group of the distribution needs a HeterogeneousCluster, got 'train' without one"]


class TestModelParallel:
    def test_fails_with_every_degree_at_once(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            ModelParallel(hybrid_shard_degree=2, context_parallel_degree=4, tensor_parallel_degree=0)
        assert "tensor_parallel_degree must be at least 1, got 0" in str(raised.value)
        assert "hybrid_shard_degree must not be below context_parallel_degree (4), got 2" in str(raised.value)

    def test_takes_both_ends_and_a_degree_that_the_library_chooses(self) -> None:
        ModelParallel(hybrid_shard_degree=4, context_parallel_degree=4, tensor_parallel_degree=1)
        ModelParallel(hybrid_shard_degree=0, context_parallel_degree=4)
