"""The other services of the embedded AWS, as far as SageMaker looks at them.

MiniStack's internals are no public API: they are reached here and in `hooks`, and nowhere else for data.
"""

import contextvars
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlparse

from ministack.core import responses
from ministack.services import cloudwatch, ec2, efs, eventbridge, kms, s3, sns, sqs

# One thread, so that events arrive in the order of the changes that they tell of.
_events = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sagemaker-events")


def scope() -> tuple[str, str]:
    """The account and region of the current request."""
    return responses.get_account_id(), responses.get_region()


def partition_arn(service: str, resource: str) -> str:
    """The ARN of *resource* in the account and region of the current request."""
    account, region = scope()
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def later(seconds: float, action: Callable[[], None]) -> None:
    """Run *action* after a while, in the account and region of the current request."""
    timer = threading.Timer(seconds, contextvars.copy_context().run, (action,))
    timer.daemon = True
    timer.start()


def split_s3(url: str) -> tuple[str, str]:
    """Bucket and key of `s3://bucket/key` or `https://s3.region.amazonaws.com/bucket/key`."""
    parts = urlparse(url)
    if parts.scheme == "s3":
        return parts.netloc, parts.path.lstrip("/")
    if parts.netloc.startswith("s3"):
        bucket, _, key = parts.path.lstrip("/").partition("/")
        return bucket, key
    return parts.netloc.partition(".s3")[0], parts.path.lstrip("/")


def bucket_exists(bucket: str) -> bool:
    """Whether the account has the bucket."""
    return bucket in s3._buckets


def object_keys(bucket: str, prefix: str) -> list[str]:
    """The keys of the bucket that start with *prefix*."""
    found = s3._buckets.get(bucket)
    return sorted(key for key in found["objects"] if key.startswith(prefix)) if found else []


def put_object(bucket: str, key: str, body: bytes) -> None:
    """Write an object as a service does.

    Raises:
        RuntimeError: S3 refused it.
    """
    status, _, answer = s3._put_object(bucket, key, body, {"content-type": "application/octet-stream"})
    if status >= 400:
        raise RuntimeError(f"PutObject of s3://{bucket}/{key} was refused: {answer!r}")


def get_object(bucket: str, key: str) -> bytes:
    """The content of an object that is there."""
    return bytes(s3._buckets[bucket]["objects"][key]["body"])


def bucket_key(bucket: str) -> str | None:
    """The ARN of the customer's KMS key that the bucket encrypts with; None where there is none."""
    sse = s3._bucket_default_sse_headers(bucket)
    named = sse.get("x-amz-server-side-encryption-aws-kms-key-id")
    return key_arn(named) if named else None


def object_key(bucket: str, key: str) -> str | None:
    """The ARN of the customer's KMS key that an object is encrypted with; None where there is none."""
    found = s3._buckets.get(bucket, {}).get("objects", {}).get(key)
    named = found.get("preserved_headers", {}).get("x-amz-server-side-encryption-aws-kms-key-id") if found else None
    return key_arn(named) if named else None


def key_arn(key: str) -> str | None:
    """The ARN of a KMS key given by id, ARN or alias; None where there is no such key."""
    record = kms._resolve_key(key)
    return str(record["Arn"]) if record else None


def key_policy(arn: str) -> str | None:
    """The policy of a KMS key."""
    record = kms._resolve_key(arn)
    return record.get("Policy") if record else None


def subnet_vpc(subnet: str) -> str | None:
    """The VPC of a subnet; None where there is no such subnet."""
    record = ec2._subnets.get(subnet)
    return str(record["VpcId"]) if record else None


def security_group_vpc(group: str) -> str | None:
    """The VPC of a security group; None where there is no such group."""
    record = ec2._security_groups.get(group)
    return str(record["VpcId"]) if record else None


def subnet_zone(subnet: str) -> str | None:
    """The availability zone of a subnet; None where there is no such subnet."""
    record = ec2._subnets.get(subnet)
    return str(record["AvailabilityZone"]) if record else None


def lets_out(groups: Sequence[str], to: Sequence[str], port: int) -> bool:
    """Whether one of the security groups *groups* lets TCP on *port* out to those of *to*."""
    return any(_open(rule, to, port) for rule in _rules(groups, "IpPermissionsEgress"))


def lets_in(groups: Sequence[str], source: Sequence[str], port: int) -> bool:
    """Whether one of the security groups *groups* lets TCP on *port* in from those of *source*."""
    if any(_open(rule, source, port) for rule in _rules(groups, "IpPermissions")):
        return True
    # The group that a VPC comes with lets its own members in, by a rule that MiniStack leaves out.
    mine = [ec2._security_groups[group] for group in groups if group in source and group in ec2._security_groups]
    return any(group["GroupName"] == "default" for group in mine)


def lets_out_anywhere(groups: Sequence[str], port: int) -> bool:
    """Whether one of the security groups *groups* lets TCP on *port* out to public addresses, be they in a list."""
    rules = [rule for rule in _rules(groups, "IpPermissionsEgress") if _covers(rule, port)]
    ranges = [entry["CidrIp"] for rule in rules for entry in rule["IpRanges"]]
    return any(rule["PrefixListIds"] for rule in rules) or any(not ip_network(each).is_private for each in ranges)


