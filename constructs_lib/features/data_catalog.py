"""The table of an offline store in AWS Glue, by which Athena and Spark find its files."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import matches, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.place import Place
from constructs_lib._internal.statements import Statement

# https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-feature-store.html
_DATABASE = "sagemaker_featurestore"
_NAME = r"(?:(?!\$\{)[^*?])+"
_OWN_NAMES = "Feature Store makes up the name of the table when it makes the group."
# The catalog of an account itself, as Athena names it and DescribeFeatureGroup answers.
# https://docs.aws.amazon.com/athena/latest/ug/data-sources-glue.html
_OF_THE_ACCOUNT = "AwsDataCatalog"


class DataCatalog(ABC):
    """Which table there is for an offline store; a static method makes one.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OfflineStoreConfig.html
    """

    # Whether the group is made with its table.
    is_made_by_feature_store: bool

    @staticmethod
    def automatic() -> "DataCatalog":
        """A table that Feature Store makes and names, in the database `sagemaker_featurestore`."""
        return _Automatic()

    @staticmethod
    def table(database: str, table_name: str, *, catalog: str = _OF_THE_ACCOUNT) -> "DataCatalog":
        """A table that Feature Store makes under a name of yours.

        The role of an Iceberg store may then change this table and no other.

        Args:
            database: At most 255 characters.
            table_name: At most 255 characters.
            catalog: The catalog that the database is in; the account's own unless given.
        """
        return _Table(database=database, table_name=table_name, catalog=catalog, is_made_by_feature_store=True)

    @staticmethod
    def existing_table(database: str, table_name: str, *, catalog: str = _OF_THE_ACCOUNT) -> "DataCatalog":
        """A table that is there and that you keep up; Feature Store notes it and does no more.

        Args:
            database: At most 255 characters.
            table_name: At most 255 characters.
            catalog: The catalog that the database is in; the account's own unless given.
        """
        return _Table(database=database, table_name=table_name, catalog=catalog, is_made_by_feature_store=False)

    @staticmethod
    def none() -> "DataCatalog":
        """No table: there are the files alone."""
        return _None()

    @abstractmethod
    def render(self) -> dict[str, Any]:
        """The members of `OfflineStoreConfig`."""

    @abstractmethod
    def statements(self, place: Place) -> tuple[Statement, ...]:
        """What the role needs to keep an Iceberg table up in the account and region of *place*."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Automatic(DataCatalog):
    is_made_by_feature_store = True

    def render(self) -> dict[str, Any]:
        return {}

    def statements(self, place: Place) -> tuple[Statement, ...]:
        return _keeps_up(place, _DATABASE, "*")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Table(DataCatalog):
    database: str
    table_name: str
    catalog: str
    is_made_by_feature_store: bool

    def __post_init__(self) -> None:
        require("DataCatalog", field_problems(self))
        shape = "a name without '*', '?' and '${', which are wildcards and variables in the policy that names it"
        names = {"database": self.database, "table_name": self.table_name}
        require("DataCatalog", (matches(name, value, _NAME, shape=shape) for name, value in names.items()))

    def render(self) -> dict[str, Any]:
        names = {"Catalog": self.catalog, "Database": self.database, "TableName": self.table_name}
        return {"DisableGlueTableCreation": not self.is_made_by_feature_store, "DataCatalogConfig": names}

    def statements(self, place: Place) -> tuple[Statement, ...]:
        return _keeps_up(place, self.database, self.table_name)


@dataclass(frozen=True, kw_only=True, slots=True)
class _None(DataCatalog):
    is_made_by_feature_store = False

    def render(self) -> dict[str, Any]:
        return {"DisableGlueTableCreation": True}

    def statements(self, place: Place) -> tuple[Statement, ...]:
        return ()


def _keeps_up(place: Place, database: str, table: str) -> tuple[Statement, ...]:
    things = ("catalog", f"database/{database}", f"table/{database}/{table}")
    return (
        Statement(
            actions=("glue:GetTable", "glue:UpdateTable"),
            resources=tuple(place.arn("glue", thing) for thing in things),
            wildcard_reason=_OWN_NAMES if table == "*" else None,
        ),
    )
