"""What a tuning job may choose a hyperparameter from."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import is_token, require, unique
from constructs_lib._internal.kinds import field_problems
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.training.hyperparameters import encode_one


class HyperParameterScalingType(StrEnum):
    """On which scale a range is searched.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
    """

    AUTO = "Auto"
    LINEAR = "Linear"
    LOGARITHMIC = "Logarithmic"
    REVERSE_LOGARITHMIC = "ReverseLogarithmic"


class ParameterRange(ABC):
    """The values that a tuning job tries for one hyperparameter; its name stands in the mapping beside it."""

    member: str

    @abstractmethod
    def render(self, name: str, encoding: HyperparameterEncoding) -> dict[str, Any]:
        """The entry of `ParameterRanges` for the hyperparameter *name*."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContinuousParameterRange(ParameterRange):
    """Any number between two.

    Attributes:
        min_value: The least.
        max_value: The greatest, above the least.
        scaling_type: A logarithmic scale takes numbers above 0 only, a reverse logarithmic one 0 to below 1.

    Raises:
        ConfigurationError: The ends are the wrong way round, or the scale does not take them.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContinuousParameterRange.html
    """

    min_value: float
    max_value: float
    scaling_type: HyperParameterScalingType = HyperParameterScalingType.AUTO
    member = "ContinuousParameterRanges"

    def __post_init__(self) -> None:
        require("ContinuousParameterRange", field_problems(self))
        require("ContinuousParameterRange", *_problems(self.min_value, self.max_value, self.scaling_type))

    def render(self, name: str, encoding: HyperparameterEncoding) -> dict[str, Any]:
        return _between(name, self.min_value, self.max_value, self.scaling_type)


@dataclass(frozen=True, kw_only=True, slots=True)
class IntegerParameterRange(ParameterRange):
    """Any whole number between two.

    Attributes:
        min_value: The least.
        max_value: The greatest, above the least.
        scaling_type: A logarithmic scale takes numbers above 0 only; there is no reverse logarithmic one.

    Raises:
        ConfigurationError: The ends are no whole numbers or the wrong way round, or the scale does not take them.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_IntegerParameterRange.html
    """

    min_value: int
    max_value: int
    scaling_type: HyperParameterScalingType = HyperParameterScalingType.AUTO
    member = "IntegerParameterRanges"

    def __post_init__(self) -> None:
        ends = (self.min_value, self.max_value)
        fractions = tuple(f"got {value!r}" for value in ends if isinstance(value, float))
        require(
            "IntegerParameterRange",
            (
                f"{problem}; ContinuousParameterRange takes others" if problem.endswith(fractions) else problem
                for problem in field_problems(self)
            ),
        )
        reverse = self.scaling_type is HyperParameterScalingType.REVERSE_LOGARITHMIC
        scale = "scaling_type ReverseLogarithmic is for continuous ranges only; take Auto, Linear or Logarithmic"
        known = HyperParameterScalingType.LINEAR if reverse else self.scaling_type
        require("IntegerParameterRange", scale if reverse else None, _problems(*ends, known))

    def render(self, name: str, encoding: HyperparameterEncoding) -> dict[str, Any]:
        return _between(name, self.min_value, self.max_value, self.scaling_type)


@dataclass(frozen=True, kw_only=True, slots=True)
class CategoricalParameterRange(ParameterRange):
    """One of some values.

    Attributes:
        values: 1 to 30 of them, no two alike.

    Raises:
        ConfigurationError: A value stands there twice.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CategoricalParameterRange.html
    """

    values: Sequence[str | int | float]
    member = "CategoricalParameterRanges"

    def __post_init__(self) -> None:
        require("CategoricalParameterRange", field_problems(self))
        object.__setattr__(self, "values", tuple(self.values))
        require("CategoricalParameterRange", unique("values", [str(v) for v in self.values if not is_token(v)]))

    def render(self, name: str, encoding: HyperparameterEncoding) -> dict[str, Any]:
        # Framework images read every hyperparameter as JSON, the chosen value too (TRAPS 32); the SageMaker SDK's
        # `CategoricalParameter.as_json_range` writes them the same way.
        def written(value: Any) -> str:
            return encode_one(value, encoding)

        return {
            "Name": name,
            "Values": [written(v) if isinstance(v, str) else _number(v, written) for v in self.values],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoParameter(ParameterRange):
    """A range that SageMaker finds itself, for a job with `autotune`.

    Attributes:
        value_hint: A value that makes sense; the range is laid around it.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoParameter.html
    """

    value_hint: str | int | float
    member = "AutoParameters"

    def __post_init__(self) -> None:
        require("AutoParameter", field_problems(self))

    def render(self, name: str, encoding: HyperparameterEncoding) -> dict[str, Any]:
        return {"Name": name, "ValueHint": _text(self.value_hint)}


def render_ranges(ranges: Mapping[str, ParameterRange], encoding: HyperparameterEncoding) -> dict[str, Any]:
    """The `ParameterRanges` member: the ranges by kind, in the order given."""
    rendered: dict[str, Any] = {}
    for name, parameter in ranges.items():
        rendered.setdefault(parameter.member, []).append(parameter.render(name, encoding))
    return rendered


def _between(name: str, low: float, high: float, scaling: HyperParameterScalingType) -> dict[str, Any]:
    return {"Name": name, "MinValue": _text(low), "MaxValue": _text(high), "ScalingType": scaling.value}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _number(value, str)


def _number(value: Any, written: Callable[[Any], str]) -> str:
    if not is_token(value):
        return written(value)
    # Whoever has a number of CloudFormation's has the CDK loaded; nobody else pays for it.
    from aws_cdk import Tokenization

    return Tokenization.stringify_number(value)


def _problems(low: float, high: float, scaling: HyperParameterScalingType) -> list[str]:
    problems = []
    if not is_token(low) and not is_token(high) and low >= high:
        problems.append(f"max_value must be above min_value ({low}), got {high!r}")
    if is_token(low):
        return problems
    if scaling is HyperParameterScalingType.LOGARITHMIC and low <= 0:
        problems.append(f"min_value must be above 0 on a logarithmic scale, got {low!r}; raise it or take Linear")
    if scaling is HyperParameterScalingType.REVERSE_LOGARITHMIC and (low < 0 or (not is_token(high) and high >= 1)):
        problems.append(
            f"min_value and max_value must lie from 0 to below 1 on a reverse logarithmic scale, got {low!r}, {high!r}"
        )
    return problems
