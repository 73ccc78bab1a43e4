"""What policies allow: actions and keys that there are, and rights that are wider than they need to be."""

import re
from collections.abc import Iterator
from typing import Any

from .._iam_facts import Service, prefixes, service
from .._nearest import nearest
from .._policies import ROLE, Statement, arn_pattern, statements
from .._unresolved import is_unresolved
from ..iam import expanded, matches, overlaps
from . import Fault, Resource, Severity, Template, rule
from .iam_documents import conditions

_REFERENCE = (
    "https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "reference_policies_actions-resources-contextkeys.html"
)
_KEYS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
_LEAST = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
_PASSING = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
_FULL = "https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol.html"
_DEPUTY = "https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html"
_NOT_ACTION = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"
_NOT_RESOURCE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html"
_NOT_PRINCIPAL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"
_PRINCIPAL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
_OPERATORS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"

# Reading metrics acts on a dataset, of which an account has one in each region; the reference of CloudWatch says `*`:
# https://docs.aws.amazon.com/cli/latest/reference/cloudwatch/get-dataset.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/permissions-reference-cw.html
_ON_THE_ONLY_ONE = ("getmetricdata", "listmetrics")

# Every service may ask for these: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_GLOBAL = (
    *("AssumedRoot", "CalledVia", "CalledViaFirst", "CalledViaLast", "ChatbotSourceArn", "CurrentTime"),
    *("Ec2InstanceSourcePrivateIPv4", "Ec2InstanceSourceVpc", "EpochTime", "FederatedProvider", "MultiFactorAuthAge"),
    *("MultiFactorAuthPresent", "PrincipalAccount", "PrincipalArn", "PrincipalIsAWSService", "PrincipalOrgID"),
    *("PrincipalOrgPaths", "PrincipalServiceName", "PrincipalServiceNamesList", "PrincipalTag/", "PrincipalType"),
    *("referer", "RequestedRegion", "RequestTag/", "ResourceAccount", "ResourceOrgID", "ResourceOrgPaths"),
    *("ResourceTag/", "SecureTransport", "SignInSessionArn", "SourceAccount", "SourceArn", "SourceIdentity"),
    *("SourceIp", "SourceOrgID", "SourceOrgPaths", "SourceVpc", "SourceVpcArn", "SourceVpce", "TagKeys"),
    *("TokenIssueTime", "UserAgent", "userid", "username", "ViaAWSService", "VpceAccount", "VpceOrgID"),
    *("VpceOrgPaths", "VpcSourceIp"),
)
# Roles that these assume act on the data of jobs and endpoints (TRAPS 11).
_DEPUTIES = ("sagemaker", "states", "events", "scheduler", "application-autoscaling")
_KEY_OWNER = "AWS::KMS::Key"
_WARNING = Severity.WARNING


@rule("IA121", "a service is one that IAM knows", source=_REFERENCE, severity=_WARNING)
def unknown_service(template: Template) -> Iterator[Fault]:
    for statement, path, text in _actions(template):
        prefix = text.partition(":")[0].lower()
        if "*" in prefix or "?" in prefix or service(prefix) is not None:
            continue
        close = nearest(prefix, prefixes())
        hint = f"; did you mean {close}?" if close else ""
        yield statement.policy.resource.fault(
            path,
            f"{prefix} of {text} is not a service that IAM knows{hint}",
            fix="write the service's prefix",
            value=text,
        )


@rule("IA122", "an action is one that the service has", source=_REFERENCE, severity=_WARNING)
def unknown_action(template: Template) -> Iterator[Fault]:
    for statement, path, text in _actions(template):
        prefix, _, name = text.partition(":")
        known = service(prefix)
        if known is None or "*" in name or "?" in name or name.lower() in known.actions:
            continue
        close = nearest(name.lower(), known.actions)
        hint = f"; did you mean {prefix}:{known.actions[close]}?" if close else ""
        yield statement.policy.resource.fault(
            path, f"{text} is not an action of {prefix}{hint}", fix="write the action's name", value=text
        )


@rule("IA123", "an action with a wildcard stands for some action", source=_REFERENCE, severity=_WARNING)
def empty_glob(template: Template) -> Iterator[Fault]:
    for statement, path, text in _actions(template):
        prefix, _, name = text.partition(":")
        if service(prefix) is not None and ("*" in name or "?" in name) and name != "*" and not expanded(text):
            yield statement.policy.resource.fault(
                path, f"{text} stands for no action of {prefix}", fix="correct it, or take it out", value=text
            )


