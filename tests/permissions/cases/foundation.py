"""The ground: buckets, keys, networks, execution roles, the groups of the registry."""

from constructs_lib import ArtifactStore, DataKey, ExecutionRole, ModelPackageGroup, Network
from constructs_lib.containers import catalogue
from tests.permissions.cases import Case
from tests.permissions.cases.places import HERE
from tests.permissions.specification import OF_THIS_ACCOUNT, Row, Specification, allow, deny, role, trust

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

CASES = [
    Case(
        construct="DataKey",
        about="alone",
        build=lambda stack: DataKey(stack, "Key"),
        specification=Specification(resources={"Key": KEY_POLICY}),
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
        specification=Specification(roles=FLOW_LOGS, resources=LINKS),
    ),
    Case(
        construct="Network",
        about="with a key",
        build=lambda stack: Network(stack, "Network", key=DataKey(stack, "Key"), more_services=["elasticfilesystem"]),
        specification=Specification(
            roles=FLOW_LOGS, resources={"Key": KEY_POLICY, **LINKS, "NetworkElasticfilesystem": PASSES}
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
