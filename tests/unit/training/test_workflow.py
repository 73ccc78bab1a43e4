"""The workflow: its template, its rights, what it refuses."""

from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    Channel,
    Cluster,
    ConfigurationError,
    Container,
    ContainerImage,
    DataKey,
    InstanceType,
    TrainingJob,
    TrainingWorkflow,
)
from constructs_lib._internal.statements import Statement
from constructs_lib.training.conditions import Condition
from constructs_lib.training.distribution import Distribution
from constructs_lib.training.job import Job
from constructs_lib.training.job_kind import JobKind
from constructs_lib.training.model_registry import ModelPackageGroup
from constructs_lib.training.model_steps import CreateModelStep, ModelApprovalStatus, RegisterModelStep
from constructs_lib.training.parameter_ranges import ContinuousParameterRange
from constructs_lib.training.references import execution_input, map_item
from constructs_lib.training.source_code import SourceCode
from constructs_lib.training.steps import Choice, Fail, Map, Parallel
from constructs_lib.training.tracking import ModelPackageConfig
from constructs_lib.training.tuning_definition import TuningDefinition
from constructs_lib.training.tuning_job import TuningJob
from constructs_lib.training.tuning_strategy import TuningObjective
from tests.templates import definition_of, granted, of_type, only, template_of
from tests.unit.endpoints.serving import readable, refusal, topic_in, warnings_of

MACHINE = "AWS::StepFunctions::StateMachine"
PASS = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::b/one",))
IMAGE = ContainerImage.from_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/serving:1")


@pytest.fixture
def store(stack: Any) -> ArtifactStore:
    return ArtifactStore(stack, "Store")


def job(stack: Any, store: ArtifactStore, id: str = "Train", **changes: Any) -> TrainingJob:
    arguments: dict[str, Any] = {
        "image": ContainerImage.built_in("image-classification"),
        "cluster": Cluster(instance_type=InstanceType("ml.g4dn.xlarge")),
        "channels": [Channel.from_s3("train", store.location("data/train"))],
        "hyperparameters": {"num_classes": 10},
        "output": store.location("models"),
    }
    return TrainingJob(stack, id, **(arguments | changes))


def states_of(stack: Any) -> dict[str, Any]:
    states: dict[str, Any] = definition_of(only(template_of(stack), MACHINE))["States"]
    return states


def rights_of(stack: Any, name: str) -> list[dict[str, Any]]:
    policies = of_type(template_of(stack), "AWS::IAM::ManagedPolicy")
    (statements,) = (p["PolicyDocument"]["Statement"] for key, p in policies.items() if key.startswith(name))
    return list(statements)


class TestTemplate:
    def test_runs_after_the_policies_and_names_the_full_integration(self, stack: Any, store: ArtifactStore) -> None:
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)])
        template = template_of(stack)
        state = states_of(stack)["Train"]
        assert state["Resource"] == "arn:<AWS::Partition>:states:::sagemaker:createTrainingJob.sync"
        assert state["Arguments"]["RoleArn"] == "<TrainRole2EAAD23F.Arn>"
        (resource,) = (r for r in template["Resources"].values() if r["Type"] == MACHINE)
        assert sorted(resource["DependsOn"]) == ["TrainPolicy47752068", "WorkflowPolicyADC89EA6"]

    def test_logs_everything_and_traces(self, stack: Any, store: ArtifactStore) -> None:
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)])
        machine = only(template_of(stack), MACHINE)
        assert machine["LoggingConfiguration"]["Level"] == "ALL"
        assert machine["TracingConfiguration"] == {"Enabled": True}

    def test_two_in_one_stack(self, stack: Any, store: ArtifactStore) -> None:
        TrainingWorkflow(stack, "One", steps=[job(stack, store, "A")])
        TrainingWorkflow(stack, "Two", steps=[job(stack, store, "B"), job(stack, store, "C")])
        assert len(of_type(template_of(stack), MACHINE)) == 2

    def test_tags_the_machine_and_what_it_makes(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store)
        model = CreateModelStep(stack, "Make", container=Container(image=IMAGE, artifact=train.model_artifact))
        TrainingWorkflow(stack, "Workflow", steps=[train, model], tags={"team": "vision"})
        tags = [{"Key": "team", "Value": "vision"}]
        assert only(template_of(stack), MACHINE)["Tags"] == tags
        states = states_of(stack)
        assert states["Train"]["Arguments"]["Tags"] == tags
        assert states["Make"]["Arguments"]["Tags"] == tags

    def test_trap_35_a_long_id_leaves_room_for_the_hash(self, stack: Any, store: ArtifactStore) -> None:
        named = job(stack, store, "An_Extraordinarily_Long_Name_For_A_Job_Of_Training")
        assert len(named.name_prefix) + 1 + 40 <= 63
        assert named.name_prefix == "an-extraordinarily-lon"


