"""Policies that IAM would refuse."""

from typing import Any

from . import Examples, Json

OWN = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
TRUST: Json = {
    "Effect": "Allow",
    "Principal": {"Service": "sagemaker.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": OWN,
}
READ: Json = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}


def changed(statement: Json, **changes: Any) -> Json:
    """The statement; a member that is None is left out."""
    return {key: value for key, value in {**statement, **changes}.items() if value is not None}


def document(*statements: Any, **members: Any) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements), **members}


def role(*statements: Json, **properties: Any) -> Json:
    """A role that may do what the statements say."""
    inline = [{"PolicyName": "own", "PolicyDocument": document(*statements)}] if statements else []
    return {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": document(TRUST), "Policies": inline, **properties},
        }
    }


def read(**changes: Any) -> Json:
    return role(changed(READ, **changes))


def trusted(**changes: Any) -> Json:
    return role(AssumeRolePolicyDocument=document(changed(TRUST, **changes)))


def of(type: str, document: Any, key: str = "PolicyDocument", **properties: Any) -> Json:
    return {"Policy": {"Type": f"AWS::{type}", "Properties": {key: document, **properties}}}


def bucket(**changes: Any) -> Json:
    return of("S3::BucketPolicy", document(changed(READ, Principal={"AWS": "123456789012"}, **changes)), Bucket="data")


KEY = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}


def long(length: int, of_one: int = 100) -> list[str]:
    """ARNs of *of_one* characters each that fill about *length*."""
    return [f"arn:aws:s3:::data/{index:0{of_one - 18}}" for index in range(length // (of_one + 3))]


EXAMPLES = {
    "IA101": Examples(
        fails={"none": of("IAM::ManagedPolicy", document())},
        passes={
            "one": of("IAM::ManagedPolicy", document(READ)),
            "one that is in no list": of("IAM::ManagedPolicy", {"Version": "2012-10-17", "Statement": READ}),
            "a reference": of("IAM::ManagedPolicy", {"Ref": "Document"}),
        },
    ),
    "IA102": Examples(
        fails={"no version": of("IAM::ManagedPolicy", {"Statement": [READ]})},
        passes={"the version": of("IAM::ManagedPolicy", document(READ))},
    ),
    "IA103": Examples(
        fails={"a date of one's own": of("IAM::ManagedPolicy", document(READ, Version="2024-01-01"))},
        passes={"the older one": of("IAM::ManagedPolicy", document(READ, Version="2008-10-17"))},
    ),
    "IA104": Examples(
        fails={
            "a misspelt element": read(Conditions={}),
            "of the document": of("IAM::ManagedPolicy", document(READ, Name="own")),
        },
        passes={"every element": read(Sid="Read", Condition=OWN)},
    ),
    "IA105": Examples(
        fails={"a small letter": read(Effect="allow"), "none": read(Effect=None)},
        passes={"Deny": read(Effect="Deny"), "a parameter": read(Effect={"Ref": "Effect"})},
    ),
    "IA106": Examples(
        fails={"none": read(Action=None), "both": read(Effect="Deny", NotAction="s3:PutObject")},
        passes={"one": read(), "a reference": read(Action={"Ref": "Actions"})},
    ),
    "IA107": Examples(
        fails={"none": read(Resource=None), "both": read(Effect="Deny", NotResource="arn:aws:s3:::other/*")},
        passes={"one": read(), "a trust policy": trusted()},
    ),
    "IA108": Examples(
        fails={
            "a trust policy": trusted(Principal=None),
            "a bucket": of("S3::BucketPolicy", document(READ), Bucket="data"),
        },
        passes={"a principal": bucket(), "an identity": read()},
    ),
    "IA109": Examples(
        fails={
            "a principal of an identity": read(Principal={"AWS": "123456789012"}),
            "a resource of a trust": trusted(Resource="*"),
        },
        passes={"a principal of a bucket": bucket()},
    ),
    "IA110": Examples(
        fails={"no service": read(Action="GetObject"), "a dot": read(Action="s3.GetObject")},
        passes={"service and action": read(), "a reference in it": read(Action={"Fn::Sub": "${Service}:Get"})},
    ),
    "IA111": Examples(
        fails={"a name": read(Resource="data"), "too few parts": read(Resource="arn:aws:s3:data")},
        passes={"an ARN": read(), "a reference": read(Resource={"Fn::Sub": "${Bucket.Arn}/*"})},
    ),
    "IA112": Examples(
        fails={"an action of S3": trusted(Action=["sts:AssumeRole", "s3:GetObject"])},
        passes={"session tags too": trusted(Action=["sts:AssumeRole", "sts:TagSession"])},
    ),
    "IA113": Examples(
        fails={
            "another domain": trusted(Principal={"Service": "sagemaker.amazon.com"}),
            "no domain": trusted(Principal={"Service": "ec2"}),
        },
        passes={
            "the service": trusted(),
            "in China": trusted(Principal={"Service": "ec2.amazonaws.com.cn"}),
            "in a region": trusted(Principal={"Service": ["states.eu-west-1.amazonaws.com"]}),
            "a reference": trusted(Principal={"Service": {"Fn::Sub": "states.${AWS::URLSuffix}"}}),
        },
    ),
    "IA114": Examples(
        fails={
            "a misspelt kind": trusted(Principal={"Services": "sagemaker.amazonaws.com"}),
            "text": trusted(Principal="arn:aws:iam::123456789012:root"),
        },
        passes={"an account": trusted(Principal={"AWS": "123456789012"})},
    ),
    "IA115": Examples(
        fails={"twice": role({**READ, "Sid": "Read"}, {**READ, "Sid": "Read"}), "a space": read(Sid="Read data")},
        passes={
            "ids of their own": role({**READ, "Sid": "Read1"}, {**READ, "Sid": "Read2"}),
            "a space in the policy of a key": of("KMS::Key", document({**KEY, "Sid": "Enable IAM"}), "KeyPolicy"),
        },
    ),
    "IA116": Examples(
        fails={"a misspelt operator": read(Condition={"StringEqual": {"aws:SourceAccount": "123456789012"}})},
        passes={
            "an operator": read(Condition={"ForAnyValue:StringLikeIfExists": {"aws:PrincipalArn": "a*"}}),
            "Null": read(Condition={"Null": {"aws:SourceArn": "false"}}),
        },
    ),
    "IA117": Examples(
        fails={"no operator": read(Condition={"aws:SourceAccount": "123456789012"}), "a list": read(Condition=[OWN])},
        passes={"an operator": read(Condition=OWN), "a reference": read(Condition={"Ref": "Condition"})},
    ),
    "IA118": Examples(
        fails={
            "a managed policy": of("IAM::ManagedPolicy", document(changed(READ, Resource=long(6300)))),
            "the inline policies of a role": role(
                changed(READ, Resource=long(5500)), changed(READ, Resource=long(5500))
            ),
        },
        passes={
            "a managed policy": of("IAM::ManagedPolicy", document(changed(READ, Resource=long(5900)))),
            "the inline policies of a role": role(changed(READ, Resource=long(9900))),
        },
    ),
}
