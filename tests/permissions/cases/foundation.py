"""The ground: buckets, keys, networks, execution roles, the groups of the registry."""

from dataclasses import replace
from typing import Any

from constructs_lib import ArtifactStore, DataKey, ExecutionRole, ModelPackageGroup, Network
from constructs_lib.containers import catalogue
from tests.permissions.cases import Case
from tests.permissions.cases.places import CPU, FABRIC, HERE
from tests.permissions.specification import (
    OF_THIS_ACCOUNT,
    Conditions,
    Row,
    Specification,
    allow,
    deny,
    let_in,
    let_out,
    role,
    trust,
)

ROOT = "AWS arn:aws:iam::111122223333:root"
LOGS = "Service logs.us-east-1.amazonaws.com"
KEY_POLICY = (
    allow("kms:*", on="*", by=ROOT),
    allow(
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
        on="*",
        when={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{HERE}:log-group:*"}},
        by=LOGS,
    ),
)


def over_tls_only(bucket: str) -> Row:
    """Nobody reaches the bucket in the clear."""
    return deny(
        "s3:*", on=(f"<{bucket}.Arn>", f"<{bucket}.Arn>/*"), when={"Bool": {"aws:SecureTransport": "false"}}, by="AWS *"
    )


STORE = {
    "StoreBucket": (over_tls_only("StoreBucket"),),
    "StoreAccessLogs": (
        over_tls_only("StoreAccessLogs"),
        allow(
            "s3:PutObject",
            on="<StoreAccessLogs.Arn>/*",
            when=OF_THIS_ACCOUNT,
            by="Service logging.s3.amazonaws.com",
        ),
    ),
}
FLOW_LOGS = {
    "NetworkFlowLogRole": role(
        allow(
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
            on="<NetworkFlowLogGroup.Arn>",
        ),
        trusted=(trust("vpc-flow-logs.amazonaws.com", OF_THIS_ACCOUNT),),
    )
}
# What an endpoint of the network lets through: it grants nothing, so that actions and resources need no bound.
PASSES = (
    allow(
        "*",
        on="*",
        when={
            "StringEquals": {"aws:PrincipalAccount": "111122223333"},
            "StringEqualsIfExists": {"aws:ResourceAccount": "111122223333"},
        },
        by="AWS *",
    ),
    allow("*", on="*", when={"Bool": {"aws:PrincipalIsAWSService": "true"}}, by="AWS *"),
)
# Data of `sagemaker-core`, with its provenance beside it; nobody retypes it.
REGISTRIES = catalogue.registries()["us-east-1"]
PASSES_IMAGES = (
    *PASSES,
    allow(
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
        on="*",
        when={"StringEquals": {"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": REGISTRIES}},
        by="AWS *",
    ),
)
BUCKETS_OF_AWS = (
    "arn:aws:s3:::jumpstart-cache-prod-us-east-1",
    "arn:aws:s3:::jumpstart-private-cache-prod-us-east-1",
    "arn:aws:s3:::sagemaker-sample-data-us-east-1",
    "arn:aws:s3:::sagemaker-sample-files",
)
LINKS = {
    **{f"Network{name}": PASSES for name in ("Kms", "Logs", "Monitoring", "SagemakerApi", "SagemakerRuntime", "Sts")},
    "NetworkEcrApi": PASSES_IMAGES,
    "NetworkEcrDkr": PASSES_IMAGES,
    "NetworkS3": (
        *PASSES,
        allow(
            "s3:GetObject",
            "s3:ListBucket",
            on=(*BUCKETS_OF_AWS, *(f"{bucket}/*" for bucket in BUCKETS_OF_AWS)),
            when={"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
            by="AWS *",
        ),
        allow("s3:GetObject", on="arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*", by="AWS *"),
    ),
}

WORKLOADS, SERVICES = "<NetworkWorkloadGroup.GroupId>", "<NetworkEndpointGroup.GroupId>"
# Workloads let nobody in; the endpoints are asked by them, and ask nobody.
HTTPS = let_out("0.0.0.0/0", 443)
OF_SERVICES = (let_in(WORKLOADS, 443), let_out("255.255.255.255/32", 252, 86, protocol="icmp"))
GROUPS = {WORKLOADS: (HTTPS,), SERVICES: OF_SERVICES}
# The nodes of one job talk to each other, and to nobody else: TCP, IPsec where it is encrypted, and all that a fabric
# adapter says.
TCP = tuple(way(WORKLOADS, 0, 65535) for way in (let_in, let_out))
IPSEC = (
    *(way(WORKLOADS, 500, protocol="udp") for way in (let_in, let_out)),
    *(way(WORKLOADS, protocol="50") for way in (let_in, let_out)),
)
ANYTHING = tuple(way(WORKLOADS, protocol="-1") for way in (let_in, let_out))


def trusting(rows: tuple[Row, ...], *accounts: str) -> tuple[Row, ...]:
    """The policies of endpoints, with more accounts beside the own one."""
    own = "111122223333"

    def widened(values: Any) -> Any:
        return [own, *accounts] if values == own else values

    return tuple(
        replace(
            row, when={name: {key: widened(value) for key, value in keys.items()} for name, keys in row.when.items()}
        )
        for row in rows
    )


def of_service(name: str, conditions: Conditions | None = None) -> Row:
    """What a service that sends to encrypted topics or queues does with the key."""
    return allow("kms:Decrypt", "kms:GenerateDataKey*", on="*", when=conditions, by=f"Service {name}.amazonaws.com")


ALARMS = of_service(
    "cloudwatch", {**OF_THIS_ACCOUNT, "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{HERE}:alarm:*"}}
)


def prefixes_of_s3(stack: Any) -> Any:
    from aws_cdk import aws_ec2 as ec2

    return ec2.PrefixList.from_prefix_list_id(stack, "S3", "pl-1")


def way_to_one_range(stack: Any) -> None:
    from aws_cdk import aws_ec2 as ec2

    network = Network(stack, "Network", nat_gateways=1, s3_prefixes=prefixes_of_s3(stack))
    network.connections.allow_to(ec2.Peer.ipv4("203.0.113.0/24"), ec2.Port.HTTPS)


def given_vpc(stack: Any) -> Any:
    from aws_cdk import aws_ec2 as ec2

    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], private_subnet_ids=["subnet-a", "subnet-b"]
    )
    return Network.from_vpc(stack, "Network", vpc=vpc)


