"""The alarms of a template that look at SageMaker, and the metrics they look at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ._scaling import policies
from ._template import Resource, Template, member
from .published_metrics import intended_namespace

ALARM = "AWS::CloudWatch::Alarm"


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """One metric that an alarm looks at.

    Attributes:
        alarm: The alarm.
        path: Where the metric is; empty where it is the alarm itself.
        metric: The structure with its namespace, name and dimensions.
        statistics: The structure with its period, statistic and unit: the alarm itself, or `MetricStat`.
    """

    alarm: Resource = field(repr=False)
    path: str
    metric: Any
    statistics: Any

    @property
    def namespace(self) -> str | None:
        """The namespace, where it is literal."""
        return _text(member(self.metric, "Namespace"))

    @property
    def name(self) -> str | None:
        """The name of the metric, where it is literal."""
        return _text(member(self.metric, "MetricName"))

    @property
    def dimensions(self) -> list[tuple[str, Any]] | None:
        """Names and values; None where a name is not known."""
        listed = member(self.metric, "Dimensions", [])
        if not isinstance(listed, list):
            return None
        found = [(member(item, "Name"), item.get("Value")) for item in listed if isinstance(item, dict)]
        right = len(found) == len(listed) and all(isinstance(name, str) for name, _ in found)
        return found if right else None

    def at(self, name: str) -> str:
        """The path of a property of the metric."""
        return f"{self.path}.{name}" if self.path else name


def alarms(template: Template) -> list[Resource]:
    """The alarms that look at SageMaker or call one of its scaling policies; use it through `template.once`."""
    ours = {policy.resource.logical_id for policy in template.once(policies)}
    return [alarm for alarm in template.of_type(ALARM) if _is_ours(template, alarm, ours)]


def watched(template: Template) -> list[Watched]:
    """Every metric of those alarms; use it through `template.once`."""
    return [metric for alarm in template.once(alarms) for metric in metrics_of(alarm)]


def metrics_of(alarm: Resource) -> Iterator[Watched]:
    """The metrics that an alarm looks at."""
    if "MetricName" in alarm.properties:
        yield Watched(alarm, "", alarm.properties, alarm.properties)
    for path, query in alarm.items("Metrics"):
        statistics = member(query, "MetricStat")
        if isinstance(statistics, dict):
            yield Watched(alarm, f"{path}.MetricStat.Metric", member(statistics, "Metric"), statistics)


def _is_ours(template: Template, alarm: Resource, policies: set[str]) -> bool:
    if any(intended_namespace(metric.namespace or "") for metric in metrics_of(alarm)):
        return True
    actions = alarm.get("AlarmActions")
    called = [template.target(action) for action in actions] if isinstance(actions, list) else []
    return any(resource is not None and resource.logical_id in policies for resource in called)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
