"""How an update reaches the machines: all at once, by a canary, in steps, or batch by batch."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar

from constructs_lib._internal.checks import between, is_token, one_of, require, whole
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given
from constructs_lib.endpoints.rollback import AutoRollback

# The ranges below are in the words of the API reference only, not in botocore's model.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html
_PERCENT = "CAPACITY_PERCENT"
_INSTANCES = "INSTANCE_COUNT"
_COPIES = "COPY_COUNT"


@dataclass(frozen=True, slots=True)
class CapacitySize:
    """A part of the capacity: `CapacitySize.percent(10)`, `CapacitySize.instances(1)`, `CapacitySize.copies(1)`.

    Attributes:
        type: `CAPACITY_PERCENT`, `INSTANCE_COUNT`, or `COPY_COUNT` for inference components.
        value: How much of it, at least 1.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CapacitySize.html
    """

    type: str
    value: int

    def __post_init__(self) -> None:
        require("CapacitySize", field_problems(self))
        require("CapacitySize", one_of("type", self.type, (_PERCENT, _INSTANCES, _COPIES)))

    @staticmethod
    def percent(value: int) -> "CapacitySize":
        """So many of a hundred machines, rounded up by SageMaker."""
        return CapacitySize(_PERCENT, value)

    @staticmethod
    def instances(value: int) -> "CapacitySize":
        """So many machines of an endpoint."""
        return CapacitySize(_INSTANCES, value)

    @staticmethod
    def copies(value: int) -> "CapacitySize":
        """So many copies of an inference component."""
        return CapacitySize(_COPIES, value)

    def render(self) -> dict[str, Any]:
        """The member wherever the API takes a size."""
        return {"Type": self.type, "Value": self.value}

    def problem(self, argument: str, low: int, high: int, fleet: "Fleet") -> str | None:
        """What is wrong with it as *argument*, between *low* and *high* percent of *fleet*."""
        problem = whole(argument, self.value, 1)
        if problem or is_token(self.value):
            return problem
        if self.type == _PERCENT:
            return between(argument, self.value, low, high, unit="percent of the capacity")
        if self.type != fleet.size_type:
            return f"{argument} must be CapacitySize.percent(…) or CapacitySize.{fleet.unit}(…), got {self!r}"
        if fleet.fewest is not None and self.value * 100 > high * fleet.fewest:
            return (
                f"{argument} must be at most {high} percent of the {fleet.unit}, of which there are {fleet.fewest} at "
                f"first, got {self.value}; have more of them or give CapacitySize.percent(…)"
            )
        # One percent is the least that a whole number can say and no bound of the service.
        if low > 1 and fleet.most is not None and self.value * 100 < low * fleet.most:
            return (
                f"{argument} must be at least {low} percent of the {fleet.unit}, of which there are {fleet.most} at "
                f"first, got {self.value}; move more of them at once or give CapacitySize.percent(…)"
            )
        return None

    def moves(self, fleet: "Fleet") -> int:
        """How many of it make up *fleet*: 1 where that is not known."""
        whole_fleet = 100 if self.type == _PERCENT else fleet.most
        known = whole_fleet is not None and isinstance(self.value, int) and self.value > 0
        return -(-whole_fleet // self.value) if known and whole_fleet else 1


@dataclass(frozen=True, slots=True)
class Fleet:
    """What is updated: the machines of an endpoint's variants, or the copies of a component.

    Attributes:
        unit: `instances` or `copies`.
        fewest: How many the smallest variant has at first; None when that is not known.
        most: How many the largest variant has at first; None when that is not known.
    """

    unit: str
    fewest: int | None
    most: int | None

    @staticmethod
    def of(unit: str, *counts: Any) -> "Fleet":
        """Variants with *counts* of machines, or a component's copies; 0 and a late number say nothing."""
        known = all(isinstance(count, int) and count > 0 for count in counts)
        return Fleet(unit, min(counts), max(counts)) if known and counts else Fleet(unit, None, None)

    @property
    def size_type(self) -> str:
        """As the API names a number of them."""
        return _COPIES if self.unit == "copies" else _INSTANCES


