"""Flow logs: each writes with a role of the app, which is asked for once all stacks are there.

A flow log may be made before the policy of its role; EC2 goes on trying, so nothing is refused when it is made.
"""

from threading import Lock

from . import neighbours, permissions

_SERVICE = "vpc-flow-logs.amazonaws.com"

_lock = Lock()
_made: list[tuple[str, str]] = []


def made(role: str, destination: str) -> None:
    """Note a flow log that writes with *role* into a log group, given by ARN or by name."""
    group = destination.removesuffix(":*")
    group = group if group.startswith("arn:") else neighbours.partition_arn("logs", f"log-group:{group}")
    with _lock:
        _made.append((role, group))


def write() -> None:
    """Let each flow log whose role is there ask for what a record takes.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    with _lock:
        waiting = list(_made)
    for role, group in waiting:
        if permissions.assumable(role, _SERVICE, neighbours.partition_arn("ec2", "vpc-flow-log/fl-0")):
            for action in ("CreateLogStream", "PutLogEvents"):
                permissions.allows(role, f"logs:{action}", f"{group}:log-stream:eni-0-all")
