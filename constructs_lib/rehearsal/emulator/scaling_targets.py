"""What is registered with Application Auto Scaling: targets, with their policies and scheduled actions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import neighbours

SAGEMAKER = "sagemaker"
VARIANT = "sagemaker:variant:DesiredInstanceCount"
COPIES = "sagemaker:inference-component:DesiredCopyCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"

# Namespace, resource id and dimension: what names a target.
Key = tuple[str, str, str]


@dataclass
class Target:
    """One scalable target.

    Attributes:
        arn: Its ARN.
        values: As DescribeScalableTargets shows it.
        tags: Its tags.
        policies: As DescribeScalingPolicies shows them, by name.
        actions: As DescribeScheduledActions shows them, by name.
        activities: As DescribeScalingActivities shows them, the newest first.
    """

    arn: str
    values: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    actions: dict[str, dict[str, Any]] = field(default_factory=dict)
    activities: list[dict[str, Any]] = field(default_factory=list)

    def drop_policy(self, name: str) -> None:
        """Forget a policy, and remove the alarms that were made for it."""
        for alarm in self.policies.pop(name).get("Alarms", []):
            neighbours.delete_alarm(alarm["AlarmName"])


_targets: dict[tuple[str, str, *Key], Target] = {}


def add(key: Key, target: Target) -> None:
    """Register *target* in the account and region of the current request."""
    _targets[*neighbours.scope(), *key] = target


def get(key: Key) -> Target | None:
    """The target of this key."""
    return _targets.get((*neighbours.scope(), *key))


def remove(key: Key) -> Target | None:
    """Deregister the target of this key, with its policies and their alarms."""
    target = _targets.pop((*neighbours.scope(), *key), None)
    for name in list(target.policies) if target else []:
        target.drop_policy(name) if target else None
    return target


def all_targets() -> Iterator[Target]:
    """The targets in the account and region of the current request."""
    here = neighbours.scope()
    return (target for (account, region, *_), target in list(_targets.items()) if (account, region) == here)


def of_variant(endpoint: str, variant: str) -> Target | None:
    """The target that scales the instances of a variant."""
    return get((SAGEMAKER, f"endpoint/{endpoint}/variant/{variant}", VARIANT))


def forget_variant(endpoint: str, variant: str) -> None:
    """Deregister what scales a variant, as SageMaker does when the variant goes."""
    for dimension in (VARIANT, CONCURRENCY):
        remove((SAGEMAKER, f"endpoint/{endpoint}/variant/{variant}", dimension))


def forget_component(component: str) -> None:
    """Deregister what scales an inference component, as SageMaker does when it goes."""
    remove((SAGEMAKER, f"inference-component/{component}", COPIES))
