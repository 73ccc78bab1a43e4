"""Renders the states of a workflow, in Amazon States Language with JSONata, in plain Python.

What a step leaves lies in the state's input under the step's own name, beside what came before. So every later state
sees it as `$states.input.<step>`, in a branch and in an iteration too, and there are no variables whose scopes could
clash: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from constructs_lib._internal.expressions import joined_within

States = dict[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a step stands.

    Attributes:
        following: The state that comes after it; None at the end of its sequence.
        in_map: Whether it runs once for each item of a Map.
        path: Numbers of the steps around it, from the outside in; they make names of states unique.
    """

    following: str | None
    in_map: bool = False
    path: tuple[int, ...] = ()

    def leave(self) -> dict[str, Any]:
        """`Next` or `End`."""
        return {"Next": self.following} if self.following else {"End": True}

    @property
    def number(self) -> str:
        """`2` or, inside of another step, `2.1.3`."""
        return ".".join(str(number) for number in self.path)


class Node(Protocol):
    """What can stand in a sequence."""

    def first(self, place: Place) -> str:
        """The name of the state that it begins with."""

    def render(self, place: Place) -> States:
        """Its states, from the first to what follows."""


def keep(name: str, value: str) -> str:
    """JSONata: the state's input with *value* under the step's name."""
    return f"{{% $merge([$states.input, {{'{name}': {value}}}]) %}}"


def render_sequence(nodes: Sequence[Node], place: Place) -> tuple[str, States]:
    """The states of *nodes*, one after the other, and the name of the first."""
    paths = [(*place.path, number) for number in range(1, len(nodes) + 1)]
    firsts = [
        node.first(Place(following=None, in_map=place.in_map, path=path))
        for node, path in zip(nodes, paths, strict=True)
    ]
    states: States = {}
    for node, path, following in zip(nodes, paths, [*firsts[1:], place.following], strict=True):
        states.update(node.render(Place(following=following, in_map=place.in_map, path=path)))
    return firsts[0], states


def render_machine(nodes: Sequence[Node]) -> dict[str, Any]:
    """The whole definition."""
    first, states = render_sequence(nodes, Place(following=None))
    return {"QueryLanguage": "JSONata", "StartAt": first, "States": states}


