"""Inputs of a processing job that are the answer of a query."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import matches, require
from constructs_lib._internal.place import Place
from constructs_lib._internal.rendering import given
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location
from constructs_lib.training.processing_inputs import ProcessingInput

_CATALOG = "AwsDataCatalog"
# Where and under which names SageMaker keeps the tables of an answer while it copies it, as the policy for Data
# Wrangler and the AWS managed policy AmazonSageMakerFullAccess have it (untested).
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSageMakerFullAccess.html
_SCRATCH_DATABASE, _SCRATCH_TABLES = "sagemaker_processing", "sagemaker_tmp_*"


class AthenaResultFormat(StrEnum):
    """How Athena writes its answer."""

    PARQUET = "PARQUET"
    ORC = "ORC"
    AVRO = "AVRO"
    JSON = "JSON"
    TEXTFILE = "TEXTFILE"


class AthenaResultCompressionType(StrEnum):
    """How Athena packs its answer."""

    GZIP = "GZIP"
    SNAPPY = "SNAPPY"
    ZLIB = "ZLIB"


class RedshiftResultFormat(StrEnum):
    """How Redshift writes its answer."""

    PARQUET = "PARQUET"
    CSV = "CSV"


class RedshiftResultCompressionType(StrEnum):
    """How Redshift packs its answer."""

    NONE = "None"
    GZIP = "GZIP"
    BZIP2 = "BZIP2"
    ZSTD = "ZSTD"
    SNAPPY = "SNAPPY"


@dataclass(frozen=True, kw_only=True)
class AthenaInput(ProcessingInput):
    """The answer of a query to Athena, written to S3 and copied into the container.

    Attributes:
        database: The database of the query, in the Glue catalog of this account.
        query: SQL, at most 4096 characters.
        output: Where the answer goes on its way; the role gets to write and read there.
        output_format: How it is written.
        output_compression: How it is packed.
        work_group: The workgroup that runs it; None is `primary`.
        catalog: The data catalog.
        tables_location: Where the data of the queried tables lies; the role gets to read there. None when Lake
            Formation gives that right, or somebody else.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AthenaDatasetDefinition.html
    """

    database: str
    query: str
    output: S3Location
    output_format: AthenaResultFormat = AthenaResultFormat.PARQUET
    output_compression: AthenaResultCompressionType | None = None
    work_group: str | None = None
    catalog: str = _CATALOG
    tables_location: S3Location | None = None

    def render(self) -> dict[str, Any]:
        definition = given(
            Catalog=self.catalog,
            Database=self.database,
            QueryString=self.query,
            WorkGroup=self.work_group,
            OutputS3Uri=self.output.uri,
            KmsKeyId=self.output.key_arn,
            OutputFormat=self.output_format.value,
            OutputCompression=self.output_compression.value if self.output_compression else None,
        )
        return _dataset(self, AthenaDatasetDefinition=definition)

    def statements(self, place: Place) -> tuple[Statement, ...]:
        reason = "The tables of one database; the query, and no argument, names those that it reads."
        catalog, database = place.arn("glue", "catalog"), place.arn("glue", f"database/{self.database}")
        scratch = place.arn("glue", f"database/{_SCRATCH_DATABASE}")
        made = tuple(
            place.arn("glue", f"table/{each}/{_SCRATCH_TABLES}") for each in (self.database, _SCRATCH_DATABASE)
        )
        catalogs = () if self.catalog == _CATALOG else (place.arn("athena", f"datacatalog/{self.catalog}"),)
        return (
            Statement(
                actions=(
                    "athena:GetQueryExecution",
                    "athena:GetQueryResults",
                    "athena:StartQueryExecution",
                    "athena:StopQueryExecution",
                ),
                resources=(place.arn("athena", f"workgroup/{self.work_group or 'primary'}"),),
            ),
            *((Statement(actions=("athena:GetDataCatalog",), resources=catalogs),) if catalogs else ()),
            Statement(
                actions=(
                    "glue:GetDatabase",
                    "glue:GetPartition",
                    "glue:GetPartitions",
                    "glue:GetTable",
                    "glue:GetTables",
                ),
                resources=(catalog, database, place.arn("glue", f"table/{self.database}/*")),
                wildcard_reason=reason,
            ),
            Statement(actions=("glue:CreateDatabase", "glue:GetDatabase"), resources=(catalog, scratch)),
            Statement(
                actions=("glue:CreateTable", "glue:DeleteTable", "glue:GetTable"),
                resources=(catalog, database, scratch, *made),
                wildcard_reason="SageMaker makes and drops a table of such a name for each answer.",
            ),
            *self.output.write_statements(),
            *self.output.read_statements(),
            # Athena looks up where a bucket is before it writes there.
            Statement(actions=("s3:GetBucketLocation",), resources=(self.output.bucket_arn,)),
            *(self.tables_location.read_statements() if self.tables_location else ()),
        )


@dataclass(frozen=True, kw_only=True)
class RedshiftInput(ProcessingInput):
    """The answer of a query to a Redshift cluster, unloaded to S3 and copied into the container.

    Attributes:
        cluster_id: The cluster, of this account and region.
        database: The database of the query.
        db_user: Who asks; the role gets temporary credentials of this user and no other.
        query: SQL, at most 4096 characters.
        cluster_role_arn: A role attached to the cluster that may write to *output*: it writes, not the job's role.
        output: Where the answer goes on its way; the job's role gets to read there.
        output_format: How it is written.
        output_compression: How it is packed; Parquet packs itself.

    Raises:
        ConfigurationError: The role is no ARN, or Parquet is to be packed once more.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RedshiftDatasetDefinition.html
    """

    cluster_id: str
    database: str
    db_user: str
    query: str
    cluster_role_arn: str
    output: S3Location
    output_format: RedshiftResultFormat = RedshiftResultFormat.PARQUET
    output_compression: RedshiftResultCompressionType | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        packed = self.output_compression not in (None, RedshiftResultCompressionType.NONE)
        twice = packed and self.output_format is RedshiftResultFormat.PARQUET
        require(
            f"RedshiftInput {self.name!r}",
            matches("cluster_role_arn", self.cluster_role_arn, r"arn:[^:]+:iam::\d{12}:role/.+", shape="a role's ARN"),
            # UNLOAD refuses it: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
            "output_compression must be None with output_format PARQUET, which packs itself; or take CSV"
            if twice
            else None,
        )

    def render(self) -> dict[str, Any]:
        definition = given(
            ClusterId=self.cluster_id,
            Database=self.database,
            DbUser=self.db_user,
            QueryString=self.query,
            ClusterRoleArn=self.cluster_role_arn,
            OutputS3Uri=self.output.uri,
            KmsKeyId=self.output.key_arn,
            OutputFormat=self.output_format.value,
            OutputCompression=self.output_compression.value if self.output_compression else None,
        )
        return _dataset(self, RedshiftDatasetDefinition=definition)

    def statements(self, place: Place) -> tuple[Statement, ...]:
        def redshift(kind: str, name: str) -> str:
            return place.arn("redshift", f"{kind}:{self.cluster_id}/{name}")

        return (
            Statement(
                actions=("redshift-data:ExecuteStatement",),
                resources=(place.arn("redshift", f"cluster:{self.cluster_id}"),),
            ),
            Statement(
                actions=("redshift:GetClusterCredentials",),
                resources=(redshift("dbuser", self.db_user), redshift("dbname", self.database)),
            ),
            Statement(
                actions=(
                    "redshift-data:CancelStatement",
                    "redshift-data:DescribeStatement",
                    "redshift-data:GetStatementResult",
                ),
                resources=("*",),
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html
                conditions={"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}},
                wildcard_reason="A statement has no ARN; the condition limits the role to those it began itself.",
            ),
            *self.output.read_statements(),
        )


def _dataset(parent: ProcessingInput, **definition: Any) -> dict[str, Any]:
    return {
        "InputName": parent.name,
        **({"AppManaged": True} if parent.app_managed else {}),
        "DatasetDefinition": given(
            **definition,
            LocalPath=parent.folder,
            DataDistributionType=parent.distribution.value if parent.distribution else None,
            InputMode=parent.mode.value if parent.mode else None,
        ),
    }
