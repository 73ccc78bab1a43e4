"""One invocation: the operation that a path stands for, the request that the headers hold, what it is for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from .. import hosting
from ..api import Api, ApiError, Request, refused
from ..hosting import Variant
from ..records import Record
from ..sagemaker import SageMaker

_IN_HEADER = "header"


@dataclass(frozen=True, slots=True)
class Call:
    """An invocation of an endpoint that is there and answers.

    Attributes:
        request: The members of the operation, `Body` among them.
        variants: The production variants of the endpoint.
    """

    sagemaker: SageMaker
    operation: str
    request: Request
    endpoint: Record
    variants: list[Variant]

    @classmethod
    def of(cls, sagemaker: SageMaker, operation: str, request: Request) -> "Call":
        """Look the endpoint up.

        Raises:
            ApiError: There is none that serves.
        """
        name = request["EndpointName"]
        endpoint = sagemaker.records.get("Endpoint", name)
        # While an update runs, the endpoint goes on serving.
        if endpoint is None or endpoint.status not in ("InService", "Updating", "RollingBack"):
            account = sagemaker.arn("Endpoint", name).split(":")[4]
            raise refused(f"Endpoint {name} of account {account} not found.")
        return cls(sagemaker, operation, request, endpoint, hosting.variants(sagemaker, endpoint))


def find_operation(api: Api, path: str) -> tuple[str, str]:
    """The operation and the endpoint that a path stands for, by the paths of the model.

    Raises:
        ApiError: The service has no such path.
    """
    for operation in api.model.operation_names:
        pattern = re.escape(api.operation(operation).http["requestUri"]).replace(r"\{EndpointName\}", "([^/]+)")
        if found := re.fullmatch(pattern, path):
            return operation, unquote(found[1])
    raise ApiError("UnknownOperationException", f"the runtime has no path {path}", 404)


def read(api: Api, operation: str, headers: Mapping[str, str], known: Request) -> Request:
    """The members of the request, checked as the model says.

    Raises:
        ApiError: It is not as the model says.
    """
    request: dict[str, Any] = dict(known)
    for member, shape in api.members(operation).items():
        if shape.serialization.get("location") == _IN_HEADER:
            value = headers.get(shape.serialization["name"].lower())
            if value is not None:
                request[member] = int(value) if shape.type_name == "integer" and value.isdigit() else value
    if "Body" not in api.members(operation):
        request.pop("Body", None)
    api.check(operation, request)
    return request
