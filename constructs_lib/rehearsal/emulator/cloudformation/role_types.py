"""`AWS::IAM::Role`, whose permissions boundary MiniStack does not take over from a template."""

from ministack.services import iam

from ..api import Request

ROLE = "AWS::IAM::Role"


def arn(name: str) -> str:
    """The ARN of the role with this name."""
    return str(iam._roles[name]["Arn"])


def bind(name: str, properties: Request) -> None:
    """Set or lift the boundary of a role as the template says."""
    role = iam._roles[name]
    if boundary := properties.get("PermissionsBoundary"):
        role["PermissionsBoundary"] = boundary
    else:
        role.pop("PermissionsBoundary", None)
