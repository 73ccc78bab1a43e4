"""AddTags, ListTags and DeleteTags, the same for everything that has an ARN."""

from typing import Any

from ..api import Request, refused
from ..behaviour import operation
from ..records import Record
from ..sagemaker import SageMaker


@operation("AddTags")
def _add(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    tags = _tagged(sagemaker, "AddTags", request).tags
    tags.update({tag["Key"]: tag["Value"] for tag in request["Tags"]})
    return {"Tags": _listed(tags)}


@operation("ListTags")
def _list(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    return {"Tags": _listed(_tagged(sagemaker, "ListTags", request).tags)}


@operation("DeleteTags")
def _delete(sagemaker: SageMaker, request: Request) -> dict[str, Any]:
    tags = _tagged(sagemaker, "DeleteTags", request).tags
    for key in request["TagKeys"]:
        tags.pop(key, None)
    return {}


def _tagged(sagemaker: SageMaker, name: str, request: Request) -> Record:
    record = sagemaker.records.with_arn(request["ResourceArn"])
    if record is None:
        raise refused(f"{name}: could not find resource {request['ResourceArn']}")
    return record


def _listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
