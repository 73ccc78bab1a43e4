"""Where images come from, and what pulling them takes."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, ContainerImage
from constructs_lib.containers import catalogue

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def in_region(region: str) -> Any:
    from aws_cdk import App, Environment, Stack

    return Stack(App(), "Stack", env=Environment(account="123456789012", region=region))


class TestBuiltIn:
    def test_is_looked_up_at_deployment_in_a_stack_of_any_region(self, stack: Any) -> None:
        bound = ContainerImage.built_in("image-classification").bind(stack)

        assert stack.resolve(bound.uri)["Fn::Join"][1][0] == {
            "Fn::FindInMap": ["Imagesimageclassification", {"Ref": "AWS::Region"}, "account"]
        }

    def test_is_plain_text_in_a_stack_of_one_region(self) -> None:
        uri = str(ContainerImage.built_in("image-classification").bind(in_region("eu-west-1")).uri)
        assert uri.startswith("685385470294.dkr.ecr.eu-west-1.")
        assert uri.endswith("/image-classification:1")

    def test_two_uses_in_one_stack_share_the_table(self, stack: Any) -> None:
        for _ in range(2):
            ContainerImage.built_in("image-classification").bind(stack)
        assert len([child for child in stack.node.children if child.node.id.startswith("Images-")]) == 1

    def test_trap_16_grants_pull_on_the_registry_of_aws(self) -> None:
        pull, token = ContainerImage.built_in("image-classification").bind(in_region("eu-west-1")).statements
        assert pull.actions == PULL
        assert pull.resources[0].endswith(":ecr:eu-west-1:685385470294:repository/image-classification")
        assert (token.actions, token.resources) == (("ecr:GetAuthorizationToken",), ("*",))

    def test_fails_on_an_algorithm_that_is_none_and_names_the_nearest(self) -> None:
        with pytest.raises(ConfigurationError, match="did you mean 'image-classification'"):
            ContainerImage.built_in("image-clasification")

    def test_fails_on_another_version(self) -> None:
        with pytest.raises(
            ConfigurationError,
            match=r"version of image-classification for .* does not exist: '2'; the nearest and newest are '1'",
        ):
            ContainerImage.built_in("image-classification", "2")

    def test_fails_in_a_region_without_it(self) -> None:
        with pytest.raises(ConfigurationError, match="image lda is not served in region 'eu-north-1'"):
            ContainerImage.built_in("lda").bind(in_region("eu-north-1"))


class TestDeepLearningContainer:
    def test_trap_16_binds_in_every_region_of_the_catalogue(self) -> None:
        image = ContainerImage.from_dlc("pytorch-training", "2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker")
        for region, account in catalogue.deep_learning_accounts().items():
            assert str(image.bind(in_region(region)).uri).startswith(f"{account}.dkr.ecr.{region}.")

    def test_two_images_in_one_stack_share_the_table(self, stack: Any) -> None:
        ContainerImage.from_dlc("pytorch-training", "2.5.1").bind(stack)
        ContainerImage.from_dlc("pytorch-inference", "2.5.1").bind(stack)

    def test_fails_on_a_repository_and_a_tag_that_are_none(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            ContainerImage.from_dlc("PyTorch", "2.5 gpu")
        assert len(raised.value.problems) == 2


class TestOwnImages:
    def test_a_repository_grants_pull_on_itself(self, stack: Any) -> None:
        from aws_cdk import aws_ecr as ecr

        repository = ecr.Repository.from_repository_name(stack, "Repository", "models/serve")
        bound = ContainerImage.from_ecr_repository(repository, "v1").bind(stack)
        assert bound.statements[0].resources == (repository.repository_arn,)
        assert bound.uri == repository.repository_uri_for_tag("v1")

    def test_an_ecr_address_grants_pull_on_its_repository(self, stack: Any) -> None:
        bound = ContainerImage.from_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:v1").bind(stack)
        assert bound.statements[0].resources[0].endswith(":ecr:eu-west-1:123456789012:repository/a/b")

    def test_an_ecr_address_of_this_account_grants_pull_too(self, stack: Any) -> None:
        from aws_cdk import Aws

        uri = f"{Aws.ACCOUNT_ID}.dkr.ecr.{Aws.REGION}.{Aws.URL_SUFFIX}/mine:1"
        arn = stack.resolve(ContainerImage.from_uri(uri).bind(stack).statements[0].resources[0])
        assert arn["Fn::Join"][1][-1] == ":repository/mine"

    def test_another_address_grants_nothing(self, stack: Any) -> None:
        assert ContainerImage.from_uri("registry.example.com/a:v1").bind(stack).statements == ()

    def test_fails_on_an_address_with_white_space(self) -> None:
        with pytest.raises(ConfigurationError, match="an image address without white space, got 'a b'"):
            ContainerImage.from_uri("a b")

    def test_an_asset_is_built_for_the_machines_of_sagemaker(self, stack: Any, tmp_path: Any) -> None:
        (tmp_path / "Dockerfile").write_text("FROM scratch\n")
        bound = ContainerImage.from_asset(str(tmp_path)).bind(stack)
        assert bound.statements[0].actions == PULL
        assert "Fn::Sub" in stack.resolve(bound.uri)
