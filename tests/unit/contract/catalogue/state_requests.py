"""Requests in state machines that SageMaker would refuse when they run."""

import json
from typing import Any

from . import Examples, Json

KEY = "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012"
VPC: Json = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
JOB: Json = {
    "TrainingJobName.$": "$$.Execution.Name",
    "RoleArn": "arn:aws:iam::123456789012:role/train",
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": KEY},
    "VpcConfig": VPC,
    "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
OPTIMIZED = "arn:aws:states:::sagemaker:createTrainingJob.sync"
SDK = "arn:aws:states:::aws-sdk:sagemaker:createTrainingJob"


def job(**changes: Any) -> Json:
    """The request of a training job; a member that is None is left out."""
    return {name: value for name, value in {**JOB, **changes}.items() if value is not None}


def written(path: str) -> Json:
    return job(OutputDataConfig={"S3OutputPath": path, "KmsKeyId": KEY})


def hidden(request: Json) -> Json:
    """A job whose machines encrypt what they tell each other."""
    return {**request, "EnableInterContainerTrafficEncryption": True}


def task(request: Any, resource: Any = OPTIMIZED, **members: Any) -> Json:
    return {"Type": "Task", "Resource": resource, "Parameters": request, "End": True, **members}


def steps(state: Json, **members: Any) -> Json:
    return {"StartAt": "Train", "States": {"Train": state}, **members}


def machine(definition: Any, **properties: Any) -> Json:
    return {
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": "arn:aws:iam::123456789012:role/run",
                "DefinitionString": json.dumps(definition),
                **properties,
            },
        }
    }


def as_object(definition: Json, **properties: Any) -> Json:
    found = machine({}, Definition=definition, **properties)
    del found["Machine"]["Properties"]["DefinitionString"]
    return found


def joined(definition: Json, mark: str, value: Any) -> Json:
    """The definition as the CDK writes it: a text joined around a reference."""
    before, after = json.dumps(definition).split(mark)
    return machine({}, DefinitionString={"Fn::Join": ["", [before, value, after]]})


def train(request: Json, resource: Any = SDK) -> Json:
    """A state machine of one request, through the integration that takes every member of the API."""
    return machine(steps(task(request, resource)))


def runs(request: Json) -> Json:
    """A state machine of one request in which functions of CloudFormation may stand."""
    return as_object(steps(task(request, SDK)))


def cluster(**changes: Any) -> Json:
    return {**JOB["ResourceConfig"], **changes}


def auto_ml(problem: Json) -> Json:
    request = {
        "AutoMLJobName": "job",
        "AutoMLJobInputDataConfig": [{"ChannelType": "training"}],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": KEY},
        "SecurityConfig": {"VpcConfig": VPC},
        "RoleArn": "arn:aws:iam::123456789012:role/train",
        "AutoMLProblemTypeConfig": problem,
    }
    return train(request, "arn:aws:states:::aws-sdk:sagemaker:createAutoMLJobV2")


TABULAR = {"TargetAttributeName": "y"}
OF_ITEM = {"TrainingJobName.$": "$.name"}
LONG = {"lr": "x" * 2501}
JSONATA = {
    "Type": "Task",
    "Resource": SDK,
    "End": True,
    "Arguments": {**job(**{"TrainingJobName.$": None}), "TrainingJobName": "{% $states.context.Execution.Name %}"},
}

