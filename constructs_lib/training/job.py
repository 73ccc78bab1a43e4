"""What every job is to a workflow: a request, the role it runs under, and what its starter may do."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import require
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.statements import Statement
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.contract import service_model
from constructs_lib.foundation.execution_role import ExecutionRole

# Hexadecimal digits of the hash that makes a name unique: SHA-1 in full where there is room, else as many as fit beside
# a prefix that still says something.
_FULL_HASH, _SHORT_HASH = 40, 16


@dataclass(frozen=True, kw_only=True, slots=True)
class JobKind:
    """A kind of job, as the API names it.

    Attributes:
        noun: As in `Create<noun>`: `TrainingJob`.
        arn_type: As in its ARN: `training-job`.
        rule: The EventBridge rule through which Step Functions waits for such jobs; None where it cannot wait for them
            by itself. https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
    """

    noun: str
    arn_type: str
    rule: str | None

    @property
    def name_member(self) -> str:
        """The member of the request that holds the name."""
        return f"{self.noun}Name"

    @property
    def hash_length(self) -> int:
        """How much of the name makes it unique."""
        return _FULL_HASH if self._longest_name >= 63 else _SHORT_HASH

    @property
    def longest_prefix(self) -> int:
        """How much of the name is left for what comes before the dash and the hash."""
        return self._longest_name - self.hash_length - 1

    @property
    def _longest_name(self) -> int:
        # By the request and not by a shape of that name: a compilation job's name is called EntityName there.
        request = service_model("sagemaker").operation_model(f"Create{self.noun}").input_shape
        return int(request.members[self.name_member].metadata["max"])


TRAINING = JobKind(
    noun="TrainingJob", arn_type="training-job", rule="StepFunctionsGetEventsForSageMakerTrainingJobsRule"
)


class Job(Construct):
    """A job, defined: nothing runs until a workflow starts it.

    Attributes:
        kind: Which job of SageMaker's it is.
        role: The role that it runs under.
        policy: What that role gets for this job; whatever starts the job must wait for it.
        request: The request in the API's own words, all but the name.
        name_prefix: What the name of each job begins with.
        image: What it runs; None where the job names no image of its own.
    """

    kind: JobKind
    image: ContainerImage | None = None

    def __init__(self, scope: Construct, id: str, *, role: iam.IRole | None) -> None:
        """Begin the job; `_define` ends it."""
        super().__init__(scope, id)
        self.role: iam.IRole = role or ExecutionRole(self, "Role", description=f"{self.kind.noun} {self.node.path}")
        prefix = re.sub(r"[^a-zA-Z0-9]+", "-", id).strip("-")[: self.kind.longest_prefix].strip("-")
        self.name_prefix: str = prefix or "job"

    @property
    def passed_roles(self) -> Sequence[iam.IRole]:
        """The roles that the request names, and that its sender must therefore be allowed to pass."""
        return (self.role,)

    @property
    def policies(self) -> Sequence[iam.CfnManagedPolicy]:
        """All that must be in place before the job is started."""
        return (self.policy,)

    def _define(
        self,
        request: Mapping[str, Any],
        *,
        arguments: Mapping[str, str],
        problems: Iterable[str | Iterable[str] | None],
        statements: Iterable[Statement],
    ) -> None:
        """Check the request and give the role its rights.

        Args:
            request: All of the request but the name.
            arguments: Path in the request to the argument that filled it, for the words of an error.
            problems: What the API's model cannot see.
            statements: What the job's references need.
        """
        self._check(request, arguments=arguments, problems=problems)
        self.policy: iam.CfnManagedPolicy = attach_policy(self, "Policy", self.role, statements)

    def _check(
        self,
        request: Mapping[str, Any],
        *,
        arguments: Mapping[str, str],
        problems: Iterable[str | Iterable[str] | None],
    ) -> None:
        """Keep the request, once it is right; the arguments are those of `_define`."""
        self.request: dict[str, Any] = dict(request)
        named = {self.kind.name_member: self.name_prefix, **self.request}
        require(self.node.path, *problems, request_problems(f"Create{self.kind.noun}", named, arguments))

    def starter_statements(self) -> tuple[Statement, ...]:
        """What the role that starts the job needs: the job under its names, and the passing of the roles it names.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
        """
        stack = Stack.of(self)
        here = f"{stack.region}:{stack.account}"
        noun = self.kind.noun
        statements = [
            Statement(
                # Tags too: `.sync` marks the jobs that it has started.
                actions=(
                    "sagemaker:AddTags",
                    f"sagemaker:Create{noun}",
                    f"sagemaker:Describe{noun}",
                    "sagemaker:ListTags",
                    f"sagemaker:Stop{noun}",
                ),
                resources=(f"arn:{Aws.PARTITION}:sagemaker:{here}:{self.kind.arn_type}/{self.name_prefix}-*",),
                wildcard_reason="Each execution makes a new name; what comes before it is fixed.",
            ),
        ]
        passed = tuple(dict.fromkeys(role.role_arn for role in self.passed_roles))
        if passed:
            conditions = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
            statements.append(Statement(actions=("iam:PassRole",), resources=passed, conditions=conditions))
        if self.kind.rule is not None:
            rule = f"arn:{Aws.PARTITION}:events:{here}:rule/{self.kind.rule}"
            actions = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
            statements.append(Statement(actions=actions, resources=(rule,)))
        return tuple(statements)
