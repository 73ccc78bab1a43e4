"""Images in a registry of one's own, and algorithms of AWS Marketplace."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, ContainerImage
from constructs_lib.models.container import Container

ARN = "arn:aws:sagemaker:us-east-1:123456789012:algorithm/scikit-decision-trees-15423055"
PROVIDER = "arn:aws:lambda:us-east-1:123456789012:function:registry"


def provider(stack: Any) -> Any:
    from aws_cdk import aws_lambda as lambda_

    return lambda_.Function.from_function_arn(stack, "Provider", PROVIDER)


class TestPrivateRegistry:
    def test_is_the_image_config_of_a_training_job(self, stack: Any) -> None:
        bound = ContainerImage.from_private_registry("registry.example.com/a:v1", provider(stack)).bind(stack)
        assert bound.uri == "registry.example.com/a:v1"
        assert bound.registry_config == {
            "TrainingRepositoryAccessMode": "Vpc",
            "TrainingRepositoryAuthConfig": {"TrainingRepositoryCredentialsProviderArn": PROVIDER},
        }

    def test_lets_the_role_ask_for_the_credentials_and_nothing_else(self, stack: Any) -> None:
        (statement,) = ContainerImage.from_private_registry("r.example.com/a", provider(stack)).bind(stack).statements
        assert (statement.actions, statement.resources) == (("lambda:InvokeFunction",), (PROVIDER,))

    def test_without_credentials_only_says_where_it_is(self, stack: Any) -> None:
        bound = ContainerImage.from_private_registry("registry.example.com/a:v1").bind(stack)
        assert (bound.registry_config, bound.statements) == ({"TrainingRepositoryAccessMode": "Vpc"}, ())

    def test_a_models_container_says_the_same_in_its_own_words(self, stack: Any) -> None:
        image = ContainerImage.from_private_registry("registry.example.com/a:v1", provider(stack))
        assert Container(image=image).render(image.bind(stack)) == {
            "Image": "registry.example.com/a:v1",
            "ImageConfig": {
                "RepositoryAccessMode": "Vpc",
                "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": PROVIDER},
            },
        }

    def test_an_image_in_ecr_has_no_image_config(self, stack: Any) -> None:
        image = ContainerImage.built_in("image-classification")
        assert set(Container(image=image).render(image.bind(stack))) == {"Image"}

    def test_takes_a_token(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        uri = CfnParameter(stack, "Image").value_as_string
        assert ContainerImage.from_private_registry(uri).bind(stack).uri == uri

    def test_fails_on_white_space_and_on_ecr(self) -> None:
        with pytest.raises(ConfigurationError, match="an image address without white space"):
            ContainerImage.from_private_registry("a b")
        with pytest.raises(ConfigurationError, match=r"uri is an ECR address.*use ContainerImage\.from_uri"):
            ContainerImage.from_private_registry("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:v1")


class TestMarketplace:
    def test_trap_38_is_a_name_without_an_image_in_network_isolation(self, stack: Any) -> None:
        image = ContainerImage.from_marketplace(ARN)
        bound = image.bind(stack)
        assert (bound.algorithm_name, bound.uri, bound.statements) == (ARN, None, ())
        assert image.requires_network_isolation

    def test_takes_a_token(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        arn = CfnParameter(stack, "Algorithm").value_as_string
        assert ContainerImage.from_marketplace(arn).bind(stack).algorithm_name == arn

    @pytest.mark.parametrize("arn", ["scikit", ARN.replace("algorithm/", "model-package/")])
    def test_fails_on_what_is_no_algorithm(self, arn: str) -> None:
        with pytest.raises(ConfigurationError, match="algorithm_arn must be an algorithm's ARN"):
            ContainerImage.from_marketplace(arn)

    def test_fails_in_a_stack_of_another_region(self) -> None:
        from aws_cdk import App, Environment, Stack

        stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
        with pytest.raises(
            ConfigurationError, match="algorithm of region 'us-east-1' in a stack of region 'eu-west-1'"
        ):
            ContainerImage.from_marketplace(ARN).bind(stack)

    def test_fails_as_what_serves_a_model(self, stack: Any) -> None:
        image = ContainerImage.from_marketplace(ARN)
        with pytest.raises(ConfigurationError, match="which trains only"):
            Container(image=image).render(image.bind(stack))
