"""Models and endpoints: encryption, isolation, access and spare instances."""

import re
from collections.abc import Iterator

from .._scaling import targets
from .._secured_jobs import is_ebs_only
from .._structure import MODEL, Structure, containers, endpoint_configs, meant, models, variants
from ..instance_facts import family_of, has_local_storage
from . import UNKNOWN, Fault, Severity, Template, boolean, known, number, rule

_CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html"
_KEY = (
    "https://docs.aws.amazon.com/config/latest/developerguide/sagemaker-endpoint-configuration-kms-key-configured.html"
)
_LOCAL = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html#sagemaker-CreateEndpointConfig-request-KmsKeyId"
_VPC = "https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html"
_PRIVATE = "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html"
_CAPTURE = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html"
_ASYNC = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceOutputConfig.html"
_DUMPS = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantCoreDumpConfig.html"
_SSM = "https://docs.aws.amazon.com/sagemaker/latest/dg/ssm-access.html"
# Images whose registry is Amazon ECR, private or public; what has no host is left alone.
_HOST = re.compile(r"(?P<host>[\w-]+(\.[\w-]+)+(:\d+)?)/.+")
_ECR = re.compile(r"\d{12}\.dkr[.-]ecr[\w-]*\.[\w-]+\..+")


@rule("SE201", "an endpoint keeps two instances or can add one", source=_CONTROLS, severity=Severity.WARNING)
def spare_instance(template: Template) -> Iterator[Fault]:
    """SageMaker.4 looks at the first count alone; a variant that scales has an answer of its own."""
    scaled = [target.scaled for target in template.once(targets)]
    for config in endpoint_configs(template):
        if not config.lacks("AsyncInferenceConfig"):
            continue
        for variant in config.items("ProductionVariants"):
            name = variant.get("VariantName")
            # Whether an unreadable target is for this variant is not known.
            grows = any(other.variant_name == name and other.config in (config.resource, None) for other in scaled)
            count = number(variant.get("InitialInstanceCount"))
            if count == 1 and not grows and variant.lacks("ManagedInstanceScaling"):
                yield variant.fault(
                    "InitialInstanceCount",
                    f"InitialInstanceCount must be above 1 where nothing scales {name}, or the loss of one machine is "
                    "the loss of the endpoint (SageMaker.4), got 1",
                    fix="start with 2, or register a scalable target",
                    value=1,
                )


@rule("SE202", "a model is cut off from the network", source=_CONTROLS, severity=Severity.WARNING)
def model_isolation(template: Template) -> Iterator[Fault]:
    serverless = template.once(_serverless_models)
    for model in models(template):
        flag = model.get("EnableNetworkIsolation")
        # Serverless variants take no isolation, and a container that downloads from a hub cannot run under it.
        if flag is not None and boolean(flag) is not False:
            continue
        if model.resource.logical_id not in serverless and not _downloads(model):
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
    for model in models(template):
        if model.lacks("VpcConfig") and model.resource.logical_id not in serverless:
            yield model.fault(
                "VpcConfig",
                "VpcConfig must be there, or the model's machines are in a network that you do not control, got none",
                fix="give subnets and security groups",
            )


@rule("SE204", "an image comes from Amazon ECR or from a registry in the VPC", source=_PRIVATE)
def registry(template: Template) -> Iterator[Fault]:
    for model in models(template):
        for container in containers(model):
            image, mode = container.get("Image"), container.get("ImageConfig.RepositoryAccessMode")
            host = _HOST.fullmatch(image) if isinstance(image, str) else None
            if host is None or mode is UNKNOWN or mode == "Vpc" or _ECR.fullmatch(host["host"]):
                continue
            yield container.fault(
                "Image",
                f"Image must be in Amazon ECR unless ImageConfig.RepositoryAccessMode is Vpc, got {image}",
                fix="copy the image into ECR, or reach its registry through the VPC",
                value=image,
            )


