"""CreateFeatureGroup and UpdateFeatureGroup: stores, features, throughput, and what the role may reach.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html
"""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .. import neighbours, permissions
from ..api import Request, refused
from ..behaviour import before
from ..sagemaker import SageMaker
from . import access

_CREATE, _UPDATE = "CreateFeatureGroup", "UpdateFeatureGroup"
_RESERVED = ("api_invocation_time", "is_deleted", "write_time")
_CHANGES = ("FeatureAdditions", "OnlineStoreConfig", "ThroughputConfig")
# Where Feature Store makes tables unless it is told a name.
DATABASE = "sagemaker_featurestore"


@before(_CREATE)
def _stores(sagemaker: SageMaker, request: Request) -> None:
    online = request.get("OnlineStoreConfig", {})
    if not online.get("EnableOnlineStore") and "OfflineStoreConfig" not in request:
        # https://github.com/aws/sagemaker-core/issues/175
        raise refused(
            "Validation Error: OnlineStore and OfflineStore cannot be both disabled. Please enable at least one of "
            "them and retry the request."
        )
    key = online.get("SecurityConfig", {}).get("KmsKeyId")
    if key:
        access.require_key(_CREATE, key)


@before(_CREATE)
def _features(sagemaker: SageMaker, request: Request) -> None:
    definitions = request["FeatureDefinitions"]
    types = {each["FeatureName"]: each["FeatureType"] for each in definitions}
    _names(_CREATE, definitions, ())
    for member in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if request[member] not in types:
            raise refused(f"{_CREATE}: {member} {request[member]} is none of the FeatureDefinitions.")
    if types[request["EventTimeFeatureName"]] == "Integral":
        raise refused(
            f"{_CREATE}: the event time feature {request['EventTimeFeatureName']} must be String or Fractional, "
            "got Integral."
        )


@before(_CREATE)
def _throughput(sagemaker: SageMaker, request: Request) -> None:
    in_memory = request.get("OnlineStoreConfig", {}).get("StorageType") == "InMemory"
    if in_memory and request.get("ThroughputConfig", {}).get("ThroughputMode") == "Provisioned":
        raise refused(f"{_CREATE}: Provisioned throughput is not supported for the InMemory storage type.")


@before(_CREATE)
def _offline(sagemaker: SageMaker, request: Request) -> None:
    config = request.get("OfflineStoreConfig")
    if config is None:
        return
    if config.get("TableFormat") == "Iceberg" and config.get("DisableGlueTableCreation"):
        raise refused(f"{_CREATE}: the Iceberg table format needs DisableGlueTableCreation to be false.")
    role = request.get("RoleArn")
    if role is None:
        raise refused(f"{_CREATE}: RoleArn must be given where there is an OfflineStoreConfig.")
    permissions.require_role(_CREATE, role, sagemaker.arn("FeatureGroup", request["FeatureGroupName"]))
    require_offline_rights(_CREATE, role, config, offline_folder(request["FeatureGroupName"], config))


@before(_UPDATE)
def _one_change(sagemaker: SageMaker, request: Request) -> None:
    group = sagemaker.find(_UPDATE, "FeatureGroup", request["FeatureGroupName"])
    if group.status != "Created":
        raise refused(f'{_UPDATE}: cannot update feature group "{group.arn}", which is {group.status}.')
    given = [member for member in _CHANGES if member in request]
    if len(given) != 1:
        raise refused(
            f"{_UPDATE}: one of {', '.join(_CHANGES)} must be given at a time, got {' and '.join(given) or 'none'}."
        )
    known = [each["FeatureName"] for each in group.values["FeatureDefinitions"]]
    _names(_UPDATE, request.get("FeatureAdditions", []), known)
    if "OnlineStoreConfig" in request and not group.values.get("OnlineStoreConfig", {}).get("EnableOnlineStore"):
        raise refused(f'{_UPDATE}: feature group "{group.arn}" has no online store.')


def _names(operation: str, definitions: list[dict[str, Any]], known: Any) -> None:
    names = Counter([*known, *(each["FeatureName"] for each in definitions)])
    reserved = [name for name in names if name in _RESERVED]
    if reserved:
        raise refused(f"{operation}: {', '.join(reserved)} is a reserved name and cannot be that of a feature.")
    repeated = [name for name, count in names.items() if count > 1]
    if repeated:
        raise refused(f"{operation}: the features {', '.join(repeated)} are defined more than once.")


def offline_folder(name: str, config: Mapping[str, Any], created: float = 0) -> str:
    """The URI that the files of a group go below, `ResolvedOutputS3Uri` in `DescribeFeatureGroup`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-offline.html
    """
    account, region = neighbours.scope()
    root = config["S3StorageConfig"]["S3Uri"].rstrip("/")
    return f"{root}/{account}/sagemaker/{region}/offline-store/{name}-{int(created)}/data"


def require_offline_rights(operation: str, role: str, config: Mapping[str, Any], data: str) -> None:
    """Refuse a role that may not write the store whose files go below *data*, or use its key.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-feature-store.html
    """
    storage = config["S3StorageConfig"]
    access.require_own_bucket(operation, role, storage["S3Uri"])
    access.require_writable(operation, role, f"{data}/file", storage.get("KmsKeyId"), storage["S3Uri"], acl=True)
    if config.get("TableFormat") == "Iceberg":
        _require_table(operation, role, config, data)


def _require_table(operation: str, role: str, config: Mapping[str, Any], data: str) -> None:
    """The manifests of an Iceberg table, which are read before each change, and the table, which then names the new."""
    bucket, prefix = neighbours.split_s3(data)
    below = f"{prefix.removesuffix('data')}metadata/"
    access.require_readable(operation, role, bucket, [f"{below}v1.metadata.json"], below)
    named = config.get("DataCatalogConfig", {"Database": DATABASE, "TableName": f"table_{int(time.time())}"})
    access.require_table(operation, role, named["Database"], named["TableName"])
