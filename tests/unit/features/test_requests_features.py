"""Feature groups, each equal member by member to one written by hand from the reference.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html
"""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib import (
    DataCatalog,
    Feature,
    OfflineStore,
    OnlineStore,
    StorageType,
    TableFormat,
    Throughput,
    TimeToLive,
)
from constructs_lib.contract import check_request
from tests.templates import only, template_of
from tests.unit.features.groups import KEY_ARN, OTHER_KEY_ARN, ROLE_ARN, at, group_in, key_in, role_in
from tests.written_by_hand import same_request

GROUP = "AWS::SageMaker::FeatureGroup"
FILES = {"S3Uri": "s3://bucket/features/clicks", "KmsKeyId": KEY_ARN}
BASE: dict[str, Any] = {
    "FeatureGroupName": "clicks",
    "RecordIdentifierFeatureName": "user_id",
    "EventTimeFeatureName": "seen_at",
    "FeatureDefinitions": [
        {"FeatureName": "user_id", "FeatureType": "String"},
        {"FeatureName": "clicks", "FeatureType": "Integral"},
        {"FeatureName": "seen_at", "FeatureType": "Fractional"},
    ],
}
ONLINE = {"EnableOnlineStore": True, "StorageType": "Standard", "SecurityConfig": {"KmsKeyId": KEY_ARN}}
OFFLINE = {"S3StorageConfig": FILES, "TableFormat": "Glue"}
BOTH = {**BASE, "OnlineStoreConfig": ONLINE, "OfflineStoreConfig": OFFLINE, "RoleArn": ROLE_ARN}


def asked(stack: Any, expected: dict[str, Any], **changes: Any) -> None:
    """The request is the expected one, the template says the same, and the API's model has nothing against it."""
    role = None if changes.get("offline", ...) is None else role_in(stack)
    group = group_in(stack, feature_group_name="clicks", role=role, **changes)
    same_request("CreateFeatureGroup", only(template_of(stack), GROUP), expected)
    assert stack.resolve(group.request) == expected
    assert check_request("sagemaker", "CreateFeatureGroup", expected) == []


def test_both_stores(stack: Any) -> None:
    asked(stack, BOTH)


def test_every_member(stack: Any) -> None:
    asked(
        stack,
        {
            **BASE,
            "FeatureDefinitions": [*BASE["FeatureDefinitions"], {"FeatureName": "page", "FeatureType": "String"}],
            "OnlineStoreConfig": {
                "EnableOnlineStore": True,
                "StorageType": "Standard",
                "SecurityConfig": {"KmsKeyId": OTHER_KEY_ARN},
                "TtlDuration": {"Unit": "Weeks", "Value": 4},
            },
            "OfflineStoreConfig": {
                "S3StorageConfig": FILES,
                "TableFormat": "Iceberg",
                "DisableGlueTableCreation": False,
                "DataCatalogConfig": {"Catalog": "AwsDataCatalog", "Database": "features", "TableName": "clicks"},
            },
            "ThroughputConfig": {
                "ThroughputMode": "Provisioned",
                "ProvisionedReadCapacityUnits": 100,
                "ProvisionedWriteCapacityUnits": 50,
            },
            "RoleArn": ROLE_ARN,
            "Description": "What users click on",
            "Tags": [{"Key": "data", "Value": "personal"}],
        },
        features=[
            Feature.string("user_id"),
            Feature.integral("clicks"),
            Feature.fractional("seen_at"),
            Feature.string("page"),
        ],
        online=OnlineStore(ttl=TimeToLive.weeks(4)),
        offline=OfflineStore(
            at("features/clicks"),
            table_format=TableFormat.ICEBERG,
            catalog=DataCatalog.table("features", "clicks"),
        ),
        key=key_in(stack),
        throughput=Throughput.provisioned(write_capacity_units=50, read_capacity_units=100),
        description="What users click on",
        tags={"data": "personal"},
    )


def test_a_store_in_memory_alone(stack: Any) -> None:
    store = {"EnableOnlineStore": True, "StorageType": "InMemory", "SecurityConfig": {"KmsKeyId": OTHER_KEY_ARN}}
    asked(
        stack,
        {**BASE, "OnlineStoreConfig": store, "ThroughputConfig": {"ThroughputMode": "OnDemand"}},
        online=OnlineStore(storage=StorageType.IN_MEMORY),
        offline=None,
        key=key_in(stack),
        throughput=Throughput.on_demand(),
    )


def test_files_alone_and_what_is_written_a_second(stack: Any) -> None:
    throughput = {"ThroughputMode": "Provisioned", "ProvisionedWriteCapacityUnits": 0}
    asked(
        stack,
        {**BASE, "OfflineStoreConfig": OFFLINE, "RoleArn": ROLE_ARN, "ThroughputConfig": throughput},
        online=None,
        throughput=Throughput.provisioned(write_capacity_units=0),
    )


@pytest.mark.parametrize(
    ("catalog", "members"),
    [
        (
            DataCatalog.existing_table("features", "clicks", catalog="lake"),
            {
                "DisableGlueTableCreation": True,
                "DataCatalogConfig": {"Catalog": "lake", "Database": "features", "TableName": "clicks"},
            },
        ),
        (DataCatalog.none(), {"DisableGlueTableCreation": True}),
    ],
    ids=["a table of yours", "no table"],
)
def test_tables_that_feature_store_does_not_make(stack: Any, catalog: DataCatalog, members: dict[str, Any]) -> None:
    offline = OfflineStore(at("features/clicks"), catalog=catalog)
    asked(stack, {**BOTH, "OfflineStoreConfig": {**OFFLINE, **members}}, offline=offline)


@pytest.mark.parametrize(
    ("make", "unit"),
    [
        (TimeToLive.seconds, "Seconds"),
        (TimeToLive.minutes, "Minutes"),
        (TimeToLive.hours, "Hours"),
        (TimeToLive.days, "Days"),
    ],
)
def test_times_to_live(stack: Any, make: Callable[[int], TimeToLive], unit: str) -> None:
    online = {**ONLINE, "TtlDuration": {"Unit": unit, "Value": 1}}
    asked(stack, {**BOTH, "OnlineStoreConfig": online}, online=OnlineStore(ttl=make(1)))
