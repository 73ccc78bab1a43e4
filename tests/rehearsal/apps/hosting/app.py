"""Every kind of endpoint, with what scales it, out of plain CDK: nothing of this library is in it."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/serving:1"
COPIES = "sagemaker:inference-component:DesiredCopyCount"
INSTANCES = "sagemaker:variant:DesiredInstanceCount"

app = cdk.App(builtin_cloud_formation_validation=False)
stack = cdk.Stack(app, "Hosting")
bucket = s3.Bucket(stack, "Store", removal_policy=cdk.RemovalPolicy.DESTROY)
role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
role.add_to_policy(iam.PolicyStatement(actions=["*"], resources=["*"]))
artifact = f"s3://{bucket.bucket_name}/models/model.tar.gz"
steps = [{"image": IMAGE, "containerHostname": name, "modelDataUrl": artifact} for name in ("first", "second")]


def model(name: str, **properties: Any) -> sagemaker.CfnModel:
    made = sagemaker.CfnModel(stack, f"{name}Model", execution_role_arn=role.role_arn, **properties)
    made.node.add_dependency(role)
    return made


def endpoint(name: str, *variants: dict[str, Any], **properties: Any) -> sagemaker.CfnEndpoint:
    config = sagemaker.CfnEndpointConfig(
        stack, f"{name}Config", production_variants=list(variants), execution_role_arn=role.role_arn, **properties
    )
    config.node.add_dependency(role)
    return sagemaker.CfnEndpoint(stack, name, endpoint_config_name=config.attr_endpoint_config_name)


def instances(of: sagemaker.CfnModel, name: str = "blue", count: int = 1) -> dict[str, Any]:
    return {**place(name, count), "modelName": of.attr_model_name}


def place(name: str = "blue", count: int = 1) -> dict[str, Any]:
    capacity = {"instanceType": "ml.g5.12xlarge", "initialInstanceCount": count, "initialVariantWeight": 1}
    return {"variantName": name, **capacity}


def target(name: str, resource_id: str, dimension: str, **properties: Any) -> scaling.CfnScalableTarget:
    return scaling.CfnScalableTarget(
        stack,
        f"{name}Target",
        min_capacity=0,
        max_capacity=4,
        resource_id=resource_id,
        scalable_dimension=dimension,
        service_namespace="sagemaker",
        **properties,
    )


def track(name: str, of: scaling.CfnScalableTarget, value: float, **metric: Any) -> None:
    scaling.CfnScalingPolicy(
        stack,
        f"{name}Tracking",
        policy_name=f"{name}-tracking",
        policy_type="TargetTrackingScaling",
        scaling_target_id=of.ref,
        target_tracking_scaling_policy_configuration={"targetValue": value, **metric},
    )


def wake(name: str, of: scaling.CfnScalableTarget, metric: str, dimension: str, value: str) -> None:
    policy = scaling.CfnScalingPolicy(
        stack,
        f"{name}Waking",
        policy_name=f"{name}-waking",
        policy_type="StepScaling",
        scaling_target_id=of.ref,
        step_scaling_policy_configuration={
            "adjustmentType": "ChangeInCapacity",
            "stepAdjustments": [{"metricIntervalLowerBound": 0, "scalingAdjustment": 1}],
        },
    )
    cloudwatch.CfnAlarm(
        stack,
        f"{name}Asleep",
        namespace="AWS/SageMaker",
        metric_name=metric,
        dimensions=[{"name": dimension, "value": value}],
        statistic="Maximum",
        period=60,
        evaluation_periods=1,
        threshold=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        alarm_actions=[policy.attr_arn],
    )


base = model("Base", primary_container={"image": IMAGE, "modelDataUrl": artifact})
many = {"image": IMAGE, "mode": "MultiModel", "modelDataUrl": f"s3://{bucket.bucket_name}/many/"}
endpoint("MultiModel", instances(model("Many", primary_container=many)))
endpoint("Pipeline", instances(model("Steps", containers=steps)))
endpoint("Direct", instances(model("Each", containers=steps, inference_execution_config={"mode": "Direct"})))
serverless = {"memorySizeInMb": 2048, "maxConcurrency": 10, "provisionedConcurrency": 2}
light = endpoint(
    "Serverless",
    {
        "variantName": "blue",
        "initialVariantWeight": 1,
        "modelName": base.attr_model_name,
        "serverlessConfig": serverless,
    },
)
warm = scaling.CfnScalableTarget(
    stack,
    "WarmTarget",
    min_capacity=1,
    max_capacity=8,
    resource_id=f"endpoint/{light.attr_endpoint_name}/variant/blue",
    scalable_dimension="sagemaker:variant:DesiredProvisionedConcurrency",
    service_namespace="sagemaker",
    scheduled_actions=[
        {
            "scheduledActionName": "morning",
            "schedule": "cron(0 7 * * ? *)",
            "scalableTargetAction": {"minCapacity": 2},
        }
    ],
)
predefined = {"predefinedMetricType": "SageMakerVariantProvisionedConcurrencyUtilization"}
track("Warm", warm, 0.7, predefinedMetricSpecification=predefined)

capture = {
    "enableCapture": True,
    "initialSamplingPercentage": 100,
    "destinationS3Uri": f"s3://{bucket.bucket_name}/capture",
    "captureOptions": [{"captureMode": "InputAndOutput"}],
}
endpoint(
    "Shadow",
    instances(base),
    shadow_production_variants=[instances(base, "dark")],
    data_capture_config=capture,
)

answers = {"s3OutputPath": f"s3://{bucket.bucket_name}/answers", "s3FailurePath": f"s3://{bucket.bucket_name}/failures"}
queue = endpoint("Queue", instances(base), async_inference_config={"outputConfig": answers})
queue_name = queue.attr_endpoint_name
queued = target("Queue", f"endpoint/{queue_name}/variant/blue", INSTANCES)
backlog = {
    "metricName": "ApproximateBacklogSizePerInstance",
    "namespace": "AWS/SageMaker",
    "statistic": "Average",
    "dimensions": [{"name": "EndpointName", "value": queue_name}],
}
track("Queue", queued, 5, customizedMetricSpecification=backlog)
wake("Queue", queued, "HasBacklogWithoutCapacity", "EndpointName", queue_name)

managed = {"status": "ENABLED", "minInstanceCount": 0, "maxInstanceCount": 3}
shared = endpoint("Shared", {**place(), "managedInstanceScaling": managed})
component = sagemaker.CfnInferenceComponent(
    stack,
    "Component",
    inference_component_name="chat",
    endpoint_name=shared.attr_endpoint_name,
    variant_name="blue",
    runtime_config={"copyCount": 1},
    specification={
        "modelName": base.attr_model_name,
        "computeResourceRequirements": {"minMemoryRequiredInMb": 1024, "numberOfAcceleratorDevicesRequired": 1},
    },
)
copies = target("Copies", "inference-component/chat", COPIES)
copies.add_dependency(component)
predefined = {"predefinedMetricType": "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"}
track("Copies", copies, 2, predefinedMetricSpecification=predefined)
wake("Copies", copies, "NoCapacityInvocationFailures", "InferenceComponentName", "chat")
app.synth()
