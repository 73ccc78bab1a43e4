"""Who asks the control plane: what people do with a notebook has to be allowed.

All other requests are for whoever deploys, whose rights are not looked at.
"""

from collections.abc import Mapping

from . import callers, neighbours
from .api import Request
from .records import Record
from .sagemaker import SageMaker

_NOTEBOOK = "NotebookInstance"
_START = f"Start{_NOTEBOOK}"
_JUDGED = ("CreatePresignedNotebookInstanceUrl", f"Describe{_NOTEBOOK}", _START, f"Stop{_NOTEBOOK}")


def require_allowed(sagemaker: SageMaker, operation: str, request: Request, headers: Mapping[str, str]) -> None:
    """Refuse a caller who may not do with a notebook what is asked.

    Raises:
        ApiError: AccessDeniedException, in IAM's words.
    """
    if operation not in _JUDGED:
        return
    name = str(request.get(f"{_NOTEBOOK}Name", ""))
    callers.require_allowed(headers, f"sagemaker:{operation}", sagemaker.arn(_NOTEBOOK, name))
    notebook = sagemaker.records.get(_NOTEBOOK, name)
    if operation == _START and notebook is not None:
        _require_start(headers, notebook)


def _require_start(headers: Mapping[str, str], notebook: Record) -> None:
    """Whoever starts a notebook passes its role, and makes its network interface and the grant on its key.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
    """
    values, require = notebook.values, callers.require_allowed
    require(headers, "iam:PassRole", values["RoleArn"], iam_PassedToService="sagemaker.amazonaws.com")
    if "SubnetId" in values:
        places = [f"subnet/{values['SubnetId']}", f"network-interface/{values['NetworkInterfaceId']}"]
        places += [f"security-group/{group}" for group in values.get("SecurityGroups", ())]
        for place in places:
            require(headers, "ec2:CreateNetworkInterface", neighbours.partition_arn("ec2", place))
        for things in ("NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs"):
            require(headers, f"ec2:Describe{things}", "*")
    key = neighbours.key_arn(values["KmsKeyId"]) if "KmsKeyId" in values else None
    if key is not None:
        require(headers, "kms:DescribeKey", key)
        require(headers, "kms:CreateGrant", key, kms_GrantIsForAWSResource="true")
