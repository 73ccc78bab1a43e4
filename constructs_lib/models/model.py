"""A model: containers, the role they run under, the network they run in."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import has, is_a, require
from constructs_lib._internal.execution import job_statements
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.rendering import camel_case
from constructs_lib._internal.warnings import warn
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.foundation.execution_role import ExecutionRole
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.models.container import Container

_ARGUMENTS = {
    "PrimaryContainer.Image": "container.image",
    "PrimaryContainer.ModelDataUrl": "container.artifact",
    "PrimaryContainer.Environment": "container.environment",
    "VpcConfig": "network",
}


class Model(Construct):
    """A model that endpoints serve.

    It has no name of its own: every property of a model is create-only, so a change makes a new one beside the old,
    under a new name, and the endpoint moves over (TRAPS 1).

    Attributes:
        role: The role that the containers run under.
        model_name: The name that CloudFormation gives it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        container: Container,
        network: NetworkBase | None = None,
        network_isolation: bool = True,
        role: iam.IRole | None = None,
    ) -> None:
        """Make the model.

        Args:
            scope: The parent construct.
            id: The id in it.
            container: What serves it.
            network: The network of its endpoints; None keeps them outside any VPC of yours.
            network_isolation: Cuts the container off the network, credentials included. SageMaker itself fetches the
                artifact, so most images do not notice; one that downloads from a hub needs False.
            role: Runs the model; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the model; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
        """
        super().__init__(scope, id)
        require(
            self.node.path,
            is_a("container", container, Container, "Container(image=…)"),
            has("network", network, "vpc_config", "a Network, or Network.from_vpc(…)"),
            has("role", role, "role_arn", "a role, such as ExecutionRole(…)"),
        )
        self.role: iam.IRole = role or ExecutionRole(self, "Role", description=f"Model {self.node.path}")
        image = container.image.bind(self)
        request: dict[str, Any] = {
            "ExecutionRoleArn": self.role.role_arn,
            "PrimaryContainer": container.render(image),
            "EnableNetworkIsolation": network_isolation,
        }
        if network is not None:
            request["VpcConfig"] = network.vpc_config()
        # The name is left to CloudFormation; any valid one stands in for it in the check.
        require(
            self.node.path,
            _registry_problem(image, network),
            request_problems("CreateModel", {"ModelName": "unnamed", **request}, _ARGUMENTS),
        )
        hub_model = container.environment.get("HF_MODEL_ID", "/")
        if network_isolation and not hub_model.startswith("/"):
            warn(
                self,
                "hub-model-under-isolation",
                f"HF_MODEL_ID {hub_model!r} is fetched from a hub, which network isolation cuts off; pass "
                "network_isolation=False, or put the weights into the artifact",
            )

        policy = attach_policy(
            self,
            "Policy",
            self.role,
            [
                *image.statements,
                *(container.artifact.read_statements() if container.artifact else ()),
                *job_statements(Stack.of(self), "Endpoints", volume_key_arn=None),
                *(network.statements() if network else ()),
            ],
        )
        resource = sagemaker.CfnModel(self, "Resource", **camel_case(request))
        # Without this the model is made before its role may read the artifact, and fails (TRAPS 9).
        resource.add_resource_dependency(policy)
        if network is not None:
            # In one stack, the container would start before the way to S3 and ECR is there.
            resource.node.add_dependency(network)
        self.model_name: str = resource.attr_model_name


def _registry_problem(image: BoundImage, network: NetworkBase | None) -> str | None:
    if image.registry_config is None or network is not None:
        return None
    return "container.image lies in a private registry, which is reached through a network of yours; give network"
