"""Whom a grant goes through a managed policy to, and what the grant can be used for."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError
from constructs_lib._internal.grants import grant
from constructs_lib._internal.statements import Statement
from tests.templates import granted, of_type, template_of

ARN = "arn:aws:iam::123456789012:role/caller"
SHARED = {"Action": "sagemaker:InvokeEndpoint", "Effect": "Allow", "Resource": "arn:a"}


def call(endpoint: str = "arn:a", action: str = "sagemaker:InvokeEndpoint") -> Statement:
    return Statement(actions=(action,), resources=(endpoint,))


def made(stack: Any, name: str = "Caller") -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role(stack, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def imported(stack: Any, **how: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role.from_role_arn(stack, "Caller", ARN, **how)


def lazy(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.LazyRole(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def function(stack: Any) -> Any:
    from aws_cdk import aws_lambda as lambda_

    return lambda_.Function(
        stack, "Caller", code=lambda_.Code.from_inline("x"), handler="a.b", runtime=lambda_.Runtime.PYTHON_3_12
    )


def user(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.User(stack, "Caller")


def imported_user(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.User.from_user_name(stack, "Caller", "bob")


def group(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Group(stack, "Caller")


class TestManagedPolicy:
    @pytest.mark.parametrize(
        ("grantee", "member"),
        [
            (made, "Roles"),
            (imported, "Roles"),
            (lazy, "Roles"),
            (function, "Roles"),
            (user, "Users"),
            (imported_user, "Users"),
            (group, "Groups"),
        ],
    )
    def test_who_takes_policies_gets_a_managed_one(self, stack: Any, grantee: Any, member: str) -> None:
        given = grant(stack, grantee(stack), call())
        assert given.success
        template = template_of(stack)
        assert not of_type(template, "AWS::IAM::Policy")
        ((logical_id, policy),) = of_type(template, "AWS::IAM::ManagedPolicy").items()
        assert "SageMakerGrants" in logical_id
        assert policy["PolicyDocument"]["Statement"] == [SHARED]
        assert set(policy) == {member, "PolicyDocument"}
        assert len(policy[member]) == 1

    def test_all_grants_to_one_role_share_a_policy(self, stack: Any) -> None:
        for role in (made(stack), made(stack, "Other")):
            for endpoint in ("arn:a", "arn:b", "arn:a"):
                grant(stack, role, call(endpoint))
        policies = of_type(template_of(stack), "AWS::IAM::ManagedPolicy")
        assert len(policies) == 2
        for policy in policies.values():
            assert policy["PolicyDocument"]["Statement"] == [{**SHARED, "Resource": ["arn:a", "arn:b"]}]

    def test_grants_to_a_function_and_to_its_role_are_one(self, stack: Any) -> None:
        caller = function(stack)
        grant(stack, caller, call("arn:a"))
        grant(stack, caller.role, call("arn:b"))
        assert granted(template_of(stack)) == [{**SHARED, "Resource": ["arn:a", "arn:b"]}]

    def test_stands_in_the_stack_of_the_role(self) -> None:
        from aws_cdk import App, Stack

        app = App()
        callers, endpoints = Stack(app, "Callers"), Stack(app, "Endpoints")
        grant(endpoints, made(callers), call())
        assert granted(template_of(callers)) == [SHARED]
        assert not template_of(endpoints).get("Resources")

    def test_what_one_policy_cannot_hold_goes_into_another(self, stack: Any) -> None:
        import json

        role = made(stack)
        endpoints = [f"arn:aws:sagemaker:eu-west-1:123456789012:endpoint/{number:0>40}" for number in range(120)]
        for endpoint in endpoints:
            grant(stack, role, call(endpoint))
        grant(stack, role, call(endpoints[0]))
        policies = of_type(template_of(stack), "AWS::IAM::ManagedPolicy").values()
        documents = [policy["PolicyDocument"] for policy in policies]
        assert len(documents) == 2
        assert max(len(json.dumps(each, separators=(",", ":"))) for each in documents) <= 6144
        assert [arn for each in documents for arn in each["Statement"][0]["Resource"]] == endpoints

    def test_names_known_at_deployment_only_are_counted_too(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        role = made(stack)
        for number in range(80):
            grant(stack, role, call(CfnParameter(stack, f"Name{number}").value_as_string))
        assert len(of_type(template_of(stack), "AWS::IAM::ManagedPolicy")) == 2

    def test_a_wildcard_has_its_reason_for_cdk_nag(self) -> None:
        from aws_cdk import App, Stack, Validations
        from cdk_nag import AwsSolutionsChecks

        app = App()
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        stack = Stack(app, "Stack")
        jobs = Statement(actions=("sagemaker:StopTrainingJob",), resources=("arn:job/a-*",), wildcard_reason="names")
        grant(stack, made(stack), jobs)
        app.synth()


class TestOthers:
    def test_a_role_that_may_not_be_changed_stays_as_it_is(self, stack: Any) -> None:
        assert grant(stack, imported(stack, mutable=False), call()).success
        assert "Resources" not in template_of(stack)

    def test_a_role_without_policy_updates_stays_as_it_is(self, stack: Any) -> None:
        grant(stack, made(stack).without_policy_updates(), call())
        assert [each["Type"] for each in template_of(stack)["Resources"].values()] == ["AWS::IAM::Role"]

    def test_a_role_of_another_account_stays_as_it_is(self) -> None:
        from aws_cdk import App, Environment, Stack

        stack = Stack(App(), "Stack", env=Environment(account="111111111111", region="eu-west-1"))
        grant(stack, imported(stack), call())
        assert "Resources" not in template_of(stack)

    def test_a_principal_without_policies_is_told_so(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        assert not grant(stack, iam.ServicePrincipal("lambda.amazonaws.com"), call()).success

    def test_a_policy_of_the_users_own_takes_the_statement(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        own = iam.ManagedPolicy(stack, "Own")
        assert grant(stack, own, call()).success
        (policy,) = of_type(template_of(stack), "AWS::IAM::ManagedPolicy").values()
        assert policy["PolicyDocument"]["Statement"] == [SHARED]

    @pytest.mark.parametrize("wrong", [None, ARN])
    def test_fails_on_what_is_no_grantee(self, stack: Any, wrong: Any) -> None:
        with pytest.raises(ConfigurationError, match="grantee must be a role, user or function to give rights to"):
            grant(stack, wrong, call())

    def test_fails_on_what_was_imported_without_its_role(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam
        from aws_cdk import aws_lambda as lambda_

        arn = "arn:aws:lambda:us-east-1:123456789012:function:caller"
        for wrong in (lambda_.Function.from_function_arn(stack, "F", arn), iam.UnknownPrincipal(resource=stack)):
            with pytest.raises(ConfigurationError) as raised:
                grant(stack, wrong, call())
            (problem,) = raised.value.problems
            assert problem.startswith("grantee must have a role that is known, which what is imported by its name or ")
            assert "import it with its role, such as Function.from_function_attributes(…, role=…)" in problem


class TestGrant:
    def test_what_uses_the_rights_can_wait_for_them(self, stack: Any) -> None:
        from aws_cdk import CfnResource

        user = CfnResource(stack, "User", type="AWS::SNS::Topic")
        grant(stack, made(stack), call(), call("arn:b", "sagemaker:DescribeEndpoint")).apply_before(user)
        template = template_of(stack)
        (policy,) = of_type(template, "AWS::IAM::ManagedPolicy")
        assert template["Resources"]["User"]["DependsOn"] == [policy]

    def test_combines_with_grants_of_the_cdk(self, stack: Any) -> None:
        from aws_cdk import aws_sqs as sqs

        role = made(stack)
        both = grant(stack, role, call()).combine(sqs.Queue(stack, "Queue").grant_consume_messages(role))
        assert len(both.principal_statements) == 2
        both.assert_success()
