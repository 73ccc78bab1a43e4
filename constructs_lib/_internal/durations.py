"""Durations as the API takes them: in whole seconds."""

from typing import Any, overload

from aws_cdk import Duration


@overload
def in_seconds(duration: Duration) -> int: ...
@overload
def in_seconds(duration: None) -> None: ...
@overload
def in_seconds(duration: Duration | None) -> int | None: ...
def in_seconds(duration: Duration | None) -> int | None:
    """The seconds of *duration*, which `whole_seconds` has found nothing wrong with."""
    return None if duration is None else int(duration.to_seconds())


def whole_seconds(field: str, duration: Any) -> str | None:
    """A duration of whole seconds; what is none at all is told elsewhere."""
    if not isinstance(duration, Duration):
        return None
    try:
        duration.to_seconds()
    except RuntimeError:  # jsii's, with a stack trace of JavaScript in it
        return f"{field} must be whole seconds, such as Duration.seconds(90), got {duration.to_human_string()}"
    return None
