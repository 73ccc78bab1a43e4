"""Broken on purpose: the model's artifact is not in the bucket."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker

app = cdk.App(builtin_cloud_formation_validation=False)
stack = cdk.Stack(app, "Serving")
bucket = s3.Bucket(stack, "Artifacts", removal_policy=cdk.RemovalPolicy.DESTROY)
role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
bucket.grant_read(role)
model = sagemaker.CfnModel(
    stack,
    "Model",
    execution_role_arn=role.role_arn,
    primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
        image="123456789012.dkr.ecr.us-east-1.amazonaws.com/serving:1",
        model_data_url=f"s3://{bucket.bucket_name}/models/absent.tar.gz",
    ),
)
model.node.add_dependency(role)
config = sagemaker.CfnEndpointConfig(
    stack,
    "Config",
    production_variants=[
        sagemaker.CfnEndpointConfig.ProductionVariantProperty(
            model_name=model.attr_model_name,
            variant_name="blue",
            initial_instance_count=1,
            initial_variant_weight=1,
            instance_type="ml.m5.large",
        )
    ],
)
sagemaker.CfnEndpoint(stack, "Endpoint", endpoint_config_name=config.attr_endpoint_config_name)
app.synth()
