"""Refusals for what the role of a model or job may not reach."""

from collections.abc import Iterable

from .. import neighbours, permissions
from ..api import Request, refused

_READ = "s3:GetObject"
_WRITE = "s3:PutObject"


def require_image(operation: str, role: str, image: str) -> None:
    """Refuse a role that may not pull an ECR image; other registries are not ours to judge."""
    registry, _, path = image.partition("/")
    parts = registry.split(".")
    if len(parts) < 4 or parts[1:3] != ["dkr", "ecr"]:
        return
    account, region = parts[0], parts[3]
    name = path.partition("@")[0].partition(":")[0]
    repository = f"arn:aws:ecr:{region}:{account}:repository/{name}"
    for action, resource in (("ecr:GetAuthorizationToken", "*"), ("ecr:BatchGetImage", repository)):
        if not permissions.allows(role, action, resource):
            raise refused(
                f'{operation}: role {role} is not allowed "{action}" on {resource}, so image {image} cannot be pulled.'
            )


def require_readable(
    operation: str,
    role: str,
    bucket: str,
    keys: Iterable[str],
    place: str | None = None,
    vpc: Request | None = None,
) -> None:
    """Refuse a role that may not read these objects, or use the key that they are encrypted with.

    Args:
        place: What the names of all that it reads begin with; without it the folder of each object.
        vpc: The `VpcConfig` of the machines that download them; None where SageMaker only looks whether it may.
    """
    for key in keys:
        within = _folder(key) if place is None else place
        _require(operation, role, _READ, f"arn:aws:s3:::{bucket}/{key}", f"s3://{bucket}/{key}", within, vpc)
    encryption = neighbours.bucket_key(bucket)
    if encryption:
        _require_use(operation, role, "kms:Decrypt", encryption, f"s3://{bucket}", "s3")


def require_listable(operation: str, role: str, bucket: str, prefix: str, vpc: Request | None = None) -> None:
    """Refuse a role that may not list what is below a prefix; *vpc* is that of `require_readable`."""
    arn, where = f"arn:aws:s3:::{bucket}", f"s3://{bucket}/{prefix}"
    _require(operation, role, "s3:ListBucket", arn, where, prefix, vpc, s3_prefix=prefix)


def require_writable(
    operation: str,
    role: str,
    url: str,
    key: str | None = None,
    place: str | None = None,
    vpc: Request | None = None,
    *,
    acl: bool = False,
) -> None:
    """Refuse an output that is in no bucket of the account, or that the role may not write or encrypt.

    Args:
        key: The KMS key that the request names for it; without it that of the bucket.
        place: The URL that all of the outputs begin with; without it the folder of *url*.
        vpc: The `VpcConfig` of the machines that upload it; None where SageMaker only looks whether it may.
        acl: Whether it is written with an ACL.
    """
    bucket, path = neighbours.split_s3(url)
    if not neighbours.bucket_exists(bucket):
        raise refused(f"{operation}: could not find bucket {bucket} of the output location {url}.")
    within = _folder(path) if place is None else _as_folder(neighbours.split_s3(place)[1])
    for action in (_WRITE, "s3:PutObjectAcl") if acl else (_WRITE,):
        _require(operation, role, action, f"arn:aws:s3:::{bucket}/{path}", url, within, vpc)
    encryption = require_key(operation, key) if key else neighbours.bucket_key(bucket)
    if encryption:
        _require_use(operation, role, "kms:GenerateDataKey", encryption, url, "s3")


def require_own_bucket(operation: str, role: str, url: str) -> None:
    """Refuse a role that may not see whose bucket it is."""
    bucket = neighbours.split_s3(url)[0]
    _require(operation, role, "s3:GetBucketAcl", f"arn:aws:s3:::{bucket}", f"s3://{bucket}")


def require_table(operation: str, role: str, database: str, table: str) -> None:
    """Refuse a role that may not see and change a table of Glue, which takes rights on all that it is in."""
    places = ("catalog", f"database/{database}", f"table/{database}/{table}")
    for action in ("glue:GetTable", "glue:UpdateTable"):
        for place in places:
            _require(operation, role, action, neighbours.partition_arn("glue", place), f"table {database}.{table}")


