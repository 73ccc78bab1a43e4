"""Events of jobs and executions, the targets that they reach, and schedules that start state machines."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from tests.rehearsal.test_emulator_support import ACCOUNT, Stack, World, allow, made, wait_for, world

RULE_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["events.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def attribute(name: str, member: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, member]}


def notifying(pattern: dict[str, Any], *, publisher: str = "events.amazonaws.com") -> dict[str, Any]:
    """A rule that tells a topic, and a queue that listens to it."""

    def letting(service: str, action: str, resource: Any) -> dict[str, Any]:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": action,
            "Resource": resource,
        }
        return {"Version": "2012-10-17", "Statement": [statement]}

    return {
        "Topic": made("SNS::Topic"),
        "TopicPolicy": made(
            "SNS::TopicPolicy",
            Topics=[{"Ref": "Topic"}],
            PolicyDocument=letting(publisher, "sns:Publish", {"Ref": "Topic"}),
        ),
        "Queue": made("SQS::Queue"),
        "QueuePolicy": made(
            "SQS::QueuePolicy",
            Queues=[{"Ref": "Queue"}],
            PolicyDocument=letting("sns.amazonaws.com", "sqs:SendMessage", attribute("Queue", "Arn")),
        ),
        "Subscription": made(
            "SNS::Subscription", TopicArn={"Ref": "Topic"}, Protocol="sqs", Endpoint=attribute("Queue", "Arn")
        ),
        "Rule": made("Events::Rule", EventPattern=pattern, Targets=[{"Id": "Topic", "Arn": {"Ref": "Topic"}}]),
    }


def received(here: World, stack: Stack) -> Iterator[dict[str, Any]]:
    sqs = here.aws.client("sqs")
    url = stack.physical_ids()["Queue"]
    for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        yield json.loads(json.loads(message["Body"])["Message"])


class TestNotifications:
    def test_the_end_of_a_job_reaches_a_subscriber(self, here: World) -> None:
        stack = Stack(here, "told")
        pattern = {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Training Job State Change"],
            "detail": {"TrainingJobStatus": ["Completed"]},
        }
        assert stack.create(notifying(pattern)) == "CREATE_COMPLETE", stack.reasons()
        here.sagemaker.create_training_job(**here.job("told", Tags=[{"Key": "team", "Value": "vision"}]))
        (event,) = wait_for(lambda: list(received(here, stack)), bool)

        assert event["detail"]["TrainingJobName"] == "told"
        assert event["detail"]["ModelArtifacts"]["S3ModelArtifacts"].endswith("/told/output/model.tar.gz")
        assert event["detail"]["Tags"] == {"team": "vision"}
        assert isinstance(event["detail"]["CreationTime"], int)
        assert event["resources"] == [event["detail"]["TrainingJobArn"]]
        assert stack.delete() == "DELETE_COMPLETE"

    def test_a_topic_whose_policy_does_not_know_the_rule_hears_nothing(self, here: World) -> None:
        stack = Stack(here, "deaf")
        pattern = {"detail-type": ["SageMaker Processing Job State Change"]}
        assert stack.create(notifying(pattern, publisher="cloudwatch.amazonaws.com")) == "CREATE_COMPLETE"
        here.sagemaker.create_processing_job(
            ProcessingJobName="unheard",
            RoleArn=here.role,
            AppSpecification={"ImageUri": here.job("")["AlgorithmSpecification"]["TrainingImage"]},
            ProcessingResources={
                "ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10}
            },
        )
        refused = wait_for(lambda: here.aws.deliveries()["undelivered"], bool)

        assert refused[0]["event"] == "SageMaker Processing Job State Change"
        assert 'does not allow events.amazonaws.com "sns:Publish"' in refused[0]["reason"]
        assert list(received(here, stack)) == []


def left_behind(
    service: str, key: list[str] | None = None, *, other: bool = False, role: bool = False
) -> dict[str, Any]:
    """A queue that lets *service* send, for another rule only if *other*; its key, if any, lets it do *key*."""
    rule = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:us-east-1:*:rule/{'elsewhere' if other else '*'}"}}
    sends = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage", "Resource": "*"}
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    account = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    uses = {"Effect": "Allow", "Principal": {"Service": service}, "Action": key, "Resource": "*"}
    statements = [account, uses] if key else [account]
    encrypted = {"KmsMasterKeyId": attribute("Key", "Arn")} if key is not None else {}
    version = {"Version": "2012-10-17"}
    return {
        **({"Key": made("KMS::Key", KeyPolicy={**version, "Statement": statements})} if encrypted else {}),
        "Left": made("SQS::Queue", **encrypted),
        "LeftPolicy": made(
            "SQS::QueuePolicy",
            Queues=[{"Ref": "Left"}],
            PolicyDocument={**version, "Statement": [{**sends, "Condition": rule}]},
        ),
    }


class TestSchedules:
    @pytest.mark.parametrize("kind", ["rule", "schedule"])
    def test_starts_a_state_machine(self, here: World, kind: str) -> None:
        role = here.make_role(f"starter-{kind}", [allow(["states:StartExecution"], "*")], RULE_TRUST)
        states, machine, arn = self.deployed(here, f"scheduled-{kind}", kind, role)
        assert here.aws.fire(arn)
        (execution,) = states.list_executions(stateMachineArn=machine)["executions"]

        assert states.describe_execution(executionArn=execution["executionArn"])["input"] == '{"by": "schedule"}'

    @pytest.mark.parametrize("kind", ["rule", "schedule"])
    def test_starts_nothing_where_its_role_may_not(self, here: World, kind: str) -> None:
        role = here.make_role(f"idle-{kind}", [allow(["states:StopExecution"], "*")], RULE_TRUST)
        states, machine, arn = self.deployed(here, f"idle-{kind}", kind, role)
        here.aws.fire(arn)

        assert states.list_executions(stateMachineArn=machine)["executions"] == []
        refused = [entry for entry in here.aws.deliveries()["undelivered"] if entry["rule"] == arn]
        assert f'role {role} is not allowed "states:StartExecution" on {machine}' in refused[0]["reason"]

    @pytest.mark.parametrize(("account", "starts"), [(ACCOUNT, 1), ("210987654321", 0)])
    def test_trap_11_the_trust_in_its_role_is_asked(self, here: World, account: str, starts: int) -> None:
        (statement,) = RULE_TRUST["Statement"]
        of_events = {**statement, "Principal": {"Service": "events.amazonaws.com"}}
        of_events["Condition"] = {"StringEquals": {"aws:SourceAccount": account}}
        of_states = {**statement, "Principal": {"Service": "states.amazonaws.com"}}
        trust = {**RULE_TRUST, "Statement": [of_events, of_states]}
        role = here.make_role(f"trusting-{account}", [allow(["states:StartExecution"], "*")], trust)
        states, machine, arn = self.deployed(here, f"trusting-{account}", "rule", role)
        here.aws.fire(arn)

        assert len(states.list_executions(stateMachineArn=machine)["executions"]) == starts
        refused = [entry["reason"] for entry in here.aws.deliveries()["undelivered"] if entry["rule"] == arn]
        assert refused == [f"role {role} does not exist or does not let events.amazonaws.com in"] * (1 - starts)

    @pytest.mark.parametrize(
        ("kind", "queue", "said"),
        [
            ("rule", {"service": "events.amazonaws.com"}, "; its event is in arn:aws:sqs:"),
            (
                "rule",
                {"service": "sns.amazonaws.com"},
                "; and its dead-letter queue does not take the event: the policy",
            ),
            ("rule", {"service": "events.amazonaws.com", "key": []}, "does not take the event: the policy of key"),
            ("rule", {"service": "events.amazonaws.com", "key": ["kms:*"]}, "; its event is in arn:aws:sqs:"),
            (
                "rule",
                {"service": "events.amazonaws.com", "other": True},
                "does not take the event: the policy of queue",
            ),
            ("schedule", {"service": "events.amazonaws.com"}, "does not take the event: role"),
            ("schedule", {"service": "events.amazonaws.com", "role": True}, "; its event is in arn:aws:sqs:"),
        ],
    )
    def test_leaves_what_it_could_not_start_in_a_queue(
        self, here: World, kind: str, queue: dict[str, Any], said: str
    ) -> None:
        name = f"late-{kind}-{len(self.names)}"
        self.names.append(name)
        sends = [allow(["sqs:SendMessage"], "*")] if queue.get("role") else []
        role = here.make_role(name, [allow(["states:StopExecution"], "*"), *sends], RULE_TRUST)
        _, _, arn = self.deployed(here, name, kind, role, queue=queue)
        here.aws.fire(arn)

        (refused,) = [entry for entry in here.aws.deliveries()["undelivered"] if entry["rule"] == arn]
        assert f'role {role} is not allowed "states:StartExecution"' in refused["reason"]
        assert said in refused["reason"]
        url = Stack(here, name).physical_ids()["Left"]
        left = here.aws.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages", [])
        assert [each["MessageAttributes"]["RULE_ARN"]["StringValue"] for each in left] == (
            [arn] if "its event is in" in said else []
        )

    names: ClassVar[list[str]] = []

    def test_fires_only_what_is_there(self, here: World) -> None:
        assert not here.aws.fire("arn:aws:events:us-east-1:123456789012:rule/none")

    def deployed(
        self, here: World, name: str, kind: str, role: str, queue: dict[str, Any] | None = None
    ) -> tuple[Any, str, str]:
        definition = {"StartAt": "Nothing", "States": {"Nothing": {"Type": "Pass", "End": True}}}
        target: dict[str, Any] = {"Arn": {"Ref": "Machine"}, "RoleArn": role, "Input": '{"by": "schedule"}'}
        if queue:
            target["DeadLetterConfig"] = {"Arn": attribute("Left", "Arn")}
        resources = {
            **(left_behind(**queue) if queue else {}),
            "Machine": made("StepFunctions::StateMachine", RoleArn=role, DefinitionString=json.dumps(definition)),
            "Time": made("Events::Rule", ScheduleExpression="cron(0 3 * * ? *)", Targets=[{"Id": "Machine", **target}])
            if kind == "rule"
            else made(
                "Scheduler::Schedule",
                ScheduleExpression="rate(7 days)",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target=target,
            ),
        }
        stack = Stack(here, name)
        assert stack.create(resources) == "CREATE_COMPLETE", stack.reasons()
        ids = stack.physical_ids()
        if kind == "rule":
            arn = here.aws.client("events").describe_rule(Name=ids["Time"])["Arn"]
        else:
            arn = here.aws.client("scheduler").get_schedule(Name=ids["Time"])["Arn"]
        return here.aws.client("stepfunctions"), ids["Machine"], arn
