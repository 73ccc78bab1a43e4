"""Step Functions tasks that call SageMaker: the optimized integrations, with and without `.sync`, and the SDK's."""

import json
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, Shape, StructureShape
from ministack.services import stepfunctions

from . import neighbours, permissions
from .api import ApiError, Request
from .nouns import Noun
from .sagemaker import SageMaker

_OPTIMIZED = "arn:aws:states:::sagemaker:"
_SDK = "arn:aws:states:::aws-sdk:sagemaker:"
_MODELED = ("ResourceInUse", "ResourceLimitExceeded", "ResourceNotFound")
# What Step Functions integrates, and whether `.sync` is among it.
# https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
_INTEGRATIONS = {
    "createEndpoint": False,
    "createEndpointConfig": False,
    "createHyperParameterTuningJob": True,
    "createLabelingJob": True,
    "createModel": False,
    "createProcessingJob": True,
    "createTrainingJob": True,
    "createTransformJob": True,
    "updateEndpoint": False,
}
# The rule through which `.sync` hears of the end of a job; the plural is the service's own.
_RULES = {"HyperParameterTuningJob": "TuningJobs"}

# What the other integrations ask for: how the resource begins, the action, and the member of the request that names
# what it is for. https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
_OTHERS = (
    ("arn:aws:states:::states:startExecution", "states:StartExecution", "StateMachineArn"),
    ("arn:aws:states:::aws-sdk:sfn:startExecution", "states:StartExecution", "StateMachineArn"),
    ("arn:aws:states:::sns:publish", "sns:Publish", "TopicArn"),
    ("arn:aws:states:::aws-sdk:sns:publish", "sns:Publish", "TopicArn"),
    ("arn:aws:states:::lambda:invoke", "lambda:InvokeFunction", "FunctionName"),
)
_LAMBDA = "arn:aws:lambda:"

_role: ContextVar[str | None] = ContextVar("role_of_the_running_state_machine", default=None)


def install(sagemaker: SageMaker) -> None:
    """Let MiniStack's state machines call SageMaker with the rights of their role."""
    run = stepfunctions._run_execution

    def run_with_role(execution_arn: str) -> None:
        execution = stepfunctions._executions.get(execution_arn)
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None
        # MiniStack copies the context into the threads of branches and of timeouts, so they see the role as well.
        _role.set(machine["roleArn"] if machine else None)
        run(execution_arn)

    stepfunctions._run_execution = run_with_role
    tasks = _Tasks(sagemaker)
    invoke = stepfunctions._invoke_resource

    def invoke_with_role(resource: str, request: Any) -> Any:
        tasks.require_other(resource, request)
        return invoke(resource, request)

    stepfunctions._invoke_resource = invoke_with_role
    # The SDK first: the dispatcher takes the first prefix that fits, before its own general SDK integration.
    stepfunctions._SERVICE_DISPATCH[_SDK] = tasks.call_sdk
    stepfunctions._SERVICE_DISPATCH[_OPTIMIZED] = tasks.call_optimized


