"""Values that only a running workflow knows: what an earlier step made, what the execution was started with."""

import re
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import known_at_synth, matches, require
from constructs_lib._internal.expressions import expression
from constructs_lib._internal.kinds import argument_problems, field_problems
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import use_key

_PATH = r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*"
_WRITTEN = "it is taken apart and written into an expression then"
_PATH_SHAPE = "names with dots between them, such as 'dataset.prefix'"


@dataclass(frozen=True, kw_only=True, slots=True)
class JobArtifact:
    """The model archive that an earlier job of the same workflow leaves; `job.model_artifact` makes one.

    It stands wherever an object of S3 does: as a channel of a later job, in `CreateModelStep` and in
    `RegisterModelStep`. It has an address only while the workflow runs.

    Attributes:
        uri: JSONata that gives the address where the job's result is in the state's input.
        bucket_arn: The bucket that the job writes to.
        prefix: What the keys of all archives of this job begin with.
        key_arn: The KMS key that encrypts them; None when there is none that we know of.
    """

    uri: str
    bucket_arn: str
    prefix: str
    key_arn: str | None = None

    def __post_init__(self) -> None:
        require("JobArtifact", field_problems(self))

    def read_statements(self) -> tuple[Statement, ...]:
        """List and read what jobs of this name have left, decrypting it."""
        reason = "Each execution makes a new name; what comes before it is fixed."
        return (
            Statement(
                actions=("s3:GetObject",), resources=(f"{self.bucket_arn}/{self.prefix}*",), wildcard_reason=reason
            ),
            Statement(
                actions=("s3:ListBucket",),
                resources=(self.bucket_arn,),
                conditions={"StringLike": {"s3:prefix": [f"{self.prefix}*"]}},
            ),
            *use_key(self.key_arn, "kms:Decrypt"),
        )


def execution_input(path: str) -> str:
    """A value that the execution was started with, as text: alone or with other text around it.

    It stands where a request takes free text: a hyperparameter, a variable of the environment, an argument, a tag, a
    key or prefix of S3 with something fixed before it. What is looked at when the app is synthesized, such as an image
    or a name, cannot be one and says so. The execution fails where it was started without the value.

    Args:
        path: Where it lies, such as `dataset.prefix`. An execution that EventBridge started has the event as its input,
            so `detail.object.key` is the key of the object that was put.

    Raises:
        ConfigurationError: The path is not made of names.
    """
    require("execution_input", argument_problems(execution_input, locals()))
    require("execution_input", known_at_synth("path", path, _WRITTEN))
    require("execution_input", matches("path", path, _PATH, shape=_PATH_SHAPE))
    return _as_text(f"$states.context.Execution.Input.{_quoted(path)}")


def map_item(path: str = "") -> str:
    """The item that this round of a `Map` is for, or a value in it, as text in the `Map`; see `execution_input`.

    Raises:
        ConfigurationError: The path is not made of names.
    """
    require("map_item", argument_problems(map_item, locals()))
    require("map_item", known_at_synth("path", path, _WRITTEN))
    require("map_item", matches("path", path, _PATH, shape=_PATH_SHAPE) if path else None)
    return _as_text(f"$states.input.Item{'.' + _quoted(path) if path else ''}")


def _as_text(path: str) -> str:
    # A request refuses a number where it has text, and items are often numbers.
    return expression(f"$string({path})")


def _quoted(path: str) -> str:
    """Names that are no identifiers in back quotes, as JSONata wants them."""
    return ".".join(name if re.fullmatch(r"\w+", name) else f"`{name}`" for name in path.split("."))


def read_names(value: Any) -> set[str]:
    """The members of the state's input that JSONata anywhere in *value* reads."""
    if isinstance(value, str):
        return set(re.findall(r"\$states\.input\.(\w+)", value))
    if isinstance(value, dict):
        return set().union(*map(read_names, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(read_names, value))
    return set()