@rule("SE205", "a model that pulls through the VPC has one", source=_PRIVATE)
def registry_vpc(template: Template) -> Iterator[Fault]:
    for model in models(template):
        for container in containers(model):
            mode = container.get("ImageConfig.RepositoryAccessMode")
            if mode == "Vpc" and model.lacks("VpcConfig"):
                yield container.fault(
                    "ImageConfig.RepositoryAccessMode",
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
    for model in models(template):
        for container in containers(model):
            mode = container.get("ImageConfig.RepositoryAccessMode")
            control = 16 if container.path.endswith("PrimaryContainer") else 19
            if mode == "Platform":
                yield container.fault(
                    "ImageConfig.RepositoryAccessMode",
                    f"RepositoryAccessMode must be Vpc (SageMaker.{control}), got Platform",
                    fix="pull from a private registry in the VPC",
                    value=mode,
                )


@rule(
    "SE207", "the volumes of an endpoint are encrypted with a key of one's own", source=_KEY, severity=Severity.WARNING
)
def volume_key(template: Template) -> Iterator[Fault]:
    """(TRAPS 13)"""
    for config in endpoint_configs(template):
        if config.lacks("KmsKeyId") and any(is_ebs_only(variant.get("InstanceType")) for variant in variants(config)):
            yield config.fault(
                "KmsKeyId",
                "KmsKeyId must be there, or the volumes are encrypted with a key that AWS manages, got none",
                fix="give the ARN of a key",
            )


@rule("SE213", "the key of an endpoint covers the disks of its machines", source=_LOCAL, severity=Severity.WARNING)
def uncovered_disks(template: Template) -> Iterator[Fault]:
    """The API reference calls this refused; organizations that ask for a key see it taken (TRAPS 13).

    https://github.com/aws/sagemaker-python-sdk/issues/3677
    """
    for config in endpoint_configs(template):
        types = [variant.get("InstanceType") for variant in variants(config)]
        local = [type for type in types if isinstance(type, str) and has_local_storage(family_of(type))]
        if local and not config.lacks("KmsKeyId"):
            yield config.fault(
                "KmsKeyId",
                f"KmsKeyId must not be thought to cover the NVMe disks of {', '.join(dict.fromkeys(local))}: the "
                "machine encrypts those by itself",
                fix="leave it out, or acknowledge this where a rule of your organization asks for a key",
                value=local[0],
            )


@rule("SE208", "captured data is encrypted with a key of one's own", source=_CAPTURE, severity=Severity.WARNING)
def capture_key(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        capture = config.below("DataCaptureConfig")
        if capture.values and capture.lacks("KmsKeyId") and boolean(capture.get("EnableCapture")) is not False:
            yield capture.fault(
                "KmsKeyId",
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
    for config in endpoint_configs(template):
        output = config.below("AsyncInferenceConfig.OutputConfig")
        if output.values and output.lacks("KmsKeyId"):
            yield output.fault(
                "KmsKeyId",
                "OutputConfig.KmsKeyId must be there, or answers are written with the key that AWS manages, got none",
                fix="give the ARN of a key",
            )


@rule("SE210", "nobody logs in to the machines of an endpoint", source=_SSM, severity=Severity.WARNING)
def ssm_access(template: Template) -> Iterator[Fault]:
    for config in endpoint_configs(template):
        for variant in variants(config):
            if boolean(variant.get("EnableSSMAccess")) is True:
                yield variant.fault(
                    "EnableSSMAccess",
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
    for config in endpoint_configs(template):
        for variant in variants(config):
            dumps = variant.below("CoreDumpConfig")
            if dumps.values and dumps.lacks("KmsKeyId"):
                yield dumps.fault(
                    "KmsKeyId",
                    "CoreDumpConfig.KmsKeyId must be there, or the memory of containers is written without your "
                    "key, got none",
                    fix="give the ARN of a key",
                )


def _downloads(model: Structure) -> bool:
    names = ("HF_MODEL_ID", "HF_TASK", "SM_HP_MODEL_ID", "OPTION_MODEL_ID")
    return any(not container.lacks(f"Environment.{name}") for container in containers(model) for name in names)


def _serverless_models(template: Template) -> set[str]:
    """The models of serverless variants: of resources, or all of a state machine that makes such a variant."""
    found = set()
    for config in endpoint_configs(template):
        for variant in config.items("ProductionVariants"):
            if variant.has("ServerlessConfig"):
                model = meant(variant, "ModelName", MODEL)
                found |= {config.resource.logical_id} | ({model.resource.logical_id} if model else set())
    return found