class _Tasks:
    def __init__(self, sagemaker: SageMaker) -> None:
        self._sagemaker = sagemaker

    def call_optimized(self, resource: str, request: Request) -> dict[str, Any]:
        """`arn:aws:states:::sagemaker:createTrainingJob`, and with `.sync` until the job has ended."""
        action, _, pattern = resource.removeprefix(_OPTIMIZED).partition(".")
        if action not in _INTEGRATIONS or pattern not in ("", "sync") or (pattern and not _INTEGRATIONS[action]):
            raise stepfunctions._ExecutionError("States.Runtime", f"{resource} is no integration of Step Functions")
        operation = _pascal(action)
        _, noun = self._sagemaker.verbs[operation]
        name = str(request.get(noun.name_member, ""))
        arn = self._sagemaker.arn(noun.name, name)
        self._require_create(operation, noun, arn, request, _OPTIMIZED)
        if pattern == "sync":
            self._require_sync(noun, arn)
        answer = self._call(operation, request, _OPTIMIZED)
        return self._wait(noun, name) if pattern == "sync" else answer

    def call_sdk(self, resource: str, request: Request) -> Any:
        """`arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob`."""
        operation = _pascal(resource.removeprefix(_SDK).partition(".")[0])
        verb, noun = self._sagemaker.verbs.get(operation, ("", None))
        name = _named(noun, request) if noun else ""
        arn = self._sagemaker.arn(noun.name, name) if noun and name else "*"
        if noun and verb == "Create":
            self._require_create(operation, noun, arn, request, _SDK)
        else:
            self._require(f"sagemaker:{operation}", arn, _SDK)
        return self._call(operation, request, _SDK)

    def require_other(self, resource: str, request: Any) -> None:
        """Refuse a task of another service that the role does not allow; those that are not known here pass."""
        action, target = "lambda:InvokeFunction", resource if resource.startswith(_LAMBDA) else ""
        for begins, asked, member in _OTHERS:
            if resource.startswith(begins) and isinstance(request, dict):
                action, target = asked, str(request.get(member, ""))
        if target.startswith("arn:"):
            self._require(action, target, _SDK)

    def _call(self, operation: str, request: Request, way: str) -> dict[str, Any]:
        try:
            answer = self._sagemaker.call(operation, request)
        except ApiError as error:
            raise _failed(error, way) from error
        shape = self._sagemaker.api.operation(operation).output_shape
        return dict(_shown(shape, answer, _TIMES[way])) if shape is not None else {}

    def _wait(self, noun: Noun, name: str) -> dict[str, Any]:
        record = self._sagemaker.find(f"Describe{noun.name}", noun.name, name)
        while not record.settled:
            time.sleep(0.05)
        result = self._call(f"Describe{noun.name}", {noun.name_member: name}, _OPTIMIZED)
        if record.status is not None and record.status != noun.done:
            raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(result))
        return result

    def _require_create(self, operation: str, noun: Noun, arn: str, request: Request, way: str) -> None:
        self._require(f"sagemaker:{operation}", arn, way)
        if request.get("Tags"):
            self._require("sagemaker:AddTags", arn, way)
        for role in sorted(set(_roles(request))):
            self._require("iam:PassRole", role, way, iam_PassedToService="sagemaker.amazonaws.com")

    def _require_sync(self, noun: Noun, arn: str) -> None:
        for action in (f"Describe{noun.name}", f"Stop{noun.name}"):
            if self._sagemaker.api.has(action):
                self._require(f"sagemaker:{action}", arn, _OPTIMIZED)
        rule = neighbours.partition_arn(
            "events", f"rule/StepFunctionsGetEventsForSageMaker{_RULES.get(noun.name, f'{noun.name}s')}Rule"
        )
        for action in ("PutTargets", "PutRule", "DescribeRule"):
            self._require(f"events:{action}", rule, _OPTIMIZED)

    def _require(self, action: str, resource: str, way: str, **context: str) -> None:
        role = _role.get()
        if role is None or permissions.allows(role, action, resource, **context):
            return
        account, _ = neighbours.scope()
        caller = f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/StepFunctions"
        raise _failed(
            ApiError(
                "AccessDeniedException",
                f"User: {caller} is not authorized to perform: {action} on resource: {resource} because no "
                f"identity-based policy allows the {action} action",
            ),
            way,
        )


def _roles(request: Any) -> Iterator[str]:
    """Every role that *request* hands over, those of the definitions of a tuning job among them."""
    if isinstance(request, list):
        for entry in request:
            yield from _roles(entry)
    elif isinstance(request, dict):
        for member, value in request.items():
            if member in ("RoleArn", "ExecutionRoleArn") and isinstance(value, str):
                yield value
            else:
                yield from _roles(value)


def _shown(shape: Shape, value: Any, show_time: Callable[[float], Any]) -> Any:
    """*value* with its times as Step Functions shows them."""
    if isinstance(shape, StructureShape):
        return {name: _shown(shape.members[name], entry, show_time) for name, entry in value.items()}
    if isinstance(shape, ListShape):
        return [_shown(shape.member, entry, show_time) for entry in value]
    return show_time(value) if shape.type_name == "timestamp" and isinstance(value, (int, float)) else value


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# The optimized integrations show times as numbers, those of the SDK as text.
_TIMES: dict[str, Callable[[float], Any]] = {_OPTIMIZED: lambda seconds: int(seconds * 1000), _SDK: _iso}
# Each has a name of its own for what the model gives no name to.
_GENERAL = {_OPTIMIZED: ("AmazonSageMakerException", "AmazonSageMaker"), _SDK: ("SageMakerException", "SageMaker")}


def _failed(error: ApiError, way: str) -> Exception:
    general, service = _GENERAL[way]
    name = f"{error.code}Exception" if error.code in _MODELED else general
    name = error.code if error.code == "ConflictException" else name
    separator = "; " if way == _OPTIMIZED else ", "
    code = f"{separator}Error Code: {error.code}"
    details = f"Service: {service}{separator}Status Code: {error.status}{code}"
    failed: Exception = stepfunctions._ExecutionError(f"SageMaker.{name}", f"{error.message} ({details})")
    return failed


def _named(noun: Noun, request: Request) -> str:
    """The name in the request, or that of the group whose next version is made: rights on it name the group."""
    group = request.get(f"{noun.name}GroupName")
    return str(request.get(noun.name_member) or (f"{group}/1" if group else ""))


def _pascal(action: str) -> str:
    return action[:1].upper() + action[1:]
