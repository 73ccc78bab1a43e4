"""The store that keeps every record, as files in S3 and a table over them."""

from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.place import Place
from constructs_lib._internal.statements import Statement
from constructs_lib.features.data_catalog import DataCatalog
from constructs_lib.foundation.s3_location import S3Location, use_key

_WRITES = "The objects below one prefix of one bucket; S3 has no other name for them."
_MANIFESTS = "Below the prefix, Feature Store names the folder of a group's manifests after the time when it was made."


class TableFormat(StrEnum):
    """What the files are, beside Parquet; the values are the API's."""

    GLUE = "Glue"
    ICEBERG = "Iceberg"


@dataclass(frozen=True, slots=True)
class OfflineStore:
    """Every record that was ever put, in Parquet files below a prefix, for training and analysis.

    Nothing of it ever changes once the group is there. What a record is put into appears within 15 minutes. Deleting
    the group leaves the files and the table where they are.

    Attributes:
        location: Where the files go, in folders that Feature Store names; a prefix of the group's own keeps what reads
            it from reading other groups.
        table_format: Iceberg keeps the many small files of a group in order; what reads the files of the prefix then
            finds its metadata, too, and only Athena or Spark knows which files count.
        catalog: The table in AWS Glue; `DataCatalog.automatic()` leaves making and naming it to Feature Store.

    Raises:
        ConfigurationError: The format is Iceberg, and Feature Store is not to make the table.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OfflineStoreConfig.html and
    https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-offline.html
    """

    location: S3Location
    _: KW_ONLY
    table_format: TableFormat = TableFormat.GLUE
    catalog: DataCatalog = field(default_factory=DataCatalog.automatic)

    def __post_init__(self) -> None:
        require("OfflineStore", field_problems(self))
        problem = (
            "catalog must leave making the table to Feature Store where table_format is TableFormat.ICEBERG, "
            f"got {self.catalog!r}; write DataCatalog.automatic() or DataCatalog.table(…)"
        )
        require(
            "OfflineStore",
            problem if self.table_format is TableFormat.ICEBERG and not self.catalog.is_made_by_feature_store else None,
        )

    def render(self, key_arn: str | None) -> dict[str, Any]:
        """The `OfflineStoreConfig` member."""
        storage = {"S3Uri": self.location.destination, **({"KmsKeyId": key_arn} if key_arn is not None else {})}
        return {"S3StorageConfig": storage, "TableFormat": self.table_format.value, **self.catalog.render()}

    def statements(self, place: Place, key_arn: str | None) -> tuple[Statement, ...]:
        """What the group's role needs: what `AmazonSageMakerFeatureStoreAccess` has, and of it just this store.

        Feature Store looks at the ACL of the bucket, and gives each object to the bucket's owner by one. It reads
        manifests and changes the table for Iceberg alone: that policy got these rights when the format came (untested).
        The table is made by whoever deploys, and not by the role.

        Args:
            place: Where the table is.
            key_arn: The key of the objects.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-feature-store.html and
        https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
        """
        bucket = self.location.bucket_arn
        below = f"{self.location.prefix}/" if self.location.prefix else ""
        writes = (
            Statement(
                actions=("s3:PutObject", "s3:PutObjectAcl"),
                resources=(f"{bucket}/{below}*",),
                wildcard_reason=_WRITES,
            ),
            Statement(actions=("s3:GetBucketAcl",), resources=(bucket,)),
        )
        if self.table_format is TableFormat.GLUE:
            return (*writes, *use_key(key_arn, "kms:GenerateDataKey"))
        manifests = Statement(
            actions=("s3:GetObject",), resources=(f"{bucket}/{below}*/metadata/*",), wildcard_reason=_MANIFESTS
        )
        keeps = (manifests, *self.catalog.statements(place))
        return (*writes, *keeps, *use_key(key_arn, "kms:Decrypt", "kms:GenerateDataKey"))
