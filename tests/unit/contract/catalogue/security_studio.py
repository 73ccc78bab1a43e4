"""Notebook instances, domains and feature groups as Security Hub does not want them."""

from typing import Any

from . import Examples, Json
from .security_jobs import KEY
from .shapes import resource

ROLE = "arn:aws:iam::123456789012:role/studio"


def of(type: str, right: Json, **changes: Any) -> Json:
    return resource(type, **{name: value for name, value in {**right, **changes}.items() if value is not None})


def notebook(**changes: Any) -> Json:
    right: Json = {
        "InstanceType": "ml.t3.medium",
        "RoleArn": ROLE,
        "DirectInternetAccess": "Disabled",
        "SubnetId": "subnet-1",
        "SecurityGroupIds": ["sg-1"],
        "RootAccess": "Disabled",
        "KmsKeyId": KEY,
        "PlatformIdentifier": "notebook-al2023-v1",
    }
    return of("NotebookInstance", right, **changes)


def domain(**changes: Any) -> Json:
    right: Json = {
        "DomainName": "studio",
        "AuthMode": "IAM",
        "VpcId": "vpc-1",
        "SubnetIds": ["subnet-1"],
        "DefaultUserSettings": {"ExecutionRole": ROLE, "SecurityGroups": ["sg-1"]},
        "AppNetworkAccessType": "VpcOnly",
        "KmsKeyId": KEY,
    }
    return of("Domain", right, **changes)


def features(offline: Json | None = None, online: Json | None = None) -> Json:
    right: Json = {
        "FeatureGroupName": "features",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "at",
        "FeatureDefinitions": [
            {"FeatureName": "id", "FeatureType": "String"},
            {"FeatureName": "at", "FeatureType": "String"},
        ],
        "RoleArn": ROLE,
    }
    storage = {"S3Uri": "s3://bucket/features", "KmsKeyId": KEY} if offline is None else offline
    return of("FeatureGroup", right, OfflineStoreConfig={"S3StorageConfig": storage}, OnlineStoreConfig=online)


VERSION = "MinimumInstanceMetadataServiceVersion"

EXAMPLES = {
    "SE301": Examples(
        fails={"said": notebook(DirectInternetAccess="Enabled"), "not said": notebook(DirectInternetAccess=None)},
        passes={"none": notebook(), "a parameter": notebook(DirectInternetAccess={"Ref": "Access"})},
    ),
    "SE302": Examples(fails={"no subnet": notebook(SubnetId=None)}, passes={"a subnet": notebook()}),
    "SE303": Examples(
        fails={"said": notebook(RootAccess="Enabled"), "not said": notebook(RootAccess=None)},
        passes={"none": notebook()},
    ),
    "SE304": Examples(
        fails={"Amazon Linux 2": notebook(PlatformIdentifier="notebook-al2-v2")},
        passes={"Amazon Linux 2023": notebook(), "not said": notebook(PlatformIdentifier=None)},
    ),
    "SE305": Examples(fails={"no key": notebook(KmsKeyId=None)}, passes={"a key": notebook()}),
    "SE306": Examples(
        fails={"the first version": notebook(InstanceMetadataServiceConfiguration={VERSION: "1"})},
        passes={"the second": notebook(InstanceMetadataServiceConfiguration={VERSION: "2"})},
    ),
    "SE311": Examples(
        fails={
            "said": domain(AppNetworkAccessType="PublicInternetOnly"),
            "not said": domain(AppNetworkAccessType=None),
        },
        passes={"the VPC": domain()},
    ),
    "SE312": Examples(fails={"no key": domain(KmsKeyId=None)}, passes={"a key": domain()}),
    "SE321": Examples(fails={"no key": features({"S3Uri": "s3://bucket/features"})}, passes={"a key": features()}),
    "SE322": Examples(
        fails={"no key": features(online={"EnableOnlineStore": True})},
        passes={
            "a key": features(online={"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}}),
            "in memory": features(online={"EnableOnlineStore": True, "StorageType": "InMemory"}),
            "off": features(online={"EnableOnlineStore": False}),
        },
    ),
}
