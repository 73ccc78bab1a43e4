"""The log group of an endpoint and of a component, made in the stack."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, DataKey
from tests.templates import of_type
from tests.unit.endpoints.serving import (
    KEY_ARN,
    key_in,
    properties,
    real_time,
    resource,
    shared,
    specification,
    template_of,
    warnings_of,
)


class TestLogGroup:
    def test_of_an_endpoint_is_encrypted_kept_and_there_first(self, stack: Any) -> None:
        endpoint = real_time(stack)
        endpoint.add_log_group(key=key_in(stack))
        template = template_of(stack)
        group = resource(template, endpoint, "LogGroup/Resource")

        assert group["Properties"] == {
            "LogGroupName": f"/aws/sagemaker/Endpoints/{properties(template, endpoint)['EndpointName']}",
            "KmsKeyId": KEY_ARN,
            "RetentionInDays": 365,
        }
        assert resource(template, endpoint)["DependsOn"] == [_id(endpoint)]

    def test_of_an_endpoint_with_a_name_of_the_users(self, stack: Any) -> None:
        from aws_cdk import RemovalPolicy
        from aws_cdk import aws_logs as logs

        endpoint = real_time(stack, endpoint_name="Chat")
        endpoint.add_log_group(retention=logs.RetentionDays.ONE_WEEK, removal_policy=RemovalPolicy.DESTROY)
        group = resource(template_of(stack), endpoint, "LogGroup/Resource")

        # As it is spelt: names are invoked so (TRAPS 28).
        assert group["Properties"] == {"LogGroupName": "/aws/sagemaker/Endpoints/Chat", "RetentionInDays": 7}
        assert group["DeletionPolicy"] == "Delete"

    def test_of_a_name_that_is_known_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        endpoint = real_time(stack, endpoint_name=CfnParameter(stack, "Name").value_as_string)
        endpoint.add_log_group()

        assert properties(template_of(stack), endpoint, "LogGroup/Resource")["LogGroupName"] == {
            "Fn::Join": ["", ["/aws/sagemaker/Endpoints/", {"Ref": "Name"}]]
        }

    def test_of_a_component(self, stack: Any) -> None:
        component = shared(stack).add_component("Chat", specification=specification(), inference_component_name="chat")
        component.add_log_group()
        template = template_of(stack)

        assert (
            properties(template, component, "LogGroup/Resource")["LogGroupName"]
            == "/aws/sagemaker/InferenceComponents/chat"
        )
        assert _id(component) in resource(template, component)["DependsOn"]

    def test_of_two_endpoints_in_one_stack(self, stack: Any) -> None:
        for id in ("One", "Two"):
            real_time(stack, id).add_log_group()

        names = [each["LogGroupName"] for each in of_type(template_of(stack), "AWS::Logs::LogGroup").values()]
        assert len(set(names)) == 2

    def test_is_none_unless_asked_for(self, stack: Any) -> None:
        real_time(stack)

        assert of_type(template_of(stack), "AWS::Logs::LogGroup") == {}

    def test_lets_the_service_use_a_key_that_is_made_here_once(self, stack: Any) -> None:
        from aws_cdk import aws_kms as kms

        plain, data = kms.Key(stack, "Plain"), DataKey(stack, "Data")
        for id in ("One", "Two"):
            real_time(stack, f"{id}Plain").add_log_group(key=plain)
            real_time(stack, f"{id}Data").add_log_group(key=data)

        policies = [each["KeyPolicy"]["Statement"] for each in of_type(template_of(stack), "AWS::KMS::Key").values()]
        # Whoever owns the account, and CloudWatch Logs for log groups of the account.
        assert [len(statements) for statements in policies] == [2, 2]
        assert policies[0][1] == policies[1][1]
        assert "kms:EncryptionContext:aws:logs:arn" in policies[0][1]["Condition"]["ArnLike"]

    def test_of_an_imported_key_warns_once_and_of_none_not(self, stack: Any) -> None:
        from aws_cdk import aws_kms as kms

        endpoint, other = real_time(stack), real_time(stack, "Other")
        endpoint.add_log_group(key=kms.Key.from_key_arn(stack, "Key", KEY_ARN))
        other.add_log_group()

        (warning,) = warnings_of(endpoint)
        assert warning.startswith(
            "Stack/Key is an imported key; its policy must let logs.amazonaws.com use it (kms:Decrypt"
        )
        assert warnings_of(other) == []

    def test_goes_when_the_creation_of_its_stack_is_rolled_back(self, stack: Any) -> None:
        endpoint = real_time(stack)
        endpoint.add_log_group()

        group = resource(template_of(stack), endpoint, "LogGroup/Resource")
        assert group["DeletionPolicy"] == "RetainExceptOnCreate" and group["UpdateReplacePolicy"] == "Retain"

    def test_fails_for_a_second_one_and_for_wrong_kinds_listing_all(self, stack: Any) -> None:
        endpoint: Any = real_time(stack)
        endpoint.add_log_group()

        with pytest.raises(ConfigurationError) as caught:
            endpoint.add_log_group(key=KEY_ARN, retention=7, removal_policy="retain")

        assert [problem.split(" must ")[0] for problem in caught.value.problems] == [
            "key",
            "retention",
            "removal_policy",
            "the log group is made already; add_log_group was called twice",
        ]
        assert f"got {KEY_ARN!r}" in str(caught.value) and "got 7" in str(caught.value)


def _id(construct: Any) -> str:
    from aws_cdk import Stack

    group = construct.node.find_child("LogGroup").node.default_child
    return str(Stack.of(construct).get_logical_id(group))
