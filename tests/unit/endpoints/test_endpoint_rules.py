"""What endpoints refuse, in the words of the caller's arguments; nothing here is synthesized."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from constructs_lib import (
    AsyncEndpoint,
    Container,
    ContainerImage,
    DataCapture,
    Device,
    ImagePurpose,
    InstancePool,
    InstancePools,
    InstanceType,
    ModelKind,
    MultiModel,
    MultiModelEndpoint,
    ServerlessEndpoint,
    ServerlessVariant,
)
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    IMAGE,
    LATE,
    NEURON,
    at,
    made,
    real_time,
    refusal,
    served,
    shared,
    topic_in,
    variant,
    warnings_of,
)

INF1 = InstanceType("ml.inf1.xlarge")
SIX = [InstanceType(f"ml.m5.{size}") for size in ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge")]


@pytest.fixture(scope="module")
def stack() -> Any:
    """One stack for all: what is refused leaves nothing in it that is synthesized."""
    from aws_cdk import App, Stack

    return Stack(App(), "Stack")


@pytest.fixture(scope="module")
def ids() -> Iterator[str]:
    return (f"E{number}" for number in count())


def queued(stack: Any, id: str, **changes: Any) -> AsyncEndpoint:
    return AsyncEndpoint(stack, id, **({"variant": variant(stack), "output": at("out")} | changes))


class TestServerless:
    def made_with(self, stack: Any, id: str, model: Any, **changes: Any) -> ServerlessEndpoint:
        arguments = {"memory_mb": 1024, "max_concurrency": 1} | changes
        return ServerlessEndpoint(stack, id, variant=ServerlessVariant("main", model, **arguments))

    def test_trap_25_holds_both_ends_of_concurrency(self, stack: Any, ids: Iterator[str]) -> None:
        model = served(stack)
        for value in (1, 200, LATE):
            self.made_with(stack, next(ids), model, max_concurrency=value, provisioned_concurrency=value)
        for build in (
            lambda: self.made_with(stack, next(ids), model, max_concurrency=201),
            lambda: self.made_with(stack, next(ids), model, max_concurrency=201, provisioned_concurrency=201),
        ):
            assert "variant.max_concurrency must be at most 200, got 201" in refusal(build)

    def test_trap_25_fails_on_isolation_networks_and_the_marketplace(self, stack: Any, ids: Iterator[str]) -> None:
        isolated = made(stack, next(ids), network_isolation=True)
        rule = "or a serverless endpoint cannot serve it"
        problem = refusal(lambda: self.made_with(stack, next(ids), isolated))
        assert (
            problem == f"variant.model must have network_isolation=False, {rule}, got {isolated.node.path} (TRAPS 25)"
        )
        product = served(stack, name="listed")
        product.from_marketplace, product.network = True, object()
        problem = refusal(lambda: self.made_with(stack, next(ids), product))
        assert problem.splitlines() == [
            f"variant.model must have no network, {rule}, got Stack/listed (TRAPS 25)",
            f"variant.model must not be a model package of the Marketplace, {rule}, got Stack/listed (TRAPS 25)",
        ]

    @pytest.mark.parametrize("kind", [ModelKind.MULTI_MODEL, ModelKind.PIPELINE, ModelKind.DIRECT])
    def test_trap_25_fails_on_other_kinds_of_models(self, stack: Any, ids: Iterator[str], kind: ModelKind) -> None:
        model = served(stack, kind)
        assert refusal(lambda: self.made_with(stack, next(ids), model)).startswith(
            "variant.model must be a Model of one"
        )

    def test_trap_25_fails_on_an_artifact_that_is_no_archive(self, stack: Any, ids: Iterator[str]) -> None:
        folder = made(
            stack, next(ids), container=Container(image=IMAGE, artifact=at("folder")), network_isolation=False
        )
        problem = refusal(lambda: self.made_with(stack, next(ids), folder))
        assert problem.startswith("variant.model must have its artifact as one gzipped tar, or a serverless")

    @pytest.mark.parametrize(("device", "refused"), [(Device.GPU, True), (Device.CPU, False)])
    def test_trap_25_fails_on_an_image_for_gpus(
        self, stack: Any, ids: Iterator[str], device: Device, refused: bool
    ) -> None:
        image = ContainerImage.from_framework("pytorch", version="2.6.0", purpose=ImagePurpose.INFERENCE, device=device)
        model = made(stack, next(ids), container=Container(image=image), network_isolation=False)
        if refused:
            problem = refusal(lambda: self.made_with(stack, next(ids), model))
            assert problem.startswith("variant.model must have an image for CPUs, or a serverless endpoint cannot")
        else:
            assert warnings_of(self.made_with(stack, next(ids), model)) == []

    @pytest.mark.parametrize(
        ("tag", "warned"), [("2.18.0-gpu-py310", 1), ("2.18.0-gpu", 1), ("2.18.0-cpu-py310", 0), ("2.18.0", 0)]
    )
    def test_trap_25_warns_of_a_tag_that_says_gpu(self, stack: Any, ids: Iterator[str], tag: str, warned: int) -> None:
        image = ContainerImage.from_dlc("tensorflow-inference", tag)
        model = made(stack, next(ids), container=Container(image=image), network_isolation=False)
        found = warnings_of(self.made_with(stack, next(ids), model))
        assert [text.count("sagemaker-constructs:serverless-has-no-gpu/main") for text in found] == [1] * warned


class TestMultiModel:
    @pytest.mark.parametrize(
        ("image", "machine", "warned"),
        [
            (ContainerImage.from_dlc("tensorflow-inference", "2.18.0-gpu-py310"), GPU, True),
            (ContainerImage.from_dlc("djl-inference", "0.30.0-lmi12.0.0-cu124"), GPU, True),
            (ContainerImage.from_dlc("tensorflow-inference", "2.18.0-cpu-py310"), CPU, False),
            (ContainerImage.from_dlc("sagemaker-tritonserver", "24.09-py3"), GPU, False),
            (ContainerImage.from_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"), GPU, False),
        ],
    )
    def test_trap_27_warns_on_gpus_of_images_other_than_tritons(
        self, stack: Any, ids: Iterator[str], image: ContainerImage, machine: Any, warned: bool
    ) -> None:
        model = MultiModel(stack, next(ids), container=Container(image=image), models=at("models"))
        for pools in (machine, InstancePools(InstancePool(NEURON), InstancePool(machine))):
            many = [variant(stack, model=model, instance_type=pools)]
            found = warnings_of(MultiModelEndpoint(stack, next(ids), variants=many))
            assert [text for text in found if "multi-model-without-triton/main" in text] == found
            assert len(found) == warned


class TestAsync:
    def test_holds_both_ends_of_concurrency(self, stack: Any, ids: Iterator[str]) -> None:
        argument = "max_concurrent_invocations_per_instance"
        for value in (1, 1000, LATE):
            queued(stack, next(ids), **{argument: value})
        for value in (0, 1001, "1", 1.5):
            problem = refusal(lambda value=value: queued(stack, next(ids), **{argument: value}))
            assert problem.startswith(f"{argument} must be ")

    def test_fails_on_another_key_for_failures(self, stack: Any, ids: Iterator[str]) -> None:
        problem = refusal(lambda: queued(stack, next(ids), failures=at("failures", "arn:aws:kms:us-east-1:1:key/2")))
        assert problem == (
            "failures must lie in a bucket with the key of output's, because the API has one key for both, got "
            "arn:aws:kms:us-east-1:1:key/2"
        )

    def test_fails_on_answers_without_a_topic(self, stack: Any, ids: Iterator[str]) -> None:
        problem = refusal(lambda: queued(stack, next(ids), include_response_in_topics=True))
        assert problem == "include_response_in_topics needs success_topic or error_topic, got neither"

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [
            ("variant", "main"),
            ("variant", None),
            ("output", "s3://bucket/out"),
            ("output", None),
            ("failures", "s3://bucket/failures"),
            ("inputs", ["s3://bucket/in"]),
            ("success_topic", "arn:aws:sns:us-east-1:123456789012:t"),
            ("error_topic", 5),
            ("include_response_in_topics", "yes"),
            ("capture", "s3://bucket/capture"),
        ],
    )
    def test_fails_on_wrong_kinds(self, stack: Any, ids: Iterator[str], argument: str, wrong: Any) -> None:
        problem = refusal(lambda: queued(stack, next(ids), **{argument: wrong}))
        assert problem.startswith(f"{argument} must be ")
        assert problem.endswith(f", got {wrong!r}")

    def test_fails_on_a_fifo_topic(self, stack: Any, ids: Iterator[str]) -> None:
        from aws_cdk import aws_sns as sns

        made_here = sns.Topic(stack, next(ids), fifo=True)
        elsewhere = topic_in(stack, "answers.fifo")
        problem = refusal(lambda: queued(stack, next(ids), success_topic=made_here, error_topic=elsewhere))
        rule = "must be a standard topic, because SageMaker names no message group, got"
        assert problem.splitlines() == [
            f"success_topic {rule} {made_here.node.path}",
            f"error_topic {rule} {elsewhere.node.path}",
        ]

    def test_takes_a_standard_topic(self, stack: Any, ids: Iterator[str]) -> None:
        from aws_cdk import aws_sns as sns

        queued(stack, next(ids), success_topic=sns.Topic(stack, next(ids)), error_topic=topic_in(stack, "errors"))


class TestWrongKinds:
    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [
            ("variants", None),
            ("variants", "main"),
            ("variants", 5),
            ("variants", ["main"]),
            ("variants", [None]),
            ("shadow_variant", "shadow"),
            ("key", "arn:aws:kms:us-east-1:1:key/1"),
            ("capture", "s3://bucket/capture"),
            ("metrics", 10),
            ("explainer_config", "clarify"),
            ("explainer_config", {}),
        ],
    )
    def test_fails_with_the_argument(self, stack: Any, ids: Iterator[str], argument: str, wrong: Any) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), **{argument: wrong}))
        assert problem.startswith((f"{argument} must be ", f"{argument}[0] must be "))

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [
            ("variant", "main"),
            ("variant", None),
            ("network", "vpc-1"),
            ("network_isolation", "yes"),
            ("role", "arn:aws:iam::1:role/r"),
            ("key", "key"),
            ("metrics", 10),
            ("retained", "DesiredWeight"),
        ],
    )
    def test_fails_with_the_argument_of_an_endpoint_for_components(
        self, stack: Any, ids: Iterator[str], argument: str, wrong: Any
    ) -> None:
        assert refusal(lambda: shared(stack, next(ids), **{argument: wrong})).startswith(f"{argument} must be ")

    @pytest.mark.parametrize("wrong", ["main", None, 5])
    def test_fails_on_what_is_no_serverless_variant(self, stack: Any, ids: Iterator[str], wrong: Any) -> None:
        problem = refusal(lambda: ServerlessEndpoint(stack, next(ids), variant=wrong))
        assert problem == f"variant must be such as ServerlessVariant(…), got {wrong!r}"

    @pytest.mark.parametrize("weight", [float("nan"), float("inf"), -float("inf")])
    def test_fails_on_a_weight_that_is_no_finite_number(self, stack: Any, weight: float) -> None:
        assert refusal(lambda: variant(stack, weight=weight)) == f"weight must be a number, got {weight}"

    def test_trap_40_warns_of_explanations(self, stack: Any, ids: Iterator[str]) -> None:
        explained = {"ClarifyExplainerConfig": {"ShapConfig": {"ShapBaselineConfig": {"ShapBaseline": "1,2"}}}}
        (text,) = warnings_of(real_time(stack, next(ids), explainer_config=explained))
        assert "sagemaker-constructs:clarify-closed" in text
        assert "explainer_config needs SageMaker Clarify, which is closed to new customers (TRAPS 40)" in text
        assert warnings_of(real_time(stack, next(ids))) == []

    def test_trap_30_holds_both_ends_of_sampling(self, stack: Any, ids: Iterator[str]) -> None:
        for value in (0, 100, LATE):
            real_time(stack, next(ids), capture=DataCapture(location=at("c"), percent=value))
        for value in (-1, 101):
            capture = DataCapture(location=at("c"), percent=value)
            problem = refusal(lambda capture=capture: real_time(stack, next(ids), capture=capture))
            assert problem.startswith("capture.percent must be ")
