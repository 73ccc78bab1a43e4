"""What the stacks on the foundation share."""

from typing import ClassVar

from aws_cdk import Environment, Stack
from constructs import Construct

from stacks.foundation import FoundationStack
from stacks.settings import Settings


class AppStack(Stack):
    """A stack of a workload; a subclass fills it.

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
        self._build(foundation, settings)

    def _build(self, foundation: FoundationStack, settings: Settings) -> None:
        """Make what is in it."""
        raise NotImplementedError
