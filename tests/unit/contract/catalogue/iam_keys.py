"""Keys that do not let a role in which writes with them."""

from typing import Any

from . import Examples, Json
from .iam_documents import KEY, changed, document, role
from .iam_roles import ARN, PUBLISH, notifies
from .state_requests import job, runs

USE = changed(KEY, Action=["kms:GenerateDataKey*", "kms:Decrypt"])
USE_BY_ROLE = changed(USE, Principal=None, Resource={"Fn::GetAtt": ["Key", "Arn"]})
OTHERS = {"AWS": "arn:aws:iam::123456789012:role/other"}


def key(*statements: Json) -> Json:
    properties = {"KeyPolicy": document(*statements)} if statements else {}
    return {"Key": {"Type": "AWS::KMS::Key", "Properties": {**properties, "EnableKeyRotation": True}}}


def writes(*policy: Json, rights: tuple[Json, ...] = ()) -> Json:
    """A job that writes with a key of that policy, by a role of those rights."""
    output = {"S3OutputPath": "s3://bucket/out", "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}
    return {**role(*rights), **key(*policy), **runs(job(RoleArn=ARN, OutputDataConfig=output))}


def publishes(*policy: Json, rights: tuple[Json, ...] = ()) -> Json:
    """An asynchronous endpoint that publishes to a topic with a key of that policy."""
    return {**notifies(PUBLISH, *rights, topic={"KmsMasterKeyId": {"Ref": "Key"}}), **key(*policy)}


def principal(value: Any) -> Json:
    return changed(USE, Principal={"AWS": value})


EXAMPLES = {
    "IA160": Examples(
        fails={
            "another role": writes(changed(USE, Principal=OTHERS)),
            "the account, and a role without the right": writes(KEY),
            "the key of a topic": publishes(changed(USE, Principal=OTHERS)),
        },
        passes={
            "the role": writes(principal(ARN)),
            "the account, and a role with the right": writes(KEY, rights=(USE_BY_ROLE,)),
            "the account by a function": writes(
                principal({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}), rights=(USE_BY_ROLE,)
            ),
            "everybody of the account": writes(
                changed(KEY, Principal="*", Condition={"StringEquals": {"kms:CallerAccount": "123456789012"}})
            ),
            "a role that is a parameter": writes(principal({"Ref": "Writer"})),
            "no policy, which leaves it to the account": writes(rights=(USE_BY_ROLE,)),
            "the key of a topic": publishes(KEY, rights=(USE_BY_ROLE,)),
        },
    ),
}
