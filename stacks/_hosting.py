"""What the stacks with an endpoint share."""

from typing import ClassVar

from aws_cdk import Acknowledgment, Aws, CfnOutput, Environment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib import ComponentVariant, EndpointBase, InstanceType, ProductionVariant
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class HostingStack(Stack):
    """One endpoint on the foundation and a role that may ask it; both are given out. A subclass makes the endpoint.

    Attributes:
        summary: The description of the stack.
    """

    summary: ClassVar[str]

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        foundation: FoundationStack,
        settings: Settings,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, id, env=env, description=self.summary)
        endpoint = self._host(foundation, settings)
        CfnOutput(self, "EndpointName", value=endpoint.endpoint_name)
        caller = self._caller()
        endpoint.grant_caller(caller)
        CfnOutput(self, "CallerRoleArn", value=caller.role_arn, description="The task role of an app that asks it")

    def _caller(self) -> iam.Role:
        return iam.Role(
            self,
            "Caller",
            description="Tasks of ECS that ask the endpoint of this stack",
            # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
            assumed_by=iam.ServicePrincipal(
                "ecs-tasks.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:ecs:{self.region}:{self.account}:*"},
                },
            ),
        )

    def _host(self, foundation: FoundationStack, settings: Settings) -> EndpointBase:
        """Make the models and the endpoint."""
        raise NotImplementedError


def accept_local_storage(endpoint: EndpointBase, *variants: ProductionVariant | ComponentVariant) -> None:
    """Accept, where machines have NVMe disks, that the key of the endpoint covers none of them."""
    for variant in variants:
        if isinstance(variant.instance_type, InstanceType) and variant.instance_type.has_local_storage:
            Validations.of(endpoint).acknowledge(
                Acknowledgment(
                    id=f"sagemaker-constructs:key-covers-no-local-storage/{variant.name}",
                    reason="The NVMe disks are encrypted by the machine; rules that ask for a key see one.",
                )
            )
