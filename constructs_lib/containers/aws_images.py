"""Images that AWS publishes: the same repository in another account in each region (TRAPS 16)."""

import re

from aws_cdk import Aws, CfnMapping, Stack
from constructs import Construct

from constructs_lib._internal.checks import is_token, known_at_synth, matches, nearest, require
from constructs_lib._internal.place import place_of
from constructs_lib.containers import catalogue, outdated
from constructs_lib.containers.algorithm_facts import algorithms, facts_of
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.containers.framework_images import ImagePurpose, resolve, versions_in_region
from constructs_lib.containers.pull import pull_statements, repository_arn
from constructs_lib.errors import ConfigurationError

# The name rule of ECR: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
_REPOSITORY = r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"

# Takes scripts and nothing else, but SageMaker counts it among its algorithms.
_SCRIPTED_ALGORITHM = "sklearn"


class RegionalImage(ContainerImage):
    """An image of AWS's own."""

    repository: str

    def __init__(self, *, name: str, repository: str, tag: str, table: str) -> None:
        self._name = name
        self.repository = repository
        # No token is looked at: what it stands for is not in its name.
        built_for = re.search(r"(?:^|-)(cpu|gpu|cu\d+|neuron)", "" if is_token(tag) else tag)
        named = "neuron" if "neuron" in repository else built_for[1] if built_for else None
        self.device = "gpu" if named and named.startswith("cu") else named
        self._tag = tag
        self._table = table

    def bind(self, scope: Construct) -> BoundImage:
        account = self._account(scope)
        place = place_of(scope)
        region = place.region
        outdated.warn_if_outdated(scope, self.repository)
        image = f"{self.repository}:{self._tag}" if self._tag else self.repository
        return BoundImage(
            uri=f"{account}.dkr.ecr.{region}.{Aws.URL_SUFFIX}/{image}",
            statements=pull_statements(
                repository_arn(place, account=account, region=region, repository=self.repository)
            ),
        )

    def _account(self, scope: Construct) -> str:
        region = place_of(scope).region
        accounts = catalogue.accounts(self._table)
        if not is_token(region):
            if region not in accounts:
                raise ConfigurationError(
                    scope.node.path,
                    [
                        f"image {self._name} is not served in region {region!r}"
                        f"{nearest(region, accounts)}; it is in {', '.join(sorted(accounts))}"
                        f"{self._elsewhere(region)}"
                    ],
                )
            return accounts[region]
        # A stack for any region: CloudFormation looks the account up when it deploys.
        stack = Stack.of(scope)
        mapping_id = f"Images-{self._table}"
        mapping = stack.node.try_find_child(mapping_id)
        if not isinstance(mapping, CfnMapping):
            mapping = CfnMapping(
                stack,
                mapping_id,
                mapping={name: {"account": account} for name, account in sorted(accounts.items())},
            )
        return mapping.find_in_map(Aws.REGION, "account")

    def _elsewhere(self, region: str) -> str:
        """What to take instead in *region*, as the end of a sentence, or nothing."""
        return ""


class DeepLearningContainer(RegionalImage):
    """One by repository and tag."""

    hyperparameter_encoding = HyperparameterEncoding.JSON

    def __init__(self, repository: str, tag: str) -> None:
        require(
            "ContainerImage.from_dlc",
            matches("repository", repository, _REPOSITORY, shape="a repository such as 'pytorch-training'"),
            matches("tag", tag, _TAG, shape="an image tag such as '2.5.1-gpu-py311'"),
            outdated.ended("repository", repository),
        )
        super().__init__(
            name="deep-learning-containers", repository=repository, tag=tag, table=catalogue.deep_learning_table()
        )
        self.framework = catalogue.framework_of(repository)
        # Hugging Face's tags begin with the version of what it runs on and name their own behind it.
        version = re.match(r"(?:.*-transformers)?(\d+(?:\.\d+)+)", tag)
        self.framework_version = version[1] if version and self.framework and not is_token(tag) else None
        base = re.match(r"huggingface-(pytorch|tensorflow)-", repository)
        below = re.match(r"(\d+(?:\.\d+)+)-transformers", tag)
        self.base_framework = f"{base[1]}{below[1] if below else ''}" if base else None


class _FrameworkImage(RegionalImage):
    hyperparameter_encoding = HyperparameterEncoding.JSON

    def __init__(
        self, *, source: str, purpose: str | None, version: str, base: str | None, device: str, **image: str
    ) -> None:
        super().__init__(name=f"{source} {version}".strip(), **image)
        self.device, self.device_is_sure = device or self.device, bool(device)
        self._source = source
        self._purpose = purpose
        self.framework = catalogue.framework_of(source)
        self.framework_version = version or None
        self.base_framework = base

    def _elsewhere(self, region: str) -> str:
        served = versions_in_region(self._source, self._purpose, region)
        if not served:
            return ""
        near = catalogue.nearest_versions(self.framework_version or "", served)
        return f"; {region} has {self._source} {', '.join(near)}"


def framework_image(
    framework: str,
    *,
    version: str | None,
    purpose: ImagePurpose | None,
    python: str | None,
    device: str | None,
    base_framework: str | None,
) -> ContainerImage:
    """The image that `ContainerImage.from_framework` means."""
    found = resolve(
        "ContainerImage.from_framework",
        framework,
        version=version,
        purpose=purpose,
        python=python,
        device=device,
        base_framework=base_framework,
    )
    return _FrameworkImage(
        source=framework,
        purpose=purpose,
        version=found.version,
        base=found.base,
        device=found.device,
        repository=found.repository,
        tag=found.tag,
        table=found.table,
    )


class _BuiltIn(RegionalImage):
    def __init__(self, algorithm: str, version: str, **image: str) -> None:
        super().__init__(name=algorithm, **image)
        self.algorithm = algorithm
        self.facts = facts_of(algorithm, version)
        if algorithm == _SCRIPTED_ALGORITHM:
            self.framework = algorithm
            self.hyperparameter_encoding = HyperparameterEncoding.JSON


def built_in(algorithm: str, version: str | None) -> ContainerImage:
    """The image that `ContainerImage.built_in` means."""
    require(
        "ContainerImage.built_in",
        known_at_synth("algorithm", algorithm, "the image is looked up then"),
        known_at_synth("version", version, "the image is looked up then"),
    )
    known = sorted({*algorithms(), _SCRIPTED_ALGORITHM})
    if algorithm not in known:
        require(
            "ContainerImage.built_in",
            f"algorithm is not known: {algorithm!r}{nearest(algorithm, known)}; there are {', '.join(known)}",
        )
    found = resolve(
        "ContainerImage.built_in",
        algorithm,
        version=version,
        # The same image trains and serves.
        purpose=ImagePurpose.TRAINING,
        python=None,
        device=None,
        base_framework=None,
    )
    return _BuiltIn(algorithm, found.version, repository=found.repository, tag=found.tag, table=found.table)
