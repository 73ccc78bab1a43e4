"""Records of a feature group: made from its definitions, put, got, deleted, and looked for in both stores."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from constructs_lib.rehearsal._hosted import split_s3
from constructs_lib.rehearsal._steps import Aws, StepFailed

Record = list[dict[str, str]]

_VALUES = {"String": "cdk-rehearse", "Integral": "1", "Fractional": "0.5"}
# The identifiers of the records that stay and that are deleted, as text and where they have to be numbers.
_KEPT, _DELETED = ("cdk-rehearse", "4711"), ("cdk-rehearse-deleted", "4712")


@dataclass(frozen=True, slots=True)
class Group:
    """A feature group as it is described."""

    described: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.described["FeatureGroupName"])

    @property
    def arn(self) -> str:
        return str(self.described["FeatureGroupArn"])

    @property
    def is_online(self) -> bool:
        return bool(self.described.get("OnlineStoreConfig", {}).get("EnableOnlineStore"))

    @property
    def is_offline(self) -> bool:
        return "OfflineStoreConfig" in self.described

    @property
    def features(self) -> list[dict[str, Any]]:
        return list(self.described["FeatureDefinitions"])

    def put(self, aws: Aws, record: Record) -> None:
        _runtime(aws).put_record(FeatureGroupName=self.name, Record=record)

    def record(self) -> Record:
        """A record with a value for each feature, but for those of several values."""
        return self._with(_KEPT)

    def kept(self, aws: Aws) -> Record | None:
        """The record as the online store answers it; None where it has none."""
        return self._got(aws, _KEPT)

    def kept_of_batch(self, aws: Aws) -> Record | None:
        """The same, as one of a batch."""
        wanted = {"FeatureGroupName": self.name, "RecordIdentifiersValueAsString": [self._identifier(_KEPT)]}
        found = _runtime(aws).batch_get_record(Identifiers=[wanted])["Records"]
        return found[0]["Record"] if found else None

    def delete_other(self, aws: Aws, account: Aws) -> None:
        """Delete another record, which *account* puts for it.

        Raises:
            StepFailed: It is still answered.
        """
        self.put(account, self._with(_DELETED))
        _runtime(aws).delete_record(
            FeatureGroupName=self.name,
            RecordIdentifierValueAsString=self._identifier(_DELETED),
            EventTime=self._time(time.time() + 1),
        )
        if self.is_online and self._got(account, _DELETED):
            raise StepFailed(f"{self.name} still answers {self._identifier(_DELETED)}, which was deleted")

    def found_offline(self, aws: Aws) -> str:
        """Where the files of the offline store are, one of which holds the record.

        Raises:
            StepFailed: The store is blocked, or none does.
        """
        status = self.described.get("OfflineStoreStatus", {})
        if status.get("Status") == "Blocked":
            why = status.get("BlockedReason", "no reason given")
            raise StepFailed(f"the offline store of {self.name} is blocked: {why}")
        uri = str(self.described["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"])
        if not any(self._is_kept(line) for line in _lines(aws, uri)):
            raise StepFailed(f"the record {self._identifier(_KEPT)} of {self.name} is in no file below {uri}")
        return uri

    def _is_kept(self, line: str) -> bool:
        return bool(json.loads(line).get(self.described["RecordIdentifierFeatureName"]) == self._identifier(_KEPT))

    def _got(self, aws: Aws, which: tuple[str, str]) -> Record | None:
        answer = _runtime(aws).get_record(
            FeatureGroupName=self.name, RecordIdentifierValueAsString=self._identifier(which)
        )
        record: Record | None = answer.get("Record")
        return record

    def _with(self, which: tuple[str, str]) -> Record:
        values = {
            self.described["RecordIdentifierFeatureName"]: self._identifier(which),
            self.described["EventTimeFeatureName"]: self._time(time.time()),
        }
        return [
            {"FeatureName": name, "ValueAsString": values.get(name, _VALUES[each["FeatureType"]])}
            for each in self.features
            if (name := each["FeatureName"]) and "CollectionType" not in each
        ]

    def _identifier(self, which: tuple[str, str]) -> str:
        text, number = which
        return text if self._type("RecordIdentifierFeatureName") == "String" else number

    def _time(self, seconds: float) -> str:
        if self._type("EventTimeFeatureName") == "Fractional":
            return f"{seconds:.3f}"
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _type(self, member: str) -> str:
        name = self.described[member]
        return str(next(each["FeatureType"] for each in self.features if each["FeatureName"] == name))


def _runtime(aws: Aws) -> Any:
    return aws.client("sagemaker-featurestore-runtime")


def _lines(aws: Aws, uri: str) -> list[str]:
    bucket, prefix = split_s3(uri)
    s3 = aws.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
    keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
    files = [s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys]
    return [line for file in files for line in file.splitlines()]
