"""Policies as IAM reads them: what a document and a statement must hold, and how long they may be."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .._nearest import nearest
from .._policies import ROLE, Policy, Statement, policies, statements
from .._unresolved import is_unresolved
from . import Fault, Severity, Template, rule

_GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
_VERSION = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"
_QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_PRINCIPAL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
_SID = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html"
_OPERATORS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
_RESOURCE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"
_ACTION = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html"

_VERSIONS = ("2012-10-17", "2008-10-17")
_ELEMENTS = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"),
)
# In characters without white space; of a trust policy as far as the quota can be raised.
_LONGEST = {
    "AWS::IAM::ManagedPolicy": 6144,
    ROLE: 10_240,
    "AWS::IAM::User": 2048,
    "AWS::IAM::Group": 5120,
    "AWS::S3::BucketPolicy": 20_480,
    "AWS::KMS::Key": 32_768,
}
_LONGEST_TRUST = 8192
_COMPARED = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike"),
    *("StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan"),
    *("DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress"),
    *("NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
)
_FORMS = {
    f"{prefix}{name}{suffix}": None
    for prefix in ("", "ForAllValues:", "ForAnyValue:")
    for name in _COMPARED
    for suffix in ("", "IfExists")
}
OPERATORS = (*_FORMS, "Null")


@rule("IA101", "a policy has statements", source=_GRAMMAR)
def no_statement(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        given = policy.document.get("Statement")
        if not is_unresolved(given) and not (isinstance(given, list | dict) and given):
            yield policy.resource.fault(
                f"{policy.path}.Statement", f"a policy must have at least one statement, got {given!r}", fix="add one"
            )


@rule("IA102", "a policy says its version", source=_VERSION, severity=Severity.WARNING)
def no_version(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        if "Version" not in policy.document:
            yield policy.resource.fault(
                f"{policy.path}.Version",
                "a policy without Version is one of 2008-10-17, which takes variables such as ${aws:username} for text",
                fix='add "Version": "2012-10-17"',
            )


@rule("IA103", "the version of a policy is one that IAM knows", source=_VERSION)
def unknown_version(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        given = policy.document.get("Version", _VERSIONS[0])
        if given not in _VERSIONS and not is_unresolved(given):
            yield policy.resource.fault(
                f"{policy.path}.Version",
                f"Version must be one of {', '.join(_VERSIONS)}, got {given!r}",
                fix="write 2012-10-17",
                value=given,
            )


@rule("IA104", "a policy and its statements hold only what IAM knows", source=_GRAMMAR)
def unknown_element(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        for key in policy.document:
            if key not in ("Version", "Id", "Statement"):
                yield _unknown(policy, f"{policy.path}.{key}", key, ("Version", "Id", "Statement"))
        for statement in policy.statements:
            for key in statement.body:
                if key not in _ELEMENTS:
                    yield _unknown(policy, f"{statement.path}.{key}", key, _ELEMENTS)


def _unknown(policy: Policy, path: str, key: str, known: tuple[str, ...]) -> Fault:
    close = nearest(key, known)
    hint = f"; did you mean {close}?" if close else ""
    return policy.resource.fault(
        path, f"{key} is none of {', '.join(known)}{hint}", fix="write the name as IAM has it", value=key
    )


@rule("IA105", "a statement allows or denies", source=_GRAMMAR)
def effect(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        given = statement.body.get("Effect")
        if given not in ("Allow", "Deny") and not is_unresolved(given):
            yield statement.policy.resource.fault(
                f"{statement.path}.Effect",
                f"Effect must be one of Allow, Deny, got {given!r}",
                fix="write Allow or Deny, in this spelling",
                value=given,
            )


@rule("IA106", "a statement has exactly one of Action and NotAction", source=_GRAMMAR)
def one_action(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        yield from _exactly_one(statement, "Action", "NotAction")


@rule("IA107", "a statement of an identity has exactly one of Resource and NotResource", source=_GRAMMAR)
def one_resource(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        if statement.policy.kind == "identity":
            yield from _exactly_one(statement, "Resource", "NotResource")


@rule("IA108", "a trust policy and a policy of a resource name a principal", source=_GRAMMAR)
def one_principal(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        if statement.policy.kind != "identity":
            yield from _exactly_one(statement, "Principal", "NotPrincipal")


def _exactly_one(statement: Statement, one: str, other: str) -> Iterator[Fault]:
    given = [key for key in (one, other) if statement.body.get(key) not in (None, [], {}, "")]
    if len(given) != 1:
        yield statement.policy.resource.fault(
            statement.path,
            f"a statement must have exactly one of {one} and {other}, got {' and '.join(given) or 'none'}",
            fix=f"add {one}" if not given else f"keep {one}",
        )


@rule("IA109", "a policy has no element that its kind does not take", source=_GRAMMAR)
def prohibited(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        kind = statement.policy.kind
        keys = {"identity": ("Principal", "NotPrincipal"), "trust": ("Resource", "NotResource")}.get(kind, ())
        for key in keys:
            if key in statement.body:
                meant = "an identity, which is the principal" if kind == "identity" else "a role, which is the resource"
                yield statement.policy.resource.fault(
                    f"{statement.path}.{key}", f"{key} must not be in a policy of {meant}", fix="take it out"
                )


@rule("IA110", "an action is written as service:Action", source=_ACTION)
def action_form(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        for path, text in (*statement.texts("Action"), *statement.texts("NotAction")):
            if text != "*" and not re.fullmatch(r"[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+", text):
                yield statement.policy.resource.fault(
                    path,
                    f"an action must be like s3:GetObject, or *, got {text!r}",
                    fix="write service:Action",
                    value=text,
                )


@rule("IA111", "a resource is an ARN or *", source=_RESOURCE)
def resource_form(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        if statement.policy.kind != "identity":
            continue
        for path, text in (*statement.texts("Resource"), *statement.texts("NotResource")):
            if not re.fullmatch(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|arn:[^:]*\*.*", text, re.DOTALL):
                yield statement.policy.resource.fault(
                    path,
                    f"a resource must be an ARN of six parts such as arn:aws:s3:::bucket/*, or *, got {text!r}",
                    fix="write the ARN",
                    value=text,
                )


@rule("IA112", "a trust policy allows only to assume the role", source=_GRAMMAR)
def trust_actions(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        if statement.policy.kind != "trust":
            continue
        for path, text in statement.texts("Action"):
            if not text.lower().startswith("sts:") and text != "*":
                yield statement.policy.resource.fault(
                    path, f"an action of a trust policy must be of sts, such as sts:AssumeRole, got {text!r}",
                    fix="move it to a policy of the role", value=text,
                )  # fmt: skip


@rule("IA113", "a service that may assume a role is written as a principal", source=_PRINCIPAL)
def service_form(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        principal = statement.body.get("Principal")
        given = principal.get("Service") if isinstance(principal, dict) and not is_unresolved(principal) else None
        for text in given if isinstance(given, list) else [given]:
            if not isinstance(text, str) or is_unresolved(text):
                continue
            # Alexa's own principals end in amazon.com.
            if re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?|[a-z0-9.-]*alexa[a-z0-9.-]*\.amazon\.com", text):
                continue
            if re.fullmatch(r"[a-z0-9.-]+\.(aws\.internal|amazon\.com)", text) and "sagemaker" not in text:
                continue
            yield statement.policy.resource.fault(
                f"{statement.path}.Principal.Service",
                f"a service must be written as sagemaker.amazonaws.com is, got {text!r}",
                fix="end it in .amazonaws.com",
                value=text,
            )


@rule("IA114", "a principal is of a kind that IAM knows", source=_PRINCIPAL)
def principal_kind(template: Template) -> Iterator[Fault]:
    kinds = ("AWS", "Service", "Federated", "CanonicalUser")
    for statement in template.once(statements):
        for key in ("Principal", "NotPrincipal"):
            given = statement.body.get(key)
            if given is None or is_unresolved(given) or given == "*":
                continue
            wrong = [kind for kind in given if kind not in kinds] if isinstance(given, dict) else [given]
            for kind in wrong:
                close = nearest(kind, kinds) if isinstance(kind, str) else None
                hint = f"; did you mean {close}?" if close else ""
                yield statement.policy.resource.fault(
                    f"{statement.path}.{key}",
                    f"{key} must be * or an object of {', '.join(kinds)}, got {kind!r}{hint}",
                    fix='write it as {"AWS": "arn:…"} or {"Service": "….amazonaws.com"}',
                    value=kind,
                )


@rule("IA115", "the statements of a policy have ids of their own, of letters and digits", source=_SID)
def statement_ids(template: Template) -> Iterator[Fault]:
    for policy in template.once(policies):
        given = [(one, one.body.get("Sid")) for one in policy.statements]
        sids = [(one, sid) for one, sid in given if isinstance(sid, str) and not is_unresolved(sid)]
        counts = Counter(sid for _, sid in sids)
        for statement, sid in sids:
            repeated = (
                counts[sid] > 1 and sid != "" and statement.body is next(s.body for s, i in reversed(sids) if i == sid)
            )
            # The policies of resources take spaces, and some services more.
            odd = policy.kind != "resource" and not re.fullmatch(r"[A-Za-z0-9]*", sid)
            if repeated or odd:
                problem = "is used twice in the policy" if repeated else "must be of letters and digits only"
                yield policy.resource.fault(
                    f"{statement.path}.Sid", f"the Sid {sid!r} {problem}", fix="write another one", value=sid
                )


@rule("IA116", "an operator of a condition is one that IAM has", source=_OPERATORS)
def unknown_operator(template: Template) -> Iterator[Fault]:
    known = {name.lower() for name in OPERATORS}
    for statement, operator, _ in conditions(template):
        if operator.lower() not in known:
            close = nearest(operator, OPERATORS)
            hint = f"; did you mean {close}?" if close else ""
            yield statement.policy.resource.fault(
                f"{statement.path}.Condition.{operator}",
                f"{operator} is not an operator of conditions{hint}",
                fix="write an operator of IAM",
                value=operator,
            )


@rule("IA117", "an operator of a condition holds keys with values", source=_GRAMMAR)
def condition_shape(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        condition = statement.body.get("Condition")
        if condition is None or is_unresolved(condition):
            continue
        wrong = not isinstance(condition, dict) or any(
            not isinstance(keys, dict) and not is_unresolved(keys) for keys in condition.values()
        )
        if wrong:
            yield statement.policy.resource.fault(
                f"{statement.path}.Condition",
                f"Condition must be an object of operators, each with an object of keys, got {condition!r}"[:300],
                fix='write it as {"StringEquals": {"aws:SourceAccount": "…"}}',
                value=condition,
            )


def conditions(template: Template) -> Iterator[tuple[Statement, str, dict[str, Any]]]:
    """Each operator of each condition: statement, operator, keys."""
    for statement in template.once(statements):
        condition = statement.body.get("Condition")
        if isinstance(condition, dict) and not is_unresolved(condition):
            for operator, keys in condition.items():
                if isinstance(keys, dict) and not is_unresolved(keys):
                    yield statement, operator, keys


@rule("IA118", "a policy is not longer than its kind may be", source=_QUOTAS)
def too_long(template: Template) -> Iterator[Fault]:
    lengths: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], Policy] = {}
    for policy in template.once(policies):
        # The quota of inline policies is one for all of an identity.
        key = (policy.resource.logical_id, policy.kind)
        lengths[key] += _length(policy.document)
        last[key] = policy
    for key, length in lengths.items():
        policy = last[key]
        limit = _LONGEST_TRUST if policy.kind == "trust" else _LONGEST.get(policy.resource.type)
        if limit is not None and length > limit:
            yield policy.resource.fault(
                policy.path,
                f"the policy must have at most {limit} characters without spaces, got at least {length}",
                fix="join statements of equal rights, or write a second managed policy",
                value=length,
            )


def _length(value: Any) -> int:
    """The characters of a document, references as none: their text is at least that."""
    if is_unresolved(value):
        return 0
    if isinstance(value, dict):
        return 2 + sum(len(key) + 4 + _length(inner) for key, inner in value.items()) - bool(value)
    if isinstance(value, list):
        return 2 + sum(1 + _length(inner) for inner in value) - bool(value)
    return len(re.sub(r"\s", "", json.dumps(value)))