def vpc_endpoints(vpc: str) -> list[dict[str, Any]]:
    """The endpoints of a VPC."""
    return [dict(each) for each in list(ec2._vpc_endpoints.values()) if each["VpcId"] == vpc]


def route_table(subnet: str) -> dict[str, Any]:
    """The route table of a subnet: its own, or else the main one of its VPC; empty where there is neither."""
    tables = [table for table in list(ec2._route_tables.values()) if table["VpcId"] == subnet_vpc(subnet)]
    links = [(link, table) for table in tables for link in table["Associations"]]
    own = next((table for link, table in links if link.get("SubnetId") == subnet), None)
    return dict(own or next((table for link, table in links if link.get("Main")), {}))


def has_private_names(vpc: str) -> bool:
    """Whether a VPC resolves the private names of endpoints, which takes both of its DNS attributes."""
    record = ec2._vpcs.get(vpc, {})
    return bool(record.get("EnableDnsSupport", True) and record.get("EnableDnsHostnames", False))


def default_groups(vpc: str) -> list[str]:
    """The security group of a VPC that stands in where none is named."""
    group = ec2._vpcs.get(vpc, {}).get("DefaultSecurityGroupId")
    return [str(group)] if group else []


def document(policy: Any) -> dict[str, Any]:
    """A policy that may be text, with a list of statements."""
    found: dict[str, Any] = json.loads(policy) if isinstance(policy, str) else policy or {}
    statements = found.get("Statement", [])
    return {**found, "Statement": [statements] if isinstance(statements, dict) else statements}


def _rules(groups: Sequence[str], direction: str) -> Iterator[dict[str, Any]]:
    for group in groups:
        yield from (ec2._security_groups.get(group) or {}).get(direction, [])


def _covers(rule: dict[str, Any], port: int) -> bool:
    if rule["IpProtocol"] == "-1":
        return True
    return rule["IpProtocol"] in ("tcp", "6") and rule.get("FromPort", 0) <= port <= rule.get("ToPort", 65535)


def _open(rule: dict[str, Any], peers: Sequence[str], port: int) -> bool:
    if not _covers(rule, port):
        return False
    if any(pair.get("GroupId") in peers for pair in rule["UserIdGroupPairs"]):
        return True
    # Where machines will be in the VPC is not known, so a range counts if it covers part of it.
    networks = [ec2._vpcs[vpc]["CidrBlock"] for vpc in filter(None, map(security_group_vpc, peers)) if vpc in ec2._vpcs]
    ranges = [entry["CidrIp"] for entry in rule["IpRanges"]]
    return any(ip_network(one, strict=False).overlaps(ip_network(other)) for one in ranges for other in networks)


def efs_file_system(name: str) -> dict[str, Any] | None:
    """An EFS file system; None where there is no such one."""
    found = efs._file_systems.get(name)
    return dict(found) if found else None


def efs_mount_targets(name: str) -> list[dict[str, Any]]:
    """The mount targets of an EFS file system."""
    return [dict(target) for target in efs._mount_targets.values() if target["FileSystemId"] == name]


def topic(arn: str) -> dict[str, Any] | None:
    """The attributes of an SNS topic, its policy among them; None where there is no such topic."""
    found = sns._topics.get(arn)
    return dict(found["attributes"]) if found else None


def queue(arn: str) -> dict[str, Any] | None:
    """The attributes of an SQS queue, its policy among them; None where there is no such queue."""
    found = sqs._queue_by_arn(arn)
    return dict(found["attributes"]) if found else None


def send(arn: str, body: str, attributes: Mapping[str, str]) -> None:
    """Send a message to an SQS queue that is there, with attributes of text."""
    told = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    sqs._act_send_message({"MessageBody": body, "MessageAttributes": told}, sqs._queue_by_arn(arn)["url"])


def publish(arn: str, message: str) -> None:
    """Publish a message to an SNS topic that is there."""
    sns.publish_internal(arn, message)


def put_event(kind: str, detail: str, resource: str) -> None:
    """Send an event of SageMaker to the default bus, from another thread: a target may ask SageMaker back."""
    entry = {"Source": "aws.sagemaker", "DetailType": kind, "Detail": detail, "Resources": [resource]}
    context = contextvars.copy_context()
    _events.submit(context.run, eventbridge._put_events, {"Entries": [entry]}, allow_aws_source=True)


def put_alarm(alarm: dict[str, object]) -> None:
    """Create or replace a metric alarm shaped as PutMetricAlarm shapes it."""
    cloudwatch.cloudformation_put_metric_alarm(alarm)


def alarm_state(name: str) -> str | None:
    """The state of a metric or composite alarm; None where there is no such alarm."""
    found = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    return str(found["StateValue"]) if found else None


def alarms_that_call(arn: str) -> list[dict[str, str]]:
    """The name and the ARN of each metric alarm that calls *arn* in the state ALARM."""
    return [
        {"AlarmName": str(alarm["AlarmName"]), "AlarmARN": str(alarm["AlarmArn"])}
        for alarm in list(cloudwatch._alarms.values())
        if arn in (alarm.get("AlarmActions") or [])
    ]


def delete_alarm(name: str) -> None:
    """Remove a metric alarm."""
    cloudwatch.cloudformation_delete_metric_alarm(name)
