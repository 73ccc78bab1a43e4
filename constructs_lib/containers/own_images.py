"""Images of your own: in ECR, built by the CDK, or in a registry of yours."""

import re
from pathlib import Path

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib._internal.checks import known_at_synth, matches, require
from constructs_lib._internal.files import is_file
from constructs_lib._internal.place import place_of
from constructs_lib._internal.statements import Statement
from constructs_lib.containers import outdated
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.containers.pull import pull_statements, repository_arn

# Account, region and suffix may be known at deployment only, as in f"{Aws.ACCOUNT_ID}.dkr.ecr.{Aws.REGION}.…".
_LATE = r"\$\{Token\[[^\]]+\]\}"
_ECR_URI = re.compile(
    rf"(?P<account>\d{{12}}|{_LATE})\.dkr\.ecr\.(?P<region>[a-z0-9-]+|{_LATE})\."
    rf"(?:amazonaws\.com(?:\.cn)?|{_LATE})/(?P<repository>[^:@]+)(?:[:@].+)?"
)


def _ecr_address(uri: str) -> dict[str, str] | None:
    address = _ECR_URI.fullmatch(uri)
    return address.groupdict() if address else None


def _address_problem(uri: str) -> str | None:
    # The pattern of ContainerImage in the API is `[\S]+`, at most 255 characters; the request check repeats both.
    return matches("uri", uri, r"\S+", shape="an image address without white space")


class Repository(ContainerImage):
    """An image in a repository of the account."""

    def __init__(self, repository: ecr.IRepository, tag: str) -> None:
        self._repository = repository
        self._tag = tag

    def bind(self, scope: Construct) -> BoundImage:
        return BoundImage(
            uri=self._repository.repository_uri_for_tag_or_digest(self._tag),
            statements=pull_statements(self._repository.repository_arn),
        )


class Uri(ContainerImage):
    """An image by its address."""

    def __init__(self, uri: str) -> None:
        self._address = _ecr_address(uri)
        require(
            "ContainerImage.from_uri",
            _address_problem(uri),
            outdated.ended("uri", self._address["repository"]) if self._address else None,
        )
        self._uri = uri

    def bind(self, scope: Construct) -> BoundImage:
        if not self._address:
            return BoundImage(uri=self._uri, statements=())
        outdated.warn_if_outdated(scope, self._address["repository"])
        return BoundImage(uri=self._uri, statements=pull_statements(repository_arn(place_of(scope), **self._address)))


class Asset(ContainerImage):
    """An image that the CDK builds."""

    def __init__(self, directory: str) -> None:
        require(
            "ContainerImage.from_asset",
            known_at_synth("directory", directory, "the CDK reads the folder then"),
        )
        there = is_file(Path(directory) / "Dockerfile")
        require(
            "ContainerImage.from_asset",
            None
            if there
            else f"directory must be a folder with a Dockerfile, got {directory!r} (seen from {Path.cwd()})",
        )
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
        return BoundImage(uri=self._asset.image_uri, statements=pull_statements(self._asset.repository.repository_arn))


class PrivateRegistry(ContainerImage):
    """An image in a Docker registry that only a VPC reaches."""

    def __init__(self, uri: str, credentials_provider: lambda_.IFunction | None) -> None:
        require(
            "ContainerImage.from_private_registry",
            _address_problem(uri),
            f"uri is an ECR address, which needs no registry configuration, got {uri!r}; use ContainerImage.from_uri"
            if _ecr_address(uri)
            else None,
        )
        self._uri = uri
        self._credentials_provider = credentials_provider

    def bind(self, scope: Construct) -> BoundImage:
        if self._credentials_provider is None:
            return BoundImage(uri=self._uri, statements=(), registry_config={"TrainingRepositoryAccessMode": "Vpc"})
        arn = self._credentials_provider.function_arn
        return BoundImage(
            uri=self._uri,
            # The role of the job or model is the one that asks for the credentials:
            # https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own-private-registry-authentication.html
            statements=(Statement(actions=("lambda:InvokeFunction",), resources=(arn,)),),
            registry_config={
                "TrainingRepositoryAccessMode": "Vpc",
                "TrainingRepositoryAuthConfig": {"TrainingRepositoryCredentialsProviderArn": arn},
            },
        )
