"""Grants: what a construct lets somebody else do, through a managed policy beside the grantee."""

from functools import reduce
from itertools import count
from typing import Any, cast
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.checks import grantee_problem, require
from constructs_lib._internal.policies import GrowingPolicy, takes_policies
from constructs_lib._internal.statements import Statement

_ID = "SageMakerGrants"


def grant(scope: Construct, grantee: iam.IGrantable, *statements: Statement) -> iam.Grant:
    """Let *grantee* do what *statements* say; *scope* is named in the error.

    A role, user or group that takes policies gets a managed one, which all constructs share and which stands beside it,
    where the CDK would put an inline one. Anybody else is given to the CDK's own grant.

    Raises:
        ConfigurationError: The grantee is none, such as an ARN.
    """
    require(scope, grantee_problem(grantee))
    if has_managed_policy(grantee):
        policy = _policy_beside(grantee.grant_principal, statements)
        grantee = cast(iam.IGrantable, _ThroughPolicy(grantee.grant_principal, policy.resource))
    grants = (
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=list(each.actions),
            resource_arns=list(each.resources),
            conditions=each.conditions,
        )
        for each in statements
    )
    return reduce(lambda one, other: one.combine(other), grants)


def has_managed_policy(grantee: iam.IGrantable) -> bool:
    """Whether what *grantee* is granted goes through a managed policy."""
    principal: Any = grantee.grant_principal
    # The scope of a construct inside the CDK may be of a class that Python has no name for.
    return takes_policies(principal) and isinstance(principal.node.scope, Construct)


# The policies that were made here, by their resource, which the tree of constructs gives back.
_MADE: WeakKeyDictionary[Any, GrowingPolicy] = WeakKeyDictionary()


def _policy_beside(identity: Any, statements: tuple[Statement, ...]) -> GrowingPolicy:
    """The first policy of *identity* that has room, with *statements* in it."""
    scope = identity.node.scope
    for number in count(1):
        id = f"{identity.node.id}{_ID}{number if number > 1 else ''}"
        known = scope.node.try_find_child(id)
        if known is None:
            made = GrowingPolicy(scope, id, identity, statements)
            _MADE[made.resource] = made
            return made
        if _MADE[known].has_room_for(statements):
            _MADE[known].add(statements)
            return _MADE[known]
    raise AssertionError("unreachable")


@jsii.implements(iam.IPrincipal)
class _ThroughPolicy:
    """A principal whose rights stand in a policy already: it makes a grant of the CDK out of them.

    The grant then knows what has to be deployed before the rights hold, for `apply_before`.
    """

    def __init__(self, principal: iam.IPrincipal, policy: iam.CfnManagedPolicy) -> None:
        self._principal = principal
        self._policy = policy

    @property
    def grant_principal(self) -> iam.IPrincipal:
        return cast(iam.IPrincipal, self)

    @property
    def assume_role_action(self) -> str:
        return self._principal.assume_role_action

    @property
    def policy_fragment(self) -> iam.PrincipalPolicyFragment:
        return self._principal.policy_fragment

    @property
    def principal_account(self) -> str | None:
        return self._principal.principal_account

    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        return iam.AddToPrincipalPolicyResult(statement_added=True, policy_dependable=self._policy)
