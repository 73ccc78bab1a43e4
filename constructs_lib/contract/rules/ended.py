"""What AWS has ended, or is ending."""

import re
from collections.abc import Iterator
from typing import Any

from .._states import requests
from .._structure import Structure
from .._unresolved import is_unresolved
from ..instance_facts import family_of, successor_of
from . import Fault, Severity, Template, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_PREFIX = "AWS::SageMaker::"

_EDGE_TYPES = ("Device", "DeviceFleet")
_EDGE_OPERATIONS = re.compile(r"CreateDeviceFleet|RegisterDevices|CreateEdge\w+|\w+EdgeDeployment\w+")
_CLOSED_TYPES = {
    "MonitoringSchedule": "Model Monitor",
    "DataQualityJobDefinition": "Model Monitor",
    "ModelQualityJobDefinition": "Model Monitor",
    "ModelBiasJobDefinition": "Clarify",
    "ModelExplainabilityJobDefinition": "Clarify",
    "HumanTaskUi": "Ground Truth",
}
_CLOSED_OPERATIONS = {f"Create{name}": feature for name, feature in _CLOSED_TYPES.items()} | {
    "CreateLabelingJob": "Ground Truth"
}
_IMAGES = {"Image", "ImageUri", "TrainingImage"}
_REPOSITORY = re.compile(r"(?:.*/)?(?P<name>[a-z0-9._-]+)(?:[:@].*)?")
_MXNET = re.compile(r"(sagemaker-)?mxnet(-(training|inference|serving)(-eia)?)?")
# https://aws.github.io/deep-learning-containers/reference/support_policy
_TORCHSERVE = ("pytorch-inference", "pytorch-inference-graviton", "pytorch-inference-arm64")

Found = list[tuple[Structure, str]]


def _members(template: Template) -> Found:
    """Every member of every SageMaker resource and request that tells a machine or an image; once for all rules."""
    found: Found = []
    for resource in template.resources.values():
        if resource.type.startswith(_PREFIX):
            found += _below(Structure(resource, "", resource.properties))
    for request in template.once(requests):
        if request.service == "sagemaker" and request.members is not None:
            found += _below(Structure(request.machine, request.path, request.members, request.state.name))
    return found


def _below(structure: Structure) -> Iterator[tuple[Structure, str]]:
    for name, value in structure.values.items():
        if name in _IMAGES or name in ("InstanceType", "AcceleratorType", "AcceleratorTypes"):
            yield structure, name
        elif isinstance(value, dict) and not is_unresolved(value):
            yield from _below(structure.below(name))
        elif isinstance(value, list):
            for item in structure.items(name):
                yield from _below(item)


def _repositories(template: Template) -> Iterator[tuple[Structure, str, str]]:
    for structure, member in template.once(_members):
        match = _REPOSITORY.fullmatch(structure.ending(member) or "") if member in _IMAGES else None
        if match:
            yield structure, member, match["name"]


@rule("SM291", "no Elastic Inference", source=f"{_GUIDE}/ei.html")
def elastic_inference(template: Template) -> Iterator[Fault]:
    fix = "take it out; use a GPU type, or an Inferentia type with an image for Neuron"
    for structure, member in template.once(_members):
        if member.startswith("AcceleratorType") and structure.get(member):
            yield structure.fault(
                member, f"{member} is of Elastic Inference, which has ended", fix=fix, value=structure.get(member)
            )
    for structure, member, repository in _repositories(template):
        if repository.endswith("-eia"):
            yield structure.fault(
                member,
                f"{member} must be of a repository that machines still run, got {repository}, for Elastic Inference, "
                "which has ended",
                fix=fix,
                value=repository,
            )


@rule("SM292", "no Edge Manager", source=f"{_GUIDE}/edge-eol.html")
def edge_manager(template: Template) -> Iterator[Fault]:
    fix = "use AWS IoT Greengrass, and ONNX for the format of the model"
    for resource in template.of_type(*(f"{_PREFIX}{name}" for name in _EDGE_TYPES)):
        yield resource.fault("", f"{resource.type} is of Edge Manager, which has ended", fix=fix)
    for request in template.once(requests):
        if request.service == "sagemaker" and _EDGE_OPERATIONS.fullmatch(request.operation):
            yield request.machine.fault(
                f"{request.state.path}.Resource",
                f"{request.state.name} calls {request.operation} of Edge Manager, which has ended",
                fix=fix,
                value=request.operation,
            )


@rule(
    "SM293",
    "an instance type is of a living generation",
    source="https://aws.amazon.com/ec2/previous-generation/",
    severity=Severity.WARNING,
)
def old_machines(template: Template) -> Iterator[Fault]:
    for structure, member in template.once(_members):
        kind = structure.get(member) if member == "InstanceType" else None
        successor = successor_of(family_of(kind)) if isinstance(kind, str) else None
        if successor:
            yield structure.fault(
                member,
                f"InstanceType should be of a living generation, got {kind}, which AWS has ended or is ending",
                fix=f"take ml.{successor} or newer",
                value=kind,
            )


@rule(
    "SM294",
    "a feature is open to new customers",
    source=f"{_GUIDE}/whats-new.html",
    severity=Severity.WARNING,
)
def closed_features(template: Template) -> Iterator[Fault]:
    for resource in template.of_type(*(f"{_PREFIX}{name}" for name in _CLOSED_TYPES)):
        feature = _CLOSED_TYPES[resource.type.removeprefix(_PREFIX)]
        yield resource.fault(
            "", f"{resource.type} is of {feature}, which is closed to new customers", fix=_closed(feature)
        )
    for request in template.once(requests):
        closed = _CLOSED_OPERATIONS.get(request.operation) if request.service == "sagemaker" else None
        if closed:
            yield request.machine.fault(
                f"{request.state.path}.Resource",
                f"{request.state.name} calls {request.operation} of {closed}, which is closed to new customers",
                fix=_closed(closed),
                value=request.operation,
            )


def _closed(feature: str) -> str:
    return f"acknowledge it in an account that has {feature}; begin nothing new on it"


@rule(
    "SM295",
    "an image is kept up",
    source="https://aws.github.io/deep-learning-containers/reference/support_policy",
    severity=Severity.WARNING,
)
def archived_images(template: Template) -> Iterator[Fault]:
    for structure, member, repository in _repositories(template):
        held: Any = None
        if _MXNET.fullmatch(repository):
            held = "MXNet, which is archived", "take an image of PyTorch"
        elif repository in _TORCHSERVE:
            held = "TorchServe, which is archived", "take djl-inference, sagemaker-tritonserver, vllm or sglang"
        if held:
            yield structure.fault(
                member,
                f"{member} should be of an image that is kept up, got {repository} with {held[0]}",
                fix=held[1],
                value=repository,
            )
