"""Feature groups of plain values, for the tests of what they render and refuse."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib import ConfigurationError, Feature, FeatureGroup, OfflineStore, OnlineStore, S3Location

ROLE_ARN = "arn:aws:iam::123456789012:role/features"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1"
OTHER_KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/2"
FEATURES = [Feature.string("user_id"), Feature.integral("clicks"), Feature.fractional("seen_at")]


def at(prefix: str, key_arn: str | None = KEY_ARN) -> S3Location:
    return S3Location(bucket_name="bucket", bucket_arn="arn:aws:s3:::bucket", prefix=prefix, key_arn=key_arn)


def key_in(stack: Any, arn: str = OTHER_KEY_ARN) -> Any:
    from aws_cdk import aws_kms as kms

    return stack.node.try_find_child("Key") or kms.Key.from_key_arn(stack, "Key", arn)


def role_in(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return stack.node.try_find_child("Given") or iam.Role.from_role_arn(stack, "Given", ROLE_ARN)


def caller_in(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def group_in(stack: Any, id: str = "Clicks", **changes: Any) -> FeatureGroup:
    """A group with both stores; a change of None takes an argument out."""
    arguments: dict[str, Any] = {
        "record_identifier": "user_id",
        "event_time": "seen_at",
        "features": FEATURES,
        "online": OnlineStore(),
        "offline": OfflineStore(at("features/clicks")),
    }
    return FeatureGroup(stack, id, **{name: value for name, value in (arguments | changes).items() if value})


def refusal(build: Callable[[], object]) -> str:
    """The one problem of what is refused."""
    with pytest.raises(ConfigurationError) as raised:
        build()
    (problem,) = raised.value.problems
    return problem
