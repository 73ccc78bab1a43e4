"""What SageMaker knows about instance types and no API model says."""

# Families with NVMe disks of their own besides those whose name says so with a `d`. The emulator stands alone, so it
# keeps this list itself; a test holds it against the one that the constructs go by.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
_LOCAL_STORAGE = frozenset(
    {"dl1", "g5", "g6", "g6e", "g7e", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200", "trn1", "trn1n", "trn2"}
)


def has_local_storage(instance_type: str) -> bool:
    """Whether `ml.family.size` keeps data on NVMe disks, whose encryption takes no key of the caller's."""
    family = instance_type.split(".")[1]
    letters = family.partition("-")[0].lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0123456789")
    return family in _LOCAL_STORAGE or "d" in letters


# How many accelerators (GPUs, Inferentia devices) a type has. What is missing here is not judged.
# https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
_G = {"xlarge": 1, "2xlarge": 1, "4xlarge": 1, "8xlarge": 1, "12xlarge": 4, "16xlarge": 1}
_G_LARGE = {**_G, "24xlarge": 4, "48xlarge": 8}
_ACCELERATORS = {
    "g4dn": _G,
    "g5": _G_LARGE,
    "g6": _G_LARGE,
    "g6e": _G_LARGE,
    "inf2": {"xlarge": 1, "8xlarge": 1, "24xlarge": 6, "48xlarge": 12},
    "p3": {"2xlarge": 1, "8xlarge": 4, "16xlarge": 8},
    "p4d": {"24xlarge": 8},
    "p4de": {"24xlarge": 8},
    "p5": {"4xlarge": 1, "48xlarge": 8},
    "p5e": {"48xlarge": 8},
    "p5en": {"48xlarge": 8},
}
_NONE = ("c", "m", "r", "t")


def accelerators(instance_type: str) -> int | None:
    """How many accelerator devices `ml.family.size` has; None where that is not known here."""
    _, family, size = instance_type.split(".")
    if family.startswith(_NONE) and not family.startswith("trn"):
        return 0
    return _ACCELERATORS.get(family, {}).get(size)
