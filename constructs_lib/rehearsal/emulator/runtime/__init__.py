"""SageMaker Runtime: an endpoint answers what it was asked, in the way of its kind."""

import json
from collections.abc import Callable
from typing import Any

from ..api import Answer, Api, ApiError, Handler
from ..sagemaker import SageMaker
from . import asynchronous, realtime, stream
from ._call import Call, find_operation, read
from ._callers import require_allowed

__all__ = ["is_invocation", "runtime_handler"]

_INVOKE: dict[str, Callable[[Call], Answer]] = {
    "InvokeEndpoint": realtime.invoke,
    "InvokeEndpointAsync": asynchronous.invoke,
    "InvokeEndpointWithResponseStream": stream.invoke,
}


def is_invocation(path: str) -> bool:
    """Whether a request signed for SageMaker is for its runtime and not for its control plane."""
    return path.startswith("/endpoints/")


def runtime_handler(sagemaker: SageMaker, model_data: str | None = None) -> Handler:
    """The runtime as a MiniStack service handler."""
    api = Api("sagemaker-runtime", model_data)

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        try:
            operation, endpoint = find_operation(api, path)
            request = read(api, operation, headers, {"EndpointName": endpoint, "Body": body})
            require_allowed(sagemaker, operation, request, headers)
            return _INVOKE[operation](Call.of(sagemaker, operation, request))
        except ApiError as error:
            return _failure(error)

    return handle


def _failure(error: ApiError) -> Answer:
    # The runtime calls it ValidationError where the control plane says ValidationException, and writes Message large.
    code = "ValidationError" if error.code == "ValidationException" else error.code
    headers = {"Content-Type": "application/json", "x-amzn-errortype": code}
    return error.status, headers, json.dumps({"Message": error.message}).encode()
