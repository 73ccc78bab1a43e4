"""Rules for the events of endpoints, and endpoints that are there already."""

from typing import Any

import pytest

from constructs_lib import (
    EndpointEvent,
    RealTimeEndpoint,
)
from constructs_lib.endpoints.endpoint_base import EndpointBase
from tests.templates import granted, only, template_of
from tests.unit.endpoints.serving import (
    readable,
    real_time,
    refusal,
    topic_in,
)


class TestEvents:
    def rule(self, stack: Any) -> Any:
        return only(template_of(stack), "AWS::Events::Rule")

    def test_tells_of_some_states_of_this_endpoint(self, stack: Any) -> None:
        from aws_cdk import aws_events_targets as targets

        states = [EndpointEvent.FAILED, EndpointEvent.UPDATE_ROLLBACK_FAILED]
        real_time(stack).on_state_change("Failed", target=targets.SnsTopic(topic_in(stack, "failures")), states=states)
        rule = readable(self.rule(stack))
        assert rule["EventPattern"] == {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Endpoint State Change"],
            "account": ["<AWS::AccountId>"],
            "detail": {
                "EndpointName": ["<Endpoint.EndpointName>"],
                "EndpointStatus": ["FAILED", "UPDATE_ROLLBACK_FAILED"],
            },
        }
        assert [target["Arn"] for target in rule["Targets"]] == ["arn:aws:sns:us-east-1:123456789012:failures"]

    def test_tells_of_each_change_when_no_state_is_named(self, stack: Any) -> None:
        real_time(stack).on_state_change("All")
        assert list(self.rule(stack)["EventPattern"]["detail"]) == ["EndpointName"]

    @pytest.mark.parametrize(("argument", "wrong"), [("target", "topic"), ("states", "FAILED"), ("states", 5)])
    def test_fails_on_wrong_kinds(self, stack: Any, argument: str, wrong: Any) -> None:
        endpoint = real_time(stack)
        problem = refusal(lambda: endpoint.on_state_change("E", **{argument: wrong}))
        assert problem.startswith(f"{argument} must be ")

    def test_trap_28_fails_on_a_state_in_the_spelling_of_the_api(self, stack: Any) -> None:
        endpoint = real_time(stack)
        problem = refusal(lambda: endpoint.on_state_change("E", states=["InService"]))  # type: ignore[list-item] -- the slip under test
        assert problem.startswith("states[0] must be one of EndpointEvent.CREATING, ")


class TestImports:
    ARN = "arn:aws:sagemaker:eu-west-1:999999999999:endpoint/prod"

    def test_an_arn_keeps_its_account_and_region(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        endpoint = RealTimeEndpoint.from_endpoint_arn(stack, "Imported", self.ARN)
        assert (endpoint.endpoint_name, endpoint.endpoint_arn) == ("prod", self.ARN)
        assert (endpoint.env.account, endpoint.env.region) == ("999999999999", "eu-west-1")
        assert endpoint.endpoint_ref.endpoint_arn == self.ARN
        caller = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
        endpoint.grant_invoke(caller)
        endpoint.on_state_change("Changed")
        template = template_of(stack)
        (statement,) = granted(template)
        assert statement["Resource"] == self.ARN
        assert only(template, "AWS::Events::Rule")["EventPattern"]["account"] == ["999999999999"]

    def test_an_arn_may_be_known_at_deployment_only(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        arn = CfnParameter(stack, "Arn").value_as_string
        endpoint = EndpointBase.from_endpoint_arn(stack, "Imported", arn)
        name = stack.resolve(endpoint.endpoint_name)
        assert "Fn::Select" in str(name)
        assert stack.resolve(endpoint.endpoint_arn) == {"Ref": "Arn"}

    def test_trap_28_capitals_stand_in_the_name_and_not_in_the_arn(self, stack: Any) -> None:
        by_name = EndpointBase.from_endpoint_name(stack, "Name", "Prod")
        assert by_name.endpoint_name == "Prod"
        assert readable(stack.resolve(by_name.endpoint_arn)).endswith(":endpoint/prod")
        both = EndpointBase.from_endpoint_attributes(stack, "Both", endpoint_name="Prod", endpoint_arn=self.ARN)
        assert (both.endpoint_name, both.endpoint_arn) == ("Prod", self.ARN)

    @pytest.mark.parametrize("wrong", ["prod", "arn:aws:sagemaker:eu-west-1:1:endpoint/prod", None])
    def test_fails_on_what_is_no_arn(self, stack: Any, wrong: Any) -> None:
        shape = "the ARN of an endpoint, shaped arn:aws:sagemaker:region:account:endpoint/name"
        problem = refusal(lambda: EndpointBase.from_endpoint_arn(stack, "A", wrong))
        assert problem == f"endpoint_arn must be {shape}, got {wrong!r}"
        if wrong is not None:

            def build() -> object:
                return EndpointBase.from_endpoint_attributes(stack, "B", endpoint_name="a", endpoint_arn=wrong)

            assert refusal(build) == f"endpoint_arn must be {shape}, got {wrong!r}"

    @pytest.mark.parametrize("wrong", ["a_b", "", "a" * 64, None, 5, ["a"]])
    def test_fails_on_what_is_no_name(self, stack: Any, wrong: Any) -> None:
        assert refusal(lambda: EndpointBase.from_endpoint_name(stack, "A", wrong)).startswith("endpoint_name must ")