class TestIntegration:
    def test_trap_36_goes_through_the_sdk_where_the_optimized_one_may_refuse(
        self, stack: Any, store: ArtifactStore
    ) -> None:
        two = Cluster(instance_type=InstanceType("ml.g4dn.xlarge"), count=2)
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store, cluster=two)])
        states = states_of(stack)
        prefix = "arn:<AWS::Partition>:states:::aws-sdk:sagemaker:"
        assert states["Train"]["Resource"] == f"{prefix}createTrainingJob"
        assert states["Train"]["Arguments"]["EnableInterContainerTrafficEncryption"] is True
        assert states["Follow Train"]["Resource"] == f"{prefix}describeTrainingJob"
        assert not any("events:PutRule" in statement["Action"] for statement in rights_of(stack, "Workflow"))

    def test_trap_36_leaves_out_what_is_false_anyway(self, stack: Any, store: ArtifactStore) -> None:
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)])
        assert "EnableInterContainerTrafficEncryption" not in states_of(stack)["Train"]["Arguments"]
        assert any("events:PutRule" in statement["Action"] for statement in rights_of(stack, "Workflow"))


class TestRights:
    def test_trap_12_passes_the_one_role_to_sagemaker_only(self, stack: Any, store: ArtifactStore) -> None:
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)])
        (passing,) = (s for s in rights_of(stack, "WorkflowPolicy") if s["Action"] == "iam:PassRole")
        assert passing["Resource"] == {"Fn::GetAtt": ["TrainRole2EAAD23F", "Arn"]}
        assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}

    @pytest.mark.parametrize(
        ("grant", "action"),
        [
            ("grant_start_execution", "states:StartExecution"),
            ("grant_stop", "states:StopExecution"),
            ("grant_redrive", "states:RedriveExecution"),
        ],
    )
    def test_grants_one_action_on_its_own(self, stack: Any, store: ArtifactStore, grant: str, action: str) -> None:
        from aws_cdk import aws_iam as iam

        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)])
        getattr(workflow, grant)(iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal()))
        (statement,) = granted(template_of(stack))
        assert statement["Action"] == action
        assert "Workflow193EF7C1" in str(statement["Resource"])

    def test_a_job_may_be_stopped_by_whom_it_is_granted_to(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import aws_iam as iam

        job(stack, store).grant_stop(iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal()))
        (statement,) = granted(template_of(stack))
        assert statement["Action"] == "sagemaker:StopTrainingJob"
        assert str(statement["Resource"]).endswith("':training-job/train-*']]}")


class TestArtifact:
    def test_one_job_reads_what_the_other_left(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store)
        artifact: Any = train.model_artifact
        refine = job(stack, store, "Refine", channels=[Channel.from_s3("model", artifact)])
        TrainingWorkflow(stack, "Workflow", steps=[train, refine])
        (channel,) = states_of(stack)["Refine"]["Arguments"]["InputDataConfig"]
        uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
        assert uri == "{% $states.input.Train.ModelArtifacts.S3ModelArtifacts %}"
        (reading,) = (s for s in rights_of(stack, "RefinePolicy") if s["Action"] == "s3:GetObject")
        assert str(reading["Resource"]).endswith("'/models/train-*']]}")
        assert any(s["Action"] == "kms:Decrypt" for s in rights_of(stack, "RefinePolicy"))

    def test_fails_where_the_other_runs_later(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store)
        artifact: Any = train.model_artifact
        refine = job(stack, store, "Refine", channels=[Channel.from_s3("model", artifact)])
        with pytest.raises(ConfigurationError, match="Refine reads the result of Train, which has not run by then"):
            TrainingWorkflow(stack, "Workflow", steps=[refine, train])

    def test_fails_where_the_other_runs_in_another_branch(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store)
        make = CreateModelStep(stack, "Make", container=Container(image=IMAGE, artifact=train.model_artifact))
        with pytest.raises(ConfigurationError, match="Make reads the result of Train"):
            TrainingWorkflow(stack, "Workflow", steps=[Parallel([train], [make])])


