"""A SageMaker instance type and the facts about it that decide what else may be set."""

from dataclasses import dataclass

from constructs_lib._internal.checks import is_token, matches, require
from constructs_lib.contract.instance_facts import (
    family_of,
    gpus_of,
    has_gpus,
    has_local_storage,
    has_no_accelerators,
    may_have_fabric_adapter,
    successor_of,
)


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
        return "" if is_token(self.name) else family_of(self.name)

    @property
    def has_local_storage(self) -> bool:
        """Whether data lies on NVMe disks inside the machine, which have no volume size and no key of yours."""
        return has_local_storage(self.family)

    @property
    def has_gpus(self) -> bool:
        """Whether it has GPUs; False when the name is known only at deployment."""
        return has_gpus(self.family)

    @property
    def gpus(self) -> int | None:
        """How many GPUs it has; None where that is not known, as of a family that is new or has none."""
        return None if is_token(self.name) else gpus_of(self.name)

    @property
    def has_no_accelerators(self) -> bool:
        """Whether it has processors only; False for a family that is not known."""
        return has_no_accelerators(self.family)

    @property
    def may_have_fabric_adapter(self) -> bool:
        """Whether it may have an Elastic Fabric Adapter; True when the name is known only at deployment."""
        return may_have_fabric_adapter(self.name)

    @property
    def successor(self) -> str | None:
        """The nearest living family, when AWS has ended this one or is about to."""
        return successor_of(self.family)
