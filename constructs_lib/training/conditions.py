"""What a `Choice` of a workflow decides by."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib._internal.checks import has, is_a, is_token, require
from constructs_lib._internal.expressions import bare, literal
from constructs_lib._internal.kinds import argument_problems, kind_problems
from constructs_lib.training.references import execution_input

if TYPE_CHECKING:
    from constructs_lib.training.job import Job

# Where Describe lists the metrics of a job that has ended, by kind.
_METRICS = {
    "TrainingJob": "FinalMetricDataList",
    "HyperParameterTuningJob": "BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """True or false while the workflow runs; `Condition.metric(job, "validation:accuracy") >= 0.9` makes one.

    Conditions are joined with `&`, `|` and `~`.

    Attributes:
        expression: JSONata.
        metrics: The job and the metric of each comparison in it.
    """

    expression: str
    metrics: tuple[tuple["Job", str], ...] = ()

    @staticmethod
    def metric(job: "Job", name: str) -> "ConditionValue":
        """The last value of a metric of a job that ran before: of a tuning job, that of its best training job.

        The execution fails when the job has not reported the metric, rather than take a way that nobody chose.

        Args:
            job: A training or a tuning job of the same workflow.
            name: As in `metrics` of the job, or as a built-in algorithm calls it; of a tuning job the metric of its
                objective, the only one in its result.

        Raises:
            ConfigurationError: The job is of a kind that has no metrics.
        """
        kinds = " and ".join(f"{kind}s" for kind in _METRICS)
        require(
            "Condition.metric",
            has("job", job, "kind", f"one of the {kinds}", optional=False),
            argument_problems(Condition.metric, locals()),
        )
        where = _METRICS.get(job.kind.noun)
        require("Condition.metric", None if where else f"job must be one of the {kinds}, got a {job.kind.noun}")
        found = f"$states.input.{job.node.id}.{where}[MetricName={literal(name)}].Value"
        missing = literal(f"{job.node.id} has not reported the metric {name}")
        return ConditionValue(
            expression=f"($exists({found}) ? {found} : $error({missing}))", metrics=((job, name),), number=True
        )

    @staticmethod
    def input(path: str) -> "ConditionValue":
        """A value that the execution was started with, such as `detail.bucket.name`; `.equals(…)` compares it.

        Raises:
            ConfigurationError: The path is not made of names.
        """
        return ConditionValue(expression=bare(execution_input(path)))

    def __and__(self, other: "Condition") -> "Condition":
        return self._join("and", other)

    def __or__(self, other: "Condition") -> "Condition":
        return self._join("or", other)

    def __invert__(self) -> "Condition":
        return Condition(expression=f"$not({self.expression})", metrics=self.metrics)

    def _join(self, word: str, other: "Condition") -> "Condition":
        require("Condition", is_a("what is joined", other, Condition, "a Condition in parentheses"))
        return Condition(
            expression=f"({self.expression}) {word} ({other.expression})", metrics=(*self.metrics, *other.metrics)
        )

    def __bool__(self) -> bool:
        # `a >= 1 and b >= 2` would silently be the second half alone.
        raise TypeError("a Condition is known only while the workflow runs; join conditions with &, | and ~")


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionValue:
    """A value to compare: with `>=`, `>`, `<=` and `<`, or with `equals`."""

    expression: str
    metrics: tuple[tuple["Job", str], ...] = ()
    number: bool = False

    def __ge__(self, other: float) -> Condition:
        return self._compare(">=", other)

    def __gt__(self, other: float) -> Condition:
        return self._compare(">", other)

    def __le__(self, other: float) -> Condition:
        return self._compare("<=", other)

    def __lt__(self, other: float) -> Condition:
        return self._compare("<", other)

    def equals(self, other: str | bool | float) -> Condition:
        """True where the value is just *other*; a value that is not there equals nothing.

        Raises:
            ConfigurationError: *other* is known only at deployment.
        """
        return self._compare("=", other)

    def _compare(self, operator: str, other: str | bool | float) -> Condition:
        fixed = not is_token(other)
        wanted = str | bool | float if operator == "=" else float
        require(
            "Condition",
            kind_problems("the value compared with", other, wanted)
            if fixed
            else "the value compared with must be known at synth, got a token",
        )
        if isinstance(other, bool):
            written = str(other).lower()
        else:
            written = literal(other) if isinstance(other, str) else repr(other)
        return Condition(expression=f"{self.expression} {operator} {written}", metrics=self.metrics)