class TestModelSteps:
    def test_creates_a_model_under_a_new_name(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store)
        make = CreateModelStep(
            stack, "Make", container=Container(image=IMAGE, artifact=train.model_artifact, environment={"A": "b"})
        )
        TrainingWorkflow(stack, "Workflow", steps=[train, make])
        states = states_of(stack)
        assert states["Train"]["Next"] == "Name Make"
        assert states["Make"]["Resource"] == "arn:<AWS::Partition>:states:::sagemaker:createModel"
        assert states["Make"]["Arguments"] == {
            "ModelName": "{% $states.input.Make.ModelName %}",
            "ExecutionRoleArn": "<MakeRole8A71E5B8.Arn>",
            "PrimaryContainer": {
                "Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/serving:1",
                "ModelDataUrl": "{% $states.input.Train.ModelArtifacts.S3ModelArtifacts %}",
                "Environment": {"A": "b"},
            },
            "EnableNetworkIsolation": True,
        }
        assert make.model_name == "{% $states.input.Make.ModelName %}"

    def test_registers_the_next_version(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store)
        register = RegisterModelStep(
            stack,
            "Register",
            group=ModelPackageGroup(stack, "Group", group_name="churn"),
            container=Container(image=IMAGE, artifact=train.model_artifact),
            approval=ModelApprovalStatus.APPROVED,
            content_types=["text/csv"],
            response_types=["application/json"],
            real_time_types=[InstanceType("ml.m5.xlarge")],
            transform_types=[InstanceType("ml.m5.2xlarge")],
            description="nightly",
            metadata={"owner": "vision"},
        )
        TrainingWorkflow(stack, "Workflow", steps=[train, register], tags={"a": "b"})
        state = states_of(stack)["Register"]
        assert state["Resource"] == "arn:<AWS::Partition>:states:::aws-sdk:sagemaker:createModelPackage"
        assert state["Arguments"] == {
            "ModelPackageGroupName": "churn",
            "ModelPackageDescription": "nightly",
            "CustomerMetadataProperties": {"owner": "vision"},
            "ModelApprovalStatus": "Approved",
            "InferenceSpecification": {
                "Containers": [
                    {
                        "Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/serving:1",
                        "ModelDataUrl": "{% $states.input.Train.ModelArtifacts.S3ModelArtifacts %}",
                    }
                ],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["application/json"],
                "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.xlarge"],
                "SupportedTransformInstanceTypes": ["ml.m5.2xlarge"],
            },
        }
        (right,) = (s for s in rights_of(stack, "WorkflowPolicy") if s["Action"] == "sagemaker:CreateModelPackage")
        assert right["Resource"][0] == {"Fn::GetAtt": ["GroupC77FDACD", "ModelPackageGroupArn"]}
        assert str(right["Resource"][1]).endswith("':model-package/churn/*']]}")

    def test_takes_a_group_that_exists_and_names_one_that_does_not(self, stack: Any, store: ArtifactStore) -> None:
        made = ModelPackageGroup(stack, "Group")
        assert made.group_name.startswith("stack-group-")
        found = ModelPackageGroup.from_group_name(stack, "Found", "churn")
        assert found.group_arn.endswith(":model-package-group/churn")
        (group,) = (r for r in template_of(stack)["Resources"].values() if "ModelPackageGroup" in r["Type"])
        assert group["DeletionPolicy"] == "Retain"

    def test_fails_on_a_group_that_sagemaker_would_refuse(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="group_name must match"):
            ModelPackageGroup(stack, "Group", group_name="not_a_name")

    def test_fails_on_an_instance_type_that_there_is_not(self, stack: Any, store: ArtifactStore) -> None:
        with pytest.raises(ConfigurationError, match=r"transform_types\[0\] must be one of"):
            RegisterModelStep(
                stack,
                "Register",
                group=ModelPackageGroup(stack, "Group"),
                container=Container(image=IMAGE, artifact=store.artifact("models/m.tar.gz")),
                transform_types=[InstanceType("ml.m5.xlage")],
            )


