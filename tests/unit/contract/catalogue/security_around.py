"""What SageMaker uses, open or unencrypted; the same beside no SageMaker is nobody's business here."""

from typing import Any

from . import Examples, Json
from .security_hosting import changed, queue
from .security_jobs import KEY, VPC
from .shapes import model
from .state_requests import JOB, machine, steps, task


def made(id: str, type: str, right: Json, changes: Json) -> Json:
    kept = {name: value for name, value in {**right, **changes}.items() if value is not None}
    return {id: {"Type": type, "Properties": kept}}


def bucket(policy: bool = True, **changes: Any) -> Json:
    """A model with weights in a bucket; a property of that is None where it is left out."""
    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
    right: Json = {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
        "VersioningConfiguration": {"Status": "Enabled"},
        "LoggingConfiguration": {"DestinationBucketName": "logs"},
    }
    deny = {
        "Effect": "Deny",
        "Action": "s3:*",
        "Principal": "*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    statements = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [deny]}}
    return {
        **model(ModelDataUrl={"Fn::Sub": "s3://${Bucket}/model.tar.gz"}),
        **made("Bucket", "AWS::S3::Bucket", right, changes),
        **(made("Policy", "AWS::S3::BucketPolicy", statements, {}) if policy else {}),
    }


def key(principal: Any = "arn:aws:iam::123456789012:root", condition: Json | None = None, **changes: Any) -> Json:
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": principal}}
    statement |= {"Condition": condition} if condition else {}
    right = {"EnableKeyRotation": True, "KeyPolicy": {"Version": "2012-10-17", "Statement": [statement]}}
    # By what the answers are written with: the machines of the queue have disks that no key covers.
    config = queue(KmsKeyId={"Ref": "Key"})
    return {**config, **made("Key", "AWS::KMS::Key", right, changes)}


def topic(**properties: Any) -> Json:
    config = queue(KmsKeyId=KEY, NotificationConfig={"SuccessTopic": {"Ref": "Topic"}})
    return {**config, **made("Topic", "AWS::SNS::Topic", properties, {})}


def logs(**properties: Any) -> Json:
    group = {"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["Logs", "Arn"]}}}
    request = {**JOB, "VpcConfig": VPC, "OutputDataConfig": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": KEY}}
    logging = {"Level": "ALL", "Destinations": [group]}
    return {
        **machine(steps(task(request)), LoggingConfiguration=logging),
        **made("Logs", "AWS::Logs::LogGroup", properties, {}),
    }


def group(**ingress: Any) -> Json:
    entry = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **ingress}
    vpc = {**VPC, "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}]}
    right = {"GroupDescription": "jobs", "SecurityGroupIngress": [entry]}
    return {**changed(model(), VpcConfig=vpc), **made("Group", "AWS::EC2::SecurityGroup", right, {})}


def logged(**model_properties: Any) -> Json:
    """A bucket of data whose access logs go to another one, which has neither a key nor logs of its own."""
    right = {"VersioningConfiguration": {"Status": "Enabled"}}
    deny = bucket()["Policy"]["Properties"]["PolicyDocument"]
    policy = {"Bucket": {"Ref": "Target"}, "PolicyDocument": deny}
    content = {
        **bucket(LoggingConfiguration={"DestinationBucketName": {"Ref": "Target"}}),
        **made("Target", "AWS::S3::Bucket", right, {}),
        **made("TargetPolicy", "AWS::S3::BucketPolicy", policy, {}),
    }
    return {**content, **model(**model_properties)} if model_properties else content


# The bucket of the logs, with something of SageMaker's in it after all.
IN_THE_LOGS = {"ModelDataUrl": {"Fn::Sub": "s3://${Target}/${Bucket}/model.tar.gz"}}
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
CALLER = {"StringEquals": {"kms:CallerAccount": "123456789012"}}
ALONE = {"Other": {"Type": "AWS::S3::Bucket", "Properties": {}}}

EXAMPLES = {
    "SE501": Examples(
        fails={
            "open to policies": bucket(PublicAccessBlockConfiguration={**dict.fromkeys(BLOCKS, True), BLOCKS[1]: False})
        },
        passes={"closed": bucket(PublicAccessBlockConfiguration=dict.fromkeys(BLOCKS, True)), "not said": bucket()},
    ),
    "SE502": Examples(
        fails={"not said": bucket(BucketEncryption=None), "logs and data in one": logged(**IN_THE_LOGS)},
        passes={
            "a key": bucket(),
            "a bucket that SageMaker does not use": {**model(), **ALONE},
            "a bucket of access logs": logged(),
        },
        also=frozenset({"SE505"}),
    ),
    "SE503": Examples(fails={"no policy": bucket(policy=False)}, passes={"a policy": bucket()}),
    "SE504": Examples(
        fails={
            "not said": bucket(VersioningConfiguration=None),
            "suspended": bucket(VersioningConfiguration={"Status": "Suspended"}),
        },
        passes={"kept": bucket()},
    ),
    "SE505": Examples(
        fails={"none": bucket(LoggingConfiguration=None), "logs and data in one": logged(**IN_THE_LOGS)},
        passes={"logs": bucket(), "a bucket of access logs": logged()},
        also=frozenset({"SE502"}),
    ),
    "SE511": Examples(
        fails={"not said": key(EnableKeyRotation=None), "off": key(EnableKeyRotation=False)},
        passes={"on": key(), "a key of another kind": key(EnableKeyRotation=None, KeySpec="RSA_2048")},
    ),
    "SE512": Examples(
        fails={"everybody": key("*"), "everybody among others": key(["*", "arn:aws:iam::123456789012:root"])},
        passes={"the account": key(), "everybody of the account": key("*", CALLER)},
        # Of any policy, whatever it is on.
        also=frozenset({"IA139"}),
    ),
    "SE521": Examples(fails={"no key": topic()}, passes={"a key": topic(KmsMasterKeyId=KEY)}),
    "SE522": Examples(
        fails={"off": {**model(), **made("Queue", "AWS::SQS::Queue", {"SqsManagedSseEnabled": False}, {})}},
        passes={
            "not said": {**model(), **made("Queue", "AWS::SQS::Queue", {}, {})},
            "beside no SageMaker": made("Queue", "AWS::SQS::Queue", {"SqsManagedSseEnabled": False}, {}),
        },
    ),
    "SE523": Examples(
        fails={
            "logs of a state machine": logs(),
            "logs of endpoints": made(
                "Logs", "AWS::Logs::LogGroup", {"LogGroupName": "/aws/sagemaker/Endpoints/e"}, {}
            ),
        },
        passes={"a key": logs(KmsKeyId=KEY), "other logs": made("Logs", "AWS::Logs::LogGroup", {}, {})},
    ),
    "SE531": Examples(
        fails={
            "the whole internet": group(CidrIp="0.0.0.0/0"),
            "the whole internet of today": group(CidrIpv6="::/0"),
            "in a rule of its own": {
                **group(SourceSecurityGroupId="sg-1"),
                **made(
                    "Rule",
                    "AWS::EC2::SecurityGroupIngress",
                    {"GroupId": {"Fn::GetAtt": ["Group", "GroupId"]}, "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"},
                    {},
                ),
            },
        },
        passes={"a network": group(CidrIp="10.0.0.0/16"), "a group": group(SourceSecurityGroupId="sg-1")},
    ),
}
