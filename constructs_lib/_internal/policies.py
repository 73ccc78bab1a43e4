"""Gives a role the rights that references have made, through one managed policy."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, cast
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import Construct, IValidation

from constructs_lib._internal.place import Place, place_of
from constructs_lib._internal.statements import Statement, merge
from constructs_lib._internal.warnings import warn


def attach_policy(scope: Construct, id: str, role: iam.IRole, statements: Iterable[Statement]) -> iam.CfnManagedPolicy:
    """Give *role* the rights of *statements* through one customer-managed policy.

    A managed policy and not an inline one, because NIST 800-53 and many organizations forbid inline policies. Whatever
    uses the role must depend on the policy that is returned: the role alone exists before it may do anything
    (https://github.com/aws/aws-cdk/issues/10064).
    """
    return GrowingPolicy(scope, id, role, statements).resource


class GrowingPolicy:
    """A managed policy that later constructs add to: an account lets a role have ten policies, not one for each.

    A role that may not be changed, such as `Role.from_role_arn(…, mutable=False)` gives, stays as it is: the policy
    is made all the same, attached to nothing, so that whoever owns the role finds what is missing.

    Attributes:
        resource: The policy; what uses the role must depend on it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        identity: iam.IRole | iam.IUser | iam.IGroup,
        statements: Iterable[Statement],
    ) -> None:
        """Attach a policy with *statements* to *identity*, if that may be changed."""
        self._statements = merge(statements)
        changeable = takes_policies(identity)
        if changeable:
            _warn_of_the_eleventh(scope, id, identity)
        if not changeable:
            warn(
                scope,
                f"role-takes-no-policy/{id}",
                f"{identity.node.path} was imported as a role that may not be changed; whoever owns it must attach the "
                f"policy {scope.node.path}/{id} to it, or grant the same",
            )
        attached = _name_of(identity) if changeable else {}
        self.resource = iam.CfnManagedPolicy(scope, id, policy_document=self._document(), **attached)
        _tell_reasons(scope, self.resource, self._statements)

    def add(self, statements: Iterable[Statement]) -> None:
        """Allow *statements* too."""
        self._statements[:] = merge([*self._statements, *statements])
        self.resource.policy_document = self._document()

    def has_room_for(self, statements: Iterable[Statement]) -> bool:
        """Whether the policy may hold *statements* too, as far as that can be told before references are resolved."""
        return _size([*self._statements, *statements]) <= _LONGEST

    def _document(self) -> dict[str, Any]:
        return _document(self._statements)


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: the characters of a managed policy without
# its white space, and the managed policies of a role, user or group.
_LONGEST, _QUOTA = 6144, 10
# Longer than most names and ARNs that a reference stands for.
_REFERENCE = "r" * 80
# How many policies of ours a role has; the same role is the same object wherever it is passed to.
_POLICIES: WeakKeyDictionary[Any, int] = WeakKeyDictionary()


def _document(statements: Iterable[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement.render() for statement in statements]}


def _size(statements: Iterable[Statement]) -> int:
    text = json.dumps(_document(merge(statements)), separators=(",", ":"))
    # Partition, region and account are short, and in nearly every ARN.
    text = re.sub(r"\$\{Token\[AWS\.(?:Partition|Region|AccountId)\.\d+\]\}", "r" * 12, text)
    return len(re.sub(r"\$\{Token\[[^]]*\]\}", _REFERENCE, text))


def _warn_of_the_eleventh(scope: Construct, id: str, identity: Any) -> None:
    _POLICIES[identity] = _POLICIES.get(identity, 0) + 1
    if _POLICIES[identity] == _QUOTA + 1:
        warn(
            scope,
            f"too-many-policies/{id}",
            f"{identity.node.path} gets more than {_QUOTA} managed policies, {scope.node.path}/{id} being the "
            "eleventh: the deployment fails unless the account's quota was raised; give some constructs a role of "
            "their own",
        )


def _name_of(identity: Any) -> dict[str, Any]:
    """A role, user or group by its name, as the arguments of a managed policy; none for anything else."""
    kinds = (("roles", "role_name"), ("users", "user_name"), ("groups", "group_name"))
    # Each look at an attribute is a call into the jsii kernel.
    names = {kind: getattr(identity, attribute, None) for kind, attribute in kinds}
    return {kind: [name] for kind, name in names.items() if name is not None}


