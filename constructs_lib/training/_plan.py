"""Turns the steps of a workflow into states, and finds what is wrong between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import is_token, matches, unique
from constructs_lib._internal.expressions import bare, expression
from constructs_lib.training._states import ChoiceNode, FailNode, MapNode, Node, ParallelNode
from constructs_lib.training.references import read_names
from constructs_lib.training.steps import Choice, Fail, Map, Parallel

if TYPE_CHECKING:
    from constructs_lib.training.job import Job
    from constructs_lib.training.model_steps import CreateModelStep, RegisterModelStep
    from constructs_lib.training.steps import Step

    Call = Job | CreateModelStep | RegisterModelStep

_STEP_SHAPE = "a letter and then letters, digits and '_', because the step's result is found under this name"
_ITEM = "Item"


@dataclass(kw_only=True)
class Plan:
    """A workflow's steps, read.

    Attributes:
        nodes: What renders the states.
        calls: Each step that calls SageMaker.
        problems: What is wrong, one sentence each.
    """

    nodes: tuple[Node, ...] = ()
    calls: "list[Call]" = field(default_factory=list)
    problems: list[str | None] = field(default_factory=list)


def make_plan(steps: "Sequence[Step]", tags: Sequence[Mapping[str, str]]) -> Plan:
    """Read *steps*; *tags* go to every job and model."""
    reader = _Reader(tags)
    plan = reader.plan
    plan.nodes, _ = reader.sequence(steps, frozenset(), in_map=False)
    plan.problems += [
        None if steps else "steps must hold at least one job, got none",
        unique("ids of the steps", reader.names),
        *(matches("id of a step", name, r"[A-Za-z][A-Za-z0-9_]{0,59}", shape=_STEP_SHAPE) for name in reader.names),
        f"id of a step must not be {_ITEM!r}, which is the item of a Map" if _ITEM in reader.names else None,
    ]
    return plan


class _Reader:
    def __init__(self, tags: Sequence[Mapping[str, str]]) -> None:
        self.plan = Plan()
        self.names: list[str] = []
        self._tags = tags

    def sequence(
        self, steps: "Sequence[Step]", visible: frozenset[str], *, in_map: bool
    ) -> tuple[tuple[Node, ...], frozenset[str]]:
        """The nodes of *steps*, and whose results are there after them, given those that are there before."""
        nodes: list[Node] = []
        for number, step in enumerate(steps):
            if isinstance(step, Fail) and number < len(steps) - 1:
                self.plan.problems.append("Fail must be the last of its steps, because nothing runs after it")
            node, visible = self._step(step, visible, in_map=in_map)
            nodes.append(node)
        return tuple(nodes), visible

    def _step(self, step: "Step", visible: frozenset[str], *, in_map: bool) -> tuple[Node, frozenset[str]]:
        match step:
            case Parallel():
                return self._parallel(step, visible, in_map=in_map)
            case Map():
                return self._map(step, visible, in_map=in_map)
            case Choice():
                return self._choice(step, visible, in_map=in_map)
            case Fail():
                return FailNode(error=step.error, cause=step.cause), visible
        if not hasattr(step, "workflow_node"):
            self.plan.problems.append(f"steps must be jobs or other steps of this package, got {step!r}")
            return ParallelNode(branches=()), visible
        name = step.node.id
        self._check_reads(name, step.request, visible, in_map=in_map)
        self.names.append(name)
        self.plan.calls.append(step)
        return step.workflow_node(self._tags), visible | {name}

    def _parallel(self, step: Parallel, visible: frozenset[str], *, in_map: bool) -> tuple[Node, frozenset[str]]:
        branches = [self.sequence(branch, visible, in_map=in_map) for branch in step.branches]
        after = visible.union(*(seen for _, seen in branches))
        return ParallelNode(branches=tuple(nodes for nodes, _ in branches)), after

    def _map(self, step: Map, visible: frozenset[str], *, in_map: bool) -> tuple[Node, frozenset[str]]:
        if in_map:
            # The context of an execution tells the innermost index only, and names of jobs are made of it.
            self.plan.problems.append(f"Map {step.name} must not stand inside of another Map")
        self._check_reads(step.name, step.items, visible, in_map=in_map)
        self.names.append(step.name)
        nodes, seen = self.sequence(step.steps, visible, in_map=True)
        # A list, which as text would be one item.
        items = expression(bare(step.items)) if isinstance(step.items, str) else tuple(step.items)
        before, results = tuple(sorted(visible)), tuple(sorted(seen - visible))
        node = MapNode(
            name=step.name,
            items=items,
            nodes=nodes,
            before=before,
            results=results,
            max_concurrency=step.max_concurrency,
        )
        return node, visible | {step.name}

    def _choice(self, step: Choice, visible: frozenset[str], *, in_map: bool) -> tuple[Node, frozenset[str]]:
        self._check_reads("the condition of a Choice", step.condition.expression, visible, in_map=in_map)
        self._check_metrics(step.condition.metrics)
        then, after_then = self.sequence(step.then, visible, in_map=in_map)
        otherwise, after_otherwise = self.sequence(step.otherwise, visible, in_map=in_map)
        ends = [bool(way) and isinstance(way[-1], Fail) for way in (step.then, step.otherwise)]
        if ends == [False, True]:
            after = after_then
        elif ends == [True, False]:
            after = after_otherwise
        else:
            after = visible
        return ChoiceNode(condition=step.condition.expression, then=then, otherwise=otherwise), after

    def _check_reads(self, reader: str, value: Any, visible: frozenset[str], *, in_map: bool) -> None:
        for name in sorted(read_names(value) - visible - ({_ITEM} if in_map else set())):
            if name == _ITEM:
                self.plan.problems.append(f"{reader} reads map_item(…), which there is inside of a Map only")
            else:
                self.plan.problems.append(
                    f"{reader} reads the result of {name}, which has not run by then; put {name} before it in steps"
                )

    def _check_metrics(self, metrics: "Iterable[tuple[Job, str]]") -> None:
        for job, name in metrics:
            there = _metrics_of(job)
            if there is None or name in there or any(map(is_token, (name, *there))):
                continue
            if job.kind.noun == "HyperParameterTuningJob":
                is_it = f"the objective of {job.node.id}, the only metric in its result: {' or '.join(there)}"
            elif there:
                is_it = f"a metric of {job.node.id}, which has {', '.join(there)}"
            else:
                is_it = f"a metric of {job.node.id}, which has none; give the job metrics={{{name!r}: r'…([0-9.]+)'}}"
            self.plan.problems.append(f"Condition.metric must name {is_it}, got {name!r}")


def _metrics_of(job: "Job") -> list[str] | None:
    """The names of the metrics that the job's result may hold; None where the algorithm has others of its own."""
    request = job.request
    if job.kind.noun == "HyperParameterTuningJob":
        # Of the best training job the result holds the objective alone:
        # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobSummary.html
        alone = request["HyperParameterTuningJobConfig"].get("HyperParameterTuningJobObjective")
        objectives = [alone] if alone else [each["TuningObjective"] for each in request["TrainingJobDefinitions"]]
        return list(dict.fromkeys(each["MetricName"] for each in objectives))
    algorithm = request.get("AlgorithmSpecification", {})
    defined = [metric["Name"] for metric in algorithm.get("MetricDefinitions", ())]
    scripted = job.image is not None and (job.image.algorithm is None or job.image.framework is not None)
    return defined if defined or (scripted and "AlgorithmName" not in algorithm) else None
