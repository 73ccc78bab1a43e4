"""The offline store: files in S3, written under the group's role, where the service puts them.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-offline.html
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .. import neighbours
from ..api import ApiError
from ..records import Record
from ..rules.feature_groups import require_offline_rights


def append(group: Record, record: Mapping[str, Any], event: float) -> None:
    """Write one record.

    What the role may not write blocks the store, which `DescribeFeatureGroup` shows; whoever puts the record hears
    nothing of it, because the service writes later.
    """
    config = group.values["OfflineStoreConfig"]
    data = config["S3StorageConfig"]["ResolvedOutputS3Uri"]
    try:
        require_offline_rights("PutRecord", group.values["RoleArn"], config, data)
    except ApiError as error:
        group.values["OfflineStoreStatus"] = {"Status": "Blocked", "BlockedReason": error.message}
        return
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    written = {**record, "api_invocation_time": now, "write_time": now}
    bucket, prefix = neighbours.split_s3(data)
    at = datetime.fromtimestamp(event, UTC)
    # The service writes Parquet, many records to a file.
    name = f"{at:year=%Y/month=%m/day=%d/hour=%H/%Y%m%dT%H%M%SZ}_{uuid.uuid4().hex[:16]}.jsonl"
    neighbours.put_object(bucket, f"{prefix}/{name}", json.dumps(written).encode() + b"\n")
