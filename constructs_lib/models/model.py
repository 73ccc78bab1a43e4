"""A model of one container."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.models.composition import ModelKind, single
from constructs_lib.models.container import Container
from constructs_lib.models.model_base import ImportedModel, MadeModel, ModelBase


class Model(MadeModel):
    """One container that serves one model.

    It has no name of its own: every property of a model is create-only, so a change makes a new one beside the old,
    under a new name, and the endpoint moves over (TRAPS 1).
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        container: Container,
        network: NetworkBase | None = None,
        network_isolation: bool | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Make the model.

        Args:
            scope: The parent construct.
            id: The id in it.
            container: What serves it.
            network: The network of its endpoints; None keeps them outside any VPC of yours.
            network_isolation: Cuts the container off the network, credentials included. SageMaker itself fetches image
                and artifact, so most containers do not notice. None cuts it off unless its environment names a model
                of a hub in `HF_MODEL_ID`, which the container downloads itself (TRAPS 19).
            role: Runs the model; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the model, or CloudFormation does not know a member of it; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
        """
        super().__init__(scope, id)
        composition = single(container)
        many = composition.kind is ModelKind.MULTI_MODEL
        problem = "container.artifact must be one model's; MultiModel serves many of one prefix" if many else None
        require(self, problem)
        self._make(composition, network=network, network_isolation=network_isolation, role=role)

    @staticmethod
    def from_model_name(
        scope: Construct,
        id: str,
        model_name: str,
        *,
        kind: ModelKind = ModelKind.SINGLE,
        role: iam.IRole | None = None,
    ) -> ModelBase:
        """A model of this account and region that was made elsewhere.

        Only what is given here is known, so no rule that needs more is checked.

        Args:
            scope: The parent construct.
            id: The id in it.
            model_name: Its name.
            kind: What it consists of.
            role: The role that it runs under, which then gets what transform jobs and endpoints write; None gives it
                nothing, and a transform job needs it.

        Raises:
            ConfigurationError: The name is none that a model can have.
        """
        return ImportedModel(scope, id, model_name, kind, role)
