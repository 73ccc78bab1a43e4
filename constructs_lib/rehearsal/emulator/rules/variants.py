"""What the variants of an endpoint configuration may be together: the limits of each kind of endpoint."""

from collections.abc import Iterator

from .. import hosting
from ..api import Request, refused
from ..behaviour import before
from ..sagemaker import SageMaker

_OPERATION = "CreateEndpointConfig"
_MEMORY_STEP = 1024


@before(_OPERATION)
def _shadow(sagemaker: SageMaker, request: Request) -> None:
    """TRAPS 24. Source: https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html"""
    shadows = request.get("ShadowProductionVariants", [])
    if not shadows:
        return
    variants = request["ProductionVariants"]
    if len(shadows) != 1 or len(variants) != 1:
        raise _unsupported(
            request,
            "a shadow variant needs exactly one production and one shadow variant, "
            f"got {len(variants)} and {len(shadows)}",
        )
    if "AsyncInferenceConfig" in request:
        raise _unsupported(request, "an asynchronous endpoint cannot have a shadow variant")
    for variant in [*variants, *shadows]:
        if "ServerlessConfig" in variant:
            raise _unsupported(request, f"{variant['VariantName']} is serverless, which excludes shadow variants")
        if "ModelName" not in variant:
            continue
        containers = hosting.containers(_model(sagemaker, variant))
        if len(containers) > 1 or any(container.get("Mode") == "MultiModel" for container in containers):
            raise _unsupported(
                request, f"{variant['VariantName']} has several containers or models, which excludes shadow variants"
            )


@before(_OPERATION)
def _serverless(sagemaker: SageMaker, request: Request) -> None:
    """TRAPS 25. Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html"""
    variants = request["ProductionVariants"]
    serverless = [variant for variant in variants if "ServerlessConfig" in variant]
    if not serverless:
        return
    if len(serverless) != len(variants):
        raise _unsupported(request, "serverless variants and variants with instances exclude each other")
    for member in ("DataCaptureConfig", "AsyncInferenceConfig"):
        if member in request:
            raise _unsupported(request, f"{member} is not supported for serverless variants")
    for variant in serverless:
        for problem in _serverless_problems(sagemaker, variant):
            raise _unsupported(request, f"serverless variant {variant['VariantName']}: {problem}")


def _serverless_problems(sagemaker: SageMaker, variant: Request) -> Iterator[str]:
    config = variant["ServerlessConfig"]
    memory, most, warm = (config.get(m, 0) for m in ("MemorySizeInMB", "MaxConcurrency", "ProvisionedConcurrency"))
    if memory % _MEMORY_STEP:
        yield f"MemorySizeInMB must be a multiple of {_MEMORY_STEP}, got {memory}"
    if warm > most:
        yield f"ProvisionedConcurrency {warm} must not exceed MaxConcurrency {most}"
    for member in ("InitialInstanceCount", "ManagedInstanceScaling", "VolumeSizeInGB"):
        if member in variant:
            yield f"{member} is for variants with instances"
    if "ModelName" not in variant:
        yield "it must have a ModelName"
        return
    model = _model(sagemaker, variant)
    containers = hosting.containers(model)
    for problem, found in (
        ("a model in a VPC is not supported", "VpcConfig" in model),
        ("a model under network isolation is not supported", model.get("EnableNetworkIsolation", False)),
        ("a multi-model is not supported", any(each.get("Mode") == "MultiModel" for each in containers)),
        ("a model with several containers is not supported", len(containers) > 1),
    ):
        if found:
            yield problem


@before(_OPERATION)
def _asynchronous(sagemaker: SageMaker, request: Request) -> None:
    if "AsyncInferenceConfig" in request and len(request["ProductionVariants"]) > 1:
        raise _unsupported(request, "an asynchronous endpoint has one variant")


@before(_OPERATION)
def _managed(sagemaker: SageMaker, request: Request) -> None:
    """TRAPS 23: instances are managed where inference components share them, and nowhere else."""
    for variant in request["ProductionVariants"]:
        scaling = variant.get("ManagedInstanceScaling")
        if scaling is None:
            continue
        name = variant["VariantName"]
        if "ModelName" in variant:
            raise _unsupported(request, f"variant {name} has a ModelName, which excludes ManagedInstanceScaling")
        least, most = scaling.get("MinInstanceCount", 0), scaling.get("MaxInstanceCount")
        first = variant.get("InitialInstanceCount", least)
        if most is not None and not least <= most:
            raise _unsupported(
                request, f"variant {name}: MinInstanceCount {least} must not exceed MaxInstanceCount {most}"
            )
        if first < least or (most is not None and first > most):
            raise _unsupported(
                request, f"variant {name}: InitialInstanceCount {first} must be between {least} and {most}, its bounds"
            )


def _model(sagemaker: SageMaker, variant: Request) -> Request:
    return sagemaker.find(_OPERATION, "Model", variant["ModelName"]).values


def _unsupported(request: Request, problem: str) -> Exception:
    # The service says no more than the first sentence: https://github.com/boto/boto3/issues/4275
    return refused(
        f"{_OPERATION}: One or more endpoint features are not supported using this configuration: "
        f"{request['EndpointConfigName']}: {problem}."
    )
