"""The platforms of notebook instances: the newest, and those that get no patches any more."""

from typing import Final

# The newest that the API and CloudFormation's type both take. Written down and not read from botocore when a template
# is made: another platform replaces a notebook, and its volume goes with it. A test says when there is a newer one.
NEWEST_PLATFORM: Final = "notebook-al2023-v1"
# Amazon Linux 1 and 2.
_OUTDATED: Final = ("notebook-al1-", "notebook-al2-")


def is_outdated(platform: str) -> bool:
    """Whether AWS has ended the operating system of *platform*, or is about to."""
    return platform.startswith(_OUTDATED)
