"""Roles that act by themselves in the rehearsal: who asks an asynchronous endpoint, and who starts a workflow."""

from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.rehearsal._access import access_steps
from constructs_lib.rehearsal._jobs import job_steps
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import Step, StepFailed
from tests.rehearsal.test_emulator_support import ACCOUNT, IMAGE, PULL, World, allow, variant, world
from tests.rehearsal.test_rehearse_access import BUCKET, FLOW, JOB, KEY, below, deployed, listing, role, workflow

ENDPOINT = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint"


def s3(action: str, *prefixes: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": f"s3:{action}", "Resource": below(*prefixes)}


def use(action: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": f"kms:{action}", "Resource": KEY}


# What an asynchronous endpoint does for a request.
SERVE = {
    "token": PULL[0],
    "image": PULL[1],
    "read": s3("GetObject", "in/", "data/"),
    "write": s3("PutObject", "out/", "failed/"),
    "decrypt": use("Decrypt"),
    "encrypt": use("GenerateDataKey"),
    "logs": allow(JOB["logs"]["Action"], f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/sagemaker/Endpoints*"),
    "metrics": JOB["metrics"],
}
# What asking it takes.
ASK = {
    "ask": allow(["sagemaker:InvokeEndpointAsync"], f"{ENDPOINT}/*"),
    "put": s3("PutObject", "in/"),
    "get": s3("GetObject", "out/", "failed/"),
    "list": listing("out/", "failed/"),
    "decrypt": use("Decrypt"),
    "encrypt": use("GenerateDataKey"),
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def asked(here: World, name: str, **changes: Any) -> Stage:
    """A stage with an asynchronous endpoint, and a role that asks it."""
    ask = {key: statement for key, statement in {**ASK, **changes}.items() if statement}
    ask["ask"] = allow(["sagemaker:InvokeEndpointAsync"], f"{ENDPOINT}/{name}") if "ask" not in changes else ask["ask"]
    template = workflow(name, JOB, FLOW, Serve=role("sagemaker", SERVE), Caller=role("ecs-tasks", ask))
    stage = deployed(here, name, {key: body for key, body in template.items() if key != "Machine"})
    store, serve = (stage.physical_ids(name)[key] for key in ("Store", "Serve"))
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{store}/data/0.jpg"}
    here.model(name, ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/{serve}", PrimaryContainer=container)
    output = {"S3OutputPath": f"s3://{store}/out", "S3FailurePath": f"s3://{store}/failed"}
    here.endpoint(name, variant("main", name), AsyncInferenceConfig={"OutputConfig": output})
    stage.endpoints[name] = here.sagemaker.describe_endpoint(EndpointName=name)
    return stage


Rows = dict[str, Step]


def rows(stage: Stage) -> Rows:
    """The row of each role, by its logical id; the roles act once for all of them."""
    return {step.subject.rpartition("/")[2]: step for step in access_steps(stage)}


def requests(step: Step) -> list[tuple[str, str | None]]:
    details: Any = step.run().details
    return [(each["action"], each["place"]) for each in details["requests"]]


def failed(step: Step) -> StepFailed:
    with pytest.raises(StepFailed) as raised:
        step.run()
    return raised.value


class TestWhoAsksAQueue:
    def test_puts_its_input_and_reads_the_answer_itself(self, here: World) -> None:
        stage = asked(here, "asks")
        found = rows(stage)

        # The endpoint reads what the caller puts, though its own row comes first.
        assert ("s3:GetObject", "in/") in requests(found["Serve"])
        assert requests(found["Caller"]) == [
            ("s3:PutObject", "in/"),
            ("kms:GenerateDataKey", None),
            ("sagemaker:InvokeEndpointAsync", None),
            ("s3:GetObject", "out/"),
            ("kms:Decrypt", None),
            ("s3:GetObject", "failed/"),
            ("s3:ListBucket", "out/"),
            ("s3:ListBucket", "failed/"),
        ]
        assert found["Caller"].run().summary == "8 requests allowed, 17 neighbours refused"
        store = stage.physical_ids("asks")["Store"]
        left = here.aws.client("s3").list_objects_v2(Bucket=store)["Contents"]
        assert [each["Key"] for each in left if "cdk-rehearse" in each["Key"]] == []

    @pytest.mark.parametrize(("right", "action"), [("encrypt", "kms:GenerateDataKey"), ("decrypt", "kms:Decrypt")])
    def test_fails_without_the_key(self, here: World, right: str, action: str) -> None:
        failure = failed(rows(asked(here, f"asks-without-{right}", **{right: None}))["Caller"])

        assert failure.summary.startswith(f"was denied {action} on arn:aws:kms:")
        assert f'it lacks {{"Effect": "Allow", "Action": "{action}"' in failure.text

    def test_fails_where_the_answer_is_denied(self, here: World) -> None:
        failure = failed(rows(asked(here, "asks-denied", deny=s3("GetObject", "out/", effect="Deny")))["Caller"])

        assert failure.summary.startswith("was denied s3:GetObject on arn:aws:s3:::asks-denied-store")
        assert failure.summary.endswith(": its own policy denies it")

    def test_leaves_it_to_somebody_else_where_it_may_not(self, here: World) -> None:
        stage = asked(here, "asks-only", put=None, get=None, list=None)

        assert requests(rows(stage)["Caller"]) == [("sagemaker:InvokeEndpointAsync", None)]

    @pytest.mark.parametrize(
        ("right", "statement", "words"),
        [
            ("put", s3("PutObject", ""), "may write s3://"),
            ("get", s3("GetObject", ""), "may read s3://"),
            ("list", {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET}, "may list s3://"),
            ("decrypt", allow(["kms:Decrypt"], "*"), "may do kms:Decrypt on arn:aws:kms:"),
        ],
    )
    def test_fails_for_a_neighbour_that_it_may_use(
        self, here: World, right: str, statement: dict[str, Any], words: str
    ) -> None:
        failure = failed(rows(asked(here, f"asks-wide-{right}", **{right: statement}))["Caller"])

        assert words in failure.summary
        assert "neighbour" in failure.summary or "00000000-0000" in failure.summary


def scheduled(here: World, name: str, **roles: Any) -> Stage:
    """A stage whose workflow has run once, and that can run again."""
    template = workflow(name, JOB, FLOW, **roles)
    definition = template["Machine"]["Properties"]["DefinitionString"]
    unique = definition["Fn::Sub"].replace(f'"TrainingJobName": "{name}-1"', '"TrainingJobName.$": "$$.Execution.Name"')
    definition["Fn::Sub"] = unique
    stage = deployed(here, name, template)
    for step in job_steps(stage):
        step.run()
    return stage


START = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": {"Ref": "Machine"}}


class TestWhoStartsAWorkflow:
    def test_starts_it_and_no_other_and_uses_its_data(self, here: World) -> None:
        data = {"read": JOB["read"], "write": s3("PutObject", "data/"), "use": use("*")}
        stage = scheduled(
            here,
            "starts",
            Starter=role("codebuild", {"start": START}),
            Scientist=role("glue", {"start": START, **data}),
            Rule=role("events", {"start": START}),
        )
        found = rows(stage)
        assert found["Starter"].run().summary == "1 request allowed, 1 neighbour refused"
        assert requests(found["Scientist"]) == [
            ("states:StartExecution", None),
            ("s3:PutObject", "data/"),
            ("kms:GenerateDataKey", None),
            ("s3:GetObject", "data/"),
            ("kms:Decrypt", None),
        ]
        # What a rule starts, it starts in the row of its schedule.
        assert found["Rule"].run().summary.startswith("not used")
        machine = stage.physical_ids("starts")["Machine"]
        executions = here.aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
        assert [each["status"] for each in executions] == ["SUCCEEDED"] * 3

    def test_fails_for_one_that_may_start_every_workflow(self, here: World) -> None:
        everything = {"start": {**START, "Resource": "*"}}
        failure = failed(rows(scheduled(here, "starts-all", Starter=role("codebuild", everything)))["Starter"])

        assert failure.summary.startswith("starts-all/Starter may do states:StartExecution on arn:aws:states:")
        assert "-neighbour" in failure.summary

    def test_fails_for_one_that_is_denied_it(self, here: World) -> None:
        deny = {"deny": {**START, "Effect": "Deny"}}
        failure = failed(
            rows(scheduled(here, "starts-not", Starter=role("codebuild", {"start": START, **deny})))["Starter"]
        )

        assert failure.summary.startswith("was denied states:StartExecution on arn:aws:states:")

    def test_another_role_has_its_row_where_one_goes_wrong(self, here: World) -> None:
        stage = scheduled(here, "starts-badly", Starter=role("codebuild", {"start": START}))
        store = stage.physical_ids("starts-badly")["Store"]
        here.aws.client("s3").delete_object(Bucket=store, Key="data/0.jpg")

        found = rows(stage)
        assert "No S3 objects found" in failed(found["Starter"]).summary
        # The row of the job, which did its part when the workflow was run, says nothing of it.
        assert " neighbours refused" in found["Job"].run().summary
