"""Write the templates of this folder: what other construct libraries make of SageMaker; README.md tells how."""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import right  # beside this file, which is run as a script
from aws_cdk import App, Duration, Size, Stack
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sagemaker_alpha as alpha
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

HERE = Path(__file__).parent
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"
ROLE = "arn:aws:iam::123456789012:role/sagemaker"


def _alpha_model(stack: Stack, **options: Any) -> alpha.Model:
    repository = cdk.aws_ecr.Repository.from_repository_name(stack, "Repository", "own")
    bucket = s3.Bucket.from_bucket_name(stack, "Weights", "weights")
    container = alpha.ContainerDefinition(
        image=alpha.ContainerImage.from_ecr_repository(repository, "1"),
        model_data=alpha.ModelData.from_bucket(bucket, "model.tar.gz"),
    )
    return alpha.Model(stack, "Model", containers=[container], **options)


def alpha_endpoint(stack: Stack) -> None:
    model = _alpha_model(stack, network_isolation=True)
    variant = alpha.InstanceProductionVariantProps(
        model=model, variant_name="blue", instance_type=alpha.InstanceType.M5_LARGE, initial_instance_count=2
    )
    config = alpha.EndpointConfig(stack, "Config", instance_production_variants=[variant])
    endpoint = alpha.Endpoint(stack, "Endpoint", endpoint_config=config)
    production = endpoint.find_instance_production_variant("blue")
    production.auto_scale_instance_count(min_capacity=1, max_capacity=4).scale_on_invocations(
        "Invocations", max_requests_per_second=30
    )
    production.metric_model_latency().create_alarm(stack, "Slow", threshold=100_000, evaluation_periods=3)


def alpha_in_vpc(stack: Stack) -> None:
    model = _alpha_model(stack, vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0))
    variants = [
        alpha.InstanceProductionVariantProps(model=model, variant_name=name, initial_variant_weight=weight)
        for name, weight in (("blue", 9), ("green", 1))
    ]
    key = kms.Key(stack, "Key")
    alpha.EndpointConfig(stack, "Config", encryption_key=key, instance_production_variants=variants)


def generative_custom_endpoint(stack: Stack) -> None:
    from cdklabs import generative_ai_cdk_constructs as generative

    generative.CustomSageMakerEndpoint(
        stack,
        "Endpoint",
        model_id="own/model",
        instance_type=generative.SageMakerInstanceType.ML_G5_2_XLARGE,
        container=generative.ContainerImage.from_ecr_repository(
            cdk.aws_ecr.Repository.from_repository_name(stack, "Repository", "own"), "1"
        ),
        model_data_url="s3://weights/model/model.tar.gz",
        endpoint_name="own-endpoint",
        environment={"MAX_INPUT_TOKENS": "2048"},
    )


def generative_hugging_face(stack: Stack) -> None:
    from cdklabs import generative_ai_cdk_constructs as generative

    generative.HuggingFaceSageMakerEndpoint(
        stack,
        "Endpoint",
        model_id="org/model",
        instance_type=generative.SageMakerInstanceType.ML_G5_2_XLARGE,
        container=generative.ContainerImage.from_ecr_repository(
            cdk.aws_ecr.Repository.from_repository_name(stack, "Repository", "own"), "1"
        ),
        endpoint_name="hub-endpoint",
    )


def solutions_api_gateway(stack: Stack) -> None:
    from aws_solutions_constructs.aws_apigateway_sagemakerendpoint import ApiGatewayToSageMakerEndpoint

    ApiGatewayToSageMakerEndpoint(
        stack,
        "Api",
        endpoint_name="my-endpoint",
        resource_path="{user_id}",
        request_mapping_template='{"instances": []}',
    )


def solutions_lambda(stack: Stack) -> None:
    from aws_cdk import aws_lambda
    from aws_solutions_constructs.aws_lambda_sagemakerendpoint import LambdaToSagemakerEndpoint

    LambdaToSagemakerEndpoint(
        stack,
        "Function",
        lambda_function_props=aws_lambda.FunctionProps(
            runtime=aws_lambda.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=aws_lambda.Code.from_inline("def handler(event, context): return event"),
        ),
        model_props=sagemaker.CfnModelProps(
            execution_role_arn=ROLE, primary_container={"image": IMAGE, "modelDataUrl": "s3://weights/model.tar.gz"}
        ),
    )


def _model(stack: Stack, id: str = "Model", **options: Any) -> sagemaker.CfnModel:
    return sagemaker.CfnModel(stack, id, execution_role_arn=ROLE, primary_container={"image": IMAGE}, **options)


def _endpoint(stack: Stack, variant: dict[str, Any], **options: Any) -> sagemaker.CfnEndpoint:
    variants = [{"variantName": "blue", "modelName": _model(stack).attr_model_name, **variant}]
    variants[0].setdefault("initialVariantWeight", 1)
    config = sagemaker.CfnEndpointConfig(stack, "Config", production_variants=variants, **options)
    return sagemaker.CfnEndpoint(stack, "Endpoint", endpoint_config_name=config.attr_endpoint_config_name)


