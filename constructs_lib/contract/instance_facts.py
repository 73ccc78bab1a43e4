"""What an instance type tells: local disks, whether AWS has ended it, and what runs on it only."""

from typing import Final

# Families with NVMe storage of their own besides those whose name says so with a `d`. No dependency carries this list.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
_LOCAL_STORAGE: Final = frozenset(
    {"dl1", "g5", "g6", "g6e", "g7e", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200", "trn1", "trn1n", "trn2"}
)
# Ended or on the way out, with what to take instead: the EC2 pages of previous generations and the SageMaker notices.
_OUTDATED: Final = {
    "p2": "g4dn",
    "p3": "g5",
    "p3dn": "p4d",
    "m4": "m5",
    "c4": "c5",
    "inf1": "inf2",
}
# The types of SM_DATAPARALLEL_SUPPORTED_INSTANCE_TYPES of the SageMaker Python SDK 2.257.7 (sagemaker/fw_utils.py).
SMDDP_TYPES: Final = ("ml.p3.16xlarge", "ml.p3dn.24xlarge", "ml.p4d.24xlarge", "ml.p4de.24xlarge")


def family_of(instance_type: str) -> str:
    """`g4dn` of `ml.g4dn.xlarge`; empty for a text of another shape."""
    parts = instance_type.split(".")
    return parts[1] if len(parts) == 3 else ""


def has_local_storage(family: str) -> bool:
    """Whether data lies on NVMe disks inside the machine, which have no volume size and no key of yours."""
    # `m5d`, `c6gd`, `g4dn`, `p4de`: the letters after the generation's number hold a d.
    letters = family.partition("-")[0].lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0123456789")
    return family in _LOCAL_STORAGE or "d" in letters


def successor_of(family: str) -> str | None:
    """The nearest living family, when AWS has ended this one or is about to."""
    return _OUTDATED.get(family)