@rule("IA124", "an action is allowed on what it acts on", source=_REFERENCE, severity=_WARNING)
def wrong_resource(template: Template) -> Iterator[Fault]:
    for statement in _of_identities(template):
        given = [value for _, value in statement.values("Resource")]
        patterns = [arn_pattern(template, value) for value in given]
        # What is no ARN has a rule of its own; a reference may be any.
        if not patterns or any(pattern.count(":") < 5 for pattern in patterns):
            continue
        for path, text in statement.texts("Action"):
            known = service(text.partition(":")[0])
            name = text.partition(":")[2].lower()
            if known is None or not known.detailed or name not in known.types:
                continue
            wanted = [pattern for type in known.types[name] for pattern in known.patterns.get(type, ())]
            if not known.types[name]:
                # S3 takes the ARN of all buckets for it.
                if not any(re.fullmatch(r"arn:[^:]*:s3:::\*", pattern) for pattern in patterns):
                    yield _mismatch(statement, path, text, "acts on no resource and takes only *", given)
            elif wanted and not any(_overlap(pattern, arn) for pattern in patterns for arn in wanted):
                yield _mismatch(statement, path, text, f"acts on {', '.join(wanted[:4]).replace('%', '*')}", given)


def _mismatch(statement: Statement, path: str, action: str, what: str, given: list[Any]) -> Fault:
    return statement.policy.resource.fault(
        path,
        f"{action} {what}, got {', '.join(map(str, given[:3]))}",
        fix="give it a statement with the resources that it acts on",
        value=action,
    )


def _overlap(pattern: str, arn: str) -> bool:
    """Whether a pattern of a policy may stand for an ARN of a resource type."""
    rest = re.fullmatch(r"arn:[^:]*:s3:::(.*)", pattern, re.DOTALL)
    if "%" in arn and rest:
        # The name of a bucket has no slash; the key of an object is behind the first.
        return "/" not in rest[1] if arn.endswith("%") else bool(set(rest[1]) & {"/", "*"})
    # A wildcard does not reach beyond its part of the ARN.
    pairs = zip(pattern.split(":", 5), arn.replace("%", "*").split(":", 5), strict=True)
    return all(overlaps(one, other) for one, other in pairs)


@rule("IA125", "a condition key of a service is one that it has", source=_REFERENCE, severity=_WARNING)
def unknown_key(template: Template) -> Iterator[Fault]:
    for statement, operator, keys in conditions(template):
        for key in keys:
            prefix, _, name = key.partition(":")
            known = service(prefix)
            if not name or is_unresolved(key):
                continue
            names: tuple[str, ...]
            if prefix.lower() == "aws":
                names = tuple(f"aws:{one}" for one in _GLOBAL)
            elif isinstance(known, Service) and known.detailed:
                names = known.conditions
            else:
                continue
            if any(_is_key(key, one) for one in names):
                continue
            close = nearest(key, names, 0.8)
            # The reference lacks some, such as sagemaker:TargetContainerHostname, and new ones come each year: only a
            # slip of the pen is told.
            if close is None:
                continue
            yield statement.policy.resource.fault(
                f"{statement.path}.Condition.{operator}.{key}",
                f"{key} is not a condition key of {prefix}; did you mean {close}?",
                fix="write the key's name",
                value=key,
            )


def _is_key(key: str, known: str) -> bool:
    return key.lower().startswith(known.lower()) if known.endswith(("/", ":")) else key.lower() == known.lower()


@rule("IA126", "a value with a wildcard is compared as one", source=_OPERATORS, severity=_WARNING)
def wildcard_as_text(template: Template) -> Iterator[Fault]:
    for statement, operator, keys in conditions(template):
        if not re.fullmatch(r"(For\w+Values?:)?String(Not)?Equals(IgnoreCase)?(IfExists)?", operator):
            continue
        for key, values in keys.items():
            for text in values if isinstance(values, list) else [values]:
                if isinstance(text, str) and "*" in re.sub(r"\$\{\*\}", "", text) and not is_unresolved(text):
                    like = re.sub(r"Equals(IgnoreCase)?", "Like", operator)
                    yield statement.policy.resource.fault(
                        f"{statement.path}.Condition.{operator}.{key}",
                        f"{operator} compares {text!r} character by character: * stands for itself",
                        fix=f"write {like}",
                        value=text,
                    )


