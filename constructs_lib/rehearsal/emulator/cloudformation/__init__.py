"""The resource types that MiniStack lacks, and the record of what each stack made."""

from typing import Any

from ministack.services.cloudformation import provisioners, stacks

from .. import ledger, requests, seeds, ways
from ..autoscaling import AutoScaling
from ..fsx import Fsx
from ..sagemaker import SageMaker
from . import (
    alarm_types,
    attributes,
    bucket_types,
    fsx_types,
    network_types,
    role_types,
    sagemaker_types,
    scaling_types,
    topic_types,
    trusted,
)

_CUSTOM = "AWS::CloudFormation::CustomResource"

# Types that are recorded and do nothing, each with the reason why nothing in a rehearsal can notice. Any other type
# works or is refused by name.
ACCEPTED = {
    "AWS::CDK::Metadata": "a line of usage statistics for AWS; it makes nothing there either",
    "AWS::ApiGateway::RequestValidator": "MiniStack keeps its id and validates no request",
}


def install(sagemaker: SageMaker, autoscaling: AutoScaling, fsx: Fsx) -> None:
    """Add our types to MiniStack's, and watch all of them being made."""
    handlers = provisioners._RESOURCE_HANDLERS
    ours = sagemaker_types.handlers(sagemaker) | scaling_types.handlers(autoscaling)
    ours |= network_types.handlers() | alarm_types.handlers() | fsx_types.handlers(fsx)
    # A type that a later MiniStack brings itself would need a look at which of the two is better.
    handlers.update(ours)
    for resource_type, handler in handlers.items():
        handler["create"] = _watched(resource_type, handler)
        if "update" in handler:
            handler["update"] = _completed(resource_type, handler["update"])
    bucket = handlers[bucket_types.BUCKET]
    bucket["delete"] = bucket_types.guarded(bucket["delete"])
    _run_on_threads(frozenset(ours))
    _watch_custom_resources()
    alarm_types.install()


def _watched(resource_type: str, handler: dict[str, Any]) -> Any:
    create = handler["create"]

    def make(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
        physical_id, known = create(logical_id, properties, stack)
        try:
            trusted.require(resource_type, physical_id, properties)
        except ValueError:
            handler["delete"](physical_id, properties)  # what was refused is not there
            raise
        ledger.record(resource_type, "accepted" if resource_type in ACCEPTED else "created")
        _take_over(resource_type, physical_id, properties)
        if resource_type == role_types.ROLE:
            requests.made(role_types.arn(physical_id), stack, logical_id)
        if resource_type == network_types.ENDPOINT:
            ways.made(physical_id, stack, logical_id)
        if resource_type == bucket_types.BUCKET:
            seeds.plant(stack, logical_id, physical_id)
        return physical_id, attributes.missing(resource_type, physical_id, properties) | known

    return make


def _take_over(resource_type: str, physical_id: str, properties: dict[str, Any]) -> None:
    """Set what MiniStack leaves out of a template, though it decides who may do what."""
    if resource_type == bucket_types.BUCKET:
        bucket_types.encrypt(physical_id, properties)
    if resource_type == role_types.ROLE:
        role_types.bind(physical_id, properties)
    if resource_type == topic_types.TOPIC:
        topic_types.encrypt(physical_id, properties)


def _completed(resource_type: str, update: Any) -> Any:
    def change(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: str) -> tuple[str, dict[str, Any]]:
        changed_id, known = update(physical_id, old, new, *rest)
        trusted.require(resource_type, changed_id, new)
        _take_over(resource_type, changed_id, new)
        return changed_id, attributes.missing(resource_type, changed_id, new) | known

    return change


def _run_on_threads(types: frozenset[str]) -> None:
    """Keep handlers that wait for a status off the event loop, which has the requests to answer."""
    blocking = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda resource_type: resource_type in types or blocking(resource_type)


def _watch_custom_resources() -> None:
    # These have no handler of their own: MiniStack runs their function.
    create = provisioners._custom_resource_create

    def make(logical_id: str, properties: dict[str, Any], stack: str, resource_type: str = _CUSTOM) -> Any:
        made = create(logical_id, properties, stack, resource_type)
        ledger.record(resource_type, "created")
        return made

    provisioners._custom_resource_create = make
