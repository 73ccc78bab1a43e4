"""What the stacks with an endpoint share."""

from typing import ClassVar

from aws_cdk import Aws, CfnOutput, Environment, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib import HostedEndpoint
from stacks._operations import watch
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class HostingStack(Stack):
    """One endpoint on the foundation, with its logs and alarms, and a role that may ask it. A subclass makes it.

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
        endpoint.add_log_group(key=foundation.key, removal_policy=foundation.removal_policy)
        watch(self, foundation=foundation, settings=settings, endpoints=[endpoint])
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

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        """Make the models and the endpoint."""
        raise NotImplementedError
