"""Inference components: what they refer to, and what must fit the instances of their variant."""

from collections.abc import Iterator
from typing import Any

from .. import hosting, instances, neighbours, rollback
from ..api import Request, refused
from ..behaviour import before
from ..hosting import Variant
from ..records import Record
from ..sagemaker import SageMaker
from . import access

_CREATE, _UPDATE, _DELETE = "CreateInferenceComponent", "UpdateInferenceComponent", "DeleteInferenceComponent"
_NOUN = "InferenceComponent"


@before(_CREATE)
def _new(sagemaker: SageMaker, request: Request) -> None:
    name = request["InferenceComponentName"]
    endpoint = sagemaker.find(_CREATE, "Endpoint", request["EndpointName"])
    if endpoint.status not in ("InService", "Updating"):
        raise refused(
            f'{_CREATE}: endpoint "{endpoint.arn}" must be InService to host {name}, and is {endpoint.status}.'
        )
    found = hosting.variants(sagemaker, endpoint)
    wanted = request.get("VariantName", found[0].name)
    variant = next((variant for variant in found if variant.name == wanted), None)
    if variant is None:
        raise refused(f'{_CREATE}: endpoint "{endpoint.arn}" has no variant "{wanted}".')
    if not variant.hosts_components:
        raise refused(
            f'{_CREATE}: variant "{wanted}" of endpoint "{endpoint.arn}" has a model of its own; inference components '
            "need a variant without ModelName."
        )
    _specifications(sagemaker, _CREATE, request, endpoint, variant)


@before(_UPDATE)
def _changed(sagemaker: SageMaker, request: Request) -> None:
    component = sagemaker.find(_UPDATE, _NOUN, request["InferenceComponentName"])
    if component.status != "InService":
        raise refused(
            f'{_UPDATE}: cannot update in-progress inference component "{component.arn}" ({component.status}).'
        )
    endpoint = sagemaker.find(_UPDATE, "Endpoint", component.values["EndpointName"])
    found = hosting.variants(sagemaker, endpoint)
    variant = next(variant for variant in found if variant.name == component.values["VariantName"])
    if "Specification" in request or "Specifications" in request:
        _specifications(sagemaker, _UPDATE, request, endpoint, variant)
    rollback.require_alarms(_UPDATE, request.get("DeploymentConfig", {}))


@before(_DELETE)
def _settled(sagemaker: SageMaker, request: Request) -> None:
    component = sagemaker.find(_DELETE, _NOUN, request["InferenceComponentName"])
    if not component.settled:
        raise refused(
            f'{_DELETE}: cannot delete in-progress inference component "{component.arn}" ({component.status}).'
        )
    adapters = [other.name for other in sagemaker.records.all(_NOUN) if component.name in _bases(other.values)]
    if adapters:
        raise refused(
            f'{_DELETE}: cannot delete inference component "{component.arn}" while it is the base of '
            f"{', '.join(adapters)}."
        )


@before("DeleteEndpoint")
def _hosts_none(sagemaker: SageMaker, request: Request) -> None:
    endpoint = sagemaker.find("DeleteEndpoint", "Endpoint", request["EndpointName"])
    # The service keeps the endpoint until they are gone; its words are not documented.
    # https://github.com/aws/amazon-sagemaker-feedback/issues/49
    hosted = [component.name for component in hosting.components(sagemaker, endpoint.name)]
    if hosted:
        raise refused(
            f'DeleteEndpoint: cannot delete endpoint "{endpoint.arn}" while it hosts the inference components '
            f"{', '.join(hosted)}; delete these first."
        )


def _specifications(sagemaker: SageMaker, operation: str, request: Request, endpoint: Record, variant: Variant) -> None:
    name = request["InferenceComponentName"]
    given = [member for member in ("Specification", "Specifications") if member in request]
    if len(given) != 1:
        raise refused(
            f"{operation}: {name} must have exactly one of Specification and Specifications, got "
            f"{' and '.join(given) or 'neither'}."
        )
    for each in request.get("Specifications", [request.get("Specification")]):
        if "BaseInferenceComponentName" in each:
            _adapter(sagemaker, operation, name, each, endpoint)
        else:
            _base(sagemaker, operation, name, each, variant)
        _container(operation, each, variant)


def _adapter(sagemaker: SageMaker, operation: str, name: str, specification: Request, endpoint: Record) -> None:
    base = sagemaker.find(operation, _NOUN, specification["BaseInferenceComponentName"])
    if base.values["EndpointName"] != endpoint.name:
        raise refused(
            f'{operation}: the base "{base.arn}" of adapter {name} is on endpoint {base.values["EndpointName"]}, not '
            f"on {endpoint.name}."
        )
    if any(_bases(base.values)):
        raise refused(f'{operation}: the base "{base.arn}" of adapter {name} is an adapter itself.')
    if "ComputeResourceRequirements" in specification:
        raise refused(
            f"{operation}: adapter {name} must not have ComputeResourceRequirements; it runs on those of its base."
        )


def _base(sagemaker: SageMaker, operation: str, name: str, specification: Request, variant: Variant) -> None:
    if ("ModelName" in specification) == ("Container" in specification):
        both = "both" if "ModelName" in specification else "neither"
        raise refused(f"{operation}: {name} must have exactly one of ModelName and Container, got {both}.")
    if "ModelName" in specification:
        sagemaker.find(operation, "Model", specification["ModelName"])
    needs = specification.get("ComputeResourceRequirements")
    if needs is None:
        raise refused(f"{operation}: {name} must have ComputeResourceRequirements, since it is no adapter.")
    least, most = needs["MinMemoryRequiredInMb"], needs.get("MaxMemoryRequiredInMb")
    if most is not None and most < least:
        raise refused(
            f"{operation}: {name}: MaxMemoryRequiredInMb {most} must not be less than MinMemoryRequiredInMb {least}."
        )
    _accelerators(operation, name, needs, variant, specification.get("InstanceType"))


def _accelerators(operation: str, name: str, needs: Request, variant: Variant, instance_type: str | None) -> None:
    kind = instance_type or variant.shown.get("InstanceType")
    wanted, there = needs.get("NumberOfAcceleratorDevicesRequired", 0), instances.accelerators(kind) if kind else None
    if there is not None and wanted > there:
        raise refused(
            f"{operation}: {name} asks for {wanted:g} accelerator devices, and {kind} of variant {variant.name} has "
            f"{there}."
        )


def _container(operation: str, specification: Request, variant: Variant) -> None:
    container: dict[str, Any] = specification.get("Container", {})
    if "Image" in container and variant.role:
        access.require_image(operation, variant.role, container["Image"])
    if "ArtifactUrl" in container:
        bucket, key = neighbours.split_s3(container["ArtifactUrl"])
        found = neighbours.object_keys(bucket, key)
        if not (found if key.endswith("/") else key in found):
            raise refused(f"{operation}: Could not find model data at {container['ArtifactUrl']}.")
        if variant.role:
            access.require_readable(operation, variant.role, bucket, found[:1], vpc=variant.vpc)


def _bases(values: Request) -> Iterator[str]:
    for each in values.get("Specifications", [values.get("Specification", {})]):
        if "BaseInferenceComponentName" in each:
            yield each["BaseInferenceComponentName"]
