"""The steps of a workflow that hold other steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from constructs_lib._internal.checks import between, fits_json, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib.training.conditions import Condition

if TYPE_CHECKING:
    from constructs_lib.training.job import Job
    from constructs_lib.training.model_steps import CreateModelStep, RegisterModelStep

    Step: TypeAlias = "Job | CreateModelStep | RegisterModelStep | Parallel | Map | Choice | Fail"


class Parallel:
    """Sequences of steps that run at the same time; `Parallel([one, two], [three])` makes one.

    What comes after sees the results of all of them. When one fails the others are stopped.

    Attributes:
        branches: The sequences.
    """

    def __init__(self, *branches: "Sequence[Step]") -> None:
        """Put them side by side.

        Raises:
            ConfigurationError: There are fewer than two branches, or one is empty.
        """
        require(
            "Parallel",
            (
                f"branches must be lists of steps, such as Parallel([one], [two]), got {branch!r}"
                for branch in branches
                if not isinstance(branch, list | tuple)
            ),
        )
        require(
            "Parallel",
            None if len(branches) >= 2 else f"branches must be two or more, got {len(branches)}",
            None if all(branches) else "branches must each hold at least one step, got an empty one",
        )
        self.branches = tuple(tuple(branch) for branch in branches)


@dataclass(frozen=True, kw_only=True, slots=True)
class Map:
    """Steps that run once for each item of a list, such as a fold, a country or a data set.

    Inside, `map_item("…")` is the item. Afterwards the results lie in the output under *name*, a list in the order of
    the items with `Item` and the result of each step. Results must fit into 256 KiB together, which a dozen training
    jobs do.

    Attributes:
        name: A letter and then letters, digits and `_`, unique among the steps.
        items: The items themselves, or where they are: `execution_input("countries")`.
        steps: What runs for each item.
        max_concurrency: How many items at a time, 1 to 40; Step Functions runs no more than 40 at once.

    Raises:
        ConfigurationError: There is no step or no item, or a number is out of range.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
    """

    name: str
    items: "Sequence[Any] | str"
    steps: "Sequence[Step]"
    max_concurrency: int = 40

    def __post_init__(self) -> None:
        require(f"Map {self.name}", field_problems(self))
        text = isinstance(self.items, str) and not self.items.startswith("{%")
        require(
            f"Map {self.name}",
            None if self.steps else "steps must hold at least one step, got none",
            None if self.items else "items must hold at least one item, got none",
            f"items must be a list or execution_input(…), got {self.items!r}" if text else None,
            fits_json("items", self.items),
            between("max_concurrency", self.max_concurrency, 1, 40),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of two ways, by a condition.

    Steps after it see only what ran before it, unless the other way ends in `Fail`.

    Attributes:
        condition: Such as `Condition.metric(job, "validation:accuracy") >= 0.9`.
        then: What runs when it is true.
        otherwise: What runs when it is false; by default nothing does, and the workflow goes on.

    Raises:
        ConfigurationError: Neither way holds a step.
    """

    condition: Condition
    then: "Sequence[Step]" = ()
    otherwise: "Sequence[Step]" = field(default=())

    def __post_init__(self) -> None:
        require("Choice", field_problems(self))
        some = self.then or self.otherwise
        require("Choice", None if some else "then must hold at least one step where otherwise holds none, got none")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fail:
    """Ends the execution as failed, such as when a model is not good enough.

    Attributes:
        cause: Why, for whoever is notified.
        error: A short name that alarms and rules may look for.
    """

    cause: str
    error: str = "NotGoodEnough"

    def __post_init__(self) -> None:
        require("Fail", field_problems(self))
