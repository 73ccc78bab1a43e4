"""Notebook instances, domains and feature groups: the network, the root user, keys and platforms."""

from collections.abc import Iterator
from typing import Any

from ..notebook_platforms import NEWEST_PLATFORM, is_outdated
from . import Fault, Severity, Template, boolean, known, rule

_CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html"
_DOMAIN = "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-notebooks-and-internet-access.html"
_DOMAIN_KEY = "https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest-studio.html"
_METADATA = "https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-imds.html"
_NOTEBOOK = "AWS::SageMaker::NotebookInstance"


@rule("SE301", "a notebook instance has no internet access of its own", source=_CONTROLS, severity=Severity.WARNING)
def direct_internet(template: Template) -> Iterator[Fault]:
    for notebook in template.of_type(_NOTEBOOK):
        value = notebook.get("DirectInternetAccess")
        if value in (None, "Enabled"):
            yield notebook.fault(
                "DirectInternetAccess",
                f"DirectInternetAccess must be Disabled (SageMaker.1), got {_or_none(value)}; Enabled is the default",
                fix="write Disabled, and reach what it needs through the VPC",
                value=value,
            )


@rule("SE302", "a notebook instance is in a VPC", source=_CONTROLS, severity=Severity.WARNING)
def notebook_vpc(template: Template) -> Iterator[Fault]:
    for notebook in template.of_type(_NOTEBOOK):
        if "SubnetId" not in notebook.properties:
            yield notebook.fault("SubnetId", "SubnetId must be there (SageMaker.2), got none", fix="name a subnet")


@rule("SE303", "nobody is root on a notebook instance", source=_CONTROLS, severity=Severity.WARNING)
def root_access(template: Template) -> Iterator[Fault]:
    for notebook in template.of_type(_NOTEBOOK):
        value = notebook.get("RootAccess")
        if value in (None, "Enabled"):
            yield notebook.fault(
                "RootAccess",
                f"RootAccess must be Disabled (SageMaker.3), got {_or_none(value)}; Enabled is the default",
                fix="write Disabled",
                value=value,
            )


@rule("SE304", "a notebook instance runs on a platform that gets patches", source=_CONTROLS, severity=Severity.WARNING)
def platform(template: Template) -> Iterator[Fault]:
    for notebook in template.of_type(_NOTEBOOK):
        value = notebook.get("PlatformIdentifier")
        if isinstance(value, str) and is_outdated(value):
            yield notebook.fault(
                "PlatformIdentifier",
                f"PlatformIdentifier must be {NEWEST_PLATFORM} (SageMaker.8), got {value}",
                fix=f"write {NEWEST_PLATFORM}",
                value=value,
            )


@rule(
    "SE305",
    "the volume of a notebook instance is encrypted with a key of one's own",
    source=_CONTROLS,
    severity=Severity.WARNING,
)
def notebook_key(template: Template) -> Iterator[Fault]:
    for notebook in template.of_type(_NOTEBOOK):
        if "KmsKeyId" not in notebook.properties:
            yield notebook.fault("KmsKeyId", "KmsKeyId must be there (SageMaker.21), got none", fix="name a key")


@rule(
    "SE306",
    "a notebook instance asks for the second version of the metadata service",
    source=_METADATA,
    severity=Severity.WARNING,
)
def metadata_service(template: Template) -> Iterator[Fault]:
    path = "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion"
    for notebook in template.of_type(_NOTEBOOK):
        value = notebook.get(path)
        if value in ("1", 1):
            yield notebook.fault(
                path,
                "MinimumInstanceMetadataServiceVersion must be 2, or a forged request reads the role's keys, got 1",
                fix="write 2",
                value=value,
            )


@rule(
    "SE311", "the apps of a domain reach the internet through the VPC only", source=_DOMAIN, severity=Severity.WARNING
)
def domain_network(template: Template) -> Iterator[Fault]:
    for domain in template.of_type("AWS::SageMaker::Domain"):
        value = domain.get("AppNetworkAccessType")
        if value in (None, "PublicInternetOnly"):
            yield domain.fault(
                "AppNetworkAccessType",
                f"AppNetworkAccessType must be VpcOnly, got {_or_none(value)}; PublicInternetOnly is the default",
                fix="write VpcOnly",
                value=value,
            )


@rule(
    "SE312",
    "the file system of a domain is encrypted with a key of one's own",
    source=_DOMAIN_KEY,
    severity=Severity.WARNING,
)
def domain_key(template: Template) -> Iterator[Fault]:
    for domain in template.of_type("AWS::SageMaker::Domain"):
        if "KmsKeyId" not in domain.properties:
            yield domain.fault(
                "KmsKeyId", "KmsKeyId must be there, and cannot be added later, got none", fix="name a key"
            )


@rule(
    "SE321",
    "the offline store of a feature group is encrypted with a key of one's own",
    source=_CONTROLS,
    severity=Severity.WARNING,
)
def offline_key(template: Template) -> Iterator[Fault]:
    for group in template.of_type("AWS::SageMaker::FeatureGroup"):
        storage = group.get("OfflineStoreConfig.S3StorageConfig")
        if isinstance(storage, dict) and known(storage) and "KmsKeyId" not in storage:
            path = "OfflineStoreConfig.S3StorageConfig.KmsKeyId"
            yield group.fault(path, "S3StorageConfig.KmsKeyId must be there (SageMaker.17), got none", fix="name a key")


@rule(
    "SE322",
    "the online store of a feature group is encrypted with a key of one's own",
    source=_CONTROLS,
    severity=Severity.WARNING,
)
def online_key(template: Template) -> Iterator[Fault]:
    for group in template.of_type("AWS::SageMaker::FeatureGroup"):
        online = group.get("OnlineStoreConfig")
        if not isinstance(online, dict) or not known(online) or online.get("StorageType", "Standard") != "Standard":
            continue
        if (
            boolean(online.get("EnableOnlineStore")) is True
            and group.get("OnlineStoreConfig.SecurityConfig.KmsKeyId") is None
        ):
            path = "OnlineStoreConfig.SecurityConfig.KmsKeyId"
            yield group.fault(path, "SecurityConfig.KmsKeyId must be there (SageMaker.18), got none", fix="name a key")


def _or_none(value: Any) -> Any:
    return "none" if value is None else value
