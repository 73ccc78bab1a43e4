"""Whether a caller with credentials of a role or a user may invoke."""

from collections.abc import Mapping

from .. import callers
from ..api import ApiError, Request
from ..sagemaker import SageMaker

# Condition key to the member of the request that is its value.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
_KEYS = {
    "sagemaker_TargetModel": "TargetModel",
    "sagemaker_TargetContainerHostname": "TargetContainerHostname",
}


def require_allowed(sagemaker: SageMaker, operation: str, request: Request, headers: Mapping[str, str]) -> None:
    """Refuse a caller whose policies do not allow the operation; each of the three is an action of its own.

    Raises:
        ApiError: AccessDeniedException, in IAM's words.
    """
    arn = sagemaker.arn("Endpoint", request["EndpointName"])
    context = {key: str(request[member]) for key, member in _KEYS.items() if member in request}
    caller = callers.caller(headers)
    action = f"sagemaker:{operation}"
    if caller is not None and not caller.asks(action, arn, **context).allowed:
        raise ApiError(
            "AccessDeniedException",
            f"User: {caller.arn} is not authorized to perform: {action} on resource: {arn} because no "
            f"identity-based policy allows the {action} action",
            403,
        )
