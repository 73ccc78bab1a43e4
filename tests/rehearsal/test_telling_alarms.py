"""Alarms that tell a topic: the library's own on their own metrics, and what becomes of a topic that lets none in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from aws_cdk import App, Duration
from aws_cdk import Stack as CdkStack
from aws_cdk import aws_events as events

import constructs_lib as sm
from constructs_lib.rehearsal._assembly import Assembly, Environment, Resource
from constructs_lib.rehearsal._assembly import Stack as Assembled
from constructs_lib.rehearsal._ringing import ringing_steps
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import StepFailed
from tests.rehearsal.test_emulator_support import BUCKET, IMAGE, Stack, World, made, refusal, wait_for, world
from tests.templates import of_type, template_of

ALARM = "AWS::CloudWatch::Alarm"
OF_THIS_ACCOUNT = {
    "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"},
    "StringEquals": {"aws:SourceAccount": "123456789012"},
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.aws.client("ecr").create_repository(repositoryName="serving")
        yield account


def attribute(name: str, member: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, member]}


def letting(service: str, action: Any, resource: Any, condition: Any = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def listening(topic: dict[str, Any]) -> dict[str, Any]:
    """A queue that hears all that a topic is told."""
    return {
        "Ear": made("SQS::Queue"),
        "EarPolicy": made(
            "SQS::QueuePolicy",
            Queues=[{"Ref": "Ear"}],
            PolicyDocument=document(letting("sns.amazonaws.com", "sqs:SendMessage", attribute("Ear", "Arn"))),
        ),
        "Listens": made("SNS::Subscription", TopicArn=topic, Protocol="sqs", Endpoint=attribute("Ear", "Arn")),
    }


def heard(here: World, stack: Stack) -> list[dict[str, Any]]:
    """The messages that came to the queue since the last look."""
    url, found = stack.physical_ids()["Ear"], []
    sqs = here.aws.client("sqs")
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            found.append(json.loads(json.loads(message["Body"])["Message"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def rung(here: World, stack: Stack, resources: dict[str, Any]) -> Any:
    """Run the row of the rehearsal that lets the alarms of a stack ring."""
    known = tuple(Resource(stack.name, name, body["Type"], f"A/{name}", body) for name, body in resources.items())
    environment = Environment("123456789012", "us-east-1")
    assembled = Assembled(stack.name, stack.name, "A", Path(), "", environment, (), None, False, known)
    stage = Stage(here.aws, Assembly(Path(), (assembled,), None), cast(Any, None), Path(), 10)
    (step,) = ringing_steps(stage)
    return step.run()


def component_of_the_library() -> dict[str, Any]:
    """A component with its endpoint, the alarms of both and their topic, as the library renders them."""
    cdk = CdkStack(App(builtin_cloud_formation_validation=False), "Telling")
    topic = sm.AlarmTopic(cdk, "Alarms")
    machines = sm.ComponentVariant("main", sm.InstanceType("ml.g5.12xlarge"))
    host = sm.InferenceComponentEndpoint(cdk, "Shared", variant=machines, endpoint_name="shared")
    artifact = sm.S3Object(bucket_name=BUCKET, bucket_arn=f"arn:aws:s3:::{BUCKET}", key="models/m.tar.gz")
    model = sm.Container(image=sm.ContainerImage.from_uri(IMAGE), artifact=artifact)
    specification = sm.ComponentSpecification(model=model, compute=sm.ComputeRequirements(min_memory_mb=1024))
    host.add_component("Chat", specification=specification, inference_component_name="chat")
    host.add_alarms(topic)
    (topic_id,) = of_type(template_of(cdk), "AWS::SNS::Topic")
    resources: dict[str, Any] = template_of(cdk)["Resources"]
    return resources | listening({"Ref": topic_id})


@pytest.fixture(scope="module")
def library(here: World) -> tuple[Stack, dict[str, Any]]:
    resources, stack = component_of_the_library(), Stack(here, "telling")
    assert stack.create(resources) == "CREATE_COMPLETE", stack.reasons()
    return stack, resources


class TestOfTheLibrary:
    def test_trap_14_rings_on_its_own_metric_and_the_encrypted_topic_is_told(self, here: World, library: Any) -> None:
        stack, resources = library
        here.sagemaker.update_inference_component_runtime_config(
            InferenceComponentName="chat", DesiredRuntimeConfig={"CopyCount": 0}
        )
        here.settled_component("chat")
        # Nobody publishes anything for it: the service does, because a request has failed.
        ask = here.aws.client("sagemaker-runtime").invoke_endpoint
        said = refusal(ask, EndpointName="shared", InferenceComponentName="chat", Body=b"{}")
        assert "has no capacity to process this request" in said
        (message,) = wait_for(lambda: heard(here, stack), bool)

        (alarm,) = (name for name in of_type({"Resources": resources}, ALARM) if "NoCapacity" in name)
        assert message["AlarmName"] == stack.physical_ids()[alarm]
        assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
        assert message["AlarmDescription"] == "Requests fail because no copy comes up: Telling/Shared/Chat"

    def test_each_rings_when_its_metric_is_bad_and_is_calm_afterwards(self, here: World, library: Any) -> None:
        stack, resources = library
        names = [stack.physical_ids()[alarm] for alarm in of_type({"Resources": resources}, ALARM)]
        outcome = rung(here, stack, resources)

        assert outcome.summary.startswith(f"{len(names)} alarms rang and told A/Alarms")
        assert sorted(message["AlarmName"] for message in heard(here, stack)) == sorted(names)
        # Calm, so that no update is taken back for it.
        states = here.aws.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
        assert {alarm["StateValue"] for alarm in states} == {"OK"}


class TestStartsThatDoNotHappen:
    """A workflow on a schedule, deployed as the library renders it, whose role has lost its right to start it."""

    def test_trap_14_its_event_is_in_the_encrypted_queue_of_the_workflow(self, here: World) -> None:
        cdk = CdkStack(App(builtin_cloud_formation_validation=False), "Nightly")
        output = sm.S3Location(bucket_name=BUCKET, bucket_arn=f"arn:aws:s3:::{BUCKET}", prefix="out")
        machines = sm.Cluster(instance_type=sm.InstanceType("ml.m5.xlarge"))
        job = sm.TrainingJob(cdk, "Train", image=sm.ContainerImage.from_uri(IMAGE), cluster=machines, output=output)
        rate = events.Schedule.rate(Duration.days(1))
        sm.TrainingWorkflow(cdk, "Workflow", steps=[job], schedule=rate, key=sm.DataKey(cdk, "Key"))
        resources, stack = template_of(cdk)["Resources"], Stack(here, "nightly")
        assert stack.create(resources) == "CREATE_COMPLETE", stack.reasons()

        ids = {name[:-8]: physical for name, physical in stack.physical_ids().items()}
        rights = {"RoleName": ids["WorkflowStartRole"], "PolicyArn": ids["WorkflowStartPolicy"]}
        here.aws.client("iam").detach_role_policy(**rights)
        rule = here.aws.client("events").describe_rule(Name=ids["WorkflowSchedule"])["Arn"]
        assert here.aws.fire(rule)

        (refused,) = [entry for entry in here.aws.deliveries()["undelivered"] if entry["rule"] == rule]
        assert "its event is in arn:aws:sqs:" in refused["reason"]
        sqs = here.aws.client("sqs")
        queue = {"QueueUrl": ids["WorkflowNotStarted"]}
        assert sqs.get_queue_attributes(**queue, AttributeNames=["KmsMasterKeyId"])["Attributes"]["KmsMasterKeyId"]
        (left,) = sqs.receive_message(**queue, MessageAttributeNames=["All"])["Messages"]
        assert json.loads(left["Body"])["DetailType"] == "Scheduled Event"
        assert left["MessageAttributes"]["RULE_ARN"]["StringValue"] == rule


def alarm(**changes: Any) -> dict[str, Any]:
    """An alarm that tells the topic beside it."""
    properties: dict[str, Any] = {
        "Namespace": "Own",
        "MetricName": "Bad",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [{"Ref": "Topic"}],
    }
    return made("CloudWatch::Alarm", **properties | changes)


def topic_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return made("SNS::TopicPolicy", Topics=[{"Ref": "Topic"}], PolicyDocument=document(*statements))


def key_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    everything = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return made("KMS::Key", KeyPolicy=document(everything, *statements))


CLOUDWATCH, USES = "cloudwatch.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey*"]
LETS_IN = letting(CLOUDWATCH, "sns:Publish", {"Ref": "Topic"}, OF_THIS_ACCOUNT)
OTHERS = {"StringEquals": {"aws:SourceAccount": "999999999999"}}


class TestTopics:
    """Who is told depends on the policies of the topic and of its key, which MiniStack itself does not ask."""

    def deploy(self, here: World, name: str, **resources: Any) -> tuple[Stack, dict[str, Any]]:
        encrypted = {"KmsMasterKeyId": attribute("Key", "Arn")} if "Key" in resources else {}
        all_of_them = {"Topic": made("SNS::Topic", **encrypted), "Alarm": alarm(MetricName=name), **resources}
        all_of_them |= listening({"Ref": "Topic"})
        stack = Stack(here, name)
        assert stack.create(all_of_them) == "CREATE_COMPLETE", stack.reasons()
        return stack, all_of_them

    @pytest.mark.parametrize(
        ("name", "resources"),
        [
            ("by-default", {}),
            ("let-in", {"Policy": topic_policy(LETS_IN)}),
            ("with-key", {"Policy": topic_policy(LETS_IN), "Key": key_policy(letting(CLOUDWATCH, USES, "*"))}),
        ],
    )
    def test_that_let_alarms_in_are_told(self, here: World, name: str, resources: dict[str, Any]) -> None:
        stack, deployed = self.deploy(here, name, **resources)
        assert rung(here, stack, deployed).summary == "1 alarm rang and told A/Topic"
        (message,) = heard(here, stack)
        assert message["NewStateValue"] == "ALARM"

    @pytest.mark.parametrize(
        ("name", "resources", "reason"),
        [
            (
                "events-only",
                {"Policy": topic_policy(letting("events.amazonaws.com", "sns:Publish", {"Ref": "Topic"}))},
                'the policy of topic .* does not allow cloudwatch.amazonaws.com "sns:Publish"',
            ),
            (
                "of-another-account",
                {"Policy": topic_policy(letting(CLOUDWATCH, "sns:Publish", {"Ref": "Topic"}, OTHERS))},
                'the policy of topic .* does not allow cloudwatch.amazonaws.com "sns:Publish"',
            ),
            (
                "closed-key",
                {"Policy": topic_policy(LETS_IN), "Key": key_policy()},
                'the policy of key .*, which encrypts topic .*, does not allow .* "kms:GenerateDataKey"',
            ),
            (
                "key-of-aws",
                {"Topic": made("SNS::Topic", KmsMasterKeyId="alias/aws/sns")},
                "alias/aws/sns, which encrypts topic .*, lets no service in",
            ),
            (
                "no-key",
                {"Topic": made("SNS::Topic", KmsMasterKeyId="alias/missing")},
                "there is no key alias/missing, which should encrypt topic .*",
            ),
            (
                "closed-key-by-default",
                {"Key": key_policy()},
                'the policy of key .*, which encrypts topic .*, does not allow .* "kms:GenerateDataKey"',
            ),
        ],
    )
    def test_trap_14_that_let_none_in_hear_nothing_and_the_row_says_why(
        self, here: World, name: str, resources: dict[str, Any], reason: str
    ) -> None:
        stack, deployed = self.deploy(here, name, **resources)
        with pytest.raises(StepFailed, match=reason):
            rung(here, stack, deployed)
        assert heard(here, stack) == []


class TestRow:
    def test_is_not_there_for_alarms_that_only_scale(self) -> None:
        policy = Resource("s", "Policy", "AWS::ApplicationAutoScaling::ScalingPolicy", "A/Policy", {})
        scaling = Resource("s", "Alarm", ALARM, "A/Alarm", alarm(AlarmActions=[{"Ref": "Policy"}]))
        silent = Resource("s", "Silent", ALARM, "A/Silent", alarm(AlarmActions=[]))
        environment = Environment("123456789012", "us-east-1")
        stack = Assembled("s", "s", "s", Path(), "", environment, (), None, False, (policy, scaling, silent))
        stage = Stage(cast(Any, None), Assembly(Path(), (stack,), None), cast(Any, None), Path(), 2)
        assert list(ringing_steps(stage)) == []

    def test_rings_what_falls_too_low_and_what_is_computed(self, here: World) -> None:
        def query(id: str, name: str) -> dict[str, Any]:
            return {
                "Id": id,
                "ReturnData": False,
                "MetricStat": {"Metric": {"Namespace": "Own", "MetricName": name}, "Stat": "Average", "Period": 60},
            }

        computed = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
        worst = [query("a", "A"), query("b", "B"), {"Id": "e", "Expression": "MAX(METRICS())"}]
        filled = [query("c", "C"), {"Id": "f", "Expression": "FILL(c, 0)"}]
        resources = {
            "Topic": made("SNS::Topic"),
            "Low": alarm(MetricName="Low", ComparisonOperator="LessThanThreshold"),
            "Worst": without_none(alarm(**computed, Metrics=worst)),
            "Filled": without_none(alarm(**computed, Metrics=filled)),
            "Off": alarm(MetricName="Off", ActionsEnabled=False),
        }
        stack = Stack(here, "computed")
        assert stack.create(resources) == "CREATE_COMPLETE", stack.reasons()
        assert rung(here, stack, resources).summary == (
            "2 alarms rang and told A/Topic; 2 not tried: scaling listens too, or the metric cannot be computed here"
        )

    def test_leaves_a_metric_alone_that_scaling_listens_to(self, here: World) -> None:
        policy = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:resource/sagemaker/e:policyName/p"
        resources = {
            "Topic": made("SNS::Topic"),
            "Tells": alarm(MetricName="Shared"),
            "Scales": alarm(MetricName="Shared", AlarmActions=[policy]),
        }
        stack = Stack(here, "scaled")
        assert stack.create(resources) == "CREATE_COMPLETE", stack.reasons()
        assert rung(here, stack, resources).summary.startswith("none rang; 1 not tried")
        assert stack.delete() == "DELETE_COMPLETE"


def without_none(resource: dict[str, Any]) -> dict[str, Any]:
    properties = {name: value for name, value in resource["Properties"].items() if value is not None}
    return resource | {"Properties": properties}
