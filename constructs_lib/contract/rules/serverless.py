"""What a serverless variant needs and excludes."""

import re
from collections.abc import Iterator

from .._structure import MODEL, Structure, containers, endpoint_configs, meant, variants
from . import Fault, Severity, Template, boolean, number, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_CONFIG = f"{_API}/API_ProductionVariantServerlessConfig.html"

# `2.19.0-gpu`, `2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker`
_FOR_GPUS = re.compile(r":[^:/]*-gpu(-|$)")
# What says how machines are, where there are none.
_MACHINES = ("InitialInstanceCount", "VolumeSizeInGB", "ManagedInstanceScaling", "CapacityReservationConfig")


def _serverless(config: Structure) -> list[Structure]:
    return [variant for variant in variants(config) if variant.has("ServerlessConfig")]


@rule("SM241", "memory of serverless variants goes in steps of 1024 MB", source=_CONFIG)
def memory_step(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in _serverless(config):
            memory = number(variant.get("ServerlessConfig.MemorySizeInMB"))
            if memory is not None and 1024 <= memory <= 6144 and memory % 1024:
                yield variant.fault(
                    "ServerlessConfig.MemorySizeInMB",
                    f"MemorySizeInMB must be 1024, 2048, 3072, 4096, 5120 or 6144, got {memory}",
                    fix="write the next step",
                    value=memory,
                )


@rule("SM242", "provisioned concurrency is at most the maximum concurrency", source=_CONFIG)
def provisioned_concurrency(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in _serverless(config):
            kept = number(variant.get("ServerlessConfig.ProvisionedConcurrency"))
            most = number(variant.get("ServerlessConfig.MaxConcurrency"))
            if kept is not None and most is not None and kept > most:
                yield variant.fault(
                    "ServerlessConfig.ProvisionedConcurrency",
                    f"ProvisionedConcurrency must not exceed MaxConcurrency ({most}), got {kept}",
                    fix="lower it, or raise MaxConcurrency",
                    value=kept,
                )


@rule("SM243", "a serverless variant says nothing about machines", source=_GUIDE)
def no_machines(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in _serverless(config):
            for name in _MACHINES:
                # Beside InstanceType the choice itself is wrong, which another rule says.
                if variant.has(name) and variant.lacks("InstanceType"):
                    yield variant.fault(
                        name, f"{name} must not be on a serverless variant, which has no machines", fix="take it out"
                    )


@rule("SM244", "a serverless endpoint has one variant", source=_GUIDE)
def one_variant(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        own = config.items("ProductionVariants")
        if len(own) > 1 and any(variant.has("ServerlessConfig") for variant in own):
            yield config.fault(
                "ProductionVariants",
                f"ProductionVariants must hold one variant where it is serverless, got {len(own)}",
                fix="make an endpoint of each variant",
                value=len(own),
            )


@rule("SM245", "a serverless endpoint is not asynchronous, captures nothing and is in no VPC", source=_GUIDE)
def excluded_features(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        if not _serverless(config):
            continue
        given = [name for name in ("AsyncInferenceConfig", "VpcConfig") if config.has(name)]
        given += ["EnableNetworkIsolation"] if boolean(config.get("EnableNetworkIsolation")) else []
        given += (
            ["DataCaptureConfig"]
            if boolean(config.get("DataCaptureConfig.EnableCapture", True)) and config.has("DataCaptureConfig")
            else []
        )
        for name in given:
            yield config.fault(
                name,
                f"{name} must not be used with a serverless variant",
                fix="take it out, or give the variant machines",
            )


@rule("SM246", "the model of a serverless variant has nothing that serverless excludes", source=_GUIDE)
def excluded_models(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in _serverless(config):
            model = meant(variant, "ModelName", MODEL)
            for feature in _excluded(model) if model else ():
                yield variant.fault(
                    "ModelName",
                    f"ModelName must be of a model without {feature} where the variant is serverless",
                    fix="take that out of the model, or give the variant machines",
                )


def _excluded(model: Structure) -> Iterator[str]:
    if model.has("VpcConfig"):
        yield "VpcConfig"
    if boolean(model.get("EnableNetworkIsolation")):
        yield "EnableNetworkIsolation"
    if len(model.items("Containers")) > 1:
        yield "several Containers"
    for container in containers(model):
        if container.get("Mode") == "MultiModel":
            yield "Mode MultiModel"
        if container.has("ModelDataSource"):
            yield "ModelDataSource"


@rule(
    "SM247",
    "a volume key is for variants with volumes",
    source=f"{_API}/API_CreateEndpointConfig.html",
    severity=Severity.WARNING,
)
def key_without_volumes(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        own = variants(config)
        if config.has("KmsKeyId") and own and len(_serverless(config)) == len(own):
            yield config.fault(
                "KmsKeyId",
                "KmsKeyId has nothing to encrypt where every variant is serverless: it is for the volumes of machines",
                fix="take it out",
            )


@rule("SM248", "a serverless variant has no image for GPUs", source=_GUIDE, severity=Severity.WARNING)
def image_for_gpus(template: Template) -> Iterator[Fault]:
    """By the tag alone, as AWS's own images bear it: some of them run on processors too (TRAPS 25)."""
    for config in endpoint_configs(template):
        for variant in _serverless(config):
            model = meant(variant, "ModelName", MODEL)
            for container in containers(model) if model else ():
                image = container.ending("Image") or ""
                if _FOR_GPUS.search(image):
                    yield variant.fault(
                        "ModelName",
                        f"ModelName should be of a model whose image needs no GPU, of which serverless has none, got "
                        f"one with {image.rpartition('/')[2]}",
                        fix="take the image for cpu, or give the variant machines",
                        value=image.rpartition("/")[2],
                    )
