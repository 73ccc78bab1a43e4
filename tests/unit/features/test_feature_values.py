"""Features, stores and throughput as plain values, without Node."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable

import pytest

from constructs_lib import (
    ConfigurationError,
    DataCatalog,
    Feature,
    FeatureType,
    OfflineStore,
    OnlineStore,
    StorageType,
    TableFormat,
    Throughput,
    TimeToLive,
)
from constructs_lib._internal.place import Place
from tests.unit.features.groups import KEY_ARN, at, refusal

ICEBERG = TableFormat.ICEBERG
PLACE = Place(partition="aws", region="us-east-1", account="123456789012")
GLUE = "arn:aws:glue:us-east-1:123456789012"


class TestFeature:
    def test_each_type_has_a_short_way(self) -> None:
        assert Feature.string("a") == Feature(name="a", type=FeatureType.STRING)
        assert Feature.integral("a").render() == {"FeatureName": "a", "FeatureType": "Integral"}
        assert Feature.fractional("a").render() == {"FeatureName": "a", "FeatureType": "Fractional"}

    @pytest.mark.parametrize("name", ["is_deleted", "write_time", "api_invocation_time"])
    def test_fails_on_a_name_that_feature_store_keeps_for_itself(self, name: str) -> None:
        words = "name must be none of api_invocation_time, is_deleted, write_time, which Feature Store adds itself"
        assert refusal(lambda: Feature.string(name)) == f"{words}, got {name!r}"

    def test_takes_a_name_that_is_like_one(self) -> None:
        assert Feature.string("written_time").name == "written_time"

    @pytest.mark.parametrize("wrong", [None, 5, ["a"]])
    def test_fails_on_what_is_no_text(self, wrong: object) -> None:
        assert refusal(lambda: Feature.string(wrong)).startswith("name must be text, got ")  # type: ignore[arg-type] -- the slip under test

    def test_fails_on_a_type_as_the_api_spells_it(self) -> None:
        assert "write FeatureType.STRING" in refusal(lambda: Feature(name="a", type="String"))  # type: ignore[arg-type] -- the slip under test


class TestOnlineStore:
    def test_is_standard_and_keeps_records_unless_told_otherwise(self) -> None:
        assert OnlineStore().render(KEY_ARN) == {
            "EnableOnlineStore": True,
            "StorageType": "Standard",
            "SecurityConfig": {"KmsKeyId": KEY_ARN},
        }

    @pytest.mark.parametrize(
        ("make", "unit"),
        [
            (TimeToLive.seconds, "Seconds"),
            (TimeToLive.minutes, "Minutes"),
            (TimeToLive.hours, "Hours"),
            (TimeToLive.days, "Days"),
            (TimeToLive.weeks, "Weeks"),
        ],
    )
    def test_forgets_after_any_unit_of_time(self, make: Callable[[int], TimeToLive], unit: str) -> None:
        rendered = OnlineStore(storage=StorageType.IN_MEMORY, ttl=make(3)).render(KEY_ARN)
        assert (rendered["StorageType"], rendered["TtlDuration"]) == ("InMemory", {"Unit": unit, "Value": 3})

    def test_fails_on_a_bare_number(self) -> None:
        assert refusal(lambda: OnlineStore(ttl=30)).startswith("ttl must be such as TimeToLive.seconds(…), got 30")  # type: ignore[arg-type] -- the slip under test


class TestThroughput:
    def test_is_one_mode_or_the_other(self) -> None:
        assert Throughput.on_demand().render() == {"ThroughputMode": "OnDemand"}
        assert Throughput.provisioned(write_capacity_units=0).render() == {
            "ThroughputMode": "Provisioned",
            "ProvisionedWriteCapacityUnits": 0,
        }
        assert Throughput.provisioned(write_capacity_units=5, read_capacity_units=3).render() == {
            "ThroughputMode": "Provisioned",
            "ProvisionedReadCapacityUnits": 3,
            "ProvisionedWriteCapacityUnits": 5,
        }

    def test_fails_on_a_number_that_is_none(self) -> None:
        problem = refusal(lambda: Throughput.provisioned(write_capacity_units="5"))  # type: ignore[arg-type] -- the slip under test
        assert problem == "write_capacity_units must be a whole number, got '5'"


class TestOfflineStore:
    def test_leaves_the_table_to_feature_store(self) -> None:
        store = {"S3Uri": "s3://bucket/features", "KmsKeyId": KEY_ARN}
        assert OfflineStore(at("features")).render(KEY_ARN) == {"S3StorageConfig": store, "TableFormat": "Glue"}

    @pytest.mark.parametrize(
        "catalog", [DataCatalog.existing_table("db", "clicks"), DataCatalog.none()], ids=["existing", "none"]
    )
    def test_fails_on_iceberg_without_a_table_that_feature_store_makes(self, catalog: DataCatalog) -> None:
        problem = refusal(lambda: OfflineStore(at("f"), table_format=ICEBERG, catalog=catalog))
        assert problem.startswith("catalog must leave making the table to Feature Store where table_format is")
        assert problem.endswith("write DataCatalog.automatic() or DataCatalog.table(…)")
        assert OfflineStore(at("f"), catalog=catalog).render(None)["DisableGlueTableCreation"] is True

    @pytest.mark.parametrize("wrong", ["*", "click?", "${aws:username}", ""])
    def test_fails_on_a_table_whose_name_a_policy_would_read_otherwise(self, wrong: str) -> None:
        assert refusal(lambda: DataCatalog.table("db", wrong)).startswith("table_name must be a name without '*', ")
        assert refusal(lambda: DataCatalog.existing_table(wrong, "t")).startswith("database must be a name without")

    def test_every_wrong_name_is_told_at_once(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            DataCatalog.table("a*", "b*")
        assert len(raised.value.problems) == 2


class TestRightsOfTheRole:
    """What the managed policy has, of this store alone; the proof of all of it is in tests/permissions."""

    def actions(self, store: OfflineStore, key_arn: str | None = KEY_ARN) -> dict[str, tuple[str, ...]]:
        return {action: each.resources for each in store.statements(PLACE, key_arn) for action in each.actions}

    def test_of_files_alone(self) -> None:
        assert self.actions(OfflineStore(at("f"))) == {
            "s3:PutObject": ("arn:aws:s3:::bucket/f/*",),
            "s3:PutObjectAcl": ("arn:aws:s3:::bucket/f/*",),
            "s3:GetBucketAcl": ("arn:aws:s3:::bucket",),
            "kms:GenerateDataKey": (KEY_ARN,),
        }

    def test_iceberg_reads_its_manifests_and_changes_its_table(self) -> None:
        found = self.actions(OfflineStore(at("f"), table_format=ICEBERG, catalog=DataCatalog.table("db", "clicks")))
        assert found["s3:GetObject"] == ("arn:aws:s3:::bucket/f/*/metadata/*",)
        assert found["kms:Decrypt"] == (KEY_ARN,)
        assert found["glue:UpdateTable"] == (f"{GLUE}:catalog", f"{GLUE}:database/db", f"{GLUE}:table/db/clicks")

    def test_of_a_table_that_feature_store_names_all_of_its_database(self) -> None:
        found = self.actions(OfflineStore(at("f"), table_format=ICEBERG))
        assert found["glue:GetTable"][2] == f"{GLUE}:table/sagemaker_featurestore/*"

    def test_of_a_whole_bucket(self) -> None:
        assert self.actions(OfflineStore(at("")))["s3:PutObject"] == ("arn:aws:s3:::bucket/*",)


def test_values_are_equal_by_what_they_hold_and_stay_as_they_are() -> None:
    assert OfflineStore(at("f"), catalog=DataCatalog.automatic()) == OfflineStore(at("f"))
    assert hash(Throughput.on_demand()) == hash(Throughput.on_demand())
    assert OnlineStore(ttl=TimeToLive.days(7)) != OnlineStore(ttl=TimeToLive.weeks(1))
    with pytest.raises(dataclasses.FrozenInstanceError):
        OnlineStore().ttl = None  # type: ignore[misc] -- the slip under test


def test_making_values_starts_no_node() -> None:
    made = (
        "import sys; from constructs_lib import *; place = S3Location(bucket_name='b', bucket_arn='a', prefix='f'); "
        "OfflineStore(place); OnlineStore(ttl=TimeToLive.days(1)); Feature.string('a'); Throughput.on_demand(); "
        "ProcessingOutput.to_feature_store('a', 'b'); "
    )
    # `import *` would take each name, constructs among them.
    names = "S3Location, OfflineStore, OnlineStore, TimeToLive, Feature, Throughput, ProcessingOutput"
    code = made.replace("import *", f"import {names}") + "sys.exit('jsii' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
