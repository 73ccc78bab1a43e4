"""Endpoint configurations and endpoints: what they refer to, and what an update may change."""

from collections import Counter

from .. import permissions, scaling_targets
from ..api import Request, refused
from ..behaviour import before
from ..sagemaker import SageMaker
from . import access


@before("CreateEndpointConfig")
def _variants(sagemaker: SageMaker, request: Request) -> None:
    name = request["EndpointConfigName"]
    variants = [*request["ProductionVariants"], *request.get("ShadowProductionVariants", [])]
    repeated = [variant for variant, count in Counter(v["VariantName"] for v in variants).items() if count > 1]
    if repeated:
        raise refused(f"CreateEndpointConfig: {name} has several variants named {', '.join(repeated)}.")
    for variant in variants:
        given = [member for member in ("InstanceType", "ServerlessConfig", "InstancePools") if member in variant]
        if len(given) != 1:
            raise refused(
                f"CreateEndpointConfig: variant {variant['VariantName']} of {name} must have exactly one of "
                f"InstanceType and ServerlessConfig, got {' and '.join(given) or 'neither'}."
            )
        if "ModelName" in variant:
            sagemaker.find("CreateEndpointConfig", "Model", variant["ModelName"])
        elif "ExecutionRoleArn" not in request:
            raise refused(
                f"CreateEndpointConfig: variant {variant['VariantName']} of {name} has no ModelName, so the "
                "configuration needs an ExecutionRoleArn."
            )


@before("CreateEndpointConfig")
def _role(sagemaker: SageMaker, request: Request) -> None:
    if "ExecutionRoleArn" in request:
        arn = sagemaker.arn("EndpointConfig", request["EndpointConfigName"])
        permissions.require_role("CreateEndpointConfig", request["ExecutionRoleArn"], arn)
    access.require_network("CreateEndpointConfig", request.get("VpcConfig", {}))
    if "KmsKeyId" in request:
        access.require_key("CreateEndpointConfig", request["KmsKeyId"])


@before("CreateEndpointConfig")
def _outputs(sagemaker: SageMaker, request: Request) -> None:
    """What the endpoint writes, it writes with the roles of its models."""
    capture = request.get("DataCaptureConfig", {})
    answers = request.get("AsyncInferenceConfig", {}).get("OutputConfig", {})
    outputs = (
        [(capture.get("DestinationS3Uri"), capture.get("KmsKeyId"))]
        if capture.get("EnableCapture", bool(capture))
        else []
    )
    outputs += [(answers.get(member), answers.get("KmsKeyId")) for member in ("S3OutputPath", "S3FailurePath")]
    told = answers.get("NotificationConfig", {})
    topics = [told[member] for member in ("SuccessTopic", "ErrorTopic") if member in told]
    roles = {request.get("ExecutionRoleArn")}
    for variant in request["ProductionVariants"]:
        if "ModelName" in variant:
            model = sagemaker.find("CreateEndpointConfig", "Model", variant["ModelName"])
            roles.add(model.values.get("ExecutionRoleArn"))
    for role in sorted(role for role in roles if role):
        for topic in topics:
            access.require_publishable("CreateEndpointConfig", role, topic)
        for url, key in outputs:
            if url:
                access.require_writable("CreateEndpointConfig", role, f"{url.rstrip('/')}/object", key, url)


@before("CreateEndpoint")
def _new(sagemaker: SageMaker, request: Request) -> None:
    name = request["EndpointName"]
    # Endpoint names differ in more than case, though an invocation spells them exactly.
    taken = [record for record in sagemaker.records.all("Endpoint") if record.name.lower() == name.lower()]
    if taken:
        raise refused(f'CreateEndpoint: Cannot create already existing endpoint "{taken[0].arn}".')
    sagemaker.find("CreateEndpoint", "EndpointConfig", request["EndpointConfigName"])


@before("UpdateEndpoint")
def _in_service(sagemaker: SageMaker, request: Request) -> None:
    endpoint = sagemaker.find("UpdateEndpoint", "Endpoint", request["EndpointName"])
    if endpoint.status != "InService":
        raise refused(f'UpdateEndpoint: Cannot update in-progress endpoint "{endpoint.arn}" ({endpoint.status}).')
    sagemaker.find("UpdateEndpoint", "EndpointConfig", request["EndpointConfigName"])


@before("UpdateEndpoint")
def _scaled_type(sagemaker: SageMaker, request: Request) -> None:
    """A variant keeps its instance type for as long as it has autoscaling."""
    endpoint = sagemaker.find("UpdateEndpoint", "Endpoint", request["EndpointName"])
    config = sagemaker.find("UpdateEndpoint", "EndpointConfig", request["EndpointConfigName"])
    types = {variant["VariantName"]: variant.get("InstanceType") for variant in config.values["ProductionVariants"]}
    for variant in endpoint.values["ProductionVariants"]:
        name, old = variant["VariantName"], variant.get("InstanceType")
        if name in types and types[name] != old and scaling_targets.of_variant(endpoint.name, name):
            raise refused(
                f'UpdateEndpoint: cannot change the instance type of variant "{name}" of endpoint "{endpoint.arn}" '
                f"from {old} to {types[name]} while it has autoscaling; deregister its scalable target first."
            )


@before("DeleteEndpointConfig")
def _in_use(sagemaker: SageMaker, request: Request) -> None:
    config = sagemaker.find("DeleteEndpointConfig", "EndpointConfig", request["EndpointConfigName"])
    for endpoint in sagemaker.records.all("Endpoint"):
        if endpoint.values["EndpointConfigName"] == config.name:
            raise refused(
                f'DeleteEndpointConfig: cannot delete endpoint configuration "{config.arn}" while endpoint '
                f'"{endpoint.arn}" uses it.'
            )
