"""What one template refers to in another that is checked with it."""

from typing import Any

from constructs_lib.contract._check import check
from tests.unit.contract.catalogue.iam_documents import changed
from tests.unit.contract.catalogue.iam_keys import USE, key, writes
from tests.unit.contract.catalogue.iam_roles import LET_PUBLISH, READ, notifies
from tests.unit.contract.catalogue.vpc_traffic import PLACE, group_of, nodes

Json = dict[str, Any]


def given(name: str) -> Json:
    return {"Fn::ImportValue": name}


def output(name: str, value: Json) -> Json:
    return {name.title(): {"Value": value, "Export": {"Name": name}}}


def request(resources: Json) -> Json:
    """The request that the state machine makes."""
    members: Json = resources["Machine"]["Properties"]["Definition"]["States"]["Train"]["Parameters"]
    return members


def found(rule: str, **templates: Json) -> list[str]:
    return [finding.resource for finding in check(templates).findings if finding.rule == rule]


def test_a_policy_beside_an_imported_topic_may_let_a_role_in() -> None:
    user = notifies(READ)
    topic = {"Topic": user.pop("Topic")}
    sent = user["Config"]["Properties"]["AsyncInferenceConfig"]["OutputConfig"]["NotificationConfig"]
    sent["ErrorTopic"] = given("topic")
    exports = output("topic", {"Ref": "Topic"})
    policy = {"Letting": {**LET_PUBLISH["Letting"]}}

    assert found("IA159", a={"Resources": topic, "Outputs": exports}, b={"Resources": user}) == ["Role"]
    assert found("IA159", a={"Resources": {**topic, **policy}, "Outputs": exports}, b={"Resources": user}) == []


def test_a_key_that_names_an_imported_role_lets_it_in() -> None:
    user = writes()
    del user["Key"]
    request(user)["OutputDataConfig"]["KmsKeyId"] = given("key")
    exports = {**output("role", {"Fn::GetAtt": ["Role", "Arn"]})}
    conditions = {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}}
    # Seen under two outcomes of a condition, the role is two objects.
    user["Other"] = {"Type": "Custom::Other", "Condition": "C", "Properties": {}}
    own = {"Conditions": conditions, "Resources": user, "Outputs": exports}

    def other(principal: Json) -> Json:
        made = key(changed(USE, Principal=principal))
        return {"Resources": made, "Outputs": output("key", {"Fn::GetAtt": ["Key", "Arn"]})}

    assert found("IA160", a=other({"AWS": "arn:aws:iam::123456789012:role/other"}), b=own) == ["Key"]
    assert found("IA160", a=other({"AWS": given("role")}), b=own) == []


def test_a_group_of_another_template_may_have_rules_anywhere() -> None:
    user = nodes()
    del user["Group"]
    request(user)["VpcConfig"] = {**PLACE, "SecurityGroupIds": [given("group")]}
    exports = output("group", {"Fn::GetAtt": ["Group", "GroupId"]})

    assert found("ST215", a={"Resources": group_of("Group"), "Outputs": exports}, b={"Resources": user}) == []
