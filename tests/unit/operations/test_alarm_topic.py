"""The topic of alarms: who may tell it, and with which key."""

from typing import Any

from constructs_lib import AlarmTopic, DataKey
from constructs_lib.operations.alarm_topic import let_alarms_tell
from tests.templates import of_type, only, template_of
from tests.unit.endpoints.serving import KEY_ARN, readable, refusal, topic_in, warnings_of

ALARMS = "arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*"
OF_THIS_ACCOUNT = {
    "ArnLike": {"aws:SourceArn": ALARMS},
    "StringEquals": {"aws:SourceAccount": "<AWS::AccountId>"},
}


def lets_alarms_tell(topic: str, sid: str) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": f"<{topic}>",
        "Condition": OF_THIS_ACCOUNT,
    }


def statements_of(template: dict[str, Any], kind: str, member: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = readable(only(template, kind)[member]["Statement"])
    return found


class TestAlarmTopic:
    def test_is_told_by_alarms_of_this_account_over_tls_and_by_nobody_else(self, stack: Any) -> None:
        AlarmTopic(stack, "Alarms")
        # The policy takes the place of the default one, so that without the second statement no alarm is heard.
        assert statements_of(template_of(stack), "AWS::SNS::TopicPolicy", "PolicyDocument") == [
            {
                "Sid": "AllowPublishThroughSSLOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sns:Publish",
                "Resource": "<Alarms>",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            lets_alarms_tell("Alarms", "1"),
        ]

    def test_trap_14_has_a_key_that_lets_alarms_in(self, stack: Any) -> None:
        AlarmTopic(stack, "Alarms")
        template = template_of(stack)
        assert readable(only(template, "AWS::SNS::Topic")) == {"KmsMasterKeyId": "<AlarmsKey.Arn>"}
        assert statements_of(template, "AWS::KMS::Key", "KeyPolicy")[2] == {
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": OF_THIS_ACCOUNT,
        }

    def test_trap_14_tells_the_key_that_it_is_given_once(self, stack: Any) -> None:
        from aws_cdk import aws_kms as kms

        key = DataKey(stack, "Key")
        AlarmTopic(stack, "Alarms", key=key)
        AlarmTopic(stack, "Others", key=key)
        AlarmTopic(stack, "Plain", key=kms.Key(stack, "PlainKey"))
        keys = [
            readable(key["KeyPolicy"]["Statement"]) for key in of_type(template_of(stack), "AWS::KMS::Key").values()
        ]
        assert [str(statements).count("cloudwatch.amazonaws.com") for statements in keys] == [1, 1]

    def test_trap_14_warns_of_a_key_whose_policy_is_not_its_own(self, stack: Any) -> None:
        from aws_cdk import aws_kms as kms

        topic = AlarmTopic(stack, "Alarms", key=kms.Key.from_key_arn(stack, "Key", KEY_ARN))
        let_alarms_tell(topic)
        (warning,) = warnings_of(topic)
        assert "Stack/Key is an imported key; its policy must let cloudwatch.amazonaws.com use it" in warning
        assert "sagemaker-constructs:key-not-known/cloudwatch" in warning

    def test_mails_whom_it_is_told_to(self, stack: Any) -> None:
        AlarmTopic(stack, "Alarms", emails=["on-call@example.com", "second@example.com"])
        found = of_type(template_of(stack), "AWS::SNS::Subscription").values()
        assert [(each["Protocol"], each["Endpoint"]) for each in found] == [
            ("email", "on-call@example.com"),
            ("email", "second@example.com"),
        ]

    def test_takes_an_address_that_is_known_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        AlarmTopic(stack, "Alarms", emails=[CfnParameter(stack, "Address").value_as_string])
        assert only(template_of(stack), "AWS::SNS::Subscription")["Endpoint"] == {"Ref": "Address"}

    def test_fails_on_addresses_that_are_none_or_twice_there(self, stack: Any) -> None:
        assert refusal(lambda: AlarmTopic(stack, "Alarms", emails=["nobody", "a@b.c", "a@b.c"])).splitlines() == [
            "emails[0] must be an address such as 'on-call@example.com', got 'nobody'",
            "emails must be unique, got 'a@b.c' more than once",
        ]

    def test_fails_on_wrong_kinds_and_addresses_at_once(self, stack: Any) -> None:
        wrong: Any = {"key": "alias/aws/sns", "emails": ["nobody", 1, "a@b.c", "a@b.c", "\ud800@b.c", "a\x00@b.c"]}
        wrong["emails"].append("x" * 316 + "@b.co")
        problems = refusal(lambda: AlarmTopic(stack, "Alarms", **wrong)).splitlines()
        subjects = [problem.split(" must ")[0] for problem in problems]
        assert subjects == ["key", *(f"emails[{number}]" for number in (1, 0, 4, 5, 6)), "emails"]
        AlarmTopic(stack, "Longest", emails=["x" * 315 + "@b.co"])

    def test_fails_on_addresses_whose_number_only_the_deployment_knows(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        emails = CfnParameter(stack, "Addresses", type="CommaDelimitedList").value_as_list
        said = refusal(lambda: AlarmTopic(stack, "Alarms", emails=emails))
        assert "emails must be known when the app is synthesized, because each has a subscription of its own" in said

    def test_fails_on_an_id_that_is_there_or_whose_key_is(self, stack: Any) -> None:
        AlarmTopic(stack, "Alarms")
        assert "id must be another than 'Alarms'" in refusal(lambda: AlarmTopic(stack, "Alarms"))
        DataKey(stack, "OtherKey")
        said = refusal(lambda: AlarmTopic(stack, "Other", emails=["x"])).splitlines()
        assert said[0].startswith("id must be another than 'Other', because Stack has a child 'OtherKey'")
        assert said[1].startswith("emails[0] must be an address")
        AlarmTopic(stack, "Other", key=DataKey(stack, "Given"))

    def test_fails_on_a_single_address_and_a_key_by_name(self, stack: Any) -> None:
        said = refusal(lambda: AlarmTopic(stack, "Alarms", key="alias/aws/sns", emails="a@b.c"))  # type: ignore[arg-type] -- the slips under test
        assert "key must be such as kms.Key.from_key_arn(…), got 'alias/aws/sns'" in said
        assert "emails must be a list of text, got 'a@b.c'" in said


class TestAnyTopic:
    def test_is_let_be_told(self, stack: Any) -> None:
        from aws_cdk import aws_sns as sns

        topic = sns.Topic(stack, "Topic", master_key=DataKey(stack, "Key"))
        let_alarms_tell(topic)
        let_alarms_tell(topic)
        template = template_of(stack)
        assert statements_of(template, "AWS::SNS::TopicPolicy", "PolicyDocument") == [lets_alarms_tell("Topic", "0")]
        assert "cloudwatch.amazonaws.com" in str(statements_of(template, "AWS::KMS::Key", "KeyPolicy"))

    def test_stays_as_it_is_when_it_is_imported(self, stack: Any) -> None:
        let_alarms_tell(topic_in(stack, "topic"))
        assert "Resources" not in template_of(stack)
