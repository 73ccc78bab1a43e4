"""What the variants of an endpoint configuration mean together, and what does not go with one another."""

import re
from collections.abc import Callable, Iterator

from .._structure import MODEL, Structure, containers, endpoint_configs, meant, repeated, variants
from ..instance_facts import family_of, has_gpus, has_local_storage
from . import Fault, Severity, Template, number, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_VARIANT = f"{_API}/API_ProductionVariant.html"
# Repositories that AWS publishes serving images in; one of another name may hold anything.
# https://aws.github.io/deep-learning-containers/reference/available_images
_FRAMEWORK = re.compile(
    r"(?:.*/)?(?P<name>(?:huggingface-)?(?:pytorch|tensorflow|mxnet)(?:-tgi)?-inference|djl-inference|vllm|sglang"
    r"|sagemaker-(?:scikit-learn|xgboost|tensorflow-serving|mxnet-serving))(?:[:@].*)?"
)
_COMPONENTS = f"{_GUIDE}/realtime-endpoints-deploy-models.html"


@rule("SM221", "a variant has machines or is serverless, one of the two", source=_VARIANT)
def machines_or_serverless(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in variants(config):
            machines = [name for name in ("InstanceType", "InstancePools") if variant.has(name)]
            if variant.has("ServerlessConfig") != bool(machines):
                continue
            given = f"ServerlessConfig and {machines[0]}" if machines else "none"
            yield variant.fault(
                "",
                f"a variant must have either InstanceType or ServerlessConfig, got {given}",
                fix="keep one of them" if machines else "give one of them",
            )


@rule("SM222", "variant names are unique over production and shadow variants", source=_VARIANT)
def unique_variants(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant, name in repeated(variants(config), "VariantName"):
            yield variant.fault(
                "VariantName",
                f"VariantName must be unique in an endpoint configuration, got {name!r} twice",
                fix="give each variant a name of its own",
                value=name,
            )


@rule("SM223", "an instance pool is there once", source=f"{_API}/API_InstancePool.html")
def unique_pools(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in variants(config):
            for member in ("InstanceType", "Priority"):
                for pool, value in repeated(variant.items("InstancePools"), member):
                    yield pool.fault(
                        member,
                        f"{member} must differ between the pools of a variant, got {value!r} twice",
                        fix="list each type once, each with a priority of its own",
                        value=value,
                    )


@rule(
    "SM224",
    "some variant gets requests",
    source=f"{_GUIDE}/model-ab-testing.html",
    severity=Severity.WARNING,
)
def some_weight(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        own = config.items("ProductionVariants")
        if len(own) > 1 and all(number(variant.get("InitialVariantWeight")) == 0 for variant in own):
            yield own[0].fault(
                "InitialVariantWeight",
                "InitialVariantWeight should be above 0 on at least one of several variants, got 0 on all",
                fix="give a weight to the variant that serves",
                value=0,
            )


@rule("SM225", "a variant without a model needs the role of the configuration", source=_COMPONENTS)
def component_role(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in config.items("ProductionVariants"):
            if variant.lacks("ModelName") and config.lacks("ExecutionRoleArn"):
                yield variant.fault(
                    "ModelName",
                    "a variant without ModelName is for inference components, which need ExecutionRoleArn on the "
                    "endpoint configuration, got none",
                    fix="add ExecutionRoleArn to the configuration, or ModelName to the variant",
                )


@rule("SM226", "only variants for inference components manage their instances", source=_COMPONENTS)
def managed_scaling(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in variants(config):
            if variant.has("ManagedInstanceScaling") and variant.has("ModelName"):
                yield variant.fault(
                    "ManagedInstanceScaling",
                    "ManagedInstanceScaling must only be on a variant for inference components, got a variant with "
                    "ModelName",
                    fix="take ModelName out and add components, or scale with Application Auto Scaling",
                )


@rule(
    "SM227",
    "managed instances: the fewest are not above the most",
    source=f"{_API}/API_ProductionVariantManagedInstanceScaling.html",
)
def managed_range(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in variants(config):
            scaling = variant.below("ManagedInstanceScaling")
            fewest, most = (number(scaling.get(name)) for name in ("MinInstanceCount", "MaxInstanceCount"))
            if fewest is not None and most is not None and fewest > most:
                yield scaling.fault(
                    "MinInstanceCount",
                    f"MinInstanceCount must not exceed MaxInstanceCount ({most}), got {fewest}",
                    fix="lower it, or raise MaxInstanceCount",
                    value=fewest,
                )


@rule("SM233", "a variant says how many machines it starts with", source=_VARIANT, severity=Severity.WARNING)
def no_count(template: Template) -> Iterator[Fault]:
    """The API asks for it nowhere, since serverless variants have none and managed ones have a range."""
    for config in endpoint_configs(template):
        for variant in variants(config):
            machines = variant.has("InstanceType") and variant.lacks("ServerlessConfig")
            if machines and variant.lacks("InitialInstanceCount", "ManagedInstanceScaling"):
                yield variant.fault(
                    "InitialInstanceCount",
                    "InitialInstanceCount should say how many machines a variant with InstanceType starts with, got "
                    "none",
                    fix="write 1 or more",
                )


@rule("SM228", "a shadow stands beside one production variant", source=f"{_API}/API_CreateEndpointConfig.html")
def shadow_count(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        shadows, own = config.get("ShadowProductionVariants"), config.get("ProductionVariants")
        if not isinstance(shadows, list) or not isinstance(own, list) or not shadows:
            continue
        if len(shadows) != 1 or len(own) != 1:
            yield config.fault(
                "ShadowProductionVariants",
                f"ShadowProductionVariants must hold one variant beside exactly one production variant, got "
                f"{len(shadows)} beside {len(own)}",
                fix="keep one of each",
            )


@rule("SM229", "a shadow goes with plain real-time variants only", source=f"{_GUIDE}/shadow-tests-exclusions.html")
def shadow_exclusions(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        if not config.get("ShadowProductionVariants"):
            continue
        excluded = ["AsyncInferenceConfig"] if config.has("AsyncInferenceConfig") else []
        for variant in variants(config):
            excluded += ["ServerlessConfig"] if variant.has("ServerlessConfig") else []
            model = meant(variant, "ModelName", MODEL)
            excluded += _several(model) if model else []
        if excluded:
            yield config.fault(
                "ShadowProductionVariants",
                f"ShadowProductionVariants must not be used with {', '.join(dict.fromkeys(excluded))}",
                fix="take the shadow out, or serve one model from one container in real time",
            )


def _several(model: Structure) -> list[str]:
    """What makes it more than one model in one container."""
    found = ["a model of several containers"] if len(model.items("Containers")) > 1 else []
    return found + ["a multi-model" for container in containers(model) if container.get("Mode") == "MultiModel"]


@rule("SM230", "a volume size is for machines without disks of their own", source=_VARIANT, severity=Severity.WARNING)
def volume_on_local_disks(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in variants(config):
            for kind in _of_kind(variant, has_local_storage):
                if variant.has("VolumeSizeInGB"):
                    yield variant.fault(
                        "VolumeSizeInGB",
                        f"VolumeSizeInGB has no meaning on {kind}, whose disks are inside the machine",
                        fix="leave it out",
                        value=variant.get("VolumeSizeInGB"),
                    )


def _of_kind(variant: Structure, told: Callable[[str], bool]) -> list[str]:
    """The instance types of a variant whose family is such a one."""
    kinds = [variant.get("InstanceType"), *(pool.get("InstanceType") for pool in variant.items("InstancePools"))]
    return [kind for kind in kinds if isinstance(kind, str) and told(family_of(kind))]


@rule(
    "SM231",
    "a content type is captured as CSV or as JSON",
    source=f"{_API}/API_CaptureContentTypeHeader.html",
    severity=Severity.WARNING,
)
def captured_twice(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        header = config.below("DataCaptureConfig.CaptureContentTypeHeader")
        csv, json = header.get("CsvContentTypes"), header.get("JsonContentTypes")
        if not isinstance(csv, list) or not isinstance(json, list):
            continue
        for kind in csv:
            if isinstance(kind, str) and kind in json:
                yield header.fault(
                    "JsonContentTypes",
                    f"JsonContentTypes should not hold {kind!r}, which CsvContentTypes holds too",
                    fix="keep it in the list that fits",
                    value=kind,
                )


@rule(
    "SM232",
    "a multi-model on GPUs is served by Triton",
    source=f"{_GUIDE}/multi-model-support.html",
    severity=Severity.WARNING,
)
def multi_model_on_gpus(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in variants(config):
            model, gpus = meant(variant, "ModelName", MODEL), _of_kind(variant, has_gpus)
            for container in containers(model) if model and gpus else ():
                image = _FRAMEWORK.fullmatch(container.ending("Image") or "")
                if image and container.get("Mode") == "MultiModel":
                    yield variant.fault(
                        "ModelName",
                        f"ModelName should be of a multi-model with an image of Triton on {', '.join(gpus)}, got one "
                        f"with {image['name']}",
                        fix="take an image of sagemaker-tritonserver, or a type without GPUs",
                        value=image["name"],
                    )