def ask_to_log(role: str, kind: str, stream: str, vpc: Request, *, metrics: bool = True) -> None:
    """Let a role write logs and metrics as SageMaker does with it; without them the work goes on all the same.

    Args:
        kind: As in the name of the log group and of the namespace: `TrainingJobs`.
        vpc: The `VpcConfig` of the machines, empty where there is none.
        metrics: Whether workloads of this kind publish any.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    group = neighbours.partition_arn("logs", f"log-group:/aws/sagemaker/{kind}")
    # IAM sees a group with an empty stream behind it, so that `…:log-group:name:*` covers it.
    permissions.allows(role, "logs:CreateLogGroup", f"{group}:log-stream:", vpc=vpc)
    for action in ("CreateLogStream", "PutLogEvents"):
        permissions.allows(role, f"logs:{action}", f"{group}:log-stream:{stream}", vpc=vpc)
    if metrics:
        namespace = f"/aws/sagemaker/{kind}"
        permissions.allows(role, "cloudwatch:PutMetricData", "*", vpc=vpc, cloudwatch_namespace=namespace)


def _folder(key: str) -> str | None:
    """The folder of an object, with the slash at its end; None at the top of the bucket."""
    return key[: key.rfind("/") + 1] or None


def _as_folder(prefix: str) -> str:
    return f"{prefix.rstrip('/')}/" if prefix else ""


def require_publishable(operation: str, role: str, topic: str) -> None:
    """Refuse a topic that does not exist, or that the role may not publish to or encrypt for (TRAPS 9, 14)."""
    found = neighbours.topic(topic)
    if found is None:
        raise refused(f"{operation}: could not find topic {topic}.")
    _require(operation, role, "sns:Publish", topic, f"topic {topic}")
    key = neighbours.key_arn(found["KmsMasterKeyId"]) if found.get("KmsMasterKeyId") else None
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    for action in ("kms:GenerateDataKey", "kms:Decrypt") if key else ():
        _require_use(operation, role, action, str(key), f"topic {topic}", "sns")


def require_key(operation: str, key: str) -> str:
    """The ARN of a KMS key; refuse one that does not exist."""
    arn = neighbours.key_arn(key)
    if arn is None:
        raise refused(f"{operation}: could not find KMS key {key}.")
    return arn


def require_volume_key(operation: str, role: str, key: str) -> None:
    """Refuse a volume key that does not exist or that the role may not lend to the machines."""
    arn = require_key(operation, key)
    what = "the volumes of the machines"
    _require(operation, role, "kms:CreateGrant", arn, what, kms_GrantIsForAWSResource="true")


def require_interfaces(operation: str, role: str, vpc: Request) -> None:
    """Refuse a role that may not put network interfaces into the subnets.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    if not vpc:
        return
    interface = neighbours.partition_arn("ec2", "network-interface/eni-0")
    places = [neighbours.partition_arn("ec2", f"subnet/{subnet}") for subnet in vpc.get("Subnets", [])]
    places += [neighbours.partition_arn("ec2", f"security-group/{group}") for group in vpc.get("SecurityGroupIds", [])]
    asked = [("ec2:CreateNetworkInterface", place) for place in (interface, *places)]
    asked += [(f"ec2:{action}", interface) for action in ("CreateNetworkInterfacePermission", "DeleteNetworkInterface")]
    described = ("NetworkInterfaces", "Vpcs", "DhcpOptions", "Subnets", "SecurityGroups")
    asked += [(f"ec2:Describe{things}", "*") for things in described]
    for action, resource in asked:
        _require(operation, role, action, resource, "the subnets of its VpcConfig")


def require_network(operation: str, vpc: Request) -> None:
    """Refuse subnets and security groups that do not exist or are not of one VPC."""
    found = {}
    for kind, names, vpc_of in (
        ("subnet", vpc.get("Subnets", []), neighbours.subnet_vpc),
        ("security group", vpc.get("SecurityGroupIds", []), neighbours.security_group_vpc),
    ):
        for name in names:
            found[name] = vpc_of(name)
            if found[name] is None:
                raise refused(f"{operation}: the {kind} '{name}' does not exist.")
    if len(set(found.values())) > 1:
        places = ", ".join(f"{name} in {place}" for name, place in found.items())
        raise refused(f"{operation}: subnets and security groups must be in the same VPC, got {places}.")


def _require_use(operation: str, role: str, action: str, key: str, url: str, service: str) -> None:
    """Refuse a role for which *service* may not use the key."""
    via = f"{service}.{neighbours.scope()[1]}.amazonaws.com"
    _require(operation, role, action, key, url, kms_ViaService=via)


def _require(
    operation: str,
    role: str,
    action: str,
    resource: str,
    url: str,
    place: str | None = None,
    vpc: Request | None = None,
    **context: str,
) -> None:
    found = permissions.asks(role, action, resource, place=place, vpc=vpc, **context)
    if not found.allowed:
        # Rights that are missing are told by the row of the role; what the network does is not its fault.
        why = found.reason if found.stopped else f'role {role} is not allowed "{action}" on {resource}.'
        raise refused(f"{operation}: could not access {url}: {why}")
