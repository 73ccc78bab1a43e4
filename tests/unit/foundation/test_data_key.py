"""The key: who may use it, and how it goes."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, DataKey
from tests.templates import only, template_of


def arn_of(service: str, rest: str) -> dict[str, Any]:
    """An ARN of this region and account."""
    parts = ["arn:", {"Ref": "AWS::Partition"}, f":{service}:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}]
    return {"Fn::Join": ["", [*parts, f":{rest}"]]}


def statements_of(stack: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = only(template_of(stack), "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    return found


class TestDataKey:
    def test_rotates_and_outlives_its_stack(self, stack: Any) -> None:
        DataKey(stack, "Key")
        template = template_of(stack)
        assert only(template, "AWS::KMS::Key")["EnableKeyRotation"] is True
        (key,) = (r for r in template["Resources"].values() if r["Type"] == "AWS::KMS::Key")
        assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")

    def test_lets_logs_of_this_account_use_it_and_no_others(self, stack: Any) -> None:
        DataKey(stack, "Key")
        statement = only(template_of(stack), "AWS::KMS::Key")["KeyPolicy"]["Statement"][1]
        assert list(statement["Condition"]["ArnLike"]) == ["kms:EncryptionContext:aws:logs:arn"]

    def test_lets_nobody_else_in_by_itself(self, stack: Any) -> None:
        DataKey(stack, "Key")
        root, logs = statements_of(stack)
        assert "root" in str(root["Principal"])
        assert logs["Condition"]["ArnLike"] == {"kms:EncryptionContext:aws:logs:arn": arn_of("logs", "log-group:*")}

    def test_trap_14_lets_alarms_of_this_account_reach_encrypted_topics(self, stack: Any) -> None:
        DataKey(stack, "Key").allow_alarms()
        assert statements_of(stack)[2] == {
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {
                "ArnLike": {"aws:SourceArn": arn_of("cloudwatch", "alarm:*")},
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            },
        }

    def test_trap_14_lets_events_reach_encrypted_topics(self, stack: Any) -> None:
        DataKey(stack, "Key").allow_events()
        assert statements_of(stack)[2] == {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
        }

    def test_has_an_alias_when_asked(self, stack: Any) -> None:
        DataKey(stack, "Key", alias="deep-learning/data")
        DataKey(stack, "Other")
        assert only(template_of(stack), "AWS::KMS::Alias")["AliasName"] == "alias/deep-learning/data"

    @pytest.mark.parametrize("days", [7, 30])
    def test_can_be_saved_for_a_while(self, stack: Any, days: int) -> None:
        from aws_cdk import Duration

        DataKey(stack, "Key", pending_window=Duration.days(days))
        assert only(template_of(stack), "AWS::KMS::Key")["PendingWindowInDays"] == days

    def test_takes_tokens(self, stack: Any) -> None:
        from aws_cdk import CfnParameter, Duration

        window = Duration.days(CfnParameter(stack, "Days", type="Number").value_as_number)
        DataKey(stack, "Key", pending_window=window, alias=CfnParameter(stack, "Alias").value_as_string)
        assert only(template_of(stack), "AWS::KMS::Key")["PendingWindowInDays"] == {"Ref": "Days"}
        assert only(template_of(stack), "AWS::KMS::Alias")["AliasName"] == {
            "Fn::Join": ["", ["alias/", {"Ref": "Alias"}]]
        }

    @pytest.mark.parametrize(("days", "said"), [(6, "6 days"), (31, "31 days"), (7.5, "7 days 12 hours")])
    def test_fails_on_a_window_and_an_alias_at_once(self, stack: Any, days: float, said: str) -> None:
        from aws_cdk import Duration

        with pytest.raises(ConfigurationError) as raised:
            DataKey(stack, "Key", pending_window=Duration.hours(days * 24), alias="alias/data")
        assert raised.value.subject == "Stack/Key"
        assert raised.value.problems == (
            "alias must be letters, digits and '/_-', at most 250, without 'alias/' or 'aws/' in front, such as "
            "'deep-learning/data', got 'alias/data'",
            f"pending_window must be a whole number of days, from 7 to 30, got {said}",
        )

    def test_fails_on_a_number_where_a_duration_is_wanted(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"pending_window must be such as Duration.hours\(12\), got 7"):
            DataKey(stack, "Key", pending_window=7)  # type: ignore[arg-type] -- the slip under test