class TestStarts:
    def test_a_schedule_may_start_this_machine_and_no_more(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import aws_events as events

        TrainingWorkflow(
            stack, "Workflow", steps=[job(stack, store)], schedule=events.Schedule.cron(hour="2", minute="0")
        )
        rule = only(template_of(stack), "AWS::Events::Rule")
        assert rule["ScheduleExpression"] == "cron(0 2 * * ? *)"
        (target,) = rule["Targets"]
        assert target["Arn"] == {"Fn::GetAtt": ["Workflow193EF7C1", "Arn"]}
        (right,) = rights_of(stack, "WorkflowStartPolicy")
        assert (right["Action"], right["Resource"]) == (
            "states:StartExecution",
            {"Fn::GetAtt": ["Workflow193EF7C1", "Arn"]},
        )

    def test_an_event_is_the_input(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import aws_events as events

        pattern = events.EventPattern(source=["aws.s3"], detail_type=["Object Created"])
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)], start_on=pattern)
        rule = only(template_of(stack), "AWS::Events::Rule")
        assert rule["EventPattern"] == {"source": ["aws.s3"], "detail-type": ["Object Created"]}
        assert set(rule["Targets"][0]) == {"Arn", "DeadLetterConfig", "Id", "RoleArn"}

    def test_what_did_not_start_stays_in_a_queue_for_these_rules_over_tls(
        self, stack: Any, store: ArtifactStore
    ) -> None:
        from aws_cdk import aws_events as events

        pattern, schedule = events.EventPattern(source=["aws.s3"]), events.Schedule.cron(hour="2", minute="0")
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)], schedule=schedule, start_on=pattern)
        template = template_of(stack)
        rules = of_type(template, "AWS::Events::Rule").values()
        assert [readable(rule["Targets"][0]["DeadLetterConfig"]) for rule in rules] == [
            {"Arn": "<WorkflowNotStarted.Arn>"},
            {"Arn": "<WorkflowNotStarted.Arn>"},
        ]
        assert only(template, "AWS::SQS::Queue") == {"MessageRetentionPeriod": 1209600, "SqsManagedSseEnabled": True}
        assert readable(only(template, "AWS::SQS::QueuePolicy")) == {
            "Queues": ["<WorkflowNotStarted>"],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "sqs:*",
                        "Resource": "<WorkflowNotStarted.Arn>",
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    },
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sqs:SendMessage",
                        "Resource": "<WorkflowNotStarted.Arn>",
                        "Condition": {
                            "ArnEquals": {"aws:SourceArn": ["<WorkflowSchedule.Arn>", "<WorkflowStartOn.Arn>"]}
                        },
                    },
                ],
            },
        }

    def test_trap_14_the_queue_has_the_key_of_the_workflow_which_lets_rules_in(
        self, stack: Any, store: ArtifactStore
    ) -> None:
        from aws_cdk import Duration
        from aws_cdk import aws_events as events
        from aws_cdk import aws_kms as kms

        rate = events.Schedule.rate(Duration.days(1))
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)], schedule=rate, key=DataKey(stack, "Key"))
        template = template_of(stack)
        assert readable(only(template, "AWS::SQS::Queue")) == {
            "MessageRetentionPeriod": 1209600,
            "KmsMasterKeyId": "<Key.Arn>",
        }
        (key,) = (p for n, p in of_type(template, "AWS::KMS::Key").items() if n.startswith("Key"))
        assert key["KeyPolicy"]["Statement"][-1]["Principal"] == {"Service": "events.amazonaws.com"}

        imported = kms.Key.from_key_arn(stack, "Imported", "arn:aws:kms:us-east-1:123456789012:key/1")
        other = TrainingWorkflow(stack, "Other", steps=[job(stack, store, "Job")], schedule=rate, key=imported)
        (warning,) = warnings_of(other.node.find_child("NotStarted"))
        assert "its policy must let events.amazonaws.com use it" in warning

    @pytest.mark.parametrize(
        ("expression", "why"),
        [
            ("garbage", "got garbage"),
            ("rate(0 minutes)", "0 minutes is not a number with minute(s), hour(s) or day(s)"),
            ("rate(1 minutes)", "1 minutes is not a number with minute(s), hour(s) or day(s)"),
            ("cron(0 2 * * * *)", "exactly one of day of month and day of week is ?, got * and *"),
            ("cron(0 24 * * ? *)", "24 is no hours, which goes from 0 to 23"),
            ("at(2030-01-01T00:00:00)", ""),
        ],
    )
    def test_fails_on_a_schedule_that_no_rule_has(
        self, stack: Any, store: ArtifactStore, expression: str, why: str
    ) -> None:
        from aws_cdk import aws_events as events

        with pytest.raises(ConfigurationError) as raised:
            TrainingWorkflow(
                stack,
                "Workflow",
                steps=[job(stack, store)],
                schedule=events.Schedule.expression(expression),
                start_on=events.EventPattern(source=[]),
            )
        schedule, start_on = raised.value.problems
        assert schedule.startswith("schedule must be a rule's, such as events.Schedule.rate(…) or events.Schedule.cron")
        assert repr(expression) in schedule and why in schedule
        assert start_on.startswith("start_on must say which events start it")

    def test_takes_a_schedule_that_is_known_at_deployment(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import CfnParameter
        from aws_cdk import aws_events as events

        late = events.Schedule.expression(CfnParameter(stack, "When").value_as_string)
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)], schedule=late)
        assert only(template_of(stack), "AWS::Events::Rule")["ScheduleExpression"] == {"Ref": "When"}

    def test_without_a_start_by_itself_there_is_no_queue(self, stack: Any, store: ArtifactStore) -> None:
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)]).add_alarms(topic_in(stack, "topic"))
        template = template_of(stack)
        assert of_type(template, "AWS::SQS::Queue") == {}
        assert len(of_type(template, "AWS::CloudWatch::Alarm")) == 4


