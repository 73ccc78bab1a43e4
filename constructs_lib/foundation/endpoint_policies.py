"""What may pass an endpoint of the network: this account's principals, to this account's resources and AWS's own.

The policy of an endpoint grants nothing; it bounds what passes. The shape is that of AWS's examples of data perimeters:
https://github.com/aws-samples/data-perimeter-policy-examples/tree/main/vpc_endpoint_policies
"""

from collections.abc import Sequence
from typing import Any

_PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]

# Buckets of AWS's own that workloads read with their role: JumpStart's models, open and gated, and the examples' data.
# https://docs.aws.amazon.com/sagemaker/latest/dg/jumpstart-deploy.html#jumpstart-config-security
_BUCKETS = (
    "jumpstart-cache-prod-{region}",
    "jumpstart-private-cache-prod-{region}",
    "sagemaker-sample-data-{region}",
    "sagemaker-sample-files",
)
# Where ECR keeps the layers of every image, yours too.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
_LAYERS = "prod-{region}-starport-layer-bucket"


def account_policy(accounts: Sequence[str]) -> dict[str, Any]:
    """For any service: principals of *accounts* reach resources of *accounts*."""
    return _document(*_account_statements(accounts))


def s3_policy(accounts: Sequence[str], *, partition: str, region: str) -> dict[str, Any]:
    """For the S3 gateway: also the layers of images, and AWS's buckets of models and examples, to read."""
    buckets = [f"arn:{partition}:s3:::{name.format(region=region)}" for name in _BUCKETS]
    return _document(
        *_account_statements(accounts),
        {
            **_allow("ReadAwsModelsAndExamples", ["s3:GetObject", "s3:ListBucket"]),
            "Resource": [*buckets, *(f"{bucket}/*" for bucket in buckets)],
            "Condition": {"StringEquals": {"aws:PrincipalAccount": list(accounts)}},
        },
        {
            # A layer's address is signed by an account of ECR's: no principal of this account asks for it.
            **_allow("ReadImageLayers", "s3:GetObject"),
            "Resource": f"arn:{partition}:s3:::{_LAYERS.format(region=region)}/*",
        },
    )


def ecr_policy(accounts: Sequence[str], registries: Any) -> dict[str, Any]:
    """For both endpoints of ECR: also pulls from *registries*, the accounts of AWS's images; None when there are none.

    AWS recommends one policy for the two of them.
    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-vpc-endpoint-policy
    """
    if registries is None:
        return account_policy(accounts)
    return _document(
        *_account_statements(accounts),
        {
            **_allow("PullAwsImages", _PULL),
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": list(accounts), "aws:ResourceAccount": registries}},
        },
    )


def _account_statements(accounts: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            **_allow("OwnAccount", "*"),
            "Resource": "*",
            "Condition": {
                "StringEquals": {"aws:PrincipalAccount": list(accounts)},
                # Not every action says whose resource it means, such as one that takes none; then the caller decides.
                # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
                "StringEqualsIfExists": {"aws:ResourceAccount": list(accounts)},
            },
        },
        # Services that act inside the network under their own name; part of each of AWS's examples.
        {
            **_allow("AwsServices", "*"),
            "Resource": "*",
            "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}},
        },
    ]


def _allow(sid: str, action: str | list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": "*", "Action": action}


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
