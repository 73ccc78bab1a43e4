"""A SageMaker instance type and the facts about it that decide what else may be set."""

from dataclasses import dataclass

from constructs_lib._internal.checks import is_token, matches, require

# Families with NVMe storage of their own besides those whose name says so with a `d`. No dependency carries this list.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
_LOCAL_STORAGE = frozenset(
    {"dl1", "g5", "g6", "g6e", "g7e", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200", "trn1", "trn1n", "trn2"}
)
# Ended or on the way out, with what to take instead: the EC2 pages of previous generations and the SageMaker notices.
_OUTDATED = {
    "p2": "g4dn",
    "p3": "g5",
    "p3dn": "p4d",
    "m4": "m5",
    "c4": "c5",
    "inf1": "inf2",
}


@dataclass(frozen=True, slots=True)
class InstanceType:
    """An instance type such as `InstanceType("ml.g4dn.xlarge")`.

    AWS adds types all the time, so this is no enum: a new family is taken as it is. A size that its family does not
    have is refused where the type is used, because there the API's own list is known.

    Attributes:
        name: Shaped `ml.family.size`.

    Raises:
        ConfigurationError: The name has another shape, such as an EC2 type without `ml.`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
    """

    name: str

    def __post_init__(self) -> None:
        shape = "shaped ml.family.size, such as 'ml.g5.xlarge'"
        require("InstanceType", matches("name", self.name, r"ml\.[a-z0-9-]+\.[a-z0-9]+", shape=shape))

    @property
    def family(self) -> str:
        """`g4dn` of `ml.g4dn.xlarge`; empty when the name is known only at deployment."""
        return "" if is_token(self.name) else self.name.split(".")[1]

    @property
    def has_local_storage(self) -> bool:
        """Whether data lies on NVMe disks inside the machine, which have no volume size and no key of yours."""
        generation = self.family.partition("-")[0]
        # `m5d`, `c6gd`, `g4dn`, `p4de`: the letters after the generation's number hold a d.
        letters = generation.lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0123456789")
        return self.family in _LOCAL_STORAGE or "d" in letters

    @property
    def successor(self) -> str | None:
        """The nearest living family, when AWS has ended this one or is about to."""
        return _OUTDATED.get(self.family)
