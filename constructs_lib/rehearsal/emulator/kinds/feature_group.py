"""Feature groups: where their offline store is, and what an update adds."""

from typing import Any

from ..api import Request
from ..behaviour import after
from ..feature_store import online
from ..records import Record
from ..rules.feature_groups import DATABASE, offline_folder
from ..sagemaker import SageMaker


@after("CreateFeatureGroup")
def _open(sagemaker: SageMaker, group: Record, request: Request) -> None:
    online.forget(group)
    config = request.get("OfflineStoreConfig")
    if config is None:
        return
    data = offline_folder(group.name, config, group.values["CreationTime"])
    shown: dict[str, Any] = {
        **config,
        "S3StorageConfig": {**config["S3StorageConfig"], "ResolvedOutputS3Uri": data},
    }
    if not config.get("DisableGlueTableCreation") and "DataCatalogConfig" not in config:
        table = f"{group.name.replace('-', '_').lower()}_{int(group.values['CreationTime'])}"
        shown["DataCatalogConfig"] = {"Catalog": "AwsDataCatalog", "Database": DATABASE, "TableName": table}
    group.values["OfflineStoreConfig"] = shown
    group.values["OfflineStoreStatus"] = {"Status": "Active"}


@after("UpdateFeatureGroup")
def _change(sagemaker: SageMaker, group: Record, request: Request) -> None:
    values, was = group.values, group.before
    values["FeatureGroupName"] = was["FeatureGroupName"]
    values["FeatureDefinitions"] = [*was["FeatureDefinitions"], *values.pop("FeatureAdditions", [])]
    if "OnlineStoreConfig" in request:
        merged = {**was["OnlineStoreConfig"], **request["OnlineStoreConfig"]}
        # A time to live without unit and value takes away the one that was.
        values["OnlineStoreConfig"] = {name: value for name, value in merged.items() if value}
    if "ThroughputConfig" in request:
        values["ThroughputConfig"] = {**was.get("ThroughputConfig", {}), **request["ThroughputConfig"]}
    values["LastUpdateStatus"] = {"Status": "Successful"}


@after("DeleteFeatureGroup")
def _forget(sagemaker: SageMaker, group: Record, request: Request) -> None:
    """What is in the offline store stays."""
    online.forget(group)
