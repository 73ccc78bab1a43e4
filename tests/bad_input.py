"""Bad input by the dozen, and what is done with it: whatever is given is taken or refused in words."""

from collections.abc import Callable
from typing import Any

from aws_cdk import Token

from constructs_lib import ConfigurationError, InstanceType, S3Location

MACHINE = InstanceType("ml.m5.xlarge")
TEXT = Token.as_string({"Ref": "Text"})
NUMBER = Token.as_number({"Ref": "Number"})
# An `IResolvable`, as `Fn.get_att` and the `value` of a `CfnParameter` give.
LATE = Token.as_any({"Ref": "Late"})
BAD: tuple[Any, ...] = (
    "text",
    "",
    None,
    1.5,
    -1,
    0,
    True,
    float("nan"),
    float("inf"),
    10**400,
    [],
    ["x"],
    [None],
    [1],
    {},
    {"a": 1},
    {1: 2},
    object(),
    S3Location(bucket_name="bucket", bucket_arn="arn:aws:s3:::bucket", prefix="elsewhere"),
    MACHINE,
    NUMBER,
    TEXT,
    LATE,
    [TEXT],
    {"a": object()},
    {"a": float("nan")},
    "x" * 5000,
    "\ud800",
    "{% $states.input.x %}",
)
# What makes the thing, and the arguments that it takes.
Case = tuple[Callable[..., Any], dict[str, Any]]


def refuse_each(make: Callable[..., Any], right: dict[str, Any]) -> None:
    """Give each argument everything that is bad; a traceback from inside is no refusal."""
    for name in right:
        refused = 0
        for bad in BAD:
            try:
                make(**right | {name: bad})
            except ConfigurationError:
                refused += 1
        assert refused >= 8, f"{name} takes nearly anything"
