"""An endpoint's variants: what the configuration asks for and what a scaling or an update keeps."""

from typing import Any

from .. import hosting, neighbours, rollback, scaling_targets
from ..api import ApiError, Request, refused
from ..behaviour import after, operation, when_done
from ..records import Record
from ..rules import access
from ..sagemaker import SageMaker

_KINDS = ("ProductionVariants", "ShadowProductionVariants")
_COPIED = ("AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig", "CrossRegionTrafficConfig")
_FROM_CONFIG = (*_KINDS, *_COPIED, "DataCaptureConfig")
# What UpdateEndpoint may keep from before, by the names that ExcludeRetainedVariantProperties gives them.
_RETAINED = {
    "DesiredInstanceCount": ("CurrentInstanceCount", "DesiredInstanceCount"),
    "DesiredWeight": ("CurrentWeight", "DesiredWeight"),
}


@after("CreateEndpoint")
def _serve(sagemaker: SageMaker, endpoint: Record, request: Request) -> None:
    config = sagemaker.find("CreateEndpoint", "EndpointConfig", request["EndpointConfigName"]).values
    endpoint.values.update(_from_config(config))
    if "DeploymentConfig" in request:
        endpoint.values["LastDeploymentConfig"] = request["DeploymentConfig"]


@when_done("Endpoint")
def _deployed(sagemaker: SageMaker, endpoint: Record, status: str) -> None:
    before = endpoint.before
    undone = not _downloaded(sagemaker, endpoint) or rollback.undone(endpoint)
    if not undone and before:
        now = {variant["VariantName"] for variant in endpoint.values["ProductionVariants"]}
        for variant in before["ProductionVariants"]:
            if variant["VariantName"] not in now:
                scaling_targets.forget_variant(endpoint.name, variant["VariantName"])
    for serving in hosting.variants(sagemaker, endpoint):
        if serving.role:
            kind = "InferenceComponents" if serving.hosts_components else "Endpoints"
            access.ask_to_log(serving.role, kind, f"{endpoint.name}/{serving.name}", serving.vpc)


def _downloaded(sagemaker: SageMaker, endpoint: Record) -> bool:
    """Let the machines of each variant download its artifacts through their VPC; False where that undid an update.

    What a multi-model loads it loads when it is asked; and whether the role may read was looked at with the model.

    Raises:
        ApiError: The endpoint is new, and its machines cannot.
    """
    operation = "UpdateEndpoint" if endpoint.before else "CreateEndpoint"
    try:
        for serving in hosting.variants(sagemaker, endpoint):
            for container in serving.containers if serving.role and serving.vpc else ():
                for url, is_prefix in hosting.locations(container) if container.get("Mode") != "MultiModel" else ():
                    bucket, key = neighbours.split_s3(url)
                    keys = neighbours.object_keys(bucket, key)[:1] if is_prefix else [key]
                    place = key if is_prefix else None
                    access.require_readable(operation, str(serving.role), bucket, keys, place, serving.vpc)
    except ApiError as error:
        if not endpoint.before:
            raise
        rollback.undo(endpoint, error.message.removeprefix(f"{operation}: "))
        return False
    return True


@after("UpdateEndpoint")
def _serve_other(sagemaker: SageMaker, endpoint: Record, request: Request) -> None:
    before = {variant["VariantName"]: variant for variant in endpoint.before["ProductionVariants"]}
    config = sagemaker.find("UpdateEndpoint", "EndpointConfig", request["EndpointConfigName"]).values
    for member in _FROM_CONFIG:
        endpoint.values.pop(member, None)
    endpoint.values.update(_from_config(config))
    now = {variant["VariantName"]: variant for variant in endpoint.values["ProductionVariants"]}
    if request.get("RetainAllVariantProperties"):
        excluded = {entry["VariantPropertyType"] for entry in request.get("ExcludeRetainedVariantProperties", [])}
        for name in before.keys() & now.keys():
            _retain(before[name], now[name], excluded)
    if "DeploymentConfig" in request:
        endpoint.values["LastDeploymentConfig"] = request["DeploymentConfig"]
    elif not request.get("RetainDeploymentConfig"):
        endpoint.values.pop("LastDeploymentConfig", None)


@after("DeleteEndpoint")
def _stop_serving(sagemaker: SageMaker, endpoint: Record, request: Request) -> None:
    for variant in endpoint.values["ProductionVariants"]:
        scaling_targets.forget_variant(endpoint.name, variant["VariantName"])


@operation("UpdateEndpointWeightsAndCapacities")
def _shift(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    name = "UpdateEndpointWeightsAndCapacities"
    endpoint = sagemaker.find(name, "Endpoint", request["EndpointName"])
    if endpoint.status != "InService":
        raise refused(f'{name}: cannot update in-progress endpoint "{endpoint.arn}".')
    variants = {variant["VariantName"]: variant for variant in endpoint.values["ProductionVariants"]}
    for wanted in request["DesiredWeightsAndCapacities"]:
        variant = variants.get(wanted["VariantName"])
        if variant is None:
            raise refused(f'{name}: endpoint "{endpoint.arn}" has no variant "{wanted["VariantName"]}".')
        for member in ("Weight", "InstanceCount"):
            if f"Desired{member}" in wanted:
                variant[f"Current{member}"] = variant[f"Desired{member}"] = wanted[f"Desired{member}"]
        if "ServerlessUpdateConfig" in wanted:
            serverless = {**variant["DesiredServerlessConfig"], **wanted["ServerlessUpdateConfig"]}
            variant["CurrentServerlessConfig"] = variant["DesiredServerlessConfig"] = serverless
    endpoint.touch()
    return endpoint.values


def _from_config(config: dict[str, Any]) -> dict[str, Any]:
    shown = {kind: [_variant(variant) for variant in config[kind]] for kind in _KINDS if kind in config}
    for member in _COPIED:
        if member in config:
            shown[member] = config[member]
    if "DataCaptureConfig" in config:
        capture = config["DataCaptureConfig"]
        # It is on unless it says otherwise.
        status = "Started" if capture.get("EnableCapture", True) else "Stopped"
        sampling = capture["InitialSamplingPercentage"]
        shown["DataCaptureConfig"] = capture | {"CaptureStatus": status, "CurrentSamplingPercentage": sampling}
    return shown


def _variant(configured: dict[str, Any]) -> dict[str, Any]:
    # Scaling is on as soon as it is configured.
    if "ManagedInstanceScaling" in configured:
        scaling = {"Status": "ENABLED", **configured["ManagedInstanceScaling"]}
        configured = {**configured, "ManagedInstanceScaling": scaling}
    weight = configured.get("InitialVariantWeight", 1.0)
    shown = {**configured, "CurrentWeight": weight, "DesiredWeight": weight}
    if "InitialInstanceCount" in configured:
        count = configured["InitialInstanceCount"]
        shown |= {"CurrentInstanceCount": count, "DesiredInstanceCount": count}
    if "ServerlessConfig" in configured:
        serverless = configured["ServerlessConfig"]
        shown |= {"CurrentServerlessConfig": serverless, "DesiredServerlessConfig": serverless}
    return shown


def _retain(before: dict[str, Any], now: dict[str, Any], excluded: set[str]) -> None:
    for kept, members in _RETAINED.items():
        if kept not in excluded:
            now.update({member: before[member] for member in members if member in before and member in now})