def l1_serverless(stack: Stack) -> None:
    capacity = {"memorySizeInMb": 2048, "maxConcurrency": 20, "provisionedConcurrency": 5}
    endpoint = _endpoint(stack, {"serverlessConfig": capacity})
    target = scaling.ScalableTarget(
        stack,
        "Target",
        service_namespace=scaling.ServiceNamespace.SAGEMAKER,
        scalable_dimension="sagemaker:variant:DesiredProvisionedConcurrency",
        resource_id=f"endpoint/{endpoint.attr_endpoint_name}/variant/blue",
        min_capacity=1,
        max_capacity=20,
    )
    target.scale_to_track_metric(
        "Utilization",
        target_value=0.7,
        predefined_metric=scaling.PredefinedMetric.SAGEMAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION,
    )
    target.scale_on_schedule("Morning", schedule=scaling.Schedule.cron(hour="8", minute="0"), min_capacity=5)


def l1_asynchronous(stack: Stack) -> None:
    topic = sns.Topic(stack, "Done")
    output = {"s3OutputPath": "s3://answers/out", "notificationConfig": {"successTopic": topic.topic_arn}}
    endpoint = _endpoint(
        stack,
        {"instanceType": "ml.g5.xlarge", "initialInstanceCount": 1},
        async_inference_config={"outputConfig": output},
    )
    target = scaling.ScalableTarget(
        stack,
        "Target",
        service_namespace=scaling.ServiceNamespace.SAGEMAKER,
        scalable_dimension="sagemaker:variant:DesiredInstanceCount",
        resource_id=f"endpoint/{endpoint.attr_endpoint_name}/variant/blue",
        min_capacity=0,
        max_capacity=3,
    )
    dimensions = {"EndpointName": endpoint.attr_endpoint_name}

    def metric(name: str, statistic: str = "Average") -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/SageMaker",
            metric_name=name,
            dimensions_map=dimensions,
            statistic=statistic,
            period=Duration.minutes(1),
        )

    target.scale_to_track_metric("Backlog", target_value=5, custom_metric=metric("ApproximateBacklogSizePerInstance"))
    target.scale_on_metric(
        "Wake",
        metric=metric("HasBacklogWithoutCapacity", "Maximum"),
        adjustment_type=scaling.AdjustmentType.EXACT_CAPACITY,
        scaling_steps=[scaling.ScalingInterval(lower=1, change=1), scaling.ScalingInterval(upper=0, change=0)],
    )


def l1_components(stack: Stack) -> None:
    variant = {
        "variantName": "blue",
        "instanceType": "ml.g5.12xlarge",
        "initialInstanceCount": 1,
        "managedInstanceScaling": {"status": "ENABLED", "minInstanceCount": 1, "maxInstanceCount": 2},
        "routingConfig": {"routingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
    }
    config = sagemaker.CfnEndpointConfig(stack, "Config", production_variants=[variant], execution_role_arn=ROLE)
    endpoint = sagemaker.CfnEndpoint(stack, "Endpoint", endpoint_config_name=config.attr_endpoint_config_name)
    requirements = {"minMemoryRequiredInMb": 4096, "numberOfAcceleratorDevicesRequired": 1}
    component = sagemaker.CfnInferenceComponent(
        stack,
        "Component",
        inference_component_name="own-component",
        endpoint_name=endpoint.attr_endpoint_name,
        variant_name="blue",
        specification={"modelName": _model(stack).attr_model_name, "computeResourceRequirements": requirements},
        runtime_config={"copyCount": 1},
    )
    target = scaling.CfnScalableTarget(
        stack,
        "Target",
        service_namespace="sagemaker",
        scalable_dimension="sagemaker:inference-component:DesiredCopyCount",
        resource_id=f"inference-component/{component.inference_component_name}",
        min_capacity=1,
        max_capacity=4,
    )
    target.add_dependency(component)
    scaling.CfnScalingPolicy(
        stack,
        "Policy",
        policy_name="copies",
        policy_type="TargetTrackingScaling",
        scaling_target_id=target.ref,
        target_tracking_scaling_policy_configuration={
            "targetValue": 5,
            "predefinedMetricSpecification": {"predefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"},
        },
    )


def l1_studio(stack: Stack) -> None:
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1)
    sagemaker.CfnDomain(
        stack,
        "Domain",
        domain_name="studio",
        auth_mode="IAM",
        vpc_id=vpc.vpc_id,
        subnet_ids=[subnet.subnet_id for subnet in vpc.private_subnets],
        default_user_settings={"executionRole": ROLE},
        app_network_access_type="VpcOnly",
    )
    sagemaker.CfnNotebookInstance(stack, "Notebook", instance_type="ml.t3.medium", role_arn=ROLE)


def l1_feature_group(stack: Stack) -> None:
    sagemaker.CfnFeatureGroup(
        stack,
        "Features",
        feature_group_name="features",
        record_identifier_feature_name="id",
        event_time_feature_name="at",
        feature_definitions=[
            {"featureName": "id", "featureType": "String"},
            {"featureName": "at", "featureType": "String"},
        ],
        online_store_config={"EnableOnlineStore": True},
        role_arn=ROLE,
    )


