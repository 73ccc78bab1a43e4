"""Holds what a construct rendered against the SageMaker API, and says what is wrong in the caller's words."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from constructs_lib.contract import Problem, check_request, is_new_instance_type


def request_problems(operation: str, request: Mapping[str, Any], arguments: Mapping[str, str]) -> list[str]:
    """What SageMaker would refuse in *request*, one sentence each.

    Limits, enums and patterns are not written down in the constructs: they come from botocore's model of the API.

    Args:
        operation: Such as `CreateTrainingJob`.
        request: The request; tokens and Step Functions placeholders are taken as right.
        arguments: Path in the request to the argument that filled it, such as `Variants[].Name` to `variants[].name`;
            the longest path that fits counts.
    """
    return [
        f"{_in_words(problem, arguments)} ({operation}: {problem.path})"
        for problem in check_request("sagemaker", operation, request)
        if not is_new_instance_type(problem)
    ]


def _in_words(problem: Problem, arguments: Mapping[str, str]) -> str:
    """The problem with its path as the caller knows it; `[]` in a path and in an argument stands for any index."""
    found = [(match, argument) for path, argument in arguments.items() if (match := _at(path).match(problem.path))]
    if not found:
        return problem.message
    match, argument = max(found, key=lambda pair: pair[0].end())
    indexes = iter(match.groups())
    return problem.message.replace(match.group(), re.sub(r"\[\]", lambda _: f"[{next(indexes)}]", argument), 1)


@cache
def _at(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\[\]", r"\[(\d+)\]") + r"(?=$|[.\[])")