class TestAlarms:
    def test_tell_of_every_bad_end_and_of_starts_that_did_not_happen(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import Duration
        from aws_cdk import aws_events as events

        rate = events.Schedule.rate(Duration.days(1))
        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)], schedule=rate)
        assert len(workflow.add_alarms(topic_in(stack, "topic"))) == 5
        alarms = [readable(alarm) for alarm in of_type(template_of(stack), "AWS::CloudWatch::Alarm").values()]
        shared = {
            "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:topic"],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 1,
            "Period": 300,
            "TreatMissingData": "notBreaching",
        }
        of_machine = {
            "Namespace": "AWS/States",
            "Dimensions": [{"Name": "StateMachineArn", "Value": "<Workflow.Arn>"}],
            "Statistic": "Sum",
        }
        assert alarms == [
            *(
                {
                    **shared,
                    **of_machine,
                    "AlarmDescription": f"{about}: Stack/Workflow",
                    "MetricName": name,
                    "EvaluationPeriods": periods,
                }
                for name, about, periods in (
                    ("ExecutionsFailed", "An execution failed", 1),
                    ("ExecutionsTimedOut", "An execution timed out", 1),
                    ("ExecutionsAborted", "An execution was stopped", 1),
                    ("ExecutionThrottled", "Executions wait for a quota of Step Functions", 3),
                )
            ),
            {
                **shared,
                "AlarmDescription": "A start did not happen; its event is in the queue, and this rings until that is "
                "empty: Stack/Workflow",
                "Namespace": "AWS/SQS",
                "MetricName": "ApproximateNumberOfMessagesVisible",
                "Dimensions": [{"Name": "QueueName", "Value": "<WorkflowNotStarted.QueueName>"}],
                "Statistic": "Maximum",
                "EvaluationPeriods": 1,
                # The queue falls silent after some hours, with the start still in it.
                "TreatMissingData": "ignore",
            },
        ]

    def test_fails_on_a_topic_of_another_region(self) -> None:
        from aws_cdk import App, Environment, Stack
        from aws_cdk import aws_sns as sns

        stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, ArtifactStore(stack, "Store"))])
        topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:us-east-1:123456789012:topic")
        with pytest.raises(ConfigurationError, match="topic must be one of eu-west-1, where the alarms are"):
            workflow.add_alarms(topic)

    def test_fails_to_be_told_twice_and_on_what_is_no_topic(self, stack: Any, store: ArtifactStore) -> None:
        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)])
        assert "topic must be such as sns.Topic(…)" in refusal(lambda: workflow.add_alarms("topic"))  # type: ignore[arg-type] -- the slip under test
        workflow.add_alarms(topic_in(stack, "topic"))
        assert "it has alarms already" in refusal(lambda: workflow.add_alarms(topic_in(stack, "topic")))

    def test_fails_to_tell_a_topic_of_another_region(self) -> None:
        from aws_cdk import App, Environment, Stack

        stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, ArtifactStore(stack, "Store"))])
        said = refusal(lambda: workflow.add_alarms(topic_in(stack, "topic")))
        assert said == "topic must be one of eu-west-1, where the alarms are, got one of us-east-1"


class TestNotifications:
    def test_trap_14_tells_an_encrypted_topic(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import aws_sns as sns

        from constructs_lib import DataKey

        topic = sns.Topic(stack, "Topic", master_key=DataKey(stack, "Key"))
        TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)], notify_success=topic, notify_failure=topic)
        template = template_of(stack)
        rules = of_type(template, "AWS::Events::Rule")
        assert sorted(str(rule["EventPattern"]["detail"]["status"]) for rule in rules.values()) == [
            "['FAILED', 'TIMED_OUT', 'ABORTED']",
            "['SUCCEEDED']",
        ]
        for rule in rules.values():
            assert rule["EventPattern"]["source"] == ["aws.states"]
            assert rule["EventPattern"]["detail-type"] == ["Step Functions Execution Status Change"]
            assert rule["EventPattern"]["detail"]["stateMachineArn"] == [{"Fn::GetAtt": ["Workflow193EF7C1", "Arn"]}]
        (key,) = (p for n, p in of_type(template, "AWS::KMS::Key").items() if n.startswith("Key"))
        granted = [s["Action"] for s in key["KeyPolicy"]["Statement"] if "events.amazonaws.com" in str(s["Principal"])]
        assert ["kms:Decrypt", "kms:GenerateDataKey"] in granted
        assert "events.amazonaws.com" in str(only(template, "AWS::SNS::TopicPolicy"))

    @pytest.mark.parametrize("statuses", [(), ("Failed", "Stopped")])
    def test_tells_of_a_job(self, stack: Any, store: ArtifactStore, statuses: tuple[str, ...]) -> None:
        job(stack, store).on_job_state_change("OnChange", statuses=statuses)
        pattern = only(template_of(stack), "AWS::Events::Rule")["EventPattern"]
        assert pattern["source"] == ["aws.sagemaker"]
        assert pattern["detail-type"] == ["SageMaker Training Job State Change"]
        assert pattern["detail"]["TrainingJobName"] == [{"prefix": "train-"}]
        assert pattern["detail"].get("TrainingJobStatus", []) == list(statuses)

    def test_fails_on_a_status_that_jobs_do_not_have(self, stack: Any, store: ArtifactStore) -> None:
        with pytest.raises(ConfigurationError, match=r"statuses must be one of 'InProgress', .*got 'FAILED'"):
            job(stack, store).on_job_state_change("OnChange", statuses=["FAILED"])


class TestMetrics:
    @pytest.mark.parametrize(
        ("method", "name", "statistic"),
        [
            ("metric_executions_started", "ExecutionsStarted", "Sum"),
            ("metric_executions_succeeded", "ExecutionsSucceeded", "Sum"),
            ("metric_executions_failed", "ExecutionsFailed", "Sum"),
            ("metric_executions_aborted", "ExecutionsAborted", "Sum"),
            ("metric_executions_timed_out", "ExecutionsTimedOut", "Sum"),
            ("metric_execution_throttled", "ExecutionThrottled", "Sum"),
            ("metric_execution_time", "ExecutionTime", "Average"),
        ],
    )
    def test_bears_the_official_name(
        self, stack: Any, store: ArtifactStore, method: str, name: str, statistic: str
    ) -> None:
        metric = getattr(TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)]), method)()
        assert (metric.namespace, metric.metric_name, metric.statistic) == ("AWS/States", name, statistic)
        assert list(metric.dimensions) == ["StateMachineArn"]


