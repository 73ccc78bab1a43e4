"""Many models behind one container."""

from collections.abc import Iterator
from dataclasses import replace

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Location
from constructs_lib.models.composition import single
from constructs_lib.models.container import Container
from constructs_lib.models.model_artifact import ModelArtifact
from constructs_lib.models.model_base import MadeModel


class MultiModel(MadeModel):
    """One container that loads any of the models below a prefix, when a call names it.

    A model that is put below the prefix later is served without a change here. On GPUs only Triton's images serve many
    models (TRAPS 27).
    """

    # The prefix is always there, unlike that of other models.
    models: S3Location

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        container: Container,
        models: S3Location,
        cache: bool = True,
        network: NetworkBase | None = None,
        network_isolation: bool | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Make the model.

        Args:
            scope: The parent construct.
            id: The id in it.
            container: What serves them; it has no artifact of its own.
            models: Where they lie, each a gzipped tar; the role may list and read all of them.
            cache: Keeps models in memory once they are loaded; False suits many that are called seldom.
            network: The network of its endpoints; None keeps them outside any VPC of yours.
            network_isolation: Cuts the container off the network; None does so unless it downloads from a hub, as for
                `Model`.
            role: Runs the model; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the model, or CloudFormation does not know a member of it; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/create-multi-model-endpoint.html
        """
        super().__init__(scope, id)
        composition = single(container)
        if not composition.faults:
            require(self, _problems(container))
            artifact = ModelArtifact.from_models(models, cache=cache)
            composition = single(replace(container, artifact=artifact))
        self._make(composition, network=network, network_isolation=network_isolation, role=role)


def _problems(container: Container) -> Iterator[str]:
    if container.artifact is not None:
        yield "container.artifact must not be given, because models says where the artifacts lie"
    if container.model_package is not None:
        yield "container must have an image, because a model package holds one model"
