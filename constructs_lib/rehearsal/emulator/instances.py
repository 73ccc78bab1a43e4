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
