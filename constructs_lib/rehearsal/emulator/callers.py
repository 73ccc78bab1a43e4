"""Who signed a request: the account itself, which the rehearsal is and which may do everything, or a role or user."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator as evaluator
from ministack.core import router
from ministack.services import iam

from . import neighbours, permissions, requests
from .api import ApiError


@dataclass(frozen=True, slots=True)
class Caller:
    """Who has credentials of a role or a user.

    Attributes:
        arn: Of the session or the user.
        role: The ARN of the role; None for a user.
    """

    arn: str
    role: str | None
    principal: Any

    def asks(self, action: str, resource: str, *, place: str | None = None, **context: Any) -> requests.Decision:
        """Whether it may do *action* on *resource*; the arguments are those of `permissions.asks`."""
        if self.role is not None:
            return permissions.asks(self.role, action, resource, place=place, **context)
        account, region = neighbours.scope()
        question = evaluator.EvalContext(
            principal_arn=self.arn,
            principal_type=self.principal.type,
            principal_account=account,
            action=action,
            resource_arn=resource,
            region=region,
            secure_transport=True,
            service_context={name.lower(): value for name, value in permissions.keys_of(context).items()},
        )
        found = evaluator.evaluate(question, self.principal.policies, *self.principal.limits)
        allowed = found.decision == "Allow"
        return requests.Decision(allowed=allowed, reason="" if allowed else "no statement of its policies allows it")


def caller(headers: Mapping[str, str]) -> Caller | None:
    """Who signed the request; None for the account itself. Nobody's signature is checked.

    Raises:
        ApiError: The credentials are nobody's, or have expired.
    """
    key = router.extract_access_key_id(dict(headers))
    principal = evaluator.resolve_principal(key, neighbours.scope()[0]) if key else None
    if isinstance(principal, evaluator.AuthError):
        raise ApiError(principal.code, principal.message, 403)
    if principal is None or principal.policies is None:
        return None
    role = iam._roles.get(principal.arn.split("/")[1]) if principal.type == "AssumedRole" else None
    return Caller(str(principal.arn), str(role["Arn"]) if role else None, principal)


def require_allowed(headers: Mapping[str, str], action: str, resource: str, **context: str) -> None:
    """Refuse a caller of SageMaker who may not do *action* on *resource*; the account itself may do everything.

    Raises:
        ApiError: AccessDeniedException, in IAM's words.
    """
    asking = caller(headers)
    if asking is not None and not asking.asks(action, resource, **context).allowed:
        raise ApiError(
            "AccessDeniedException",
            f"User: {asking.arn} is not authorized to perform: {action} on resource: {resource} because no "
            f"identity-based policy allows the {action} action",
            403,
        )
