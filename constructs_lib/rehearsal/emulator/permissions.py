"""Whether a role may do something, asked of MiniStack's policy evaluator.

MiniStack's own enforcement would need signed requests of real sessions for everything; these questions need none.
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator as evaluator
from ministack.core import router
from ministack.services import iam

from . import neighbours, requests
from .api import ApiError, refused

_SAGEMAKER = "sagemaker.amazonaws.com"
# The name of the sessions that the rehearsal takes on; the CDK's command line has others, which deploy.
SESSION = "rehearsal"
# Always there when a service uses a key for a role, and rarely asked for.
_VIA = "kms:ViaService"


def install() -> None:
    """Let `aws:PrincipalArn` be the role of a session, as IAM has it, where MiniStack takes the session's own ARN.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    resolve = evaluator._resolve_condition_key

    def resolve_role(key: str, question: Any) -> Any:
        if key.lower() == "aws:principalarn" and question.principal_type == "AssumedRole":
            role = iam._roles.get(question.principal_arn.split("/")[1])
            return role["Arn"] if role else question.principal_arn
        return resolve(key, question)

    evaluator._resolve_condition_key = resolve_role


def require_role(operation: str, role_arn: str, source_arn: str) -> None:
    """Refuse a role that does not exist or does not let SageMaker in for the sake of *source_arn*."""
    role = _role(role_arn)
    if role is None or not _trusts(role, _SAGEMAKER, source_arn):
        reason = "does not exist" if role is None else "has a trust policy that does not let that principal in"
        raise refused(
            f"{operation}: could not assume role {role_arn}, which {reason}. Please ensure that the role exists and "
            f"allows principal '{_SAGEMAKER}' to assume the role."
        )


def allows(
    role_arn: str, action: str, resource: str, *, place: str | None = None, policy: Any = None, **context: str
) -> bool:
    """Whether a role that is at work may do *action* on *resource*; the rehearsal hears of the request.

    Args:
        place: The part of a bucket that is meant, as in `data/train/`, where *resource* is one object of several.
        policy: The resource's own policy, where MiniStack does not look it up by the ARN.
        context: Condition keys of the request, with `_` for the colon: `s3_prefix="data/"`.
    """
    keys = _keys(context)
    decision = decide(role_arn, action, resource, keys, policy)
    requests.note(role_arn, action, resource, keys, decision, place)
    return decision.allowed


def decide(role_arn: str, action: str, resource: str, keys: Mapping[str, str], policy: Any = None) -> requests.Decision:
    """What the role's policies, its permissions boundary and the resource's own policy say of a request.

    Nobody hears of it. A resource that does not exist has no policy of its own, so the role's decide alone.
    """
    role = _role(role_arn)
    if role is None:
        return requests.Decision(allowed=False, reason="the role does not exist")
    account = neighbours.scope()[0]
    question = _question(role_arn, action, resource, dict(keys))
    policies = evaluator._gather_role_policies(role["RoleName"], account)
    limits = evaluator._permissions_boundary(iam._roles, role["RoleName"], account)
    own, required = (policy, False) if policy else _own_policy(action, resource)
    identity = evaluator.evaluate(question, policies, *limits)
    found = evaluator.combine_resource_policy(identity, question, own, account, required, tuple(limits))
    if found.decision == "Allow":
        return requests.Decision(allowed=True)
    unknown = _unknown_policies(role)
    if found.decision != "Deny" and unknown:
        return requests.Decision(allowed=True, unknown=unknown)
    if found.decision == "Deny":
        where = f"the policy of {resource}" if found.resource_policy_arn else _denying(question, policies)
        named = f" ({found.matched_sid})" if found.matched_sid else ""
        return requests.Decision(allowed=False, reason=f"{where} denies it{named}")
    return _not_allowed(question, keys, policies, limits, required)


def _own_policy(action: str, resource: str) -> tuple[Any, bool]:
    """The policy of a resource, and whether it has to allow as well, as that of a key has."""
    service = action.partition(":")[0]
    found = evaluator._resource_policy(service, resource)
    if found is None:
        return None, False
    # Without a policy of its own a key follows IAM, as it does with the policy that KMS gives by default.
    return found[0], service == "kms" and bool(found[0])


def _denying(question: Any, policies: Any) -> str:
    own = evaluator.evaluate(question, policies).decision == "Deny"
    return "its own policy" if own else "its permissions boundary"


def _not_allowed(
    question: Any, keys: Mapping[str, str], policies: Any, limits: Any, required: bool
) -> requests.Decision:
    where = "its policies"
    if evaluator.evaluate(question, policies).decision == "Allow":
        where = "its permissions boundary"
        if evaluator.evaluate(question, policies, *limits).decision == "Allow" and required:
            where = f"the policy of {question.resource_arn}"
    statement: dict[str, Any] = {"Effect": "Allow", "Action": question.action, "Resource": question.resource_arn}
    conditions = {key: value for key, value in keys.items() if key != _VIA}
    if conditions:
        statement["Condition"] = {"StringEquals": conditions}
    return requests.Decision(allowed=False, reason=f"no statement of {where} allows it", missing=statement)


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
    if principal.type == "AssumedRole":
        name = principal.arn.split("/")[1]
        role = iam._roles.get(name)
        if role is not None:
            return None if allows(role["Arn"], action, resource, **context) else str(principal.arn)
    if principal.policies is None:
        return None
    question = evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=region,
        secure_transport=True,
        service_context={name.lower(): value for name, value in _keys(context).items()},
    )
    allowed = evaluator.evaluate(question, principal.policies, *principal.limits).decision == "Allow"
    return None if allowed else str(principal.arn)


def role_at_work(headers: Mapping[str, str]) -> str | None:
    """The role whose session sent a request, where the rehearsal lets that role do its work; None for all others."""
    key = router.extract_access_key_id(dict(headers))
    principal = evaluator.resolve_principal(key, neighbours.scope()[0]) if key else None
    if principal is None or isinstance(principal, evaluator.AuthError):
        return None
    if principal.type != "AssumedRole" or not principal.arn.endswith(f"/{SESSION}"):
        return None
    role = iam._roles.get(principal.arn.split("/")[1])
    return str(role["Arn"]) if role is not None else None


def lets_service(policy: Any, service: str, action: str, resource: str, **context: str) -> bool:
    """Whether a resource's own policy lets an AWS service in, as `events.amazonaws.com` into a topic."""
    document = json.loads(policy) if isinstance(policy, str) else policy or {}
    keys = {"aws:sourceaccount": neighbours.scope()[0]} | _keys(context)
    question = _question(f"role/{service}", action, resource, keys)
    return _decided(document, service, question)


def _role(role_arn: str) -> Any:
    return iam._roles.get(role_arn.rpartition("/")[2])


def _unknown_policies(role: Any) -> tuple[str, ...]:
    # MiniStack carries the documents of a few AWS managed policies; what the others allow cannot be told here.
    managed = [arn for arn in role["AttachedPolicies"] if ":iam::aws:policy/" in arn]
    return tuple(arn for arn in managed if iam._lookup_policy(arn) is None)


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
    return {name.replace("_", ":", 1): value for name, value in context.items()}


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
        service_context={name.lower(): value for name, value in keys.items()},
    )