@dataclass(frozen=True, kw_only=True, slots=True)
class DeploymentPolicy(ABC):
    """How an endpoint moves from one configuration to the next; `AllAtOnce`, `Canary`, `Linear` or `Rolling`.

    Attributes:
        rollback: The alarms that take the endpoint back to where it was; the endpoint's own by default.
        maximum_execution_timeout_seconds: The longest that an update may take, 600 to 28800, and more than all its
            waits; None leaves it to SageMaker.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
    """

    rollback: AutoRollback = field(default_factory=AutoRollback)
    maximum_execution_timeout_seconds: int | None = None

    # Whether an endpoint with several variants can be updated this way (TRAPS 6).
    takes_several_variants: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(type(self).__name__, field_problems(self))

    @abstractmethod
    def render(self) -> dict[str, Any]:
        """The members of `DeploymentConfig` that say how; the alarms come from `rollback`."""

    def config(self, own_alarms: Sequence[str]) -> dict[str, Any]:
        """The whole `DeploymentConfig`; *own_alarms* count where `rollback` watches by itself."""
        return {**self.render(), **self.rollback.render(own_alarms)}

    @abstractmethod
    def problems(self, fleet: Fleet) -> Iterator[str | None]:
        """What is wrong with it as the `deployment` of *fleet*."""

    @property
    @abstractmethod
    def bake_seconds(self) -> int:
        """How long the alarms may speak before the next step is taken."""

    def _timeout_problem(self, waits: int, *named: str) -> str | None:
        """The waits are *waits* seconds in all, which *named* make up."""
        timeout = self.maximum_execution_timeout_seconds
        # A number that CloudFormation fills in is a float here.
        if not isinstance(timeout, int) or timeout > waits:
            return None
        return (
            f"deployment.maximum_execution_timeout_seconds must be more than the waits ({' and '.join(named)}: "
            f"{waits} s in all), got {timeout}"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class BlueGreenPolicy(DeploymentPolicy):
    """A new fleet beside the old one; traffic moves over, and the old fleet goes.

    Attributes:
        wait_seconds: The baking time after each move, 0 to 3600, in which the alarms may speak.
        termination_wait_seconds: How long the old fleet stays after the last move, 0 to 3600.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html
    """

    wait_seconds: int = 600
    termination_wait_seconds: int = 0

    @property
    def bake_seconds(self) -> int:
        """The wait after each move."""
        return self.wait_seconds

    def render(self) -> dict[str, Any]:
        """The `BlueGreenUpdatePolicy`."""
        routing = {"Type": self._type, "WaitIntervalInSeconds": self.wait_seconds, **self._size()}
        return {
            "BlueGreenUpdatePolicy": given(
                TrafficRoutingConfiguration=routing,
                TerminationWaitInSeconds=self.termination_wait_seconds,
                MaximumExecutionTimeoutInSeconds=self.maximum_execution_timeout_seconds,
            )
        }

    def problems(self, fleet: Fleet) -> Iterator[str | None]:
        """The sizes and the whole time."""
        waits = (self.wait_seconds, self.termination_wait_seconds)
        if all(isinstance(wait, int) and not is_token(wait) for wait in waits):
            moves = self._moves(fleet)
            total = self.wait_seconds * moves + self.termination_wait_seconds
            named = "wait_seconds" if moves == 1 else f"{moves} times wait_seconds"
            yield self._timeout_problem(total, named, "termination_wait_seconds")

    @property
    @abstractmethod
    def _type(self) -> str: ...

    def _size(self) -> dict[str, Any]:
        return {}

    def _moves(self, fleet: Fleet) -> int:
        """How many times it waits at least; the timeout must leave room for them."""
        return 1


@dataclass(frozen=True, kw_only=True, slots=True)
class AllAtOnce(BlueGreenPolicy):
    """All traffic moves over in one step, then the alarms have `wait_seconds` to take it back."""

    @property
    def _type(self) -> str:
        return "ALL_AT_ONCE"


@dataclass(frozen=True, slots=True)
class Canary(BlueGreenPolicy):
    """A small part of the traffic moves first, the rest after `wait_seconds` without an alarm.

    Attributes:
        size: The first part: at most 50 percent of the machines of each variant.
    """

    size: CapacitySize

    def problems(self, fleet: Fleet) -> Iterator[str | None]:
        """The canary is 1 to 50 percent."""
        yield self.size.problem("deployment.size", 1, 50, fleet)
        yield from super(Canary, self).problems(fleet)

    @property
    def _type(self) -> str:
        return "CANARY"

    def _size(self) -> dict[str, Any]:
        return {"CanarySize": self.size.render()}


@dataclass(frozen=True, slots=True)
class Linear(BlueGreenPolicy):
    """Traffic moves over in equal steps, each followed by `wait_seconds` without an alarm.

    Attributes:
        step: Each part: 10 to 50 percent of the machines of each variant.
    """

    step: CapacitySize

    def problems(self, fleet: Fleet) -> Iterator[str | None]:
        """A step is 10 to 50 percent."""
        yield self.step.problem("deployment.step", 10, 50, fleet)
        yield from super(Linear, self).problems(fleet)

    @property
    def _type(self) -> str:
        return "LINEAR"

    def _size(self) -> dict[str, Any]:
        return {"LinearStepSize": self.step.render()}

    def _moves(self, fleet: Fleet) -> int:
        # After the last step nothing is left to wait for but the bake of that step.
        return self.step.moves(fleet)


@dataclass(frozen=True, slots=True)
class Rolling(DeploymentPolicy):
    """Machines are exchanged batch by batch, so no second fleet is paid for.

    Not for several variants, and not for serverless ones (TRAPS 6).

    Attributes:
        batch: Machines exchanged at once: 5 to 50 percent.
        wait_seconds: Baking time of each batch, 0 to 3600.
        rollback_batch: Machines taken back at once: at most 100 percent, and that when None.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html
    """

    batch: CapacitySize
    _: KW_ONLY
    wait_seconds: int = 600
    rollback_batch: CapacitySize | None = None

    takes_several_variants: ClassVar[bool] = False

    @property
    def bake_seconds(self) -> int:
        """The wait after each batch."""
        return self.wait_seconds

    def render(self) -> dict[str, Any]:
        """The `RollingUpdatePolicy`."""
        return {
            "RollingUpdatePolicy": given(
                MaximumBatchSize=self.batch.render(),
                WaitIntervalInSeconds=self.wait_seconds,
                MaximumExecutionTimeoutInSeconds=self.maximum_execution_timeout_seconds,
                RollbackMaximumBatchSize=self.rollback_batch.render() if self.rollback_batch else None,
            )
        }

    def problems(self, fleet: Fleet) -> Iterator[str | None]:
        """A batch is 5 to 50 percent, a batch back at most everything."""
        yield self.batch.problem("deployment.batch", 5, 50, fleet)
        if self.rollback_batch is not None:
            yield self.rollback_batch.problem("deployment.rollback_batch", 1, 100, fleet)
        if isinstance(self.wait_seconds, int) and not is_token(self.wait_seconds):
            batches = self.batch.moves(fleet)
            yield self._timeout_problem(self.wait_seconds * batches, f"{batches} times wait_seconds")
