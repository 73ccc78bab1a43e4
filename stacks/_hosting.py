"""What the stacks with an endpoint share."""

from aws_cdk import CfnOutput, RemovalPolicy

from constructs_lib import HostedEndpoint
from stacks._app_stack import AppStack
from stacks._callers import task_role
from stacks._operations import watch
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class HostingStack(AppStack):
    """One endpoint on the foundation, with its logs and alarms, and a role that may ask it. A subclass makes it."""

    def _build(self, foundation: FoundationStack, settings: Settings) -> None:
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
