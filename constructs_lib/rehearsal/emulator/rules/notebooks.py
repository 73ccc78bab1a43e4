"""Notebook instances: what they refer to, and what may be done with them in which state.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/nbi.html and the pages of the operations in the API reference.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterator

from .. import permissions
from ..api import Request, refused
from ..behaviour import before
from ..sagemaker import SageMaker
from . import access

_NOUN, _SCRIPTS = "NotebookInstance", "NotebookInstanceLifecycleConfig"
_CREATE, _UPDATE = f"Create{_NOUN}", f"Update{_NOUN}"
_OPEN = "CreatePresignedNotebookInstanceUrl"
_AT_REST = ("Stopped", "Failed")


@before(_CREATE)
def _network(sagemaker: SageMaker, request: Request) -> None:
    if "SubnetId" not in request:
        for member in ("DirectInternetAccess", "SecurityGroupIds"):
            if request.get(member) not in (None, "Enabled", []):
                name = request["NotebookInstanceName"]
                raise refused(f"{_CREATE}: {member} of {name} needs a SubnetId, got {request[member]!r} without one.")
        return
    vpc = {"Subnets": [request["SubnetId"]], "SecurityGroupIds": request.get("SecurityGroupIds", [])}
    access.require_network(_CREATE, vpc)


def _references(operation: str) -> None:
    """What a notebook names is there, and its role lets SageMaker in."""

    @before(operation)
    def look(sagemaker: SageMaker, request: Request) -> None:
        if "RoleArn" in request:
            arn = sagemaker.arn(_NOUN, request["NotebookInstanceName"])
            permissions.require_role(operation, request["RoleArn"], arn)
        if "KmsKeyId" in request:
            access.require_key(operation, request["KmsKeyId"])
        if "LifecycleConfigName" in request:
            sagemaker.find(operation, _SCRIPTS, request["LifecycleConfigName"])
        for repository in _repositories(request):
            if not repository.startswith("https://"):
                sagemaker.find(operation, "CodeRepository", repository)


_references(_CREATE)
_references(_UPDATE)


def _in_state(operation: str, allowed: tuple[str, ...], next_one: str) -> None:
    """One that runs is stopped before it is changed or removed, and only one that runs is stopped."""

    @before(operation)
    def look(sagemaker: SageMaker, request: Request) -> None:
        notebook = sagemaker.find(operation, _NOUN, request["NotebookInstanceName"])
        if notebook.status not in allowed:
            raise refused(
                f"Status ({notebook.status}) not in ([{', '.join(allowed)}]). Unable to transition to ({next_one}) for "
                f"Notebook Instance ({notebook.arn})."
            )


_in_state(_UPDATE, _AT_REST, "Updating")
_in_state(f"Delete{_NOUN}", _AT_REST, "Deleting")
_in_state(f"Start{_NOUN}", _AT_REST, "Pending")
_in_state(f"Stop{_NOUN}", ("InService",), "Stopping")


@before(_OPEN)
def _opened(sagemaker: SageMaker, request: Request) -> None:
    notebook = sagemaker.find(_OPEN, _NOUN, request["NotebookInstanceName"])
    if notebook.status != "InService":
        raise refused(f"{_OPEN}: {notebook.arn} is {notebook.status}, and only one that is InService can be opened.")


@before(_UPDATE)
def _volume(sagemaker: SageMaker, request: Request) -> None:
    notebook = sagemaker.find(_UPDATE, _NOUN, request["NotebookInstanceName"])
    size = notebook.values["VolumeSizeInGB"]
    wanted = request.get("VolumeSizeInGB", size)
    if wanted < size:
        raise refused(f"{_UPDATE}: the volume of {notebook.arn} has {size} GB and cannot shrink to {wanted} GB.")


@before(f"Create{_SCRIPTS}", f"Update{_SCRIPTS}")
def _base64(sagemaker: SageMaker, request: Request) -> None:
    for member in ("OnCreate", "OnStart"):
        for hook in request.get(member, []):
            try:
                b64decode(hook.get("Content", ""), validate=True)
            except (binascii.Error, ValueError) as error:
                name = request["NotebookInstanceLifecycleConfigName"]
                raise refused(f"{member} of {name} is not base64: {error}.") from error


def _repositories(request: Request) -> Iterator[str]:
    if "DefaultCodeRepository" in request:
        yield request["DefaultCodeRepository"]
    yield from request.get("AdditionalCodeRepositories", [])
