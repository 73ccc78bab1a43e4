"""The role that a job or a model runs under."""

import re
from weakref import WeakKeyDictionary

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import Place, place_of

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
_LONGEST_DESCRIPTION = 1000


class ExecutionRole(iam.Role):
    """A role for SageMaker alone, of this account alone, that may do nothing until a construct is given it.

    Each construct adds what its own references need, in a policy of its own, so that jobs and models may share a role.
    Pass one where a `role` is taken, or leave it out and each construct makes its own. An account lets a role have ten
    policies, so that more than ten constructs want more than one role: the eleventh is warned of.

    The policies are managed ones, because NIST 800-53 and many organizations forbid inline policies. A boundary for all
    roles of an app or a stack, these among them, is the CDK's `iam.PermissionsBoundary.of(app).apply(policy)`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        """Make the role.

        Args:
            scope: The parent construct.
            id: The id in it.
            description: Shown in the IAM console.
            permissions_boundary: The most that the role may ever do, whatever its policies say.

        Raises:
            ConfigurationError: The boundary is no managed policy, such as an ARN.
        """
        require((scope, id), argument_problems(ExecutionRole.__init__, locals()))
        require((scope, id), _description_problem(description))
        super().__init__(
            scope,
            id,
            # IAM takes Latin-1 only, and construct ids may hold more:
            # https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
            description=re.sub(r"[^\t\n\r -~\xa1-\xff]", "?", description or "Runs SageMaker workloads"),
            permissions_boundary=permissions_boundary,
            # SageMaker asks for the role on behalf of a caller: only one of this account may be that caller.
            # https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
            assumed_by=_sagemaker(place_of(scope)),
        )


_PRINCIPALS: WeakKeyDictionary[Place, iam.ServicePrincipal] = WeakKeyDictionary()


def _sagemaker(place: Place) -> iam.ServicePrincipal:
    """SageMaker on behalf of the account; one object for all roles of a stack."""
    if place not in _PRINCIPALS:
        conditions = {
            "StringEquals": {"aws:SourceAccount": place.account},
            "ArnLike": {"aws:SourceArn": place.arn("sagemaker", "*")},
        }
        _PRINCIPALS[place] = iam.ServicePrincipal("sagemaker.amazonaws.com", conditions=conditions)
    return _PRINCIPALS[place]


def _description_problem(description: str | None) -> str | None:
    if description is None or is_token(description) or len(description) <= _LONGEST_DESCRIPTION:
        return None
    return f"description must be at most {_LONGEST_DESCRIPTION} characters, got {len(description)}"
