"""What rules, schedules and alarms send, with the rights that AWS asks for before it delivers.

MiniStack delivers whatever the policies say, so a role or a topic policy that is wrong would show in an account first.
What a rule or a schedule may not deliver goes to the dead-letter queue of its target, where that lets it in.
"""

import contextvars
import json
import time
import uuid
from collections.abc import Iterator
from threading import Lock
from typing import Any

from ministack.core import responses
from ministack.services import eventbridge, scheduler

from . import letting_in, neighbours, permissions

_EVENTS, _SCHEDULER = "events.amazonaws.com", "scheduler.amazonaws.com"
_ALARMS = "cloudwatch.amazonaws.com"
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
        else:
            problem += _left_behind(target, event, rule, problem)
        _note(entry, problem)

    eventbridge._invoke_target = deliver_if_allowed


def may_tell(topic_arn: str, alarm_arn: str) -> bool:
    """Whether an alarm may tell a topic, which is noted."""
    default = letting_in.has_default_policy(topic_arn)
    problems = letting_in.topic_problems(topic_arn, _ALARMS, alarm_arn)
    problem = next((each for each in problems if not (default and each.startswith("the policy of topic"))), None)
    _note({"rule": alarm_arn, "target": topic_arn, "event": "CloudWatch Alarm State Change"}, problem)
    return problem is None


def _note(entry: dict[str, str], problem: str | None) -> None:
    with _lock:
        if problem is None:
            _delivered.append(entry)
        else:
            _undelivered.append({**entry, "reason": problem})


def _left_behind(target: Any, event: Any, rule: Any, problem: str) -> str:
    """Leave an event in the dead-letter queue of its target, and say so, or why not.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    if arn is None:
        return ""
    if ":scheduler:" in rule["Arn"]:
        may = permissions.allows(target.get("RoleArn", ""), "sqs:SendMessage", arn)
        reason = None if may else f'role {target.get("RoleArn")} is not allowed "sqs:SendMessage" on {arn}'
    else:
        reason = next(letting_in.queue_problems(arn, _EVENTS, rule["Arn"]), None)
    if reason is not None:
        return f"; and its dead-letter queue does not take the event: {reason}"
    told = {"RULE_ARN": rule["Arn"], "TARGET_ARN": target["Arn"], "ERROR_MESSAGE": problem}
    neighbours.send(arn, json.dumps(event, default=str), told)
    return f"; its event is in {arn}"


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
        yield from letting_in.topic_problems(arn, _EVENTS, rule["Arn"])
