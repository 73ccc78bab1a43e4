"""Models and endpoints: encryption, isolation, access and spare instances."""

import re
from collections.abc import Iterator

from .._scaling import CONFIG, is_asynchronous, targets
from .._secured_jobs import is_ebs_only
from . import UNKNOWN, Fault, Resource, Severity, Template, boolean, known, member, number, rule

_CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html"
_KEY = (
    "https://docs.aws.amazon.com/config/latest/developerguide/sagemaker-endpoint-configuration-kms-key-configured.html"
)
_VPC = "https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html"
_PRIVATE = "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html"
_CAPTURE = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html"
_ASYNC = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceOutputConfig.html"
_DUMPS = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantCoreDumpConfig.html"
_SSM = "https://docs.aws.amazon.com/sagemaker/latest/dg/ssm-access.html"
_MODEL = "AWS::SageMaker::Model"
_VARIANTS = ("ProductionVariants", "ShadowProductionVariants")
# Images whose registry is Amazon ECR, private or public; what has no host is left alone.
_HOST = re.compile(r"(?P<host>[\w-]+(\.[\w-]+)+(:\d+)?)/.+")
_ECR = re.compile(r"\d{12}\.dkr[.-]ecr[\w-]*\.[\w-]+\..+")


@rule("SE201", "an endpoint keeps two instances or can add one", source=_CONTROLS, severity=Severity.WARNING)
def spare_instance(template: Template) -> Iterator[Fault]:
    """SageMaker.4 looks at the first count alone; a variant that scales has an answer of its own."""
    scaled = [target.scaled for target in template.once(targets)]
    for config in template.of_type(CONFIG):
        if is_asynchronous(config) or not known(config.properties.get("AsyncInferenceConfig", {})):
            continue
        for path, variant in config.items("ProductionVariants"):
            count = number(member(variant, "InitialInstanceCount"))
            name = member(variant, "VariantName")
            # Whether an unreadable target is for this variant is not known.
            grows = any(other.variant_name == name and other.config in (config, None) for other in scaled) or member(
                variant, "ManagedInstanceScaling"
            )
            if count == 1 and not grows and member(variant, "ManagedInstanceScaling") is not UNKNOWN:
                yield config.fault(
                    f"{path}.InitialInstanceCount",
                    f"InitialInstanceCount must be above 1 where nothing scales {name}, or the loss of one machine is "
                    "the loss of the endpoint (SageMaker.4), got 1",
                    fix="start with 2, or register a scalable target",
                    value=1,
                )


@rule("SE202", "a model is cut off from the network", source=_CONTROLS, severity=Severity.WARNING)
def model_isolation(template: Template) -> Iterator[Fault]:
    serverless = template.once(_serverless_models)
    for model in template.of_type(_MODEL):
        flag = model.get("EnableNetworkIsolation")
        # Serverless variants take no isolation, and a container that downloads from a hub cannot run under it.
        if flag is not None and boolean(flag) is not False:
            continue
        if model.logical_id not in serverless and not _downloads(model):
            yield model.fault(
                "EnableNetworkIsolation",
                f"EnableNetworkIsolation must be true, or the containers reach the network (SageMaker.5), "
                f"got {'none' if flag is None else flag}",
                fix="set it to true",
                value=flag,
            )


@rule("SE203", "a model is in a VPC", source=_VPC, severity=Severity.WARNING)
def model_vpc(template: Template) -> Iterator[Fault]:
    serverless = template.once(_serverless_models)
    for model in template.of_type(_MODEL):
        if "VpcConfig" not in model.properties and model.logical_id not in serverless:
            yield model.fault(
                "VpcConfig",
                "VpcConfig must be there, or the model's machines are in a network that you do not control, got none",
                fix="give subnets and security groups",
            )


@rule("SE204", "an image comes from Amazon ECR or from a registry in the VPC", source=_PRIVATE)
def registry(template: Template) -> Iterator[Fault]:
    for model in template.of_type(_MODEL):
        for path, container in _containers(model):
            image, mode = member(container, "Image"), member(container, "ImageConfig.RepositoryAccessMode")
            host = _HOST.fullmatch(image) if isinstance(image, str) else None
            if host is None or mode is UNKNOWN or mode == "Vpc" or _ECR.fullmatch(host["host"]):
                continue
            yield model.fault(
                f"{path}.Image",
                f"Image must be in Amazon ECR unless ImageConfig.RepositoryAccessMode is Vpc, got {image}",
                fix="copy the image into ECR, or reach its registry through the VPC",
                value=image,
            )


@rule("SE205", "a model that pulls through the VPC has one", source=_PRIVATE)
def registry_vpc(template: Template) -> Iterator[Fault]:
    for model in template.of_type(_MODEL):
        for path, container in _containers(model):
            mode = member(container, "ImageConfig.RepositoryAccessMode")
            if mode == "Vpc" and "VpcConfig" not in model.properties:
                yield model.fault(
                    f"{path}.ImageConfig.RepositoryAccessMode",
                    "RepositoryAccessMode must be Platform where the model has no VpcConfig, got Vpc",
                    fix="give the model a VpcConfig",
                    value=mode,
                )


