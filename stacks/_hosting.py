"""What the stacks with an endpoint share."""

from typing import ClassVar

from aws_cdk import CfnOutput, Environment, RemovalPolicy, Stack
from constructs import Construct

from constructs_lib import HostedEndpoint
from stacks._callers import task_role
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
        # One that stayed would stand in the way of the next deployment.
        endpoint.add_log_group(key=foundation.key, removal_policy=RemovalPolicy.DESTROY)
        watch(self, foundation=foundation, settings=settings, endpoints=[endpoint])
        CfnOutput(self, "EndpointName", value=endpoint.endpoint_name)
        caller = task_role(self, "Tasks of ECS that ask the endpoint of this stack")
        endpoint.grant_caller(caller)
        CfnOutput(self, "CallerRoleArn", value=caller.role_arn, description="The task role of an app that asks it")

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        """Make the models and the endpoint."""
        raise NotImplementedError
