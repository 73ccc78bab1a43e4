"""Everything that a rehearsal exercises, out of plain CDK: nothing of this library is in it."""

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_stepfunctions as sfn

REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"

app = cdk.App(builtin_cloud_formation_validation=False)
foundation = cdk.Stack(app, "Foundation")
bucket = s3.Bucket(foundation, "Artifacts")  # retained, as the CDK does by default
role = iam.Role(
    foundation,
    "Role",
    assumed_by=iam.CompositePrincipal(
        iam.ServicePrincipal("sagemaker.amazonaws.com"), iam.ServicePrincipal("states.amazonaws.com")
    ),
)
role.add_to_policy(iam.PolicyStatement(actions=["*"], resources=["*"]))

training = cdk.Stack(app, "Training")
request = {
    "TrainingJobName.$": "States.Format('train-{}', $$.Execution.Name)",
    "RoleArn": role.role_arn,
    "AlgorithmSpecification": {"TrainingImage": f"{REGISTRY}/training:1", "TrainingInputMode": "File"},
    "HyperParameters": {"epochs": "3"},
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket.bucket_name}/data/train/"}
            },
        }
    ],
    "OutputDataConfig": {"S3OutputPath": f"s3://{bucket.bucket_name}/models/"},
    "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 50},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
train = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
    "Parameters": request,
    "End": True,
}
definition = {"StartAt": "Train", "States": {"Train": train}}
sfn.CfnStateMachine(training, "Machine", role_arn=role.role_arn, definition_string=training.to_json_string(definition))

serving = cdk.Stack(app, "Serving")
model = sagemaker.CfnModel(
    serving,
    "Model",
    execution_role_arn=role.role_arn,
    primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
        image=f"{REGISTRY}/serving:1", model_data_url=f"s3://{bucket.bucket_name}/models/model.tar.gz"
    ),
)
config = sagemaker.CfnEndpointConfig(
    serving,
    "Config",
    production_variants=[
        sagemaker.CfnEndpointConfig.ProductionVariantProperty(
            model_name=model.attr_model_name,
            variant_name="blue",
            initial_instance_count=1,
            initial_variant_weight=1,
            instance_type="ml.g5.xlarge",
        )
    ],
)
endpoint = sagemaker.CfnEndpoint(serving, "Endpoint", endpoint_config_name=config.attr_endpoint_config_name)
target = scaling.CfnScalableTarget(
    serving,
    "Target",
    min_capacity=1,
    max_capacity=4,
    resource_id=f"endpoint/{endpoint.attr_endpoint_name}/variant/blue",
    scalable_dimension="sagemaker:variant:DesiredInstanceCount",
    service_namespace="sagemaker",
)
scaling.CfnScalingPolicy(
    serving,
    "Policy",
    policy_name="invocations",
    policy_type="TargetTrackingScaling",
    scaling_target_id=target.ref,
    target_tracking_scaling_policy_configuration=scaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
        target_value=600,
        predefined_metric_specification=scaling.CfnScalingPolicy.PredefinedMetricSpecificationProperty(
            predefined_metric_type="SageMakerVariantInvocationsPerInstance"
        ),
    ),
)
app.synth()