@dataclass(frozen=True, kw_only=True, slots=True)
class ParallelNode:
    """Sequences that run at the same time; what they leave is put together."""

    branches: tuple[tuple[Node, ...], ...]

    def first(self, place: Place) -> str:
        return f"Parallel {place.number}"

    def render(self, place: Place) -> States:
        name, gather = f"Parallel {place.number}", f"Results of parallel {place.number}"
        branches = []
        for number, nodes in enumerate(self.branches, 1):
            start, states = render_sequence(
                nodes, Place(following=None, in_map=place.in_map, path=(*place.path, number))
            )
            branches.append({"StartAt": start, "States": states})
        return {
            name: {"Type": "Parallel", "Branches": branches, "Next": gather},
            # Each branch hands back its input with its results in it.
            gather: {"Type": "Pass", "Output": "{% $merge($states.input) %}", **place.leave()},
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class MapNode:
    """A sequence that runs once for each item; the results are a list under *name*.

    Attributes:
        name: The state's name.
        items: The items, or JSONata that gives them.
        nodes: What runs for each.
        before: The steps whose results it may read.
        results: The steps in it whose results are kept.
        max_concurrency: How many items at a time.
    """

    name: str
    items: str | tuple[Any, ...]
    nodes: tuple[Node, ...]
    before: tuple[str, ...]
    results: tuple[str, ...]
    max_concurrency: int

    def first(self, place: Place) -> str:
        return self.name

    def render(self, place: Place) -> States:
        last = f"Results of {self.name}"
        start, states = render_sequence(self.nodes, Place(following=last, in_map=True, path=place.path))
        # The results of earlier steps are not repeated for each item: an output may hold 256 KiB.
        kept = ", ".join(f"'{name}': $states.input.{name}" for name in ("Item", *self.results))
        states[last] = {"Type": "Pass", "Output": f"{{% {{{kept}}} %}}", "End": True}
        return {
            self.name: {
                "Type": "Map",
                "Items": self.items if isinstance(self.items, str) else list(self.items),
                "ItemSelector": {
                    "Item": "{% $states.context.Map.Item.Value %}",
                    **{name: f"{{% $states.input.{name} %}}" for name in self.before},
                },
                "MaxConcurrency": self.max_concurrency,
                "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": start, "States": states},
                "Output": keep(self.name, "$states.result"),
                **place.leave(),
            }
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceNode:
    """One of two sequences, by a condition on what is there."""

    condition: str
    then: tuple[Node, ...]
    otherwise: tuple[Node, ...]

    def first(self, place: Place) -> str:
        return f"Choice {place.number}"

    def render(self, place: Place) -> States:
        states: States = {}
        starts = []
        after = place.following or f"End of choice {place.number}"
        for number, nodes in enumerate((self.then, self.otherwise), 1):
            if not nodes:
                starts.append(after)
                continue
            start, inner = render_sequence(
                nodes, Place(following=place.following, in_map=place.in_map, path=(*place.path, number))
            )
            states.update(inner)
            starts.append(start)
        choice = {
            "Type": "Choice",
            "Choices": [{"Condition": f"{{% {self.condition} %}}", "Next": starts[0]}],
            "Default": starts[1],
        }
        if after in starts and not place.following:
            states[after] = {"Type": "Succeed"}
        return {f"Choice {place.number}": choice, **states}


@dataclass(frozen=True, kw_only=True, slots=True)
class FailNode:
    """The end of an execution that shall not count as a success."""

    error: str
    cause: str

    def first(self, place: Place) -> str:
        return f"Fail {place.number}"

    def render(self, place: Place) -> States:
        return {f"Fail {place.number}": {"Type": "Fail", "Error": self.error, "Cause": self.cause}}


@dataclass(frozen=True, kw_only=True, slots=True)
class CallNode:
    """One call of the API that is done when it answers.

    Attributes:
        name: The state's name; the answer is found under it.
        resource: The integration.
        arguments: The request, all but the name.
        name_member: The member that holds a new name; None where the request needs none.
        name_prefix: What that name begins with.
        hash_length: How many digits of a hash follow it.
    """

    name: str
    resource: str
    arguments: Mapping[str, Any]
    name_member: str | None = None
    name_prefix: str = ""
    hash_length: int = 0

    def first(self, place: Place) -> str:
        return f"Name {self.name}" if self.name_member else self.name

    def render(self, place: Place) -> States:
        states: States = {}
        arguments = dict(joined_within(dict(self.arguments)))
        result = "$states.result"
        if self.name_member:
            named = unique_name(self.name_prefix, self.hash_length, place)
            states[f"Name {self.name}"] = {
                "Type": "Pass",
                "Output": keep(self.name, f"{{'{self.name_member}': {named}}}"),
                "Next": self.name,
            }
            arguments = {self.name_member: f"{{% $states.input.{self.name}.{self.name_member} %}}", **arguments}
            result = f"$merge([$states.input.{self.name}, $states.result])"
        states[self.name] = {
            "Type": "Task",
            "Resource": self.resource,
            "Arguments": arguments,
            "Output": keep(self.name, result),
            "Retry": retries(),
            **place.leave(),
        }
        return states


# Any refusal of the API reaches a state machine under the first name from the optimized integration and under the
# second from the SDK's, throttling included; the third is what newer integrations use.
# https://github.com/aws/aws-step-functions-data-science-sdk-python/pull/162
_THROTTLED = ("SageMaker.AmazonSageMakerException", "SageMaker.SageMakerException", "ThrottlingException")
_QUOTA = ("SageMaker.ResourceLimitExceededException",)


def retries() -> list[dict[str, Any]]:
    """Again after throttling, and for an hour when a quota is used up."""
    return [
        {
            "ErrorEquals": list(_THROTTLED),
            "IntervalSeconds": 5,
            "BackoffRate": 2,
            "MaxAttempts": 6,
            "JitterStrategy": "FULL",
        },
        {"ErrorEquals": list(_QUOTA), "IntervalSeconds": 300, "BackoffRate": 1, "MaxAttempts": 12},
    ]


def unique_name(prefix: str, hash_length: int, place: Place) -> str:
    """JSONata for a name that no other job of the account ever had (TRAPS 35).

    An execution's id may be longer than a job's name and hold characters that it may not, hence the hash. The time at
    which the state was entered tells apart rounds of a loop and redrives, the retry count the attempts within a state,
    and the index the items of a Map, which may be entered in the same millisecond.
    """
    context = "$states.context"
    parts = [
        f"{context}.Execution.Id",
        f"{context}.State.EnteredTime",
        f"$string({context}.State.RetryCount)",
        *([f"$string({context}.Map.Item.Index)"] if place.in_map else []),
    ]
    joined = " & '/' & ".join(parts)
    return f"'{prefix}-' & $substring($hash({joined}, 'SHA-1'), 0, {hash_length})"
