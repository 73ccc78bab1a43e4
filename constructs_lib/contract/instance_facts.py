"""What an instance type tells: disks, accelerators, whether AWS has ended it, and what runs on it only."""

import re
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
# Families by pattern, with the smallest size in xlarge that EC2 lets have an Elastic Fabric Adapter; None has none.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html#efa-instance-types, as the instance types of eksctl list
# them one by one (pkg/utils/instance/instance_types.go at 0027506e). Which of them SageMaker attaches is not said.
_ADAPTER_FROM: Final[tuple[tuple[str, int | None], ...]] = (
    (r"t\d.*|[cmr]\d.*-flex|[cmr][1-4]|[cmr]5a?d?|p[23]|g4ad|g5g", None),
    (r"[cmr]6i", 32),
    (r"[cmr][78]i", 48),
    (r"[cmr]\d.*", 9),
    (r"g\d.*|trn1", 8),
)
# The types of SM_DATAPARALLEL_SUPPORTED_INSTANCE_TYPES of the SageMaker Python SDK 2.257.7 (sagemaker/fw_utils.py).
SMDDP_TYPES: Final = ("ml.p3.16xlarge", "ml.p3dn.24xlarge", "ml.p4d.24xlarge", "ml.p4de.24xlarge")
# GPUs of families whose sizes differ in them; a size that is not named has one.
# https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
_GPUS: Final = {
    "g4dn": {"12xlarge": 4, "metal": 8},
    "g5": {"12xlarge": 4, "24xlarge": 4, "48xlarge": 8},
    "g6": {"12xlarge": 4, "24xlarge": 4, "48xlarge": 8},
    "g6e": {"12xlarge": 4, "24xlarge": 4, "48xlarge": 8},
    "p3": {"8xlarge": 4, "16xlarge": 8},
    "p5": {"48xlarge": 8},
}
# Families of one size, which has eight.
_EIGHT_GPUS: Final = frozenset({"p3dn", "p4d", "p4de", "p5e", "p5en", "p6-b200", "p6-b300"})


def family_of(instance_type: str) -> str:
    """`g4dn` of `ml.g4dn.xlarge`; empty for a text of another shape."""
    parts = instance_type.split(".")
    return parts[1] if len(parts) == 3 else ""


def has_local_storage(family: str) -> bool:
    """Whether data lies on NVMe disks inside the machine, which have no volume size and no key of yours."""
    # `m5d`, `c6gd`, `g4dn`, `p4de`: the letters after the generation's number hold a d.
    letters = family.partition("-")[0].lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0123456789")
    return family in _LOCAL_STORAGE or "d" in letters


def has_gpus(family: str) -> bool:
    """Whether it has GPUs, as `g4dn` and `p5` have."""
    return re.match(r"[gp]\d", family) is not None


def gpus_of(instance_type: str) -> int | None:
    """How many GPUs it has; None for a family that is not listed."""
    family, size = family_of(instance_type), instance_type.rpartition(".")[2]
    if family in _EIGHT_GPUS:
        return 8
    return _GPUS[family].get(size, 1) if family in _GPUS else None


def has_no_accelerators(family: str) -> bool:
    """Whether it computes on its processors alone; False for a family that is not known."""
    return re.match(r"[cmrt]\d", family) is not None


def successor_of(family: str) -> str | None:
    """The nearest living family, when AWS has ended this one or is about to."""
    return _OUTDATED.get(family)


def may_have_fabric_adapter(instance_type: str) -> bool:
    """Whether the machine may have an Elastic Fabric Adapter; True for a type that is not known."""
    family = family_of(instance_type)
    for pattern, smallest in _ADAPTER_FROM:
        if re.fullmatch(pattern, family):
            return smallest is not None and _size_of(instance_type) >= smallest
    return True


def _size_of(instance_type: str) -> int:
    """How many xlarge it is: 12 of `ml.g5.12xlarge`, 0 of those below one."""
    found = re.search(r"\.(\d*)xlarge$", instance_type)
    return int(found[1] or 1) if found else 0
