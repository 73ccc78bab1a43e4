"""Warns of machines that AWS takes away."""

from constructs import Construct

from constructs_lib._internal.warnings import warn
from constructs_lib.compute.instance_type import InstanceType


def warn_if_outdated(scope: Construct, instance_type: InstanceType) -> None:
    """Warn when AWS has ended the machines or is about to (TRAPS 40)."""
    if instance_type.successor:
        warn(
            scope,
            f"outdated-instance-type/{instance_type.name}",
            f"{instance_type.name} belongs to a generation that AWS has ended or is ending; "
            f"ml.{instance_type.successor} is the nearest living one",
        )
