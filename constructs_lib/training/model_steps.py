"""Steps of a workflow that make a model of what a job has left, or register it."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.arns import name_in_arn
from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import place_of
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.rendering import render_tags
from constructs_lib._internal.statements import Statement
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.foundation.execution_role import ExecutionRole
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.models.composition import Containers, compose
from constructs_lib.models.container import Container
from constructs_lib.models.model_package import ModelPackage
from constructs_lib.models.model_request import bind_model, check_kinds
from constructs_lib.training._states import CallNode
from constructs_lib.training.model_registry import ModelPackageGroupBase

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
        container: Containers,
        network: NetworkBase | None = None,
        network_isolation: bool | None = None,
        role: iam.IRole | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Define the step.

        Args:
            scope: The parent construct.
            id: The id in it, a letter and then letters, digits and `_`; names of models begin with it.
            container: What serves the model, with `job.model_artifact` of an earlier step or an artifact that is there;
                a list of 2 to 15 is a pipeline, a mapping of at most 15 hostnames is called one by one.
            network: The network of its endpoints and transform jobs; None keeps them outside any VPC of yours.
            network_isolation: Cuts the containers off the network; None does so unless one downloads from a hub, as for
                `Model`.
            role: Runs the model; it gets what the references above need. None makes one.
            tags: At most 50, beside those of the workflow, which give way; never secrets.

        Raises:
            ConfigurationError: SageMaker would refuse the request; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
        """
        require((scope, id), argument_problems(CreateModelStep.__init__, locals()))
        super().__init__(scope, id)
        composition = compose(container)
        check_kinds(self, composition, network=network, network_isolation=network_isolation, role=role)
        self.role: iam.IRole = role or ExecutionRole(self, "Role", description=f"Model {self.node.path}")
        prefix = re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-")[:_LONGEST_PREFIX].strip("-")
        self._name_prefix = prefix or "model"
        bound = bind_model(
            self,
            composition,
            role=self.role,
            network=network,
            network_isolation=network_isolation,
            tags=render_tags(tags) or (),
        )
        self.request: dict[str, Any] = bound.members
        policy = attach_policy(self, "Policy", self.role, bound.statements)
        self.policies: Sequence[iam.CfnManagedPolicy] = (policy,)

    @property
    def model_name(self) -> str:
        """The name that the model gets, for the request of a later step of the same workflow."""
        return f"{{% $states.input.{self.node.id}.ModelName %}}"

    def starter_statements(self) -> tuple[Statement, ...]:
        """What the workflow's role needs for the call."""
        models = place_of(self).arn("sagemaker", f"model/{self._name_prefix}-*")
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
        """The states that make the call, for `TrainingWorkflow`; *tags* are put beside its own, which win."""
        own = self.request.get("Tags", [])
        joined = [*own, *(tag for tag in tags if tag["Key"] not in {each["Key"] for each in own})]
        return CallNode(
            name=self.node.id,
            resource=f"arn:{place_of(self).partition}:states:::sagemaker:createModel",
            arguments={**self.request, **({"Tags": joined} if joined else {})},
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
        container: Container,
        approval: ModelApprovalStatus = ModelApprovalStatus.PENDING,
        content_types: Sequence[str] = (),
        response_types: Sequence[str] = (),
        real_time_types: Sequence[InstanceType] = (),
        transform_types: Sequence[InstanceType] = (),
        description: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Define the step.

        Args:
            scope: The parent construct.
            id: The id in it, a letter and then letters, digits and `_`.
            group: The group; a `ModelPackageGroup`, or one imported.
            container: What serves the model, with `job.model_artifact` of an earlier step or an artifact that is there.
            approval: Whether it may be deployed at once or waits for somebody's approval.
            content_types: MIME types that it reads, such as `text/csv`.
            response_types: MIME types that it answers in.
            real_time_types: Instance types that its endpoints may run on; none means any.
            transform_types: Instance types that its transform jobs may run on; none means any.
            description: At most 1024 characters.
            metadata: Up to 50 texts of your own, by name.

        Raises:
            ConfigurationError: SageMaker would refuse the request; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
        """
        require((scope, id), argument_problems(RegisterModelStep.__init__, locals()))
        super().__init__(scope, id)
        require(
            self,
            None if container.image else "container must have an image: a model package is registered already",
            "container.artifact must be one model's" if container.is_multi_model else None,
        )
        self._group, self._container = group, container
        self._image = container.image.bind(self) if container.image else None
        inference = {
            "Containers": [container.render(self._image)],
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
            f"{specification}.Containers[0]": "container",
            f"{specification}.Containers[0].Image": "container.image",
            f"{specification}.Containers[0].ModelDataUrl": "container.artifact",
            f"{specification}.Containers[0].ModelDataSource": "container.artifact",
            f"{specification}.Containers[0].AdditionalModelDataSources": "container.additional_artifacts",
            f"{specification}.Containers[0].Environment": "container.environment",
            f"{specification}.Containers[0].ContainerMetricsConfig": "container.metrics",
            f"{specification}.SupportedContentTypes": "content_types",
            f"{specification}.SupportedResponseMIMETypes": "response_types",
            f"{specification}.SupportedRealtimeInferenceInstanceTypes": "real_time_types",
            f"{specification}.SupportedTransformInstanceTypes": "transform_types",
        }
        require(self, request_problems("CreateModelPackage", self.request, arguments))

    @property
    def model_package(self) -> ModelPackage:
        """The version that it registers, for the container of a `CreateModelStep` later in the same workflow."""
        return ModelPackage.from_name(
            f"{{% $states.input.{self.node.id}.ModelPackageArn %}}",
            image=self._container.image,
            artifact=self._container.artifact,
        )

    def starter_statements(self) -> tuple[Statement, ...]:
        """What the workflow's role needs for the call: SageMaker looks at archive and image in the caller's name."""
        versions = place_of(self).arn("sagemaker", f"model-package/{name_in_arn(self._group.group_name)}/*")
        return (
            Statement(
                actions=("sagemaker:CreateModelPackage",),
                resources=(self._group.group_arn, versions),
                wildcard_reason="Versions of the group, whose numbers SageMaker gives.",
            ),
            *self._container.statements(),
            *(self._image.statements if self._image else ()),
        )

    def workflow_node(self, tags: Sequence[Mapping[str, str]] = ()) -> CallNode:
        """The states that make the call, for `TrainingWorkflow`; the API takes no tags beside a group."""
        return CallNode(
            name=self.node.id,
            # There is no optimized integration for this call.
            resource=f"arn:{place_of(self).partition}:states:::aws-sdk:sagemaker:createModelPackage",
            arguments=self.request,
        )
