"""Targets of EventBridge rules and schedules, with the rights that AWS asks for before it delivers.

MiniStack delivers whatever the policies say, so a role or a topic policy that is wrong would show in an account first.
"""

import contextvars
import time
import uuid
from collections.abc import Iterator
from threading import Lock
from typing import Any

from ministack.core import responses
from ministack.services import eventbridge, scheduler

from . import neighbours, permissions

_EVENTS, _SCHEDULER = "events.amazonaws.com", "scheduler.amazonaws.com"
# What the role of a target must be allowed, by service of the target's ARN.
_ACTIONS = {"states": "states:StartExecution", "events": "events:PutEvents", "sqs": "sqs:SendMessage"}
_ACTIONS |= {"sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}
# EventBridge rules reach these through the target's own policy, and all else through a role.
_BY_POLICY = {"sns", "sqs", "lambda"}

_lock = Lock()
_delivered: list[dict[str, str]] = []
_undelivered: list[dict[str, str]] = []


def install() -> None:
    """Put the question before each delivery of MiniStack's."""
    deliver = eventbridge._invoke_target

    def deliver_if_allowed(target: Any, event: Any, rule: Any, view: Any = None) -> None:
        entry = {"rule": rule["Arn"], "target": target.get("Arn", ""), "event": event["DetailType"]}
        problem = next(_problems(target, rule), None)
        if problem is None:
            deliver(target, event, rule, view)
        with _lock:
            if problem is None:
                _delivered.append(entry)
            else:
                _undelivered.append({**entry, "reason": problem})

    eventbridge._invoke_target = deliver_if_allowed


def so_far() -> dict[str, list[dict[str, str]]]:
    """Every event by rule, target and what it was; those that were not delivered with the reason."""
    with _lock:
        return {"delivered": list(_delivered), "undelivered": list(_undelivered)}


def fire(arn: str) -> bool:
    """Let the time of a scheduled rule or of a schedule come now; False where there is no such one."""
    for (account, region, key), rule in list(eventbridge._rules._data.items()):
        if rule.get("Arn") == arn:
            targets = eventbridge._targets._data.get((account, region, key), [])
            _in_scope(account, region, _invoke, rule, targets, "aws.events")
            return True
    for (account, region, _), schedule in list(scheduler._schedules._data.items()):
        if schedule.get("Arn") == arn:
            _in_scope(account, region, _invoke, schedule, [schedule["Target"]], "aws.scheduler")
            return True
    return False


def _in_scope(account: str, region: str, action: Any, *arguments: Any) -> None:
    def run() -> None:
        responses.set_request_account_id(account)
        responses.set_request_region(region)
        action(*arguments)

    contextvars.copy_context().run(run)


def _invoke(rule: Any, targets: Any, source: str) -> None:
    account, region = neighbours.scope()
    event = {
        "EventId": str(uuid.uuid4()),
        "Source": source,
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "EventBusName": rule.get("EventBusName", "default"),
        "Time": int(time.time()),
        "Resources": [rule["Arn"]],
        "Account": account,
        "Region": region,
    }
    for target in targets:
        eventbridge._invoke_target(target, event, rule)


def _problems(target: Any, rule: Any) -> Iterator[str]:
    arn, role = target.get("Arn", ""), target.get("RoleArn")
    kind = (arn.split(":") + [""] * 3)[2]
    service = _SCHEDULER if ":scheduler:" in rule["Arn"] else _EVENTS
    action = _ACTIONS.get(kind)
    if action is None:
        return
    if role:
        if not permissions.assumable(role, service, rule["Arn"]):
            yield f"role {role} does not exist or does not let {service} in"
        elif not permissions.allows(role, action, arn):
            yield f'role {role} is not allowed "{action}" on {arn}'
    elif service == _SCHEDULER or kind not in _BY_POLICY:
        yield f"the target has no RoleArn, and {service} needs one for {arn}"
    elif kind == "sns":
        yield from _topic_problems(arn, rule["Arn"])


def _topic_problems(arn: str, rule_arn: str) -> Iterator[str]:
    topic = neighbours.topic(arn)
    if topic is None:
        yield f"topic {arn} does not exist"
        return
    if not permissions.lets_service(topic.get("Policy"), _EVENTS, "sns:Publish", arn, aws_SourceArn=rule_arn):
        yield f'the policy of topic {arn} does not allow {_EVENTS} "sns:Publish"'
    key = neighbours.key_arn(topic["KmsMasterKeyId"]) if topic.get("KmsMasterKeyId") else None
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    for action in ("kms:GenerateDataKey", "kms:Decrypt") if key else ():
        if not permissions.lets_service(
            neighbours.key_policy(str(key)), _EVENTS, action, str(key), aws_SourceArn=rule_arn
        ):
            yield f'the policy of key {key}, which encrypts topic {arn}, does not allow {_EVENTS} "{action}"'
