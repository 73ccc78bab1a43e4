"""What is asked with credentials of a role: whether that role may.

Most requests are those of the account, which may do everything. Where the rehearsal lets a role of the app do its work,
it asks as a session of that role.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from . import neighbours, permissions
from .api import Answer, ApiError, Handler, Request
from .records import Record
from .rules import access
from .sagemaker import SageMaker

_NOTEBOOK = "NotebookInstance"
_START = f"Start{_NOTEBOOK}"
# What people do with a notebook. The others are for whoever deploys.
_JUDGED = ("CreatePresignedNotebookInstanceUrl", f"Describe{_NOTEBOOK}", _START, f"Stop{_NOTEBOOK}")


def require_allowed(headers: Mapping[str, str], action: str, resource: str, **context: str) -> None:
    """Refuse a caller whose policies do not allow *action*.

    Raises:
        ApiError: AccessDeniedException, in IAM's words.
    """
    caller = permissions.caller_without(headers, action, resource, **context)
    if caller is not None:
        raise ApiError(
            "AccessDeniedException",
            f"User: {caller} is not authorized to perform: {action} on resource: {resource} because no identity-based "
            f"policy allows the {action} action",
            403,
        )


def require_control(sagemaker: SageMaker, operation: str, request: Request, headers: Mapping[str, str]) -> None:
    """Refuse a caller of the control plane who may not do with a notebook what is asked."""
    if operation not in _JUDGED:
        return
    name = str(request.get(f"{_NOTEBOOK}Name", ""))
    require_allowed(headers, f"sagemaker:{operation}", sagemaker.arn(_NOTEBOOK, name))
    notebook = sagemaker.records.get(_NOTEBOOK, name)
    if operation == _START and notebook is not None:
        _require_start(headers, notebook)


def _require_start(headers: Mapping[str, str], notebook: Record) -> None:
    """Whoever starts a notebook passes its role, and makes its network interface and the grant on its key.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
    """
    values = notebook.values
    require_allowed(headers, "iam:PassRole", values["RoleArn"], iam_PassedToService="sagemaker.amazonaws.com")
    if "SubnetId" in values:
        places = [f"subnet/{values['SubnetId']}", f"network-interface/{values['NetworkInterfaceId']}"]
        places += [f"security-group/{group}" for group in values.get("SecurityGroups", ())]
        for place in places:
            require_allowed(headers, "ec2:CreateNetworkInterface", neighbours.partition_arn("ec2", place))
        for things in ("NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs"):
            require_allowed(headers, f"ec2:Describe{things}", "*")
    key = neighbours.key_arn(values["KmsKeyId"]) if "KmsKeyId" in values else None
    if key is not None:
        require_allowed(headers, "kms:DescribeKey", key)
        require_allowed(headers, "kms:CreateGrant", key, kms_GrantIsForAWSResource="true")


def judged_s3(handler: Handler) -> Handler:
    """*handler* of S3, which refuses a role at work what it may not list, read or write."""

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        role = permissions.role_at_work(headers)
        try:
            if role is not None:
                _require_objects(role, method, path, query)
        except ApiError as error:
            text = f"<Error><Code>AccessDenied</Code><Message>{escape(error.message)}</Message></Error>"
            return 403, {"Content-Type": "application/xml"}, text.encode()
        return await handler(method, path, headers, body, query)

    return handle


def _require_objects(role: str, method: str, path: str, query: Mapping[str, Any]) -> None:
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    if method == "PUT":
        access.require_writable("PutObject", role, f"s3://{bucket}/{key}")
    elif key:
        access.require_readable("GetObject", role, bucket, [key])
    else:
        access.require_listable("ListObjectsV2", role, bucket, str(next(iter(query.get("prefix", ())), "")))
