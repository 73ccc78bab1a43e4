"""The role: who may take it on, and how far it may ever go."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, ExecutionRole
from tests.templates import of_type, only, template_of

BOUNDARY = "arn:aws:iam::123456789012:policy/most"


def boundary(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", BOUNDARY)


class TestExecutionRole:
    def test_trap_11_trusts_sagemaker_for_this_account_only(self, stack: Any) -> None:
        ExecutionRole(stack, "Role")
        (statement,) = only(template_of(stack), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "sagemaker.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert "aws:SourceArn" in statement["Condition"]["ArnLike"]

    def test_keeps_the_boundary_that_it_is_given(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        boundary = iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", "arn:aws:iam::123456789012:policy/most")
        ExecutionRole(stack, "Role", permissions_boundary=boundary)
        role = only(template_of(stack), "AWS::IAM::Role")
        assert role["PermissionsBoundary"] == "arn:aws:iam::123456789012:policy/most"

    def test_fails_on_a_boundary_that_is_no_policy(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            ExecutionRole(stack, "Role", permissions_boundary=BOUNDARY)  # type: ignore[arg-type] -- the slip under test
        policy = "such as iam.ManagedPolicy.from_managed_policy_arn(…)"
        assert raised.value.problems == (f"permissions_boundary must be {policy}, got {BOUNDARY!r}",)
        assert raised.value.subject == "Stack/Role"

    def test_trap_10_has_no_policy_of_its_own(self, stack: Any) -> None:
        ExecutionRole(stack, "Role")
        role = only(template_of(stack), "AWS::IAM::Role")
        assert "ManagedPolicyArns" not in role
        assert "Policies" not in role

    def test_a_boundary_for_all_roles_reaches_those_of_the_constructs_too(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        from constructs_lib import Network

        ExecutionRole(stack, "Role")
        Network(stack, "Network")
        iam.PermissionsBoundary.of(stack).apply(boundary(stack))
        roles = of_type(template_of(stack), "AWS::IAM::Role")
        assert len(roles) == 2
        assert {role["PermissionsBoundary"] for role in roles.values()} == {BOUNDARY}
