"""Holds what a construct rendered against the SageMaker API, and says what is wrong in the caller's words."""

from collections.abc import Mapping
from typing import Any

from constructs_lib.contract import Problem, check_request, service_model


def request_problems(operation: str, request: Mapping[str, Any], arguments: Mapping[str, str]) -> list[str]:
    """What SageMaker would refuse in *request*, one sentence each.

    Limits, enums and patterns are not written down in the constructs: they come from botocore's model of the API.

    Args:
        operation: Such as `CreateTrainingJob`.
        request: The request; tokens and Step Functions placeholders are taken as right.
        arguments: Path in the request to the argument that filled it; the longest prefix counts.
    """
    return [
        _in_words(problem, arguments)
        for problem in check_request("sagemaker", operation, request)
        if not _is_new_instance_family(problem)
    ]


def _in_words(problem: Problem, arguments: Mapping[str, str]) -> str:
    fitting = [path for path in arguments if problem.path == path or problem.path.startswith((f"{path}.", f"{path}["))]
    if not fitting:
        return problem.message
    path = max(fitting, key=len)
    return problem.message.replace(path, arguments[path], 1)


def _is_new_instance_family(problem: Problem) -> bool:
    """A type of a family that the installed botocore has never heard of: new, not misspelt."""
    if problem.rule != "enum" or not problem.path.endswith("InstanceType"):
        return False
    return isinstance(problem.value, str) and problem.value.rpartition(".")[0] not in _known_families()


def _known_families() -> set[str]:
    shapes = map(service_model("sagemaker").shape_for, ("TrainingInstanceType", "ProductionVariantInstanceType"))
    return {name.rpartition(".")[0] for shape in shapes for name in shape.enum}
