"""Least privilege in the rehearsal: a role that lacks a right, one that has too many, and one that is just right."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from constructs_lib.rehearsal._access import access_steps
from constructs_lib.rehearsal._assembly import Assembly, Environment, Resource
from constructs_lib.rehearsal._assembly import Stack as Deployed
from constructs_lib.rehearsal._jobs import job_steps
from constructs_lib.rehearsal._probes import probes
from constructs_lib.rehearsal._report import FAILED, NOT_RUN
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed
from constructs_lib.rehearsal._table import Table
from constructs_lib.rehearsal.run import Options, Rehearsal
from tests.rehearsal.test_emulator_support import ACCOUNT, IMAGE, PULL, Stack, World, allow, made, world

BUCKET = {"Fn::GetAtt": ["Store", "Arn"]}
KEY = {"Fn::GetAtt": ["Key", "Arn"]}
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs*"


def below(*prefixes: str) -> list[Any]:
    return [{"Fn::Sub": f"${{Store.Arn}}/{prefix}*"} for prefix in prefixes]


def listing(*prefixes: str) -> dict[str, Any]:
    only = {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}}
    return {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET, "Condition": only}


# Just what the job below does.
JOB: dict[str, Any] = {
    "token": PULL[0],
    "image": PULL[1],
    "read": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": below("data/")},
    "list": listing("data/"),
    "write": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": below("models/")},
    "checkpoints": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": below("checkpoints/")},
    "decrypt": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY},
    "encrypt": {"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": KEY},
    "logs": allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], LOGS),
    "metrics": allow(["cloudwatch:PutMetricData"], "*"),
}
PASSED = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
FLOW: dict[str, Any] = {
    "create": allow(["sagemaker:CreateTrainingJob"], f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/*"),
    "pass": {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": {"Fn::GetAtt": ["Job", "Arn"]},
        "Condition": PASSED,
    },
}


def role(service: str, statements: dict[str, Any], **properties: Any) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": list(statements.values())}
    return made(
        "IAM::Role",
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
        Policies=[{"PolicyName": "own", "PolicyDocument": document}],
        **properties,
    )


def workflow(name: str, job: dict[str, Any], flow: dict[str, Any], **more: Any) -> dict[str, Any]:
    request = {
        "TrainingJobName": f"{name}-1",
        "RoleArn": "${Job.Arn}",
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://${Store}/data/"}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://${Store}/models/"},
        "CheckpointConfig": {"S3Uri": "s3://${Store}/checkpoints/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }
    task = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob", "Parameters": request}
    definition = {"StartAt": "Train", "States": {"Train": {**task, "End": True}}}
    owner = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}
    sealed = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
    return {
        "Key": made("KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [{**owner, "Resource": "*"}]}),
        "Store": made("S3::Bucket", BucketEncryption={"ServerSideEncryptionConfiguration": [sealed]}),
        "Job": role("sagemaker", job),
        "Flow": role("states", flow),
        "Machine": made(
            "StepFunctions::StateMachine",
            RoleArn={"Fn::GetAtt": ["Flow", "Arn"]},
            DefinitionString={"Fn::Sub": json.dumps(definition)},
        ),
        **more,
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def deployed(here: World, name: str, template: dict[str, Any]) -> Stage:
    """A stage with the app of this template deployed on it and its data in place."""
    stack = Stack(here, name)
    assert stack.create(template) == "CREATE_COMPLETE", stack.reasons()
    store = stack.physical_ids().get("Store")
    if store:
        here.aws.client("s3").put_object(Bucket=store, Key="data/0.jpg", Body=b"content")
    resources = tuple(
        Resource(name, logical, body["Type"], f"{name}/{logical}/Resource", body) for logical, body in template.items()
    )
    environment = Environment(ACCOUNT, "us-east-1")
    one = Deployed(name, name, name, Path(), "", environment, (), None, False, resources)
    return Stage(here.aws, Assembly(Path(), (one,), None), cast(Any, None), Path(), 20)


def ran(here: World, name: str, job: dict[str, Any] = JOB, flow: dict[str, Any] = FLOW, **more: Any) -> Stage:
    stage = deployed(here, name, workflow(name, job, flow, **more))
    for step in job_steps(stage):
        step.run()
    return stage


def row(stage: Stage, role_id: str) -> Step:
    return next(step for step in access_steps(stage) if step.subject.endswith(f"/{role_id}"))


def denied(here: World, name: str, role_id: str, **changes: Any) -> StepFailed:
    """What the row of a role says of a run that failed."""
    stage = deployed(here, name, workflow(name, **{"job": JOB, "flow": FLOW, **changes}))
    with pytest.raises(StepFailed):
        for step in job_steps(stage):
            step.run()
    after = row(stage, role_id).after_failure
    failure = after() if after else None
    assert failure is not None
    return failure


def too_wide(stage: Stage, role_id: str) -> StepFailed:
    with pytest.raises(StepFailed) as failed:
        row(stage, role_id).run()
    return failed.value


def without(statements: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: statement for key, statement in statements.items() if key != name}


class TestJustEnough:
    def test_every_role_passes(self, here: World) -> None:
        tls = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [BUCKET, *below("")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy = made("S3::BucketPolicy", Bucket={"Ref": "Store"}, PolicyDocument={"Statement": [tls]})
        stage = ran(here, "enough", Tls=policy, Idle=role("lambda", {"logs": JOB["logs"]}))

        job, flow = row(stage, "Job").run(), row(stage, "Flow").run()

        requests = cast(list[dict[str, Any]], job.details["requests"])
        assert {each["action"] for each in requests} == {
            "ecr:GetAuthorizationToken", "ecr:BatchGetImage", "s3:ListBucket", "s3:GetObject", "s3:PutObject",
            "kms:Decrypt", "kms:GenerateDataKey", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
            "cloudwatch:PutMetricData",
        }  # fmt: skip
        written = {each["resource"].partition("/")[2] for each in requests if each["action"] == "s3:PutObject"}
        assert {"models/enough-1/output/model.tar.gz", "checkpoints/checkpoint-1.json"} <= written
        tried = cast(list[dict[str, Any]], job.details["probes"])
        assert {each["decision"] for each in tried} == {"refused"}
        refused = cast(dict[str, int], job.details["refused"])
        assert refused == {kind: [each["kind"] for each in tried].count(kind) for kind in refused}
        assert refused.keys() == {"prefix", "bucket", "key", "repository", "log group"}
        assert job.summary == f"{len(requests)} requests allowed, {len(tried)} neighbours refused"
        assert flow.summary == "2 requests allowed, 2 neighbours refused"
        assert row(stage, "Idle").run().summary == "not used: nothing that the rehearsal does is done with it"
        after = row(stage, "Job").after_failure
        assert after is not None and after() is None


class TestTooLittle:
    def test_fails_for_a_key_that_may_not_be_used(self, here: World) -> None:
        failure = denied(here, "no-decrypt", "Job", job=without(JOB, "decrypt"))

        assert failure.summary.startswith(f"was denied kms:Decrypt on arn:aws:kms:us-east-1:{ACCOUNT}:key/")
        assert failure.summary.endswith(": no statement of its policies allows it")
        assert '\n  it lacks {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:' in failure.text

    def test_fails_for_checkpoints_that_may_not_be_written(self, here: World) -> None:
        failure = denied(here, "no-checkpoints", "Job", job=without(JOB, "checkpoints"))

        assert failure.summary.startswith("was denied s3:PutObject on arn:aws:s3:::no-checkpoints-store")
        assert "/checkpoints/object: no statement of its policies allows it" in failure.summary

    def test_fails_for_a_role_that_may_not_be_passed(self, here: World) -> None:
        failure = denied(here, "no-pass", "Flow", flow=without(FLOW, "pass"))

        assert failure.summary.startswith(f"was denied iam:PassRole on arn:aws:iam::{ACCOUNT}:role/no-pass-Job")
        assert '"Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}' in failure.text

    def test_fails_for_logs_though_the_job_succeeds(self, here: World) -> None:
        stage = ran(here, "no-logs", without(JOB, "logs"))

        assert too_wide(stage, "Job").summary.startswith("was denied logs:CreateLogGroup on arn:aws:logs:")

    def test_fails_for_a_boundary_that_forbids(self, here: World) -> None:
        allowed = [allow(["s3:*", "ecr:*", "logs:*", "cloudwatch:*"], "*")]
        bound = made("IAM::ManagedPolicy", PolicyDocument={"Version": "2012-10-17", "Statement": allowed})
        failure = denied(
            here,
            "bounded",
            "Job",
            Bound=bound,
            Job=role("sagemaker", JOB, PermissionsBoundary={"Ref": "Bound"}),
        )

        assert "was denied kms:Decrypt on " in failure.summary
        assert failure.summary.endswith("no statement of its permissions boundary allows it")

    def test_fails_for_a_bucket_that_denies(self, here: World) -> None:
        closed = {"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject"}
        statement = {**closed, "Resource": below("checkpoints/")}
        policy = made("S3::BucketPolicy", Bucket={"Ref": "Store"}, PolicyDocument={"Statement": [statement]})
        failure = denied(here, "closed", "Job", Closed=policy)

        assert failure.summary.startswith("was denied s3:PutObject on arn:aws:s3:::closed-store")
        assert failure.summary.endswith(" denies it (Closed)")
        assert "it lacks" not in failure.text

    def test_fails_for_a_key_whose_policy_lets_nobody_in(self, here: World) -> None:
        admin = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"}, "Action": "kms:*"}
        policy = {"Version": "2012-10-17", "Statement": [{**admin, "Resource": "*"}]}
        failure = denied(here, "sealed", "Job", Key=made("KMS::Key", KeyPolicy=policy))

        assert "was denied kms:Decrypt on " in failure.summary
        assert "no statement of the policy of arn:aws:kms:" in failure.summary


class TestTooMuch:
    def test_fails_for_a_whole_bucket(self, here: World) -> None:
        read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": below("")}
        stage = ran(here, "whole", JOB | {"read": read})
        failure = too_wide(stage, "Job")

        assert failure.summary.startswith("whole/Job may read s3://whole-store")
        assert failure.summary.endswith("/data-neighbour/0.jpg and 1 more")
        assert "/neighbour/0.jpg" in failure.text

    def test_fails_for_a_prefix_without_its_slash(self, here: World) -> None:
        write = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": below("models")}
        failure = too_wide(ran(here, "slash", JOB | {"write": write}), "Job")

        assert failure.summary.endswith("/models-neighbour/model.tar.gz")

    def test_fails_for_a_list_without_a_prefix(self, here: World) -> None:
        everything = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET}
        failure = too_wide(ran(here, "listed", JOB | {"list": everything}), "Job")

        assert "listed/Job may list s3://listed-store" in failure.summary

    def test_fails_for_every_key(self, here: World) -> None:
        failure = too_wide(ran(here, "keys", JOB | {"decrypt": allow(["kms:Decrypt"], "*")}), "Job")

        assert failure.summary.startswith("keys/Job may do kms:Decrypt on arn:aws:kms:")

    def test_fails_for_every_role_and_every_service(self, here: World) -> None:
        failure = too_wide(ran(here, "passing", flow=FLOW | {"pass": allow(["iam:PassRole"], "*")}), "Flow")

        assert "passing/Flow may do iam:PassRole on " in failure.summary
        assert "with iam:PassedToService ec2.amazonaws.com" in failure.text

    def test_passes_where_it_is_said_to_be_wide(self, here: World) -> None:
        stage = ran(here, "wide", JOB | {"decrypt": allow(["kms:Decrypt"], "*")})
        stage.wide["wide/Job/Resource"] = "it reads what other teams encrypt"

        assert (
            row(stage, "Job")
            .run()
            .summary.endswith(" refused, 1 not, since it is wide: it reads what other teams encrypt")
        )


class TestCallers:
    def serving(self, here: World, name: str, statement: dict[str, Any]) -> Stage:
        if name == "calls":
            here.model("called")
            for endpoint in ("called", "other"):
                variant = {"VariantName": "blue", "ModelName": "called", "InitialInstanceCount": 1}
                here.endpoint(endpoint, {**variant, "InstanceType": "ml.m5.large"})
        stage = deployed(here, name, {"Caller": role("lambda", {"call": statement})})
        for endpoint in ("called", "other"):
            stage.endpoints[endpoint] = here.sagemaker.describe_endpoint(EndpointName=endpoint)
        return stage

    def test_a_caller_invokes_its_endpoint_and_no_other(self, here: World) -> None:
        arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint"
        stage = self.serving(here, "calls", allow(["sagemaker:InvokeEndpoint"], f"{arn}/called"))

        assert row(stage, "Caller").run().summary == "1 request allowed, 1 neighbour refused"

        stage = self.serving(here, "calls-all", allow(["sagemaker:InvokeEndpoint"], "*"))
        failure = too_wide(stage, "Caller")
        assert (
            failure.summary == f"calls-all/Caller may do sagemaker:InvokeEndpoint on {arn}/called-neighbour and 1 more"
        )

    def test_fails_for_a_caller_that_a_statement_denies(self, here: World) -> None:
        arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/called"
        statements = {
            "call": allow(["sagemaker:InvokeEndpoint"], arn),
            "deny": {"Effect": "Deny", "Action": "sagemaker:*", "Resource": "*"},
        }
        stage = deployed(here, "calls-denied", {"Caller": role("lambda", statements)})
        stage.endpoints["called"] = here.sagemaker.describe_endpoint(EndpointName="called")

        assert too_wide(stage, "Caller").summary.endswith("endpoint/called: its own policy denies it")


def request(action: str, resource: str, place: str | None = None, **keys: str) -> dict[str, Any]:
    named = {name.replace("_", ":", 1): value for name, value in keys.items()}
    return {"action": action, "resource": resource, "keys": named, "place": place, "allowed": True}


class TestNeighbours:
    def kinds(self, *requests: dict[str, Any], limited: tuple[str, ...] = ()) -> list[str]:
        return [probe.kind for probe in probes(requests, limited)]

    def words(self, *requests: dict[str, Any], limited: tuple[str, ...] = ()) -> list[str]:
        return [probe.words() for probe in probes(requests, limited)]

    def test_of_an_object(self) -> None:
        assert self.words(request("s3:GetObject", "arn:aws:s3:::b/data/train/0.jpg", "data/train/")) == [
            "read s3://b/data/train-neighbour/0.jpg",
            "read s3://b/neighbour/0.jpg",
            "read s3://b-neighbour/data/train/0.jpg",
        ]

    @pytest.mark.parametrize(
        ("asked", "kinds"),
        [
            (request("s3:GetObject", "arn:aws:s3:::b/data/0.jpg", "data/"), ["prefix", "prefix", "bucket"]),
            (request("s3:ListBucket", "arn:aws:s3:::b", "data/", s3_prefix="data/"), ["prefix", "prefix", "bucket"]),
            (request("kms:Decrypt", "arn:aws:kms:r:a:key/k"), ["key"]),
            (request("sagemaker:InvokeEndpoint", "arn:aws:x:::endpoint/e"), ["endpoint"]),
            (request("iam:PassRole", "arn:aws:iam::a:role/r", iam_PassedToService="s"), ["role", "service"]),
            (request("sns:Publish", "arn:aws:sns:r:a:t"), ["topic"]),
            (request("sqs:SendMessage", "arn:aws:sqs:r:a:q"), ["queue"]),
            (request("logs:PutLogEvents", "arn:aws:logs:r:a:log-group:/g:log-stream:s"), ["log group"]),
            (request("states:StartExecution", "arn:aws:states:r:a:stateMachine:m"), ["state machine"]),
            (request("ecr:BatchGetImage", "arn:aws:ecr:r:a:repository/i"), ["repository"]),
        ],
    )
    def test_are_told_apart_by_what_they_are(self, asked: dict[str, Any], kinds: list[str]) -> None:
        assert self.kinds(asked) == kinds

    def test_of_names_that_begin_alike(self) -> None:
        assert "read s3://b/data/neighbour-train/0.jpg" in self.words(
            request("s3:GetObject", "arn:aws:s3:::b/data/train/0.jpg", "data/train")
        )

    def test_a_whole_bucket_has_another_bucket_beside_it(self) -> None:
        assert self.words(request("s3:GetObject", "arn:aws:s3:::b/0.jpg", "")) == ["read s3://b-neighbour/0.jpg"]

    def test_a_part_of_what_it_uses_elsewhere_is_its_own(self) -> None:
        found = self.words(
            request("s3:PutObject", "arn:aws:s3:::b/models/a/object", "models/a/"),
            request("s3:PutObject", "arn:aws:s3:::b/models/object", "models/"),
        )

        assert "write s3://b/models/a-neighbour/object" not in found
        assert "write s3://b/models-neighbour/object" in found

    def test_of_a_model_only_where_models_are_told_apart(self) -> None:
        call = request("sagemaker:InvokeEndpoint", "arn:aws:x:::endpoint/e", sagemaker_TargetModel="a.tar.gz")
        other = "do sagemaker:InvokeEndpoint on arn:aws:x:::endpoint/e with sagemaker:TargetModel neighbour-a.tar.gz"

        assert other not in self.words(call)
        assert other in self.words(call, limited=("sagemaker:TargetModel",))

    def test_none_of_what_was_denied_or_has_a_name_of_its_run(self) -> None:
        refused = {**request("kms:Decrypt", "arn:aws:kms:r:a:key/k"), "allowed": False}

        assert self.words(refused, request("sagemaker:CreateTrainingJob", "arn:aws:x:::training-job/j-1")) == []


class TestAfterAFailure:
    def test_a_role_that_was_denied_has_its_row_all_the_same(self, tmp_path: Path) -> None:
        table = Table(io.StringIO())
        options = Options(app=None, context=(), cdk=("cdk",), data=None, timeout=1, skip_update=False)
        rehearsal = Rehearsal(options, folder=tmp_path, table=table, shield=lambda: None)

        def fail() -> Outcome:
            raise StepFailed("FAILED in state Train")

        rows = [
            Step("run", "Workflow", fail),
            Step("jobs", "Workflow", lambda: Outcome("")),
            Step("access", "Role", lambda: Outcome(""), after_failure=lambda: StepFailed("was denied kms:Decrypt")),
            Step("access", "Other", lambda: Outcome(""), after_failure=lambda: None),
        ]
        assert rehearsal._run(rows) is False
        table.close()
        assert [(row.name, row.status, row.summary) for row in rehearsal.report.rows] == [
            ("run", FAILED, "FAILED in state Train"),
            ("jobs", NOT_RUN, ""),
            ("access", FAILED, "was denied kms:Decrypt"),
            ("access", NOT_RUN, ""),
        ]