CASES = [
    Case(
        construct="DataKey",
        about="alone",
        build=lambda stack: DataKey(stack, "Key"),
        specification=Specification(resources={"Key": KEY_POLICY}),
    ),
    Case(
        construct="DataKey",
        about="for alarms",
        build=lambda stack: DataKey(stack, "Key").allow_alarms(),
        specification=Specification(resources={"Key": (*KEY_POLICY, ALARMS)}),
    ),
    Case(
        construct="DataKey",
        about="for alarms and events",
        build=lambda stack: [(key.allow_alarms(), key.allow_events()) for key in [DataKey(stack, "Key")]],
        # EventBridge tells KMS neither account nor rule.
        specification=Specification(resources={"Key": (*KEY_POLICY, ALARMS, of_service("events"))}),
    ),
    Case(
        construct="ArtifactStore",
        about="with a key of its own",
        build=lambda stack: ArtifactStore(stack, "Store"),
        specification=Specification(resources={"StoreKey": KEY_POLICY, **STORE}),
    ),
    Case(
        construct="ArtifactStore",
        about="with a key given",
        build=lambda stack: ArtifactStore(stack, "Store", key=DataKey(stack, "Key")),
        specification=Specification(resources={"Key": KEY_POLICY, **STORE}),
    ),
    Case(
        construct="Network",
        about="alone",
        build=lambda stack: Network(stack, "Network"),
        specification=Specification(roles=FLOW_LOGS, resources=LINKS, groups=GROUPS),
    ),
    Case(
        construct="Network",
        about="with a key",
        build=lambda stack: Network(stack, "Network", key=DataKey(stack, "Key"), more_services=["elasticfilesystem"]),
        specification=Specification(
            roles=FLOW_LOGS,
            resources={"Key": KEY_POLICY, **LINKS, "NetworkElasticfilesystem": PASSES},
            groups=GROUPS,
        ),
    ),
    Case(
        construct="Network",
        about="with other accounts",
        build=lambda stack: Network(stack, "Network", trusted_accounts=["222222222222", "333333333333"]),
        specification=Specification(
            roles=FLOW_LOGS,
            resources={name: trusting(rows, "222222222222", "333333333333") for name, rows in LINKS.items()},
            groups=GROUPS,
        ),
    ),
    Case(
        construct="Network",
        about="with the addresses of S3",
        build=lambda stack: Network(stack, "Network", s3_prefixes=prefixes_of_s3(stack)),
        specification=Specification(
            roles=FLOW_LOGS,
            resources=LINKS,
            groups={WORKLOADS: (let_out("pl-1", 443), let_out(SERVICES, 443)), SERVICES: OF_SERVICES},
        ),
    ),
    Case(
        construct="Network",
        about="with a way out",
        build=lambda stack: Network(stack, "Network", zones=3, nat_gateways=2),
        specification=Specification(roles=FLOW_LOGS, resources=LINKS, groups=GROUPS),
    ),
    Case(
        construct="Network",
        about="with a way out, closed but to the addresses of S3 and one range",
        build=way_to_one_range,
        specification=Specification(
            roles=FLOW_LOGS,
            resources=LINKS,
            groups={
                WORKLOADS: (let_out("pl-1", 443), let_out(SERVICES, 443), let_out("203.0.113.0/24", 443)),
                SERVICES: OF_SERVICES,
            },
        ),
    ),
    *(
        Case(
            construct="Network",
            about=f"of a VPC that is there, for {about}",
            build=lambda stack, how=how: given_vpc(stack).let_nodes_talk(stack, **how),
            specification=Specification(groups={WORKLOADS: (HTTPS, *openings)}),
        )
        for about, how, openings in (
            ("nodes that talk", {"instance_types": [CPU], "encrypted": False}, TCP),
            ("nodes that talk in ciphers", {"instance_types": [CPU]}, (*TCP, *IPSEC)),
            ("nodes with a fabric adapter", {"instance_types": [FABRIC], "several": False}, ANYTHING),
            ("nodes of which nothing is known", {}, ANYTHING),
        )
    ),
    Case(
        construct="Network",
        about="without some services",
        build=lambda stack: Network(stack, "Network", without_services=["sagemaker.runtime", "ecr.dkr"]),
        specification=Specification(
            roles=FLOW_LOGS,
            resources={
                name: rows for name, rows in LINKS.items() if name not in ("NetworkSagemakerRuntime", "NetworkEcrDkr")
            },
            groups=GROUPS,
        ),
    ),
    Case(
        construct="Network",
        about="of a VPC that is there",
        build=given_vpc,
        specification=Specification(
            groups={WORKLOADS: (HTTPS,)},
        ),
    ),
    Case(
        construct="ExecutionRole",
        about="alone: it may do nothing",
        build=lambda stack: ExecutionRole(stack, "Role"),
        specification=Specification(roles={"Role": role()}),
    ),
    Case(
        construct="ModelPackageGroup",
        about="alone: it has no policy",
        build=lambda stack: ModelPackageGroup(stack, "Group"),
        specification=Specification(),
    ),
]
