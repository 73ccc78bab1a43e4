"""Feature groups on the embedded AWS: what it refuses, what a role is asked for, and records in both stores."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from botocore import xform_name

from tests.rehearsal.test_emulator_support import BUCKET, Stack, World, allow, made, refusal, wait_for, world

FEATURES = {"user": "String", "clicks": "Integral", "score": "Fractional", "seen_at": "Fractional"}
ONLINE = {"EnableOnlineStore": True}
WRITE = allow(["s3:PutObject", "s3:PutObjectAcl"], f"arn:aws:s3:::{BUCKET}/features/*")
OWNER = allow(["s3:GetBucketAcl"], f"arn:aws:s3:::{BUCKET}")
CALLED = "arn:aws:sagemaker:us-east-1:123456789012:feature-group"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.make_role("offline", [WRITE, OWNER])
        yield account


def definitions(**types: str) -> list[dict[str, str]]:
    return [{"FeatureName": name, "FeatureType": kind} for name, kind in types.items()]


def group(name: str, **changes: Any) -> dict[str, Any]:
    """What a group with an online store asks for; None takes a member away."""
    request = {
        "FeatureGroupName": name,
        "RecordIdentifierFeatureName": "user",
        "EventTimeFeatureName": "seen_at",
        "FeatureDefinitions": definitions(**FEATURES),
        "OnlineStoreConfig": ONLINE,
    }
    return {member: value for member, value in (request | changes).items() if value is not None}


def offline(
    role: str = "arn:aws:iam::123456789012:role/offline", key: str | None = None, **more: Any
) -> dict[str, Any]:
    """The members that add an offline store."""
    storage = {"S3Uri": f"s3://{BUCKET}/features"} | ({"KmsKeyId": key} if key else {})
    return {"OfflineStoreConfig": {"S3StorageConfig": storage, **more}, "RoleArn": role}


def create(here: World, name: str, **changes: Any) -> Any:
    here.sagemaker.create_feature_group(**group(name, **changes))
    return wait_for(lambda: describe(here, name), lambda found: found["FeatureGroupStatus"] != "Creating")


def describe(here: World, name: str) -> Any:
    return here.sagemaker.describe_feature_group(FeatureGroupName=name)


def update(here: World, name: str, **request: Any) -> Any:
    here.sagemaker.update_feature_group(FeatureGroupName=name, **request)
    return describe(here, name)


def runtime(here: World) -> Any:
    return here.aws.client("sagemaker-featurestore-runtime")


def record(**values: object) -> list[dict[str, str]]:
    return [{"FeatureName": name, "ValueAsString": str(value)} for name, value in values.items()]


def put(here: World, name: str, *, by: Any = None, target: Any = None, **values: object) -> None:
    more = {"TargetStores": target} if target else {}
    (by or runtime(here)).put_record(FeatureGroupName=name, Record=record(**values), **more)


def get(here: World, name: str, identifier: str, **request: Any) -> dict[str, str] | None:
    """A record as it is answered; None where there is none."""
    answer = runtime(here).get_record(FeatureGroupName=name, RecordIdentifierValueAsString=identifier, **request)
    found = answer.get("Record")
    return {each["FeatureName"]: each["ValueAsString"] for each in found} if found else None


def kept(here: World, shown: Any) -> list[dict[str, Any]]:
    """What the offline store holds, file by file."""
    uri = shown["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"]
    keys = here.keys(uri.removeprefix(f"s3://{BUCKET}/") + "/")
    return [json.loads(here.read(f"s3://{BUCKET}/{key}")) for key in keys]


def of_role(here: World, name: str, *statements: dict[str, Any]) -> Any:
    """A client of the runtime that acts as a role with these statements."""
    return here.aws.acting_as(here.make_role(name, list(statements))).client("sagemaker-featurestore-runtime")


class TestCreate:
    def test_shows_what_was_asked_for_and_where_the_offline_store_is(self, here: World) -> None:
        shown = create(here, "Both-Stores", **offline())

        assert shown["FeatureGroupStatus"] == "Created"
        assert shown["FeatureGroupArn"].endswith(":feature-group/both-stores")
        assert shown["FeatureDefinitions"] == definitions(**FEATURES)
        assert shown["OfflineStoreStatus"] == {"Status": "Active"}
        created = int(shown["CreationTime"].timestamp())
        assert shown["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"] == (
            f"s3://{BUCKET}/features/123456789012/sagemaker/us-east-1/offline-store/Both-Stores-{created}/data"
        )
        assert shown["OfflineStoreConfig"]["DataCatalogConfig"] == {
            "Catalog": "AwsDataCatalog",
            "Database": "sagemaker_featurestore",
            "TableName": f"both_stores_{created}",
        }

    def test_shows_no_table_where_none_is_made(self, here: World) -> None:
        shown = create(here, "no-table", **offline(DisableGlueTableCreation=True))

        assert "DataCatalogConfig" not in shown["OfflineStoreConfig"]

    def test_is_listed_and_deleted(self, here: World) -> None:
        create(here, "passing")
        put(here, "passing", user="a", seen_at=1)
        here.sagemaker.delete_feature_group(FeatureGroupName="passing")

        listed = here.sagemaker.list_feature_groups()["FeatureGroupSummaries"]
        assert "passing" not in [each["FeatureGroupName"] for each in listed]
        create(here, "passing")
        assert get(here, "passing", "a") is None

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"OnlineStoreConfig": None}, "OnlineStore and OfflineStore cannot be both disabled"),
            ({"OnlineStoreConfig": {"EnableOnlineStore": False}}, "cannot be both disabled"),
            ({"RecordIdentifierFeatureName": "who"}, "RecordIdentifierFeatureName who is none of the FeatureDef"),
            ({"EventTimeFeatureName": "when"}, "EventTimeFeatureName when is none of the FeatureDefinitions"),
            ({"EventTimeFeatureName": "clicks"}, "clicks must be String or Fractional, got Integral"),
            ({"FeatureDefinitions": definitions(**FEATURES, is_deleted="String")}, "is_deleted is a reserved name"),
            ({"FeatureDefinitions": definitions(**FEATURES) * 2}, "user, clicks, score, seen_at are defined more"),
            ({"FeatureDefinitions": definitions(**FEATURES, **{"-a": "String"})}, "featureName"),
            (
                {"OnlineStoreConfig": {**ONLINE, "SecurityConfig": {"KmsKeyId": "alias/none"}}},
                "alias/none",
            ),
            (
                {
                    "OnlineStoreConfig": {**ONLINE, "StorageType": "InMemory"},
                    "ThroughputConfig": {
                        "ThroughputMode": "Provisioned",
                        "ProvisionedReadCapacityUnits": 1,
                        "ProvisionedWriteCapacityUnits": 1,
                    },
                },
                "Provisioned throughput is not supported for the InMemory storage type",
            ),
            (offline() | {"RoleArn": None}, "RoleArn must be given where there is an OfflineStoreConfig"),
            (offline(TableFormat="Iceberg", DisableGlueTableCreation=True), "Iceberg table format needs"),
            (offline(role="arn:aws:iam::123456789012:role/nobody"), "which does not exist"),
            (
                {
                    "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://elsewhere/features"}},
                    "RoleArn": "arn:aws:iam::123456789012:role/offline",
                },
                "s3:GetBucketAcl",
            ),
        ],
    )
    def test_refuses(self, here: World, changes: dict[str, Any], words: str) -> None:
        assert words.lower() in refusal(create, here, "refused", **changes).lower()


class TestRole:
    """What the role of the offline store is asked for as the group is created."""

    @pytest.mark.parametrize(
        ("name", "lacking"),
        [
            ("writes-only", [WRITE]),
            ("owner-only", [OWNER]),
            ("no-acl", [OWNER, allow(["s3:PutObject"], f"arn:aws:s3:::{BUCKET}/features/*")]),
            ("elsewhere", [OWNER, allow(["s3:PutObject*"], f"arn:aws:s3:::{BUCKET}/other/*")]),
        ],
    )
    def test_is_refused_without_one_right(self, here: World, name: str, lacking: list[dict[str, Any]]) -> None:
        missing = {
            "writes-only": "s3:GetBucketAcl",
            "owner-only": "s3:PutObject",
            "no-acl": "s3:PutObjectAcl",
            "elsewhere": "s3:PutObject",
        }[name]
        words = refusal(create, here, name, **offline(here.make_role(name, lacking)))

        assert f'is not allowed "{missing}" on ' in words

    def test_is_refused_without_the_key(self, here: World) -> None:
        key = here.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        role = here.make_role("no-key", [WRITE, OWNER])

        assert f'is not allowed "kms:GenerateDataKey" on {key}' in refusal(create, here, "no-key", **offline(role, key))
        keyed = here.make_role("keyed", [WRITE, OWNER, allow(["kms:GenerateDataKey"], key)])
        assert create(here, "keyed", **offline(keyed, key))["OfflineStoreStatus"] == {"Status": "Active"}

    def test_of_iceberg_reads_its_metadata_and_changes_its_table(self, here: World) -> None:
        read = allow(["s3:GetObject"], f"arn:aws:s3:::{BUCKET}/features/*/metadata/*")
        table = allow(["glue:GetTable", "glue:UpdateTable"], "*")
        for name, statements, missing in (
            ("unread", [WRITE, OWNER, table], "s3:GetObject"),
            ("no-glue", [WRITE, OWNER, read], "glue:GetTable"),
        ):
            role = here.make_role(name, statements)
            assert f'is not allowed "{missing}" on ' in refusal(
                create, here, name, **offline(role, TableFormat="Iceberg")
            )
        role = here.make_role("iceberg", [WRITE, OWNER, read, table])
        assert create(here, "iceberg", **offline(role, TableFormat="Iceberg"))["FeatureGroupStatus"] == "Created"

    def test_has_to_trust_sagemaker(self, here: World) -> None:
        trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = here.make_role("of-ec2", [WRITE, OWNER], {"Version": "2012-10-17", "Statement": [trust]})

        assert "which has a trust policy that does not let" in refusal(create, here, "of-ec2", **offline(role))


@pytest.fixture(scope="module")
def both(here: World) -> str:
    create(here, "records", **offline())
    return "records"


@pytest.fixture(scope="module")
def fixed(here: World) -> str:
    create(here, "fixed", OnlineStoreConfig=None, **offline())
    return "fixed"


class TestRecords:
    def test_the_latest_is_answered_and_all_are_kept_offline(self, here: World, both: str) -> None:
        put(here, both, user="a", clicks=2, seen_at=200.5)
        put(here, both, user="a", clicks=1, seen_at=100)

        assert get(here, both, "a") == {"user": "a", "clicks": "2", "seen_at": "200.5"}
        assert get(here, both, "b") is None
        found = [each for each in kept(here, describe(here, both)) if each["user"] == "a"]
        assert sorted(each["clicks"] for each in found) == ["1", "2"]
        assert {each["is_deleted"] for each in found} == {False}
        assert {"write_time", "api_invocation_time"} <= found[0].keys()

    def test_lie_where_their_time_says(self, here: World, both: str) -> None:
        put(here, both, user="placed", seen_at="1700000000")

        shown = describe(here, both)["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"]
        below = shown.removeprefix(f"s3://{BUCKET}/")
        assert here.keys(f"{below}/year=2023/month=11/day=14/hour=22/20231114T221320Z_")

    def test_go_to_the_store_that_is_named(self, here: World, both: str) -> None:
        put(here, both, target=["OfflineStore"], user="only-offline", seen_at=1)
        put(here, both, target=["OnlineStore"], user="only-online", seen_at=1)

        users = [each["user"] for each in kept(here, describe(here, both))]
        assert (get(here, both, "only-offline"), "only-offline" in users) == (None, True)
        assert (get(here, both, "only-online") is None, "only-online" in users) == (False, False)

    def test_are_got_in_a_batch_with_the_features_that_are_named(self, here: World, both: str) -> None:
        put(here, both, user="x", clicks=1, seen_at=1)
        put(here, both, user="y", clicks=2, seen_at=1)
        wanted = {"RecordIdentifiersValueAsString": ["x", "y", "z"], "FeatureNames": ["user", "clicks"]}
        unknown = {"FeatureGroupName": "no-such", "RecordIdentifiersValueAsString": ["x"]}
        answer = runtime(here).batch_get_record(Identifiers=[{"FeatureGroupName": both, **wanted}, unknown])

        assert [(each["RecordIdentifierValueAsString"], each["Record"]) for each in answer["Records"]] == [
            ("x", record(user="x", clicks=1)),
            ("y", record(user="y", clicks=2)),
        ]
        assert [(each["FeatureGroupName"], each["ErrorCode"]) for each in answer["Errors"]] == [
            ("no-such", "ResourceNotFound")
        ]
        assert answer["UnprocessedIdentifiers"] == []

    def test_are_got_with_the_features_that_are_named(self, here: World, both: str) -> None:
        put(here, both, user="named", clicks=1, seen_at=1)

        assert get(here, both, "named", FeatureNames=["clicks"]) == {"clicks": "1"}
        assert get(here, both, "named", FeatureNames=["clicks", "seen_at"]) == {"clicks": "1", "seen_at": "1"}

    def test_are_deleted_softly_and_their_past_does_not_come_back(self, here: World, both: str) -> None:
        put(here, both, user="gone", clicks=1, seen_at=10)
        delete = runtime(here).delete_record
        delete(FeatureGroupName=both, RecordIdentifierValueAsString="gone", EventTime="20")

        assert get(here, both, "gone") is None
        put(here, both, user="gone", clicks=2, seen_at=15)
        assert get(here, both, "gone") is None
        (marked,) = [each for each in kept(here, describe(here, both)) if each["is_deleted"]]
        assert marked == {"user": "gone", "seen_at": "20", "clicks": None, "score": None} | {
            name: marked[name] for name in ("is_deleted", "write_time", "api_invocation_time")
        }
        put(here, both, user="gone", clicks=3, seen_at=30)
        assert get(here, both, "gone") == {"user": "gone", "clicks": "3", "seen_at": "30"}

    def test_are_deleted_for_good(self, here: World) -> None:
        create(here, "hard")
        put(here, "hard", user="gone", clicks=1, seen_at=10)
        request = {"FeatureGroupName": "hard", "RecordIdentifierValueAsString": "gone", "DeletionMode": "HardDelete"}

        assert "must be later than" in refusal(runtime(here).delete_record, **request, EventTime="10")
        runtime(here).delete_record(**request, EventTime="20")
        put(here, "hard", user="gone", clicks=2, seen_at=15)
        assert get(here, "hard", "gone") == {"user": "gone", "clicks": "2", "seen_at": "15"}

    def test_are_gone_after_their_time(self, here: World) -> None:
        day = {"Unit": "Days", "Value": 1}
        create(here, "short", OnlineStoreConfig={**ONLINE, "TtlDuration": day})
        now = time.time()
        put(here, "short", user="old", seen_at=now - 90_000)
        put(here, "short", user="new", seen_at=now)

        assert get(here, "short", "old") is None
        assert get(here, "short", "new") is not None
        answer = runtime(here).get_record(
            FeatureGroupName="short", RecordIdentifierValueAsString="new", ExpirationTimeResponse="Enabled"
        )
        assert answer["ExpiresAt"].endswith("Z")
        runtime(here).put_record(
            FeatureGroupName="short",
            Record=record(user="own", seen_at=now - 60),
            TtlDuration={"Unit": "Seconds", "Value": 1},
        )
        assert get(here, "short", "own") is None

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"user": "a"}, "needs a value for user and seen_at"),
            ({"seen_at": 1}, "needs a value for user and seen_at"),
            ({"user": "a", "seen_at": 1, "age": 3}, "the feature age is not defined in feature group records"),
            ({"user": "a", "seen_at": 1, "clicks": "1.5"}, "the value '1.5' of the feature clicks is not Integral"),
            ({"user": "a", "seen_at": 1, "score": "high"}, "the value 'high' of the feature score is not Fractional"),
            ({"user": "a", "seen_at": "today"}, "the value 'today' of the feature seen_at is not Fractional"),
        ],
    )
    def test_refuses(self, here: World, both: str, values: dict[str, object], words: str) -> None:
        assert words in refusal(put, here, both, **values)

    def test_refuses_a_time_that_is_no_time(self, here: World) -> None:
        create(here, "timed", FeatureDefinitions=definitions(user="String", seen_at="String"))
        put(here, "timed", user="a", seen_at="2026-01-02T03:04:05Z")
        put(here, "timed", user="a", seen_at="2026-01-02T03:04:05.250Z")

        assert get(here, "timed", "a") == {"user": "a", "seen_at": "2026-01-02T03:04:05.250Z"}
        assert "the event time 'today' of feature group timed must be seconds" in refusal(
            put, here, "timed", user="a", seen_at="today"
        )

    def test_refuses_what_is_not_there(self, here: World) -> None:
        assert "(ResourceNotFound)" in refusal(put, here, "no-such", user="a", seen_at=1)
        create(here, "only-offline", OnlineStoreConfig=None, **offline())
        put(here, "only-offline", user="a", seen_at=1)
        assert "feature group only-offline has no online store" in refusal(get, here, "only-offline", "a")
        assert "has no OnlineStore" in refusal(put, here, "only-offline", target=["OnlineStore"], user="a", seen_at=1)

    def test_what_the_role_may_no_longer_write_blocks_the_store(self, here: World) -> None:
        role = here.make_role("blocked", [WRITE, OWNER])
        create(here, "blocked", **offline(role))
        here.aws.client("iam").delete_role_policy(RoleName="blocked", PolicyName="all")
        put(here, "blocked", user="a", seen_at=1)

        shown = describe(here, "blocked")
        assert shown["OfflineStoreStatus"]["Status"] == "Blocked"
        assert 'is not allowed "s3:GetBucketAcl"' in shown["OfflineStoreStatus"]["BlockedReason"]
        assert not kept(here, shown)
        assert get(here, "blocked", "a") is not None


class TestCaller:
    """What a role may do with records, asked with credentials of that role."""

    def test_each_operation_is_an_action_of_its_own(self, here: World) -> None:
        for name in ("mine", "mine-too"):
            create(here, name)
            put(here, name, user="a", seen_at=1)
        one = {"RecordIdentifierValueAsString": "a"}
        calls: dict[str, dict[str, Any]] = {
            "PutRecord": {"Record": record(user="a", seen_at=2)},
            "GetRecord": one,
            "DeleteRecord": {**one, "EventTime": "3"},
        }
        for granted in calls:
            client = of_role(here, f"may-{granted}", allow([f"sagemaker:{granted}"], f"{CALLED}/mine"))
            for action, request in calls.items():
                call = getattr(client, xform_name(action))
                for name in ("mine", "mine-too"):
                    if (action, name) == (granted, "mine"):
                        call(FeatureGroupName=name, **request)
                        continue
                    words = refusal(call, FeatureGroupName=name, **request)
                    assert "(AccessDeniedException)" in words
                    assert f"/may-{granted}/" in words
                    assert f"not authorized to perform: sagemaker:{action} on resource: {CALLED}/{name} " in words

    def test_a_batch_is_asked_of_each_group(self, here: World) -> None:
        for name in ("first", "second"):
            create(here, name)
        client = of_role(here, "batches", allow(["sagemaker:BatchGetRecord"], f"{CALLED}/first"))
        wanted = [{"FeatureGroupName": name, "RecordIdentifiersValueAsString": ["a"]} for name in ("first", "second")]

        assert client.batch_get_record(Identifiers=wanted[:1])["Records"] == []
        words = refusal(client.batch_get_record, Identifiers=wanted)
        assert f"sagemaker:BatchGetRecord on resource: {CALLED}/second " in words

    def test_a_key_of_the_online_store_is_the_callers_to_use(self, here: World) -> None:
        key = here.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        create(here, "locked", OnlineStoreConfig={**ONLINE, "SecurityConfig": {"KmsKeyId": key}})
        act = allow(["sagemaker:PutRecord"], f"{CALLED}/locked")
        through = {"StringEquals": {"kms:ViaService": "sagemaker.us-east-1.amazonaws.com"}}
        elsewhere = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}

        for name, statements in (
            ("no-online-key", [act]),
            ("through-s3", [act, allow(["kms:Decrypt"], key, Condition=elsewhere)]),
        ):
            words = refusal(put, here, "locked", by=of_role(here, name, *statements), user="a", seen_at=1)
            assert f"not authorized to perform: kms:Decrypt on resource: {key} " in words
        client = of_role(here, "online-key", act, allow(["kms:Decrypt"], key, Condition=through))
        put(here, "locked", by=client, user="a", seen_at=1)


class TestUpdate:
    def test_adds_features_and_keeps_the_records(self, here: World) -> None:
        before = create(here, "growing", **offline())
        put(here, "growing", user="a", clicks=1, seen_at=1)
        after = update(here, "growing", FeatureAdditions=definitions(country="String"))

        assert after["FeatureDefinitions"] == definitions(**FEATURES, country="String")
        assert after["LastUpdateStatus"] == {"Status": "Successful"}
        assert {name: after[name] for name in ("CreationTime", "FeatureGroupArn", "OfflineStoreConfig")} == {
            name: before[name] for name in ("CreationTime", "FeatureGroupArn", "OfflineStoreConfig")
        }
        assert get(here, "growing", "a") == {"user": "a", "clicks": "1", "seen_at": "1"}
        put(here, "growing", user="a", country="AT", seen_at=2)
        assert get(here, "growing", "a") == {"user": "a", "country": "AT", "seen_at": "2"}

    def test_changes_the_time_to_live_and_the_throughput(self, here: World) -> None:
        create(here, "tuned")
        day = {"Unit": "Days", "Value": 1}
        assert update(here, "tuned", OnlineStoreConfig={"TtlDuration": day})["OnlineStoreConfig"] == {
            **ONLINE,
            "TtlDuration": day,
        }
        throughput = {
            "ThroughputMode": "Provisioned",
            "ProvisionedReadCapacityUnits": 2,
            "ProvisionedWriteCapacityUnits": 1,
        }
        assert update(here, "tuned", ThroughputConfig=throughput)["ThroughputConfig"] == throughput
        assert update(here, "tuned", OnlineStoreConfig={"TtlDuration": {}})["OnlineStoreConfig"] == ONLINE

    @pytest.mark.parametrize(
        ("request_of", "words"),
        [
            ({}, "one of FeatureAdditions, OnlineStoreConfig, ThroughputConfig must be given at a time, got none"),
            (
                {"FeatureAdditions": definitions(a="String"), "OnlineStoreConfig": {"TtlDuration": {}}},
                "got FeatureAdditions and OnlineStoreConfig",
            ),
            ({"FeatureAdditions": definitions(user="String")}, "the features user are defined more than once"),
            ({"FeatureAdditions": definitions(write_time="String")}, "write_time is a reserved name"),
            ({"OnlineStoreConfig": {"TtlDuration": {}}}, "has no online store"),
        ],
    )
    def test_refuses(self, here: World, fixed: str, request_of: dict[str, Any], words: str) -> None:
        assert words in refusal(update, here, fixed, **request_of)


class TestStack:
    def test_adds_features_and_tunes_in_place_and_does_not_take_out(self, here: World) -> None:
        def template(types: dict[str, str], ttl: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
            online = {**ONLINE, **({"TtlDuration": ttl} if ttl else {})}
            properties = group("stacked", FeatureDefinitions=definitions(**types), OnlineStoreConfig=online, **more)
            return {"Group": made("SageMaker::FeatureGroup", **properties)}

        stack = Stack(here, "stacked")
        assert stack.create(template(FEATURES)) == "CREATE_COMPLETE", stack.reasons()
        assert stack.physical_ids() == {"Group": "stacked"}
        before = describe(here, "stacked")
        put(here, "stacked", user="a", seen_at=time.time())

        grown, week = FEATURES | {"country": "String"}, {"Unit": "Weeks", "Value": 1}
        units = {"ThroughputMode": "Provisioned", "ProvisionedReadCapacityUnits": 1, "ProvisionedWriteCapacityUnits": 1}
        assert stack.update(template(grown, week, ThroughputConfig=units)) == "UPDATE_COMPLETE", stack.reasons()
        after = describe(here, "stacked")
        assert after["CreationTime"] == before["CreationTime"]
        assert after["FeatureDefinitions"] == definitions(**grown)
        assert after["OnlineStoreConfig"]["TtlDuration"] == week
        assert after["ThroughputConfig"] == units
        assert get(here, "stacked", "a") is not None

        assert stack.update(template(FEATURES, week, ThroughputConfig=units)) == "UPDATE_ROLLBACK_COMPLETE"
        assert "cannot take out or change features: country" in stack.reasons()
        assert stack.delete() == "DELETE_COMPLETE"

    @pytest.mark.parametrize(
        "change",
        [
            {"Description": "other"},
            {"EventTimeFeatureName": "score"},
            {"OnlineStoreConfig": {**ONLINE, "StorageType": "InMemory"}},
            {"Tags": [{"Key": "a", "Value": "2"}]},
        ],
        ids=lambda change: str(next(iter(change))),
    )
    def test_trap_2_replaces_where_anything_else_changes(self, here: World, change: dict[str, Any]) -> None:
        name = f"replaced-{next(iter(change)).lower()}"
        stack = Stack(here, name)
        properties = group(name, Tags=[{"Key": "a", "Value": "1"}])
        assert stack.create({"Group": made("SageMaker::FeatureGroup", **properties)}) == "CREATE_COMPLETE"
        assert stack.update({"Group": made("SageMaker::FeatureGroup", **properties | change)}) == (
            "UPDATE_ROLLBACK_COMPLETE"
        )
        assert f"requires replacing. Rename {name}" in stack.reasons()
        assert stack.delete() == "DELETE_COMPLETE"


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("PATCH", "/FeatureGroup/a", b"{}", "the runtime of Feature Store has no PATCH /FeatureGroup/a"),
        ("PUT", "/FeatureGroup/a", b"{", "the request is not JSON"),
        ("PUT", "/FeatureGroup/a", b"{}", "Record"),
    ],
)
def test_refuses_what_is_no_call_of_the_runtime(here: World, method: str, path: str, body: bytes, words: str) -> None:
    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/sagemaker/aws4_request"}
    request = Request(here.aws.endpoint_url + path, body, signed, method=method)  # noqa: S310 -- since ours
    with pytest.raises(HTTPError) as raised:
        build_opener(ProxyHandler({})).open(request, timeout=10)
    assert words in raised.value.read().decode()
