"""Inference components: models that share the instances of an endpoint, each in copies of its own."""

from typing import Any

from .. import rollback, scaling_targets
from ..api import Request, refused
from ..behaviour import after, operation, when_done
from ..records import Record
from ..sagemaker import SageMaker

_NOUN = "InferenceComponent"


@after("CreateInferenceComponent")
def _place(sagemaker: SageMaker, component: Record, request: Request) -> None:
    endpoint = sagemaker.find("CreateInferenceComponent", "Endpoint", request["EndpointName"])
    component.values["EndpointArn"] = endpoint.arn
    component.values.setdefault("VariantName", endpoint.values["ProductionVariants"][0]["VariantName"])
    copies = request.get("RuntimeConfig", {}).get("CopyCount", 1)
    component.values["RuntimeConfig"] = {"DesiredCopyCount": copies, "CurrentCopyCount": 0}
    _show(component)


@after("UpdateInferenceComponent")
def _replace(sagemaker: SageMaker, component: Record, request: Request) -> None:
    counts = component.before["RuntimeConfig"]
    wanted = request.get("RuntimeConfig", {}).get("CopyCount", counts["DesiredCopyCount"])
    component.values["RuntimeConfig"] = {**counts, "DesiredCopyCount": wanted}
    if "DeploymentConfig" in request:
        component.values["LastDeploymentConfig"] = request["DeploymentConfig"]
    _show(component)


@operation("UpdateInferenceComponentRuntimeConfig")
def _scale(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    name = "UpdateInferenceComponentRuntimeConfig"
    component = sagemaker.find(name, _NOUN, request["InferenceComponentName"])
    if component.status != "InService":
        raise refused(f'{name}: cannot update in-progress inference component "{component.arn}" ({component.status}).')
    copies = request["DesiredRuntimeConfig"]["CopyCount"]
    component.values["RuntimeConfig"] = {**component.values["RuntimeConfig"], "DesiredCopyCount": copies}
    component.touch()
    sagemaker.pass_through_update(component)
    return component.values


@when_done(_NOUN)
def _settle(sagemaker: SageMaker, component: Record, status: str) -> None:
    if not rollback.undone(component):
        copies = component.values["RuntimeConfig"]["DesiredCopyCount"]
        component.values["RuntimeConfig"] = {"DesiredCopyCount": copies, "CurrentCopyCount": copies}


@after("DeleteInferenceComponent")
def _forget(sagemaker: SageMaker, component: Record, request: Request) -> None:
    scaling_targets.forget_component(component.name)


def _show(component: Record) -> None:
    """Describe names the image that was deployed, where Create names the image that was asked for."""
    values = component.values
    if "Specification" in values:
        values["Specification"] = _described(values["Specification"], values["CreationTime"])
    if "Specifications" in values:
        values["Specifications"] = [_described(each, values["CreationTime"]) for each in values["Specifications"]]


def _described(specification: dict[str, Any], resolved: float) -> dict[str, Any]:
    container = specification.get("Container")
    if container is None or "Image" not in container:
        return specification
    image = container["Image"]
    deployed = {"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": resolved}
    rest = {name: value for name, value in container.items() if name != "Image"}
    return {**specification, "Container": {**rest, "DeployedImage": deployed}}
