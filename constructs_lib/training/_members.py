"""What the requests of all jobs are put together with."""

from collections.abc import Mapping
from typing import Any

from constructs_lib.foundation.s3_location import S3Location


def given(**members: Any) -> dict[str, Any]:
    """The members that were given a value; zero and False are values."""
    return {name: value for name, value in members.items() if value is not None}


def destination(location: S3Location) -> str:
    """Where to write, without a slash at the end, as the API reference and the SageMaker SDK have it.

    What is read needs that slash, or `data/train` would mean `data/training` too; what is written gets one anyway.
    """
    return location.uri.removesuffix("/")


def render_tags(tags: Mapping[str, str] | None) -> list[dict[str, str]] | None:
    """The `Tags` member; None when there is no tag."""
    return [{"Key": key, "Value": value} for key, value in tags.items()] if tags else None
