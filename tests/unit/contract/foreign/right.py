"""What other construct libraries make of SageMaker in the hands of somebody who gives all that is asked for.

Each has its keys, network, trust for one account and a second machine; no rule finds anything in them.
"""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
from aws_cdk import Duration, Size, Stack
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as functions
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sagemaker_alpha as alpha
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"
# Application Auto Scaling takes its service-linked role whatever it is given.
SCALES = (
    "arn:aws:iam::123456789012:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)
INSTANCES, CONCURRENCY = "sagemaker:variant:DesiredInstanceCount", "sagemaker:variant:DesiredProvisionedConcurrency"


def _key(stack: Stack) -> kms.Key:
    return kms.Key(stack, "Key", enable_key_rotation=True)


def _vpc(stack: Stack) -> ec2.IVpc:
    # Of another stack, since endpoints leave network interfaces behind for a while.
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        isolated_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    )


def _network(stack: Stack) -> dict[str, list[str]]:
    vpc = _vpc(stack)
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc, allow_all_outbound=False)
    subnets = [subnet.subnet_id for subnet in vpc.isolated_subnets]
    return {"subnets": subnets, "securityGroupIds": [group.security_group_id]}


def _bucket(stack: Stack, key: kms.IKey) -> s3.Bucket:
    return s3.Bucket(
        stack,
        "Data",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        enforce_ssl=True,
        versioned=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        server_access_logs_bucket=s3.Bucket.from_bucket_name(stack, "Logs", "logs"),
        server_access_logs_prefix="data/",
    )


