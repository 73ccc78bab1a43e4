"""The guardrail of a deployment: what was updated while a rollback alarm is in ALARM goes back to what it was.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
"""

from . import neighbours
from .api import Request, refused
from .records import Record

# What a deployment changes. An update that changes none of it has nothing to undo.
_DEPLOYED = ("EndpointConfigName", "Specification", "Specifications", "RuntimeConfig")


def require_alarms(operation: str, config: Request) -> None:
    """Refuse rollback alarms that are not there."""
    for name in _alarms(config):
        if neighbours.alarm_state(name) is None:
            raise refused(f"{operation}: could not find the alarm {name} of AutoRollbackConfiguration.")


def undone(record: Record) -> bool:
    """End an update: back to what was there before it, if one of the alarms of its deployment is in ALARM."""
    before = record.before
    record.values.pop("FailureReason", None)
    config = record.values.get("LastDeploymentConfig") or {}
    ringing = [name for name in _alarms(config) if neighbours.alarm_state(name) == "ALARM"]
    if not before or not ringing or all(record.values.get(name) == before.get(name) for name in _DEPLOYED):
        record.before = {}
        return False
    undo(record, f"alarm {', '.join(ringing)} is in ALARM")
    return True


def undo(record: Record, reason: str) -> None:
    """Go back to what was there before an update."""
    before, record.before = record.before, {}
    config = record.values.get("LastDeploymentConfig") or {}
    if "RollingBack" in record.noun.statuses:
        record.status = "RollingBack"
    now = {name: record.values[name] for name in ("LastModifiedTime", record.noun.status_member) if name}
    record.values.clear()
    record.values.update(before | now | {"LastDeploymentConfig": config})
    record.rolled_back = f"the deployment was rolled back, because {reason}"
    record.values["FailureReason"] = record.rolled_back


def _alarms(config: Request) -> list[str]:
    return [alarm["AlarmName"] for alarm in config.get("AutoRollbackConfiguration", {}).get("Alarms", [])]
