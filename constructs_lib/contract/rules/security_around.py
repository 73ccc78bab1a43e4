"""What SageMaker resources of a template use: buckets, keys, topics, queues, log groups and security groups."""

from collections.abc import Iterator
from typing import Any

from .._scaling import references
from .._states import requests
from . import Fault, Resource, Severity, Template, boolean, known, member, rule

_S3 = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html"
_KMS = "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html"
_KEY_POLICY = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"
_SNS = "https://docs.aws.amazon.com/securityhub/latest/userguide/sns-controls.html"
_SQS = "https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html"
_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
_EC2 = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html"

_WORLD = ("0.0.0.0/0", "::/0")
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


@rule("SE501", "a bucket that SageMaker uses is closed to the public", source=_S3, severity=Severity.WARNING)
def public_bucket(template: Template) -> Iterator[Fault]:
    """New buckets are closed by themselves since April 2023; only an open one is told."""
    for bucket in _used(template, "AWS::S3::Bucket"):
        for name in _BLOCKS:
            if boolean(bucket.get(f"PublicAccessBlockConfiguration.{name}")) is False:
                path = f"PublicAccessBlockConfiguration.{name}"
                yield bucket.fault(path, f"{name} must be true (S3.8), got false", fix="set it to true", value=False)


@rule(
    "SE502", "a bucket that SageMaker uses is encrypted with a key of one's own", source=_S3, severity=Severity.WARNING
)
def bucket_key(template: Template) -> Iterator[Fault]:
    """Not of a bucket that takes access logs alone: S3 delivers them to none with a key of one's own."""
    for bucket in _data_buckets(template):
        rules = bucket.get("BucketEncryption.ServerSideEncryptionConfiguration", [])
        if not isinstance(rules, list):
            continue
        used = [member(item, "ServerSideEncryptionByDefault.SSEAlgorithm") for item in rules if known(item)]
        if all(value is None or value == "AES256" for value in used):
            yield bucket.fault(
                "BucketEncryption",
                f"BucketEncryption must use aws:kms (S3.17), got {'AES256' if used else 'none'}",
                fix="write SSEAlgorithm aws:kms and the ARN of a key",
            )


@rule("SE503", "a bucket that SageMaker uses refuses plain HTTP", source=_S3, severity=Severity.WARNING)
def plain_http(template: Template) -> Iterator[Fault]:
    for bucket in _used(template, "AWS::S3::Bucket"):
        policies = [
            policy
            for policy in template.of_type("AWS::S3::BucketPolicy")
            if template.target(policy.properties.get("Bucket")) is bucket
        ]
        if not any(map(_denies_http, policies)):
            yield bucket.fault(
                "",
                "the bucket must have a policy that denies requests without TLS (S3.5), got "
                f"{'another' if policies else 'none'}",
                fix="deny s3:* where aws:SecureTransport is false (enforce_ssl of the CDK)",
            )


@rule("SE504", "a bucket that SageMaker uses keeps versions", source=_S3, severity=Severity.WARNING)
def versions(template: Template) -> Iterator[Fault]:
    for bucket in _used(template, "AWS::S3::Bucket"):
        value = bucket.get("VersioningConfiguration.Status")
        if value in (None, "Suspended"):
            yield bucket.fault(
                "VersioningConfiguration.Status",
                f"VersioningConfiguration.Status must be Enabled (S3.14), got {value or 'none'}",
                fix="write Enabled, with a rule that expires old versions",
                value=value,
            )


@rule("SE505", "a bucket that SageMaker uses logs who reads it", source=_S3, severity=Severity.WARNING)
def access_logs(template: Template) -> Iterator[Fault]:
    """Not of a bucket that takes access logs alone: each delivery would make logs to deliver."""
    for bucket in _data_buckets(template):
        if "LoggingConfiguration" not in bucket.properties:
            yield bucket.fault(
                "LoggingConfiguration",
                "LoggingConfiguration must be there (S3.9), got none",
                fix="name a bucket for logs",
            )


@rule("SE511", "a key that SageMaker uses is rotated", source=_KMS, severity=Severity.WARNING)
def rotation(template: Template) -> Iterator[Fault]:
    for key in _used(template, "AWS::KMS::Key"):
        value = key.get("EnableKeyRotation")
        symmetric = key.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        if symmetric and "Origin" not in key.properties and (value is None or boolean(value) is False):
            yield key.fault(
                "EnableKeyRotation",
                f"EnableKeyRotation must be true (KMS.4), got {'none' if value is None else value}",
                fix="set it to true",
                value=value,
            )


@rule("SE512", "a key that SageMaker uses is not everybody's", source=_KEY_POLICY, severity=Severity.WARNING)
def key_principals(template: Template) -> Iterator[Fault]:
    for key in _used(template, "AWS::KMS::Key"):
        for path, statement in key.items("KeyPolicy.Statement"):
            principal = member(statement, "Principal")
            open_to_all = principal == "*" or (isinstance(principal, dict) and "*" in _listed(principal.get("AWS")))
            if member(statement, "Effect") == "Allow" and open_to_all and not member(statement, "Condition", {}):
                yield key.fault(
                    f"{path}.Principal",
                    "Principal must not be * without a condition: everybody in every account may use the key (KMS.5)",
                    fix="name the account or the roles, or add a condition such as kms:CallerAccount",
                    value="*",
                )


