"""What AWS asks of other policies as it makes a resource, and MiniStack does not: trust, and the policy of a key."""

from collections.abc import Callable

from .. import neighbours, permissions
from ..api import Request

_STATES = "states.amazonaws.com"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
_LOG_KEY = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey")


def require(resource_type: str, physical_id: str, properties: Request) -> None:
    """Refuse a resource of this type whose role or key does not let its service in.

    Raises:
        ValueError: In the words of the service.
    """
    if required := _REQUIRED.get(resource_type):
        required(physical_id, properties)


def _state_machine(arn: str, properties: Request) -> None:
    role = properties.get("RoleArn")
    if role and not permissions.assumable(role, _STATES, arn):
        raise ValueError(
            f"Neither the global service principal {_STATES}, nor the regional one is authorized to assume the "
            f"provided role {role}. (Service: Sfn, Status Code: 400)"
        )


def _log_group(name: str, properties: Request) -> None:
    key = properties.get("KmsKeyId")
    if not key:
        return
    group = neighbours.partition_arn("logs", f"log-group:{name}")
    arn = neighbours.key_arn(key)
    policy = neighbours.key_policy(arn) if arn else None
    context = {"kms_EncryptionContext:aws:logs:arn": group}
    services = (f"logs.{neighbours.scope()[1]}.amazonaws.com", "logs.amazonaws.com")
    if arn is None or not any(
        all(permissions.lets_service(policy, service, action, arn, **context) for action in _LOG_KEY)
        for service in services
    ):
        raise ValueError(
            f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}' "
            "(Service: CloudWatchLogs, Status Code: 400)"
        )


_REQUIRED: dict[str, Callable[[str, Request], None]] = {
    "AWS::Logs::LogGroup": _log_group,
    "AWS::StepFunctions::StateMachine": _state_machine,
}
