"""What a container runs instead of what its image says."""

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import field_problems


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerCommand:
    """The entry point and its arguments in place of the image's own.

    Attributes:
        entrypoint: The program and its first arguments, at most 100 words of 256 characters; empty keeps the image's.
        arguments: What follows, at most 100 words of 256 characters.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html
    """

    entrypoint: Sequence[str] = ()
    arguments: Sequence[str] = ()

    def __post_init__(self) -> None:
        require("ContainerCommand", field_problems(self))