@rule("IA131", "no policy allows every action", source=_LEAST, severity=_WARNING)
def every_action(template: Template) -> Iterator[Fault]:
    for statement in _allowing(template):
        for path, text in statement.texts("Action"):
            # A key belongs to the account, whose policies then say who may use it.
            if set(text) <= {"*", ":"} and text and statement.policy.resource.type != _KEY_OWNER:
                yield statement.policy.resource.fault(
                    path, "Action * allows everything", fix="name the actions that are needed", value=text
                )


@rule("IA132", "no role may do everything in a service", source=_LEAST, severity=_WARNING)
def whole_service(template: Template) -> Iterator[Fault]:
    for statement in _of_identities(template):
        for path, text in statement.texts("Action") if statement.allows else ():
            prefix, _, name = text.partition(":")
            if name and set(name) == {"*"} and set(prefix) != {"*"}:
                yield statement.policy.resource.fault(
                    path, f"{text} allows everything in {prefix}", fix="name the actions that are needed", value=text
                )


@rule("IA133", "a right to pass roles is limited to some", source=_PASSING, severity=_WARNING)
def pass_any_role(template: Template) -> Iterator[Fault]:
    for statement, path in _passing(template):
        for _, text in statement.texts("Resource"):
            if set(text) == {"*"} or re.fullmatch(r"arn:[^:]*:iam::[^:]*:(\*|role/\*)", text):
                yield statement.policy.resource.fault(
                    path,
                    f"iam:PassRole on {text} passes any role, also one that may do more than the caller",
                    fix="name the ARN of the role",
                    value=text,
                )


@rule("IA134", "a right to pass roles is limited to a service", source=_PASSING, severity=_WARNING)
def pass_to_anything(template: Template) -> Iterator[Fault]:
    limiting = ("iam:passedtoservice", "iam:associatedresourcearn")
    for statement, path in _passing(template):
        condition = statement.body.get("Condition")
        if is_unresolved(condition):
            continue
        keys = {key.lower() for one, _, found in conditions(template) if one is statement for key in found}
        if not keys & set(limiting):
            yield statement.policy.resource.fault(
                path,
                "iam:PassRole without iam:PassedToService passes the role to any service",
                fix='add the condition "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}',
            )


def _passing(template: Template) -> Iterator[tuple[Statement, str]]:
    """Each statement that names iam:PassRole, and where."""
    for statement in _of_identities(template):
        for path, text in statement.texts("Action") if statement.allows else ():
            # What allows all of IAM has a rule of its own.
            if text.lower().startswith("iam:p") and matches(text.lower(), "iam:passrole"):
                yield statement, path
                break


@rule("IA135", "an action that acts on resources is not allowed on all", source=_LEAST, severity=_WARNING)
def every_resource(template: Template) -> Iterator[Fault]:
    for statement in _of_identities(template):
        condition = statement.body.get("Condition")
        if not statement.allows or condition or not any(text == "*" for _, text in statement.texts("Resource")):
            continue
        for path, text in statement.texts("Action"):
            prefix, _, name = text.partition(":")
            known = service(prefix)
            # PassRole has a rule of its own.
            if known and known.types.get(name.lower()) and name.lower() not in ("passrole", *_ON_THE_ONLY_ONE):
                yield statement.policy.resource.fault(
                    path,
                    f"{text} is allowed on every resource, and can be limited to some: {known.types[name.lower()][0]}",
                    fix="name the resources, or limit them by a condition",
                    value=text,
                )


@rule("IA136", "no role has AmazonSageMakerFullAccess", source=_FULL, severity=_WARNING)
def sagemaker_full_access(template: Template) -> Iterator[Fault]:
    for role, path, name in _managed(template):
        if name == "AmazonSageMakerFullAccess":
            yield role.fault(
                path,
                "AmazonSageMakerFullAccess allows nearly everything in SageMaker, and reaches only buckets with "
                "sagemaker in their name",
                fix="write a policy with what the job or endpoint needs",
                value=name,
            )


