"""Notebook instances: how Describe shows them, starting, changing and opening them, and the lines that they log."""

import uuid
from typing import Any

from constructs_lib.contract.notebook_platforms import NEWEST_PLATFORM

from .. import neighbours
from ..api import Request
from ..behaviour import after, operation, when_done
from ..records import Record
from ..rules import access
from ..sagemaker import SageMaker

_NOUN = "NotebookInstance"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html
_DEFAULTS: dict[str, Any] = {
    "DirectInternetAccess": "Enabled",
    "RootAccess": "Enabled",
    "VolumeSizeInGB": 5,
    "PlatformIdentifier": NEWEST_PLATFORM,
    "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "1"},
}
# What Describe calls otherwise than Create.
_SHOWN = {"SecurityGroupIds": "SecurityGroups", "LifecycleConfigName": "NotebookInstanceLifecycleConfigName"}
_TAKEN_AWAY = {
    "DisassociateLifecycleConfig": "NotebookInstanceLifecycleConfigName",
    "DisassociateDefaultCodeRepository": "DefaultCodeRepository",
    "DisassociateAdditionalCodeRepositories": "AdditionalCodeRepositories",
}
_HOOKS = {"OnCreate": "LifecycleConfigOnCreate", "OnStart": "LifecycleConfigOnStart"}


@after(f"Create{_NOUN}")
def _launch(sagemaker: SageMaker, notebook: Record, request: Request) -> None:
    notebook.values.update(_DEFAULTS | notebook.values)
    notebook.values["Url"] = f"{notebook.name.lower()}.notebook.{neighbours.scope()[1]}.sagemaker.aws"
    if "SubnetId" in request:
        notebook.values["NetworkInterfaceId"] = f"eni-{uuid.uuid4().hex[:17]}"
    _show(notebook)


@operation(f"Update{_NOUN}")
def _change(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    notebook = sagemaker.find(f"Update{_NOUN}", _NOUN, request["NotebookInstanceName"])
    for member, taken in _TAKEN_AWAY.items():
        if request.get(member):
            notebook.values.pop(taken, None)
    notebook.values.update({name: value for name, value in request.items() if name not in _TAKEN_AWAY})
    _show(notebook)
    notebook.touch()
    # It was stopped, and stays so.
    sagemaker.pass_through(notebook, "Updating", "Stopped")
    return {}


@operation(f"Start{_NOUN}")
def _start(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    notebook = sagemaker.find(f"Start{_NOUN}", _NOUN, request["NotebookInstanceName"])
    notebook.values["started"] = True
    notebook.touch()
    sagemaker.pass_through(notebook, "Pending", "InService")
    return {}


@operation("CreatePresignedNotebookInstanceUrl")
def _open(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    notebook = sagemaker.find("CreatePresignedNotebookInstanceUrl", _NOUN, request["NotebookInstanceName"])
    return {"AuthorizedUrl": f"https://{notebook.values['Url']}?authToken={uuid.uuid4().hex}"}


@when_done(_NOUN)
def _runs(sagemaker: SageMaker, notebook: Record, status: str) -> None:
    """Scripts and Jupyter write into the log with the role; the scripts have run before it is in service."""
    if status != "InService":
        return
    role = notebook.values["RoleArn"]
    for stream in (*_hooks(sagemaker, notebook), "jupyter.log"):
        # Which way the lines leave the machine is not documented, so no endpoint is asked.
        access.ask_to_log(role, f"{_NOUN}s", f"{notebook.name}/{stream}", {}, metrics=False)


def _hooks(sagemaker: SageMaker, notebook: Record) -> list[str]:
    name = notebook.values.get("NotebookInstanceLifecycleConfigName")
    scripts = sagemaker.records.get("NotebookInstanceLifecycleConfig", name) if name else None
    if scripts is None:
        return []
    first = not notebook.values.get("started")
    return [stream for hook, stream in _HOOKS.items() if scripts.values.get(hook) and (first or hook == "OnStart")]


def _show(notebook: Record) -> None:
    for given, shown in _SHOWN.items():
        if given in notebook.values:
            notebook.values[shown] = notebook.values.pop(given)