@rule("SE521", "a topic of an asynchronous endpoint is encrypted", source=_SNS, severity=Severity.WARNING)
def topic_key(template: Template) -> Iterator[Fault]:
    for topic in _used(template, "AWS::SNS::Topic"):
        if "KmsMasterKeyId" not in topic.properties:
            yield topic.fault(
                "KmsMasterKeyId",
                "KmsMasterKeyId must be there (SNS.1), got none",
                fix="name a key whose policy lets sagemaker and sns use it",
            )


@rule("SE522", "a queue beside SageMaker is encrypted", source=_SQS, severity=Severity.WARNING)
def queue_key(template: Template) -> Iterator[Fault]:
    """Queues are encrypted by themselves; only one that turns it off is told."""
    for queue in template.of_type("AWS::SQS::Queue") if template.once(_concerned) else ():
        if boolean(queue.get("SqsManagedSseEnabled")) is False and "KmsMasterKeyId" not in queue.properties:
            yield queue.fault(
                "SqsManagedSseEnabled",
                "SqsManagedSseEnabled must be true where there is no KmsMasterKeyId (SQS.1), got false",
                fix="take it out, or name a key",
                value=False,
            )


@rule(
    "SE523",
    "the logs of SageMaker and of what runs it are encrypted with a key of one's own",
    source=_LOGS,
    severity=Severity.WARNING,
)
def log_key(template: Template) -> Iterator[Fault]:
    running = {request.machine.logical_id for request in template.once(requests)}
    meant = {
        part.logical_id
        for machine in running
        for part in references(template, template.resources[machine].get("LoggingConfiguration"))
    }
    for group in template.of_type("AWS::Logs::LogGroup"):
        name = group.get("LogGroupName")
        ours = group.logical_id in meant or (isinstance(name, str) and name.startswith("/aws/sagemaker/"))
        if ours and "KmsKeyId" not in group.properties:
            yield group.fault(
                "KmsKeyId", "KmsKeyId must be there, or logs are without your key, got none", fix="name a key"
            )


@rule(
    "SE531",
    "a security group that SageMaker uses lets nobody in from the whole internet",
    source=_EC2,
    severity=Severity.WARNING,
)
def open_group(template: Template) -> Iterator[Fault]:
    used = {group.logical_id: group for group in _used(template, "AWS::EC2::SecurityGroup")}
    inside = [
        (group, f"{path}.{name}", member(entry, name))
        for group in used.values()
        for path, entry in group.items("SecurityGroupIngress")
        for name in ("CidrIp", "CidrIpv6")
    ]
    beside = [
        (ingress, name, ingress.get(name))
        for ingress in template.of_type("AWS::EC2::SecurityGroupIngress")
        for name in ("CidrIp", "CidrIpv6")
        if getattr(template.target(ingress.properties.get("GroupId")), "logical_id", None) in used
    ]
    for resource, path, value in [*inside, *beside]:
        if isinstance(value, str) and value in _WORLD:
            yield resource.fault(
                path,
                f"{path.rpartition('.')[2]} must not be the whole internet (EC2.18), got {value}",
                fix="name the security group or the addresses that call",
                value=value,
            )


def _used(template: Template, type: str) -> list[Resource]:
    return [resource for resource in template.once(_neighbours) if resource.type == type]


def _data_buckets(template: Template) -> list[Resource]:
    """The buckets but those that are there for the access logs of another one, and for nothing of SageMaker's.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    logs = {
        part.logical_id
        for bucket in template.of_type("AWS::S3::Bucket")
        for part in references(template, bucket.properties.get("LoggingConfiguration"))
    } - template.once(_referred_to)
    return [bucket for bucket in _used(template, "AWS::S3::Bucket") if bucket.logical_id not in logs]


def _referred_to(template: Template) -> set[str]:
    """What SageMaker resources and requests name themselves."""
    starts: list[Any] = [
        resource.properties for resource in template.resources.values() if resource.type.startswith("AWS::SageMaker::")
    ]
    starts += [request.members for request in template.once(requests) if request.members is not None]
    return {part.logical_id for start in starts for part in references(template, start)}


def _neighbours(template: Template) -> list[Resource]:
    """What SageMaker resources and requests refer to, and the keys of that."""
    near = set(template.once(_referred_to))
    for id in sorted(near & template.resources.keys()):
        if template.resources[id].type in ("AWS::S3::Bucket", "AWS::SNS::Topic"):
            near |= {part.logical_id for part in references(template, template.resources[id].properties)}
    return [resource for resource in template.resources.values() if resource.logical_id in near]


def _concerned(template: Template) -> bool:
    return bool(template.once(requests)) or any(
        resource.type.startswith("AWS::SageMaker::") for resource in template.resources.values()
    )


def _denies_http(policy: Resource) -> bool:
    for _, statement in policy.items("PolicyDocument.Statement"):
        secure = member(statement, "Condition.Bool", {})
        value = secure.get("aws:SecureTransport") if isinstance(secure, dict) else None
        if member(statement, "Effect") == "Deny" and boolean(value) is False:
            return True
    # What cannot be read may hold it.
    return not isinstance(policy.get("PolicyDocument.Statement"), list)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
