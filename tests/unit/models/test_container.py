"""Containers and artifacts, which are plain values: none of these tests starts Node."""

import subprocess
import sys
from typing import Any

import pytest

from constructs_lib import (
    ConfigurationError,
    Container,
    ContainerImage,
    JobArtifact,
    MetricsEndpoint,
    ModelArtifact,
    ModelPackage,
    S3Location,
    S3Object,
)
from tests.conftest import REPOSITORY

IMAGE = ContainerImage.from_uri("registry/serving:1")
TOKEN = "${Token[Key.1]}"
BUCKET = "arn:aws:s3:::b"
PRODUCT = "arn:aws:sagemaker:eu-west-1:985815980388:model-package/product-1"
LEFT = JobArtifact(uri="{% $states.input.Train.A %}", bucket_arn=BUCKET, prefix="models/train-")


def at(prefix: str) -> S3Location:
    return S3Location(bucket_name="b", bucket_arn=BUCKET, prefix=prefix)


def file_at(key: str) -> S3Object:
    return S3Object(bucket_name="b", bucket_arn=BUCKET, key=key)


def problems_of(error: Any) -> tuple[str, ...]:
    found: tuple[str, ...] = error.value.problems
    return found


class TestArtifact:
    @pytest.mark.parametrize("key", ["m.tar.gz", TOKEN])
    def test_an_object_is_an_archive(self, key: str) -> None:
        assert Container(image=IMAGE, artifact=file_at(key)).render() == {"ModelDataUrl": f"s3://b/{key}"}

    def test_fails_on_an_object_that_is_no_archive(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Container(image=IMAGE, artifact=file_at("models/m.zip"))
        assert problems_of(raised) == (
            "artifact must be a gzipped tar, shaped path/model.tar.gz, got 'models/m.zip'; "
            "ModelArtifact.from_object(…) serves a file as it is, store.location(…) a folder",
        )

    @pytest.mark.parametrize("prefix", ["models/current", "", TOKEN])
    def test_a_location_is_a_folder_whose_address_ends_in_a_slash(self, prefix: str) -> None:
        source = Container(image=IMAGE, artifact=at(prefix)).render()["ModelDataSource"]["S3DataSource"]
        assert source == {
            "S3Uri": f"s3://b/{prefix}/" if prefix else "s3://b/",
            "S3DataType": "S3Prefix",
            "CompressionType": "None",
        }

    @pytest.mark.parametrize("prefix", ["m.tar.gz", "m.tgz", "m.tar"])
    def test_trap_27_fails_on_a_location_that_is_named_like_an_archive(self, prefix: str) -> None:
        words = f"must be a prefix and no archive, got '{prefix}'; an archive is one object"
        for make in (
            lambda: Container(image=IMAGE, artifact=at(prefix)),
            lambda: ModelArtifact.from_models(at(prefix)),
            lambda: ModelArtifact.from_prefix(at(prefix)),
        ):
            with pytest.raises(ConfigurationError, match=words):
                make()

    def test_trap_27_many_models_are_a_prefix_that_ends_in_a_slash(self) -> None:
        rendered = Container(image=IMAGE, artifact=ModelArtifact.from_models(at("models"))).render()
        assert rendered["ModelDataUrl"] == "s3://b/models/"

    @pytest.mark.parametrize("models", [file_at("m.tar.gz"), "s3://b/models/", None, LEFT])
    def test_trap_27_fails_on_many_models_that_are_no_location(self, models: Any) -> None:
        with pytest.raises(ConfigurationError, match="models must be the prefix that the archives lie below"):
            ModelArtifact.from_models(models)

    @pytest.mark.parametrize("slip", ["s3://b/m.tar.gz", 7, {"a": 1}])
    def test_fails_on_what_is_no_artifact(self, slip: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Container(image=IMAGE, artifact=slip)
        (problem,) = problems_of(raised)
        assert problem == f"artifact must be one object, such as store.artifact('models/m.tar.gz'), got {slip!r}"

    def test_fails_on_slips_in_each_constructor(self) -> None:
        slips: list[tuple[Any, str]] = [
            (lambda: ModelArtifact.from_archive(at("m")), "archive must be one object"),  # type: ignore[arg-type] -- the slip under test
            (lambda: ModelArtifact.from_archive(file_at("m.zip")), "archive must be a gzipped tar"),
            (lambda: ModelArtifact.from_object(at("m")), "file must be one object"),  # type: ignore[arg-type] -- the slip under test
            (lambda: ModelArtifact.from_prefix(file_at("m")), "location must be a place in a bucket"),
            (lambda: ModelArtifact.from_prefix(at("m"), manifest_etag="1"), "manifest_etag must come with manifest"),
            (lambda: ModelArtifact.from_prefix(at("m"), manifest="m.csv"), "manifest must be such as store.artifact"),  # type: ignore[arg-type] -- the slip under test
            (
                lambda: ModelArtifact.from_prefix(at("m"), accept_eula="yes"),
                "accept_eula must be True or False",
            ),  # type: ignore[arg-type] -- the slip under test
            (lambda: ModelArtifact.from_models(at("m"), cache=0), "cache must be True or False, got 0"),  # type: ignore[arg-type] -- the slip under test
        ]
        for make, words in slips:
            with pytest.raises(ConfigurationError, match=words):
                make()

    def test_an_unaccepted_licence_is_not_spoken_of(self) -> None:
        assert "ModelAccessConfig" not in ModelArtifact.from_prefix(at("m"), accept_eula=False).data_source()


class TestRights:
    """Exactly what each kind of artifact takes."""

    READ_ONE = (("s3:GetObject",), (f"{BUCKET}/m.tar.gz",), None)
    READ_BELOW = (("s3:GetObject",), (f"{BUCKET}/models/*",), None)
    LIST = (("s3:ListBucket",), (BUCKET,), {"StringLike": {"s3:prefix": ["models/", "models/*"]}})
    MANIFEST = (("s3:GetObject",), (f"{BUCKET}/m.csv",), None)
    LIST_LEFT = (("s3:ListBucket",), (BUCKET,), {"StringLike": {"s3:prefix": ["models/train-*"]}})

    @pytest.mark.parametrize(
        ("artifact", "expected"),
        [
            (file_at("m.tar.gz"), [READ_ONE]),
            (ModelArtifact.from_archive(file_at("m.tar.gz")), [READ_ONE]),
            (ModelArtifact.from_object(file_at("m.tar.gz")), [READ_ONE]),
            (at("models"), [READ_BELOW, LIST]),
            (ModelArtifact.from_prefix(at("models")), [READ_BELOW, LIST]),
            (ModelArtifact.from_prefix(at("models"), manifest=file_at("m.csv")), [READ_BELOW, LIST, MANIFEST]),
            (ModelArtifact.from_models(at("models")), [READ_BELOW, LIST]),
            (LEFT, [(("s3:GetObject",), (f"{BUCKET}/models/train-*",), None), LIST_LEFT]),
            (
                ModelArtifact.from_prefix(LEFT),
                [(("s3:GetObject",), (f"{BUCKET}/models/train-*",), None), LIST_LEFT],
            ),
        ],
    )
    def test_trap_15_a_prefix_is_listed_as_well(self, artifact: Any, expected: Any) -> None:
        statements = Container(image=IMAGE, artifact=artifact).statements()
        assert [(each.actions, each.resources, each.conditions) for each in statements] == expected

    def test_what_lies_beside_the_artifact_is_read_too(self) -> None:
        container = Container(image=IMAGE, additional_artifacts={"a": file_at("m.tar.gz"), "b": at("models")})
        actions = [each.actions for each in container.statements()]
        assert actions == [("s3:GetObject",), ("s3:GetObject",), ("s3:ListBucket",)]

    def test_what_a_package_holds_is_read(self) -> None:
        package = ModelPackage.from_name("churn/1", artifact=file_at("m.tar.gz"))
        (statement,) = Container.from_model_package(package).statements()
        assert statement.resources == (f"{BUCKET}/m.tar.gz",)

    def test_a_bucket_with_a_key_is_decrypted(self) -> None:
        location = S3Location(bucket_name="b", bucket_arn=BUCKET, prefix="models", key_arn="arn:key")
        statements = Container(image=IMAGE, artifact=ModelArtifact.from_models(location)).statements()
        assert [each.resources for each in statements if each.actions == ("kms:Decrypt",)] == [("arn:key",)]


class TestAdditionalArtifacts:
    def test_each_kind(self) -> None:
        artifacts = {
            "a": file_at("m.tar.gz"),
            "b": at("m"),
            "c": ModelArtifact.from_object(file_at("m.bin")),
            "d": LEFT,
        }
        sources = Container(image=IMAGE, additional_artifacts=artifacts).render()["AdditionalModelDataSources"]
        assert [
            (each["ChannelName"], each["S3DataSource"]["S3DataType"], each["S3DataSource"]["CompressionType"])
            for each in sources
        ] == [
            ("a", "S3Object", "Gzip"),
            ("b", "S3Prefix", "None"),
            ("c", "S3Object", "None"),
            ("d", "S3Object", "Gzip"),
        ]

    def test_fails_on_what_is_no_artifact(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Container(
                image=IMAGE,
                additional_artifacts={"a": "s3://b/m", "b": ModelArtifact.from_models(at("m"))},  # type: ignore[dict-item] -- the slip under test
            )
        assert problems_of(raised) == (
            "additional_artifacts['a'] must be one object, such as store.artifact('models/m.tar.gz'), got 's3://b/m'",
            "additional_artifacts['b'] must be one model's data; ModelArtifact.from_models(…) is for artifact",
        )

    def test_fails_on_a_list(self) -> None:
        with pytest.raises(ConfigurationError, match="additional_artifacts must be a mapping of channel names"):
            Container(image=IMAGE, additional_artifacts=[at("m")])  # type: ignore[arg-type] -- the slip under test


class TestModelPackage:
    def test_fails_beside_an_image_or_an_artifact(self) -> None:
        package = ModelPackage.from_name("churn/1")
        words = "model_package brings its own image and artifact, so {} must not be given"
        with pytest.raises(ConfigurationError, match=words.format("image")):
            Container(model_package=package, image=IMAGE)
        with pytest.raises(ConfigurationError, match=words.format("artifact")):
            Container(model_package=package, artifact=file_at("m.tar.gz"))

    def test_fails_without_image_and_package(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Container(inference_specification="small")
        assert problems_of(raised) == (
            "image must be a ContainerImage, got None",
            "inference_specification must come with a model package, which holds several of them",
        )

    def test_fails_on_slips(self) -> None:
        with pytest.raises(
            ConfigurationError, match=r"model_package must be such as ModelPackage.from_name\(…\), got 7"
        ):
            Container.from_model_package(7)  # type: ignore[arg-type] -- the slip under test
        with pytest.raises(ConfigurationError) as raised:
            ModelPackage.from_name(7, image="image", artifact="s3://b/m")  # type: ignore[arg-type] -- the slip under test
        assert problems_of(raised) == (
            "name must be text, got 7",
            "artifact must be such as store.artifact('models/model.tar.gz') or such as store.location('data') or such "
            "as ModelArtifact.from_archive(…) or such as MultiModelArtifact(…), got 's3://b/m'",
            "image must be a ContainerImage, got 'image'",
        )

    @pytest.mark.parametrize("arn", [PRODUCT, TOKEN])
    def test_trap_38_a_product_is_an_arn(self, arn: str) -> None:
        assert ModelPackage.from_marketplace_arn(arn) == ModelPackage(name=arn, from_marketplace=True)

    @pytest.mark.parametrize("arn", ["product-1", PRODUCT.replace("model-package", "algorithm"), None])
    def test_trap_38_fails_on_a_product_that_is_no_arn_of_a_package(self, arn: Any) -> None:
        with pytest.raises(ConfigurationError, match="arn must be a model package's ARN, shaped arn:aws:sagemaker:"):
            ModelPackage.from_marketplace_arn(arn)


class TestMetricsEndpoint:
    @pytest.mark.parametrize("seconds", [10, 30, 60, 120, 180, 240, 300, -1.8e289])
    def test_each_frequency(self, seconds: Any) -> None:
        assert MetricsEndpoint(publish_frequency_in_seconds=seconds).render() == {
            "MetricsEndpointPath": "/metrics",
            "MetricPublishFrequencyInSeconds": seconds,
        }

    @pytest.mark.parametrize("seconds", [0, 9, 11, 301])
    def test_fails_on_another_frequency(self, seconds: Any) -> None:
        with pytest.raises(ConfigurationError, match="must be one of 10, 30, 60, 120, 180, 240, 300, got "):
            MetricsEndpoint(publish_frequency_in_seconds=seconds)


@pytest.mark.parametrize(
    ("artifact", "more", "uses"),
    [
        (None, {}, False),
        (file_at("m.tar.gz"), {}, False),
        (ModelArtifact.from_models(at("m")), {}, False),
        (at("m"), {}, True),
        (ModelArtifact.from_archive(file_at("m.tar.gz")), {}, True),
        (None, {"a": at("m")}, True),
    ],
)
def test_tells_whether_it_needs_a_model_data_source(artifact: Any, more: Any, uses: bool) -> None:
    container = Container(image=IMAGE, artifact=artifact, additional_artifacts=more)
    assert container.uses_model_data_source is uses


def test_fails_on_an_environment_that_is_a_text() -> None:
    with pytest.raises(ConfigurationError, match="environment must be a mapping of names to text, got 'A=b'"):
        Container(image=IMAGE, environment="A=b")  # type: ignore[arg-type] -- the slip under test


def test_the_values_start_no_node() -> None:
    modules = ("composition", "container", "metrics_endpoint", "model_artifact", "model_package")
    program = (
        "import sys\n"
        + "\n".join(f"import constructs_lib.models.{module}" for module in modules)
        + "\nsys.exit('aws_cdk' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=False).returncode == 0
