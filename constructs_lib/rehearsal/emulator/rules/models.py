"""CreateModel: its containers, their artifacts and images, its role and network."""

from collections import Counter

from .. import hosting, neighbours, permissions
from ..api import Request, refused
from ..behaviour import before
from ..sagemaker import SageMaker
from . import access

_OPERATION = "CreateModel"


@before(_OPERATION)
def _containers(sagemaker: SageMaker, request: Request) -> None:
    if ("PrimaryContainer" in request) == ("Containers" in request):
        raise refused(
            f"{_OPERATION}: model {request['ModelName']} must have either PrimaryContainer or Containers, "
            f"got {'both' if 'Containers' in request else 'neither'}."
        )


@before(_OPERATION)
def _multi_model(sagemaker: SageMaker, request: Request) -> None:
    """Models that are loaded by name lie below a prefix (TRAPS 27)."""
    for container in hosting.containers(request):
        for url, _ in hosting.locations(container) if container.get("Mode") == "MultiModel" else ():
            if not url.endswith("/"):
                raise refused(
                    f"{_OPERATION}: the model data of a multi-model container must be a prefix that ends in '/', got "
                    f"{url}."
                )


@before(_OPERATION)
def _hostnames(sagemaker: SageMaker, request: Request) -> None:
    """Containers that are named are all named, each otherwise; those invoked directly must be (TRAPS 26)."""
    containers = request.get("Containers", [])
    named = [container["ContainerHostname"] for container in containers if "ContainerHostname" in container]
    repeated = [name for name, count in Counter(named).items() if count > 1]
    if repeated:
        raise refused(f"{_OPERATION}: several containers of {request['ModelName']} are named {', '.join(repeated)}.")
    direct = hosting.is_direct(request)
    if direct and len(containers) < 2:
        raise refused(f"{_OPERATION}: direct invocation of {request['ModelName']} needs several Containers.")
    if len(named) not in (0, len(containers)) or (direct and not named):
        raise refused(
            f"{_OPERATION}: {len(named)} of the {len(containers)} containers of {request['ModelName']} have a "
            f"ContainerHostname; {'direct invocation needs one for each' if direct else 'give it to all or to none'}."
        )


@before(_OPERATION)
def _artifacts(sagemaker: SageMaker, request: Request) -> None:
    for container in hosting.containers(request):
        for url, is_prefix in hosting.locations(container):
            bucket, key = neighbours.split_s3(url)
            found = neighbours.object_keys(bucket, key)
            if not (found if is_prefix else key in found) and container.get("Mode") != "MultiModel":
                raise refused(f"{_OPERATION}: Could not find model data at {url}.")
            if container.get("Mode") == "MultiModel" and not neighbours.bucket_exists(bucket):
                raise refused(f"{_OPERATION}: Could not find model data at {url}.")


@before(_OPERATION)
def _role(sagemaker: SageMaker, request: Request) -> None:
    role = request.get("ExecutionRoleArn")
    if role is None:
        return
    permissions.require_role(_OPERATION, role, sagemaker.arn("Model", request["ModelName"]))
    for container in hosting.containers(request):
        if "Image" in container:
            access.require_image(_OPERATION, role, container["Image"])
        for url, is_prefix in hosting.locations(container):
            bucket, key = neighbours.split_s3(url)
            if is_prefix:
                access.require_listable(_OPERATION, role, bucket, key)
            keys = neighbours.object_keys(bucket, key)[:1] if is_prefix else [key]
            access.require_readable(_OPERATION, role, bucket, keys, key if is_prefix else None)


@before(_OPERATION)
def _network(sagemaker: SageMaker, request: Request) -> None:
    access.require_network(_OPERATION, request.get("VpcConfig", {}))
