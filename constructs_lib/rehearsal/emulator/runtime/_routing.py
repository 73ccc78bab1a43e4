"""Which variant, model, container or component answers; a way of asking that is not the endpoint's is refused."""

import random
import uuid
from dataclasses import dataclass

from .. import alarms, hosting, neighbours
from ..api import ApiError, Request, refused
from ..hosting import Variant
from ..records import Record
from ..rules import access
from ._call import Call


@dataclass(frozen=True, slots=True)
class Route:
    """What answers.

    Attributes:
        role: The execution role behind it.
        vpc: The `VpcConfig` of its machines, empty where there is none.
        names: What the answer says of it: `variant`, and `model`, `container`, `containers` or `component`.
    """

    variant: str
    role: str | None
    vpc: Request
    names: dict[str, object]


def route(call: Call) -> Route:
    """Find what answers.

    Raises:
        ApiError: The request does not fit the kind of the endpoint, or names what is not there.
    """
    name = call.endpoint.name
    if any(variant.hosts_components for variant in call.variants):
        return _component(call)
    if "InferenceComponentName" in call.request:
        raise refused(
            f"Endpoint {name} does not host inference components and takes no Inference Component Name header."
        )
    variant = _variant(call)
    names: dict[str, object] = {"variant": variant.name}
    names |= _model(call, variant) | _container(call, variant)
    return Route(variant.name, variant.role, variant.vpc, names)


def _variant(call: Call) -> Variant:
    wanted = call.request.get("TargetVariant")
    found = [variant for variant in call.variants if wanted in (None, variant.name)]
    if not found:
        raise refused(f"Variant {wanted} not found for endpoint {call.endpoint.name}.")
    weights = [float(variant.shown["CurrentWeight"]) for variant in found]
    return random.choices(found, weights)[0] if any(weights) else found[0]  # noqa: S311 -- since it is traffic


def _model(call: Call, variant: Variant) -> dict[str, object]:
    target, container = call.request.get("TargetModel"), variant.multi_model
    if container is None:
        if target is not None:
            raise refused(
                f"Endpoint {call.endpoint.name} is not a multi-model endpoint and does not support target model header."
            )
        return {}
    if target is None:
        raise refused(
            f"Request {uuid.uuid4()} is missing a target model header. Endpoint {call.endpoint.name} is a multi-model "
            "endpoint; name the model with TargetModel."
        )
    bucket, prefix = neighbours.split_s3(_location(container))
    # The service joins the prefix and the name as they are, so a name that climbs out of the prefix names nothing.
    key = prefix + target.lstrip("/")
    # https://docs.aws.amazon.com/sagemaker/latest/dg/create-multi-model-endpoint.html: an archive, or below a prefix.
    found = key in neighbours.object_keys(bucket, key) or bool(neighbours.object_keys(bucket, f"{key.rstrip('/')}/"))
    if not found:
        raise refused(
            f"Failed to download model data(bucket: {bucket}, key: {key}). Please ensure that the object exists."
        )
    if variant.role:
        _readable(call.operation, variant, bucket, key, prefix)
    return {"model": target}


def _readable(operation: str, variant: Variant, bucket: str, key: str, prefix: str) -> None:
    try:
        access.require_readable(operation, str(variant.role), bucket, [key], prefix, variant.vpc)
    except ApiError as error:
        raise refused(f"Failed to download model data(bucket: {bucket}, key: {key}). {error.message}") from error


def _location(container: dict[str, object]) -> str:
    source = container.get("ModelDataSource")
    if isinstance(source, dict) and "S3DataSource" in source:
        return str(source["S3DataSource"]["S3Uri"])
    return str(container["ModelDataUrl"])


def _container(call: Call, variant: Variant) -> dict[str, object]:
    target = call.request.get("TargetContainerHostname")
    known = hosting.hostnames(variant.containers)
    if not variant.direct:
        if target is not None:
            raise refused(
                f"Endpoint {call.endpoint.name} is not configured for direct invocation and does not support target "
                "container hostname header."
            )
        return {"containers": known} if len(known) > 1 else {}
    if target is None:
        raise refused(
            f"Endpoint {call.endpoint.name} is configured for direct invocation; name one of its containers "
            f"({', '.join(known)}) with TargetContainerHostname."
        )
    if target not in known:
        raise refused(
            f"Target container hostname {target} not found for endpoint {call.endpoint.name}; "
            f"its containers are {', '.join(known)}."
        )
    return {"container": target}


def _component(call: Call) -> Route:
    wanted = call.request.get("InferenceComponentName")
    if wanted is None:
        # https://github.com/langchain-ai/langchain/issues/16150
        raise refused(
            "Inference Component Name header is required for endpoints to which you plan to deploy inference "
            "components. Please include Inference Component Name header or consider using SageMaker models."
        )
    for member in ("TargetVariant", "TargetModel", "TargetContainerHostname"):
        if member in call.request:
            raise refused(f"{member} cannot be given for inference component {wanted}.")
    component = call.sagemaker.records.get("InferenceComponent", wanted)
    if component is None or component.values["EndpointName"] != call.endpoint.name:
        raise refused(f"Inference Component {wanted} not found for endpoint {call.endpoint.name}.")
    _require_capacity(call, component)
    name = component.values["VariantName"]
    variant = next(variant for variant in call.variants if variant.name == name)
    return Route(name, variant.role, variant.vpc, {"variant": name, "component": wanted})


def _require_capacity(call: Call, component: Record) -> None:
    base = component.values["Specification"].get("BaseInferenceComponentName") if _is_single(component) else None
    serving = call.sagemaker.records.get("InferenceComponent", base) if base else component
    if serving is None or serving.values["RuntimeConfig"]["CurrentCopyCount"] == 0:
        alarms.publish("NoCapacityInvocationFailures", 1, InferenceComponentName=component.name)
        raise refused(
            "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress "
            "(if configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API."
        )


def _is_single(component: Record) -> bool:
    return "Specification" in component.values
