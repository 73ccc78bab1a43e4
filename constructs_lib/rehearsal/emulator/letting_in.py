"""Whether topics and queues, and the keys that encrypt them, let an AWS service in that acts for no role."""

import json
from collections.abc import Iterator
from typing import Any

from . import neighbours, permissions


def topic_problems(arn: str, service: str, source_arn: str) -> Iterator[str]:
    """Why *service* may not publish to a topic for the sake of *source_arn*."""
    topic = neighbours.topic(arn)
    if topic is None:
        yield f"topic {arn} does not exist"
        return
    if not permissions.lets_service(topic.get("Policy"), service, "sns:Publish", arn, aws_SourceArn=source_arn):
        yield f'the policy of topic {arn} does not allow {service} "sns:Publish"'
    yield from _key_problems(topic.get("KmsMasterKeyId"), f"topic {arn}", service, source_arn)


def queue_problems(arn: str, service: str, source_arn: str) -> Iterator[str]:
    """Why *service* may not send to a queue for the sake of *source_arn*."""
    queue = neighbours.queue(arn)
    if queue is None:
        yield f"queue {arn} does not exist"
        return
    if not permissions.lets_service(queue.get("Policy"), service, "sqs:SendMessage", arn, aws_SourceArn=source_arn):
        yield f'the policy of queue {arn} does not allow {service} "sqs:SendMessage"'
    yield from _key_problems(queue.get("KmsMasterKeyId"), f"queue {arn}", service, source_arn)


def has_default_policy(topic_arn: str) -> bool:
    """Whether a topic still has the policy that SNS gives to each, which lets in whatever acts for its owner."""
    policy = (neighbours.topic(topic_arn) or {}).get("Policy") or "{}"
    document: dict[str, Any] = json.loads(policy) if isinstance(policy, str) else policy
    return any(each.get("Sid") == "__default_statement_ID" for each in document.get("Statement", []))


def _key_problems(named: str | None, what: str, service: str, source_arn: str) -> Iterator[str]:
    if not named:
        return
    key = neighbours.key_arn(named)
    if "alias/aws/" in named:
        # Nobody can change its policy, which lets in the service that it is of and no other.
        yield f"AWS's own key {named}, which encrypts {what}, lets no service in"
        return
    if key is None:
        yield f"there is no key {named}, which should encrypt {what}"
        return
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html and the page of the same name of SQS.
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        if not permissions.lets_service(neighbours.key_policy(key), service, action, key, aws_SourceArn=source_arn):
            yield f'the policy of key {key}, which encrypts {what}, does not allow {service} "{action}"'
