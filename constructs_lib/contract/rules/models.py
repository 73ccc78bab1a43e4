"""What the properties of a model mean together, which no schema says."""

from collections.abc import Iterator

from .._structure import containers, models, repeated
from . import UNKNOWN, Fault, Severity, Template, boolean, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_CONTAINER = f"{_API}/API_ContainerDefinition.html"


@rule("SM201", "a model has PrimaryContainer or Containers, one of the two", source=f"{_API}/API_CreateModel.html")
def container_choice(template: Template) -> Iterator[Fault]:
    for model in models(template):
        given = [name for name in ("PrimaryContainer", "Containers") if model.has(name)]
        if len(given) > 1 or model.lacks("PrimaryContainer", "Containers"):
            yield model.fault(
                "",
                f"a model must have either PrimaryContainer or Containers, got {' and '.join(given) or 'none'}",
                fix="write PrimaryContainer for one container, Containers for several",
            )


@rule("SM202", "containers of a pipeline all have a hostname, or none has", source=_CONTAINER)
def pipeline_hostnames(template: Template) -> Iterator[Fault]:
    for model in models(template):
        mode = model.get("InferenceExecutionConfig.Mode")
        own = model.items("Containers")
        without = [one for one in own if one.lacks("ContainerHostname")]
        if mode == "Direct" or mode is UNKNOWN or not 0 < len(without) < len(own):
            continue
        yield without[0].fault(
            "ContainerHostname",
            f"ContainerHostname must be on every container of a pipeline or on none, got it on "
            f"{len(own) - len(without)} of {len(own)}",
            fix="name them all, or none",
        )


@rule("SM203", "hostnames of containers are unique", source=_CONTAINER)
def unique_hostnames(template: Template) -> Iterator[Fault]:
    for model in models(template):
        for container, name in repeated(model.items("Containers"), "ContainerHostname"):
            yield container.fault(
                "ContainerHostname",
                f"ContainerHostname must be unique in a model, got {name!r} twice",
                fix="give each container a name of its own",
                value=name,
            )


@rule(
    "SM204",
    "containers that are called directly all have a hostname",
    source=f"{_GUIDE}/multi-container-direct.html",
)
def direct_hostnames(template: Template) -> Iterator[Fault]:
    for model in models(template):
        if model.get("InferenceExecutionConfig.Mode") != "Direct":
            continue
        for container in model.items("Containers"):
            if container.lacks("ContainerHostname"):
                yield container.fault(
                    "ContainerHostname",
                    "ContainerHostname must be on every container of a model in Direct mode, got none: a call names it",
                    fix="name the container",
                )


@rule("SM205", "a multi-model location is no archive", source=f"{_GUIDE}/create-multi-model-endpoint.html")
def multi_model_archive(template: Template) -> Iterator[Fault]:
    for model in models(template):
        for container in containers(model):
            location = container.ending("ModelDataUrl")
            if container.get("Mode") == "MultiModel" and location and location.endswith(".tar.gz"):
                yield container.fault(
                    "ModelDataUrl",
                    f"ModelDataUrl must be a prefix that holds the archives of a multi-model, got {location!r}",
                    fix="write the prefix, as in s3://bucket/models/",
                    value=location,
                )


@rule(
    "SM206",
    "a multi-model prefix ends in a slash",
    source=f"{_GUIDE}/create-multi-model-endpoint.html",
    severity=Severity.WARNING,
)
def multi_model_prefix(template: Template) -> Iterator[Fault]:
    for model in models(template):
        for container in containers(model):
            location = container.ending("ModelDataUrl")
            if container.get("Mode") == "MultiModel" and location and not location.endswith(("/", ".tar.gz")):
                yield container.fault(
                    "ModelDataUrl",
                    f"ModelDataUrl of a multi-model should end in '/', got {location!r}: a prefix without it takes in "
                    "whatever begins alike",
                    fix="end it in a slash",
                    value=location,
                )


@rule("SM207", "a multi-model finds its archives through ModelDataUrl", source=_CONTAINER)
def multi_model_location(template: Template) -> Iterator[Fault]:
    for model in models(template):
        for container in containers(model):
            if container.get("Mode") != "MultiModel" or container.has("ModelPackageName"):
                continue
            if container.has("ModelDataSource") or container.lacks("ModelDataUrl"):
                given = "ModelDataSource" if container.has("ModelDataSource") else "none"
                yield container.fault(
                    "ModelDataUrl",
                    f"ModelDataUrl must say where a multi-model finds its archives, got {given}",
                    fix="write ModelDataUrl, a prefix that ends in a slash, and no ModelDataSource",
                )


@rule(
    "SM208",
    "settings of a multi-model go with Mode MultiModel",
    source=f"{_API}/API_MultiModelConfig.html",
    severity=Severity.WARNING,
)
def multi_model_settings(template: Template) -> Iterator[Fault]:
    for model in models(template):
        for container in containers(model):
            if container.has("MultiModelConfig") and container.get("Mode", "SingleModel") == "SingleModel":
                yield container.fault(
                    "MultiModelConfig",
                    "MultiModelConfig has no meaning without Mode MultiModel",
                    fix="write Mode: MultiModel, or take it out",
                )


@rule("SM209", "model data has one location", source=f"{_API}/API_ModelDataSource.html")
def one_location(template: Template) -> Iterator[Fault]:
    for model in models(template):
        for container in containers(model):
            if container.has("ModelDataUrl") and container.has("ModelDataSource"):
                yield container.fault(
                    "ModelDataSource",
                    "ModelDataSource must not be beside ModelDataUrl; both say where the model is",
                    fix="keep one of them",
                )


@rule("SM210", "a location of type S3Prefix ends in a slash", source=f"{_API}/API_S3ModelDataSource.html")
def prefix_slash(template: Template) -> Iterator[Fault]:
    for model in models(template):
        for container in containers(model):
            source = container.below("ModelDataSource.S3DataSource")
            location = source.ending("S3Uri")
            if source.get("S3DataType") == "S3Prefix" and location and not location.endswith("/"):
                yield source.fault(
                    "S3Uri",
                    f"S3Uri must end in '/' where S3DataType is S3Prefix, got {location!r}",
                    fix="end it in a slash, or write S3DataType: S3Object",
                    value=location,
                )


@rule(
    "SM211", "an isolated container downloads no model from a hub", source=f"{_GUIDE}/mkt-algo-model-internet-free.html"
)
def isolated_download(template: Template) -> Iterator[Fault]:
    for model in models(template):
        if not boolean(model.get("EnableNetworkIsolation")):
            continue
        for container in containers(model):
            name = container.get("Environment.HF_MODEL_ID")
            # With an artifact the name may be that of what lies in it; a path is what is there already.
            if (
                isinstance(name, str)
                and not name.startswith("/")
                and container.lacks("ModelDataUrl", "ModelDataSource")
            ):
                yield container.fault(
                    "Environment.HF_MODEL_ID",
                    f"HF_MODEL_ID makes the container download {name!r}, which EnableNetworkIsolation cuts off",
                    fix="bring the model through ModelDataSource and name its path, or take the isolation out",
                    value=name,
                )
