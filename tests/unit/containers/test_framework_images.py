"""Images of AWS by framework, version, Python, device and region."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, ContainerImage
from constructs_lib.containers import catalogue
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.containers.framework_images import Device, ImagePurpose

from_framework = ContainerImage.from_framework
TRAINING, INFERENCE = ImagePurpose.TRAINING, ImagePurpose.INFERENCE
DLC = "763104351884.dkr.ecr.eu-west-1"

# What `image_uris.retrieve` of sagemaker-core 2.27.0 answers for eu-west-1.
ADDRESSES: list[tuple[str, dict[str, Any], str]] = [
    (
        "pytorch",
        {"version": "2.5.1", "purpose": TRAINING, "device": Device.GPU},
        f"{DLC}/pytorch-training:2.5.1-gpu-py311",
    ),
    ("pytorch", {"version": "2.5", "purpose": TRAINING, "device": Device.CPU}, f"{DLC}/pytorch-training:2.5-cpu-py311"),
    (
        "pytorch",
        {"version": "2.6.0", "purpose": ImagePurpose.INFERENCE_GRAVITON},
        f"{DLC}/pytorch-inference-arm64:2.6.0-cpu-py312-ubuntu22.04-sagemaker",
    ),
    (
        "tensorflow",
        {"version": "2.19.0", "purpose": INFERENCE, "device": Device.CPU},
        f"{DLC}/tensorflow-inference:2.19.0-cpu",
    ),
    (
        "tensorflow",
        {"version": "1.15.5", "purpose": TRAINING, "device": Device.CPU},
        f"{DLC}/tensorflow-training:1.15.5-cpu-py37",
    ),
    (
        "huggingface",
        {"version": "4.56.2", "purpose": TRAINING, "base_framework": "pytorch2.8"},
        f"{DLC}/huggingface-pytorch-training:2.8.0-transformers4.56.2-gpu-py312-cu129-ubuntu22.04",
    ),
    (
        "huggingface",
        {"version": "4.51.3", "purpose": INFERENCE, "device": Device.CPU, "base_framework": "pytorch2.6.0"},
        f"{DLC}/huggingface-pytorch-inference:2.6.0-transformers4.51.3-cpu-py312-ubuntu22.04",
    ),
    (
        "huggingface-llm",
        {"version": "3.3.6"},
        f"{DLC}/huggingface-pytorch-tgi-inference:2.7.0-tgi3.3.6-gpu-py311-cu124-ubuntu22.04",
    ),
    ("djl-lmi", {"version": "0.36.0"}, f"{DLC}/djl-inference:0.36.0-lmi27.0.0-cu130"),
    ("vllm", {"version": "0.30.0"}, f"{DLC}/vllm:0.30.0-gpu-py312-cu130-ubuntu24.04-sagemaker"),
    (
        "llama-cpp",
        {"version": "1.0.1", "device": Device.GPU},
        f"{DLC}/llama-cpp:server-sagemaker-cuda-v1.0.1",
    ),
    ("sagemaker-tritonserver", {"version": "26.05", "device": Device.GPU}, f"{DLC}/sagemaker-tritonserver:26.05-py3"),
    (
        "sagemaker-tritonserver",
        {"version": "26.05", "device": Device.CPU},
        f"{DLC}/sagemaker-tritonserver:26.05-py3-cpu",
    ),
    (
        "xgboost",
        {"version": "1.5-1", "purpose": ImagePurpose.INFERENCE_GRAVITON},
        "141502667606.dkr.ecr.eu-west-1/sagemaker-xgboost:1.5-1-arm64",
    ),
    ("clarify", {}, "131013547314.dkr.ecr.eu-west-1/sagemaker-clarify-processing:1.0"),
    ("model-monitor", {}, "468650794304.dkr.ecr.eu-west-1/sagemaker-model-monitor-analyzer"),
    ("spark", {"version": "3.5"}, "571004829621.dkr.ecr.eu-west-1/sagemaker-spark-processing:3.5-cpu"),
]


def in_region(region: str) -> Any:
    from aws_cdk import App, Environment, Stack

    return Stack(App(), "Stack", env=Environment(account="123456789012", region=region))


def plain(uri: str | None) -> str:
    """The address without its domain, which is a reference in every stack."""
    assert uri is not None
    host, _, rest = uri.partition("/")
    return f"{host.partition('.${Token')[0]}/{rest}"


class TestAddress:
    @pytest.mark.parametrize(("framework", "arguments", "expected"), ADDRESSES)
    def test_is_that_of_sagemaker_core(self, framework: str, arguments: dict[str, Any], expected: str) -> None:
        assert plain(from_framework(framework, **arguments).bind(in_region("eu-west-1")).uri) == expected

    @pytest.mark.parametrize(
        ("algorithm", "version", "expected"),
        [
            ("xgboost", "1.0-1", "sagemaker-xgboost:1.0-1-cpu-py3"),
            ("xgboost", "3.0-5", "sagemaker-xgboost:3.0-5"),
            ("sklearn", "1.4-2", "sagemaker-scikit-learn:1.4-2-cpu-py3"),
        ],
    )
    def test_xgboost_and_scikit_learn_have_tag_rules_of_their_own(
        self, algorithm: str, version: str, expected: str
    ) -> None:
        bound = ContainerImage.built_in(algorithm, version).bind(in_region("eu-west-1"))
        assert plain(bound.uri) == f"141502667606.dkr.ecr.eu-west-1/{expected}"

    def test_every_image_of_the_catalogue_has_one(self) -> None:
        for name in catalogue.names():
            for group in catalogue.groups(name):
                for version, images in group.versions.items():
                    for image in images:
                        for device in image.devices or ("",):
                            tag = image.tag_for(version, device, image.pythons[-1] if image.pythons else "")
                            assert "{" not in tag and "--" not in tag and not tag.endswith("-"), (name, version, tag)

    def test_takes_the_newest_python_unless_told_otherwise(self) -> None:
        arguments: dict[str, Any] = {"version": "1.15.5", "purpose": TRAINING, "device": Device.CPU}
        stack = in_region("eu-west-1")
        assert plain(from_framework("tensorflow", **arguments).bind(stack).uri).endswith("-py37")
        assert plain(from_framework("tensorflow", python="py36", **arguments).bind(stack).uri).endswith("-py36")


class TestRegions:
    def test_a_stack_of_any_region_looks_the_account_up_in_one_table_for_all_images_that_share_it(
        self, stack: Any
    ) -> None:
        for purpose in (TRAINING, ImagePurpose.INFERENCE):
            from_framework("pytorch", version="1.13.1", purpose=purpose, device=Device.GPU).bind(stack)
        from_framework("djl-lmi", version="0.36.0").bind(stack)
        ContainerImage.built_in("kmeans").bind(stack)
        ContainerImage.built_in("pca").bind(stack)
        ids = [child.node.id for child in stack.node.children]
        assert ids == ["Images-pytorch", "Images-djl-lmi", "Images-factorization-machines"]

    def test_every_table_has_an_id_of_its_own_in_cloudformation(self) -> None:
        tables = {image.table for name in catalogue.names() for group in catalogue.groups(name)
                  for images in group.versions.values() for image in images}  # fmt: skip
        assert len({"".join(filter(str.isalnum, table)) for table in tables}) == len(tables)

    def test_fails_in_a_region_without_the_version_and_names_one_that_is_there(self) -> None:
        image = from_framework("huggingface", version="4.11.0", purpose=INFERENCE, device=Device.CPU,
                               base_framework="pytorch")  # fmt: skip
        with pytest.raises(ConfigurationError) as raised:
            image.bind(in_region("mx-central-1"))
        assert "image huggingface 4.11.0 is not served in region 'mx-central-1'" in str(raised.value)

    def test_names_the_nearest_versions_that_the_region_has(self) -> None:
        image = from_framework("pytorch", version="2.5.1", purpose=TRAINING, device=Device.GPU)
        with pytest.raises(ConfigurationError, match=r"; us-iso-east-1 has pytorch \d"):
            image.bind(in_region("us-iso-east-1"))

    def test_trap_16_serves_the_regions_in_which_the_alpha_module_throws(self) -> None:
        for region in ("ap-southeast-5", "ap-southeast-7", "mx-central-1", "ca-west-1", "il-central-1"):
            image = from_framework("pytorch", version="2.10.0", purpose=TRAINING, device=Device.GPU)
            assert f".dkr.ecr.{region}." in (image.bind(in_region(region)).uri or "")


class TestFailures:
    @pytest.mark.parametrize(
        ("framework", "arguments", "message"),
        [
            ("pytorh", {}, "framework is not known: 'pytorh'; did you mean 'pytorch'"),
            (
                "pytorch",
                {"version": "2.5.1"},
                "purpose must be given for pytorch: one of inference, inference_graviton",
            ),
            ("pytorch", {"purpose": "processing"}, "purpose of pytorch must be one of inference, .* got 'processing'"),
            ("pytorch", {"purpose": TRAINING}, "version must be given for pytorch for training, which has several"),
            (
                "pytorch",
                {"purpose": TRAINING, "version": "2.5.2", "device": Device.GPU},
                "pytorch for training does not exist: '2.5.2'; the nearest and newest are '2.5.1', '2.6.0', ",
            ),
            (
                "pytorch",
                {"purpose": TRAINING, "version": "2.5.1"},
                "device must be given for pytorch for training 2.5.1",
            ),
            (
                "pytorch",
                {"purpose": TRAINING, "version": "2.5.1", "device": Device.GPU, "python": "py310"},
                "2.5.1 must be one of py311, got 'py310'; py310 is in '2.0.1', '2.1.0', '2.2.0'",
            ),
            ("vllm", {"version": "0.30.0", "device": Device.CPU}, "device of vllm .* must be one of gpu, got 'cpu'"),
            ("djl-lmi", {"version": "0.36.0", "python": "py310"}, "python does not apply to djl-lmi"),
            ("vllm", {"version": "0.30.0", "base_framework": "pytorch"}, "base_framework does not apply to vllm"),
            (
                "huggingface",
                {"version": "4.56.2", "purpose": TRAINING, "base_framework": "jax1.0"},
                "base_framework of huggingface for training 4.56.2 must be one of pytorch2.8.0, got 'jax1.0'",
            ),
        ],
    )
    def test_fails_and_names_what_exists(self, framework: str, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(ConfigurationError, match=message):
            from_framework(framework, **arguments)

    def test_fails_once_for_python_and_device_together(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            from_framework("vllm", version="0.30.0", device=Device.CPU, python="py2")
        assert len(raised.value.problems) == 2

    def test_points_to_the_way_for_a_newer_image(self) -> None:
        with pytest.raises(ConfigurationError, match=r"ContainerImage\.from_dlc takes any newer repository and tag"):
            from_framework("pytorch", version="99.0", purpose=TRAINING)

    def test_fails_on_a_token_because_it_cannot_be_looked_up(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        version = CfnParameter(stack, "Version").value_as_string
        with pytest.raises(ConfigurationError, match="version must be known when the app is synthesized"):
            from_framework("pytorch", version=version, purpose=TRAINING)

    def test_trap_39_refuses_elastic_inference(self) -> None:
        with pytest.raises(ConfigurationError, match="Elastic Inference, which has ended"):
            ContainerImage.from_dlc("pytorch-inference-eia", "1.5.1-cpu-py3")
        with pytest.raises(ConfigurationError, match="Elastic Inference, which has ended"):
            ContainerImage.from_uri(f"{DLC}.amazonaws.com/mxnet-inference-eia:1.7.0-cpu-py3")
        with pytest.raises(ConfigurationError, match="'eia' has ended with Elastic Inference"):
            from_framework("pytorch", version="1.5.1", purpose="eia")  # type: ignore[arg-type] -- the slip under test


class TestWarnings:
    def warnings(self, image: ContainerImage, stack: Any) -> list[str]:
        from aws_cdk.assertions import Annotations, Match

        image.bind(stack)
        found = Annotations.from_stack(stack).find_warning("*", Match.any_value())
        return [str(message.entry.data) for message in found]

    @pytest.mark.parametrize(
        ("image", "words"),
        [
            (ContainerImage.from_dlc("mxnet-training", "1.9.0-gpu-py38"), "holds MXNet"),
            (ContainerImage.from_dlc("pytorch-inference", "2.6.0-gpu-py312"), "TorchServe"),
            (ContainerImage.from_uri(f"{DLC}.amazonaws.com/mxnet-inference:1.9.0-cpu-py38"), "holds MXNet"),
            (from_framework("mxnet", version="1.9.0", purpose=TRAINING, device=Device.CPU), "holds MXNet"),
        ],
    )
    def test_trap_40_warns_of_images_that_nobody_keeps_up(self, image: ContainerImage, words: str, stack: Any) -> None:
        (warning,) = self.warnings(image, stack)
        assert words in warning

    def test_trap_40_is_silent_for_all_others(self, stack: Any) -> None:
        assert self.warnings(ContainerImage.from_dlc("pytorch-training", "2.8.0-gpu-py312"), stack) == []


class TestWhatAnImageSaysOfItself:
    @pytest.mark.parametrize(
        ("image", "framework", "version"),
        [
            (ContainerImage.from_dlc("pytorch-training", "2.5.1-gpu-py311"), "pytorch", "2.5.1"),
            (ContainerImage.from_dlc("pytorch-training-neuronx", "2.1.2-neuronx-py310"), "pytorch", "2.1.2"),
            (
                ContainerImage.from_dlc("huggingface-pytorch-training", "2.8.0-transformers4.56.2-gpu-py312"),
                "huggingface",
                "4.56.2",
            ),
            (ContainerImage.from_dlc("smdistributed-modelparallel", "2.4.1-gpu-py311-cu121"), "pytorch", "2.4.1"),
            (ContainerImage.from_dlc("djl-inference", "0.36.0-lmi27.0.0-cu130"), "djl", "0.36.0"),
            (ContainerImage.from_dlc("brand-new", "1.0-gpu"), None, None),
            (from_framework("pytorch-smp", version="2.4.1"), "pytorch", "2.4.1"),
            (from_framework("xgboost", version="3.0-5", purpose=TRAINING), "xgboost", "3.0-5"),
            (ContainerImage.built_in("sklearn", "1.4-2"), "sklearn", None),
            (ContainerImage.built_in("xgboost", "3.0-5"), None, None),
        ],
    )
    def test_framework(self, image: ContainerImage, framework: str | None, version: str | None) -> None:
        assert (image.framework, image.framework_version) == (framework, version)

    def test_trap_32_scripts_read_json_and_algorithms_plain_text(self) -> None:
        script = from_framework("xgboost", version="3.0-5", purpose=TRAINING)
        assert script.hyperparameter_encoding is HyperparameterEncoding.JSON
        assert ContainerImage.built_in("sklearn", "1.4-2").hyperparameter_encoding is HyperparameterEncoding.JSON
        assert ContainerImage.built_in("xgboost", "3.0-5").hyperparameter_encoding is HyperparameterEncoding.PLAIN


class TestNearestVersions:
    def test_are_by_number_and_not_by_letter(self) -> None:
        assert catalogue.nearest_versions("2.9.5", ["2.10.0", "2.9.0", "2.2.0"]) == ["2.9.0", "2.10.0"]

    def test_hold_the_newest_too(self) -> None:
        assert catalogue.nearest_versions("1.0", ["2.0", "3.0", "4.0"]) == ["2.0", "4.0"]