class TestRefusals:
    def test_fails_without_a_step(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="steps must hold at least one job, got none"):
            TrainingWorkflow(stack, "Workflow", steps=[])

    @pytest.mark.parametrize("id", ["my-job", "1st", "x" * 61])
    def test_fails_on_an_id_under_which_no_result_can_be_found(self, stack: Any, store: ArtifactStore, id: str) -> None:
        with pytest.raises(ConfigurationError, match="id of a step must be a letter and then letters"):
            TrainingWorkflow(stack, "Workflow", steps=[job(stack, store, id)])

    def test_fails_on_one_step_in_two_places(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store)
        with pytest.raises(ConfigurationError, match="ids of the steps must be unique, got 'Train' more than once"):
            TrainingWorkflow(stack, "Workflow", steps=[train, Parallel([train], [job(stack, store, "Other")])])

    def test_fails_on_tags_that_sagemaker_would_refuse(self, stack: Any, store: ArtifactStore) -> None:
        with pytest.raises(ConfigurationError, match=r"tags\[0\].Key must be at most 128 characters"):
            TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)], tags={"k" * 129: "v"})

    def test_fails_on_a_metric_that_the_job_does_not_have(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store, metrics={"loss": "loss=([0-9.]+)"})
        choice = Choice(condition=Condition.metric(train, "los") < 1, then=[job(stack, store, "More")])
        with pytest.raises(ConfigurationError, match=r"Condition.metric must name a metric of Train, which has loss"):
            TrainingWorkflow(stack, "Workflow", steps=[train, choice])

    def test_fails_on_a_metric_of_a_script_that_defines_none(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store, image=IMAGE)
        choice = Choice(condition=Condition.metric(train, "loss") < 1, then=[job(stack, store, "More")])
        words = r"name a metric of Train, which has none; give the job metrics={'loss': r'…\(\[0-9.\]\+\)'}, got 'loss'"
        with pytest.raises(ConfigurationError, match=words):
            TrainingWorkflow(stack, "Workflow", steps=[train, choice])

    @pytest.mark.parametrize("definitions", [1, 2])
    def test_fails_on_a_metric_of_a_tuning_job_that_is_not_its_objective(
        self, stack: Any, store: ArtifactStore, definitions: int
    ) -> None:
        trains = [job(stack, store, f"T{number}") for number in range(definitions)]
        tune = TuningJob(
            stack,
            "Tune",
            definitions=[
                TuningDefinition(
                    job=train,
                    objective=TuningObjective.maximize("validation:accuracy"),
                    ranges={"learning_rate": ContinuousParameterRange(min_value=0.1, max_value=0.2)},
                )
                for train in trains
            ],
            max_jobs=2,
        )
        more = [job(stack, store, "More")]
        right = Choice(condition=Condition.metric(tune, "validation:accuracy") > 0.9, then=more)
        TrainingWorkflow(stack, "Right", steps=[tune, right])
        wrong = Choice(condition=Condition.metric(tune, "train:accuracy") > 0.9, then=more)
        with pytest.raises(ConfigurationError) as raised:
            TrainingWorkflow(stack, "Workflow", steps=[tune, wrong])
        assert (
            "Condition.metric must name the objective of Tune, the only metric in its result: validation:accuracy, "
            "got 'train:accuracy'"
        ) in str(raised.value)

    def test_fails_on_a_metric_of_a_job_that_has_not_run(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store)
        choice = Choice(condition=Condition.metric(train, "loss") < 1, then=[job(stack, store, "More")])
        with pytest.raises(ConfigurationError, match="the condition of a Choice reads the result of Train"):
            TrainingWorkflow(stack, "Workflow", steps=[choice, train])

    def test_fails_on_an_item_outside_of_a_map(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store, hyperparameters={"num_classes": map_item("classes")})
        with pytest.raises(ConfigurationError, match=r"Train reads map_item\(…\), which there is inside of a Map only"):
            TrainingWorkflow(stack, "Workflow", steps=[train])

    def test_fails_on_a_map_in_a_map(self, stack: Any, store: ArtifactStore) -> None:
        inner = Map(name="Inner", items=[1], steps=[job(stack, store)])
        with pytest.raises(ConfigurationError, match="Map Inner must not stand inside of another Map"):
            TrainingWorkflow(stack, "Workflow", steps=[Map(name="Outer", items=[1], steps=[inner])])

    def test_fails_on_steps_after_fail(self, stack: Any, store: ArtifactStore) -> None:
        with pytest.raises(ConfigurationError, match="Fail must be the last of its steps"):
            TrainingWorkflow(stack, "Workflow", steps=[Fail(cause="no"), job(stack, store)])

    def test_tells_all_of_it_at_once(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store, "my-job")
        with pytest.raises(ConfigurationError) as raised:
            TrainingWorkflow(stack, "Workflow", steps=[train, train], tags={"": "v"})
        text = str(raised.value)
        assert "ids of the steps must be unique" in text
        assert "id of a step must be a letter" in text
        assert "tags[0].Key must be" in text

    def test_takes_tokens(self, stack: Any, store: ArtifactStore) -> None:
        from aws_cdk import CfnParameter

        name = CfnParameter(stack, "Name").value_as_string
        group = ModelPackageGroup(stack, "Group", group_name=name)
        artifact = store.artifact("models/m.tar.gz")
        step = RegisterModelStep(
            stack, "Register", group=group, container=Container(image=IMAGE, artifact=artifact), description=name
        )
        TrainingWorkflow(stack, "Workflow", steps=[step], tags={"team": name})
        assert states_of(stack)["Register"]["Arguments"]["ModelPackageGroupName"] == "<Name>"