def _role(stack: Stack) -> iam.Role:
    account = {"StringEquals": {"aws:SourceAccount": stack.account}}
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com", conditions=account))
    role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::weights/*"]))
    return role


def _alpha_model(stack: Stack, count: int = 1) -> alpha.Model:
    bucket = s3.Bucket.from_bucket_name(stack, "Weights", "weights")
    containers = [
        alpha.ContainerDefinition(
            image=alpha.ContainerImage.from_ecr_repository(
                cdk.aws_ecr.Repository.from_repository_name(stack, f"Repository{index}", "own"), "1"
            ),
            model_data=alpha.ModelData.from_bucket(bucket, f"model{index}.tar.gz"),
        )
        for index in range(count)
    ]
    return alpha.Model(
        stack, "Model", containers=containers, vpc=_vpc(stack), role=_role(stack), network_isolation=True
    )


def alpha_real_time(stack: Stack) -> None:
    variant = alpha.InstanceProductionVariantProps(
        model=_alpha_model(stack),
        variant_name="blue",
        instance_type=alpha.InstanceType.M5_LARGE,
        initial_instance_count=2,
    )
    config = alpha.EndpointConfig(stack, "Config", instance_production_variants=[variant], encryption_key=_key(stack))
    endpoint = alpha.Endpoint(stack, "Endpoint", endpoint_config=config)
    # The construct has no argument for it, and what scales must be kept by an update.
    endpoint.node.find_child("Endpoint").add_property_override("RetainAllVariantProperties", True)
    production = endpoint.find_instance_production_variant("blue")
    production.auto_scale_instance_count(min_capacity=2, max_capacity=4).scale_on_invocations(
        "Invocations", max_requests_per_second=30
    )
    production.metric_model_latency().create_alarm(stack, "Slow", threshold=100_000, evaluation_periods=3)


def alpha_two_variants(stack: Stack) -> None:
    model = _alpha_model(stack)
    variants = [
        alpha.InstanceProductionVariantProps(
            model=model,
            variant_name=name,
            initial_variant_weight=weight,
            instance_type=alpha.InstanceType.M5_XLARGE,
            initial_instance_count=2,
        )
        for name, weight in (("blue", 9), ("green", 1))
    ]
    config = alpha.EndpointConfig(stack, "Config", instance_production_variants=variants, encryption_key=_key(stack))
    alpha.Endpoint(stack, "Endpoint", endpoint_config=config)


def alpha_pipeline(stack: Stack) -> None:
    variant = alpha.InstanceProductionVariantProps(
        model=_alpha_model(stack, 2),
        variant_name="main",
        instance_type=alpha.InstanceType.C5_XLARGE,
        initial_instance_count=2,
    )
    alpha.EndpointConfig(stack, "Config", instance_production_variants=[variant], encryption_key=_key(stack))


def _model(stack: Stack, **options: Any) -> sagemaker.CfnModel:
    role = _role(stack)
    settings = {"enable_network_isolation": True, "vpc_config": _network(stack), **options}
    model = sagemaker.CfnModel(
        stack,
        "Model",
        execution_role_arn=role.role_arn,
        primary_container={"image": IMAGE, "modelDataUrl": "s3://weights/model.tar.gz"},
        **{name: value for name, value in settings.items() if value is not None},
    )
    model.node.add_dependency(role)
    return model


def _endpoint(
    stack: Stack, variant: dict[str, Any], model: sagemaker.CfnModel, **options: Any
) -> sagemaker.CfnEndpoint:
    members = {"variantName": "blue", "modelName": model.attr_model_name, "initialVariantWeight": 1, **variant}
    own = {name: options.pop(name) for name in ("deployment_config", "endpoint_name") if name in options}
    config = sagemaker.CfnEndpointConfig(stack, "Config", production_variants=[members], **options)
    return sagemaker.CfnEndpoint(
        stack,
        "Endpoint",
        endpoint_config_name=config.attr_endpoint_config_name,
        retain_all_variant_properties=True,
        exclude_retained_variant_properties=[{"variantPropertyType": "DesiredWeight"}],
        **own,
    )


def _target(
    stack: Stack, endpoint: sagemaker.CfnEndpoint, dimension: str, low: int, high: int
) -> scaling.ScalableTarget:
    return scaling.ScalableTarget(
        stack,
        "Target",
        service_namespace=scaling.ServiceNamespace.SAGEMAKER,
        scalable_dimension=dimension,
        resource_id=f"endpoint/{endpoint.attr_endpoint_name}/variant/blue",
        min_capacity=low,
        role=iam.Role.from_role_arn(stack, "Scales", SCALES),
        max_capacity=high,
    )


def _metric(name: str, dimensions: dict[str, str], statistic: str = "Average") -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/SageMaker",
        metric_name=name,
        dimensions_map=dimensions,
        statistic=statistic,
        period=Duration.minutes(1),
    )


def l1_canary(stack: Stack) -> None:
    alarm = cloudwatch.Alarm(
        stack,
        "Errors",
        metric=_metric("Invocation5XXErrors", {"EndpointName": "chat", "VariantName": "blue"}, "Sum"),
        threshold=1,
        evaluation_periods=2,
    )
    _endpoint(
        stack,
        {"instanceType": "ml.m5.xlarge", "initialInstanceCount": 4},
        _model(stack),
        kms_key_id=_key(stack).key_arn,
        endpoint_name="chat",
        deployment_config={
            "blueGreenUpdatePolicy": {
                "trafficRoutingConfiguration": {
                    "type": "CANARY",
                    "canarySize": {"type": "CAPACITY_PERCENT", "value": 25},
                    "waitIntervalInSeconds": 600,
                },
                "maximumExecutionTimeoutInSeconds": 3600,
            },
            "autoRollbackConfiguration": {"alarms": [{"alarmName": alarm.alarm_name}]},
        },
    )


def l1_captured(stack: Stack) -> None:
    key = _key(stack)
    bucket = _bucket(stack, key)
    model = _model(stack)
    bucket.grant_put(stack.node.find_child("Role"), "capture/*")
    _endpoint(
        stack,
        {"instanceType": "ml.m5.xlarge", "initialInstanceCount": 2},
        model,
        kms_key_id=key.key_arn,
        data_capture_config={
            "enableCapture": True,
            "initialSamplingPercentage": 20,
            "destinationS3Uri": bucket.s3_url_for_object("capture"),
            "kmsKeyId": key.key_arn,
            "captureOptions": [{"captureMode": "Input"}, {"captureMode": "Output"}],
        },
    )


def l1_asynchronous(stack: Stack) -> None:
    key = _key(stack)
    topic = sns.Topic(stack, "Done", master_key=key, enforce_ssl=True)
    model = _model(stack)
    role = stack.node.find_child("Role")
    topic.grant_publish(role)
    key.grant_encrypt_decrypt(role)
    endpoint = _endpoint(
        stack,
        {"instanceType": "ml.m5.xlarge", "initialInstanceCount": 1},
        model,
        kms_key_id=key.key_arn,
        async_inference_config={
            "outputConfig": {
                "s3OutputPath": "s3://answers/out",
                "kmsKeyId": key.key_arn,
                "notificationConfig": {"successTopic": topic.topic_arn},
            }
        },
    )
    target = _target(stack, endpoint, INSTANCES, 0, 3)
    dimensions = {"EndpointName": endpoint.attr_endpoint_name}
    target.scale_to_track_metric(
        "Backlog", target_value=5, custom_metric=_metric("ApproximateBacklogSizePerInstance", dimensions)
    )
    target.scale_on_metric(
        "Wake",
        metric=_metric("HasBacklogWithoutCapacity", dimensions, "Maximum"),
        adjustment_type=scaling.AdjustmentType.EXACT_CAPACITY,
        scaling_steps=[scaling.ScalingInterval(lower=1, change=1), scaling.ScalingInterval(upper=0, change=0)],
    )


def l1_serverless(stack: Stack) -> None:
    capacity = {"memorySizeInMb": 2048, "maxConcurrency": 20, "provisionedConcurrency": 5}
    model = _model(stack, vpc_config=None, enable_network_isolation=None)
    endpoint = _endpoint(stack, {"serverlessConfig": capacity}, model)
    target = _target(stack, endpoint, CONCURRENCY, 1, 20)
    target.scale_to_track_metric(
        "Utilization",
        target_value=0.7,
        predefined_metric=scaling.PredefinedMetric.SAGEMAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION,
    )
    target.scale_on_schedule("Morning", schedule=scaling.Schedule.cron(hour="8", minute="0"), min_capacity=5)


def l1_components(stack: Stack) -> None:
    model = _model(stack)
    role = iam.Role.from_role_name(stack, "Imported", "hosting")
    variant = {
        "variantName": "blue",
        "instanceType": "ml.inf2.24xlarge",
        "initialInstanceCount": 1,
        "managedInstanceScaling": {"status": "ENABLED", "minInstanceCount": 1, "maxInstanceCount": 2},
        "routingConfig": {"routingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
    }
    config = sagemaker.CfnEndpointConfig(
        stack, "Config", production_variants=[variant], execution_role_arn=role.role_arn, kms_key_id=_key(stack).key_arn
    )
    endpoint = sagemaker.CfnEndpoint(stack, "Endpoint", endpoint_config_name=config.attr_endpoint_config_name)
    sagemaker.CfnInferenceComponent(
        stack,
        "Component",
        endpoint_name=endpoint.attr_endpoint_name,
        variant_name="blue",
        specification={
            "modelName": model.attr_model_name,
            "computeResourceRequirements": {
                "minMemoryRequiredInMb": 4096,
                "numberOfAcceleratorDevicesRequired": 1,
            },
        },
        runtime_config={"copyCount": 1},
    )


def l1_studio(stack: Stack) -> None:
    key, role, vpc = _key(stack), _role(stack), _vpc(stack)
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc, allow_all_outbound=False)
    sagemaker.CfnDomain(
        stack,
        "Domain",
        domain_name="studio",
        auth_mode="IAM",
        vpc_id=vpc.vpc_id,
        subnet_ids=[subnet.subnet_id for subnet in vpc.isolated_subnets],
        default_user_settings={"executionRole": role.role_arn, "securityGroups": [group.security_group_id]},
        app_network_access_type="VpcOnly",
        kms_key_id=key.key_id,
    )
    sagemaker.CfnNotebookInstance(
        stack,
        "Notebook",
        instance_type="ml.t3.medium",
        role_arn=role.role_arn,
        direct_internet_access="Disabled",
        root_access="Disabled",
        subnet_id=vpc.isolated_subnets[0].subnet_id,
        security_group_ids=[group.security_group_id],
        kms_key_id=key.key_id,
        instance_metadata_service_configuration={"minimumInstanceMetadataServiceVersion": "2"},
    )


def l1_feature_group(stack: Stack) -> None:
    key = _key(stack)
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
        online_store_config={"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": key.key_arn}},
        offline_store_config={"S3StorageConfig": {"S3Uri": "s3://features/all", "KmsKeyId": key.key_arn}},
        role_arn=_role(stack).role_arn,
    )


def _machine(stack: Stack, chain: sfn.IChainable) -> None:
    # The rights that the tasks ask for are on every job; a role of one's own has those that are needed.
    role = iam.Role.from_role_arn(stack, "Runs", "arn:aws:iam::123456789012:role/runs", mutable=False)
    sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(chain), role=role)


def tasks_training(stack: Stack) -> None:
    key = _key(stack)
    bucket = _bucket(stack, key)
    vpc = _vpc(stack)
    train = tasks.SageMakerCreateTrainingJob(
        stack,
        "Train",
        training_job_name=sfn.JsonPath.string_at("$$.Execution.Name"),
        role=_role(stack),
        algorithm_specification=tasks.AlgorithmSpecification(
            training_image=tasks.DockerImage.from_registry(IMAGE), training_input_mode=tasks.InputMode.FAST_FILE
        ),
        input_data_config=[
            tasks.Channel(
                channel_name="train",
                data_source=tasks.DataSource(
                    s3_data_source=tasks.S3DataSource(s3_location=tasks.S3Location.from_bucket(bucket, "train"))
                ),
            )
        ],
        output_data_config=tasks.OutputDataConfig(
            s3_output_location=tasks.S3Location.from_bucket(bucket, "out"), encryption_key=key
        ),
        resource_config=tasks.ResourceConfig(
            instance_count=1,
            instance_type=ec2.InstanceType.of(ec2.InstanceClass.M5, ec2.InstanceSize.XLARGE),
            volume_size=Size.gibibytes(50),
            volume_encryption_key=key,
        ),
        vpc_config=tasks.VpcConfig(vpc=vpc, subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)),
        stopping_condition=tasks.StoppingCondition(max_runtime=Duration.hours(1)),
        integration_pattern=sfn.IntegrationPattern.RUN_JOB,
    )
    _machine(stack, train)


def tasks_transform(stack: Stack) -> None:
    key = _key(stack)
    transform = tasks.SageMakerCreateTransformJob(
        stack,
        "Score",
        transform_job_name=sfn.JsonPath.string_at("$$.Execution.Name"),
        model_name="model",
        role=_role(stack),
        transform_input=tasks.TransformInput(
            transform_data_source=tasks.TransformDataSource(
                s3_data_source=tasks.TransformS3DataSource(
                    s3_uri="s3://data/in", s3_data_type=tasks.S3DataType.S3_PREFIX
                )
            )
        ),
        transform_output=tasks.TransformOutput(s3_output_path="s3://data/out", encryption_key=key),
        transform_resources=tasks.TransformResources(
            instance_count=1, instance_type=ec2.InstanceType("m5.xlarge"), volume_encryption_key=key
        ),
        integration_pattern=sfn.IntegrationPattern.RUN_JOB,
    )
    _machine(stack, transform)


def tasks_deployment(stack: Stack) -> None:
    vpc = _vpc(stack)
    name = sfn.JsonPath.string_at("$.name")
    model = tasks.SageMakerCreateModel(
        stack,
        "Model",
        model_name=name,
        primary_container=tasks.ContainerDefinition(
            image=tasks.DockerImage.from_registry(IMAGE),
            mode=tasks.Mode.SINGLE_MODEL,
            model_s3_location=tasks.S3Location.from_json_expression("$.weights"),
        ),
        enable_network_isolation=True,
        vpc=vpc,
        subnet_selection=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        # Where the weights are is known only when it runs, so the task would let a role of the stack read everything.
        role=iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::123456789012:role/sagemaker", mutable=False),
        result_path="$.model",
    )
    config = tasks.SageMakerCreateEndpointConfig(
        stack,
        "Config",
        endpoint_config_name=name,
        kms_key=_key(stack),
        production_variants=[
            tasks.ProductionVariant(
                initial_instance_count=2,
                instance_type=ec2.InstanceType("m5.xlarge"),
                model_name=name,
                variant_name="blue",
            )
        ],
        result_path="$.config",
    )
    endpoint = tasks.SageMakerUpdateEndpoint(stack, "Endpoint", endpoint_name="chat", endpoint_config_name=name)
    _machine(stack, model.next(config).next(endpoint))


def solutions_lambda(stack: Stack) -> None:
    from aws_solutions_constructs.aws_lambda_sagemakerendpoint import LambdaToSagemakerEndpoint

    LambdaToSagemakerEndpoint(
        stack,
        "Function",
        lambda_function_props=functions.FunctionProps(
            runtime=functions.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=functions.Code.from_inline("def handler(event, context): return event"),
        ),
        model_props=sagemaker.CfnModelProps(
            execution_role_arn="arn:aws:iam::123456789012:role/sagemaker",
            primary_container={"image": IMAGE, "modelDataUrl": "s3://weights/model.tar.gz"},
            enable_network_isolation=True,
            vpc_config=_network(stack),
        ),
        endpoint_config_props=sagemaker.CfnEndpointConfigProps(
            kms_key_id=_key(stack).key_arn,
            production_variants=[
                {
                    "modelName": "chat",
                    "variantName": "blue",
                    "initialVariantWeight": 1,
                    "instanceType": "ml.m5.xlarge",
                    "initialInstanceCount": 2,
                }
            ],
        ),
    )


STACKS: tuple[Callable[[Stack], None], ...] = (
    alpha_real_time,
    alpha_two_variants,
    alpha_pipeline,
    l1_canary,
    l1_captured,
    l1_asynchronous,
    l1_serverless,
    l1_components,
    l1_studio,
    l1_feature_group,
    tasks_training,
    tasks_transform,
    tasks_deployment,
    solutions_lambda,
)
