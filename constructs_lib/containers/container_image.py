"""Where a container image comes from, and what pulling it takes."""

import re
from abc import ABC, abstractmethod

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib.containers.algorithm_facts import AlgorithmFacts
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.containers.framework_images import Device, ImagePurpose

__all__ = ["BoundImage", "ContainerImage"]


class ContainerImage(ABC):
    """A container image for training or serving; make one with a `from_*` method or `built_in`.

    Attributes:
        algorithm: The name of the built-in algorithm; None for all other images.
        facts: What the algorithm reads and where it runs; None when it is none or nothing is documented.
        framework: The framework that runs scripts in it, such as `pytorch` or `huggingface`; None when unknown.
        framework_version: Its version as it was asked for, or as it leads the tag; None when unknown.
        base_framework: What Hugging Face's images run on, such as `pytorch2.8.0`; None when unknown and elsewhere.
        repository: The repository of an image of AWS's, such as `pytorch-training`; None for all other images.
        device: What it is built for: `cpu`, `gpu` or `neuron`; None when its name does not say.
        hyperparameter_encoding: How the software in it reads its hyperparameters.
        requires_network_isolation: Whether SageMaker runs it in network isolation only.
    """

    algorithm: str | None = None
    facts: AlgorithmFacts | None = None
    framework: str | None = None
    framework_version: str | None = None
    base_framework: str | None = None
    repository: str | None = None
    device: str | None = None
    hyperparameter_encoding: HyperparameterEncoding = HyperparameterEncoding.PLAIN
    requires_network_isolation: bool = False

    @property
    def distributed_on(self) -> tuple[str | None, str | None]:
        """The framework that distributes a script, and its version: `huggingface-pytorch` and `2.8.0`."""
        base = re.fullmatch(r"([a-z]+)([\d.]*)", self.base_framework or "")
        return (f"{self.framework}-{base[1]}", base[2] or None) if base else (self.framework, self.framework_version)

    # The methods import the class that they make: those classes derive from this one.

    @staticmethod
    def from_ecr_repository(repository: ecr.IRepository, tag: str = "latest") -> "ContainerImage":
        """An image of your own in *repository*; *tag* may also be a digest, shaped `sha256:…`."""
        require("ContainerImage.from_ecr_repository", argument_problems(ContainerImage.from_ecr_repository, locals()))
        from constructs_lib.containers.own_images import Repository

        return Repository(repository, tag)

    @staticmethod
    def from_uri(uri: str) -> "ContainerImage":
        """An image by its address, shaped `registry/repository:tag`; pull rights follow when it is an ECR address.

        Raises:
            ConfigurationError: *uri* has white space, or is an image for Elastic Inference, which has ended.
        """
        require("ContainerImage.from_uri", argument_problems(ContainerImage.from_uri, locals()))
        from constructs_lib.containers.own_images import Uri

        return Uri(uri)

    @staticmethod
    def from_asset(directory: str) -> "ContainerImage":
        """An image that the CDK builds from the Dockerfile in *directory* and pushes when you deploy.

        Raises:
            ConfigurationError: There is no such folder, or no Dockerfile in it.
        """
        require("ContainerImage.from_asset", argument_problems(ContainerImage.from_asset, locals()))
        from constructs_lib.containers.own_images import Asset

        return Asset(directory)

    @staticmethod
    def from_private_registry(uri: str, credentials_provider: lambda_.IFunction | None = None) -> "ContainerImage":
        """An image in a Docker registry inside your own VPC, or one that the VPC reaches.

        What uses it needs a network, whose security groups the registry must let in; the registry needs a certificate
        of a public authority.

        Args:
            uri: Shaped `registry.example.com/repository:tag`.
            credentials_provider: Returns `{"Credentials": {"Username": …, "Password": …}}`; the role may invoke it.
                None when the registry asks for none.

        Raises:
            ConfigurationError: *uri* has white space, or is an ECR address, which needs no registry configuration.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own-private-registry.html
        """
        require(
            "ContainerImage.from_private_registry", argument_problems(ContainerImage.from_private_registry, locals())
        )
        from constructs_lib.containers.own_images import PrivateRegistry

        return PrivateRegistry(uri, credentials_provider)

    @staticmethod
    def from_marketplace(algorithm_arn: str) -> "ContainerImage":
        """An algorithm that you subscribed to on AWS Marketplace: a name for training jobs, without an image.

        It trains in network isolation only, and its subscription must exist in the account; who starts the job may need
        `aws-marketplace:ViewSubscriptions` (untested).

        Args:
            algorithm_arn: Shaped `arn:aws:sagemaker:us-east-1:123456789012:algorithm/name`, of the stack's region.

        Raises:
            ConfigurationError: It is not such an ARN; when used, it is of another region than the stack.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-mkt-algo-train.html
        """
        require("ContainerImage.from_marketplace", argument_problems(ContainerImage.from_marketplace, locals()))
        from constructs_lib.containers.marketplace import MarketplaceAlgorithm

        return MarketplaceAlgorithm(algorithm_arn)

    @staticmethod
    def from_dlc(repository: str, tag: str) -> "ContainerImage":
        """An AWS deep-learning container of the stack's own region, by repository and tag: any, so also a new one.

        Args:
            repository: Such as `pytorch-training`.
            tag: Such as `2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker`.

        Raises:
            ConfigurationError: The repository or tag is not shaped like one, or is for Elastic Inference, which has
                ended; when used, the region has no registry.

        Source: https://docs.aws.amazon.com/deep-learning-containers/latest/devguide/dlc-image-reference.html
        """
        require("ContainerImage.from_dlc", argument_problems(ContainerImage.from_dlc, locals()))
        from constructs_lib.containers.aws_images import DeepLearningContainer

        return DeepLearningContainer(repository, tag)

    @staticmethod
    def from_framework(
        framework: str,
        *,
        version: str | None = None,
        purpose: ImagePurpose | None = None,
        python: str | None = None,
        device: Device | None = None,
        base_framework: str | None = None,
    ) -> "ContainerImage":
        """An image of AWS by what is in it; the repository, the tag and the account in each region follow.

        Args:
            framework: Such as `pytorch`, `tensorflow`, `huggingface`, `xgboost`, `sklearn`, `djl-lmi` or `vllm`; also
                tools, such as `clarify` or `spark`.
            version: Such as `2.5.1`; a short one, such as `2.5`, is a tag that AWS moves on. None takes the only one.
            purpose: None takes the only one that the framework has images for.
            python: Such as `py311`; None takes the newest of that version.
            device: None takes the only one that the version has images for.
            base_framework: What Hugging Face's images run on: `pytorch`, `pytorch2.8.0`; None takes the only one.

        Raises:
            ConfigurationError: No such image is known, or several are; the nearest are named. When used, the region
                lacks it.

        Source: https://aws.github.io/deep-learning-containers/reference/available_images/
        """
        from constructs_lib.containers.aws_images import framework_image

        return framework_image(
            framework, version=version, purpose=purpose, python=python, device=device, base_framework=base_framework
        )

    @staticmethod
    def built_in(algorithm: str, version: str | None = None) -> "ContainerImage":
        """A built-in algorithm of SageMaker, such as `image-classification`, of the stack's own region.

        Args:
            algorithm: As its repository is named; `xgboost` and `sklearn` belong to them.
            version: None takes the only one; `xgboost` and `sklearn` have several and need one, such as `3.0-5`.

        Raises:
            ConfigurationError: No such algorithm or version (the nearest are named); when used, the region lacks it.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-algo-docker-registry-paths.html
        """
        require("ContainerImage.built_in", argument_problems(ContainerImage.built_in, locals()))
        from constructs_lib.containers.aws_images import built_in

        return built_in(algorithm, version)

    @abstractmethod
    def bind(self, scope: Construct) -> BoundImage:
        """The address in the stack of *scope*, and the statements that let a role pull it."""
