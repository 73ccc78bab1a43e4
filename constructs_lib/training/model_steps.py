"""Steps of a workflow that make a model of what a job has left, or register it."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.arns import name_in_arn
from constructs_lib._internal.checks import require
from constructs_lib._internal.execution import job_statements
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.statements import Statement
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.errors import ConfigurationError
from constructs_lib.foundation.execution_role import ExecutionRole
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.foundation.s3_location import S3Object
from constructs_lib.training._states import CallNode
from constructs_lib.training.model_registry import ModelPackageGroupBase
from constructs_lib.training.references import JobArtifact

# Room for a dash and a whole SHA-1 in a name of 63 characters.
_HASH_LENGTH, _LONGEST_PREFIX = 40, 22
_NEW_NAMES = "Each execution makes a new name; what comes before it is fixed."


class ModelApprovalStatus(StrEnum):
    """Whether a registered model may be deployed."""

    APPROVED = "Approved"
    REJECTED = "Rejected"
    PENDING = "PendingManualApproval"


class CreateModelStep(Construct):
    """Makes a model each time the workflow comes by, under a new name.

    Its result in the output is `{"ModelName": …, "ModelArn": …}`. Such models belong to no stack: they stay when the
    stack goes, cost nothing, and whoever wants few of them deletes the old ones.

    Attributes:
        role: The role that the container runs under.
        policies: What that role gets; whatever starts the workflow must wait for it.
        request: The request of `CreateModel`, all but the name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        artifact: JobArtifact | S3Object | None = None,
        environment: Mapping[str, str] | None = None,
        network: NetworkBase | None = None,
        network_isolation: bool = True,
        role: iam.IRole | None = None,
    ) -> None:
        """Define the step.

        Args:
            scope: The parent construct.
            id: The id in it, a letter and then letters, digits and `_`; names of models begin with it.
            image: What serves the model.
            artifact: The weights: `job.model_artifact` of an earlier step, or an object. None when the image holds
                them.
            environment: Variables of the container.
            network: The network of its endpoints and transform jobs; None keeps them outside any VPC of yours.
            network_isolation: Cuts the container off the network, credentials included.
            role: Runs the model; it gets what the references above need. None makes one.

        Raises:
            ConfigurationError: SageMaker would refuse the request; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
        """
        super().__init__(scope, id)
        self.role: iam.IRole = role or ExecutionRole(self, "Role", description=f"Model {self.node.path}")
        prefix = re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-")[:_LONGEST_PREFIX].strip("-")
        self._name_prefix = prefix or "model"
        bound = image.bind(self)
        self.request: dict[str, Any] = {
            "ExecutionRoleArn": self.role.role_arn,
            "PrimaryContainer": _container(bound, artifact, environment),
            "EnableNetworkIsolation": network_isolation,
        }
        if network is not None:
            self.request["VpcConfig"] = network.vpc_config()
        arguments = {
            "PrimaryContainer.Image": "image",
            "PrimaryContainer.ModelDataUrl": "artifact",
            "PrimaryContainer.Environment": "environment",
            "VpcConfig": "network",
        }
        require(self.node.path, request_problems("CreateModel", {"ModelName": "unnamed", **self.request}, arguments))
        policy = attach_policy(
            self,
            "Policy",
            self.role,
            [
                *bound.statements,
                *(artifact.read_statements() if artifact else ()),
                *job_statements(Stack.of(self), "Endpoints", volume_key_arn=None),
                *(network.statements() if network else ()),
            ],
        )
        self.policies: Sequence[iam.CfnManagedPolicy] = (policy,)

    @property
    def model_name(self) -> str:
        """The name that the model gets, for the request of a later step of the same workflow."""
        return f"{{% $states.input.{self.node.id}.ModelName %}}"

    def starter_statements(self) -> tuple[Statement, ...]:
        """What the workflow's role needs for the call."""
        stack = Stack.of(self)
        models = f"arn:{Aws.PARTITION}:sagemaker:{stack.region}:{stack.account}:model/{self._name_prefix}-*"
        return (
            Statement(
                actions=("sagemaker:AddTags", "sagemaker:CreateModel"),
                resources=(models,),
                wildcard_reason=_NEW_NAMES,
            ),
            Statement(
                actions=("iam:PassRole",),
                resources=(self.role.role_arn,),
                conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            ),
        )

    def workflow_node(self, tags: Sequence[Mapping[str, str]] = ()) -> CallNode:
        """The states that make the call, for `TrainingWorkflow`."""
        return CallNode(
            name=self.node.id,
            resource=f"arn:{Aws.PARTITION}:states:::sagemaker:createModel",
            arguments={**self.request, **({"Tags": list(tags)} if tags else {})},
            name_member="ModelName",
            name_prefix=self._name_prefix,
            hash_length=_HASH_LENGTH,
        )


