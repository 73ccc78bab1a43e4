"""Roles that cannot do what uses them asks for."""

from typing import Any

from . import Examples, Json
from .iam_documents import READ, TRUST, changed, document, role
from .iam_rights import PASS
from .models import SAFE
from .security_around import bucket
from .shapes import config
from .state_requests import job, machine, steps, task

STATES = {**TRUST, "Principal": {"Service": "states.amazonaws.com"}}
CREATE: Json = {
    "Effect": "Allow",
    "Action": "sagemaker:CreateTrainingJob",
    "Resource": "arn:aws:sagemaker:eu-west-1:123456789012:training-job/*",
}
WAIT: Json = {
    "Effect": "Allow",
    "Action": ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
    "Resource": "arn:aws:events:eu-west-1:123456789012:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule",
}
ARN = {"Fn::GetAtt": ["Role", "Arn"]}


def runs(*statements: Json, trust: Any = STATES, **properties: Any) -> Json:
    """A state machine that trains, and its role."""
    given = role(*statements, AssumeRolePolicyDocument=document(trust), **properties)
    return {**given, **machine(steps(task(job())), RoleArn=ARN)}


def model(*statements: Json, data: Any = "s3://data/model.tar.gz", trust: Any = TRUST, **more: Json) -> Json:
    container = {"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1", "ModelDataUrl": data}
    properties = {**SAFE, "ExecutionRoleArn": ARN, "PrimaryContainer": {k: v for k, v in container.items() if v}}
    own = {"Model": {"Type": "AWS::SageMaker::Model", "Properties": properties}}
    return {**role(*statements, AssumeRolePolicyDocument=document(trust)), **own, **more}


def prefix(*statements: Json, data: Any = "s3://data/models/", **more: Json) -> Json:
    """A multi-model and its role."""
    found = model(*statements, data=data, **more)
    found["Model"]["Properties"]["PrimaryContainer"]["Mode"] = "MultiModel"
    return found


def pulls(image: Any, *statements: Json, **more: Json) -> Json:
    """A model without artifacts, whose image is *image*."""
    found = model(*statements, data=None, **more)
    found["Model"]["Properties"]["PrimaryContainer"]["Image"] = image
    return found


def notifies(*statements: Json, topic: Json | None = None, **more: Json) -> Json:
    """An asynchronous endpoint configuration, its model with its role, and its topic."""
    output = {
        "S3OutputPath": "s3://bucket/out",
        "KmsKeyId": "alias/own",
        "NotificationConfig": {"ErrorTopic": {"Ref": "Topic"}},
    }
    found = config(ModelName={"Fn::GetAtt": ["Model", "ModelName"]})["Resource"]
    found["Properties"]["AsyncInferenceConfig"] = {"OutputConfig": output}
    own = {
        "Config": found,
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": topic or {"KmsMasterKeyId": "alias/own"}},
    }
    return {**model(*statements, data=None), **own, **more}


def apart(*statements: Json) -> Json:
    """The rights in a policy of their own."""
    properties = {"PolicyName": "own", "PolicyDocument": document(*statements), "Roles": [{"Ref": "Role"}]}
    return {"Own": {"Type": "AWS::IAM::Policy", "Properties": properties}}


