"""The outside world of the cases, and the rights that many constructs share, written by hand."""

from collections.abc import Sequence
from typing import Any

from constructs_lib import Cluster, ContainerImage, InstanceType, Network, S3Location, S3Object
from tests.permissions.specification import Row, allow

HERE = "us-east-1:111122223333"
KEY = f"arn:aws:kms:{HERE}:key/data"
DISKS = f"arn:aws:kms:{HERE}:key/disks"
STORE = "arn:aws:s3:::store"
OPEN = "arn:aws:s3:::open"
REPOSITORY = f"arn:aws:ecr:{HERE}:repository/work"
IMAGE_URI = "111122223333.dkr.ecr.us-east-1.amazonaws.com/work:1"
CPU = InstanceType("ml.m5.xlarge")
# Machines with NVMe disks, which take no key of the user.
LOCAL_DISKS = InstanceType("ml.g5.xlarge")
FABRIC = InstanceType("ml.c5n.18xlarge")  # whose disks are no part of it
MACHINES = Cluster(instance_type=CPU)


def image() -> ContainerImage:
    return ContainerImage.from_uri(IMAGE_URI)


def at(prefix: str) -> S3Location:
    """A prefix of the bucket that a key encrypts."""
    return S3Location(bucket_name="store", bucket_arn=STORE, prefix=prefix, key_arn=KEY)


def thing(key: str) -> S3Object:
    return S3Object(bucket_name="store", bucket_arn=STORE, key=key, key_arn=KEY)


def unencrypted(prefix: str) -> S3Location:
    """A prefix of a bucket without a key."""
    return S3Location(bucket_name="open", bucket_arn=OPEN, prefix=prefix)


def key_of_disks(stack: Any) -> Any:
    from aws_cdk import aws_kms as kms

    return kms.Key.from_key_arn(stack, "Disks", DISKS)


def network(stack: Any) -> Any:
    from aws_cdk import aws_ec2 as ec2

    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-1",
        availability_zones=["us-east-1a", "us-east-1b"],
        private_subnet_ids=["subnet-a", "subnet-b"],
    )
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
    return Network.from_vpc(stack, "Network", vpc=vpc, security_group=group)


def role(stack: Any) -> Any:
    """A role that the user has already and lets the constructs add to."""
    from aws_cdk import aws_iam as iam

    return stack.node.try_find_child("Mine") or iam.Role.from_role_arn(
        stack, "Mine", "arn:aws:iam::111122223333:role/mine"
    )


def user(stack: Any, name: str = "Caller") -> Any:
    """Somebody to grant to."""
    from aws_cdk import aws_iam as iam

    return iam.Role(stack, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def works(kind: str) -> tuple[Row, ...]:
    """What each workload of *kind* does: logs and metrics."""
    groups = f"arn:aws:logs:{HERE}:log-group:/aws/sagemaker/{kind}*"
    return (
        allow("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", on=groups),
        allow(
            "cloudwatch:PutMetricData",
            on="*",
            when={"StringEquals": {"cloudwatch:namespace": f"/aws/sagemaker/{kind}"}},
        ),
    )


def pulls(repository: str = REPOSITORY) -> tuple[Row, ...]:
    """Pulling one image."""
    return (
        allow("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", on=repository),
        allow("ecr:GetAuthorizationToken", on="*"),
    )


def reads(prefix: str, bucket: str = STORE, key: str | None = KEY) -> tuple[Row, ...]:
    """Listing a prefix and reading what is below it."""
    return (
        allow("s3:GetObject", on=f"{bucket}/{prefix}/*"),
        allow("s3:ListBucket", on=bucket, when={"StringLike": {"s3:prefix": [f"{prefix}/", f"{prefix}/*"]}}),
        *((allow("kms:Decrypt", on=key),) if key else ()),
    )


def reads_object(name: str, *, listed: bool = False) -> tuple[Row, ...]:
    """Reading one object; *listed* where SageMaker takes its key for a prefix."""
    lists = (allow("s3:ListBucket", on=STORE, when={"StringEquals": {"s3:prefix": name}}),) if listed else ()
    return (allow("s3:GetObject", on=f"{STORE}/{name}"), allow("kms:Decrypt", on=KEY), *lists)


def writes(prefix: str, bucket: str = STORE, key: str | None = KEY) -> tuple[Row, ...]:
    """Writing below a prefix."""
    return (
        allow("s3:AbortMultipartUpload", "s3:PutObject", on=f"{bucket}/{prefix}/*"),
        *((allow("kms:Decrypt", "kms:GenerateDataKey", on=key),) if key else ()),
    )


def uses_disks(key: str = DISKS) -> tuple[Row, ...]:
    """Opening encrypted disks, EC2 by a grant."""
    return (
        allow("kms:Decrypt", "kms:GenerateDataKey", on=key),
        allow("kms:CreateGrant", on=key, when={"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    )


def joins_network(subnets: Sequence[str] = ("subnet-a", "subnet-b"), group: str = "sg-1") -> tuple[Row, ...]:
    """Network interfaces in two subnets, behind one group."""
    of = f"arn:aws:ec2:{HERE}"
    return (
        allow(
            "ec2:CreateNetworkInterface",
            on=(*(f"{of}:subnet/{each}" for each in subnets), f"{of}:security-group/{group}"),
        ),
        allow(
            "ec2:CreateNetworkInterface",
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DeleteNetworkInterfacePermission",
            on=f"{of}:network-interface/*",
        ),
        allow(
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            on="*",
        ),
    )
