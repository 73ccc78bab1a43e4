"""What endpoints and transform jobs need to know of a model, made here or elsewhere."""

from typing import Any

import jsii
from aws_cdk import Resource
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk.interfaces.aws_sagemaker import IModelRef, ModelReference
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.arns import name_in_arn
from constructs_lib._internal.checks import require
from constructs_lib._internal.cloudformation import beyond_cloudformation
from constructs_lib._internal.expressions import late_texts
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import path_of, place_of, stands_in
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.rendering import camel_case
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.execution_role import ExecutionRole
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Location
from constructs_lib.models.composition import Composition, ModelKind
from constructs_lib.models.container import Container
from constructs_lib.models.model_request import bind_model, check_kinds


@jsii.implements(IModelRef)
class ModelBase(Resource):
    """A model, made here or elsewhere.

    Attributes:
        model_name: The name that SageMaker knows it by.
        kind: What it consists of.
        role: The role that its containers run under; None for one made elsewhere whose role is not known.
        network: The network of its endpoints; None when they are outside any VPC of yours, or unknown.
        network_isolation: Whether its containers are cut off the network; False when unknown.
        containers: All of them; none when unknown.
        hostnames: The names of the containers that have one.
        models: The prefix that many models lie below; None when there is none, or unknown.
        from_marketplace: Whether a container is a product of AWS Marketplace; False when unknown.
        statements: What running it takes; none when unknown.
    """

    model_name: str
    kind: ModelKind
    role: iam.IRole | None = None
    network: NetworkBase | None = None
    network_isolation: bool = False
    containers: tuple[Container, ...] = ()
    hostnames: tuple[str, ...] = ()
    models: S3Location | None = None
    from_marketplace: bool = False
    statements: tuple[Statement, ...] = ()

    def __init__(self, scope: Construct, id: str) -> None:
        """Begin the model; the kinds end it."""
        super().__init__(scope, id)
        stands_in(self, scope, id)

    @property
    def model_arn(self) -> str:
        """Its ARN."""
        return place_of(self).arn("sagemaker", f"model/{name_in_arn(self.model_name)}")

    @property
    def model_ref(self) -> ModelReference:
        """The model as other modules of the CDK name it."""
        return ModelReference(model_arn=self.model_arn)


class ImportedModel(ModelBase):
    """A model of which only the name is known; `Model.from_model_name` makes it."""

    def __init__(
        self, scope: Construct, id: str, model_name: str, kind: ModelKind, role: iam.IRole | None = None
    ) -> None:
        super().__init__(scope, id)
        require(self, argument_problems(ImportedModel.__init__, locals()))
        require(
            self,
            request_problems("DescribeModel", {"ModelName": model_name}, {"ModelName": "model_name"}),
        )
        self.role = role
        self.model_name = model_name
        self.kind = kind


class MadeModel(ModelBase):
    """A model of this app: its role, the role's policy, and the resource that waits for both.

    It has no name of its own: every property of a model is create-only, so a change makes a new one beside the old,
    under a new name, and the endpoint moves over (TRAPS 1).

    Attributes:
        request: The request of `CreateModel`, all but the name.
    """

    # Always there, unlike the role of a model made elsewhere.
    role: iam.IRole

    def _make(
        self,
        composition: Composition,
        *,
        network: NetworkBase | None,
        network_isolation: bool | None,
        role: iam.IRole | None,
    ) -> None:
        check_kinds(self, composition, network=network, network_isolation=network_isolation, role=role)
        self.role = role or ExecutionRole(self, "Role", description=f"Model {path_of(self)}")
        bound = bind_model(self, composition, role=self.role, network=network, network_isolation=network_isolation)
        self.request: dict[str, Any] = bound.members
        require(self, _workflow_problem(bound.members), _lacking_problem(bound.members))
        self.kind = composition.kind
        self.network = network
        self.network_isolation = bound.network_isolation
        self.containers = composition.containers
        self.hostnames = composition.hostnames
        self.models = composition.models
        self.from_marketplace = composition.is_from_marketplace
        self.statements = bound.statements

        policy = attach_policy(self, "Policy", self.role, bound.statements)
        resource = sagemaker.CfnModel(self, "Resource", **camel_case(bound.members))
        # Without this the model is made before its role may read the artifact, and fails (TRAPS 9).
        resource.add_resource_dependency(policy)
        if network is not None:
            # In one stack, the container would start before the way to S3 and ECR is there.
            resource.node.add_dependency(network)
        self.model_name = resource.attr_model_name
        self._resource = resource

    @property
    def model_arn(self) -> str:
        """Its ARN, which has the name in small letters, as no template could write it."""
        return self._resource.ref


def _lacking_problem(members: dict[str, Any]) -> str | None:
    lacking = beyond_cloudformation(sagemaker.CfnModel, members)
    if not lacking:
        return None
    return (
        f"CloudFormation's AWS::SageMaker::Model does not know {', '.join(lacking)}; make this model in a workflow, "
        "with CreateModelStep, which calls the API"
    )


def _workflow_problem(members: dict[str, Any]) -> str | None:
    """A value that only a running workflow has."""
    late = late_texts(members)
    if not late:
        return None
    return f"{late[0]!r} is known only while a workflow runs; make this model in it, with CreateModelStep"
