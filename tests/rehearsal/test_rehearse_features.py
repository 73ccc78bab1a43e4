"""The rows of feature groups: records go in and come back as whoever was granted it, and an update keeps the group."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from constructs_lib.rehearsal._assembly import Environment, Resource
from constructs_lib.rehearsal._assembly import Stack as Deployed
from constructs_lib.rehearsal._feature_groups import FEATURE_GROUP, feature_group_steps, feature_group_update_step
from constructs_lib.rehearsal._feature_records import Record
from constructs_lib.rehearsal._jobs import job_steps
from constructs_lib.rehearsal._leftovers import Inventory, nothing_left_step
from constructs_lib.rehearsal._recording import record_as
from constructs_lib.rehearsal._stage import Caller, Stage
from constructs_lib.rehearsal._steps import StepFailed
from tests.rehearsal.test_emulator_support import ACCOUNT, World, allow, made, world
from tests.rehearsal.test_rehearse_access import (
    BUCKET,
    FLOW,
    JOB,
    KEY,
    below,
    deployed,
    role,
    row,
    too_wide,
    without,
    workflow,
)
from tests.rehearsal.test_rehearse_checks import Canned, stage_with

FEATURES = {"user": "String", "clicks": "Integral", "score": "Fractional", "seen_at": "Fractional"}
# Just what the offline store needs.
OFFLINE: dict[str, Any] = {
    "owner": {"Effect": "Allow", "Action": "s3:GetBucketAcl", "Resource": BUCKET},
    "write": {"Effect": "Allow", "Action": ["s3:PutObject", "s3:PutObjectAcl"], "Resource": below("features/")},
    "encrypt": {"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": KEY},
}
GLUE = f"arn:aws:glue:us-east-1:{ACCOUNT}"
ICEBERG: dict[str, Any] = {
    **OFFLINE,
    "manifests": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": below("features/*/metadata/")},
    "decrypt": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY},
    "table": allow(
        ["glue:GetTable", "glue:UpdateTable"],
        f"{GLUE}:catalog",
        f"{GLUE}:database/sagemaker_featurestore",
        f"{GLUE}:table/sagemaker_featurestore/*",
    ),
}
THROUGH = {"StringEquals": {"kms:ViaService": "sagemaker.us-east-1.amazonaws.com"}}
ONLINE_KEY = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY, "Condition": THROUGH}


def definitions(types: dict[str, str]) -> list[dict[str, str]]:
    return [{"FeatureName": name, "FeatureType": kind} for name, kind in types.items()]


BEFORE = {
    "FeatureGroupName": "clicks",
    "FeatureGroupArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:feature-group/clicks",
    "FeatureGroupStatus": "Created",
    "CreationTime": 1,
    "RecordIdentifierFeatureName": "user",
    "EventTimeFeatureName": "seen_at",
    "FeatureDefinitions": definitions(FEATURES),
    "OnlineStoreConfig": {"EnableOnlineStore": True},
}
GROUP = Resource("Store", "Group", FEATURE_GROUP, "Store/Group/Resource", {})


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


def of_group(name: str, *operations: str, also: str = "") -> dict[str, Any]:
    """What lets a caller work with the records of a group."""
    arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:feature-group/{name}{also}"
    return {"act": allow([f"sagemaker:{operation}" for operation in operations], arn), "key": ONLINE_KEY}


def storing(
    name: str,
    *,
    offline_role: dict[str, Any] = OFFLINE,
    types: dict[str, str] = FEATURES,
    online: bool = True,
    offline: bool = True,
    iceberg: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """A template with a group that has the stores that are asked for, its key and its bucket."""
    base = workflow(name, JOB, FLOW)
    properties: dict[str, Any] = {
        "FeatureGroupName": name,
        "RecordIdentifierFeatureName": "user",
        "EventTimeFeatureName": "seen_at",
        "FeatureDefinitions": definitions(types),
    }
    if online:
        properties["OnlineStoreConfig"] = {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}}
    if offline:
        storage = {"S3Uri": {"Fn::Sub": "s3://${Store}/features"}, "KmsKeyId": KEY}
        properties["OfflineStoreConfig"] = {"S3StorageConfig": storage} | (
            {"TableFormat": "Iceberg"} if iceberg else {}
        )
        properties["RoleArn"] = {"Fn::GetAtt": ["Offline", "Arn"]}
    return {
        "Key": base["Key"],
        "Store": base["Store"],
        "Offline": role("sagemaker", offline_role),
        "Group": made("SageMaker::FeatureGroup", **properties),
        **more,
    }


def said(stage: Stage) -> str:
    (step,) = feature_group_steps(stage)
    return step.run().summary


def failed(stage: Stage) -> str:
    with pytest.raises(StepFailed) as raised:
        said(stage)
    return raised.value.summary


class TestRecords:
    def test_go_in_and_come_back_as_whoever_was_granted_it(self, here: World) -> None:
        stage = deployed(
            here,
            "all",
            storing(
                "all",
                Writer=role("lambda", of_group("all", "PutRecord", "DeleteRecord")),
                Reader=role("lambda", of_group("all", "GetRecord", "BatchGetRecord")),
                Other=role("lambda", of_group("other", "PutRecord", "GetRecord")),
            ),
        )

        told = said(stage)

        assert told.startswith("a record put and got, found in s3://")
        assert f"/features/{ACCOUNT}/sagemaker/us-east-1/offline-store/all-" in told
        for role_id, actions in (
            ("Writer", {"sagemaker:PutRecord", "sagemaker:DeleteRecord", "kms:Decrypt"}),
            ("Reader", {"sagemaker:GetRecord", "sagemaker:BatchGetRecord", "kms:Decrypt"}),
            ("Offline", {"s3:GetBucketAcl", "s3:PutObject", "s3:PutObjectAcl", "kms:GenerateDataKey"}),
        ):
            proven = row(stage, role_id).run()
            requests = cast(list[dict[str, Any]], proven.details["requests"])
            tried = cast(list[dict[str, Any]], proven.details["probes"])
            assert {each["action"] for each in requests} == {each["action"] for each in tried} == actions
            assert {each["decision"] for each in tried} == {"refused"}
        assert row(stage, "Other").run().summary.startswith("not used")

    def test_come_back_in_a_batch_only(self, here: World) -> None:
        reader = role("lambda", of_group("batched", "BatchGetRecord"))
        stage = deployed(here, "batched", storing("batched", offline=False, Reader=reader))

        assert said(stage) == "a record put and got"
        assert row(stage, "Reader").run().summary == "2 requests allowed, 2 neighbours refused"

    def test_with_numbers_for_identifiers_and_text_for_times(self, here: World) -> None:
        types = FEATURES | {"user": "Integral", "seen_at": "String"}
        writer = role("lambda", of_group("numbers", "DeleteRecord"))
        stage = deployed(here, "numbers", storing("numbers", types=types, Writer=writer))

        assert said(stage).startswith("a record put and got, found in s3://")
        assert row(stage, "Writer").run().summary == "2 requests allowed, 2 neighbours refused"

    def test_of_an_offline_store_alone(self, here: World) -> None:
        every = role("lambda", of_group("history", "PutRecord", "GetRecord", "DeleteRecord"))
        stage = deployed(here, "history", storing("history", online=False, Caller=every))

        assert said(stage).startswith("a record put, found in s3://")
        # There is nothing to get, and no key of an online store to use.
        assert row(stage, "Caller").run().summary == "2 requests allowed, 2 neighbours refused"

    def test_of_an_iceberg_table(self, here: World) -> None:
        stage = deployed(here, "frozen", storing("frozen", offline_role=ICEBERG, iceberg=True))
        said(stage)

        proven = row(stage, "Offline").run()
        requests = cast(list[dict[str, Any]], proven.details["requests"])
        assert {"glue:GetTable", "glue:UpdateTable", "s3:GetObject"} <= {each["action"] for each in requests}
        tried = cast(list[dict[str, Any]], proven.details["probes"])
        beside = {each["resource"] for each in tried if each["action"] == "glue:UpdateTable"}
        assert beside == {f"{GLUE}:database/sagemaker_featurestore-neighbour"}

    def test_are_what_a_job_is_trained_on(self, here: World) -> None:
        flow = json.loads(json.dumps(workflow("trained", JOB, FLOW)).replace("data/", "features/"))
        stage = deployed(
            here, "trained", storing("trained", **{name: flow[name] for name in ("Job", "Flow", "Machine")})
        )
        said(stage)
        run, jobs = job_steps(stage)

        assert run.run().summary == "SUCCEEDED, 1 job"
        assert "Completed" in jobs.run().summary
        read = cast(list[dict[str, Any]], row(stage, "Job").run().details["requests"])
        assert any("/offline-store/trained-" in each["resource"] for each in read if each["action"] == "s3:GetObject")

    def test_of_a_group_that_is_not_there(self) -> None:
        none: dict[str, Any] = {"list_stack_resources": {"StackResourceSummaries": []}}
        never = Resource("Store", "Group", FEATURE_GROUP, "Store/Group/Resource", {"Condition": "Never"})
        one = Deployed("Store", "Store", "Store", Path(), "", Environment("1", "r"), (), None, False, (never,))

        assert (
            said(stage_with({"cloudformation": Canned(none)}, stacks=(one,))) == "not created: its condition is false"
        )


class TestTooLittle:
    def test_fails_for_a_caller_without_the_key(self, here: World) -> None:
        caller = role("lambda", without(of_group("unkeyed", "PutRecord"), "key"))
        stage = deployed(here, "unkeyed", storing("unkeyed", Caller=caller))

        said(stage)
        assert too_wide(stage, "Caller").summary.startswith("was denied kms:Decrypt on ")

    def test_fails_for_an_offline_store_that_became_blocked(self, here: World) -> None:
        stage = deployed(here, "blocked", storing("blocked"))
        iam, name = here.aws.client("iam"), stage.physical_ids("blocked")["Offline"]
        iam.delete_role_policy(RoleName=name, PolicyName="own")

        words = failed(stage)
        assert words.startswith("the offline store of blocked is blocked: ")
        assert '"s3:GetBucketAcl"' in words


class TestOtherAnswers:
    """What a caller is told, where that is not what the stores hold."""

    KEPT: Record = [{"FeatureName": "user", "ValueAsString": "kept"}]  # noqa: RUF012 -- never changed

    def acting(self, action: str, answers: dict[str, Any]) -> None:
        group = Canned({"describe_feature_group": BEFORE})
        kept = Canned({"get_record": {"Record": self.KEPT}})
        stage = stage_with({"sagemaker": group, "sagemaker-featurestore-runtime": kept})
        stage.feature_groups[GROUP.path] = BEFORE
        own = stage_with({"sagemaker-featurestore-runtime": Canned(answers)}).aws
        statement = allow([f"sagemaker:{action}"], BEFORE["FeatureGroupArn"])
        record_as(stage, Caller("arn:role", own, (statement,)))

    @pytest.mark.parametrize(
        ("action", "answers", "words"),
        [
            ("GetRecord", {}, "clicks answered arn:role another record than was put"),
            ("BatchGetRecord", {"batch_get_record": {"Records": []}}, "clicks answered arn:role another record"),
            ("PutRecord", {}, "clicks answered arn:role another record than was put"),
            ("DeleteRecord", {}, "clicks still answers cdk-rehearse-deleted, which was deleted"),
        ],
    )
    def test_fails(self, action: str, answers: dict[str, Any], words: str) -> None:
        with pytest.raises(StepFailed, match=words):
            self.acting(action, answers)

    def test_passes_for_the_same(self) -> None:
        self.acting("GetRecord", {"get_record": {"Record": self.KEPT}})
        self.acting("BatchGetRecord", {"batch_get_record": {"Records": [{"Record": self.KEPT}]}})
        self.acting("DescribeFeatureGroup", {})


class TestTooMuch:
    @pytest.mark.parametrize("action", ["PutRecord", "GetRecord", "BatchGetRecord", "DeleteRecord"])
    def test_fails_for_a_caller_of_more_groups(self, here: World, action: str) -> None:
        name = f"wide-{action.lower()}"
        stage = deployed(here, name, storing(name, Caller=role("lambda", of_group(name, action, also="*"))))
        said(stage)

        arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:feature-group/{name}-neighbour"
        assert too_wide(stage, "Caller").summary == f"{name}/Caller may do sagemaker:{action} on {arn}"

    @pytest.mark.parametrize("action", ["s3:PutObject", "s3:PutObjectAcl"])
    def test_fails_for_a_store_that_may_write_beside_it(self, here: World, action: str) -> None:
        name = f"beside-{action[-3:].lower()}"
        anywhere = {"Effect": "Allow", "Action": action, "Resource": below("")}
        stage = deployed(here, name, storing(name, offline_role=OFFLINE | {"more": anywhere}))
        said(stage)

        assert "/features-neighbour/" in too_wide(stage, "Offline").summary

    def test_fails_for_a_store_that_may_change_every_table(self, here: World) -> None:
        wide = ICEBERG | {"table": allow(["glue:GetTable", "glue:UpdateTable"], "*")}
        stage = deployed(here, "tables", storing("tables", offline_role=wide, iceberg=True))
        said(stage)

        words = f"tables/Offline may do glue:GetTable on {GLUE}:database/sagemaker_featurestore-neighbour"
        assert too_wide(stage, "Offline").summary.startswith(words)


class TestUpdate:
    def update(self, after: dict[str, Any], record: object = None, features: int = 5) -> str:
        clients = {
            "sagemaker": Canned({"describe_feature_group": {**BEFORE, **after}}),
            "sagemaker-featurestore-runtime": Canned({"get_record": {"Record": record}}),
        }
        stage = stage_with(clients)
        stage.feature_groups[GROUP.path] = BEFORE
        return feature_group_update_step(stage, GROUP, features).run().summary

    @pytest.mark.parametrize(
        ("after", "record", "problem"),
        [
            ({"CreationTime": 2}, None, "clicks was replaced: CreationTime was 1, is 2"),
            ({"FeatureGroupArn": "arn:other"}, None, "clicks was replaced: FeatureGroupArn was .*, is arn:other"),
            ({}, None, "clicks was not updated: it has 4 features, and the template asks for 5"),
            (
                {"FeatureGroupStatus": "CreateFailed", "FailureReason": "no role"},
                None,
                "clicks is CreateFailed: no role",
            ),
            ({"FeatureGroupStatus": "Creating"}, None, "feature group clicks is still Creating after 0 s"),
            (
                {"FeatureDefinitions": definitions(FEATURES | {"a": "String"})},
                None,
                "clicks lost its record in the upd",
            ),
            (
                {"FeatureDefinitions": definitions(FEATURES | {"a": "String"})},
                [{"FeatureName": "user", "ValueAsString": "other"}],
                "clicks answered the account another record than was put",
            ),
        ],
    )
    def test_fails(self, after: dict[str, Any], record: object, problem: str) -> None:
        with pytest.raises(StepFailed, match=problem):
            self.update(after, record)

    def test_of_an_offline_store_alone(self) -> None:
        more = {"FeatureDefinitions": definitions(FEATURES | {"a": "String"}), "OnlineStoreConfig": {}}

        assert self.update(more) == "same group, 4 → 5 features"

    def test_of_a_group_that_is_not_there(self) -> None:
        step = feature_group_update_step(stage_with({}), GROUP, 5)

        assert step.run().summary == "not created: its condition is false"


def test_what_is_left_is_told() -> None:
    left = {"FeatureGroupSummaries": [{"FeatureGroupName": "clicks", "FeatureGroupArn": "arn:clicks"}]}
    stacks: dict[str, Any] = {"list_stacks": {"StackSummaries": []}}
    stage = stage_with({"sagemaker": Canned({"list_feature_groups": left}), "cloudformation": Canned(stacks)})

    with pytest.raises(StepFailed, match="1 left: feature group clicks"):
        nothing_left_step(stage, Inventory()).run()

    nothing_left_step(stage, Inventory(kept={"clicks": "Store/Group"})).run()
