"""Model packages: versions of a group, with an approval."""

from typing import Any

from .. import events, neighbours
from ..api import Request, refused
from ..behaviour import after, before, named_by
from ..records import Record
from ..sagemaker import SageMaker

_OPERATION = "CreateModelPackage"
_GROUP = "ModelPackageGroup"


@before(_OPERATION)
def _either_a_name_or_a_group(sagemaker: SageMaker, request: Request) -> None:
    if (f"{_GROUP}Name" in request) == ("ModelPackageName" in request):
        raise refused(
            f"{_OPERATION}: either ModelPackageName or ModelPackageGroupName must be given, "
            f"got {'both' if 'ModelPackageName' in request else 'neither'}."
        )
    if f"{_GROUP}Name" in request:
        sagemaker.find(_OPERATION, _GROUP, request[f"{_GROUP}Name"])


@before(_OPERATION)
def _artifacts(sagemaker: SageMaker, request: Request) -> None:
    for container in request.get("InferenceSpecification", {}).get("Containers", []):
        url = container.get("ModelDataUrl")
        if url and neighbours.split_s3(url)[1] not in neighbours.object_keys(*neighbours.split_s3(url)):
            raise refused(f"{_OPERATION}: Could not find model data at {url}.")


@named_by("ModelPackage")
def _version(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    if f"{_GROUP}Name" not in request:
        return {}
    group = sagemaker.find(_OPERATION, _GROUP, request[f"{_GROUP}Name"])
    # A deleted version's number is not given again.
    version = int(group.values.get("versions", 0)) + 1
    group.values["versions"] = version
    return {
        "ModelPackageName": f"{group.name}/{version}",
        "ModelPackageVersion": version,
        "ModelApprovalStatus": request.get("ModelApprovalStatus", "PendingManualApproval"),
    }


@after(_OPERATION)
def _register(sagemaker: SageMaker, package: Record, request: Request) -> None:
    package.values["ModelPackageStatusDetails"] = {"ValidationStatuses": [], "ImageScanStatuses": []}


@after("UpdateModelPackage")
def _approve(sagemaker: SageMaker, package: Record, request: Request) -> None:
    # There is no status in between, so nothing else would tell of it.
    events.state_changed(package)


@before("DeleteModelPackageGroup")
def _empty(sagemaker: SageMaker, request: Request) -> None:
    group = sagemaker.find("DeleteModelPackageGroup", _GROUP, request[f"{_GROUP}Name"])
    for package in sagemaker.records.all("ModelPackage"):
        if package.values.get(f"{_GROUP}Name") == group.name:
            raise refused(
                f'DeleteModelPackageGroup: cannot delete "{group.arn}", which still has the version "{package.arn}".'
            )