@rule("IA137", "no role has full access to a service by a managed policy", source=_LEAST, severity=_WARNING)
def full_access(template: Template) -> Iterator[Fault]:
    for role, path, name in _managed(template):
        if re.fullmatch(r".*FullAccess|AdministratorAccess|PowerUserAccess", name) and "SageMakerFull" not in name:
            yield role.fault(
                path, f"{name} allows more than one job needs", fix="write a policy with what is needed", value=name
            )


def _managed(template: Template) -> Iterator[tuple[Resource, str, str]]:
    for role in template.of_type(ROLE, "AWS::IAM::User", "AWS::IAM::Group"):
        for path, value in role.items("ManagedPolicyArns"):
            text = arn_pattern(template, value)
            if ":aws:policy/" in text:
                yield role, path, text.rpartition("/")[2]


@rule("IA138", "a service assumes a role only for this account", source=_DEPUTY, severity=_WARNING)
def confused_deputy(template: Template) -> Iterator[Fault]:
    for statement in template.once(statements):
        principal = statement.body.get("Principal")
        given = principal.get("Service") if isinstance(principal, dict) and not is_unresolved(principal) else None
        services = [text for text in (given if isinstance(given, list) else [given]) if isinstance(text, str)]
        asked = [text for text in services if text.partition(".")[0] in _DEPUTIES]
        if statement.policy.kind != "trust" or not statement.allows or not asked:
            continue
        condition = statement.body.get("Condition")
        if is_unresolved(condition):
            continue
        keys = {key.lower() for one, _, found in conditions(template) if one is statement for key in found}
        if not keys & {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"}:
            yield statement.policy.resource.fault(
                statement.path,
                f"{asked[0]} may assume the role for any account: the trust policy has no aws:SourceAccount",
                fix='add the condition "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}',
            )


@rule("IA139", "a role is not for everybody", source=_PRINCIPAL, severity=_WARNING)
def anybody(template: Template) -> Iterator[Fault]:
    for statement in _allowing(template):
        principal = statement.body.get("Principal")
        named = principal.get("AWS") if isinstance(principal, dict) else principal
        everybody = "*" in (named if isinstance(named, list) else [named])
        if everybody and statement.policy.kind != "identity" and not statement.body.get("Condition"):
            yield statement.policy.resource.fault(
                f"{statement.path}.Principal",
                "Principal * without a condition is everybody, in any account",
                fix="name the principals, or add a condition such as aws:PrincipalOrgID",
                value=principal,
            )


@rule("IA140", "what is allowed is named, not what is left out: NotAction", source=_NOT_ACTION, severity=_WARNING)
def not_action(template: Template) -> Iterator[Fault]:
    yield from _left_out(template, "NotAction", "every other action, those of tomorrow too")


@rule("IA141", "what is allowed is named, not what is left out: NotResource", source=_NOT_RESOURCE, severity=_WARNING)
def not_resource(template: Template) -> Iterator[Fault]:
    yield from _left_out(template, "NotResource", "every other resource, in this account and in others")


@rule("IA142", "who is allowed is named, not who is left out", source=_NOT_PRINCIPAL, severity=_WARNING)
def not_principal(template: Template) -> Iterator[Fault]:
    yield from _left_out(template, "NotPrincipal", "everybody else, without a name too")


def _left_out(template: Template, key: str, what: str) -> Iterator[Fault]:
    for statement in _allowing(template):
        if key in statement.body:
            yield statement.policy.resource.fault(
                f"{statement.path}.{key}",
                f"Allow with {key} allows {what}",
                fix=f"write {key.removeprefix('Not')}, or Deny",
                value=statement.body[key],
            )


def _actions(template: Template) -> Iterator[tuple[Statement, str, str]]:
    """Each action that is written as one: statement, where, text."""
    for statement in template.once(statements):
        for path, text in (*statement.texts("Action"), *statement.texts("NotAction")):
            if re.fullmatch(r"[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+", text):
                yield statement, path, text


def _allowing(template: Template) -> Iterator[Statement]:
    yield from (statement for statement in template.once(statements) if statement.allows)


def _of_identities(template: Template) -> Iterator[Statement]:
    yield from (statement for statement in template.once(statements) if statement.policy.kind == "identity")
