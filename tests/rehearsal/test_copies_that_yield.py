"""Copies that have scaled and an update of their component: the template wins with a number, yields without one."""

from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import App, Stack

import constructs_lib as sm
from tests.rehearsal.test_emulator_support import BUCKET, IMAGE, World, wait_for, world
from tests.rehearsal.test_emulator_support import Stack as Deployed
from tests.templates import template_of


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.aws.client("ecr").create_repository(repositoryName="serving")
        yield account


def resources(name: str, copies: int | None, memory_mb: int) -> Any:
    artifact = sm.S3Object(bucket_name=BUCKET, bucket_arn=f"arn:aws:s3:::{BUCKET}", key="models/m.tar.gz")
    stack = Stack(App(builtin_cloud_formation_validation=False), name)
    variant = sm.ComponentVariant("main", sm.InstanceType("ml.g5.12xlarge"))
    sm.InferenceComponentEndpoint(stack, "Shared", variant=variant).add_component(
        "Chat",
        specification=sm.ComponentSpecification(
            model=sm.Container(image=sm.ContainerImage.from_uri(IMAGE), artifact=artifact),
            compute=sm.ComputeRequirements(min_memory_mb=memory_mb),
        ),
        copies=copies,
        inference_component_name=name.lower(),
    ).auto_scale(min_capacity=1, max_capacity=4)
    return template_of(stack)["Resources"]


@pytest.mark.parametrize(("copies", "after"), [(None, 3), (1, 1)])
def test_trap_3_an_update_sets_copies_back_where_the_template_counts_them(
    here: World, copies: int | None, after: int
) -> None:
    name = f"Copies{copies}"
    deployed = Deployed(here, name)
    assert deployed.create(resources(name, copies, 1024)) == "CREATE_COMPLETE", deployed.reasons()
    wanted = {"InferenceComponentName": name.lower(), "DesiredRuntimeConfig": {"CopyCount": 3}}
    here.sagemaker.update_inference_component_runtime_config(**wanted)

    def running() -> int:
        return int(here.settled_component(name.lower())["RuntimeConfig"]["CurrentCopyCount"])

    wait_for(running, lambda found: found == 3)
    assert deployed.update(resources(name, copies, 2048)) == "UPDATE_COMPLETE", deployed.reasons()
    assert running() == after