def tasks_training(stack: Stack) -> None:
    bucket = s3.Bucket(stack, "Data", enforce_ssl=True)
    train = tasks.SageMakerCreateTrainingJob(
        stack,
        "Train",
        training_job_name=sfn.JsonPath.string_at("$$.Execution.Name"),
        algorithm_specification=tasks.AlgorithmSpecification(
            training_image=tasks.DockerImage.from_registry(IMAGE), training_input_mode=tasks.InputMode.FILE
        ),
        input_data_config=[
            tasks.Channel(
                channel_name="train",
                data_source=tasks.DataSource(
                    s3_data_source=tasks.S3DataSource(s3_location=tasks.S3Location.from_bucket(bucket, "train"))
                ),
            )
        ],
        output_data_config=tasks.OutputDataConfig(s3_output_location=tasks.S3Location.from_bucket(bucket, "out")),
        resource_config=tasks.ResourceConfig(
            instance_count=1,
            instance_type=ec2.InstanceType.of(ec2.InstanceClass.M5, ec2.InstanceSize.XLARGE),
            volume_size=Size.gibibytes(50),
        ),
        stopping_condition=tasks.StoppingCondition(max_runtime=Duration.hours(1)),
        integration_pattern=sfn.IntegrationPattern.RUN_JOB,
    )
    sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(train))


def tasks_deployment(stack: Stack) -> None:
    model = tasks.SageMakerCreateModel(
        stack,
        "Model",
        model_name=sfn.JsonPath.string_at("$.name"),
        primary_container=tasks.ContainerDefinition(
            image=tasks.DockerImage.from_registry(IMAGE),
            mode=tasks.Mode.SINGLE_MODEL,
            model_s3_location=tasks.S3Location.from_json_expression("$.weights"),
        ),
        role=iam.Role.from_role_arn(stack, "Role", ROLE),
        result_path="$.model",
    )
    config = tasks.SageMakerCreateEndpointConfig(
        stack,
        "Config",
        endpoint_config_name=sfn.JsonPath.string_at("$.name"),
        production_variants=[
            tasks.ProductionVariant(
                initial_instance_count=1,
                instance_type=ec2.InstanceType("m5.xlarge"),
                model_name=sfn.JsonPath.string_at("$.name"),
                variant_name="blue",
            )
        ],
        result_path="$.config",
    )
    endpoint = tasks.SageMakerCreateEndpoint(
        stack,
        "Endpoint",
        endpoint_name=sfn.JsonPath.string_at("$.name"),
        endpoint_config_name=sfn.JsonPath.string_at("$.name"),
    )
    body = sfn.DefinitionBody.from_chainable(model.next(config).next(endpoint))
    sfn.StateMachine(stack, "Machine", definition_body=body)


def tasks_transform(stack: Stack) -> None:
    transform = tasks.SageMakerCreateTransformJob(
        stack,
        "Score",
        transform_job_name=sfn.JsonPath.string_at("$$.Execution.Name"),
        model_name="model",
        transform_input=tasks.TransformInput(
            transform_data_source=tasks.TransformDataSource(
                s3_data_source=tasks.TransformS3DataSource(
                    s3_uri="s3://data/in", s3_data_type=tasks.S3DataType.S3_PREFIX
                )
            )
        ),
        transform_output=tasks.TransformOutput(s3_output_path="s3://data/out"),
        transform_resources=tasks.TransformResources(instance_count=1, instance_type=ec2.InstanceType("m5.xlarge")),
        integration_pattern=sfn.IntegrationPattern.RUN_JOB,
    )
    sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(transform))


STACKS: tuple[Callable[[Stack], None], ...] = (
    alpha_endpoint,
    alpha_in_vpc,
    generative_custom_endpoint,
    generative_hugging_face,
    solutions_api_gateway,
    solutions_lambda,
    l1_serverless,
    l1_asynchronous,
    l1_components,
    l1_studio,
    l1_feature_group,
    tasks_training,
    tasks_deployment,
    tasks_transform,
)


def main() -> None:
    """Write one file a function."""
    for folder, stacks in ((HERE, STACKS), (HERE / "right", right.STACKS)):
        _write(folder, stacks)


def _write(target: Path, stacks: Sequence[Callable[[Stack], None]]) -> None:
    for build in stacks:
        with tempfile.TemporaryDirectory() as folder:
            app = App(outdir=folder, analytics_reporting=False)
            stack = Stack(app, build.__name__.replace("_", "-"))
            try:
                build(stack)
                app.synth()
            except Exception as error:  # one library out of step is told, and does not keep the rest
                sys.stderr.write(f"{build.__name__}: {type(error).__name__}: {str(error)[:600]}\n")
                continue
            template = json.loads(Path(folder, f"{stack.stack_name}.template.json").read_text())
        (target / f"{build.__name__}.json").write_text(json.dumps(template, indent=1) + "\n")


if __name__ == "__main__":
    main()
