"""Containers one after the other."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.models.composition import pipeline
from constructs_lib.models.container import Container
from constructs_lib.models.model_base import MadeModel


class PipelineModel(MadeModel):
    """Two to fifteen containers, of which each takes the answer of the one before it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Sequence[Container],
        network: NetworkBase | None = None,
        network_isolation: bool | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Make the model.

        Args:
            scope: The parent construct.
            id: The id in it.
            containers: 2 to 15, in their order; either all have a hostname or none (TRAPS 26). One of them may serve
                many models, with `ModelArtifact.from_models(…)` as its artifact.
            network: The network of its endpoints; None keeps them outside any VPC of yours.
            network_isolation: Cuts the containers off the network; None does so unless one downloads from a hub, as for
                `Model`.
            role: Runs all of them; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the model, or CloudFormation does not know a member of it; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipelines.html
        """
        super().__init__(scope, id)
        composition = pipeline(containers, "containers")
        self._make(composition, network=network, network_isolation=network_isolation, role=role)
