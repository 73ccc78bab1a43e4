"""Policies that allow what there is not, or more than is needed."""

from typing import Any

from . import Examples, Json
from .iam_documents import KEY, OWN, READ, bucket, changed, document, of, read, role, trusted

LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/*"
PASSED = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
PASS: Json = {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/train",
    "Condition": PASSED,
}


def passing(**changes: Any) -> Json:
    return role(changed(PASS, **changes))


def managed(name: str) -> Json:
    parts = ["arn:", {"Ref": "AWS::Partition"}, f":iam::aws:policy/{name}"]
    return role(ManagedPolicyArns=[{"Fn::Join": ["", parts]}])


def condition(operator: str, key: str, value: Any = "a", **changes: Any) -> Json:
    return read(Condition={operator: {key: value}}, **changes)


EXAMPLES = {
    "IA121": Examples(
        fails={
            "a misspelt service": read(Action="sagemakr:CreateModel"),
            "in a bucket policy": bucket(Action="s4:GetObject"),
        },
        passes={"a service": read(), "another case": read(Action="S3:GetObject")},
    ),
    "IA122": Examples(
        fails={
            "a misspelt action": read(Action="s3:GetObjects"),
            "an action of the API that is none of IAM": read(Action="s3:ListObjectsV2"),
            "in a Deny": read(Effect="Deny", Action="s3:DeleteObjects"),
        },
        passes={
            "an action": read(),
            "another case": read(Action="s3:getobject"),
            "a service without details": read(Action="a2c:GetDeploymentJobDetails"),
        },
    ),
    "IA123": Examples(
        fails={"a wildcard that stands for nothing": read(Action="s3:Fetch*")},
        passes={"a wildcard": read(Action="s3:GetObject*"), "one character": read(Action="s3:GetObjec?")},
    ),
    "IA124": Examples(
        fails={
            "a list of a bucket on its objects": read(Action=["s3:GetObject", "s3:ListBucket"]),
            "an object of a bucket alone": read(Resource={"Fn::GetAtt": ["Bucket", "Arn"]})
            | {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}}},
            "an endpoint on its configuration": read(
                Action="sagemaker:InvokeEndpoint",
                Resource="arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/chat",
            ),
            "a token of the registry on a repository": read(
                Action="ecr:GetAuthorizationToken", Resource="arn:aws:ecr:eu-west-1:123456789012:repository/own"
            ),
        },
        passes={
            "a bucket and its objects": read(
                Action=["s3:GetObject", "s3:ListBucket"], Resource=["arn:aws:s3:::data", "arn:aws:s3:::data/*"]
            ),
            "a token on everything": read(Action="ecr:GetAuthorizationToken", Resource="*"),
            "an endpoint": read(
                Action="sagemaker:InvokeEndpoint",
                Resource={"Fn::Sub": "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:endpoint/chat"},
            ),
            "a parameter": read(Action="s3:ListBucket", Resource={"Ref": "Data"}),
            "a log group": read(Action="logs:CreateLogStream", Resource=LOGS),
        },
    ),
    "IA125": Examples(
        fails={
            "a misspelt global key": condition("StringEquals", "aws:SourceAcount"),
            "a misspelt key of a service": condition("StringEquals", "s3:prefx"),
            "another misspelt key of a service": condition("Bool", "sagemaker:NetworkIsolaton", "true"),
        },
        passes={
            "a key of a service": condition("StringLike", "s3:prefix", "a/*"),
            "a tag": condition("StringEquals", "aws:ResourceTag/team"),
            "a key that the reference lacks": condition("StringEquals", "sagemaker:TargetContainerHostname"),
            "a global key of tomorrow": condition("StringEquals", "aws:QuantumState"),
            "a service without details": condition("StringEquals", "a2c:Any"),
        },
    ),
    "IA126": Examples(
        fails={
            "a prefix": condition("StringEquals", "s3:prefix", "models/*"),
            "one of several": condition("ForAnyValue:StringNotEquals", "aws:TagKeys", ["a", "b*"]),
        },
        passes={
            "StringLike": condition("StringLike", "s3:prefix", "models/*"),
            "a star itself": condition("StringEquals", "s3:prefix", "${*}"),
        },
    ),
    "IA131": Examples(
        fails={"every action": read(Action="*")},
        passes={"in a Deny": read(Effect="Deny", Action="*"), "an action": read()},
    ),
    "IA132": Examples(
        fails={
            "all of SageMaker": read(Action="sagemaker:*", Resource="arn:aws:sagemaker:eu-west-1:123456789012:model/*")
        },
        passes={
            "in a Deny": read(Effect="Deny", Action="s3:*"),
            "the account on its key": of("KMS::Key", document(KEY), "KeyPolicy"),
        },
    ),
    "IA133": Examples(
        fails={
            "every resource": passing(Resource="*"),
            "every role": passing(Resource="arn:aws:iam::123456789012:role/*"),
        },
        passes={"a role": passing(), "a parameter": passing(Resource={"Ref": "Role"})},
    ),
    "IA134": Examples(
        fails={
            "no condition": passing(Condition=None),
            "another condition": passing(Condition=OWN),
            "a wildcard": passing(Condition=None, Action="iam:Pass*"),
        },
        passes={"a service": passing(), "in a Deny": passing(Effect="Deny", Condition=None)},
    ),
    "IA135": Examples(
        fails={
            "models of all kinds": read(Action="sagemaker:DeleteModel", Resource="*"),
            "metrics of any namespace": read(Action="cloudwatch:PutMetricData", Resource="*"),
        },
        passes={
            "a list": read(Action="sagemaker:ListModels", Resource="*"),
            # Of the resource that these act on an account has one.
            "metrics": read(Action=["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], Resource="*"),
            "a condition": read(
                Action="sagemaker:DeleteModel", Resource="*", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}
            ),
            "a key's own policy": of("KMS::Key", document(changed(KEY, Action="kms:Decrypt")), "KeyPolicy"),
        },
    ),
    "IA136": Examples(
        fails={"the managed policy": managed("AmazonSageMakerFullAccess")},
        passes={"another one": managed("service-role/AWSLambdaBasicExecutionRole")},
    ),
    "IA137": Examples(
        fails={"S3": managed("AmazonS3FullAccess"), "everything": managed("AdministratorAccess")},
        passes={
            "read only": managed("AmazonS3ReadOnlyAccess"),
            "a policy of the template": role(ManagedPolicyArns=[{"Ref": "Own"}]),
        },
    ),
    "IA138": Examples(
        fails={
            "SageMaker": trusted(Condition=None),
            "Step Functions, with another condition": trusted(
                Principal={"Service": "states.amazonaws.com"}, Condition={"Bool": {"aws:SecureTransport": "true"}}
            ),
        },
        passes={
            "this account": trusted(),
            "one source": trusted(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:*:123456789012:*"}}),
            "a service that acts for nobody else": trusted(Principal={"Service": "ec2.amazonaws.com"}, Condition=None),
        },
    ),
    "IA139": Examples(
        fails={
            "a role": trusted(Principal={"AWS": "*"}, Condition=None),
            "a bucket": of("S3::BucketPolicy", document({**READ, "Principal": "*"}), Bucket="data"),
        },
        passes={
            "a condition": trusted(Principal={"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            "in a Deny": of("S3::BucketPolicy", document({**READ, "Effect": "Deny", "Principal": "*"}), Bucket="data"),
        },
    ),
    "IA140": Examples(
        fails={"all but one": read(Action=None, NotAction="iam:CreateUser")},
        passes={"in a Deny": read(Effect="Deny", Action=None, NotAction="iam:CreateUser")},
    ),
    "IA141": Examples(
        fails={"all but one": read(Resource=None, NotResource="arn:aws:s3:::secret/*")},
        passes={"in a Deny": read(Effect="Deny", Resource=None, NotResource="arn:aws:s3:::secret/*")},
    ),
    "IA142": Examples(
        fails={
            "all but one": of(
                "S3::BucketPolicy", document({**READ, "NotPrincipal": {"AWS": "123456789012"}}), Bucket="data"
            )
        },
        passes={
            "in a Deny": of(
                "S3::BucketPolicy",
                document({**READ, "Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}}),
                Bucket="data",
            )
        },
    ),
}
