"""Where a container image comes from, and what pulling it takes."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Aws, CfnMapping, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from constructs import Construct

from constructs_lib._internal.checks import is_token, matches, nearest, one_of, require
from constructs_lib._internal.statements import Statement
from constructs_lib.containers import catalogue
from constructs_lib.containers.algorithm_facts import FACTS, AlgorithmFacts
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.errors import ConfigurationError

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# The name rule of ECR: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
_REPOSITORY = r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
_ECR_URI = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)(?:[:@].+)?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundImage:
    """An image as one construct uses it: its address and the rights to pull it."""

    uri: str
    statements: tuple[Statement, ...]


class ContainerImage(ABC):
    """A container image for training or serving; make one with a `from_*` method or `built_in`."""

    hyperparameter_encoding: HyperparameterEncoding = HyperparameterEncoding.PLAIN
    algorithm: str | None = None
    facts: AlgorithmFacts | None = None

    @staticmethod
    def from_ecr_repository(repository: ecr.IRepository, tag: str = "latest") -> "ContainerImage":
        """An image of your own in *repository*; *tag* may also be a digest, shaped `sha256:…`."""
        return _Repository(repository, tag)

    @staticmethod
    def from_uri(uri: str) -> "ContainerImage":
        """An image by its address, shaped `registry/repository:tag`; pull rights follow when it is an ECR address."""
        return _Uri(uri)

    @staticmethod
    def from_asset(directory: str) -> "ContainerImage":
        """An image that the CDK builds from the Dockerfile in *directory* and pushes when you deploy."""
        return _Asset(directory)

    @staticmethod
    def from_dlc(repository: str, tag: str) -> "ContainerImage":
        """An AWS deep-learning container of the stack's own region.

        Args:
            repository: Such as `pytorch-training`.
            tag: Such as `2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker`.

        Raises:
            ConfigurationError: The repository or tag is not shaped like one; when used, the region has no registry.

        Source: https://docs.aws.amazon.com/deep-learning-containers/latest/devguide/dlc-image-reference.html
        """
        return _DeepLearningContainer(repository, tag)

    @staticmethod
    def built_in(algorithm: str, version: str = "1") -> "ContainerImage":
        """A built-in algorithm of SageMaker, such as `image-classification`, of the stack's own region.

        Raises:
            ConfigurationError: No such algorithm or version (the nearest are named); when used, the region lacks it.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-algo-docker-registry-paths.html
        """
        return _BuiltIn(algorithm, version)

    @abstractmethod
    def bind(self, scope: Construct) -> BoundImage:
        """The address in the stack of *scope*, and the statements that let a role pull it."""


class _Repository(ContainerImage):
    def __init__(self, repository: ecr.IRepository, tag: str) -> None:
        self._repository = repository
        self._tag = tag

    def bind(self, scope: Construct) -> BoundImage:
        return BoundImage(
            uri=self._repository.repository_uri_for_tag_or_digest(self._tag),
            statements=_pull(self._repository.repository_arn),
        )


class _Uri(ContainerImage):
    def __init__(self, uri: str) -> None:
        # The pattern of ContainerImage in the API is `[\S]+`, at most 255 characters; the request check repeats both.
        require("ContainerImage.from_uri", matches("uri", uri, r"\S+", shape="an image address without white space"))
        self._uri = uri

    def bind(self, scope: Construct) -> BoundImage:
        address = None if is_token(self._uri) else _ECR_URI.fullmatch(self._uri)
        if not address:
            return BoundImage(uri=self._uri, statements=())
        return BoundImage(uri=self._uri, statements=_pull(_repository_arn(**address.groupdict())))


class _Asset(ContainerImage):
    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._asset: ecr_assets.DockerImageAsset | None = None

    def bind(self, scope: Construct) -> BoundImage:
        if self._asset is None:
            self._asset = ecr_assets.DockerImageAsset(
                scope,
                "Image",
                directory=self._directory,
                # Most of SageMaker's machines are x86; without this a laptop with an ARM chip builds for itself.
                platform=ecr_assets.Platform.LINUX_AMD64,
            )
        return BoundImage(uri=self._asset.image_uri, statements=_pull(self._asset.repository.repository_arn))


class _RegionalImage(ContainerImage):
    """An image of AWS's own: the same repository in another account in each region."""

    def __init__(self, name: str, repository: str, tag: str, accounts: Mapping[str, str]) -> None:
        self._name = name
        self._repository = repository
        self._tag = tag
        self._accounts = accounts

    def bind(self, scope: Construct) -> BoundImage:
        account = self._account(scope)
        region = Stack.of(scope).region
        uri = f"{account}.dkr.ecr.{region}.{Aws.URL_SUFFIX}/{self._repository}:{self._tag}"
        return BoundImage(
            uri=uri,
            statements=_pull(_repository_arn(account=account, region=region, repository=self._repository)),
        )

    def _account(self, scope: Construct) -> str:
        stack = Stack.of(scope)
        if not is_token(stack.region):
            if stack.region not in self._accounts:
                raise ConfigurationError(
                    scope.node.path,
                    [
                        f"image {self._name} is not served in region {stack.region!r}"
                        f"{nearest(stack.region, self._accounts)}; it is in {', '.join(sorted(self._accounts))}"
                    ],
                )
            return self._accounts[stack.region]
        # A stack for any region: CloudFormation looks the account up when it deploys.
        mapping_id = f"Images-{self._name}"
        mapping = stack.node.try_find_child(mapping_id)
        if not isinstance(mapping, CfnMapping):
            mapping = CfnMapping(
                stack,
                mapping_id,
                mapping={region: {"account": account} for region, account in sorted(self._accounts.items())},
            )
        return mapping.find_in_map(Aws.REGION, "account")


class _DeepLearningContainer(_RegionalImage):
    hyperparameter_encoding = HyperparameterEncoding.JSON

    def __init__(self, repository: str, tag: str) -> None:
        require(
            "ContainerImage.from_dlc",
            matches("repository", repository, _REPOSITORY, shape="a repository such as 'pytorch-training'"),
            matches("tag", tag, r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", shape="an image tag such as '2.5.1-gpu-py311'"),
        )
        super().__init__("deep-learning-containers", repository, tag, catalogue.deep_learning_accounts())


class _BuiltIn(_RegionalImage):
    def __init__(self, algorithm: str, version: str) -> None:
        versions = catalogue.algorithms().get(algorithm)
        require(
            "ContainerImage.built_in",
            one_of(
                "algorithm", algorithm, catalogue.algorithms(), fix=f"; there are {', '.join(catalogue.algorithms())}"
            ),
            one_of(f"version of {algorithm}", version, versions) if versions else None,
        )
        image = catalogue.algorithms()[algorithm][version]
        super().__init__(algorithm, image["repository"], version, image["registries"])
        self.algorithm = algorithm
        self.facts = FACTS.get(algorithm)


def _repository_arn(*, account: str, region: str, repository: str) -> str:
    return f"arn:{Aws.PARTITION}:ecr:{region}:{account}:repository/{repository}"


def _pull(repository_arn: str) -> tuple[Statement, ...]:
    return (
        Statement(actions=_PULL, resources=(repository_arn,)),
        Statement(
            actions=("ecr:GetAuthorizationToken",),
            resources=("*",),
            wildcard_reason="ecr:GetAuthorizationToken has no resource of its own; IAM accepts it on * only.",
        ),
    )
