"""The API model of a service as a checker: what a request breaks, all of it, before it is sent.

This folder reads botocore's data and needs nothing else, so that the embedded AWS can use it from its own environment
and a template can be checked without Node (`python -m constructs_lib.contract`). Only `plugin.py` knows the AWS CDK.
"""

from collections.abc import Mapping

from ._families import is_new_instance_type
from ._model import request_shape, service_model
from ._problem import Problem, Rule
from ._walker import check_shape

__all__ = ["Problem", "Rule", "check_request", "check_shape", "is_new_instance_type", "service_model"]


def check_request(
    service: str, operation: str, request: Mapping[str, object], *, data_path: str | None = None
) -> list[Problem]:
    """Compare *request* with the API model and return every problem, in the order of the request.

    Args:
        service: As botocore names it: `sagemaker`, `application-autoscaling`.
        operation: As the API names it: `CreateTrainingJob`.
        request: The members of the request. CDK tokens, CloudFormation intrinsics, JSONPath members (`Name.$`) and
            JSONata strings are taken as present and right.
        data_path: A botocore data folder whose model is used instead of the installed one.

    Raises:
        ValueError: The service has no such operation.
    """
    shape = request_shape(service, operation, data_path)
    return list(check_shape(shape, request)) if shape is not None else []
