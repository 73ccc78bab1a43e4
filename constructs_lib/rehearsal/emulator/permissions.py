"""Whether a role may do something, asked of MiniStack's policy evaluator.

MiniStack's own enforcement would need signed requests of real sessions for everything; these questions need none.
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator as evaluator
from ministack.core import router
from ministack.services import iam

from . import neighbours
from .api import ApiError, refused

_SAGEMAKER = "sagemaker.amazonaws.com"


def require_role(operation: str, role_arn: str, source_arn: str) -> None:
    """Refuse a role that does not exist or does not let SageMaker in for the sake of *source_arn*."""
    role = _role(role_arn)
    if role is None or not _trusts(role, _SAGEMAKER, source_arn):
        reason = "does not exist" if role is None else "has a trust policy that does not let that principal in"
        raise refused(
            f"{operation}: could not assume role {role_arn}, which {reason}. Please ensure that the role exists and "
            f"allows principal '{_SAGEMAKER}' to assume the role."
        )


def allows(role_arn: str, action: str, resource: str, **context: str) -> bool:
    """Whether the role's policies allow *action* on *resource*.

    Args:
        context: Condition keys of the request, with `_` for the colon: `s3_prefix="data/"`.
    """
    role = _role(role_arn)
    if role is None:
        return False
    if _has_unknown_policy(role):
        return True
    question = _question(role_arn, action, resource, _keys(context))
    policies = evaluator._gather_role_policies(role["RoleName"], neighbours.scope()[0])
    return bool(evaluator.evaluate(question, policies).decision == "Allow")


def caller_without(headers: Mapping[str, str], action: str, resource: str, **context: str) -> str | None:
    """The caller of a request whose policies do not allow *action*; None where they do.

    The account itself, which the rehearsal signs as, may do everything. Nobody's signature is checked.
    """
    account, region = neighbours.scope()
    key = router.extract_access_key_id(dict(headers))
    principal = evaluator.resolve_principal(key, account) if key else None
    if principal is None:
        return None
    if isinstance(principal, evaluator.AuthError):
        raise ApiError(principal.code, principal.message, 403)
    role = iam._roles.get(principal.arn.split("/")[1]) if principal.type == "AssumedRole" else None
    if principal.policies is None or (role and _has_unknown_policy(role)):
        return None
    question = evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=region,
        secure_transport=True,
        service_context=_keys(context),
    )
    allowed = evaluator.evaluate(question, principal.policies, *principal.limits).decision == "Allow"
    return None if allowed else str(principal.arn)


def allows_key(role_arn: str, action: str, key_arn: str, **context: str) -> bool:
    """Whether the role may use a KMS key, by its own policies or by those of the key."""
    # Only a role named in the key's policy counts here; the account's root merely hands over to IAM.
    return allows(role_arn, action, key_arn, **context) or lets_in(
        neighbours.key_policy(key_arn), role_arn, action, key_arn, named_only=True, **context
    )


def lets_in(
    policy: str | None, role_arn: str, action: str, resource: str, *, named_only: bool = False, **context: str
) -> bool:
    """Whether a resource's own policy lets the role in; *named_only* counts no statement for a whole account."""
    question = _question(role_arn, action, resource, _keys(context))
    return bool(evaluator.evaluate_resource_policy(policy, question, named_only=named_only).decision == "Allow")


def lets_service(policy: Any, service: str, action: str, resource: str, **context: str) -> bool:
    """Whether a resource's own policy lets an AWS service in, as `events.amazonaws.com` into a topic."""
    document = json.loads(policy) if isinstance(policy, str) else policy or {}
    keys = {"aws:sourceaccount": neighbours.scope()[0]} | _keys(context)
    question = _question(f"role/{service}", action, resource, keys)
    return _decided(document, service, question)


def _role(role_arn: str) -> Any:
    return iam._roles.get(role_arn.rpartition("/")[2])


def _has_unknown_policy(role: Any) -> bool:
    # MiniStack carries the documents of a few AWS managed policies; what the others allow cannot be told here.
    managed = [arn for arn in role["AttachedPolicies"] if ":iam::aws:policy/" in arn]
    return any(iam._lookup_policy(arn) is None for arn in managed)


def assumable(role_arn: str, service: str, source_arn: str) -> bool:
    """Whether the role exists and lets *service* in for the sake of *source_arn*."""
    role = _role(role_arn)
    return role is not None and _trusts(role, service, source_arn)


def _trusts(role: Any, service: str, source_arn: str) -> bool:
    document = role["AssumeRolePolicyDocument"]
    document = json.loads(document) if isinstance(document, str) else document
    keys = {"aws:sourceaccount": neighbours.scope()[0], "aws:sourcearn": source_arn}
    return _decided(document, service, _question(role["Arn"], "sts:AssumeRole", role["Arn"], keys))


def _decided(document: Any, service: str, question: Any) -> bool:
    """Whether the statements of *document* that name *service* allow what is asked."""
    statements = document.get("Statement", [])
    named = [
        statement
        for statement in ([statements] if isinstance(statements, dict) else statements)
        if evaluator._service_principal_matches(statement.get("Principal"), service)
    ]
    parsed = evaluator.parse_policy_document({"Statement": named})
    return bool(evaluator.evaluate(question, [parsed]).decision == "Allow")


def _keys(context: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", ":", 1).lower(): value for name, value in context.items()}


def _question(role_arn: str, action: str, resource: str, keys: dict[str, str]) -> Any:
    account, region = neighbours.scope()
    session = f"arn:aws:sts::{account}:assumed-role/{role_arn.rpartition('/')[2]}/SageMaker"
    return evaluator.EvalContext(
        principal_arn=session,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=region,
        # Everything that SageMaker does is encrypted in transit.
        secure_transport=True,
        service_context=keys,
    )