@pytest.mark.parametrize(
    ("noun", "prefix", "completed", "detail_type"),
    [
        ("TrainingJob", 22, "Completed", "SageMaker Training Job State Change"),
        ("HyperParameterTuningJob", 15, "Completed", "SageMaker HyperParameter Tuning Job State Change"),
        ("ProcessingJob", 22, "Completed", "SageMaker Processing Job State Change"),
        ("TransformJob", 22, "Completed", "SageMaker Transform Job State Change"),
        ("CompilationJob", 22, "COMPLETED", "SageMaker Compilation Job State Change"),
    ],
)
def test_kinds_of_jobs_are_as_the_api_has_them(noun: str, prefix: int, completed: str, detail_type: str) -> None:
    kind = JobKind(noun=noun, arn_type="x", rule=None)
    assert (kind.longest_prefix, kind.completed, kind.detail_type) == (prefix, (completed,), detail_type)
    assert {status.lower() for status in kind.failed} >= {"failed", "stopped"}


class TestKindsWithoutSync:
    def test_a_compilation_is_polled_and_read_in_its_own_spelling(self, stack: Any) -> None:
        class Compilation(Job):
            kind = JobKind(noun="CompilationJob", arn_type="compilation-job", rule=None)

            def __init__(self, scope: Any, id: str) -> None:
                super().__init__(scope, id, role=None)
                request = {
                    "RoleArn": self.role.role_arn,
                    "OutputConfig": {"S3OutputLocation": "s3://b/out/", "TargetDevice": "jetson_nano"},
                    "StoppingCondition": {"MaxRuntimeInSeconds": 900},
                }
                self._define(request, arguments={}, problems=[], statements=[PASS])

        made = Compilation(stack, "Compile")
        TrainingWorkflow(stack, "Workflow", steps=[made])
        states = states_of(stack)
        assert states["Compile"]["Resource"].endswith(":aws-sdk:sagemaker:createCompilationJob")
        status = "$states.input.Compile.Job.CompilationJobStatus"
        conditions = [choice["Condition"] for choice in states["Whether Compile has ended"]["Choices"]]
        assert conditions == [f"{{% {status} in ['COMPLETED'] %}}", f"{{% {status} in ['FAILED', 'STOPPED'] %}}"]
        with pytest.raises(ConfigurationError, match=r"model_artifact is what a training job leaves.*CompilationJob"):
            _ = made.model_artifact

    def test_the_artifact_of_a_tuning_is_that_of_its_best_job(self, stack: Any) -> None:
        class Tuning(Job):
            kind = JobKind(noun="HyperParameterTuningJob", arn_type="hyper-parameter-tuning-job", rule=None)

            def __init__(self, scope: Any, id: str) -> None:
                super().__init__(scope, id, role=None)
                self.request = {"TrainingJobDefinition": {"OutputDataConfig": {"S3OutputPath": "s3://b/out/"}}}

        artifact = Tuning(stack, "Tune").model_artifact
        best = "$states.input.Tune.BestTrainingJob.TrainingJobName"
        assert artifact.uri == f"{{% 's3://b/out/' & {best} & '/output/model.tar.gz' %}}"
        assert artifact.prefix == "out/tune-"


def test_the_ways_of_a_choice(stack: Any, store: ArtifactStore) -> None:
    train = job(stack, store)
    make = CreateModelStep(stack, "Make", container=Container(image=IMAGE, artifact=train.model_artifact))
    group = ModelPackageGroup(stack, "Group")
    register = RegisterModelStep(
        stack, "Register", group=group, container=Container(image=IMAGE, artifact=train.model_artifact)
    )
    good = Condition.metric(train, "validation:accuracy") >= 0.9
    TrainingWorkflow(
        stack,
        "Workflow",
        steps=[train, Choice(condition=good, then=[make], otherwise=[Fail(cause="too bad")]), register],
    )
    states = states_of(stack)
    found = "$states.input.Train.FinalMetricDataList[MetricName='validation:accuracy'].Value"
    assert states["Choice 2"] == {
        "Type": "Choice",
        "Choices": [
            {
                "Condition": f"{{% ($exists({found}) ? {found} : "
                "$error('Train has not reported the metric validation:accuracy')) >= 0.9 %}",
                "Next": "Name Make",
            }
        ],
        "Default": "Fail 2.2.1",
    }
    assert states["Make"]["Next"] == "Register"
    assert states["Fail 2.2.1"] == {"Type": "Fail", "Error": "NotGoodEnough", "Cause": "too bad"}