class RegisterModelStep(Construct):
    """Registers what a job has left as the next version in a group of model packages.

    Its result in the output is `{"ModelPackageArn": …}`. The version takes the tags of its group.

    Attributes:
        request: The request of `CreateModelPackage`.
        policies: None: the step runs nothing, so it has no role of its own.
    """

    policies: Sequence[iam.CfnManagedPolicy] = ()

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        group: ModelPackageGroupBase,
        image: ContainerImage,
        artifact: JobArtifact | S3Object,
        approval: ModelApprovalStatus = ModelApprovalStatus.PENDING,
        content_types: Sequence[str] = (),
        response_types: Sequence[str] = (),
        real_time_types: Sequence[InstanceType] = (),
        transform_types: Sequence[InstanceType] = (),
        environment: Mapping[str, str] | None = None,
        description: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Define the step.

        Args:
            scope: The parent construct.
            id: The id in it, a letter and then letters, digits and `_`.
            group: The group; a `ModelPackageGroup`, or one imported.
            image: What serves the model.
            artifact: The weights: `job.model_artifact` of an earlier step, or an object.
            approval: Whether it may be deployed at once or waits for somebody's approval.
            content_types: MIME types that it reads, such as `text/csv`.
            response_types: MIME types that it answers in.
            real_time_types: Instance types that its endpoints may run on; none means any.
            transform_types: Instance types that its transform jobs may run on; none means any.
            environment: Variables of the container.
            description: At most 1024 characters.
            metadata: Up to 50 texts of your own, by name.

        Raises:
            ConfigurationError: SageMaker would refuse the request; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
        """
        super().__init__(scope, id)
        self._group, self._artifact, self._bound = group, artifact, image.bind(self)
        inference = {
            "Containers": [_container(self._bound, artifact, environment)],
            "SupportedContentTypes": list(content_types),
            "SupportedResponseMIMETypes": list(response_types),
            "SupportedRealtimeInferenceInstanceTypes": [kind.name for kind in real_time_types],
            "SupportedTransformInstanceTypes": [kind.name for kind in transform_types],
        }
        self.request: dict[str, Any] = {
            "ModelPackageGroupName": group.group_name,
            "InferenceSpecification": {name: value for name, value in inference.items() if value},
            "ModelApprovalStatus": approval.value,
        }
        if description is not None:
            self.request["ModelPackageDescription"] = description
        if metadata:
            self.request["CustomerMetadataProperties"] = dict(metadata)
        specification = "InferenceSpecification"
        arguments = {
            "ModelPackageGroupName": "group",
            "ModelPackageDescription": "description",
            "CustomerMetadataProperties": "metadata",
            f"{specification}.Containers[0].Image": "image",
            f"{specification}.Containers[0].ModelDataUrl": "artifact",
            f"{specification}.Containers[0].Environment": "environment",
            f"{specification}.SupportedContentTypes": "content_types",
            f"{specification}.SupportedResponseMIMETypes": "response_types",
            f"{specification}.SupportedRealtimeInferenceInstanceTypes": "real_time_types",
            f"{specification}.SupportedTransformInstanceTypes": "transform_types",
        }
        require(self.node.path, request_problems("CreateModelPackage", self.request, arguments))

    def starter_statements(self) -> tuple[Statement, ...]:
        """What the workflow's role needs for the call: SageMaker looks at archive and image in the caller's name."""
        stack = Stack.of(self)
        here = f"arn:{Aws.PARTITION}:sagemaker:{stack.region}:{stack.account}"
        return (
            Statement(
                actions=("sagemaker:CreateModelPackage",),
                resources=(self._group.group_arn, f"{here}:model-package/{name_in_arn(self._group.group_name)}/*"),
                wildcard_reason="Versions of the group, whose numbers SageMaker gives.",
            ),
            *self._artifact.read_statements(),
            *self._bound.statements,
        )

    def workflow_node(self, tags: Sequence[Mapping[str, str]] = ()) -> CallNode:
        """The states that make the call, for `TrainingWorkflow`; the API takes no tags beside a group."""
        return CallNode(
            name=self.node.id,
            # There is no optimized integration for this call.
            resource=f"arn:{Aws.PARTITION}:states:::aws-sdk:sagemaker:createModelPackage",
            arguments=self.request,
        )


def _container(
    image: BoundImage, artifact: JobArtifact | S3Object | None, environment: Mapping[str, str] | None
) -> dict[str, Any]:
    if image.uri is None:
        problem = "image must be a container image; an algorithm of the Marketplace comes as a model package"
        raise ConfigurationError("A model step", [problem])
    container: dict[str, Any] = {"Image": image.uri}
    if artifact is not None:
        container["ModelDataUrl"] = artifact.uri
    if environment:
        container["Environment"] = dict(environment)
    return container
