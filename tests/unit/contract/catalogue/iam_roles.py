"""Roles that cannot do what uses them asks for."""

from typing import Any

from . import Examples, Json
from .iam_documents import READ, TRUST, changed, document, role
from .iam_rights import PASS
from .models import SAFE
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


def model(*statements: Json, data: str | None = "s3://data/model.tar.gz", trust: Any = TRUST, **more: Json) -> Json:
    container = {"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1", "ModelDataUrl": data}
    properties = {**SAFE, "ExecutionRoleArn": ARN, "PrimaryContainer": {k: v for k, v in container.items() if v}}
    own = {"Model": {"Type": "AWS::SageMaker::Model", "Properties": properties}}
    return {**role(*statements, AssumeRolePolicyDocument=document(trust)), **own, **more}


def apart(*statements: Json) -> Json:
    """The rights in a policy of their own."""
    properties = {"PolicyName": "own", "PolicyDocument": document(*statements), "Roles": [{"Ref": "Role"}]}
    return {"Own": {"Type": "AWS::IAM::Policy", "Properties": properties}}


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
        fails={"no right to read": model(changed(READ, Action="s3:PutObject"))},
        passes={
            "the right": model(READ),
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
}