@rule(
    "SE206",
    "a model that names its registry's access pulls through the VPC",
    source=_CONTROLS,
    severity=Severity.WARNING,
)
def platform_registry(template: Template) -> Iterator[Fault]:
    """SageMaker.16 and SageMaker.19 want it of every image; a template that says nothing uses ECR, and is let be."""
    for model in template.of_type(_MODEL):
        for path, container in _containers(model):
            mode = member(container, "ImageConfig.RepositoryAccessMode")
            control = 19 if path.startswith("Containers") else 16
            if mode == "Platform":
                yield model.fault(
                    f"{path}.ImageConfig.RepositoryAccessMode",
                    f"RepositoryAccessMode must be Vpc (SageMaker.{control}), got Platform",
                    fix="pull from a private registry in the VPC",
                    value=mode,
                )


@rule(
    "SE207", "the volumes of an endpoint are encrypted with a key of one's own", source=_KEY, severity=Severity.WARNING
)
def volume_key(template: Template) -> Iterator[Fault]:
    """(TRAPS 13)"""
    for config in template.of_type(CONFIG):
        types = [member(variant, "InstanceType") for name in _VARIANTS for _, variant in config.items(name)]
        if "KmsKeyId" not in config.properties and any(map(is_ebs_only, types)):
            yield config.fault(
                "KmsKeyId",
                "KmsKeyId must be there, or the volumes are encrypted with a key that AWS manages, got none",
                fix="give the ARN of a key",
            )


@rule("SE208", "captured data is encrypted with a key of one's own", source=_CAPTURE, severity=Severity.WARNING)
def capture_key(template: Template) -> Iterator[Fault]:
    for config in template.of_type(CONFIG):
        capture = config.get("DataCaptureConfig")
        if (
            isinstance(capture, dict)
            and "KmsKeyId" not in capture
            and boolean(capture.get("EnableCapture")) is not False
        ):
            yield config.fault(
                "DataCaptureConfig.KmsKeyId",
                "DataCaptureConfig.KmsKeyId must be there, or what callers send is written without your key, got none",
                fix="give the ARN of a key",
            )


@rule(
    "SE209",
    "answers of an asynchronous endpoint are encrypted with a key of one's own",
    source=_ASYNC,
    severity=Severity.WARNING,
)
def async_key(template: Template) -> Iterator[Fault]:
    for config in template.of_type(CONFIG):
        output = config.get("AsyncInferenceConfig.OutputConfig")
        if isinstance(output, dict) and known(output) and "KmsKeyId" not in output:
            yield config.fault(
                "AsyncInferenceConfig.OutputConfig.KmsKeyId",
                "OutputConfig.KmsKeyId must be there, or answers are written with the key that AWS manages, got none",
                fix="give the ARN of a key",
            )


@rule("SE210", "nobody logs in to the machines of an endpoint", source=_SSM, severity=Severity.WARNING)
def ssm_access(template: Template) -> Iterator[Fault]:
    for config in template.of_type(CONFIG):
        for name in _VARIANTS:
            for path, variant in config.items(name):
                if boolean(member(variant, "EnableSSMAccess")) is True:
                    yield config.fault(
                        f"{path}.EnableSSMAccess",
                        "EnableSSMAccess must be false, or Systems Manager opens the machine to its users, got true",
                        fix="take it out once the container is debugged",
                        value=True,
                    )


@rule("SE211", "an experiment is encrypted with keys of one's own", source=_CONTROLS, severity=Severity.WARNING)
def experiment_keys(template: Template) -> Iterator[Fault]:
    for experiment in template.of_type("AWS::SageMaker::InferenceExperiment"):
        storage = experiment.get("DataStorageConfig")
        lacking = [("KmsKey", 23)] if "KmsKey" not in experiment.properties else []
        if isinstance(storage, dict) and known(storage) and "KmsKey" not in storage:
            lacking.append(("DataStorageConfig.KmsKey", 24))
        for path, control in lacking:
            yield experiment.fault(
                path, f"{path} must be there (SageMaker.{control}), got none", fix="give the ARN of a key"
            )


@rule("SE212", "core dumps are encrypted with a key of one's own", source=_DUMPS, severity=Severity.WARNING)
def core_dump_key(template: Template) -> Iterator[Fault]:
    """What a container had in memory: requests, answers, credentials."""
    for config in template.of_type(CONFIG):
        for name in _VARIANTS:
            for path, variant in config.items(name):
                dumps = member(variant, "CoreDumpConfig")
                if isinstance(dumps, dict) and known(dumps) and "KmsKeyId" not in dumps:
                    yield config.fault(
                        f"{path}.CoreDumpConfig.KmsKeyId",
                        "CoreDumpConfig.KmsKeyId must be there, or the memory of containers is written without your "
                        "key, got none",
                        fix="give the ARN of a key",
                    )


def _containers(model: Resource) -> Iterator[tuple[str, object]]:
    yield "PrimaryContainer", model.get("PrimaryContainer")
    yield from model.items("Containers")


def _downloads(model: Resource) -> bool:
    names = ("HF_MODEL_ID", "HF_TASK", "SM_HP_MODEL_ID", "OPTION_MODEL_ID")
    environments = [member(container, "Environment") for _, container in _containers(model)]
    return any(isinstance(item, dict) and any(name in item for name in names) for item in environments)


def _serverless_models(template: Template) -> set[str]:
    found = set()
    for config in template.of_type(CONFIG):
        for _, variant in config.items("ProductionVariants"):
            if isinstance(variant, dict) and "ServerlessConfig" in variant:
                name = variant.get("ModelName")
                meant = template.target(name, _MODEL)
                found |= {meant.logical_id} if meant is not None else set()
                found |= {
                    model.logical_id
                    for model in template.of_type(_MODEL)
                    if name is not None and model.get("ModelName") == name
                }
    return found
