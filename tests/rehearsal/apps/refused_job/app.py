"""Broken on purpose: SageMaker refuses the request of the state machine, whose volume has a size below 1."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn

app = cdk.App(builtin_cloud_formation_validation=False)
stack = cdk.Stack(app, "Training")
bucket = s3.Bucket(stack, "Artifacts", removal_policy=cdk.RemovalPolicy.DESTROY)
role = iam.Role(
    stack,
    "Role",
    assumed_by=iam.CompositePrincipal(
        iam.ServicePrincipal("sagemaker.amazonaws.com"), iam.ServicePrincipal("states.amazonaws.com")
    ),
)
role.add_to_policy(iam.PolicyStatement(actions=["*"], resources=["*"]))
request = {
    "TrainingJobName.$": "States.Format('refused-{}', $$.Execution.Name)",
    "RoleArn": role.role_arn,
    "AlgorithmSpecification": {
        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1",
        "TrainingInputMode": "File",
    },
    "OutputDataConfig": {"S3OutputPath": f"s3://{bucket.bucket_name}/models/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": -1},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
definition = {
    "StartAt": "Train",
    "States": {
        "Train": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
            "Parameters": request,
            "End": True,
        }
    },
}
machine = sfn.CfnStateMachine(
    stack, "Machine", role_arn=role.role_arn, definition_string=stack.to_json_string(definition)
)
machine.node.add_dependency(role)
app.synth()
