"""Statements and the one policy that holds them."""

from typing import Any

import pytest

from constructs_lib._internal.statements import Statement, merge
from tests.templates import of_type, only, template_of


class TestStatement:
    def test_renders_one_action_and_resource_as_text(self) -> None:
        statement = Statement(actions=("s3:GetObject",), resources=("arn:a",))
        assert statement.render() == {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:a"}

    def test_fails_on_a_wildcard_without_a_reason(self) -> None:
        with pytest.raises(AssertionError, match="no reason for the wildcard"):
            Statement(actions=("s3:GetObject",), resources=("arn:a/*",))

    def test_fails_on_a_wildcard_action(self) -> None:
        with pytest.raises(AssertionError, match="a wildcard in"):
            Statement(actions=("s3:*",), resources=("arn:a",))


class TestMerge:
    def test_joins_resources_of_equal_rights_once(self) -> None:
        first = Statement(actions=("s3:GetObject",), resources=("arn:a",))
        second = Statement(actions=("s3:GetObject",), resources=("arn:b", "arn:a"))
        (merged,) = merge([first, second])
        assert merged.resources == ("arn:a", "arn:b")

    def test_joins_the_values_of_a_condition_where_all_else_is_equal(self) -> None:
        listing = [
            Statement(actions=("s3:ListBucket",), resources=("arn:a",), conditions={"StringLike": {"s3:prefix": [p]}})
            for p in ("x/*", "y/*", "x/*")
        ]
        (merged,) = merge(listing)
        assert merged.conditions == {"StringLike": {"s3:prefix": ["x/*", "y/*"]}}

    def test_keeps_the_condition_of_another_resource_apart(self) -> None:
        listing = [
            Statement(actions=("s3:ListBucket",), resources=(a,), conditions={"StringLike": {"s3:prefix": [p]}})
            for a, p in (("arn:a", "x/*"), ("arn:b", "y/*"))
        ]
        assert merge(listing) == listing

    def test_twenty_channels_fit_into_a_managed_policy(self) -> None:
        import json

        from constructs_lib import S3Location

        arn = "arn:aws:s3:::deeplearning-foundation-storebucket4fbde984-abcdefghijkl"
        places = [S3Location(bucket_name="b", bucket_arn=arn, prefix=f"data/channel-{n}") for n in range(20)]
        merged = merge(statement for place in places for statement in place.read_statements())
        assert len(json.dumps([statement.render() for statement in merged], separators=(",", ":"))) < 4000

    def test_keeps_different_conditions_apart(self) -> None:
        one = Statement(actions=("s3:ListBucket",), resources=("arn:a",), conditions={"StringLike": {"s3:prefix": "a"}})
        other = Statement(actions=("s3:ListBucket",), resources=("arn:a",))
        assert len(merge([one, other])) == 2

    def test_keeps_different_reasons_apart(self) -> None:
        both = [Statement(actions=("a:B",), resources=("*",), wildcard_reason=reason) for reason in ("One.", "Two.")]
        assert merge(both) == both


class TestAttachPolicy:
    def test_is_a_managed_policy_of_the_role(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        from constructs_lib._internal.policies import attach_policy

        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        attach_policy(stack, "Policy", role, [Statement(actions=("s3:GetObject",), resources=("arn:a",))])
        template = template_of(stack)

        assert only(template, "AWS::IAM::ManagedPolicy")["Roles"] == [{"Ref": "Role1ABCC5F0"}]
        assert not of_type(template, "AWS::IAM::Policy")

    def test_two_reasons_for_one_finding_are_both_told(self, stack: Any) -> None:
        from aws_cdk import App, Validations
        from aws_cdk import aws_iam as iam

        from constructs_lib._internal.policies import attach_policy

        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        statements = [
            Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",), wildcard_reason="First."),
            Statement(actions=("ec2:DescribeVpcs",), resources=("*",), wildcard_reason="Second."),
        ]
        policy = attach_policy(stack, "Policy", role, statements)
        app = stack.node.root
        assert isinstance(app, App)
        app.synth()

        given = [
            entry.data for entry in policy.node.metadata if entry.type == Validations.ACKNOWLEDGED_RULES_METADATA_KEY
        ]
        assert given == [{"AwsSolutions::AwsSolutions-IAM5[Resource::*]": "First. Second."}]


class TestFlatten:
    def test_writes_references_as_cdk_nag_does(self) -> None:
        from constructs_lib._internal.policies import flatten

        arn = {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/a/*"]]}
        assert flatten(arn) == "<Bucket.Arn>/a/*"
        assert flatten({"Fn::Sub": "arn:${AWS::Partition}:x"}) == "arn:<AWS::Partition>:x"
        assert flatten({"Fn::ImportValue": "Other:Export"}) == "Other:Export"
        assert flatten({"Ref": "Thing"}) == "<Thing>"

    def test_reasons_are_told_where_the_first_policy_was_taken_back(self, stack: Any) -> None:
        from aws_cdk import App, Validations
        from aws_cdk import aws_iam as iam

        from constructs_lib._internal.policies import attach_policy

        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        listing = Statement(actions=("ec2:DescribeVpcs",), resources=("*",), wildcard_reason="Lists.")
        attach_policy(stack, "First", role, [listing])
        policy = attach_policy(stack, "Second", role, [listing])
        stack.node.try_remove_child("First")
        app = stack.node.root
        assert isinstance(app, App)
        app.synth()

        assert Validations.ACKNOWLEDGED_RULES_METADATA_KEY in [entry.type for entry in policy.node.metadata]
