"""Containers side by side."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.models.composition import direct
from constructs_lib.models.container import Container
from constructs_lib.models.model_base import MadeModel


class MultiContainerModel(MadeModel):
    """Up to fifteen containers on the same machines, of which a call names the one that it wants."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        containers: Mapping[str, Container],
        network: NetworkBase | None = None,
        network_isolation: bool | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Make the model.

        Args:
            scope: The parent construct.
            id: The id in it.
            containers: At most 15 by hostname, which calls name them by: letters, digits and dashes, at most 63.
            network: The network of its endpoints; None keeps them outside any VPC of yours.
            network_isolation: Cuts the containers off the network; None does so unless one downloads from a hub, as for
                `Model`.
            role: Runs all of them; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the model, or CloudFormation does not know a member of it; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-container-endpoints.html
        """
        super().__init__(scope, id)
        composition = direct(containers, "containers")
        self._make(composition, network=network, network_isolation=network_isolation, role=role)
