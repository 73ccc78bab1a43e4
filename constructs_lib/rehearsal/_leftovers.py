"""The last step: after the destroy, nothing is left but what the templates say to retain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.rehearsal._scaling import POLICY, TARGET
from constructs_lib.rehearsal._stacks import toolkit_name
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import Outcome, Step, StepFailed, counted


@dataclass(frozen=True)
class _Listing:
    """A call that lists one kind of resource: the key of its list, and the members that name an item."""

    kind: str
    service: str
    operation: str
    key: str
    names: tuple[str, ...]


# A kind of resource whose absence is to be shown is one line here.
_LISTINGS = (
    _Listing("model", "sagemaker", "list_models", "Models", ("ModelName", "ModelArn")),
    _Listing(
        "endpoint configuration",
        "sagemaker",
        "list_endpoint_configs",
        "EndpointConfigs",
        ("EndpointConfigName", "EndpointConfigArn"),
    ),
    _Listing("endpoint", "sagemaker", "list_endpoints", "Endpoints", ("EndpointName", "EndpointArn")),
    _Listing(
        "inference component",
        "sagemaker",
        "list_inference_components",
        "InferenceComponents",
        ("InferenceComponentName", "InferenceComponentArn"),
    ),
    _Listing(
        "feature group",
        "sagemaker",
        "list_feature_groups",
        "FeatureGroupSummaries",
        ("FeatureGroupName", "FeatureGroupArn"),
    ),
    _Listing("alarm", "cloudwatch", "describe_alarms", "MetricAlarms", ("AlarmName", "AlarmArn")),
    _Listing("bucket", "s3", "list_buckets", "Buckets", ("Name",)),
)


@dataclass
class Inventory:
    """What the stacks had just before they were destroyed."""

    stack_ids: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)  # physical id to construct, where the template says to retain it
    namespaces: set[str] = field(default_factory=set)  # services whose resources are scaled
    made: set[str] = field(default_factory=set)  # names and ARNs of what no stack made, such as a workflow's models


def inventory_step(stage: Stage, inventory: Inventory) -> Step:
    """Not a change but a look: without it nobody could tell afterwards what should have gone."""

    def run() -> Outcome:
        cloudformation = stage.aws.client("cloudformation")
        for stack in stage.assembly.stacks:
            inventory.stack_ids[stack.name] = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0][
                "StackId"
            ]
            if stack.protected:
                cloudformation.update_termination_protection(StackName=stack.name, EnableTerminationProtection=False)
            ids = stage.physical_ids(stack.name)
            for resource in stack.resources:
                physical = ids.get(resource.logical_id)
                if physical and resource.retained:
                    inventory.kept[physical] = resource.label
                namespace = resource.properties.get("ServiceNamespace")
                if resource.type in (TARGET, POLICY) and isinstance(namespace, str):
                    inventory.namespaces.add(namespace)
        inventory.made = _made_by_none(stage)
        protected = [stack.name for stack in stage.assembly.stacks if stack.protected]
        unlocked = f", termination protection taken off {', '.join(protected)}" if protected else ""
        return Outcome(
            f"{counted(len(inventory.kept), 'resource')} to be retained{unlocked}",
            {"retained": inventory.kept, "made_by_no_stack": sorted(inventory.made)},
        )

    return Step("inventory", "what has to go", run)


def nothing_left_step(stage: Stage, inventory: Inventory) -> Step:
    def run() -> Outcome:
        left = [*_stacks(stage, inventory), *_services(stage, inventory), *_scaling(stage, inventory)]
        details = {"left": left, "retained": inventory.kept}
        if left:
            raise StepFailed(f"{len(left)} left: {left[0]}", text="\n".join(left), details=details)
        kept = sorted(inventory.kept.values())
        return Outcome(f"but what the templates retain: {', '.join(kept)}" if kept else "", details)

    return Step("clean", "nothing is left", run)


def _stacks(stage: Stage, inventory: Inventory) -> Iterator[str]:
    cloudformation = stage.aws.client("cloudformation")
    toolkits = {toolkit_name(stack.qualifier) for stack in stage.assembly.stacks if stack.qualifier}
    for page in cloudformation.get_paginator("list_stacks").paginate():
        for stack in page["StackSummaries"]:
            if stack["StackStatus"] != "DELETE_COMPLETE" and stack["StackName"] not in toolkits:
                yield f"stack {stack['StackName']} is {stack['StackStatus']}"
    for name, stack_id in inventory.stack_ids.items():
        last: dict[str, tuple[str, str]] = {}
        for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
            for event in page["StackEvents"]:  # newest first
                last.setdefault(event["LogicalResourceId"], (event["ResourceStatus"], event["PhysicalResourceId"]))
        for logical_id, (status, physical) in last.items():
            skipped = status == "DELETE_SKIPPED" and physical in inventory.kept
            if status != "DELETE_COMPLETE" and not skipped:
                yield f"resource {logical_id} of stack {name} is {status}"


def _services(stage: Stage, inventory: Inventory) -> Iterator[str]:
    known = inventory.kept.keys() | _toolkit_ids(stage) | inventory.made
    for listing in _LISTINGS:
        for names in _listed(stage, listing):
            if not known.intersection(names):
                yield f"{listing.kind} {names[0]}"


def _listed(stage: Stage, listing: _Listing) -> Iterator[list[str]]:
    """The names of each item."""
    for page in stage.aws.client(listing.service).get_paginator(listing.operation).paginate():
        for item in page.get(listing.key, ()):
            yield [str(item[name]) for name in listing.names if name in item]


def _made_by_none(stage: Stage) -> set[str]:
    """What is there and belongs to no stack: what executions made stays when their state machine goes."""
    owned = {physical for stack in stage.assembly.stacks for physical in stage.physical_ids(stack.name).values()}
    run_time = [listing for listing in _LISTINGS if listing.service == "sagemaker"]
    items = [names for listing in run_time for names in _listed(stage, listing)]
    return {name for names in items if not owned.intersection(names) for name in names}


def _toolkit_ids(stage: Stage) -> set[str]:
    qualifiers = {stack.qualifier for stack in stage.assembly.stacks if stack.qualifier}
    return {physical for name in map(toolkit_name, qualifiers) for physical in stage.physical_ids(name).values()}


def _scaling(stage: Stage, inventory: Inventory) -> Iterator[str]:
    for namespace in sorted(inventory.namespaces):
        client: Any = stage.aws.client("application-autoscaling")
        for target in client.describe_scalable_targets(ServiceNamespace=namespace)["ScalableTargets"]:
            yield f"scalable target {target['ResourceId']}"
        for policy in client.describe_scaling_policies(ServiceNamespace=namespace)["ScalingPolicies"]:
            yield f"scaling policy {policy['PolicyName']}"
