"""Which roles get a policy attached."""

from typing import Any

import pytest

from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.statements import Statement
from tests.templates import only, template_of

READ = Statement(actions=("s3:GetObject",), resources=("arn:a",))
ARN = "arn:aws:iam::123456789012:role/serving"


def imported(stack: Any, **how: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role.from_role_arn(stack, "Given", ARN, **how)


def named(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role.from_role_name(stack, "Given", "serving")


def made(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


@pytest.mark.parametrize("role", [imported, named, made])
def test_a_role_that_may_be_changed_gets_the_policy(stack: Any, role: Any) -> None:
    attach_policy(stack, "Policy", role(stack), [READ])
    assert len(only(template_of(stack), "AWS::IAM::ManagedPolicy")["Roles"]) == 1
    assert warnings_of(stack) == []


@pytest.mark.parametrize(
    "role", [lambda stack: imported(stack, mutable=False), lambda stack: made(stack).without_policy_updates()]
)
def test_a_role_that_may_not_be_changed_stays_as_it_is(stack: Any, role: Any) -> None:
    attach_policy(stack, "Policy", role(stack), [READ])
    policy = only(template_of(stack), "AWS::IAM::ManagedPolicy")
    assert "Roles" not in policy
    assert policy["PolicyDocument"]["Statement"][0]["Action"] == "s3:GetObject"
    (warning,) = warnings_of(stack)
    assert "whoever owns it must attach the policy Stack/Policy to it, or grant the same" in warning
    assert "role-takes-no-policy/Policy" in warning


def test_a_role_of_another_account_stays_as_it_is() -> None:
    from aws_cdk import App, Stack

    stack = Stack(App(), "Stack", env={"account": "111111111111", "region": "eu-west-1"})  # type: ignore[arg-type] -- jsii takes a struct as a dictionary
    attach_policy(stack, "Policy", imported(stack), [READ])
    assert "Roles" not in only(template_of(stack), "AWS::IAM::ManagedPolicy")


def test_the_eleventh_policy_of_a_role_is_warned_of_once(stack: Any) -> None:
    role = made(stack)
    for number in range(10):
        attach_policy(stack, f"Policy{number}", role, [READ])
    assert not warnings_of(stack)

    attach_policy(stack, "Policy10", role, [READ])
    attach_policy(stack, "Policy11", role, [READ])
    (warning,) = warnings_of(stack)
    assert "Stack/Given gets more than 10 managed policies, Stack/Policy10 being the eleventh" in warning
    assert "sagemaker-constructs:too-many-policies/Policy10" in warning


def test_policies_of_different_roles_are_counted_apart(stack: Any) -> None:
    from aws_cdk import aws_iam as iam

    for number in range(12):
        role = iam.Role(stack, f"Role{number}", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        attach_policy(stack, f"Policy{number}", role, [READ])
    assert not warnings_of(stack)
