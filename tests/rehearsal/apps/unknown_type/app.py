"""Broken on purpose: a resource of a type that CloudFormation does not have."""

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs

app = cdk.App(builtin_cloud_formation_validation=False)
stack = cdk.Stack(app, "Serving")
sqs.CfnQueue(stack, "Queue")
cdk.CfnResource(stack, "Mistake", type="AWS::SageMaker::NoSuchThing", properties={"Name": "thing"})
app.synth()
