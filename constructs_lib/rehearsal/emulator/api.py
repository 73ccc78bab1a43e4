"""One JSON 1.1 service: its model, the check of each request, the shape of each answer."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from constructs_lib.contract import Problem, check_request, check_shape, service_model

# Handlers of MiniStack take (method, path, headers, body, query) and answer (status, headers, body).
Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Answer]]
Request = dict[str, Any]

_JSON_1_1 = "application/x-amz-json-1.1"


class ApiError(Exception):
    """A refusal, as the service words it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code = code
        self.message = message
        self.status = status
        super().__init__(f"{code}: {message}")


def refused(message: str) -> ApiError:
    """The refusal that SageMaker and Application Auto Scaling use for nearly everything."""
    return ApiError("ValidationException", message)


class Api:
    """The model of one service, from the data folder that the launcher named."""

    def __init__(self, service: str, model_data: str | None) -> None:
        self.service = service
        self._model_data = model_data
        self.model: ServiceModel = service_model(service, model_data)

    def has(self, operation: str) -> bool:
        """Whether the service has *operation*."""
        return operation in self.model.operation_names

    def operation(self, name: str) -> OperationModel:
        """The model of one operation.

        Raises:
            ApiError: The service has no such operation.
        """
        if not self.has(name):
            raise ApiError("UnknownOperationException", f"{self.service} has no operation {name}", 404)
        return self.model.operation_model(name)

    def members(self, operation: str) -> Mapping[str, Shape]:
        """The members of the request of *operation*; none where it takes none."""
        shape = self.operation(operation).input_shape
        return shape.members if shape is not None else {}

    def answered(self, operation: str) -> Mapping[str, Shape]:
        """The members of the answer of *operation*; none where it answers nothing."""
        shape = self.operation(operation).output_shape
        return shape.members if shape is not None else {}

    def error_code(self, operation: str, modeled: str) -> str:
        """*modeled* where the model gives *operation* that error, else the general refusal."""
        known = {shape.name for shape in self.operation(operation).error_shapes}
        return modeled if modeled in known else "ValidationException"

    def check(self, operation: str, request: Mapping[str, Any]) -> None:
        """Refuse a request that the model does not allow, with every problem in one message."""
        self.operation(operation)
        _refuse(check_request(self.service, operation, request, data_path=self._model_data))

    def check_members(self, operation: str, values: Mapping[str, Any]) -> None:
        """Refuse *values* for some members of *operation*, whatever else it needs."""
        members = self.members(operation)
        _refuse([problem for name, value in values.items() for problem in check_shape(members[name], value, name)])

    def answer(self, operation: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Of *values*, what the output of *operation* has members for."""
        shape = self.operation(operation).output_shape
        return dict(fit(shape, values)) if shape is not None else {}


def fit(shape: Shape, value: Any) -> Any:
    """*value* without the members that *shape* does not have."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return {name: fit(member, value[name]) for name, member in shape.members.items() if value.get(name) is not None}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [fit(shape.member, entry) for entry in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: fit(shape.value, entry) for key, entry in value.items()}
    return value


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected"
        raise refused(f"{count}: {'; '.join(problem.message for problem in problems)}")


class Plane(Protocol):
    """A control plane: one function for all of its operations."""

    def call(self, operation: str, request: Request) -> dict[str, Any]:
        """Answer one request, or raise `ApiError`."""


def failure(error: ApiError) -> Answer:
    """An `ApiError` on the wire, where SDKs look for its code in the body and in a header."""
    body = {"__type": error.code, "message": error.message}
    headers = {"Content-Type": _JSON_1_1, "x-amzn-errortype": error.code}
    return error.status, headers, json.dumps(body).encode()


# What looks at a request and its headers before it is answered, and raises `ApiError` to refuse it.
Guard = Callable[[str, Request, Mapping[str, str]], None]


def json_handler(plane: Plane, guard: Guard | None = None) -> Handler:
    """*plane* as a MiniStack service handler, behind *guard*."""

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        try:
            request = json.loads(body or b"{}")
            if guard is not None:
                guard(operation, request, headers)
            answer = plane.call(operation, request)
        except ApiError as error:
            return failure(error)
        except json.JSONDecodeError:
            return failure(ApiError("SerializationException", "the request is not JSON"))
        return 200, {"Content-Type": _JSON_1_1}, json.dumps(answer).encode()

    return handle
