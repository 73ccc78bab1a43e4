"""Feature groups: the role that writes the offline store, and those who put, get and delete records."""

from collections.abc import Callable
from typing import Any

from constructs_lib import DataCatalog, Feature, FeatureGroup, OfflineStore, OnlineStore, S3Location, TableFormat
from tests.permissions.cases import Case
from tests.permissions.cases.grants import OF_LAMBDA, caller
from tests.permissions.cases.places import DISKS, HERE, KEY, OPEN, STORE, at, key_of_disks, unencrypted
from tests.permissions.cases.places import role as role_of_yours
from tests.permissions.specification import Role, Row, Specification, allow, role

GLUE = f"arn:aws:glue:{HERE}"
RECORDS = f"arn:aws:sagemaker:{HERE}:feature-group/clicks"
THROUGH = {"StringEquals": {"kms:ViaService": "sagemaker.us-east-1.amazonaws.com"}}
ICEBERG = TableFormat.ICEBERG


def group(stack: Any, **changes: Any) -> FeatureGroup:
    """A group with both stores; a change of None takes an argument out."""
    right = {"online": OnlineStore(), "offline": OfflineStore(at("clicks"))} | changes
    return FeatureGroup(
        stack,
        "Clicks",
        record_identifier="user",
        event_time="at",
        features=[Feature.string("user"), Feature.fractional("at")],
        feature_group_name="Clicks",
        **{name: value for name, value in right.items() if value is not None},
    )


def puts(prefix: str = "clicks", bucket: str = STORE) -> tuple[Row, ...]:
    """Writing files below a prefix, each given to the bucket's owner, whoever that is."""
    return (
        allow("s3:PutObject", "s3:PutObjectAcl", on=f"{bucket}/{prefix}/*"),
        allow("s3:GetBucketAcl", on=bucket),
    )


def keeps_table(database: str, table: str) -> tuple[Row, ...]:
    """Reading the manifests of an Iceberg table, and changing the table."""
    places = (f"{GLUE}:catalog", f"{GLUE}:database/{database}", f"{GLUE}:table/{database}/{table}")
    return (
        allow("s3:GetObject", on=f"{STORE}/clicks/*/metadata/*"),
        allow("glue:GetTable", "glue:UpdateTable", on=places),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=KEY),
    )


ENCRYPTS = allow("kms:GenerateDataKey", on=KEY)
USES_KEY = allow("kms:Decrypt", on=KEY, when=THROUGH)
WRITER = role(*puts(), ENCRYPTS)


def writing(about: str, changes: Callable[[Any], dict[str, Any]], *rows: Row) -> Case:
    return Case(
        construct="FeatureGroup",
        about=about,
        build=lambda stack: group(stack, **changes(stack)),
        specification=Specification(roles={"ClicksRole": role(*rows)}),
    )


def grant(about: str, build: Callable[[Any], object], *rows: Row, **others: Role) -> Case:
    return Case(
        construct=about,
        about="for one caller",
        build=build,
        specification=Specification(roles={"CallerRole": role(*rows, trusted=OF_LAMBDA), **others}),
    )


def of_no_key(prefix: str) -> OfflineStore:
    return OfflineStore(unencrypted(prefix))


def whole_bucket() -> S3Location:
    return S3Location(bucket_name="store", bucket_arn=STORE, prefix="", key_arn=KEY)


CASES = [
    writing("both stores", lambda stack: {}, *puts(), ENCRYPTS),
    writing("an offline store alone", lambda stack: {"online": None}, *puts(), ENCRYPTS),
    writing(
        "an online store under a key of its own",
        lambda stack: {"key": key_of_disks(stack)},
        *puts(),
        ENCRYPTS,
    ),
    writing(
        "a bucket without a key",
        lambda stack: {"offline": of_no_key("clicks"), "key": key_of_disks(stack)},
        *puts(bucket=OPEN),
        allow("kms:GenerateDataKey", on=DISKS),
    ),
    writing(
        "a whole bucket",
        lambda stack: {"offline": OfflineStore(whole_bucket())},
        allow("s3:PutObject", "s3:PutObjectAcl", on=f"{STORE}/*"),
        allow("s3:GetBucketAcl", on=STORE),
        ENCRYPTS,
    ),
    writing(
        "a table of Glue under a name of yours",
        lambda stack: {"offline": OfflineStore(at("clicks"), catalog=DataCatalog.table("features", "clicks"))},
        *puts(),
        ENCRYPTS,
    ),
    writing(
        "Iceberg",
        lambda stack: {"offline": OfflineStore(at("clicks"), table_format=ICEBERG)},
        *puts(),
        *keeps_table("sagemaker_featurestore", "*"),
    ),
    writing(
        "Iceberg under a name of yours",
        lambda stack: {
            "offline": OfflineStore(at("clicks"), table_format=ICEBERG, catalog=DataCatalog.table("features", "clicks"))
        },
        *puts(),
        *keeps_table("features", "clicks"),
    ),
    Case(
        construct="FeatureGroup",
        about="an online store alone, which no role writes",
        build=lambda stack: group(stack, offline=None, key=key_of_disks(stack)),
        specification=Specification(),
    ),
    Case(
        construct="FeatureGroup",
        about="a role of the user's",
        build=lambda stack: group(stack, role=role_of_yours(stack)),
        specification=Specification(loose={"ClicksPolicy": (*puts(), ENCRYPTS)}),
    ),
    grant(
        "FeatureGroup.grant_put_record",
        lambda stack: group(stack).grant_put_record(caller(stack)),
        allow("sagemaker:PutRecord", on=RECORDS),
        USES_KEY,
        ClicksRole=WRITER,
    ),
    grant(
        "FeatureGroup.grant_get_record",
        lambda stack: group(stack).grant_get_record(caller(stack)),
        allow("sagemaker:BatchGetRecord", "sagemaker:GetRecord", on=RECORDS),
        USES_KEY,
        ClicksRole=WRITER,
    ),
    grant(
        "FeatureGroup.grant_delete_record",
        lambda stack: group(stack).grant_delete_record(caller(stack)),
        allow("sagemaker:DeleteRecord", on=RECORDS),
        USES_KEY,
        ClicksRole=WRITER,
    ),
    grant(
        "FeatureGroup.grant_describe",
        lambda stack: group(stack).grant_describe(caller(stack)),
        allow("sagemaker:DescribeFeatureGroup", on=RECORDS),
        ClicksRole=WRITER,
    ),
    grant(
        "FeatureGroup without an online store: grant_put_record",
        lambda stack: group(stack, online=None).grant_put_record(caller(stack)),
        allow("sagemaker:PutRecord", on=RECORDS),
        ClicksRole=WRITER,
    ),
    grant(
        "imported feature group: grant_get_record",
        lambda stack: FeatureGroup.from_feature_group_name(
            stack, "Clicks", "Clicks", key=key_of_disks(stack)
        ).grant_get_record(caller(stack)),
        allow("sagemaker:BatchGetRecord", "sagemaker:GetRecord", on=RECORDS),
        allow("kms:Decrypt", on=DISKS, when=THROUGH),
    ),
]
