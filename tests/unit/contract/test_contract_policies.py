"""Policies and state machines: the traps by number, whose rights are known, and JSON of any kind."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.contract._check import check
from constructs_lib.contract._policies import may, rights
from constructs_lib.contract._template import Resource, views
from tests.unit.contract.catalogue.iam_documents import READ, role, trusted
from tests.unit.contract.catalogue.iam_rights import managed, passing
from tests.unit.contract.catalogue.iam_roles import apart

QUIET = settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "*", "a", "Allow", "s3:Get", "$.a", "{% a"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["Ref", "Fn::If", "AWS", "Service", "Next", "a.$"]), inner, max_size=2)
    ),
    max_leaves=4,
)

MEMBERS = (
    *("Next", "End", "Choices", "Default", "Retry", "Catch", "Branches", "ItemProcessor", "Resource", "Parameters"),
    *("ResultPath", "Assign", "InputPath", "QueryLanguage", "Seconds", "Timestamp", "Error", "TimeoutSeconds"),
    *("HeartbeatSeconds", "Arguments"),
)


def found(resources: dict[str, Any]) -> list[str]:
    return [finding.message for finding in check({"t": {"Resources": resources}}).findings]


def the_role(content: dict[str, Any]) -> Resource:
    template = next(iter(views("t", content if "Resources" in content else {"Resources": content}, {})))
    return template.resources["Role"]


class TestTraps:
    def test_fails_for_the_managed_policy_trap_10(self) -> None:
        assert found(managed("AmazonSageMakerFullAccess")) == [
            "AmazonSageMakerFullAccess allows nearly everything in SageMaker, and reaches only buckets with "
            "sagemaker in their name"
        ]

    def test_fails_for_a_trust_policy_without_its_account_trap_11(self) -> None:
        assert found(trusted(Condition=None)) == [
            "sagemaker.amazonaws.com may assume the role for any account: the trust policy has no aws:SourceAccount"
        ]

    def test_fails_for_a_role_that_is_passed_anywhere_trap_12(self) -> None:
        assert found(passing(Resource="*", Condition=None)) == [
            "iam:PassRole on * passes any role, also one that may do more than the caller",
            "iam:PassRole without iam:PassedToService passes the role to any service",
        ]


class TestRights:
    def test_joins_the_policies_of_a_role(self) -> None:
        granted = rights(the_role(role(READ) | apart({**READ, "Action": "kms:Decrypt"})))

        assert granted is not None
        assert may(granted, "s3:GetObject") and may(granted, "kms:Decrypt") and not may(granted, "s3:PutObject")

    def test_reads_a_wildcard_and_what_is_left_out(self) -> None:
        granted = rights(the_role(role({**READ, "Action": "s3:get*"})))
        rest = rights(the_role(role({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})))

        assert granted is not None and may(granted, "s3:GetObject")
        assert rest is not None and may(rest, "s3:GetObject")

    def test_is_silent_where_more_may_be_said(self) -> None:
        output = {"Outputs": {"Out": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}}}

        assert rights(the_role(role(READ, ManagedPolicyArns=["arn:aws:iam::aws:policy/Any"]))) is None
        assert rights(the_role(role(READ, PermissionsBoundary="arn:aws:iam::aws:policy/Any"))) is None
        assert rights(the_role(role({**READ, "Action": {"Ref": "Actions"}}))) is None
        assert rights(the_role({"Resources": role(READ), **output})) is None


class TestAnyJson:
    @given(data=st.data())
    @QUIET
    def test_never_raises_on_a_policy(self, data: st.DataObject) -> None:
        keys = st.sampled_from(["Effect", "Action", "Resource", "Principal", "Condition", "Sid", "NotAction"])
        statement = data.draw(st.dictionaries(keys, ANYTHING, max_size=5))
        content = {"Version": "2012-10-17", "Statement": data.draw(st.sampled_from([statement, [statement]]))}

        found({"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": content}}})
        found(
            {
                "R": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {"AssumeRolePolicyDocument": content, "Policies": [content]},
                }
            }
        )

    @given(data=st.data())
    @QUIET
    def test_never_raises_on_a_state_machine(self, data: st.DataObject) -> None:
        types = st.sampled_from(["Task", "Choice", "Wait", "Map", "Parallel", "Fail", "Pass"])
        state = data.draw(st.dictionaries(st.sampled_from(MEMBERS), ANYTHING, max_size=6)) | {"Type": data.draw(types)}
        handled = data.draw(st.dictionaries(st.sampled_from(["ErrorEquals", "Next", "MaxAttempts"]), ANYTHING))
        machine = {"StartAt": data.draw(ANYTHING), "States": {"A": state, "B": {"Type": "Task", "Catch": [handled]}}}

        for key, value in (("DefinitionString", json.dumps(machine)), ("Definition", machine)):
            found({"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {key: value}}})