def takes_policies(identity: Any) -> bool:
    """Whether *identity* is a role, user or group that the CDK's own grants would change.

    It wraps a role that it may not change, and nothing but the ids tells the wrapper: it bears the id that was given,
    and the role behind it stands beside it, or it is `ImmutableRole` and the other's id (aws-iam/lib/role.ts).
    """
    if isinstance(identity, iam.Role):
        return True
    if not _name_of(identity):
        return False
    id, scope = identity.node.id, identity.node.scope
    if scope is None:
        return True
    behind = (f"MutableRole{id}", id.removeprefix("ImmutableRole"))
    return not any(name != id and scope.node.try_find_child(name) for name in behind)


@jsii.implements(IValidation)
class _WildcardReasons:
    """Tells cdk-nag the reason for each resource with a wildcard, one finding at a time.

    A finding is named after the resolved resource (`AwsSolutions-IAM5[Resource::<StoreBucket.Arn>/data/*]`), and a
    reference to another stack resolves to its export only when the app has been prepared. The validations of the
    construct tree run after that and before the plugins, so they are the first place where the name is known.

    One for all policies of a stack: each that is added, and each look at a reference, is a call into the jsii kernel.
    """

    def __init__(self) -> None:
        self.policies: list[tuple[iam.CfnManagedPolicy, Sequence[Statement]]] = []

    def validate(self) -> list[str]:
        """Acknowledge the findings; there is never an error to report."""
        given = [
            (policy, [statement for statement in statements if statement.wildcard_reason is not None])
            for policy, statements in self.policies
        ]
        every = [[list(statement.resources) for statement in statements] for _, statements in given]
        resolved = Stack.of(self.policies[0][0]).resolve(every)
        for (policy, statements), resources in zip(given, resolved, strict=True):
            _acknowledge(policy, statements, resources)
        return []


def _acknowledge(policy: iam.CfnManagedPolicy, statements: Sequence[Statement], resources: Sequence[list[Any]]) -> None:
    reasons: dict[str, set[str]] = {}
    for statement, its in zip(statements, resources, strict=True):
        for flat in map(flatten, its):
            if "*" in flat:
                reasons.setdefault(flat, set()).add(statement.wildcard_reason or "")
    if reasons:
        Validations.of(policy).acknowledge(
            *(
                Acknowledgment(id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{flat}]", reason=" ".join(sorted(why)))
                for flat, why in reasons.items()
            )
        )


_REASONS: WeakKeyDictionary[Place, _WildcardReasons] = WeakKeyDictionary()


def _tell_reasons(scope: Construct, policy: iam.CfnManagedPolicy, statements: Sequence[Statement]) -> None:
    """Have the reasons of *statements* told; the list is looked at late, since a policy may grow."""
    place = place_of(scope)
    told = _REASONS.get(place)
    if told is None:
        # At the stack, because a policy may be taken back with what it is for.
        told = _REASONS[place] = _WildcardReasons()
        Stack.of(scope).node.add_validation(cast(IValidation, told))
    told.policies.append((policy, statements))


def flatten(value: Any) -> str:
    """A resolved reference as cdk-nag writes it in a finding (its utils/flatten-cfn-reference.ts)."""
    if isinstance(value, str):
        return value.replace("${", "<").replace("}", ">")
    if "Fn::Join" in value:
        delimiter, items = value["Fn::Join"]
        return str(delimiter).join(map(flatten, items))
    if "Fn::Sub" in value:
        return flatten(value["Fn::Sub"])
    if "Fn::GetAtt" in value:
        resource, attribute = value["Fn::GetAtt"]
        return f"<{flatten(resource)}.{flatten(attribute)}>"
    if "Fn::ImportValue" in value:
        return flatten(value["Fn::ImportValue"])
    if "Ref" in value:
        return f"<{flatten(value['Ref'])}>"
    # cdk-nag writes anything else as compact JSON.
    return json.dumps(value, separators=(",", ":"))
