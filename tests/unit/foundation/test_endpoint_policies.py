"""What may pass the endpoints, asked of the policies as IAM would ask; without Node."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from constructs_lib.containers import catalogue
from constructs_lib.foundation.endpoint_policies import account_policy, ecr_policy, s3_policy

OWN, LAKE, STRANGER = "111111111111", "222222222222", "999999999999"
S3 = s3_policy([OWN], partition="aws", region="eu-west-1")


def passes(
    policy: dict[str, Any],
    action: str,
    resource: str = "*",
    *,
    principal: str | None = OWN,
    owner: str | None = OWN,
    service: bool = False,
) -> bool:
    """Whether *policy* lets the request through; None leaves a key out of the request, as IAM does."""
    context = {
        "aws:PrincipalAccount": principal,
        "aws:ResourceAccount": owner,
        "aws:PrincipalIsAWSService": str(service).lower(),
    }
    return any(
        any(fnmatchcase(action, allowed) for allowed in _list(statement["Action"]))
        and any(fnmatchcase(resource, allowed) for allowed in _list(statement["Resource"]))
        and all(_holds(operator, keys, context) for operator, keys in statement.get("Condition", {}).items())
        for statement in policy["Statement"]
    )


def _holds(operator: str, keys: dict[str, Any], context: dict[str, str | None]) -> bool:
    assert operator in ("StringEquals", "StringEqualsIfExists", "Bool")
    return all(
        context[key] in _list(allowed) or (context[key] is None and operator.endswith("IfExists"))
        for key, allowed in keys.items()
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class TestAnyService:
    def test_document(self) -> None:
        assert account_policy([OWN, LAKE]) == {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OwnAccount",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {
                        "StringEquals": {"aws:PrincipalAccount": [OWN, LAKE]},
                        "StringEqualsIfExists": {"aws:ResourceAccount": [OWN, LAKE]},
                    },
                },
                {
                    "Sid": "AwsServices",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}},
                },
            ],
        }

    @pytest.mark.parametrize(
        "action",
        [
            "cloudwatch:PutMetricData",
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "logs:PutLogEvents",
            "sagemaker:BatchPutMetrics",
            "sagemaker:DescribeTrainingJob",
            "sagemaker:InvokeEndpoint",
            "sts:GetCallerIdentity",
        ],
    )
    @pytest.mark.parametrize("owner", [OWN, None])
    def test_lets_the_own_account_work_even_where_an_action_names_no_owner(self, action: str, owner: str) -> None:
        assert passes(account_policy([OWN]), action, owner=owner)

    @pytest.mark.parametrize(
        ("principal", "owner"), [(STRANGER, STRANGER), (STRANGER, OWN), (OWN, STRANGER), (None, OWN), (None, None)]
    )
    def test_stops_what_belongs_to_others(self, principal: str, owner: str) -> None:
        assert not passes(account_policy([OWN]), "kms:Decrypt", principal=principal, owner=owner)

    @pytest.mark.parametrize(("principal", "owner"), [(OWN, LAKE), (LAKE, LAKE), (LAKE, OWN)])
    def test_lets_trusted_accounts_through(self, principal: str, owner: str) -> None:
        assert passes(account_policy([OWN, LAKE]), "sts:AssumeRole", principal=principal, owner=owner)
        assert not passes(account_policy([OWN]), "sts:AssumeRole", principal=principal, owner=owner)

    def test_lets_services_act_under_their_own_name(self) -> None:
        assert passes(account_policy([OWN]), "logs:PutLogEvents", principal=None, owner=None, service=True)


class TestS3:
    @pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:AbortMultipartUpload"])
    def test_lets_jobs_read_and_write_the_own_account(self, action: str) -> None:
        assert passes(S3, action, "arn:aws:s3:::mine/data/train/0.parquet")

    def test_stops_an_upload_to_the_bucket_of_a_stranger(self) -> None:
        assert not passes(S3, "s3:PutObject", "arn:aws:s3:::theirs/loot", owner=STRANGER)
        assert not passes(S3, "s3:PutObject", "arn:aws:s3:::theirs/loot", principal=STRANGER, owner=STRANGER)
        assert not passes(S3, "s3:GetObject", "arn:aws:s3:::theirs/tool", owner=STRANGER)

    @pytest.mark.parametrize(
        "bucket",
        [
            "jumpstart-cache-prod-eu-west-1",
            "jumpstart-private-cache-prod-eu-west-1",
            "sagemaker-sample-data-eu-west-1",
            "sagemaker-sample-files",
        ],
    )
    def test_reads_models_and_examples_of_aws_and_writes_nothing_there(self, bucket: str) -> None:
        arn = f"arn:aws:s3:::{bucket}"
        assert passes(S3, "s3:GetObject", f"{arn}/m.tar.gz", owner=STRANGER)
        assert passes(S3, "s3:ListBucket", arn, owner=STRANGER)
        assert not passes(S3, "s3:PutObject", f"{arn}/m.tar.gz", owner=STRANGER)
        assert not passes(S3, "s3:GetObject", f"{arn}/m.tar.gz", principal=STRANGER, owner=STRANGER)
        assert not passes(S3, "s3:GetObject", f"{arn}-too/m.tar.gz", owner=STRANGER)

    def test_trap_16_reads_the_layers_of_images_whoever_signed_their_address(self) -> None:
        layers = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/sha256"
        assert passes(S3, "s3:GetObject", layers, principal=STRANGER, owner=STRANGER)
        assert not passes(S3, "s3:PutObject", layers, principal=STRANGER, owner=STRANGER)

    @pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
    def test_names_buckets_of_the_partition(self, partition: str, region: str) -> None:
        policy = s3_policy([OWN], partition=partition, region=region)
        resources = [each for statement in policy["Statement"] for each in _list(statement["Resource"])]
        assert f"arn:{partition}:s3:::prod-{region}-starport-layer-bucket/*" in resources
        assert {each.split(":s3:")[0] for each in resources if each != "*"} == {f"arn:{partition}"}


class TestEcr:
    @pytest.mark.parametrize("region", catalogue.deep_learning_accounts())
    def test_trap_16_pulls_deep_learning_containers_in_each_region(self, region: str) -> None:
        policy = ecr_policy([OWN], catalogue.registries()[region])
        account = catalogue.deep_learning_accounts()[region]
        for action in ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"):
            assert passes(policy, action, owner=account)
        assert not passes(policy, "ecr:PutImage", owner=account)
        assert not passes(policy, "ecr:BatchGetImage", principal=STRANGER, owner=account)
        assert len(str(policy)) < 20480, "the most that an endpoint takes"

    def test_signs_in_and_pulls_own_images(self) -> None:
        policy = ecr_policy([OWN], ["763104351884"])
        assert passes(policy, "ecr:GetAuthorizationToken", owner=None)
        assert passes(policy, "ecr:BatchGetImage", f"arn:aws:ecr:eu-west-1:{OWN}:repository/mine")
        assert not passes(policy, "ecr:BatchGetImage", owner=STRANGER)

    def test_where_aws_publishes_nothing_only_the_own_account_is_left(self) -> None:
        assert ecr_policy([OWN], None) == account_policy([OWN])


def test_the_registries_of_a_region_are_those_of_every_table() -> None:
    served = catalogue.registries()
    assert "763104351884" in served["eu-west-1"]
    assert served["eu-west-1"] == sorted(set(served["eu-west-1"]))
    assert all(account in served[region] for region, account in catalogue.deep_learning_accounts().items())
    assert len(served["eu-west-1"]) > 1, "algorithms and tools have accounts of their own"
