"""Hyperparameters and metric definitions: what goes into a job as text, and what is read out of its log."""

import json
import re
from collections.abc import Mapping
from typing import Any

from constructs_lib._internal.checks import is_token
from constructs_lib._internal.expressions import as_json, is_late
from constructs_lib.containers.encoding import HyperparameterEncoding

Hyperparameter = str | int | float | bool


class LateNumber(str):
    """A number that is known only at deployment, as the text of its token: no quotes may come around it."""

    __slots__ = ()


def encode(values: Mapping[str, Any], encoding: HyperparameterEncoding) -> dict[str, str]:
    """The values as the image reads them, by name."""
    return {name: encode_one(value, encoding) for name, value in values.items()}


def encode_one(value: Any, encoding: HyperparameterEncoding) -> str:
    """JSON for framework images, plain text for all others (TRAPS 32).

    What only the running workflow knows is written as JSON then: such an image decodes each text, so `1` and `true`
    given as text would turn into a number and a truth value. What is no JSON it takes as it is (sagemaker-training
    5.1.4, environment.py, `read_hyperparameters`).
    """
    if encoding is HyperparameterEncoding.PLAIN or isinstance(value, LateNumber):
        return str(value)
    return as_json(value) if is_late(value) else json.dumps(value)


def hyperparameter_problems(values: Mapping[str, Any], encoding: HyperparameterEncoding) -> list[str]:
    """Values that have no plain form, one sentence each."""
    problems = []
    for name, value in values.items():
        if not isinstance(value, str | int | float | bool):
            problems.append(f"hyperparameters[{name!r}] must be text, a number or a truth value, got {value!r}")
        elif isinstance(value, bool) and encoding is HyperparameterEncoding.PLAIN:
            problems.append(
                f"hyperparameters[{name!r}] is plain text for this image and truth has no one spelling there, "
                f"got {value!r}; write 1 and 0, or 'true' and 'false', as the algorithm documents it"
            )
    return problems


def metric_problems(metrics: Mapping[str, str]) -> list[str]:
    """Expressions that find nothing, one sentence each (TRAPS 34)."""
    problems = []
    for name, expression in metrics.items():
        if is_token(expression):
            continue
        try:
            groups = re.compile(expression).groups
        except re.error as error:
            problems.append(f"metrics[{name!r}] must be a regular expression, got {expression!r} ({error})")
            continue
        if groups == 0:
            problems.append(
                f"metrics[{name!r}] must have a group around the number, such as 'loss=([0-9.]+)', got {expression!r}"
            )
    return problems
