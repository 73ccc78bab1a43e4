"""Whether a caller with credentials of a role or a user may invoke."""

from collections.abc import Mapping

from .. import callers
from ..api import Request
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
    context = {key: str(request[member]) for key, member in _KEYS.items() if member in request}
    arn = sagemaker.arn("Endpoint", request["EndpointName"])
    callers.require_allowed(headers, f"sagemaker:{operation}", arn, **context)