IN_BUCKET = {"Fn::Sub": "s3://${Bucket}/model.tar.gz"}
DATA = {"Ref": "Data"}
SAFE_BUCKET = bucket()
BUCKETS: Json = {
    "Bucket": SAFE_BUCKET["Bucket"],
    "Other": {"Type": "AWS::S3::Bucket", "Properties": {}},
    "BucketPolicy": SAFE_BUCKET["Policy"],
}
LIST = changed(READ, Action="s3:ListBucket", Resource="arn:aws:s3:::data")
ASSET = {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/own:1"}
OWN_IMAGE = {"Fn::Join": ["", [{"Fn::GetAtt": ["Repository", "RepositoryUri"]}, ":1"]]}
REPOSITORY: Json = {"Repository": {"Type": "AWS::ECR::Repository", "Properties": {}}}
PULL: Json = {
    "Effect": "Allow",
    "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    "Resource": "arn:aws:ecr:eu-west-1:123456789012:repository/own",
}
LOG_IN: Json = {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
PUBLISH: Json = {"Effect": "Allow", "Action": "sns:Publish", "Resource": {"Ref": "Topic"}}
LET_PUBLISH: Json = {
    "Letting": {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [{"Ref": "Topic"}],
            "PolicyDocument": document({**PUBLISH, "Principal": {"AWS": ARN}}),
        },
    }
}
ENOUGH = (CREATE, PASS, WAIT)
LETS_IN = {**READ, "Principal": {"AWS": ARN}}
LETTING = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": "data", "PolicyDocument": document(LETS_IN)}}

EXAMPLES = {
    "IA151": Examples(
        fails={"a role for SageMaker": runs(*ENOUGH, trust=TRUST)},
        passes={
            "a role for Step Functions": runs(*ENOUGH),
            "in a region": runs(*ENOUGH, trust={**STATES, "Principal": {"Service": "states.eu-west-1.amazonaws.com"}}),
            "a reference": runs(*ENOUGH, trust={**STATES, "Principal": {"Service": {"Ref": "Service"}}}),
        },
    ),
    "IA153": Examples(
        fails={"no right to start": runs(PASS, WAIT), "in a policy of its own": runs() | apart(PASS, WAIT)},
        passes={
            "the right": runs(*ENOUGH),
            "in a policy of its own": runs() | apart(*ENOUGH),
            "a managed policy of elsewhere": runs(PASS, WAIT, ManagedPolicyArns=[{"Ref": "Own"}]),
            "a wildcard": runs({**CREATE, "Action": "sagemaker:Create*Job"}, PASS, WAIT),
        },
    ),
    "IA154": Examples(
        fails={"no right to pass": runs(CREATE, WAIT)},
        passes={"the right": runs(*ENOUGH)},
    ),
    "IA155": Examples(
        fails={
            "no rule of events": runs(CREATE, PASS),
            "half of it": runs(CREATE, PASS, {**WAIT, "Action": ["events:PutRule", "events:PutTargets"]}),
        },
        passes={
            "the rule": runs(*ENOUGH),
            "a job that nobody waits for": {
                **runs(CREATE, PASS),
                **machine(steps(task(job(), "arn:aws:states:::sagemaker:createTrainingJob")), RoleArn=ARN),
            },
        },
    ),
    "IA156": Examples(
        fails={
            "no right to read": model(changed(READ, Action="s3:PutObject")),
            "another bucket": model(changed(READ, Resource="arn:aws:s3:::other/*")),
            "another bucket of the template": model(
                changed(READ, Resource={"Fn::Sub": "${Other.Arn}/*"}), data=IN_BUCKET, **BUCKETS
            ),
            "another prefix": model(changed(READ, Resource="arn:aws:s3:::data/other/*")),
        },
        passes={
            "the right": model(READ),
            "the bucket of the template": model(
                changed(READ, Resource={"Fn::Sub": "${Bucket.Arn}/*"}), data=IN_BUCKET, **BUCKETS
            ),
            "a bucket that is a parameter": model(changed(READ, Resource={"Fn::Sub": "arn:aws:s3:::${Data}/*"})),
            "artifacts that are a parameter": model(READ, data={"Ref": "Data"}),
            "a policy of the bucket": model(Letting=LETTING),
            "no artifacts": model(data=None),
            "a policy of elsewhere": {
                **model(),
                "Own": {
                    "Type": "AWS::IAM::Policy",
                    "Properties": {"PolicyName": "own", "PolicyDocument": document(READ), "Roles": [{"Ref": "Names"}]},
                },
            },
        },
    ),
    "IA157": Examples(
        fails={
            "no right to list": prefix(READ),
            "a right to list another bucket": prefix(READ, changed(LIST, Resource="arn:aws:s3:::other")),
        },
        passes={
            "the right": prefix(READ, LIST),
            "one object": model(READ),
            "a parameter": prefix(READ, LIST, data=DATA),
        },
    ),
    "IA158": Examples(
        fails={
            "an image of the account": pulls(ASSET, READ),
            "an image of a repository of the template": pulls(OWN_IMAGE, PULL, **REPOSITORY),
        },
        passes={
            "the rights": pulls(OWN_IMAGE, PULL, LOG_IN, **REPOSITORY),
            "an image of another account, which may let the role in": model(READ),
            "an image of what is no repository": pulls(OWN_IMAGE, READ, Repository={"Type": "Custom::Repository"}),
        },
    ),
    "IA159": Examples(
        fails={"no right to publish": notifies(READ)},
        passes={
            "the right": notifies(PUBLISH),
            "a policy of the topic": notifies(READ, **LET_PUBLISH),
            "a topic of elsewhere": {**notifies(READ), "Topic": {"Type": "Custom::Topic"}},
        },
    ),
}