EXAMPLES = {
    "ST101": Examples(
        fails={
            "a misspelt member": train(job(HyperParameter={"lr": "1"})),
            "through the optimized integration": train(job(HyperParameter={"lr": "1"}), OPTIMIZED),
            "in a branch": machine(
                {
                    "StartAt": "All",
                    "States": {
                        "All": {"Type": "Parallel", "End": True, "Branches": [steps(task(job(HyperParameter={})))]}
                    },
                }
            ),
            "in a map": machine(
                {
                    "StartAt": "Each",
                    "States": {
                        "Each": {
                            "Type": "Map",
                            "End": True,
                            "ItemProcessor": steps(task(job(HyperParameter={}, **OF_ITEM))),
                        }
                    },
                }
            ),
            "in a definition that is an object": as_object(steps(task(job(HyperParameter={})))),
            "filled in by a path": train(job(**{"HyperParameter.$": "$.hyper"})),
        },
        passes={
            "the member's name": train(job(HyperParameters={"lr": "1"})),
            "filled in by a path": train(job(**{"HyperParameters.$": "$.hyper"})),
            "a member as the SDK integration spells it": train(
                {
                    "DomainId": "d-1",
                    "SpaceName": "space",
                    "SpaceSettings": {
                        "CustomFileSystems": [{"EfsFileSystem": {"FileSystemId": "fs-0123456789abcdef0"}}]
                    },
                },
                "arn:aws:states:::aws-sdk:sagemaker:createSpace",
            ),
            "a task that is none of SageMaker": machine(steps(task({"Anything": 1}, "arn:aws:states:::lambda:invoke"))),
        },
    ),
    "ST102": Examples(
        fails={
            "no role": train(job(RoleArn=None)),
            "through the SDK integration": train(job(RoleArn=None), SDK),
            "beside a reference that is no text": joined(
                steps(task(job(RoleArn=None, ResourceConfig=cluster(InstanceCount="COUNT")))),
                '"COUNT"',
                {"Ref": "Count"},
            ),
            "in JSONata": machine(
                steps(
                    {**JSONATA, "Arguments": {**JSONATA["Arguments"], "OutputDataConfig": {"KmsKeyId": KEY}}},
                    QueryLanguage="JSONata",
                )
            ),
        },
        passes={
            "all that is asked for": train(job()),
            "in JSONata": machine(steps(JSONATA, QueryLanguage="JSONata")),
            "a request that is the state's input": machine(steps({"Type": "Task", "Resource": OPTIMIZED, "End": True})),
            "a request that an expression makes": machine(
                steps({**JSONATA, "Arguments": "{% $states.input %}"}, QueryLanguage="JSONata")
            ),
        },
    ),
    "ST103": Examples(
        fails={"a number as text, which nobody converts": train(job(ResourceConfig=cluster(InstanceCount="1")))},
        passes={
            "a number": train(job(ResourceConfig=cluster(InstanceCount=1))),
            "a parameter": joined(
                steps(task(job(ResourceConfig=cluster(InstanceCount="COUNT")))), '"COUNT"', {"Ref": "Count"}
            ),
        },
    ),
    "ST104": Examples(
        fails={
            "a misspelt instance type": train(job(ResourceConfig=cluster(InstanceType="ml.g5.xlarg"))),
            "filled in by DefinitionSubstitutions": machine(
                steps(task(job(ResourceConfig=cluster(InstanceType="${Type}")))),
                DefinitionSubstitutions={"Type": "ml.g5.xlarg"},
            ),
            "in an object, filled in": as_object(
                steps(task(job(ResourceConfig=cluster(InstanceType="${Type}")))),
                DefinitionSubstitutions={"Type": "ml.g5.xlarg"},
            ),
        },
        passes={
            "an instance type": train(job()),
            "a parameter": machine(
                steps(task(job(ResourceConfig=cluster(InstanceType="${Type}")))),
                DefinitionSubstitutions={"Type": {"Ref": "InstanceType"}},
            ),
        },
    ),
    "ST105": Examples(
        fails={"no instances": train(job(ResourceConfig=cluster(InstanceCount=-1)))},
        passes={
            "several instances": train(
                job(ResourceConfig=cluster(InstanceCount=4), EnableInterContainerTrafficEncryption=True)
            )
        },
    ),
    "ST106": Examples(
        fails={
            "a hyperparameter of 2501 characters": train(job(HyperParameters=LONG)),
            "in a definition that is joined around a reference": joined(
                steps(task(job(HyperParameters=LONG, RoleArn="ROLE"))), "ROLE", {"Fn::GetAtt": ["Role", "Arn"]}
            ),
        },
        passes={"a hyperparameter of 2500 characters": train(job(HyperParameters={"lr": "x" * 2500}))},
    ),
    "ST107": Examples(
        fails={"a location that is not in S3": train(written("bucket/out"))},
        passes={
            "a location in S3": train(job()),
            "a location in a bucket of the template": joined(
                steps(task(job(OutputDataConfig={"S3OutputPath": "s3://BUCKET/out", "KmsKeyId": KEY}))),
                "BUCKET",
                {"Ref": "Bucket"},
            ),
        },
    ),
    "ST108": Examples(
        fails={"two kinds of problem": auto_ml({"TabularJobConfig": TABULAR, "ImageClassificationJobConfig": {}})},
        passes={"one kind of problem": auto_ml({"TabularJobConfig": TABULAR})},
    ),
    "ST109": Examples(
        fails={
            "an operation of the API that the optimized integration lacks": train(
                job(), "arn:aws:states:::sagemaker:describeTrainingJob"
            ),
            "a misspelt operation": train(job(), "arn:aws:states:::aws-sdk:sagemaker:createTrainJob"),
            "in a partition that is a reference": joined(
                steps(task(job(), "arn:PARTITION:states:::sagemaker:createTrainJob.sync")),
                "PARTITION",
                {"Ref": "AWS::Partition"},
            ),
        },
        passes={
            "an operation of the optimized integration": train(job(), OPTIMIZED),
            "an operation of the API": train(
                {"TrainingJobName": "job"}, "arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob"
            ),
        },
    ),
    "ST110": Examples(
        fails={
            "the SDK integration": train(job(), f"{SDK}.sync"),
            "a second form of the SDK integration": train(job(), f"{SDK}.sync:2"),
            "an endpoint": train(
                {"EndpointName": "e", "EndpointConfigName": "c"}, "arn:aws:states:::sagemaker:createEndpoint.sync"
            ),
        },
        passes={"a job of the optimized integration": train(job(), OPTIMIZED)},
    ),
    "ST111": Examples(
        fails={"a family that nobody has heard of": train(job(ResourceConfig=cluster(InstanceType="ml.zz9d.large")))},
        passes={"a family of today": train(job(ResourceConfig=cluster(InstanceType="ml.p5.48xlarge")))},
    ),
    "ST112": Examples(
        fails={
            "a member that came later": train(job(RetryStrategy={"MaximumRetryAttempts": 2}), OPTIMIZED),
            "one that a path fills in": train(job(**{"RetryStrategy.$": "$.retry"}), OPTIMIZED),
            "one below": train(job(ResourceConfig=cluster(KeepAlivePeriodInSeconds=600)), OPTIMIZED),
        },
        passes={
            "members of the lists": train(job(HyperParameters={"RandomSeed": "1"}), OPTIMIZED),
            "the SDK integration": train(job(RetryStrategy={"MaximumRetryAttempts": 2})),
        },
    ),
}