class TestWhatOnlyTheExecutionKnows:
    DLC = ContainerImage.from_dlc("pytorch-training", "2.5.1-gpu-py311")

    @pytest.mark.parametrize("way", ["framework image", "source", "distribution"])
    def test_trap_32_a_hyperparameter_is_made_json_when_it_runs(
        self, stack: Any, store: ArtifactStore, tmp_path: Any, way: str
    ) -> None:
        (tmp_path / "train.py").write_text("")
        own = ContainerImage.from_uri("registry.example.com/own:1")
        ways: dict[str, dict[str, Any]] = {
            "framework image": {"image": self.DLC},
            "source": {"image": own, "source": SourceCode.from_asset(str(tmp_path), entry_point="train.py")},
            "distribution": {"image": own, "distribution": Distribution.mpi()},
        }
        train = job(stack, store, hyperparameters={"lr": execution_input("lr"), "fold": map_item()}, **ways[way])
        written = train.request["HyperParameters"]
        assert written["lr"].startswith("{% ($exists($states.context.Execution.Input.lr) ? $replace($string({'v': ")
        assert written["fold"].startswith("{% ($exists($states.input.Item) ? $replace($string({'v': ")

    def test_a_hyperparameter_of_an_algorithm_is_text(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store, hyperparameters={"learning_rate": execution_input("lr")})
        assert train.request["HyperParameters"] == {"learning_rate": execution_input("lr")}

    def test_text_around_it_is_part_of_the_expression(self, stack: Any, store: ArtifactStore) -> None:
        train = job(
            stack,
            store,
            environment={"DAY": f"day {execution_input('day')}"},
            channels=[Channel.from_s3("train", store.location(f"data/{execution_input('day')}"))],
            output=store.location(f"models/{execution_input('day')}"),
        )
        read = (
            "($exists($states.context.Execution.Input.day) ? $states.context.Execution.Input.day : "
            "$error('$states.context.Execution.Input.day has no value'))"
        )
        assert train.request["Environment"] == {"DAY": f"{{% 'day ' & {read} %}}"}
        bucket = store.bucket.bucket_name
        uri = train.request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
        assert uri == f"{{% 's3://{bucket}/data/' & {read} & '/' %}}"
        assert train.request["OutputDataConfig"]["S3OutputPath"] == f"{{% 's3://{bucket}/models/' & {read} & '/' %}}"
        # What it leaves is read below the part of the output that is fixed.
        assert train.model_artifact.prefix == "models/"
        TrainingWorkflow(stack, "Workflow", steps=[train])
        assert "{%" not in str(of_type(template_of(stack), "AWS::IAM::ManagedPolicy"))

    def test_an_event_names_the_object_of_a_channel(self, stack: Any, store: ArtifactStore) -> None:
        put = store.artifact(execution_input("detail.object.key"), within="incoming/")
        train = job(stack, store, channels=[Channel.from_s3("train", put)])
        uri = train.request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
        assert uri.startswith(f"{{% 's3://{store.bucket.bucket_name}/' & ($exists($states.context.Execution.Input.")

    def test_fails_on_rights_to_it(self, stack: Any, store: ArtifactStore) -> None:
        group = f"arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/{execution_input('group')}"
        with pytest.raises(ConfigurationError, match=r"the role cannot have rights to 'arn:aws:sagemaker:eu-west-1:"):
            job(stack, store, model_package=ModelPackageConfig(model_package_group_arn=group))

    def test_a_map_takes_a_list_and_no_text(self, stack: Any, store: ArtifactStore) -> None:
        train = job(stack, store, hyperparameters={"seed": map_item()})
        TrainingWorkflow(stack, "Workflow", steps=[Map(name="Folds", items=execution_input("folds"), steps=[train])])
        states = definition_of(only(template_of(stack), MACHINE))["States"]
        assert states["Folds"]["Items"] == "{% $states.context.Execution.Input.folds %}"

    def test_a_model_of_a_step_is_evaluated_as_a_whole(self, stack: Any, store: ArtifactStore) -> None:
        archive = store.artifact(f"models/{execution_input('run')}/model.tar.gz")
        make = CreateModelStep(stack, "Make", container=Container(image=IMAGE, artifact=archive))
        TrainingWorkflow(stack, "Workflow", steps=[make])
        container = definition_of(only(template_of(stack), MACHINE))["States"]["Make"]["Arguments"]["PrimaryContainer"]
        assert container["ModelDataUrl"].startswith("{% 's3://")
        assert container["ModelDataUrl"].endswith(" & '/model.tar.gz' %}")
