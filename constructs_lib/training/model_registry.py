"""The group that the versions of one model are registered in."""

from aws_cdk import Names, RemovalPolicy
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.arns import name_in_arn
from constructs_lib._internal.checks import removal_problem, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import place_of


class ModelPackageGroupBase(Construct):
    """A group of model packages, made here or elsewhere.

    Attributes:
        group_name: Its name.
        group_arn: Its ARN.
    """

    group_name: str
    group_arn: str


class ModelPackageGroup(ModelPackageGroupBase):
    """A group of model packages: each registration of a `RegisterModelStep` is its next version."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        group_name: str | None = None,
        description: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the group.

        Args:
            scope: The parent construct.
            id: The id in it.
            group_name: At most 63 letters, digits and dashes; it is create-only. None makes one from the path.
            description: At most 1024 characters.
            removal_policy: What becomes of the group when the stack goes; one that holds packages cannot be deleted.

        Raises:
            ConfigurationError: SageMaker would refuse the name or the description.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html
        """
        require(
            (scope, id),
            argument_problems(ModelPackageGroup.__init__, locals()),
            removal_problem(removal_policy),
        )
        super().__init__(scope, id)
        name = group_name or Names.unique_resource_name(self, max_length=63, separator="-").lower()
        request = {"ModelPackageGroupName": name}
        if description is not None:
            request["ModelPackageGroupDescription"] = description
        arguments = {"ModelPackageGroupName": "group_name", "ModelPackageGroupDescription": "description"}
        require(self, request_problems("CreateModelPackageGroup", request, arguments))
        resource = sagemaker.CfnModelPackageGroup(
            self, "Resource", model_package_group_name=name, model_package_group_description=description
        )
        resource.apply_removal_policy(removal_policy)
        self.group_name = name
        self.group_arn = resource.attr_model_package_group_arn

    @staticmethod
    def from_group_name(scope: Construct, id: str, group_name: str) -> ModelPackageGroupBase:
        """A group of this account and region that exists.

        Raises:
            ConfigurationError: The name is no text.
        """
        require((scope, id), argument_problems(ModelPackageGroup.from_group_name, locals()))
        group = ModelPackageGroupBase(scope, id)
        group.group_name = group_name
        group.group_arn = place_of(group).arn("sagemaker", f"model-package-group/{name_in_arn(group_name)}")
        return group
