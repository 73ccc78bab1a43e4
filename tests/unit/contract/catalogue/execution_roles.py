"""Roles that SageMaker cannot take on, or not yet."""

from typing import Any

from . import Examples, Json
from .endpoints import config
from .models import called, changed
from .shapes import model
from .state_requests import job, joined, steps, task

ARN = {"Fn::GetAtt": ["Role", "Arn"]}
LOGS = "arn:aws:logs:*:*:log-group:/aws/sagemaker/*"
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/models/*"}

OWN = {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [READ]}}


def role(service: Any = "sagemaker.amazonaws.com", **properties: Any) -> Json:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, **properties}}}


def policy(statement: Json, name: str = "Policy") -> Json:
    document = {"Version": "2012-10-17", "Statement": [statement]}
    properties = {"PolicyName": name, "PolicyDocument": document, "Roles": [{"Ref": "Role"}]}
    return {name: {"Type": "AWS::IAM::Policy", "Properties": properties}}


def of_role(**attributes: Any) -> Json:
    (content,) = changed(model(), ExecutionRoleArn=ARN).values()
    return {"Model": {**content, **attributes}}


EXAMPLES = {
    "SM287": Examples(
        fails={
            "a policy made beside it": {**of_role(), **role(), **policy(READ)},
            "a dependency on the role alone": {**of_role(DependsOn="Role"), **role(), **policy(READ)},
        },
        passes={
            "a dependency": {**of_role(DependsOn=["Policy"]), **role(), **policy(READ)},
            "a dependency through another": {
                **of_role(DependsOn="Wait"),
                **role(),
                **policy(READ),
                "Wait": {"Type": "AWS::CloudFormation::WaitConditionHandle", "DependsOn": "Policy"},
            },
            "a policy in the role": {
                **of_role(),
                **role(
                    Policies=[{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [READ]}}]
                ),
            },
            "a policy beside one in the role": {
                **of_role(),
                **role(
                    Policies=[{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [READ]}}]
                ),
                **policy(READ),
            },
            "a policy that names the model": {
                **of_role(),
                **role(),
                **policy({**READ, "Resource": {"Fn::Sub": "arn:aws:s3:::bucket/${Model.ModelName}/*"}}),
            },
            "a policy of another role": {
                **of_role(),
                **role(),
                "Policy": {
                    "Type": "AWS::IAM::Policy",
                    "Properties": {**policy(READ)["Policy"]["Properties"], "Roles": ["other"]},
                },
            },
            "a policy for what comes later": {
                **of_role(),
                **role(),
                **policy(
                    {**READ, "Action": ["logs:PutLogEvents"], "Resource": "arn:aws:logs:*:*:log-group:/aws/sagemaker/*"}
                ),
            },
            "a role from elsewhere": {**called("Model", model()), **role(), **policy(READ)},
            "one of two policies": {
                **of_role(DependsOn=["Policy"]),
                **role(),
                **policy(READ),
                **policy(READ, "Later"),
            },
        },
    ),
    "SM288": Examples(
        fails={
            "a model": {**of_role(), **role("states.amazonaws.com")},
            "a configuration": {
                **config(ExecutionRoleArn=ARN),
                **role(["lambda.amazonaws.com", "states.amazonaws.com"]),
            },
            "a job": {
                **joined(steps(task(job(RoleArn="ROLE"))), "ROLE", ARN),
                **role("states.amazonaws.com"),
            },
        },
        passes={
            "a role for it": {**of_role(), **role()},
            "one of several services": {**of_role(), **role(["states.amazonaws.com", "sagemaker.amazonaws.com"])},
            "a service that is a reference": {
                **of_role(),
                **role({"Fn::Join": ["", ["sagemaker.", {"Ref": "AWS::URLSuffix"}]]}),
            },
            "services that are a parameter": {**of_role(), **role({"Ref": "Services"})},
            "one of the services a parameter": {**of_role(), **role([{"Ref": "Service"}])},
            "a trust that is a function": {
                **of_role(),
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {"AssumeRolePolicyDocument": {"Fn::FindInMap": ["A", "B", "C"]}},
                },
            },
            "a role from elsewhere": model(),
        },
    ),
}
