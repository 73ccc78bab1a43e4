"""The key of the volumes where the user names none."""

from typing import Any

import pytest

from constructs_lib import (
    AsyncEndpoint,
    ComponentVariant,
    Container,
    DataCapture,
    InstanceType,
    Model,
    ModelArtifact,
    MultiModel,
    MultiModelEndpoint,
    ProductionVariant,
    RealTimeEndpoint,
    S3Object,
    ServerlessEndpoint,
    ServerlessVariant,
)

from .serving import CPU, GPU, IMAGE, KEY_ARN, at, made, properties, served, shared, specification, template_of, variant

OTHER = "arn:aws:kms:us-east-1:123456789012:key/2"


def weights(key_arn: str | None) -> S3Object:
    return S3Object(bucket_name="b", bucket_arn="arn:aws:s3:::b", key="m.tar.gz", key_arn=key_arn)


def under(stack: Any, id: str, key_arn: str | None) -> ProductionVariant:
    """A variant whose weights lie under a key."""
    model = made(stack, id, container=Container(image=IMAGE, artifact=weights(key_arn)))
    return ProductionVariant(id.lower(), model=model, instance_type=CPU)


def volume_key(stack: Any, endpoint: Any) -> str | None:
    found: str | None = properties(template_of(stack), endpoint, "Config").get("KmsKeyId")
    return found


class TestVolumeKey:
    def test_is_that_of_the_capture_before_that_of_the_weights(self, stack: Any) -> None:
        capture = DataCapture(location=at("capture", KEY_ARN))
        endpoint = RealTimeEndpoint(stack, "Endpoint", variants=[under(stack, "A", OTHER)], capture=capture)
        assert volume_key(stack, endpoint) == KEY_ARN

    def test_is_that_of_the_answers_of_a_queue(self, stack: Any) -> None:
        capture = DataCapture(location=at("capture", OTHER))
        endpoint = AsyncEndpoint(stack, "Endpoint", variant=variant(stack), output=at("out", KEY_ARN), capture=capture)
        assert volume_key(stack, endpoint) == KEY_ARN

    def test_is_that_of_the_capture_where_a_queue_writes_without_one(self, stack: Any) -> None:
        capture = DataCapture(location=at("capture", OTHER))
        endpoint = AsyncEndpoint(stack, "Endpoint", variant=variant(stack), output=at("out"), capture=capture)
        assert volume_key(stack, endpoint) == OTHER

    @pytest.mark.parametrize(
        ("keys", "wanted"),
        [
            ((KEY_ARN,), KEY_ARN),
            ((KEY_ARN, KEY_ARN), KEY_ARN),
            ((None, KEY_ARN), KEY_ARN),
            ((KEY_ARN, OTHER), KEY_ARN),
            ((None,), None),
        ],
    )
    def test_is_that_of_the_first_weights_that_have_one(
        self, stack: Any, keys: tuple[str | None, ...], wanted: str | None
    ) -> None:
        variants = [under(stack, "AB"[number], key) for number, key in enumerate(keys)]
        assert volume_key(stack, RealTimeEndpoint(stack, "Endpoint", variants=variants)) == wanted

    def test_is_that_of_a_prefix_of_weights_or_of_models(self, stack: Any) -> None:
        folder = ModelArtifact.from_prefix(at("llama", KEY_ARN))
        model = Model(stack, "Model", container=Container(image=IMAGE, artifact=folder))
        many = MultiModel(stack, "Many", container=Container(image=IMAGE), models=at("models", OTHER))
        one = RealTimeEndpoint(stack, "One", variants=[ProductionVariant("main", model=model, instance_type=CPU)])
        all = MultiModelEndpoint(stack, "All", variants=[ProductionVariant("main", model=many, instance_type=CPU)])
        assert (volume_key(stack, one), volume_key(stack, all)) == (KEY_ARN, OTHER)

    def test_is_that_of_the_first_component_with_a_key(self, stack: Any) -> None:
        endpoint = shared(stack, variant=ComponentVariant("main", CPU))
        for id, key_arn in (("None", None), ("First", KEY_ARN), ("Second", OTHER)):
            container = Container(image=IMAGE, artifact=weights(key_arn))
            endpoint.add_component(id, specification=specification(model=container))
        assert volume_key(stack, endpoint) == KEY_ARN

    def test_trap_13_is_that_of_no_component_where_the_machines_have_disks(self, stack: Any) -> None:
        endpoint = shared(stack, variant=ComponentVariant("main", GPU))
        endpoint.add_component(
            "Chat", specification=specification(model=Container(image=IMAGE, artifact=weights(KEY_ARN)))
        )
        assert volume_key(stack, endpoint) is None

    def test_is_the_users_own_before_any_other(self, stack: Any) -> None:
        from aws_cdk import aws_kms as kms

        key = kms.Key.from_key_arn(stack, "Disks", OTHER)
        endpoint = RealTimeEndpoint(stack, "Endpoint", variants=[under(stack, "A", KEY_ARN)], key=key)
        assert volume_key(stack, endpoint) == OTHER

    def test_is_none_of_a_model_made_elsewhere(self, stack: Any) -> None:
        endpoint = RealTimeEndpoint(
            stack, "Endpoint", variants=[ProductionVariant("main", model=served(stack), instance_type=CPU)]
        )
        assert volume_key(stack, endpoint) is None

    def test_trap_13_is_none_where_a_machine_has_disks_of_its_own(self, stack: Any) -> None:
        on_disks = ProductionVariant("disks", model=under(stack, "A", KEY_ARN).models[0], instance_type=GPU)
        beside = under(stack, "B", KEY_ARN)
        endpoint = RealTimeEndpoint(
            stack, "Endpoint", variants=[on_disks, beside], capture=DataCapture(location=at("capture", KEY_ARN))
        )
        assert volume_key(stack, endpoint) is None
        assert InstanceType("ml.g5.xlarge").has_local_storage
        assert [entry.data for entry in endpoint.node.metadata if entry.type == "aws:cdk:warning"] == []

    def test_a_serverless_variant_has_no_volume(self, stack: Any) -> None:
        model = made(stack, container=Container(image=IMAGE, artifact=weights(KEY_ARN)), network_isolation=False)
        only = ServerlessVariant("main", model, memory_mb=1024, max_concurrency=1)
        assert volume_key(stack, ServerlessEndpoint(stack, "Endpoint", variant=only)) is None
